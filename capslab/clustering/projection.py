"""Project vectors onto a plane, to plot them."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.clustering.check_arguments import checked_vectors
from capslab.data.lazy_rows import LazyRows
from capslab.data.pca import principal_components
from capslab.errors import unknown_name

METHODS = ("pca", "tsne")


def project(vectors: Any, seed: int = 0, method: str = "pca") -> np.ndarray:
    """Two coordinates per vector; vectors of two dimensions stay as they are.

    Parameters
    ----------
    vectors : `(n, d)`, or an `Embedding`.
    seed : for "tsne".
    method : "pca" (the plane in which the variance is largest; milliseconds) or "tsne"
        (keeps neighbours together, but neither distances nor sizes of clusters mean
        anything in it; slow: up to four minutes for 10,000 vectors on one core).

    Returns
    -------
    array : float32 `(n, 2)`.

    Raises
    ------
    ArgumentError : for an unknown method, and for anything but finite `(n, d)` vectors.

    Examples
    --------
    >>> import capslab as cl
    >>> project(cl.embed(cl.load("digits"))).shape
    (1797, 2)
    """
    if method not in METHODS:
        raise unknown_name("method", method, METHODS)
    points: Any = getattr(vectors, "vectors", vectors)
    if isinstance(points, LazyRows) and method == "pca":  # never read as a whole
        flat = principal_components(points, 2, seed=seed)
        return np.pad(flat, ((0, 0), (0, 2 - flat.shape[1])))
    points = checked_vectors(points, "vectors")
    n, d = points.shape
    if d <= 2:
        return np.pad(points, ((0, 0), (0, 2 - d)))
    if n < 3:
        return np.stack([np.arange(n), np.zeros(n)], axis=1).astype(np.float32)  # too few for a plane
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        if method == "pca":
            from sklearn.decomposition import PCA

            # Constant vectors have no variance, and any plane is as good as another.
            with np.errstate(invalid="ignore", divide="ignore"):
                flat = PCA(2, random_state=seed).fit_transform(points)
        else:
            from sklearn.manifold import TSNE

            flat = TSNE(2, init="pca", perplexity=min(30.0, (n - 1) / 3), random_state=seed).fit_transform(
                points
            )
    return np.ascontiguousarray(flat, dtype=np.float32)
