"""What can be clustered: vectors and k, checked before any work starts."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any

import numpy as np

from capslab.data import lazy_rows
from capslab.errors import ArgumentError, Verbatim

#: labels travel to the browser as bytes
LARGEST_K = 256


def checked_vectors(X: Any) -> np.ndarray:
    """The vectors as float32 `(n, d)`, or an error in words."""
    try:
        array = np.asarray(X, dtype=np.float32)
    except (TypeError, ValueError):
        array = None
    if array is None or array.ndim != 2 or not array.size:
        raise ArgumentError("embedding", "an Embedding or vectors (n, d)", X, "Give one row an image.")
    if not np.isfinite(array).all() or np.abs(array).max() > 1e30:
        raise not_numbers()
    return array


def checked_rows(X: Any) -> Any:
    """As `checked_vectors`; above `lazy_rows.LARGE` bytes as `LazyRows`, with numbers not yet checked."""
    if getattr(X, "ndim", 0) == 2 and X.dtype.kind in "fiub" and 4 * X.size > lazy_rows.LARGE:
        return lazy_rows.float32(X)
    return checked_vectors(X)


def not_numbers() -> ArgumentError:
    """The error for vectors that cannot be compared."""
    return ArgumentError(
        "embedding",
        "finite numbers, none beyond ±1e30",
        Verbatim("NaN, infinity or larger numbers"),
        "Drop those rows, or train the model again with a lower learning rate.",
    )


def checked_ks(k: Any, X: np.ndarray) -> tuple[int, ...]:
    """The k to compute, ascending, each at most the number of different vectors."""
    n = len(X)
    most = min(n, LARGEST_K)
    expected = f"a whole number from 1 to {most}, or several (there are {n} vectors)"
    several = not isinstance(k, (str, bytes, Integral)) and isinstance(k, Iterable)
    values = list(k) if several else [k]
    if not values:
        raise ArgumentError("n_clusters", expected, k, "Try n_clusters=range(2, 31).")
    for value in values:
        if not is_whole(value) or not 1 <= value <= most:
            raise ArgumentError("n_clusters", expected, value, f"Try n_clusters={min(10, most)}.")
    ks = tuple(sorted({int(value) for value in values}))
    seen: set[bytes] = set()
    for row in X:  # ends after a few rows unless nearly all are copies
        seen.add((row + 0).tobytes())  # + 0: −0.0 and 0.0 are the same number
        if len(seen) >= ks[-1]:
            return ks
    raise too_few_distinct(ks[-1], len(seen))


def too_few_distinct(k: int, distinct: int, argument: str = "n_clusters") -> ArgumentError:
    """The error for more clusters than there are different vectors."""
    return ArgumentError(
        argument,
        f"at most {distinct}, the number of different vectors",
        k,
        "Many vectors are copies of each other: check the model, or ask for fewer clusters.",
    )


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number of Python's or NumPy's; True and False are not."""
    return isinstance(value, Integral) and not isinstance(value, bool)
