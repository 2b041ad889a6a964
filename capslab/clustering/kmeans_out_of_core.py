"""The numerical core of a k-means path for more vectors than fit in memory: passes over blocks of rows.

`kmeans_lloyd` works on all points at once; this module reads one block at a time, for every k in
the same pass. Rows are therefore read, and converted to float32, once for all k.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from capslab.clustering import kmeans_lloyd
from capslab.clustering.check_arguments import LARGEST_NUMBER, not_finite
from capslab.data.lazy_rows import ROWS, LazyRows, gather, parts, stay

#: consecutive rows read together for a mini-batch, and rows in a mini-batch
RUN, BATCH = 64, 4096
#: Lloyd steps on all points, in the dimensions that are searched
STEPS = kmeans_lloyd.FULL_STEPS


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
    (centers,), (sizes,) = _means(points, points, [rough.cluster_centers_])
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


def refined(
    points: LazyRows, reduced: LazyRows | np.ndarray, starts: list[np.ndarray]
) -> Iterator[kmeans_lloyd.KMeansResult]:
    """The result of every k on all points, all k in the same passes; no cluster is empty."""
    centers = starts
    for _ in range(STEPS):
        means, sizes = _means(reduced, reduced, centers)
        centers = [
            np.where(size[:, None] > 0, mean, before)
            for mean, before, size in zip(means, centers, sizes, strict=True)
        ]
    if reduced is not points:
        centers = [np.nan_to_num(mean) for mean in _means(points, reduced, centers)[0]]
    labels = np.empty((len(centers), len(points)), np.uint8)
    inertia = np.zeros(len(centers))
    for part in parts(points, most=ROWS):
        rows = points[part]
        squares = np.einsum("nd,nd->n", rows, rows)
        for i, (nearest, distances) in enumerate(_nearest(rows, centers)):
            labels[i, part] = nearest
            inertia[i] += np.maximum(distances + squares, 0).sum(dtype=np.float64)
    for own_centers, own_labels, total in zip(centers, labels, inertia, strict=True):
        if np.bincount(own_labels, minlength=len(own_centers)).all():
            yield kmeans_lloyd.KMeansResult(own_centers, own_labels, float(total))
        else:
            again = kmeans_lloyd.without_empty_clusters(points, own_centers)
            total = kmeans_lloyd.distances(points, own_centers, again).sum(dtype=float)
            yield kmeans_lloyd.KMeansResult(own_centers, again, float(total))


def _nearest(rows: np.ndarray, centers: list[np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """For each set of centres, the nearest one to each row `(b,)`, and ‖x − c‖² − ‖x‖²; see `assign`."""
    stacked = np.concatenate(centers)  # (Σ k, d)
    ends = np.cumsum([len(one_set) for one_set in centers])
    distances = rows @ (-2 * stacked.T) + (stacked * stacked).sum(axis=1)  # (b, Σ k)
    for one_set, end in zip(centers, ends, strict=True):
        own = distances[:, end - len(one_set) : end]
        nearest = own.argmin(axis=1)
        yield nearest, own[np.arange(len(rows)), nearest]


def _means(
    points: LazyRows | np.ndarray, reduced: LazyRows | np.ndarray, centers: list[np.ndarray]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """One Lloyd step for every set of centres: the means of their points, and how many points each has.

    Points are assigned by `reduced`, in the dimensions of the centres. The mean of no points is NaN.
    """
    from scipy.sparse import csr_array

    counts = [len(one_set) for one_set in centers]
    begins = np.concatenate([[0], np.cumsum(counts)])
    sums = np.zeros((begins[-1], points.shape[1]))
    sizes = np.zeros(begins[-1])
    for part in parts(points, most=ROWS):
        compared = reduced[part]
        rows = compared if points is reduced else points[part]
        pairs = zip(_nearest(compared, centers), begins, strict=False)
        nearest = [one_set + begin for (one_set, _), begin in pairs]
        which = np.stack(nearest, axis=1).ravel()  # (b · sets,)
        ends = np.arange(len(rows) + 1) * len(centers)
        membership = csr_array((np.ones(len(which), np.float32), which, ends), (len(rows), begins[-1]))
        sums += membership.T @ rows
        sizes += np.bincount(which, minlength=begins[-1])
    with np.errstate(invalid="ignore"):
        means = (sums / sizes[:, None]).astype(np.float32)
    return np.split(means, begins[1:-1]), np.split(sizes, begins[1:-1])
