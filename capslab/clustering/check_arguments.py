"""Checks before any work starts: what may be clustered, and into how many clusters."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any

import numpy as np

from capslab.data import lazy_rows
from capslab.data.lazy_rows import LazyRows
from capslab.errors import ArgumentError, Verbatim, is_whole

#: cluster numbers travel to the browser as bytes
LARGEST_K = 256
DEFAULT_LARGEST_K = 30
#: float32 squares of larger numbers would overflow
LARGEST_NUMBER = 1e30


def checked_vectors(X: Any, argument: str = "embedding") -> np.ndarray:
    """The vectors as float32 `(n, d)`, or an error in words that names the argument."""
    try:
        array = np.asarray(X, dtype=np.float32)
    except (TypeError, ValueError):
        array = None
    if array is None or array.ndim != 2 or not array.size:
        raise ArgumentError(argument, "an Embedding or vectors (n, d)", X, _to_rows(X, argument))
    return _finite(array, argument)


def _to_rows(X: Any, argument: str) -> str:
    """What to type in order to have one row of numbers per image."""
    if hasattr(X, "images"):
        return "Take cl.embed(images)."
    try:
        array = np.asarray(X, dtype=np.float32)
    except (TypeError, ValueError):
        return "cl.embed(images) makes one row of numbers per image."
    if array.ndim == 1 and array.size:
        return f"{argument}.reshape(-1, 1) makes each number a row."
    if array.ndim < 2 or not array.size:
        return "Give one row per image."
    return f"{argument}.reshape(len({argument}), -1) makes one row per image."


def checked_rows(
    estimator: Any, X: Any, argument: str = "X", *, fitting: bool = True
) -> np.ndarray | LazyRows:
    """The rows that an estimator is given, float32 `(n, d)`, checked as scikit-learn checks them.

    More than `lazy_rows.LARGE` bytes come back as `LazyRows`, whose numbers are checked when they
    are read. Fitting records `n_features_in_`; otherwise the rows must have as many features.
    """
    if getattr(X, "ndim", 0) == 2 and X.dtype.kind in "fiub" and 4 * X.size > lazy_rows.LARGE:
        if fitting:
            estimator.n_features_in_ = X.shape[1]
        elif X.shape[1] != estimator.n_features_in_:
            raise _wrong_features(estimator, X, argument)
        return lazy_rows.float32(X)
    from sklearn.utils.validation import validate_data

    if isinstance(X, LazyRows):
        X = np.asarray(X)
    try:
        array = validate_data(estimator, X, reset=fitting, dtype=np.float32, ensure_all_finite=False)
    except ValueError as error:
        if not fitting and np.ndim(X) == 2 and np.shape(X)[1] != estimator.n_features_in_:
            raise _wrong_features(estimator, X, argument) from None
        step = str(error).split("\n", maxsplit=1)[0].rstrip(".:") + f". {_to_rows(X, argument)}"
        if np.ndim(X) == 1 and np.size(X):
            step = f"Reshape your data: {_to_rows(X, argument)}"
        raise ArgumentError(argument, "an Embedding or vectors (n, d)", X, step) from error
    return _finite(array, argument)


def _finite(array: np.ndarray, argument: str) -> np.ndarray:
    if not np.isfinite(array).all() or np.abs(array).max() > LARGEST_NUMBER:
        raise not_finite(argument)
    return array


def _wrong_features(estimator: Any, X: Any, argument: str) -> ArgumentError:
    expected = estimator.n_features_in_
    return ArgumentError(
        argument,
        f"of shape (m, {expected})",
        X,
        f"X has {np.shape(X)[1]} features, but {type(estimator).__name__} is expecting {expected} features "
        "as input: embed the images with the same model.",
    )


def retrain(argument: str) -> str:
    """What to do about rows with NaN, infinity or enormous numbers."""
    usable = f"{argument}[np.abs({argument}).max(axis=1) < {LARGEST_NUMBER:g}]"
    return f"Take the other rows: {usable}. Or train the model again with a lower learning rate."


def not_finite(argument: str = "embedding") -> ArgumentError:
    """The error for vectors that contain NaN, infinity or enormous numbers."""
    return ArgumentError(
        argument,
        "finite numbers, none beyond ±1e30",
        Verbatim("NaN, infinity (inf) or larger numbers"),
        retrain(argument),
    )


def checked_ks(n_clusters: Any, X: np.ndarray | LazyRows) -> tuple[int, ...]:
    """The numbers of clusters to compute, ascending, each at most the number of different vectors."""
    n = len(X)
    most = min(n, LARGEST_K)
    count = "there is 1 sample" if n == 1 else f"there are {n} vectors"
    expected = f"a whole number from 1 to {most}, or several ({count})"
    several = not isinstance(n_clusters, (str, bytes, Integral)) and isinstance(n_clusters, Iterable)
    values = list(n_clusters) if several else [n_clusters]
    if not values:
        raise ArgumentError("n_clusters", expected, n_clusters, "Leave it out to have 2 to 30.")
    for value in values:
        if not is_whole(value) or not 1 <= value <= most:
            possible = _count_different(X, 10)
            raise ArgumentError("n_clusters", expected, value, f"Try n_clusters={possible}.")
    ks = tuple(sorted({int(value) for value in values}))
    different = _count_different(X, ks[-1])
    if different < ks[-1]:
        raise too_few_distinct(ks[-1], different)
    return ks


def default_ks(X: np.ndarray | LazyRows) -> tuple[int, ...]:
    """k = 2…30, or up to the number of different vectors if there are fewer."""
    return tuple(range(2, _count_different(X, DEFAULT_LARGEST_K) + 1)) or (1,)


def _count_different(X: np.ndarray | LazyRows, enough: int) -> int:
    """The number of different rows, counted up to `enough`."""
    different: set[bytes] = set()
    for row in X:  # ends after a few rows unless nearly all are copies
        different.add((row + 0).tobytes())  # + 0: −0.0 and 0.0 are the same number
        if len(different) >= enough:
            break
    return len(different)


def too_few_distinct(k: int, distinct: int) -> ArgumentError:
    """The error for more clusters than there are different vectors."""
    return ArgumentError(
        "n_clusters",
        f"at most {distinct}, the number of different vectors",
        k,
        f"Try n_clusters={distinct}. Many vectors are copies of each other: is the model trained?",
    )


def checked_images_or_vectors(estimator: Any, X: Any, argument: str = "X") -> np.ndarray:
    """What `SpectralPath` is given, as uint8 images `(n, h, w, c)` or float32 vectors `(n, d)`."""
    if hasattr(X, "vectors"):  # an Embedding
        X = X.vectors
    elif hasattr(X, "images"):  # Images
        X = X.images
    if getattr(X, "ndim", 2) == 4:
        if X.dtype != np.uint8 or not X.size:
            raise ArgumentError(
                argument,
                "uint8 pixels in 0…255 as (n, h, w, c)",
                X,
                _to_pixels(X, argument),
            )
        return X
    if estimator.features != "pixels":
        raise ArgumentError(
            "features",
            "'pixels' for vectors: only images have gradients",
            estimator.features,
            "Try features='pixels', or give Images.",
        )
    from sklearn.utils.validation import validate_data

    array = validate_data(estimator, X, dtype=[np.float64, np.float32], ensure_all_finite=False)
    if not np.isfinite(array).all():
        raise ArgumentError(
            argument, "finite numbers", Verbatim("NaN or infinity (inf) in some rows"), retrain(argument)
        )
    largest = float(np.abs(array).max()) or 1.0
    array = array / array.dtype.type(largest)
    array = array - array.mean(axis=0)  # small differences between large numbers survive float32
    return (array / (np.abs(array).max() or 1)).astype(np.float32)


def _to_pixels(X: np.ndarray, argument: str) -> str:
    """What to type in order to have uint8 pixels."""
    if X.size and X.dtype.kind in "fiu" and X.min() >= 0 and X.max() <= 1:
        return f"Take (255 * {argument}).astype('uint8')."
    if X.size and X.dtype.kind in "fiu" and X.min() >= 0 and X.max() <= 255:
        return f"Take {argument}.astype('uint8')."
    return "Take cl.load(), which gives images of that form."


def distinct_rows(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where each different row comes first, `(n',)`, and which of these each row equals, `(n,)`."""
    flat = np.ascontiguousarray(values.reshape(len(values), -1))
    if flat.dtype.kind == "f":
        flat = flat + 0  # −0.0 and 0.0 are the same number
    as_bytes = flat.view(np.dtype((np.void, flat.dtype.itemsize * flat.shape[1]))).ravel()
    _, first, which = np.unique(as_bytes, return_index=True, return_inverse=True)
    order = np.argsort(first)  # in the order in which they come
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return first[order], rank[which.ravel()]
