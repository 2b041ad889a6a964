"""Exercises of 24_three_representations: scoring clusters, and what a fair comparison is."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "24_three_representations"


def contingency(clusters, labels, k, classes):
    """table[c, j] is the number of images of class j in cluster c."""
    table = np.zeros((k, classes), int)
    np.add.at(table, (clusters, labels), 1)  # unlike table[…] += 1, it counts repeated places
    return table


def _table_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, k: int, classes: int) -> tuple[np.ndarray, np.ndarray, int, int]:
        return rng.integers(0, k, n), rng.integers(0, classes, n), k, classes

    cases = [
        Case("as many clusters as classes", random_case(30, 3, 3)),
        Case("more clusters than classes", random_case(40, 5, 3)),
        Case("more classes than clusters", random_case(40, 2, 5)),
        Case("an empty cluster", (np.array([0, 0, 2, 2, 2]), np.array([0, 1, 1, 1, 0]), 4, 2)),
    ]
    if hard:
        cases.append(Case("one image", (np.array([1]), np.array([2]), 3, 4)))
        cases.append(Case("many images", random_case(1000, 12, 10)))
    return cases


def _presence(clusters, labels, k, classes):
    table = np.zeros((k, classes), int)
    table[clusters, labels] += 1
    return table


def clearly_ahead(one, other):
    """Whether the worst run of `one` is better than the best run of `other`."""
    return bool(min(one) > max(other))


def _ahead_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(gap: float, spread: float, runs: int = 5) -> tuple[np.ndarray, np.ndarray]:
        noise = np.linspace(-spread, spread, runs)
        return 0.7 + gap + rng.permutation(noise), 0.7 + rng.permutation(noise)

    def shuffled(one: list[float], other: list[float]) -> tuple[np.ndarray, np.ndarray]:
        shift = round(float(rng.uniform(-0.05, 0.05)), 3)
        return rng.permutation(one) + shift, rng.permutation(other) + shift

    low = random_case(0.02, 0.05)
    rising = np.linspace(0.6, 0.8, 5) + rng.uniform(0, 0.02)
    many = np.linspace(-0.02, 0.02, 12)
    cases = [
        Case("a gap much larger than the spread", random_case(0.2, 0.02)),
        Case("a gap smaller than the spread", low),
        Case("the other one ahead", random_case(-0.2, 0.02)),
        Case("ranges that just overlap", random_case(0.05, 0.03)),
        Case("ranges that just fail to overlap", shuffled([0.71, 0.9, 0.95], [0.4, 0.69, 0.7, 0.5])),
        Case("a worst run that equals the best of the other", ([0.9, 0.8, 0.7], [0.5, 0.6, 0.7])),
        Case("every run ahead of its partner, but not of all", (rising + 0.03, rising)),
        Case("one bad run among good ones", shuffled([0.9, 0.91, 0.6, 0.92, 0.9], [0.7, 0.71, 0.72])),
        Case("one good run of the other", shuffled([0.8, 0.81, 0.82], [0.6, 0.61, 0.9, 0.6, 0.62])),
        Case("many runs that overlap by one", (0.75 + rng.permutation(many), 0.715 + rng.permutation(many))),
    ]
    if hard:
        cases.append(Case("two runs each", random_case(0.1, 0.04, 2)))
        cases.append(Case("the same scores", (low[0], low[0])))
    return [Case(case.description, tuple(map(np.asarray, case.args))) for case in cases]


def wrong_everywhere(named, labels):
    """Which images are wrong in every clustering."""
    return (named != labels).all(axis=0)


def _wrong_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(m: int, n: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
        labels = np.arange(n) % 4
        hard_ones = rng.permutation(n) < n // 5
        wrong = (rng.random((m, n)) < noise) | hard_ones
        return np.where(wrong, (labels + rng.integers(1, 4, (m, n))) % 4, labels), labels

    # image 0 is wrong nowhere, 1 to 3 in one, 4 to 6 in two, 7 and 8 in all: once alike and once not
    truth = np.array([2, 0, 1, 3, 2, 0, 1, 3, 2])
    told = np.array([[2, 1, 1, 3, 3, 1, 1, 0, 1], [2, 0, 3, 3, 1, 0, 2, 0, 3], [2, 0, 1, 0, 2, 2, 0, 0, 0]])
    order = rng.permutation(9)
    cases = [
        Case("images that are wrong in none, one, two or all of three", (told[:, order], truth[order])),
        Case("images of which none is wrong in all", (told[:, :7], truth[:7])),
        Case("four clusterings", random_case(4, 30, 0.3)),
        Case("two clusterings", random_case(2, 20, 0.4)),
        Case("three clusterings, rarely wrong", random_case(3, 40, 0.1)),
    ]
    if hard:
        cases.append(Case("one clustering", random_case(1, 20, 0.3)))
        cases.append(Case("many clusterings", random_case(8, 100, 0.5)))
    return cases


ANSWER = {
    "pixels": False,
    "principal components of pixels": False,
    "hidden layer of a trained classifier": True,
    "poses of a trained capsule network": True,
    "latent means of a VAE": False,
}


def _answer_cases(seed: int, hard: bool) -> list[Case]:
    return [Case(f"the key {name!r}", (name,)) for name in ANSWER]


EXERCISES = (
    Exercise(
        name="contingency",
        notebook=NOTEBOOK,
        title="Clusters against classes",
        task=(
            "Write contingency(clusters, labels, k, classes). It returns a table (k, classes); entry [c, "
            "j] is the number of images of class j in cluster c."
        ),
        points=2,
        hints=(
            "Start with a table of zeros, and let every image add 1 in one place. Which row, and which "
            "column?",
            "For image i, the place is [clusters[i], labels[i]]. A loop over the images is a fine answer.",
            "Without a loop: np.add.at(table, (clusters, labels), 1). Be careful: table[clusters, labels] "
            "+= 1 adds only once per place, even if the place occurs several times.",
        ),
        cases=_table_cases,
        reference=contingency,
        mistakes=(
            Mistake(
                "only presence",
                "Your table contains only 0 and 1: `table[clusters, labels] += 1` adds once per place, "
                "however often the place occurs. Loop over the images, or use np.add.at.",
                _presence,
            ),
            Mistake(
                "transposed",
                "Rows and columns are swapped: clusters are the rows, classes the columns.",
                lambda clusters, labels, k, classes: contingency(clusters, labels, k, classes).T,
            ),
            Mistake(
                "shares",
                "You divide each row by its sum. The exercise asks for counts.",
                lambda clusters, labels, k, classes: (
                    (t := contingency(clusters, labels, k, classes))
                    / np.maximum(t.sum(axis=1, keepdims=True), 1)
                ),
            ),
        ),
    ),
    Exercise(
        name="clearly_ahead",
        notebook=NOTEBOOK,
        title="More than luck?",
        task=(
            "Write clearly_ahead(one, other). It returns True if every run of `one` scores higher than "
            "every run of `other`, else False. Both are scores, (runs,)."
        ),
        points=1,
        hints=(
            "Two averages always differ. What would have to be true of the individual runs to convince you?",
            "If even the worst run of `one` beats the best run of `other`, then luck among these runs "
            "cannot explain the difference.",
            "Compare the smallest score of `one` with the largest of `other`: return bool(min(one) > "
            "max(other)).",
        ),
        cases=_ahead_cases,
        reference=clearly_ahead,
        mistakes=(
            Mistake(
                "means",
                "You compare means, and of two means one is always larger. Here every single run has to "
                "be ahead.",
                lambda one, other: bool(np.mean(one) > np.mean(other)),
            ),
            Mistake(
                "swapped",
                "You answer whether `other` is ahead of `one`.",
                lambda one, other: bool(min(other) > max(one)),
            ),
            Mistake(
                "either",
                "This is True for a gap in either direction. The question is whether `one` is ahead.",
                lambda one, other: bool(min(one) > max(other) or min(other) > max(one)),
            ),
            Mistake(
                "one by one",
                "You compare the first run with the first, the second with the second. But the runs are no "
                "pairs: every run of `one` has to be ahead of every run of `other`.",
                lambda one, other: bool(all(a > b for a, b in zip(one, other, strict=False))),
            ),
            Mistake(
                "a tie counts",
                "A run that only equals the best of `other` is not ahead of it.",
                lambda one, other: bool(min(one) >= max(other)),
            ),
        ),
        partial=False,  # of answers that are yes or no, half are right by luck
    ),
    Exercise(
        name="wrong_everywhere",
        notebook=NOTEBOOK,
        title="Which images does no clustering get right?",
        task=(
            "Write wrong_everywhere(named, labels). It returns a mask (n,) of the images that are wrong "
            "in every clustering. named (m, n) holds m clusterings whose clusters are already named after "
            "classes; labels is (n,)."
        ),
        points=1,
        hints=(
            "Compare all of named with labels at once: the result has one row per clustering.",
            "named != labels is (m, n). You want one boolean per column: is it True in every row?",
            "return (named != labels).all(axis=0). It is axis 0, because that is the axis of the "
            "clusterings.",
        ),
        cases=_wrong_cases,
        reference=wrong_everywhere,
        mistakes=(
            Mistake(
                "wrong somewhere",
                "These are the images that *some* clustering gets wrong. The exercise asks for those that "
                "all of them get wrong.",
                lambda named, labels: (named != labels).any(axis=0),
            ),
            Mistake(
                "right everywhere",
                "These are the images that every clustering gets right.",
                lambda named, labels: (named == labels).all(axis=0),
            ),
            Mistake(
                "wrong in the first",
                "You looked at the first clustering only.",
                lambda named, labels: named[0] != labels,
            ),
        ),
    ),
    Exercise(
        name="supervised_or_not",
        notebook=NOTEBOOK,
        title="Who has seen the labels?",
        task=(
            "Write supervised_or_not, a dictionary that is True for each representation that was made "
            "with the help of labels, and False for the others. Its keys: "
            + ", ".join(repr(name) for name in ANSWER)
            + "."
        ),
        points=1,
        hints=(
            "Ask about each of them: if all labels had been wrong, would these vectors be different?",
            "A network's vectors depend on the loss that it was trained with. Which of the losses contain "
            "the label?",
            "The capsule network's margin loss contains the label, and so does cross-entropy. The VAE's "
            "loss compares an image with its own reconstruction.",
        ),
        cases=_answer_cases,
        reference=ANSWER,
        mistakes=(
            Mistake(
                "capsules unsupervised",
                "Capsules do not discover the classes on their own: their margin loss is given the right "
                "class of every image.",
                {**ANSWER, "poses of a trained capsule network": False},
            ),
            Mistake(
                "VAE supervised",
                "Look at the VAE's loss again. It compares an image with its own reconstruction. Where "
                "would a label come in?",
                {**ANSWER, "latent means of a VAE": True},
            ),
            Mistake(
                "scored is not made",
                "Labels are used afterwards, to *score* a clustering. Here the question is whether they "
                "were used to *make* the vectors.",
                dict.fromkeys(ANSWER, True),
            ),
        ),
        partial=False,
    ),
)
