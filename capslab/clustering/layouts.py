"""Lay vectors out in a plane so that neighbours stay neighbours: t-SNE and UMAP, also for many vectors."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from capslab.clustering.bundled_layouts import find_bundled
from capslab.data.pca import principal_components
from capslab.errors import ArgumentError, unknown_name

METHODS = ("tsne", "umap")
#: the slow methods lay out at most this many vectors; the others are placed beside their neighbours
MOST = 3_000
#: directions that are kept before a layout: enough for neighbours, and quick
DIRECTIONS = 50
#: iterations between two reports of progress, the fewest that scikit-learn's t-SNE does
STEP = 250
STEPS = 4

Progress = Callable[[float], None]


def _quiet(share: float) -> None:
    """Nobody wants to hear of the progress."""


def lay_out(vectors: Any, method: str, seed: int = 0, progress: Progress = _quiet) -> np.ndarray:
    """Two coordinates per vector, by t-SNE or UMAP.

    Vectors of more than 50 dimensions are first reduced to their 50 leading principal components. Of more
    than 3,000 vectors, a random 3,000 are laid out; each of the others is put among the three of these that
    it is nearest to, the nearer the closer. For the vectors of the lessons the layout comes with the package.

    Parameters
    ----------
    vectors : `(n, d)` finite numbers.
    method : "tsne" (van der Maaten and Hinton 2008) or "umap" (McInnes, Healy and Melville 2018; the package
        umap-learn must be installed, unless the layout comes with capslab).
    seed : of the sample and of the layout.
    progress : called with the share that is done, 0…1. If it raises an exception, the layout stops there.

    Returns
    -------
    array : float32 `(n, 2)`. Neighbours stay neighbours. Distances between clusters, and how large a cluster
        looks, mean little.

    Raises
    ------
    ArgumentError : for an unknown method, and for UMAP where it is not installed.

    Examples
    --------
    >>> lay_out(np.eye(30), "tsne").shape
    (30, 2)
    """
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    n = len(vectors)
    progress(0.0)
    chosen = np.arange(n)
    if n > MOST:
        chosen = np.sort(np.random.default_rng(seed).choice(n, MOST, replace=False))
    flat = find_bundled(vectors, method) if seed == 0 else None
    if flat is not None and n <= MOST:
        return flat
    if method == "umap" and flat is None and not has_umap():
        raise umap_is_missing()
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        reduced = principal_components(vectors, DIRECTIONS, seed=seed)  # (n, ≤ 50)
    if flat is None:
        flat = (_tsne if method == "tsne" else _umap)(reduced[chosen], seed, progress)  # (m, 2)
    return flat if n <= MOST else _place_others(reduced, chosen, flat)


def has_umap() -> bool:
    """Whether the package umap-learn is installed."""
    try:
        return find_spec("umap") is not None
    except ValueError:  # somebody put None in its place
        return False


def umap_is_missing() -> ArgumentError:
    """The error for UMAP where it is not installed."""
    return ArgumentError(
        "method",
        "'pca' or 'tsne', as UMAP is not installed here",
        "umap",
        "Try method='tsne', or run `pip install umap-learn` and restart the kernel.",
    )


def _tsne(points: np.ndarray, seed: int, progress: Progress) -> np.ndarray:
    """scikit-learn's t-SNE in four steps of 250 iterations, so that it can report and be stopped.

    Only the first step exaggerates the attraction, as one run of 1,000 iterations would. The later ones
    start where the step before ended. scikit-learn starts each with a momentum of 0.5 instead of 0.8: a
    learning rate of 2.5 times as much makes up for that, because a step's length is rate / (1 − momentum).
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    n = len(points)
    if n < 3 or not np.ptp(points, axis=0).any():
        return _in_a_row(n)
    start: Any = "pca" if points.shape[1] > 1 else "random"
    rate = max(n / 48, 50.0)
    flat = np.zeros((n, 2), np.float32)
    for step in range(STEPS):
        first = step == 0
        model = TSNE(
            2,
            init=start if first else flat,
            early_exaggeration=12.0 if first else 1.0,
            learning_rate=rate if first else 2.5 * rate,
            max_iter=STEP,
            perplexity=min(30.0, (n - 1) / 3),
            random_state=seed,
        )
        with threadpool_limits(1):
            flat = model.fit_transform(points).astype(np.float32)
        progress((step + 1) / STEPS)
    return flat


def _umap(points: np.ndarray, seed: int, progress: Progress) -> np.ndarray:
    if len(points) < 5:  # too few for a graph of neighbours
        return _in_a_row(len(points))
    from umap import UMAP

    # One thread: with several, UMAP gives another layout every time.
    model = UMAP(n_neighbors=min(15, len(points) - 1), random_state=seed, n_jobs=1)
    flat = np.asarray(model.fit_transform(points), np.float32)
    progress(1.0)
    return flat


def _in_a_row(n: int) -> np.ndarray:
    return np.stack([np.arange(n), np.zeros(n)], axis=1).astype(np.float32)


def _place_others(points: np.ndarray, chosen: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """Coordinates for all points, given those `flat` of the `chosen` ones."""
    from sklearn.neighbors import NearestNeighbors

    placed = np.empty((len(points), 2), np.float32)
    placed[chosen] = flat
    others = np.setdiff1d(np.arange(len(points)), chosen)
    index = NearestNeighbors(n_neighbors=3, algorithm="brute").fit(points[chosen])
    distances, rows = index.kneighbors(points[others])  # (m, 3)
    weights = 1 / np.maximum(distances, 1e-6 + 1e-3 * distances.mean())
    weights /= weights.sum(axis=1, keepdims=True)
    placed[others] = np.einsum("mj,mjx->mx", weights, flat[rows])
    return placed
