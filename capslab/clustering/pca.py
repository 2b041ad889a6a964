"""Principal components of data too large to hold as floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from capslab.data.lazy_rows import blocks

#: rows that the directions are learned from; more move them by less than the noise
MOST_ROWS = 20_000


def principal_components(
    X: Any,
    n_components: int,
    power: float = 0.0,
    features: Callable[[np.ndarray], np.ndarray] | None = None,
    seed: int = 0,
) -> np.ndarray:
    """The coordinates of each row along the directions in which the rows spread most.

    z = (x − x̄)·V / λ^power, V and λ being the leading eigenvectors and eigenvalues of the
    covariance. A power of 0 is plain PCA, ½ gives every direction the same spread, ¼ is
    half way.

    Parameters
    ----------
    X : `(n, …)`, any type; rows are flattened a block at a time.
    n_components : at most; directions without any spread are left out.
    power : 0…½.
    features : a function of rows `(m, …)` to vectors `(m, d)`, applied to each block.
    seed : chooses the 20,000 rows that the directions are learned from, where there are more.

    Returns
    -------
    array : float32 `(n, m)`, 1 ≤ m ≤ `n_components`; zeros where all rows are alike.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [3.0, 3.0], [6.0, 6.0]])
    >>> abs(principal_components(X, 2)).round(2)
    array([[4.24],
           [0.  ],
           [4.24]], dtype=float32)
    """

    def vectors(rows: np.ndarray) -> np.ndarray:
        made = rows if features is None else features(rows)
        return made.reshape(len(made), -1).astype(np.float32)

    known = X
    if len(X) > MOST_ROWS:
        known = X[np.sort(np.random.default_rng(seed).choice(len(X), MOST_ROWS, replace=False))]
    origin = vectors(known[:1])[0].astype(np.float64)  # near the data, so that squares stay exact
    total = np.zeros(len(origin))
    squares = np.zeros((len(origin), len(origin)))
    for part in blocks(len(known)):
        block = vectors(known[part]) - origin.astype(np.float32)
        total += block.sum(axis=0, dtype=np.float64)
        squares += block.T @ block
    mean = total / len(known)
    spread, directions = np.linalg.eigh(squares / len(known) - np.outer(mean, mean))
    keep = np.argsort(-spread)[:n_components]
    keep = keep[spread[keep] > 1e-6 * max(spread.max(), 1e-30)]
    if not len(keep):
        return np.zeros((len(X), 1), np.float32)
    turned = (directions[:, keep] / spread[keep] ** power).astype(np.float32)  # (d, m)
    middle = (origin + mean).astype(np.float32)
    found = np.empty((len(X), len(keep)), np.float32)
    for part in blocks(len(X)):
        found[part] = (vectors(X[part]) - middle) @ turned
    return found
