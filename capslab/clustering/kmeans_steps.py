"""k-means one step at a time, to watch it work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.clustering.check_arguments import checked_vectors
from capslab.errors import ArgumentError, is_whole


@dataclass(frozen=True, eq=False)
class KMeansStep:
    """The state of k-means after one step.

    Attributes
    ----------
    centers : float64 `(k, d)`.
    labels : int64 `(n,)`, the number of the nearest centre to each point.
    inertia : Σᵢ ‖xᵢ − its centre‖².
    """

    centers: np.ndarray
    labels: np.ndarray
    inertia: float


def kmeans_steps(vectors: Any, centers: Any, max_steps: int = 100) -> list[KMeansStep]:
    """Every step of k-means from the given centres, until no point changes its cluster.

    1. Assign each point to its nearest centre. 2. Move each centre to the mean of its points; a
    centre without points stays where it is (Lloyd 1957, published 1982).

    Parameters
    ----------
    vectors : an `Embedding`, or `(n, d)`.
    centers : `(k, d)`, the centres to start from.
    max_steps : stop after this many steps, at least 1.

    Examples
    --------
    >>> steps = kmeans_steps([[0.0], [1.0], [9.0], [10.0]], [[0.0], [1.0]])
    >>> [step.centers.ravel().round(1).tolist() for step in steps]
    [[0.0, 1.0], [0.0, 6.7], [0.5, 9.5]]
    """
    X = checked_vectors(getattr(vectors, "vectors", vectors), "vectors").astype(np.float64)
    try:
        start = np.array(getattr(centers, "vectors", centers), float)
    except (TypeError, ValueError):
        start = np.empty(0)
    if start.ndim != 2 or start.shape[1] != X.shape[1] or not len(start):
        raise ArgumentError(
            "centers", f"of shape (k, {X.shape[1]})", centers, "Take some of the points: X[:3]."
        )
    centers = start
    if not is_whole(max_steps) or max_steps < 1:
        raise ArgumentError("max_steps", "a whole number from 1", max_steps, "Leave it out.")
    steps: list[KMeansStep] = []
    while len(steps) < max_steps:
        squares = (X * X).sum(axis=1)[:, None] - 2 * X @ centers.T + (centers * centers).sum(axis=1)  # (n, k)
        labels = squares.argmin(axis=1)
        inertia = float(np.maximum(squares[np.arange(len(X)), labels], 0).sum())
        steps.append(KMeansStep(centers, labels, inertia))
        if len(steps) > 1 and (labels == steps[-2].labels).all():
            break
        centers = np.stack(
            [X[labels == c].mean(axis=0) if (labels == c).any() else centers[c] for c in range(len(centers))]
        )
    return steps
