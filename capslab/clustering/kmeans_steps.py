"""k-means one step at a time, to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.clustering.validation import checked_vectors, is_whole
from capslab.errors import ArgumentError


@dataclass(frozen=True, eq=False)
class Step:
    """One moment of k-means.

    Attributes
    ----------
    centers : float64 `(k, d)`, where the centres are.
    labels : int64 `(n,)`, the nearest of them for each point.
    inertia : Σᵢ ‖xᵢ − its centre‖².
    """

    centers: np.ndarray
    labels: np.ndarray
    inertia: float


def kmeans_steps(vectors: Any, centers: Any, most: int = 100) -> list[Step]:
    """Every step of k-means from given centres, until no point changes its cluster.

    1. Each point goes to its nearest centre. 2. Each centre moves to the mean of its points; one
    without points stays (Lloyd 1957, published 1982).

    Parameters
    ----------
    vectors : an `Embedding`, or `(n, d)`.
    centers : `(k, d)` to start from.
    most : steps at most, from 1.

    Examples
    --------
    >>> steps = kmeans_steps([[0.0], [1.0], [9.0], [10.0]], [[0.0], [1.0]])
    >>> [step.centers.ravel().round(1).tolist() for step in steps]
    [[0.0, 1.0], [0.0, 6.7], [0.5, 9.5]]
    """
    X = checked_vectors(getattr(vectors, "vectors", vectors)).astype(np.float64)
    now = np.array(centers, float)
    if now.ndim != 2 or now.shape[1] != X.shape[1] or not len(now):
        raise ArgumentError("centers", f"of shape (k, {X.shape[1]})", now, "Take some of the points: X[:3].")
    if not is_whole(most) or most < 1:
        raise ArgumentError("most", "a whole number from 1", most, "Leave it out.")
    steps: list[Step] = []
    while len(steps) < most:
        squares = (X * X).sum(axis=1)[:, None] - 2 * X @ now.T + (now * now).sum(axis=1)  # (n, k)
        labels = squares.argmin(axis=1)
        inertia = float(np.maximum(squares[np.arange(len(X)), labels], 0).sum())
        steps.append(Step(now, labels, inertia))
        if len(steps) > 1 and (labels == steps[-2].labels).all():
            break
        now = np.stack(
            [X[labels == c].mean(axis=0) if (labels == c).any() else now[c] for c in range(len(now))]
        )
    return steps
