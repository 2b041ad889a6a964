"""The numerical core of a k-means path, on centred vectors of float32.

Micro-clusters stand for the points while centres are added one at a time; every k is
then settled on all points. `KMeansPath` says how the steps fit together.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.errors import ArgumentError

#: above this many dimensions, centres are searched in the leading principal components
SEARCH_DIMENSIONS = 64
#: candidates for a new centre, and pairs of clusters to merge, that are tried for each k
CANDIDATES, MERGES = 8, 4
#: Lloyd steps for each try on the micro-clusters, and for each k on all points
TRIAL_STEPS, FULL_STEPS = 10, 5
#: rows that are compared with all centres at once: their distances stay in the cache
CHUNK = 2048


@dataclass(frozen=True, eq=False)
class Fit:
    """Centres `(k, d)` and the inertia that they reach."""

    centers: np.ndarray
    inertia: float


@dataclass(frozen=True, eq=False)
class Settled:
    """Centres `(k, d)`, the nearest of each point `(n,)`, and the inertia."""

    centers: np.ndarray
    labels: np.ndarray
    inertia: float


def centred(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.float32]:
    """The points around their mean, none beyond ±1; the mean `(d,)`; the scale."""
    origin = X.mean(axis=0, dtype=np.float64).astype(np.float32)
    points = X - origin
    scale = np.float32(np.abs(points).max() or 1)
    points /= scale  # squares of very large or very small numbers stay numbers
    return points, origin, scale


def search_space(points: np.ndarray, seed: int) -> np.ndarray:
    """The points themselves, or their leading principal components where they have many dimensions."""
    found = directions(points, seed)
    return points if found is None else found.transform(points)


def directions(points: Any, seed: int) -> Any:
    """scikit-learn's `PCA` of some of the points; None where they have few dimensions."""
    if points.shape[1] <= SEARCH_DIMENSIONS:
        return None
    from sklearn.decomposition import PCA

    rng = np.random.default_rng(seed)
    some = points[rng.choice(len(points), min(len(points), 5000), replace=False)]
    return PCA(min(SEARCH_DIMENSIONS, len(some)), random_state=seed).fit(some)


def assign(points: Any, centers: np.ndarray) -> np.ndarray:
    """The nearest centre of each point, `(n,)`.

    ‖x − c‖² = ‖x‖² − 2 x·c + ‖c‖²; ‖x‖² is the same for every centre and left out.
    """
    doubled, squares = -2 * centers.T, (centers * centers).sum(axis=1)
    labels = np.empty(len(points), dtype=np.intp)
    for start in range(0, len(points), CHUNK):
        rows = slice(start, start + CHUNK)
        labels[rows] = (points[rows] @ doubled + squares).argmin(axis=1)  # (chunk, k) -> (chunk,)
    return labels


def distances(points: Any, centers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Squared distance of each point to its own centre, `(n,)`."""
    squares = np.empty(len(points), dtype=np.float32)
    for start in range(0, len(points), CHUNK):
        rows = slice(start, start + CHUNK)
        apart = points[rows] - centers[labels[rows]]  # (chunk, d)
        squares[rows] = np.einsum("nd,nd->n", apart, apart)
    return squares


def means(points: np.ndarray, labels: np.ndarray, k: int, weights: np.ndarray) -> np.ndarray:
    """The weighted mean of each cluster, `(k, d)`; NaN for an empty one."""
    from scipy.sparse import csr_matrix

    member = csr_matrix((weights, labels, np.arange(len(points) + 1)), shape=(len(points), k))
    with np.errstate(invalid="ignore"):
        return (member.T @ points) / np.bincount(labels, weights, minlength=k).astype(np.float32)[:, None]


def lloyd(points: np.ndarray, centers: np.ndarray, steps: int, weights: np.ndarray | None = None) -> Fit:
    """A few steps of weighted k-means from given centres."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    model = KMeans(len(centers), init=centers, n_init=1, max_iter=steps, tol=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # `settle` looks for empty clusters itself
        model.fit(points, sample_weight=weights)
    return Fit(model.cluster_centers_, float(model.inertia_))


def micro_clusters(points: np.ndarray, n_micro: int, most: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Centres `(m, d)` and sizes `(m,)` of many small clusters that stand for the points.

    Up to 2 × `n_micro` points stand for themselves. `most` is the largest k that the
    micro-clusters must serve.
    """
    if len(points) <= 2 * n_micro:
        return points, np.ones(len(points), dtype=np.float32)
    centers, sizes = _one_pass(points, n_micro, seed)
    if len(np.unique(centers, axis=0)) >= 2 * most:
        return centers, sizes
    # Nearly all points are copies of a few: let each distinct one count once.
    distinct, copies = np.unique(points, axis=0, return_counts=True)  # (u, d), (u,)
    if len(distinct) <= 2 * n_micro:
        return distinct, copies.astype(np.float32)
    return _one_pass(distinct, n_micro, seed, copies)


def _one_pass(
    points: np.ndarray, n_micro: int, seed: int, copies: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.cluster import MiniBatchKMeans

    # k-means++ costs four times as much here and changes the mean inertia by < 0.1 %.
    rough = MiniBatchKMeans(
        n_micro,
        init="random",
        n_init=1,
        batch_size=min(4096, len(points) // 2),
        max_iter=1,
        reassignment_ratio=0,
        compute_labels=False,
        random_state=seed,
    ).fit(points, sample_weight=copies)
    labels = assign(points, rough.cluster_centers_)
    weights = np.ones(len(points), np.float32) if copies is None else copies.astype(np.float32)
    kept = np.unique(labels)
    sizes = np.bincount(labels, weights)[kept].astype(np.float32)
    return means(points, labels, n_micro, weights)[kept], sizes


def grow(points: np.ndarray, weights: np.ndarray, most: int, seed: int) -> dict[int, Fit]:
    """k = 1, 2, …, `most`: each k starts from the last one and tries several new centres.

    A new centre is drawn with probability proportional to its squared distance from the
    nearest old one (Arthur & Vassilvitskii 2007). Ends early when nothing is left to split.
    """
    middle = np.average(points, axis=0, weights=weights).astype(np.float32)[None]  # (1, d)
    last = lloyd(points, middle, 1, weights)
    fits = {1: last}
    for k in range(2, most + 1):
        chance = distances(points, last.centers, assign(points, last.centers)).astype(np.float64) * weights
        if not chance.any():
            break
        tries = min(CANDIDATES, int(np.count_nonzero(chance)))
        drawn = np.random.default_rng([seed, k]).choice(
            len(points), tries, replace=False, p=chance / chance.sum()
        )
        starts = [np.concatenate([last.centers, points[[i]]]) for i in drawn]
        last = min((lloyd(points, start, TRIAL_STEPS, weights) for start in starts), key=_inertia)
        fits[k] = last
    return fits


def shrink(points: np.ndarray, weights: np.ndarray, fits: dict[int, Fit]) -> dict[int, Fit]:
    """The way back: k from k + 1 by merging two clusters, kept where it is better.

    Growing alone never takes a centre away, so an unlucky one stays. This pass costs a
    tenth of the path; on MNIST (8 seeds, 16 components) it took the mean excess over
    `n_init=10` k-means from 0.15 % to 0.05 %, and the largest from 0.97 % to 0.57 %.
    """
    better = dict(fits)
    for k in range(max(fits) - 1, 1, -1):
        starts = _merged(points, weights, better[k + 1].centers)
        merged = min((lloyd(points, start, TRIAL_STEPS, weights) for start in starts), key=_inertia)
        better[k] = min(merged, better[k], key=_inertia)
    return better


def _merged(points: np.ndarray, weights: np.ndarray, centers: np.ndarray) -> list[np.ndarray]:
    """Centres `(k − 1, d)` after each of the cheapest merges, by Ward's cost of a merge."""
    size = np.bincount(assign(points, centers), weights, minlength=len(centers))  # (k,)
    apart = ((centers[:, None] - centers[None]) ** 2).sum(axis=-1)  # (k, k)
    both = np.maximum(size[:, None] + size, 1e-12)
    cost = apart * (size[:, None] * size) / both
    first, second = np.triu_indices(len(centers), 1)
    starts = []
    for pair in np.argsort(cost[first, second], kind="stable")[:MERGES]:
        a, b = first[pair], second[pair]
        start = centers.copy()
        start[a] = (size[a] * centers[a] + size[b] * centers[b]) / both[a, b]
        starts.append(np.delete(start, b, axis=0))
    return starts


def settled(points: np.ndarray, shown: np.ndarray, starts: list[np.ndarray]) -> Iterator[Settled]:
    """Each k settled on all points, one after the other."""
    for start in starts:
        centers, labels = settle(points, shown, start)
        yield Settled(centers, labels, float(distances(points, centers, labels).sum(dtype=np.float64)))


def settle(points: np.ndarray, shown: np.ndarray, centers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centres `(k, d)` and labels `(n,)` on all points, no cluster empty.

    `shown` are the points in the dimensions of `centers`, where Lloyd steps are cheap; one
    more step in all dimensions follows where these are not the same.
    """
    k = len(centers)
    centers = lloyd(shown, centers, FULL_STEPS).centers
    labels = filled(shown, centers)
    if shown is points:
        return centers, labels
    centers = means(points, labels, k, np.ones(len(points), np.float32))
    return centers, filled(points, centers)


def filled(points: Any, centers: np.ndarray) -> np.ndarray:
    """Labels `(n,)` after each centre without points has moved, in place, to the farthest point."""
    labels = assign(points, centers)
    for _ in range(2 * len(centers)):
        empty = np.flatnonzero(np.bincount(labels, minlength=len(centers)) == 0)
        if not len(empty):
            return labels
        centers[empty[0]] = points[distances(points, centers, labels).argmax()]
        labels = assign(points, centers)
    raise ArgumentError(
        "k",
        "at most the number of clearly different vectors",
        len(centers),
        "Some vectors are all but equal: ask for fewer clusters.",
    )


def _inertia(fit: Fit) -> float:
    return fit.inertia
