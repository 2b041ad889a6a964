"""Converts any sensible array to the pixels that the course works with: uint8 `(n, h, w, c)`."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from capslab.data import lazy_rows
from capslab.data.lazy_rows import LazyRows
from capslab.errors import ArgumentError, Verbatim

ROUNDED = "pixels in 0…255 were rounded to whole numbers"
EXPECTED = "images of shape (n, height, width), (n, height, width, channels) or (n, side × side)"


def as_nhwc(array: Any, argument: str = "images") -> np.ndarray:
    """The same pixels in the shape `(n, h, w, c)`.

    Parameters
    ----------
    array : `(n, h, w)`, `(n, h, w, c)` with 1 to 4 channels, or `(n, s·s)` for square images.

    Raises
    ------
    ArgumentError : for any other shape; the message says how to reshape it.

    Examples
    --------
    >>> as_nhwc(np.zeros((5, 64), np.uint8)).shape
    (5, 8, 8, 1)
    """
    if isinstance(array, LazyRows) and array.ndim == 4:
        return array  # type: ignore[return-value]  # it has this shape already, and should not be read yet
    try:
        array = np.asarray(array)
    except ValueError:  # rows of unequal length
        raise ArgumentError(
            argument, EXPECTED, Verbatim("images of different sizes"), "Bring them to one size first."
        ) from None
    if array.dtype == object:
        step = "Bring all images to one size and save them as one array of numbers."
        raise ArgumentError(argument, "an array of numbers", array, step)
    if array.ndim not in (2, 3, 4) or 0 in array.shape:
        step = "One image alone needs a first axis: image[None]." if array.ndim == 1 else ""
        raise ArgumentError(argument, EXPECTED + ", none of them empty", array, step)
    if array.ndim == 2:  # (n, s·s)
        side = int(array.shape[1] ** 0.5 + 0.5)
        if side * side != array.shape[1]:
            raise ArgumentError(
                argument,
                EXPECTED,
                Verbatim(f"rows of {array.shape[1]} numbers, and {array.shape[1]} is not a square"),
                "Say how they are laid out: array.reshape(n, height, width) before saving.",
            )
        array = array.reshape(len(array), side, side)  # (n, h, w)
    if array.ndim == 3:
        if array.shape[2] < 4:
            raise ArgumentError(
                argument,
                EXPECTED,
                Verbatim(f"shape {array.shape}, which reads as images {array.shape[2]} pixels wide"),
                "If it is one colour image, give it a first axis: image[None].",
            )
        return array[..., None]  # (n, h, w, 1)
    if not 1 <= array.shape[3] <= 4:
        swapped = "The channels come last: array.transpose(0, 2, 3, 1)." if array.shape[1] <= 4 else ""
        raise ArgumentError(argument, "images with 1 to 4 channels, the last axis", array, swapped)
    return array


def as_uint8(array: np.ndarray, argument: str = "images") -> tuple[np.ndarray, str]:
    """The same pixels as uint8, and a note that says what was changed ("" if nothing was).

    Pixels in 0…1 are multiplied by 255; pixels in 0…255 are rounded.

    Raises
    ------
    ArgumentError : for NaN, infinity, and values outside both ranges.

    Examples
    --------
    >>> as_uint8(np.array([[0.0, 0.5, 1.0]]))
    (array([[  0, 128, 255]], dtype=uint8), 'pixels in 0…1 were multiplied by 255')
    """
    kind = array.dtype.kind
    if array.dtype == np.uint8:
        return array, ""
    if kind == "b":
        return array.astype(np.uint8) * np.uint8(255), "true and false became 255 and 0"
    if kind not in "iuf":
        raise ArgumentError(argument, "numbers from 0 to 1 or from 0 to 255", array, "Save pixels as uint8.")
    finite = np.isfinite(array)
    if not finite.all():
        affected = int((~finite).reshape(len(array), -1).any(axis=1).sum())
        raise ArgumentError(
            argument,
            "finite pixels",
            Verbatim(f"{affected} of {len(array)} images with NaN or infinity"),
            "Drop those images, or replace the pixels: np.nan_to_num(array).",
        )
    low, high = float(array.min()), float(array.max())
    if low < 0 or high > 255:
        step = "Subtract the minimum and divide by the maximum." if low < 0 else ""
        step = step or ("16-bit pixels: divide by 257." if high <= 65535 and kind in "iu" else "")
        raise ArgumentError(
            argument,
            "pixels from 0 to 1 or from 0 to 255",
            Verbatim(f"values from {low:g} to {high:g}"),
            step or "Divide by the maximum.",
        )
    if high <= 1:
        return _as_levels(array, scale=True), "pixels in 0…1 were multiplied by 255"
    return _as_levels(array, scale=False), "" if kind in "iu" else ROUNDED


def large_as_uint8(array: np.ndarray) -> tuple[Any, str]:
    """Like `as_uint8`, for a large array: it is checked and converted one block at a time.

    An array in a file stays there, as `LazyRows` that are converted when they are read.
    """
    if array.dtype == np.uint8:
        return lazy_rows.stay(array), ""
    notes = set()
    up_to_255 = array.dtype.kind in "iuf" and _exceeds_one(array)  # one scale for all blocks
    for part in lazy_rows.parts(array):
        notes.add(as_uint8(array[part])[1])  # raises if these cannot be pixels
    rounded = "" if array.dtype.kind in "iu" else ROUNDED
    note = rounded if up_to_255 else notes.pop()
    convert = partial(_as_levels, scale=not up_to_255)
    if lazy_rows.is_mapped(array):
        return LazyRows(array, convert=convert), note
    pixels = np.empty(array.shape, np.uint8)
    for part in lazy_rows.parts(array):
        pixels[part] = convert(array[part])
    return pixels, note


def brightest(pixels: Any, enough: int = 64) -> int:
    """The highest grey level; once a block has a level of at least `enough`, no more blocks are read."""
    highest = 0
    for part in lazy_rows.parts(pixels):
        highest = max(highest, int(pixels[part].max()))
        if highest >= enough:
            break
    return highest


def _exceeds_one(array: np.ndarray) -> bool:
    return any(bool((array[part] > 1).any()) for part in lazy_rows.parts(array))


def _as_levels(array: np.ndarray, scale: bool) -> np.ndarray:
    """uint8 from numbers in 0…255, or in 0…1 with `scale`."""
    if not scale:
        return np.rint(array).astype(np.uint8)
    return np.rint(array * (np.float32(255) if array.dtype.kind == "f" else 255)).astype(np.uint8)
