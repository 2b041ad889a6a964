"""Exercises of lesson 06: a slope that holds for any targets, and a diagnosis per curve."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "06_printed_network"
#: what is wrong with each patient of `capslab.lessons.clinic`
ILLNESS = {"A": "softmax twice", "B": "shuffled labels", "C": "huge rate", "D": "unscaled inputs"}


def score_slope(probabilities, targets):
    """Slope of the mean of −Σ_k t_k log p_k for the scores: (p Σ_k t_k − t) / n."""
    return (probabilities * targets.sum(axis=1, keepdims=True) - targets) / len(targets)


def _slope_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
        p = rng.uniform(0.1, 1, (n, classes))
        return p / p.sum(axis=1, keepdims=True), rng.uniform(0, 1, (n, classes))

    one_hot = np.eye(4)[rng.integers(0, 4, 5)]
    uneven = random_case(3, 4)
    uneven[1][:] *= np.array([[0.2], [1.0], [3.0]])
    cases = [
        Case("targets whose rows sum to anything", random_case(5, 3)),
        Case("targets that are 1 for the true class and 0 elsewhere", (random_case(5, 4)[0], one_hot)),
        Case("one image", random_case(1, 3)),
        Case("rows of targets with very different sums", uneven),
        Case("a row of targets that are all 0", (random_case(2, 3)[0], np.array([[0, 0, 0], [0.5, 1, 2]]))),
    ]
    if hard:
        cases.append(Case("as many images as classes", random_case(4, 4)))
    return cases


def _slope_size() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return np.full((100, 10), 0.1), rng.random((100, 10))


def _diagnosis_cases(seed: int, hard: bool) -> list[Case]:
    return [Case(f"patient {name}", (name,)) for name in ILLNESS]


def _swapped(one: str, other: str) -> dict[str, str]:
    exchange = {ILLNESS[one]: ILLNESS[other], ILLNESS[other]: ILLNESS[one]}
    return {name: exchange.get(illness, illness) for name, illness in ILLNESS.items()}


EXERCISES = (
    Exercise(
        name="score_slope",
        notebook=NOTEBOOK,
        title="A slope that was right only for probabilities",
        task=(
            "Write score_slope(probabilities, targets). It returns the slopes of the mean loss "
            "−Σ t log p for the scores, (n, classes), also where a row of targets does not sum to 1. Both "
            "arguments have the shape (n, classes)."
        ),
        points=2,
        hints=(
            "Follow the slope of one −t_k log p_k for all scores. It is t_k times what you know from a "
            "target of 1: p − (1 at class k, 0 elsewhere).",
            "Add these up over k. The part with p comes once for every k, each time weighted by t_k. What do "
            "these weights add up to?",
            "Multiply the probabilities by targets.sum(axis=1, keepdims=True) before you subtract the "
            "targets, and divide by the number of images as before.",
        ),
        cases=_slope_cases,
        reference=score_slope,
        mistakes=(
            Mistake(
                "the shortcut",
                "This is p − t, which is right only if every row of targets sums to 1. How often does p "
                "appear when you add up the slopes of all t_k log p_k?",
                lambda p, t: (p - t) / len(t),
            ),
            Mistake(
                "targets divided",
                "You divided the targets by their sum. That is the slope of another loss, the one with "
                "mended targets; here the targets stay as they are.",
                lambda p, t: (p - t / np.where((s := t.sum(axis=1, keepdims=True)) == 0, 1, s)) / len(t),
            ),
            Mistake(
                "one sum for all",
                "You multiply every row by the same number. Each image has a sum of its own: add up along "
                "axis 1, with keepdims=True.",
                lambda p, t: (p * t.sum(axis=1).mean() - t) / len(t),
            ),
            Mistake(
                "not a mean",
                "You did not divide by the number of images, but the loss is a mean over them.",
                lambda p, t: p * t.sum(axis=1, keepdims=True) - t,
            ),
            Mistake(
                "uphill",
                "The sign is flipped: where a target is larger than its probability, raising the score "
                "lowers the loss, so that slope is negative.",
                lambda p, t: (t - p * t.sum(axis=1, keepdims=True)) / len(t),
            ),
        ),
        real_size=_slope_size,
    ),
    Exercise(
        name="diagnosis",
        notebook=NOTEBOOK,
        title="Four sick trainings",
        task=(
            "Write diagnosis, a dictionary that names for each patient, 'A' to 'D', what is wrong: "
            "'shuffled labels', 'unscaled inputs', 'softmax twice' or 'huge rate', each of them once."
        ),
        points=2,
        hints=(
            "Look at three things in turn: the loss before the first step, what the training loss does "
            "afterwards, and whether the validation accuracy is any good.",
            "A new network guesses, so its loss should start near ln 10 = 2.30. One patient starts far above "
            "it, before any step was taken: the numbers that go in are too large. Another starts there and "
            "leaps up with its first steps.",
            "Of the other two, one learns its images by heart, but nothing that helps with new ones, so its "
            "labels mean nothing. The other answers well, yet its loss will not go below 1.46: it cannot "
            "become certain, because a second softmax sees only numbers between 0 and 1.",
        ),
        cases=_diagnosis_cases,
        reference=ILLNESS,
        mistakes=(
            Mistake(
                "huge rate and unscaled inputs exchanged",
                "C and D both reach enormous losses. Which of them has one already at step 0, before the "
                "learning rate could do anything?",
                _swapped("C", "D"),
            ),
            Mistake(
                "shuffled labels and softmax twice exchanged",
                "A and B both end with a training loss of about 1.5. Which of them answers new images well, "
                "although its loss is high? Its labels must be in order.",
                _swapped("A", "B"),
            ),
            Mistake(
                "shuffled labels and huge rate exchanged",
                "B and C are both no better than chance on new images. Which of them still learns its own "
                "images, slowly and steadily? Its steps cannot be too large.",
                _swapped("B", "C"),
            ),
        ),
        partial=False,  # naming the same illness four times would be right once
    ),
)
