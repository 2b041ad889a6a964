"""The exercise on matched accuracy: a cluster has no name until it is paired with a class."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake


def matched_accuracy(clusters, labels):
    """The share of images that are right under the best pairing of clusters with classes."""
    from scipy.optimize import linear_sum_assignment

    table = np.zeros((clusters.max() + 1, labels.max() + 1), int)
    np.add.at(table, (clusters, labels), 1)  # (cluster, class)
    rows, columns = linear_sum_assignment(table, maximize=True)  # each class at most once
    return table[rows, columns].sum() / len(labels)


def _match_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, classes: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
        labels = np.arange(n) % classes
        renamed = np.roll(np.arange(classes), 1)[labels]
        return np.where(rng.random(n) < noise, rng.integers(0, classes, n), renamed), labels

    # two clusters are mostly class 0, so taking the majority twice would count class 0 twice
    split = (np.repeat([0, 1, 2], [10, 8, 6]), np.array([0] * 6 + [1] * 4 + [0] * 7 + [1] + [2] * 6))
    # Whoever chooses first, cluster, class or the largest entry, takes what another one needs more.
    order = rng.permutation(37)
    tempting = _images_of([[3, 0, 6], [2, 1, 7], [5, 4, 9]])
    cases = [
        Case("perfect clusters with other numbers", random_case(30, 3, 0.0)),
        Case("clusters with some images misplaced", random_case(60, 4, 0.3)),
        Case("two clusters that are mostly of the same class", split),
        Case("a largest entry that the best pairing leaves out", (tempting[0][order], tempting[1][order])),
        Case("more clusters than classes", _images_of([[1, 2], [2, 1], [0, 6], [5, 1]])),
        Case("fewer clusters than classes", _images_of([[4, 2, 0, 1], [0, 2, 3, 0]])),
        Case("numbers that do not occur", _images_of([[5, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 1]])),
    ]
    if hard:
        cases.append(Case("ten clusters", random_case(300, 10, 0.4)))
    return cases


def _images_of(table: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """The clusters and the labels of images, as many of each kind as a table (cluster, class) says."""
    clusters, labels = np.indices(np.shape(table)).reshape(2, -1)
    return np.repeat(clusters, np.ravel(table)), np.repeat(labels, np.ravel(table))


def _table(clusters, labels):
    table = np.zeros((clusters.max() + 1, labels.max() + 1), int)
    np.add.at(table, (clusters, labels), 1)
    return table


def _greedy(clusters, labels):
    table, matched = _table(clusters, labels), 0
    for c in range(len(table)):
        if table.shape[1]:
            best = table[c].argmax()
            matched += table[c, best]
            table = np.delete(table, best, axis=1)
    return matched / len(labels)


def _worst(clusters, labels):
    from scipy.optimize import linear_sum_assignment

    table = _table(clusters, labels)
    rows, columns = linear_sum_assignment(table)
    return table[rows, columns].sum() / len(labels)


PAIRING = Exercise(
    name="matched_accuracy",
    notebook="02_which_score",
    title="Accuracy of clusters that have no names",
    task=(
        "Write matched_accuracy(clusters, labels). It pairs each cluster with a class of its own, in the "
        "best possible way, and returns the share of images that are then right."
    ),
    points=3,
    hints=(
        "Cluster numbers have no meaning: cluster 3 may hold the 7s. Which pairing of clusters and "
        "classes makes most images right?",
        "Start from the table of clusters against classes. A pairing picks entries of this table, at most "
        "one in each row and each column. You want the pairing with the largest sum.",
        "scipy.optimize.linear_sum_assignment(table, maximize=True) finds it and returns the rows and the "
        "columns. Divide the sum of these entries by the number of images.",
    ),
    cases=_match_cases,
    reference=matched_accuracy,
    mistakes=(
        Mistake(
            "compared without matching",
            "You compare cluster numbers with class numbers. But cluster 0 need not be class 0: pair them "
            "first.",
            lambda clusters, labels: (clusters == labels).mean(),
        ),
        Mistake(
            "purity",
            "Each cluster takes its most frequent class, so two clusters can take the same one. That is "
            "purity, and it rises to 1 with many clusters. Here each class can be taken only once.",
            lambda clusters, labels: _table(clusters, labels).max(axis=1).sum() / len(labels),
        ),
        Mistake(
            "first come",
            "Your clusters choose one after the other, so an early one can take a class that a later one "
            "needs more. Look for the pairing that is best as a whole.",
            _greedy,
        ),
        Mistake(
            "worst pairing",
            "You found the pairing with the smallest sum. linear_sum_assignment minimises unless you pass "
            "maximize=True.",
            _worst,
        ),
    ),
)
