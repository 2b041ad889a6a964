"""Small constructed cases in which some score prefers the worse of two clusterings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.clustering.matched_accuracy import accuracy_from_table, contingency
from capslab.clustering.scores import (
    Scores,
    adjusted_rand,
    normalized_mutual_information,
    silhouette,
)

#: what each score is called, and whether higher is better
SCORES = {
    "inertia": ("inertia", False),
    "silhouette": ("silhouette", True),
    "ari": ("ARI", True),
    "nmi": ("NMI", True),
    "matched_accuracy": ("matched accuracy", True),
}


@dataclass(frozen=True, eq=False)
class ScorePitfall:
    """Points with known classes, and a better and a worse clustering of them.

    Attributes
    ----------
    description : in what way the second clustering is worse.
    points : float64 `(n, 2)`.
    truth : int64 `(n,)`, the true classes.
    better, worse : int64 `(n,)`, the two clusterings.
    """

    description: str
    points: np.ndarray
    truth: np.ndarray
    better: np.ndarray
    worse: np.ndarray

    @property
    def scores(self) -> tuple[Scores, Scores]:
        """The scores of the better and of the worse clustering."""
        return score(self.points, self.better, self.truth), score(self.points, self.worse, self.truth)

    @property
    def misled_scores(self) -> list[str]:
        """The names of the scores that prefer the worse clustering."""
        of_better, of_worse = self.scores
        misled = []
        for name, (words, higher_is_better) in SCORES.items():
            good, bad = getattr(of_better, name), getattr(of_worse, name)
            if good is not None and bad is not None and (bad > good if higher_is_better else bad < good):
                misled.append(words)
        return misled


def score(vectors: Any, labels: Any, truth: Any = None) -> Scores:
    """All scores of a clustering, whatever algorithm made it.

    Parameters
    ----------
    vectors : an `Embedding`, or `(n, d)`.
    labels : the clusters, whole numbers ≥ 0, `(n,)`.
    truth : the true classes, `(n,)`, or None; the default is the embedding's own labels.

    Examples
    --------
    >>> print(score(np.array([[0.0], [1.0], [10.0], [11.0]]), np.array([0, 0, 1, 1])))
    inertia 1, silhouette 0.90 (on 4 images)
    """
    truth = getattr(vectors, "labels", None) if truth is None else truth
    X = np.asarray(getattr(vectors, "vectors", vectors), np.float64)
    labels = np.unique(labels, return_inverse=True)[1].ravel()
    means = np.stack([X[labels == c].mean(axis=0) for c in range(labels.max() + 1)])
    squares = (X * X).sum(axis=1)
    distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * X @ X.T, 0))
    np.fill_diagonal(distances, 0)
    mean_silhouette = silhouette(distances, labels)
    table = None if truth is None else contingency(labels, truth)
    return Scores(
        inertia=float(((X - means[labels]) ** 2).sum()),
        silhouette=None if np.isnan(mean_silhouette) else mean_silhouette,
        ari=None if table is None else adjusted_rand(table),
        nmi=None if table is None else normalized_mutual_information(table),
        matched_accuracy=None if table is None else accuracy_from_table(table),
        silhouette_images=len(X),
    )


def score_pitfalls(seed: int = 0) -> dict[str, ScorePitfall]:
    """Five small cases by name; in each of them at least one score prefers the worse clustering.

    >>> score_pitfalls()["two stripes"].misled_scores
    ['inertia', 'silhouette']
    """
    makers = {
        "two stripes": _stripes,
        "split groups": _quarters,
        "clean halves": _halves,
        "random labels": _random_labels,
        "rare class": _rare,
    }
    return {name: make(np.random.default_rng(seed)) for name, make in makers.items()}


def _blobs(rng: np.random.Generator, sizes: list[int], means: Any, std: float) -> Any:
    truth = np.repeat(np.arange(len(sizes)), sizes)
    return np.asarray(means, float)[truth] + std * rng.normal(size=(len(truth), 2)), truth


def _triangle(rng: np.random.Generator) -> Any:
    return _blobs(rng, [40, 40, 40], [[0, 0], [8, 0], [4, 7]], 1.0)


def _stripes(rng: np.random.Generator) -> ScorePitfall:
    truth = np.repeat([0, 1], 60)
    points = np.stack([rng.uniform(0, 12, 120), 3.0 * truth + 0.3 * rng.normal(size=120)], axis=1)
    return ScorePitfall("a cut across both stripes", points, truth, truth, (points[:, 0] > 6).astype(int))


def _quarters(rng: np.random.Generator) -> ScorePitfall:
    points, truth = _triangle(rng)
    means = np.stack([points[truth == c].mean(axis=0) for c in range(3)])[truth]
    side = (points > means) @ [1, 2]  # the quarter of its group, 0…3
    return ScorePitfall("each group cut into four", points, truth, truth, 4 * truth + side)


def _halves(rng: np.random.Generator) -> ScorePitfall:
    points, truth = _triangle(rng)
    means = np.stack([points[truth == c].mean(axis=0) for c in range(3)])[truth]
    mixed = np.where(rng.random(120) < 0.3, (truth + rng.integers(1, 3, 120)) % 3, truth)
    halves = 2 * truth + (points[:, 0] > means[:, 0])
    return ScorePitfall(
        "many points in a wrong group, where the better one has clean halves", points, truth, halves, mixed
    )


def _random_labels(rng: np.random.Generator) -> ScorePitfall:
    angle = 2 * np.pi * np.arange(6) / 6
    points, truth = _blobs(rng, [20] * 6, 8 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 1.5)
    noisy = np.where(rng.random(120) < 0.55, rng.integers(0, 6, 120), truth)
    return ScorePitfall("a hundred random labels", points, truth, noisy, rng.integers(0, 100, 120))


def _rare(rng: np.random.Generator) -> ScorePitfall:
    points, truth = _blobs(rng, [70, 70, 6], [[0, 0], [4, 0], [9, 5]], 1.0)
    mistakes = np.where((truth < 2) & (rng.random(len(truth)) < 0.1), 1 - truth, truth)
    return ScorePitfall(
        "the rare class swallowed by its neighbour", points, truth, mistakes, np.minimum(truth, 1)
    )
