"""Which points the views of clusters draw, and where: two coordinates for each vector."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np

from capslab.errors import ArgumentError, unknown_name

#: more points than this are sampled
MOST_POINTS = 70_000
#: t-SNE and UMAP take minutes for more points than this
MOST_NEIGHBOURS = 5_000
METHODS = ("pca", "tsne", "umap")


def sample_positions(n: int, method: str, dimension: int, seed: int) -> tuple[np.ndarray, str]:
    """Which of n points are drawn, ascending, and a sentence about it if not all of them are."""
    slow = method != "pca" and dimension > 2
    most = MOST_NEIGHBOURS if slow else MOST_POINTS
    if n <= most:
        return np.arange(n), ""
    chosen = np.sort(np.random.default_rng(seed).choice(n, most, replace=False))
    reason = f", because {method} would take minutes for all" if slow else ""
    return chosen, f"{most:,} of {n:,} images are drawn, a random sample{reason}."


def project_to_plane(vectors: np.ndarray, method: str, seed: int) -> tuple[np.ndarray, str]:
    """Two coordinates `(n, 2)`, centred, the larger extent ±1, and a sentence that explains them."""
    n, d = vectors.shape
    if method not in METHODS:
        here = [name for name in METHODS if name != "umap" or find_spec("umap")]
        raise unknown_name("method", method, here)
    if d == 1:
        xy = np.stack([vectors[:, 0], np.zeros(n, np.float32)], axis=1)
        note = "One dimension: the value runs across; the height is random, so that points do not overlap."
    elif d == 2:
        xy, note = vectors, "The embedding's own two dimensions."
    elif method == "umap":
        xy, note = _umap(vectors, seed), "UMAP: neighbours stay together; distances and sizes mean little."
    else:
        from capslab.clustering import project

        xy = project(vectors, seed=seed, method=method)
        note = "t-SNE: neighbours stay together; distances and sizes mean little."
        if method == "pca":
            total = vectors.var(axis=0, dtype=np.float64).sum()
            share = float(xy.var(axis=0, dtype=np.float64).sum() / total) if total > 0 else 1.0
            note = f"The first two principal components (PCA), {round(100 * share)} % of the variance."
    middle = (xy.max(axis=0) + xy.min(axis=0)) / 2
    xy = (xy - middle) / max(float(np.abs(xy - middle).max()), 1e-12)
    if d == 1:
        xy[:, 1] = np.random.default_rng(seed).uniform(-0.35, 0.35, n)
    return np.ascontiguousarray(xy, np.float32), note


def _umap(vectors: np.ndarray, seed: int) -> np.ndarray:
    try:
        from umap import UMAP
    except ImportError:
        raise ArgumentError(
            "method",
            "'pca' or 'tsne', as UMAP is not installed here",
            "umap",
            "Try method='tsne', or run `pip install umap-learn` and restart the kernel.",
        ) from None
    return np.asarray(UMAP(random_state=seed).fit_transform(vectors), np.float32)
