"""Brings an array of images to the axes `(n, h, w, c)`, whichever way it was saved.

Where a shape can be read in two ways, the likelier one is taken and said; where neither is likelier,
the error names both, each with the line of code that chooses it.
"""

from __future__ import annotations

from math import isqrt
from typing import Any

import numpy as np

from capslab.data.lazy_rows import LazyRows
from capslab.errors import ArgumentError, Verbatim

EXPECTED = "images of shape (n, height, width), (n, height, width, channels) or (n, side × side)"
#: an array of two axes is one picture only if its longer side is at most this many times the shorter
LONGEST_ASPECT = 4
MOST_CHANNELS = 4


def as_nhwc(array: Any, argument: str = "images") -> tuple[Any, str]:
    """The same pixels in the shape `(n, h, w, c)`, and a note on what was assumed ("" if nothing was).

    Parameters
    ----------
    array : `(n, h, w)`, or `(n, h, w, c)` with 1 to 4 channels; channels first `(n, c, h, w)`; images
        last as in MATLAB, `(h, w, n)` or `(h, w, c, n)`; flat rows `(n, s·s)` or, in colour, `(n, 3·s·s)`.

    Raises
    ------
    ArgumentError : for any other shape, and for one with two readings; the message says how to reshape it.

    Examples
    --------
    >>> images, note = as_nhwc(np.zeros((5, 64), np.uint8))
    >>> images.shape, note
    ((5, 8, 8, 1), 'rows of 64 numbers read as images of 8×8')
    """
    if isinstance(array, LazyRows) and array.ndim == 4:
        return array, ""  # it has this shape already, and should not be read yet
    try:
        array = np.asarray(array)  # what is mapped from a file stays there
    except ValueError:  # rows of unequal length
        raise ArgumentError(
            argument,
            EXPECTED,
            Verbatim("images of different sizes"),
            'Save them into a folder; cl.load("my pictures", size=28) brings them to one size.',
        ) from None
    if array.dtype == object:
        step = "Bring all images to one size and save them as one array of numbers: np.stack(images)."
        raise ArgumentError(argument, "an array of numbers", array, step)
    if array.ndim not in (2, 3, 4) or 0 in array.shape:
        step = "Bring them to that shape: array.reshape(-1, height, width, channels)."
        if 0 in array.shape:
            step = "Take a selection that is not empty."
        elif array.ndim < 2:
            step = "One image alone needs a first axis: image[None]."
        raise ArgumentError(argument, EXPECTED + ", none of them empty", array, step)
    return (_two_axes, _three_axes, _four_axes)[array.ndim - 2](array, argument)


def from_rows(rows: np.ndarray, argument: str = "images") -> tuple[np.ndarray, str]:
    """Images `(n, s, s, c)` from flat rows `(n, s·s)` or `(n, 3·s·s)`, and a note on how they were read."""
    length = rows.shape[1]
    side = isqrt(length)
    if side * side == length:
        return rows.reshape(-1, side, side, 1), f"rows of {length:,} numbers read as images of {side}×{side}"
    side = isqrt(length // 3)
    if 3 * side * side == length and side >= 4:
        by_pixel = rows.reshape(-1, side, side, 3)  # r, g, b of one pixel after the other
        by_plane = np.moveaxis(rows.reshape(-1, 3, side, side), 1, -1)  # all of red, all of green, …
        planes = _roughness(by_plane) < _roughness(by_pixel)
        order = "red, then green, then blue" if planes else "red, green and blue of each pixel"
        note = f"rows of {length:,} numbers read as {side}×{side} in colour ({order})"
        return (by_plane if planes else by_pixel), note
    step = "Say how they are laid out: array.reshape(n, height, width) before saving."
    if _may_hold_labels(length):
        step = (
            "If the first column is the label: np.savez('data.npz', images=array[:, 1:], "
            "labels=array[:, 0]). If it is one picture: array[None]."
        )
    received = Verbatim(f"rows of {length} numbers, and {length} is not a square")
    raise ArgumentError(argument, EXPECTED, received, step)


def _may_hold_labels(length: int) -> bool:
    """Whether one column more than the pixels of a square image suggests that one holds the labels."""
    return isqrt(length - 1) ** 2 == length - 1 > 1


def _two_axes(array: np.ndarray, argument: str) -> tuple[np.ndarray, str]:
    """Flat rows, or one picture."""
    n, length = array.shape
    side = isqrt(length)
    flat = side * side == length
    if n == length and flat and n > 4:
        raise ArgumentError(
            argument,
            EXPECTED,
            Verbatim(f"shape {array.shape}, which may be one picture or {n} images of {side}×{side}"),
            f"Choose: array[None] for the picture, array.reshape({n}, {side}, {side}) for the images.",
        )
    like_a_picture = min(n, length) >= 4 and max(n, length) <= LONGEST_ASPECT * min(n, length)
    in_colour = length % 3 == 0 and isqrt(length // 3) ** 2 * 3 == length
    if like_a_picture and not (flat or in_colour or _may_hold_labels(length)):
        return array[None, ..., None], f"an array of {n}×{length} read as one picture"
    return from_rows(array, argument)


def _three_axes(array: np.ndarray, argument: str) -> tuple[np.ndarray, str]:
    """Grey images `(n, h, w)`; or images last, `(h, w, n)`."""
    first, second, third = array.shape
    if third < 4:
        raise ArgumentError(
            argument,
            EXPECTED,
            Verbatim(f"shape {array.shape}, which reads as images {third} pixels wide"),
            "If it is one colour image, give it a first axis: image[None].",
        )
    last = f"read as {third} images of {first}×{second}, the images on the last axis"
    if first == second != third and first >= 4:  # square images are far more common than others
        if third < first:
            raise ArgumentError(
                argument,
                EXPECTED,
                Verbatim(
                    f"shape {array.shape}, which may be {first} images of {second}×{third} "
                    f"or {third} images of {first}×{second}"
                ),
                "Choose: array[..., None] for the first, np.moveaxis(array, -1, 0) for the second.",
            )
        return np.moveaxis(array, -1, 0)[..., None], last
    if third > 8 * max(first, second) and min(first, second) >= 4:  # nobody's images are that long
        return np.moveaxis(array, -1, 0)[..., None], last
    note = ""
    if first == 3 and second >= 4:
        note = f"shape {array.shape} read as 3 grey images; one in colour is array.transpose(1, 2, 0)[None]"
    return array[..., None], note


def _four_axes(array: np.ndarray, argument: str) -> tuple[np.ndarray, str]:
    """Images with channels: last, first, or last but one with the images last."""
    first, second, third, last = array.shape
    flat_images = second < 4 <= third == last <= MOST_CHANNELS  # (n, 1, 4, 4): nobody's images are 1 high
    if last <= MOST_CHANNELS and not flat_images:
        return array, ""
    if second <= MOST_CHANNELS and (third > MOST_CHANNELS or flat_images):
        return np.moveaxis(array, 1, -1), f"shape {array.shape} read as channels first"
    if third <= MOST_CHANNELS < min(first, second):
        note = f"read as {last} images of {first}×{second}×{third}, the images on the last axis"
        return np.moveaxis(array, -1, 0), note
    step = "Keep three channels: array[..., :3]. Or make them grey: array.mean(axis=-1)."
    raise ArgumentError(argument, "images with 1 to 4 channels, the last axis", array, step)


def _roughness(images: np.ndarray, most: int = 200) -> float:
    """How much neighbouring pixels of some images `(n, h, w, c)` differ; read rightly, they differ least."""
    some = images[:most].astype(np.float64)
    return float(abs(np.diff(some, axis=1)).mean() + abs(np.diff(some, axis=2)).mean())
