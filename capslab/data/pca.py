"""Principal component analysis (PCA) of data too large to convert to floats at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from capslab.data.lazy_rows import blocks

#: the directions are learned from at most this many rows; more change them by less than the noise
MOST_ROWS = 20_000


@np.errstate(under="ignore")  # a number that is too small for float32 is meant to become 0
def principal_components(
    X: Any,
    n_components: int,
    power: float = 0.0,
    features: Callable[[np.ndarray], np.ndarray] | None = None,
    seed: int = 0,
) -> np.ndarray:
    """The coordinates of each row along the directions in which the variance is largest.

    z = (x − x̄)·V / λ^power, where V and λ are the leading eigenvectors and eigenvalues of the
    covariance. A power of 0 is plain PCA, ½ gives every direction the same variance (whitening),
    and ¼ is half way.

    Parameters
    ----------
    X : `(n, …)`, any type; rows are flattened one block at a time.
    n_components : the largest number of components; directions without any variance are left out.
    power : 0…½.
    features : a function from rows `(m, …)` to vectors `(m, d)`, applied to each block.
    seed : chooses the 20,000 rows that the directions are learned from, if there are more.

    Returns
    -------
    array : float32 `(n, m)`, 1 ≤ m ≤ `n_components`; zeros if all rows are equal.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [3.0, 3.0], [6.0, 6.0]])
    >>> abs(principal_components(X, 2)).round(2)
    array([[4.24],
           [0.  ],
           [4.24]], dtype=float32)
    """

    def vectors(rows: np.ndarray) -> np.ndarray:
        described = rows if features is None else features(rows)
        return described.reshape(len(described), -1).astype(np.float32)

    sample = X
    if len(X) > MOST_ROWS:
        sample = X[np.sort(np.random.default_rng(seed).choice(len(X), MOST_ROWS, replace=False))]
    origin = vectors(sample[:1])[0].astype(np.float64)  # close to the data, so that squares stay exact
    total = np.zeros(len(origin))
    squares = np.zeros((len(origin), len(origin)))
    for part in blocks(len(sample)):
        block = vectors(sample[part]) - origin.astype(np.float32)
        total += block.sum(axis=0, dtype=np.float64)
        squares += block.T @ block
    mean = total / len(sample)
    variance, directions = np.linalg.eigh(squares / len(sample) - np.outer(mean, mean))
    leading = np.argsort(-variance)[:n_components]
    leading = leading[variance[leading] > 1e-6 * max(variance.max(), 1e-30)]
    if not len(leading):
        return np.zeros((len(X), 1), np.float32)
    projection = (directions[:, leading] / variance[leading] ** power).astype(np.float32)  # (d, m)
    center = (origin + mean).astype(np.float32)
    coordinates = np.empty((len(X), len(leading)), np.float32)
    for part in blocks(len(X)):
        coordinates[part] = (vectors(X[part]) - center) @ projection
    return coordinates
