"""The exercise on matched accuracy: clusters have no names until they are paired with classes."""

from __future__ import annotations

import numpy as np

from capslab.exercises.core import Case, Exercise, Mistake


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
    table = np.zeros((clusters.max() + 1, labels.max() + 1), int)
    np.add.at(table, (clusters, labels), 1)
    return table


def _greedy(clusters, labels):
    table, found = _table(clusters, labels), 0
    for c in range(len(table)):
        if table.shape[1]:
            best = table[c].argmax()
            found += table[c, best]
            table = np.delete(table, best, axis=1)
    return found / len(labels)


def _worst(clusters, labels):
    from scipy.optimize import linear_sum_assignment

    table = _table(clusters, labels)
    rows, columns = linear_sum_assignment(table)
    return table[rows, columns].sum() / len(labels)


PAIRING = Exercise(
    name="matched_accuracy",
    notebook="01_clustering_pixels",
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
            "You compare cluster numbers with class numbers. Cluster 0 need not be class 0: pair them first.",
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
            _worst,
        ),
    ),
)
