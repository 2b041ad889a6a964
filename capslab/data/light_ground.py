"""Tells images that are dark on light, like ink on paper, from images that are light on dark, like MNIST."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.data import lazy_rows

#: if at least this share of some images has a light ground, they are dark on light
MOSTLY = 0.8


def has_light_ground(pixels: Any) -> np.ndarray:
    """Whether the ground of each image is light: bool `(n,)`.

    The ground is the median level of the border. It is light if it lies above 127 and is nearer to the
    lightest level of the image than to the darkest. An image of one level alone has no ground: False.

    Parameters
    ----------
    pixels : uint8 `(n, h, w, c)`.

    Examples
    --------
    >>> paper = np.full((1, 8, 8, 1), 240, np.uint8)
    >>> paper[0, 3:5, 3:5] = 30  # a blot of ink
    >>> has_light_ground(paper), has_light_ground(255 - paper)
    (array([ True]), array([False]))
    """
    return np.concatenate([_light(pixels[part]) for part in lazy_rows.parts(pixels)])


def is_dark_on_light(pixels: Any) -> bool:
    """Whether grey images `(n, h, w, 1)` are mostly dark on light; never so for colour."""
    return pixels.shape[3] == 1 and float(has_light_ground(pixels).mean()) >= MOSTLY


def border_level(pixels: np.ndarray) -> np.ndarray:
    """Median level of each image's border, `(n,)`."""
    grey = pixels.mean(axis=3, dtype=np.float32)  # (n, h, w)
    border = np.concatenate([grey[:, 0], grey[:, -1], grey[:, 1:-1, 0], grey[:, 1:-1, -1]], axis=1)
    return np.asarray(np.median(border, axis=1))


def _light(pixels: np.ndarray) -> np.ndarray:
    grey = pixels.mean(axis=3, dtype=np.float32).reshape(len(pixels), -1)  # (n, h·w)
    darkest, lightest = grey.min(axis=1), grey.max(axis=1)
    level = border_level(pixels)
    return (level > 127) & (level > (darkest + lightest) / 2)
