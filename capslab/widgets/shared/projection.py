"""Which points the views of clusters draw, and where: two coordinates for each vector."""

from __future__ import annotations

import numpy as np

from capslab.clustering.layouts import has_umap, umap_is_missing
from capslab.errors import unknown_name

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
        here = [name for name in METHODS if name != "umap" or has_umap()]
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
    xy = framed(xy)
    if d == 1:
        xy[:, 1] = np.random.default_rng(seed).uniform(-0.35, 0.35, n)
    return np.ascontiguousarray(xy, np.float32), note


def _umap(vectors: np.ndarray, seed: int) -> np.ndarray:
    if not has_umap():
        raise umap_is_missing()
    from umap import UMAP

    return np.asarray(UMAP(random_state=seed).fit_transform(vectors), np.float32)


def framed(points: np.ndarray) -> np.ndarray:
    """Points `(n, 2)` or `(n, 3)` moved and scaled: centred, the largest extent ±1.

    >>> framed(np.array([[0.0, 1.0], [4.0, 3.0]])).tolist()
    [[-1.0, -0.5], [1.0, 0.5]]
    """
    middle = (points.max(axis=0) + points.min(axis=0)) / 2
    moved: np.ndarray = points - middle
    return np.ascontiguousarray(moved / max(float(np.abs(moved).max()), 1e-12), np.float32)


def aligned(planes: np.ndarray) -> np.ndarray:
    """Turn and flip each plane so that its points lie as near as possible to those of the plane before it.

    A plane of principal components may be turned or mirrored without being another one. The best turn R
    minimises ‖A R − B‖ over orthogonal R: R = U Vᵀ for the singular value decomposition A ᵀB = U S Vᵀ
    (Schönemann 1966, orthogonal Procrustes). Distances within a plane stay as they are.

    Parameters
    ----------
    planes : (stops, n, 2), each centred.

    Returns
    -------
    float32 (stops, n, 2)

    Examples
    --------
    >>> square = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], float)
    >>> aligned(np.stack([square, square @ [[0, 1], [-1, 0]]]))[1].round().astype(int).tolist()
    [[1, 0], [0, 1], [-1, 0], [0, -1]]
    """
    from scipy.linalg import orthogonal_procrustes

    turned = [np.asarray(planes[0], np.float64)]
    for plane in planes[1:]:
        turn, _ = orthogonal_procrustes(plane, turned[-1])
        turned.append(plane @ turn)
    return np.stack(turned).astype(np.float32)
