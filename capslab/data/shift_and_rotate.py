"""Shifted and rotated images, to test how sensitive a network is to such changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from capslab.errors import ArgumentError, is_whole

if TYPE_CHECKING:
    from capslab.data.images import Images


def shifted(images: Images, pixels: int) -> Images:
    """Each image shifted by `pixels`: the first to the right, the second down, then left, up, and so on.

    Pixels that leave the frame are lost, and the gap is filled with black. Labels and parts stay the same.

    Raises
    ------
    ArgumentError : for a number of pixels that is negative, or as large as the image.

    Examples
    --------
    >>> from capslab.data import Images
    >>> dot = np.zeros((1, 5, 5), np.uint8)
    >>> dot[0, 2, 2] = 255
    >>> np.argwhere(shifted(Images(dot), 1).images[0, :, :, 0]).tolist()
    [[2, 3]]
    """
    height, width = images.image_shape[:2]
    if not is_whole(pixels) or not 0 <= pixels < min(height, width):
        expected = f"a whole number from 0 to {min(height, width) - 1}"
        raise ArgumentError("pixels", expected, pixels, "Try 2.")
    p = int(pixels)
    padded = np.pad(images.images, ((0, 0), (p, p), (p, p), (0, 0)))
    result = np.empty_like(images.images)
    for first, (down, right) in enumerate([(0, 1), (1, 0), (0, -1), (-1, 0)]):
        top, left = p * (1 - down), p * (1 - right)
        result[first::4] = padded[first::4, top : top + height, left : left + width]
    return replace(images, images=result)


def rotated(images: Images, degrees: float) -> Images:
    """Each image rotated about its centre: the first anticlockwise, the second clockwise, and so on.

    Grey levels are interpolated linearly between pixels; the corners are filled with black.

    Examples
    --------
    >>> from capslab.data import Images
    >>> bar = np.zeros((1, 5, 5), np.uint8)
    >>> bar[0, 2] = 255
    >>> rotated(Images(bar), 90).images[0, :, 2, 0]
    array([255, 255, 255, 255, 255], dtype=uint8)
    """
    from scipy.ndimage import rotate

    if not np.isfinite(degrees):
        raise ArgumentError("degrees", "a finite number", degrees, "Try 15.")
    result = np.empty_like(images.images)
    for first, sign in enumerate((1, -1)):
        pixels = images.images[first::2].astype(np.float32)
        if len(pixels):
            grey = rotate(pixels, sign * degrees, axes=(1, 2), reshape=False, order=1)
            result[first::2] = np.rint(np.clip(grey, 0, 255))
    return replace(images, images=result)
