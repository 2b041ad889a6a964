"""Digits moved about in their frame, and digits that are turned, sheared and resized as well.

As affNIST asks it (Tieleman 2013, used by Sabour et al. 2017): a network learns from digits that were only
shifted. Does it know them when they are turned, slanted and resized too?
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

TURN, SHEAR, SIZES = 20.0, 0.2, (0.8, 1.2)  # degrees, share, factors: the ranges of affNIST
INK = 20  # grey levels above which a pixel belongs to the digit
ROOM = 6  # pixels around the frame, so that nothing is cut off before the digit has its place


def shifted_digits(images: Any, seed: int = 0) -> Any:
    """Each image's digit somewhere in its frame, wherever it fits as a whole; labels and parts stay.

    Examples
    --------
    >>> import capslab as cl
    >>> dot = np.zeros((1, 8, 8), np.uint8)
    >>> dot[0, 0, 0] = 255
    >>> moved = shifted_digits(cl.Images(dot, [0], name="dot", parts=np.zeros(1, np.uint8)), seed=3)
    >>> int(moved.images.sum())
    255
    """
    rng = np.random.default_rng([seed, 1])
    moved = [_placed(one, images.image_shape, rng) for one in _roomy(images)]
    return replace(images, images=np.stack(moved)[..., None])


def affine_digits(images: Any, seed: int = 0) -> Any:
    """Each image's digit turned, sheared and resized at random, then put where it fits as a whole.

    It is turned by at most 20° to either side, sheared by at most 0.2, and made 0.8 to 1.2 times as high and
    as wide. What is larger than the frame after that loses its edges.
    """
    from scipy.ndimage import affine_transform

    rng = np.random.default_rng([seed, 2])
    moved = []
    for one in _roomy(images):
        turn, shear = np.deg2rad(rng.uniform(-TURN, TURN)), rng.uniform(-SHEAR, SHEAR)
        high, wide = rng.uniform(*SIZES, 2)
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        matrix = np.linalg.inv(rotation @ np.array([[1, 0], [shear, 1]]) @ np.diag([high, wide]))
        middle = (np.array(one.shape) - 1) / 2
        drawn = affine_transform(one.astype(np.float32), matrix, middle - matrix @ middle, order=1)
        moved.append(_placed(np.rint(np.clip(drawn, 0, 255)).astype(np.uint8), images.image_shape, rng))
    return replace(images, images=np.stack(moved)[..., None])


def _roomy(images: Any) -> np.ndarray:
    """The grey images with room around them, `(n, h + 2 · ROOM, w + 2 · ROOM)`."""
    return np.pad(np.asarray(images.images)[..., 0], ((0, 0), (ROOM, ROOM), (ROOM, ROOM)))


def _placed(picture: np.ndarray, image_shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """A window of the frame's size that holds all ink, at random among those that do."""
    start = []
    for axis in (0, 1):
        inked = np.flatnonzero((picture > INK).any(axis=1 - axis))
        first, last = (inked[0], inked[-1]) if len(inked) else (ROOM, ROOM)
        side, most = image_shape[axis], picture.shape[axis] - image_shape[axis]
        low, high = max(0, last - side + 1), min(most, first)
        middle = int(
            np.clip((first + last + 1 - side) // 2, 0, most)
        )  # for ink that is larger than the frame
        start.append(int(rng.integers(low, high + 1)) if low <= high else middle)
    (top, left), (height, width) = start, image_shape[:2]
    return picture[top : top + height, left : left + width]
