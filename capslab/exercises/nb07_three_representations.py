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


def matched_accuracy(clusters, labels):
    """The share of images that are right when clusters are paired with classes as well as can be."""
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((clusters.max() + 1, labels.max() + 1), int)
    np.add.at(table, (clusters, labels), 1)  # (cluster, class)
    rows, columns = linear_sum_assignment(table, maximize=True)  # each class at most once
    return table[rows, columns].sum() / len(labels)


def _match_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(n: int, classes: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
        labels = np.arange(n) % classes
        renamed = np.roll(np.arange(classes), 1)[labels]
        return np.where(chance.random(n) < noise, chance.integers(0, classes, n), renamed), labels

    # two clusters are mostly class 0, so taking the majority twice would count class 0 twice
    split = (np.repeat([0, 1, 2], [10, 8, 6]), np.array([0] * 6 + [1] * 4 + [0] * 7 + [1] + [2] * 6))
    cases = [
        Case("perfect clusters under other numbers", made(30, 3, 0.0)),
        Case("clusters with some images misplaced", made(60, 4, 0.3)),
        Case("two clusters that are mostly of the same class", split),
        Case("more clusters than classes", (np.repeat([0, 1, 2, 3], 5), np.repeat([1, 0, 0, 1], 5))),
    ]
    if hard:
        cases.append(Case("fewer clusters than classes", (np.repeat([0, 1], 6), np.repeat([2, 0, 1], 4))))
        cases.append(Case("ten clusters", made(300, 10, 0.4)))
    return cases


def _table(clusters, labels):
    return contingency(clusters, labels, clusters.max() + 1, labels.max() + 1)


def _greedy(clusters, labels):
    table, found = _table(clusters, labels), 0
    for c in range(len(table)):
        if table.shape[1]:
            best = table[c].argmax()
            found += table[c, best]
            table = np.delete(table, best, axis=1)
    return found / len(labels)


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
        name="matched_accuracy",
        notebook=NOTEBOOK,
        title="Accuracy of clusters that have no names",
        task=(
            "Write matched_accuracy(clusters, labels): the share of images that are right when each cluster "
            "is paired with a class of its own, as well as can be."
        ),
        points=3,
        hints=(
            "Cluster numbers mean nothing: cluster 3 may hold the 7s. Which pairing of clusters and classes "
            "puts most images in the right place?",
            "Start from the table of clusters against classes. A pairing picks entries of it, at most one in "
            "each row and each column. You want the largest sum.",
            "scipy.optimize.linear_sum_assignment(table, maximize=True) finds it: it gives the rows and "
            "columns. Divide the sum of those entries by the number of images.",
        ),
        cases=_match_cases,
        reference=matched_accuracy,
        mistakes=(
            Mistake(
                "compared without matching",
                "You compare cluster numbers with class numbers. Cluster 0 need not be class 0: pair "
                "them first.",
                lambda clusters, labels: (clusters == labels).mean(),
            ),
            Mistake(
                "purity",
                "Each cluster takes its most frequent class, so two clusters can take the same one. That is "
                "purity, and it rises to 1 with many clusters. Here a class can be taken once.",
                lambda clusters, labels: _table(clusters, labels).max(axis=1).sum() / len(labels),
            ),
            Mistake(
                "first come",
                "The clusters choose one after the other, and an early one can take a class that a later one "
                "needs more. Look for the best pairing as a whole.",
                _greedy,
            ),
            Mistake(
                "worst pairing",
                "You found the pairing with the smallest sum: linear_sum_assignment minimises unless "
                "you say maximize=True.",
                lambda clusters, labels: _worst(clusters, labels),
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


def _worst(clusters, labels):
    from scipy.optimize import linear_sum_assignment

    table = _table(clusters, labels)
    rows, columns = linear_sum_assignment(table)
    return table[rows, columns].sum() / len(labels)
