"""One pair of images over each other, again and again, each time a little further apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from capslab.data.pairs import Pairs
from capslab.errors import ArgumentError, Verbatim


def moved_pairs(
    images: Any, first: int, second: int, shifts: Sequence[int], shape: Sequence[int] | None = None
) -> Pairs:
    """Two images on one canvas, once for every shift: the second moves to the right, the first to the left.

    Parameters
    ----------
    images : labelled `Images`.
    first, second : positions of the two images.
    shifts : pixels from the first image's middle to the second's; negative ones put it on the left.
    shape : (height, width, channels) of the canvas, a network's `shape`; None: as `overlapping_pairs` has it.

    Returns
    -------
    Pairs : one for each shift. What leaves the canvas is cut off; `room` says from where on.

    Raises
    ------
    ArgumentError : without labels, or for a canvas smaller than the images.

    Examples
    --------
    >>> import capslab as cl
    >>> from capslab import data
    >>> pairs = data.moved_pairs(cl.load("digits"), 3, 8, range(-4, 5))
    >>> pairs.labels[0].tolist(), [round(float(share), 1) for share in pairs.overlap[[0, 4, 8]]]
    ([3, 8], [0.3, 1.0, 0.3])
    """
    if images.labels is None:
        raise ArgumentError(
            "images", "labelled images", Verbatim("images without labels"), "Load a data set."
        )
    height, width, channels = images.image_shape
    margin = max(2, round(min(height, width) / 7))
    tall, wide, _ = shape or (height + 2 * margin, width + 2 * margin, channels)
    if tall < height or wide < width:
        raise ArgumentError(
            "shape", f"a canvas of {height}×{width} or more", (tall, wide), "Give the network's own shape."
        )
    each = np.asarray(shifts, int).tolist()
    digits = np.zeros((len(each), 2, tall, wide + 2 * width, channels), np.uint8)
    top, middle = (tall - height) // 2, width + (wide - width) // 2
    for at, shift in enumerate(each):
        left = middle - shift // 2, middle + shift - shift // 2
        for which, (position, start) in enumerate(zip((first, second), left, strict=True)):
            start = min(max(start, 0), wide + width)  # beyond the canvas it is gone, wherever it stands
            digits[at, which, top : top + height, start : start + width] = images.images[position]
    digits = np.ascontiguousarray(digits[:, :, :, width : width + wide])
    composite = digits[:, 0] + np.minimum(digits[:, 1], 255 - digits[:, 0])
    labels = np.tile(np.asarray(images.labels[[first, second]], np.int64), (len(each), 1))
    return Pairs(composite, labels, digits, tuple(images.classes))


def room(images: Any, width: int) -> int:
    """How far apart any two of these images may be moved before ink leaves a canvas of this width."""
    columns = np.flatnonzero(images.images.any(axis=(0, 1, 3)))
    if not len(columns):
        return 0
    side = images.image_shape[1]
    margin = (width - side) // 2
    return int(2 * min(margin + columns[0], width - margin - 1 - columns[-1]))
