"""What a spectral clustering takes: images or vectors, checked, and their copies found."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.clustering.deskew import LEAST_SIDE, deskew
from capslab.clustering.gradients import gradient_histograms
from capslab.clustering.pca import principal_components
from capslab.errors import ArgumentError, Verbatim, unknown_name

FEATURES = ("pixels", "gradients")


def rows(estimator: Any, X: Any) -> np.ndarray:
    """The data as uint8 images `(n, h, w, c)` or float32 vectors `(n, d)`, or an error in words."""
    if hasattr(X, "vectors"):  # an Embedding
        X = X.vectors
    elif hasattr(X, "images"):  # Images
        X = X.images
    if getattr(X, "ndim", 2) == 4:
        if X.dtype != np.uint8 or not X.size:
            raise ArgumentError(
                "X", "uint8 pixels in 0…255 as (n, h, w, c)", X, "capslab.load() gives images of that form."
            )
        return X
    if estimator.features != "pixels":
        raise ArgumentError(
            "features",
            "'pixels' for vectors: only images have gradients",
            estimator.features,
            "Give Images, or an array (n, h, w, c).",
        )
    from sklearn.utils.validation import validate_data

    array = validate_data(estimator, X, dtype=[np.float64, np.float32], ensure_all_finite=False)
    if not np.isfinite(array).all():
        step = "Drop those rows, or train the model again with a lower learning rate."
        raise ArgumentError("X", "finite numbers", Verbatim("NaN or infinity (inf) in some rows"), step)
    largest = float(np.abs(array).max()) or 1.0
    array = array / array.dtype.type(largest)
    array = array - array.mean(axis=0)  # small differences of large numbers survive float32
    return (array / (np.abs(array).max() or 1)).astype(np.float32)


def distinct(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each different row comes first, `(n',)`, and which of them each row is, `(n,)`."""
    flat = np.ascontiguousarray(values.reshape(len(values), -1))
    if flat.dtype.kind == "f":
        flat = flat + 0  # −0.0 and 0.0 are the same number
    as_bytes = flat.view(np.dtype((np.void, flat.dtype.itemsize * flat.shape[1]))).ravel()
    _, first, which = np.unique(as_bytes, return_index=True, return_inverse=True)
    order = np.argsort(first)  # in the order in which they come
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return first[order], place[which.ravel()]


def image_coordinates(
    images: np.ndarray, features: str, straighten: bool | None, n_components: int, power: float, seed: int
) -> np.ndarray:
    """Images straightened, described and reduced to principal components, `(n, m)`."""
    if features not in FEATURES:
        raise unknown_name("features", features, FEATURES)
    if straighten or (straighten is None and min(images.shape[1:3]) >= LEAST_SIDE):
        images = deskew(images)
    describe = gradient_histograms if features == "gradients" else None
    return principal_components(images, n_components, power, describe, seed)
