"""The numerical core of a k-means path for more vectors than fit in memory: passes over blocks of rows.

`kmeans_lloyd` makes the micro-clusters of all points at once; this module reads one block at a time.
The steps on all points are the same, those of `kmeans_sets`: every k in the same pass, so that rows are
read, and converted to float32, once for all k.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from capslab.clustering import kmeans_lloyd
from capslab.clustering.check_arguments import LARGEST_NUMBER, not_finite
from capslab.data.lazy_rows import ROWS, LazyRows, gather, parts, stay

#: consecutive rows read together for a mini-batch, and rows in a mini-batch
RUN, BATCH = 64, 4096


def centred(X: LazyRows, argument: str = "X") -> tuple[LazyRows, np.ndarray, np.float32]:
    """The points minus their mean, scaled into −1…1; that mean `(d,)`; and the scale. One pass."""
    total = np.zeros(X.shape[1])
    low, high = np.full(X.shape[1], np.inf, np.float32), np.full(X.shape[1], -np.inf, np.float32)
    for part in parts(X):
        rows = X[part]
        low, high = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))
        in_range = np.abs(low).max() <= LARGEST_NUMBER and np.abs(high).max() <= LARGEST_NUMBER
        if not in_range:  # NaN is not <= anything
            raise not_finite(argument)
        total += rows.sum(axis=0, dtype=np.float64)
    origin = (total / len(X)).astype(np.float32)
    scale = np.float32(max((high - origin).max(), (origin - low).max()) or 1)
    return X.map(partial(centred_rows, origin=origin, scale=scale)), origin, scale


def centred_rows(rows: np.ndarray, origin: np.ndarray, scale: np.float32) -> np.ndarray:
    """(rows − origin) / scale."""
    differences = rows - origin
    differences /= scale
    return differences


def search_space(points: LazyRows, seed: int) -> LazyRows | np.ndarray:
    """The points themselves, or their leading principal components if they have many dimensions."""
    pca = kmeans_lloyd.search_pca(points, seed)
    if pca is None:
        return points
    return stay(gather((pca.transform(points[part]) for part in parts(points)), len(points)))


def micro_clusters(
    points: LazyRows | np.ndarray, n_micro: int, largest_k: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """As `kmeans_lloyd.micro_clusters`: one pass of `MiniBatchKMeans`, with batches from all rows."""
    from sklearn.cluster import MiniBatchKMeans

    n = len(points)
    if n <= 2 * n_micro:
        return points[:], np.ones(n, np.float32)
    rng = np.random.default_rng(seed)
    first = points[np.sort(rng.choice(n, n_micro, replace=False))]
    size = max(BATCH, 2 * n_micro)
    rough = MiniBatchKMeans(n_micro, init=first, n_init=1, batch_size=size, reassignment_ratio=0)
    runs = rng.permutation(-(-n // RUN))
    for start in range(0, len(runs), size // RUN):
        rows = (runs[start : start + size // RUN, None] * RUN + np.arange(RUN)).ravel()
        rough.partial_fit(points[rows[rows < n]])
    centers, sizes = _means(points, rough.cluster_centers_)
    centers, sizes = centers[sizes > 0], sizes[sizes > 0].astype(np.float32)
    if len(np.unique(centers, axis=0)) >= 2 * largest_k:
        return centers, sizes
    return _distinct(points, 2 * n_micro)


def _distinct(points: LazyRows | np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """The first different points, about `limit` of them, and how often each one came up to there."""
    different, copies = np.empty((0, points.shape[1]), np.float32), np.zeros(0)
    for part in parts(points):
        rows, which = np.unique(np.concatenate([different, points[part]]), axis=0, return_inverse=True)
        weights = np.concatenate([copies, np.ones(part.stop - part.start)])
        different, copies = rows, np.bincount(which.ravel(), weights).astype(float)
        if len(different) > limit:
            break
    return different, copies.astype(np.float32)


def _means(points: LazyRows | np.ndarray, centers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean `(d,)` of the points nearest to each centre, NaN where there are none, and their number."""
    from scipy.sparse import csr_array

    sums, sizes = np.zeros(centers.shape), np.zeros(len(centers))
    for part in parts(points, most=ROWS):
        rows = points[part]
        labels = kmeans_lloyd.assign(rows, centers)
        entries = np.ones(len(rows), np.float32), labels, np.arange(len(rows) + 1)
        sums += csr_array(entries, shape=(len(rows), len(centers))).T @ rows
        sizes += np.bincount(labels, minlength=len(centers))
    with np.errstate(invalid="ignore"):
        return (sums / sizes[:, None]).astype(np.float32), sizes
