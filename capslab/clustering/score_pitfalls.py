"""Small constructed cases in which a score prefers the worse of two clusterings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.clustering.matching import accuracy_of, contingency
from capslab.clustering.scores import (
    Scores,
    adjusted_rand,
    normalized_mutual_information,
    silhouette,
)

#: what each score is called in words, and whether more of it is better
SCORES = {
    "inertia": ("inertia", False),
    "silhouette": ("silhouette", True),
    "ari": ("ARI", True),
    "nmi": ("NMI", True),
    "matched_accuracy": ("matched accuracy", True),
}


@dataclass(frozen=True, eq=False)
class Trap:
    """Points, what they are, and two clusterings of them.

    Attributes
    ----------
    story : in what way the second is worse.
    points : float64 `(n, 2)`.
    truth : int64 `(n,)`, the true classes.
    better, worse : int64 `(n,)`, two clusterings.
    """

    story: str
    points: np.ndarray
    truth: np.ndarray
    better: np.ndarray
    worse: np.ndarray

    @property
    def scores(self) -> tuple[Scores, Scores]:
        """Of the better and of the worse clustering."""
        return score(self.points, self.better, self.truth), score(self.points, self.worse, self.truth)

    @property
    def fooled(self) -> list[str]:
        """The scores that like the worse clustering more."""
        good, bad = self.scores
        found = []
        for name, (words, more) in SCORES.items():
            one, other = getattr(good, name), getattr(bad, name)
            if one is not None and other is not None and (other > one if more else other < one):
                found.append(words)
        return found


def score(vectors: Any, labels: Any, truth: Any = None) -> Scores:
    """All scores of any clustering, whoever made it.

    Parameters
    ----------
    vectors : an `Embedding`, or `(n, d)`.
    labels : the clusters, whole numbers ≥ 0, `(n,)`.
    truth : the true classes, `(n,)`, or None; an embedding's own labels when left out.

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
    apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * X @ X.T, 0))
    np.fill_diagonal(apart, 0)
    own = silhouette(apart, labels)
    table = None if truth is None else contingency(labels, truth)
    return Scores(
        inertia=float(((X - means[labels]) ** 2).sum()),
        silhouette=None if np.isnan(own) else own,
        ari=None if table is None else adjusted_rand(table),
        nmi=None if table is None else normalized_mutual_information(table),
        matched_accuracy=None if table is None else accuracy_of(table),
        silhouette_images=len(X),
    )


def traps(seed: int = 0) -> dict[str, Trap]:
    """Five small cases, each of which at least one score gets wrong."""
    makers = {
        "two stripes": _stripes,
        "four times as many": _many,
        "clean halves": _halves,
        "drawn by lot": _lots,
        "the rare one": _rare,
    }
    return {name: make(np.random.default_rng(seed)) for name, make in makers.items()}


def _blobs(chance: np.random.Generator, sizes: list[int], middles: Any, spread: float) -> Any:
    truth = np.repeat(np.arange(len(sizes)), sizes)
    return np.asarray(middles, float)[truth] + spread * chance.normal(size=(len(truth), 2)), truth


def _triangle(chance: np.random.Generator) -> Any:
    return _blobs(chance, [40, 40, 40], [[0, 0], [8, 0], [4, 7]], 1.0)


def _stripes(chance: np.random.Generator) -> Trap:
    truth = np.repeat([0, 1], 60)
    points = np.stack([chance.uniform(0, 12, 120), 3.0 * truth + 0.3 * chance.normal(size=120)], axis=1)
    return Trap("a cut across both stripes", points, truth, truth, (points[:, 0] > 6).astype(int))


def _many(chance: np.random.Generator) -> Trap:
    points, truth = _triangle(chance)
    middle = np.stack([points[truth == c].mean(axis=0) for c in range(3)])[truth]
    side = (points > middle) @ [1, 2]  # which quarter of its group, 0…3
    return Trap("each group cut into four", points, truth, truth, 4 * truth + side)


def _halves(chance: np.random.Generator) -> Trap:
    points, truth = _triangle(chance)
    middle = np.stack([points[truth == c].mean(axis=0) for c in range(3)])[truth]
    mixed = np.where(chance.random(120) < 0.3, (truth + chance.integers(1, 3, 120)) % 3, truth)
    halves = 2 * truth + (points[:, 0] > middle[:, 0])
    return Trap("many in a wrong group, where the better has clean halves", points, truth, halves, mixed)


def _lots(chance: np.random.Generator) -> Trap:
    angle = 2 * np.pi * np.arange(6) / 6
    points, truth = _blobs(chance, [20] * 6, 8 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 1.5)
    rough = np.where(chance.random(120) < 0.55, chance.integers(0, 6, 120), truth)
    return Trap("a hundred names drawn by lot", points, truth, rough, chance.integers(0, 100, 120))


def _rare(chance: np.random.Generator) -> Trap:
    points, truth = _blobs(chance, [70, 70, 6], [[0, 0], [4, 0], [9, 5]], 1.0)
    slips = np.where((truth < 2) & (chance.random(len(truth)) < 0.1), 1 - truth, truth)
    return Trap("the rare class swallowed by its neighbour", points, truth, slips, np.minimum(truth, 1))
