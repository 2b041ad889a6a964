"""The numerical core of a k-means path for more vectors than memory: passes over blocks of rows.

What `lloyd` does with all points at hand is done here with a block at a time, for every k in the
same pass: the rows are read, and converted to float32, once for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from capslab.clustering import kmeans_lloyd
from capslab.clustering.validation import not_numbers
from capslab.data.lazy_rows import ROWS, LazyRows, gather, parts, stay

#: rows that are read together in a mini-batch, and rows of a mini-batch
RUN, BATCH = 64, 4096
#: Lloyd steps on all points, in the dimensions of the search
STEPS = kmeans_lloyd.FULL_STEPS


def centred(X: LazyRows) -> tuple[LazyRows, np.ndarray, np.float32]:
    """The points around their mean, none beyond ±1; the mean `(d,)`; the scale. One pass."""
    total = np.zeros(X.shape[1])
    low, high = np.full(X.shape[1], np.inf, np.float32), np.full(X.shape[1], -np.inf, np.float32)
    for part in parts(X):
        rows = X[part]
        low, high = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))
        if not (np.abs(low).max() <= 1e30 and np.abs(high).max() <= 1e30):  # NaN is not <= anything
            raise not_numbers()
        total += rows.sum(axis=0, dtype=np.float64)
    origin = (total / len(X)).astype(np.float32)
    scale = np.float32(max((high - origin).max(), (origin - low).max()) or 1)
    return X.map(partial(inside, origin=origin, scale=scale)), origin, scale


def inside(rows: np.ndarray, origin: np.ndarray, scale: np.float32) -> np.ndarray:
    """Rows around an origin, in units of a scale."""
    moved = rows - origin
    moved /= scale
    return moved


def search_space(points: LazyRows, seed: int) -> LazyRows | np.ndarray:
    """The points, or their leading principal components where they have many dimensions."""
    found = kmeans_lloyd.directions(points, seed)
    if found is None:
        return points
    return stay(gather((found.transform(points[part]) for part in parts(points)), len(points)))


def micro_clusters(
    points: LazyRows | np.ndarray, n_micro: int, most: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """As `kmeans_lloyd.micro_clusters`: `MiniBatchKMeans`, one pass in mini-batches from all rows."""
    from sklearn.cluster import MiniBatchKMeans

    n = len(points)
    if n <= 2 * n_micro:
        return points[:], np.ones(n, np.float32)
    chance = np.random.default_rng(seed)
    first = points[np.sort(chance.choice(n, n_micro, replace=False))]
    size = max(BATCH, 2 * n_micro)
    rough = MiniBatchKMeans(n_micro, init=first, n_init=1, batch_size=size, reassignment_ratio=0)
    runs = chance.permutation(-(-n // RUN))
    for start in range(0, len(runs), size // RUN):
        rows = (runs[start : start + size // RUN, None] * RUN + np.arange(RUN)).ravel()
        rough.partial_fit(points[rows[rows < n]])
    (centers,), (sizes,) = _means(points, points, [rough.cluster_centers_])
    centers, sizes = centers[sizes > 0], sizes[sizes > 0].astype(np.float32)
    if len(np.unique(centers, axis=0)) >= 2 * most:
        return centers, sizes
    return _distinct(points, 2 * n_micro)


def _distinct(points: LazyRows | np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The first different points, up to about `most`, and how often each came until then."""
    found, copies = np.empty((0, points.shape[1]), np.float32), np.zeros(0)
    for part in parts(points):
        rows, which = np.unique(np.concatenate([found, points[part]]), axis=0, return_inverse=True)
        weights = np.concatenate([copies, np.ones(part.stop - part.start)])
        found, copies = rows, np.bincount(which.ravel(), weights).astype(float)
        if len(found) > most:
            break
    return found, copies.astype(np.float32)


def settled(
    points: LazyRows, shown: LazyRows | np.ndarray, starts: list[np.ndarray]
) -> Iterator[kmeans_lloyd.Settled]:
    """Every k settled on all points, all in the same passes; no cluster is empty."""
    centers = starts
    for _ in range(STEPS):
        moved, sizes = _means(shown, shown, centers)
        centers = [
            np.where(size[:, None] > 0, now, before)
            for now, before, size in zip(moved, centers, sizes, strict=True)
        ]
    if shown is not points:
        centers = [np.nan_to_num(found) for found in _means(points, shown, centers)[0]]
    labels = np.empty((len(centers), len(points)), np.uint8)
    inertia = np.zeros(len(centers))
    for part in parts(points, most=ROWS):
        rows = points[part]
        squares = np.einsum("nd,nd->n", rows, rows)
        for i, (near, apart) in enumerate(_nearest(rows, centers)):
            labels[i, part] = near
            inertia[i] += np.maximum(apart + squares, 0).sum(dtype=np.float64)
    for found, names, total in zip(centers, labels, inertia, strict=True):
        if np.bincount(names, minlength=len(found)).all():
            yield kmeans_lloyd.Settled(found, names, float(total))
        else:
            again = kmeans_lloyd.filled(points, found)
            yield kmeans_lloyd.Settled(
                found, again, float(kmeans_lloyd.distances(points, found, again).sum(dtype=float))
            )


def _nearest(rows: np.ndarray, centers: list[np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each set of centres the nearest to each row `(b,)`, and ‖x − c‖² − ‖x‖²; see `assign`."""
    every = np.concatenate(centers)  # (Σ k, d)
    ends = np.cumsum([len(some) for some in centers])
    apart = rows @ (-2 * every.T) + (every * every).sum(axis=1)  # (b, Σ k)
    for some, end in zip(centers, ends, strict=True):
        own = apart[:, end - len(some) : end]
        near = own.argmin(axis=1)
        yield near, own[np.arange(len(rows)), near]


def _means(
    points: LazyRows | np.ndarray, shown: LazyRows | np.ndarray, centers: list[np.ndarray]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """One Lloyd step for every set of centres: the means of the points, and how many each is of.

    Points are assigned by `shown`. The mean of no points is NaN.
    """
    from scipy.sparse import csr_array

    counts = [len(some) for some in centers]
    begins = np.concatenate([[0], np.cumsum(counts)])
    sums = np.zeros((begins[-1], points.shape[1]))
    sizes = np.zeros(begins[-1])
    for part in parts(points, most=ROWS):
        seen = shown[part]
        rows = seen if points is shown else points[part]
        near = [near + begin for (near, _), begin in zip(_nearest(seen, centers), begins, strict=False)]
        which = np.stack(near, axis=1).ravel()  # (b · sets,)
        ends = np.arange(len(rows) + 1) * len(centers)
        member = csr_array((np.ones(len(which), np.float32), which, ends), (len(rows), begins[-1]))
        sums += member.T @ rows
        sizes += np.bincount(which, minlength=begins[-1])
    with np.errstate(invalid="ignore"):
        means = (sums / sizes[:, None]).astype(np.float32)
    return np.split(means, begins[1:-1]), np.split(sizes, begins[1:-1])
