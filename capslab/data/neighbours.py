"""The nearest neighbours of every point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from capslab.data.lazy_rows import blocks

#: with at most this many points, every pair is compared
COMPARE_ALL_PAIRS = 20_000
#: mean number of points in a cell
CELL_POINTS = 200


@dataclass(frozen=True)
class Neighbours:
    """The nearest neighbours of n points.

    Attributes
    ----------
    indices : int64 `(n, m)`, the nearest first, without the point itself.
    distances : float32 `(n, m)`, ascending in each row.
    """

    indices: np.ndarray
    distances: np.ndarray


def nearest_neighbours(X: np.ndarray, m: int, seed: int = 0, share: float = 0.4) -> Neighbours:
    """The m nearest other points of each point, by Euclidean distance.

    Up to 20,000 points, every pair is compared. More points are first sorted into cells by k-means,
    and each point is compared with the points of the cells around its own, a `share` of all points.
    Nearly all true neighbours are among them (a test counts them), in half the time.

    Parameters
    ----------
    X : float32 `(n, d)`.
    m : how many neighbours, 1…n − 1.
    seed : for the cells.
    share : the fraction of all points that each point is compared with, 0…1; less is enough
        for well separated clusters.

    Examples
    --------
    >>> nearest_neighbours(np.array([[0.0], [1.0], [3.0]], np.float32), 1).indices.ravel()
    array([1, 0, 1])
    """
    n = len(X)
    X = X - X.mean(axis=0, dtype=np.float64).astype(np.float32)
    squares = np.einsum("nd,nd->n", X, X)[:, None]  # (n, 1)
    # one product gives ‖b‖² − 2 a·b, which sorts the b around a as their distances do
    left, right = np.hstack([X, np.ones_like(squares)]), np.hstack([-2 * X, squares])  # (n, d + 1)
    indices = np.empty((n, m), np.int64)
    distances = np.empty((n, m), np.float32)
    for rows, others in _comparisons(X, m, seed, share):
        count = min(m + 1, len(others))  # one more, for the point itself
        closest = others[_smallest(left[rows] @ right[others].T, count)]  # (rows, m + 1)
        # Differences between large squares are imprecise, so the few that matter are computed again.
        exact = np.sqrt(((X[closest] - X[rows][:, None]) ** 2).sum(axis=2))
        exact[closest == rows[:, None]] = np.inf
        order = np.argsort(exact, axis=1, kind="stable")[:, :m]
        indices[rows] = np.take_along_axis(closest, order, axis=1)
        distances[rows] = np.take_along_axis(exact, order, axis=1)
    return Neighbours(indices, distances)


def _smallest(values: np.ndarray, count: int, fold: int = 32) -> np.ndarray:
    """The positions of the `count` smallest values in each row of `(rows, length)`, in any order.

    Every `fold`-th column belongs to one group, and the `count` groups with the smallest minima
    contain the `count` smallest values. A minimum is cheap, so only these groups are sorted.
    """
    rows, length = values.shape
    groups = length // fold
    if groups <= 4 * count:
        return np.argpartition(values, count - 1, axis=1)[:, :count]
    lowest = values[:, : groups * fold].reshape(rows, fold, groups).min(axis=1)  # (rows, groups)
    best_groups = np.argpartition(lowest, count - 1, axis=1)[:, :count]
    columns = (best_groups[:, :, None] + groups * np.arange(fold)).reshape(rows, -1)  # (rows, count · fold)
    rest = np.broadcast_to(np.arange(groups * fold, length), (rows, length - groups * fold))
    columns = np.hstack([columns, rest])
    smallest = np.argpartition(np.take_along_axis(values, columns, axis=1), count - 1, axis=1)[:, :count]
    return np.take_along_axis(columns, smallest, axis=1)


def _comparisons(X: np.ndarray, m: int, seed: int, share: float) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of (rows, the points that they are compared with), which together cover all rows."""
    n = len(X)
    everything = np.arange(n)
    if n <= COMPARE_ALL_PAIRS:
        for part in blocks(n, rows=500):
            yield everything[part], everything
        return
    cell, centers = _cells(X, n // CELL_POINTS, seed)
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(len(centers) + 1))
    members = [order[starts[i] : starts[i + 1]] for i in range(len(centers))]
    sizes = np.diff(starts)
    squares = ((centers[:, None] - centers) ** 2).sum(axis=2)  # (cells, cells)
    for i, rows in enumerate(members):
        around = np.argsort(squares[i], kind="stable")
        enough = np.searchsorted(np.cumsum(sizes[around]), max(share * n, 10 * m)) + 1
        others = np.concatenate([members[j] for j in around[:enough]])
        for part in blocks(len(rows), rows=500):
            yield rows[part], others


def _cells(X: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The cell of each point `(n,)` and the cells' centres `(count, d)`."""
    from sklearn.cluster import KMeans

    sample = X[np.random.default_rng(seed).choice(len(X), min(len(X), 20 * count), replace=False)]
    model = KMeans(count, init="random", n_init=1, max_iter=8, tol=0, random_state=seed).fit(sample)
    return model.predict(X), model.cluster_centers_
