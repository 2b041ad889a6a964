"""Exercises of 07_three_representations: scoring clusters, and what a fair comparison is."""

from __future__ import annotations

import numpy as np

from capslab.exercises.core import Case, Exercise, Mistake

NOTEBOOK = "07_three_representations"


def contingency(clusters, labels, k, classes):
    """table[c, j]: how many images of class j are in cluster c."""
    table = np.zeros((k, classes), int)
    np.add.at(table, (clusters, labels), 1)  # unlike table[…] += 1, it counts repeated places
    return table


def _table_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(n: int, k: int, classes: int) -> tuple[np.ndarray, np.ndarray, int, int]:
        return chance.integers(0, k, n), chance.integers(0, classes, n), k, classes

    cases = [
        Case("as many clusters as classes", made(30, 3, 3)),
        Case("more clusters than classes", made(40, 5, 3)),
        Case("an empty cluster", (np.array([0, 0, 2, 2, 2]), np.array([0, 1, 1, 1, 0]), 4, 2)),
    ]
    if hard:
        cases.append(Case("one image", (np.array([1]), np.array([2]), 3, 4)))
        cases.append(Case("many images", made(1000, 12, 10)))
    return cases


def _presence(clusters, labels, k, classes):
    table = np.zeros((k, classes), int)
    table[clusters, labels] += 1
    return table


def clearly_ahead(one, other):
    """Whether the worst run of one is better than the best run of the other."""
    return bool(min(one) > max(other))


def _ahead_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(gap: float, spread: float, runs: int = 5) -> tuple[np.ndarray, np.ndarray]:
        noise = np.linspace(-spread, spread, runs)
        return 0.7 + gap + chance.permutation(noise), 0.7 + chance.permutation(noise)

    low = made(0.02, 0.05)
    cases = [
        Case("a gap much larger than the spread", made(0.2, 0.02)),
        Case("a gap smaller than the spread", low),
        Case("the other one ahead", made(-0.2, 0.02)),
        Case("the ranges just overlapping", made(0.05, 0.03)),
    ]
    if hard:
        cases.append(Case("two runs each", made(0.1, 0.04, 2)))
        cases.append(Case("the same scores", (low[0], low[0])))
    return cases


def hide_classes(labels, hidden):
    """Which images remain, and their classes numbered from 0 without gaps, in the old order."""
    kept = ~np.isin(labels, hidden)
    return kept, np.unique(labels[kept], return_inverse=True)[1]


def _hide_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(n: int, classes: int, hidden: list[int]) -> tuple[np.ndarray, np.ndarray]:
        return chance.permutation(np.arange(n) % classes), np.array(hidden)

    cases = [
        Case("one class of four hidden", made(20, 4, [1])),
        Case("three of ten hidden", made(50, 10, [4, 7, 9])),
        Case("the first class hidden", made(18, 6, [0, 3])),
    ]
    if hard:
        cases.append(Case("all classes but two hidden", made(30, 5, [0, 2, 4])))
        cases.append(Case("hidden classes out of order", made(40, 8, [6, 1])))
    return cases


def _numbers_left(labels, hidden):
    kept = ~np.isin(labels, hidden)
    return kept, labels[kept]


def _turned_round(labels, hidden):
    kept = np.isin(labels, hidden)
    return kept, np.unique(labels[kept], return_inverse=True)[1]


def _shifted(labels, hidden):
    kept = ~np.isin(labels, hidden)
    return kept, labels[kept] - labels[kept].min()


def wrong_everywhere(named, labels):
    """Which images are named wrong by every clustering."""
    return (named != labels).all(axis=0)


def _wrong_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(m: int, n: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
        labels = np.arange(n) % 4
        hard_ones = chance.permutation(n) < n // 5
        slips = (chance.random((m, n)) < noise) | hard_ones
        return np.where(slips, (labels + chance.integers(1, 4, (m, n))) % 4, labels), labels

    cases = [
        Case("four clusterings", made(4, 30, 0.3)),
        Case("two clusterings", made(2, 20, 0.4)),
        Case("three clusterings, seldom wrong", made(3, 40, 0.1)),
    ]
    if hard:
        cases.append(Case("one clustering", made(1, 20, 0.3)))
        cases.append(Case("many", made(8, 100, 0.5)))
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
            "Write contingency(clusters, labels, k, classes): a table (k, classes) whose entry [c, j] counts "
            "the images of class j in cluster c."
        ),
        points=2,
        hints=(
            "Start from a table of zeros, and let every image add 1 in one place. Which row, which column?",
            "For image i the place is [clusters[i], labels[i]]. A loop over the images is a fine answer.",
            "Without a loop: np.add.at(table, (clusters, labels), 1). Mind that table[clusters, labels] += 1 "
            "adds only once where a place comes up again.",
        ),
        cases=_table_cases,
        reference=contingency,
        mistakes=(
            Mistake(
                "only presence",
                "The table has only 0 and 1: `table[clusters, labels] += 1` adds once for each place, "
                "however often it comes up. Loop over the images, or use np.add.at.",
                _presence,
            ),
            Mistake(
                "transposed",
                "Rows and columns are the wrong way round: clusters are the rows, classes the columns.",
                lambda clusters, labels, k, classes: contingency(clusters, labels, k, classes).T,
            ),
            Mistake(
                "shares",
                "Each row is divided by its sum. The exercise asks for counts.",
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
            "Write clearly_ahead(one, other): True where every run of one scores higher than every run of "
            "other, else False; both are scores, (runs,)."
        ),
        points=1,
        hints=(
            "Two averages always differ. What would have to be true of the single runs to convince you?",
            "If even the worst run of one beats the best run of the other, no draw of luck among these "
            "explains it.",
            "Compare the smallest of one with the largest of the other: return bool(min(one) > max(other)).",
        ),
        cases=_ahead_cases,
        reference=clearly_ahead,
        mistakes=(
            Mistake(
                "means",
                "You compare means, and one of two means is always larger. Here every single run has to "
                "be ahead.",
                lambda one, other: bool(np.mean(one) > np.mean(other)),
            ),
            Mistake(
                "exchanged",
                "You answer whether *other* is ahead of one.",
                lambda one, other: bool(min(other) > max(one)),
            ),
            Mistake(
                "either",
                "This is True for a gap in either direction. The question is whether *one* is ahead.",
                lambda one, other: bool(min(one) > max(other) or min(other) > max(one)),
            ),
        ),
    ),
    Exercise(
        name="hide_classes",
        notebook=NOTEBOOK,
        title="Labels that training never sees",
        task=(
            "Write hide_classes(labels, hidden): a mask (n,) of the images whose class is not hidden, and "
            "the classes of those, numbered anew from 0 without gaps, in the old order."
        ),
        points=2,
        hints=(
            "Two things: which images stay, and what their classes are called when some numbers are missing.",
            "~np.isin(labels, hidden) is the mask. A network with seven outputs wants classes 0 to 6, so the "
            "numbers that are left have to close ranks.",
            "np.unique(labels[kept], return_inverse=True)[1] numbers the values that occur from 0, in order.",
        ),
        cases=_hide_cases,
        reference=hide_classes,
        mistakes=(
            Mistake(
                "numbers left as they were",
                "The mask is right, but the numbers have gaps: a network of seven outputs has no class 9. "
                "Number the classes that are left from 0.",
                _numbers_left,
            ),
            Mistake(
                "turned round",
                "Your mask keeps the hidden classes and throws the others away.",
                _turned_round,
            ),
            Mistake(
                "shifted",
                "You subtracted the smallest number that is left. That closes a gap at the beginning, and "
                "none in between.",
                _shifted,
            ),
        ),
    ),
    Exercise(
        name="wrong_everywhere",
        notebook=NOTEBOOK,
        title="Whom does nobody get right?",
        task=(
            "Write wrong_everywhere(named, labels): a mask (n,) of the images that are wrong in every "
            "clustering; named is (m, n), the clusterings with their clusters named after classes, and "
            "labels (n,)."
        ),
        points=1,
        hints=(
            "Compare all of named with labels at once: the result has one row a clustering.",
            "named != labels is (m, n). You want one truth value a column: is it True in every row?",
            "return (named != labels).all(axis=0): over axis 0, for that is the axis of the clusterings.",
        ),
        cases=_wrong_cases,
        reference=wrong_everywhere,
        mistakes=(
            Mistake(
                "wrong somewhere",
                "These are the images that *some* clustering has wrong. Asked for are those that all have "
                "wrong.",
                lambda named, labels: (named != labels).any(axis=0),
            ),
            Mistake(
                "right everywhere",
                "These are the images that every clustering has right.",
                lambda named, labels: (named == labels).all(axis=0),
            ),
            Mistake(
                "wrong in the first",
                "You looked at the first clustering alone.",
                lambda named, labels: named[0] != labels,
            ),
        ),
    ),
    Exercise(
        name="supervised_or_not",
        notebook=NOTEBOOK,
        title="Who has seen the labels?",
        task=(
            "Give supervised_or_not, a dictionary that says True for each representation whose making used "
            "labels, and False for the others. Its keys: " + ", ".join(repr(name) for name in ANSWER) + "."
        ),
        points=1,
        hints=(
            "Ask of each: if all labels had been wrong, would these vectors have come out differently?",
            "A network's vectors depend on the loss it was trained with. Which losses contain the label?",
            "The capsule network's margin loss does contain it, as cross-entropy does; the VAE's loss "
            "compares an image with its own reconstruction.",
        ),
        cases=_answer_cases,
        reference=ANSWER,
        mistakes=(
            Mistake(
                "capsules unsupervised",
                "Capsules do not find the classes by themselves: their margin loss is told the right class "
                "of every image.",
                {**ANSWER, "poses of a trained capsule network": False},
            ),
            Mistake(
                "VAE supervised",
                "Look at the VAE's loss again: an image is compared with its own reconstruction. Where would "
                "a label come in?",
                {**ANSWER, "latent means of a VAE": True},
            ),
            Mistake(
                "scored is not made",
                "Labels are used afterwards to *score* a clustering. Here the question is whether they were "
                "used to *make* the vectors.",
                dict.fromkeys(ANSWER, True),
            ),
        ),
        partial=False,
    ),
)
