"""The numerical core of a k-means path: a search on micro-clusters, then a few steps on all points.

Centres are added one at a time on the micro-clusters, which stand in for the points. The
centres of every k are then refined on all points. `KMeansPath` says how the steps fit together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.clustering.kmeans_sets import in_other_dimensions, moved, nearest, rough_inertias
from capslab.errors import ArgumentError

#: with more dimensions than this, centres are searched in the leading principal components
SEARCH_DIMENSIONS = 64
#: how many new centres, and how many pairs of clusters to merge, are tried for each k
CANDIDATES, MERGES = 8, 4
#: Lloyd steps of all trials on the micro-clusters, how many of the trials go on, and their further steps
FIRST_STEPS, FINALISTS, MORE_STEPS = 3, 2, 7
#: Lloyd steps of the centres that were found, on the micro-clusters
LAST_STEPS = 10
#: Lloyd steps on all points, as multiples of the way to the mean. The search has ended on the micro-clusters,
#: so all first steps point to where the points' own optimum lies, and fall short of it.
STRETCHES = (1.9, 1.9, 1.0)
#: points for each micro-cluster in the sample that places them, and Lloyd steps on this sample
SAMPLED, SAMPLE_STEPS = 10, 2
#: rows compared with all centres at once, few enough that their distances stay in the cache
CHUNK = 256


@dataclass(frozen=True, eq=False)
class StartingCenters:
    """Centres `(k, d)`, and their inertia on the micro-clusters."""

    centers: np.ndarray
    inertia: float


@dataclass(frozen=True, eq=False)
class KMeansResult:
    """Centres `(k, d)`, the number of the nearest one to each point `(n,)`, and the inertia."""

    centers: np.ndarray
    labels: np.ndarray
    inertia: float


def centred(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.float32]:
    """The points minus their mean, scaled into −1…1; that mean `(d,)`; and the scale."""
    origin = X.mean(axis=0, dtype=np.float64).astype(np.float32)
    points = X - origin
    scale = np.float32(np.abs(points).max() or 1)
    points /= scale  # so that squaring neither overflows nor underflows
    return points, origin, scale


def search_space(points: np.ndarray, seed: int) -> np.ndarray:
    """The points themselves, or their leading principal components if they have many dimensions."""
    pca = search_pca(points, seed)
    return points if pca is None else pca.transform(points)


def search_pca(points: Any, seed: int) -> Any:
    """scikit-learn's `PCA`, fitted on a sample of the points; None if they have few dimensions."""
    if points.shape[1] <= SEARCH_DIMENSIONS:
        return None
    from sklearn.decomposition import PCA

    rng = np.random.default_rng(seed)
    sample = points[rng.choice(len(points), min(len(points), 5000), replace=False)]
    return PCA(min(SEARCH_DIMENSIONS, len(sample)), random_state=seed).fit(sample)


def assign(points: Any, centers: np.ndarray) -> np.ndarray:
    """The number of the nearest centre to each point, `(n,)`.

    ‖x − c‖² = ‖x‖² − 2 x·c + ‖c‖². The term ‖x‖² is the same for every centre, so it is left out.
    """
    doubled, squares = -2 * centers.T, (centers * centers).sum(axis=1)
    labels = np.empty(len(points), dtype=np.intp)
    for start in range(0, len(points), CHUNK):
        rows = slice(start, start + CHUNK)
        compared = points[rows] @ doubled  # (chunk, k)
        compared += squares
        labels[rows] = compared.argmin(axis=1)
    return labels


def distances(points: Any, centers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The squared distance of each point to its own centre, `(n,)`."""
    squares = np.empty(len(points), dtype=np.float32)
    for start in range(0, len(points), CHUNK):
        rows = slice(start, start + CHUNK)
        differences = points[rows] - centers[labels[rows]]  # (chunk, d)
        squares[rows] = np.einsum("nd,nd->n", differences, differences)
    return squares


def means(points: np.ndarray, labels: np.ndarray, k: int, weights: np.ndarray) -> np.ndarray:
    """The weighted mean of each cluster, `(k, d)`; NaN for an empty one."""
    from scipy.sparse import csr_matrix

    membership = csr_matrix((weights, labels, np.arange(len(points) + 1)), shape=(len(points), k))
    with np.errstate(invalid="ignore"):
        sizes = np.bincount(labels, weights, minlength=k).astype(np.float32)
        return (membership.T @ points) / sizes[:, None]


def micro_clusters(
    points: np.ndarray, n_micro: int, largest_k: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Centres `(m, d)` and sizes `(m,)` of many small clusters that stand in for the points.

    With 2 × `n_micro` points or fewer, every point is a cluster of its own. `largest_k` is the
    largest k that the micro-clusters must be enough for.
    """
    if len(points) <= 2 * n_micro:
        return points, np.ones(len(points), dtype=np.float32)
    centers, sizes = _one_pass(points, n_micro, seed)
    if len(np.unique(centers, axis=0)) >= 2 * largest_k:
        return centers, sizes
    # Nearly all points are copies of a few, so let each distinct point count once.
    distinct, copies = np.unique(points, axis=0, return_counts=True)  # (u, d), (u,)
    if len(distinct) <= 2 * n_micro:
        return distinct, copies.astype(np.float32)
    return _one_pass(distinct, n_micro, seed, copies)


def _one_pass(
    points: np.ndarray, n_micro: int, seed: int, copies: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Lloyd steps on a sample, from random points of it, and one on all points.

    On MNIST a path from these is as good as from one epoch of `MiniBatchKMeans`, in a third of the time.
    """
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(points))[: SAMPLED * n_micro]
    weights = np.ones(len(points), np.float32) if copies is None else copies.astype(np.float32)
    centers, sizes = points[order[:n_micro]], np.empty(0, np.float32)
    order.sort()
    sample = points[order], weights[order]
    for rows, own_weights in [sample] * SAMPLE_STEPS + [(points, weights)]:
        labels = assign(rows, centers)
        sizes = np.bincount(labels, own_weights, minlength=len(centers)).astype(np.float32)
        used = sizes > 0
        centers, sizes = means(rows, labels, len(centers), own_weights)[used], sizes[used]
    return centers, sizes


def grow(points: np.ndarray, weights: np.ndarray, largest_k: int, seed: int) -> dict[int, StartingCenters]:
    """Centres for k = 1, 2, …, `largest_k`; each k starts from the one before and tries several new centres.

    A new centre is drawn with probability proportional to its squared distance from the
    nearest old one (Arthur & Vassilvitskii 2007). Stops early when nothing is left to split.
    """
    mean = np.average(points, axis=0, weights=weights).astype(np.float32)[None]  # (1, d)
    best = StartingCenters(mean, float(rough_inertias(points, [mean], weights)[0]))
    by_k = {1: best}
    for k in range(2, largest_k + 1):
        squares = distances(points, best.centers, assign(points, best.centers)).astype(np.float64) * weights
        if not squares.any():
            break
        tries = min(CANDIDATES, int(np.count_nonzero(squares)))
        candidates = np.random.default_rng([seed, k]).choice(
            len(points), tries, replace=False, p=squares / squares.sum()
        )
        best = _best(points, weights, [np.concatenate([best.centers, points[[i]]]) for i in candidates])
        by_k[k] = best
    return by_k


def shrink(
    points: np.ndarray, weights: np.ndarray, grown: dict[int, StartingCenters]
) -> dict[int, StartingCenters]:
    """The way back: make k out of k + 1 by merging two clusters, and use the result where it is better.

    Growing alone never removes a centre, so an unlucky one would stay. On MNIST (8 seeds, 16 components)
    this pass reduces the mean excess over `n_init=10` k-means from 0.20 % to 0.03 %, and the largest one from
    1.9 % to 0.43 %.
    """
    better = dict(grown)
    for k in range(max(grown) - 1, 1, -1):
        merged = _best(points, weights, _merged(points, weights, better[k + 1].centers))
        better[k] = min(merged, better[k], key=_inertia)
    return better


def _best(points: np.ndarray, weights: np.ndarray, starts: list[np.ndarray]) -> StartingCenters:
    """The best of several starts after Lloyd steps, most of which only the better ones are given."""
    inertia = np.empty(0)
    for steps, remaining in ((FIRST_STEPS, FINALISTS), (MORE_STEPS, 1)):
        starts = moved(points, starts, weights, steps)
        inertia = rough_inertias(points, starts, weights)
        order = np.argsort(inertia, kind="stable")[:remaining]
        starts, inertia = [starts[i] for i in order], inertia[order]
    return StartingCenters(starts[0], float(inertia[0]))


def _merged(points: np.ndarray, weights: np.ndarray, centers: np.ndarray) -> list[np.ndarray]:
    """Centres `(k − 1, d)` after each of the cheapest merges, by Ward's criterion."""
    size = np.bincount(assign(points, centers), weights, minlength=len(centers))  # (k,)
    squares = ((centers[:, None] - centers[None]) ** 2).sum(axis=-1)  # (k, k)
    both = np.maximum(size[:, None] + size, 1e-12)
    cost = squares * (size[:, None] * size) / both
    first, second = np.triu_indices(len(centers), 1)
    starts = []
    for pair in np.argsort(cost[first, second], kind="stable")[:MERGES]:
        a, b = first[pair], second[pair]
        start = centers.copy()
        start[a] = (size[a] * centers[a] + size[b] * centers[b]) / both[a, b]
        starts.append(np.delete(start, b, axis=0))
    return starts


def settled(points: np.ndarray, weights: np.ndarray, starts: list[np.ndarray]) -> list[np.ndarray]:
    """The centres of every k after the last Lloyd steps on the micro-clusters."""
    return moved(points, starts, weights, LAST_STEPS)


def refined(points: Any, reduced: Any, starts: list[np.ndarray]) -> Iterator[KMeansResult]:
    """The result of every k after a few Lloyd steps on all points, all k in the same passes.

    `points` and `reduced` are arrays or `LazyRows`. `reduced` holds the points in the dimensions of the
    starts, where Lloyd steps are cheap. If these are not all the dimensions, one more step in all of them
    follows. No cluster is left empty.
    """
    centers = starts
    for stretch in STRETCHES:
        centers = moved(reduced, centers, stretch=stretch)
    if reduced is not points:
        centers = in_other_dimensions(reduced, centers, points)
    for one_set, own, inertia in zip(centers, *nearest(points, centers), strict=True):
        if np.bincount(own, minlength=len(one_set)).all():
            yield KMeansResult(one_set, own, float(inertia))
        else:
            again = without_empty_clusters(points, one_set)
            yield KMeansResult(one_set, again, float(distances(points, one_set, again).sum(dtype=np.float64)))


def without_empty_clusters(points: Any, centers: np.ndarray) -> np.ndarray:
    """Labels `(n,)`, after moving (in place) each centre without points to the farthest point."""
    labels = assign(points, centers)
    for _ in range(2 * len(centers)):
        empty = np.flatnonzero(np.bincount(labels, minlength=len(centers)) == 0)
        if not len(empty):
            return labels
        centers[empty[0]] = points[distances(points, centers, labels).argmax()]
        labels = assign(points, centers)
    raise ArgumentError(
        "n_clusters",
        "at most the number of clearly different vectors",
        len(centers),
        f"Try n_clusters={len(np.unique(labels))}, because some vectors are almost equal.",
    )


def _inertia(start: StartingCenters) -> float:
    return start.inertia
