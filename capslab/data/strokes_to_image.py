"""Turns pen strokes into an image like those of MNIST: draw the ink, scale it, centre its mass.

`js/src/shared/strokes.js` does the same in the browser; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim

PAD = 140  # pixels of a side of the drawing pad: five for each pixel of MNIST
PEN = 0.09  # width of the pen, as a share of the pad's side
SMALL = 20  # in images with a shorter side (the 8×8 digits), a digit fills the image from edge to edge


def inked(strokes: Sequence[Sequence[Any]], pen: float = PEN, size: int = PAD) -> np.ndarray:
    """The ink that a round pen leaves on a square pad.

    ink(p) = min(1, max(0, r + ½ − d(p))), where d(p) is the distance of pixel p to the nearest stroke and
    r = pen · size / 2 the radius of the pen, both in pixels.

    Parameters
    ----------
    strokes : each a list of points (x, y) in 0…1, x to the right and y down; a single point makes a dot.
    pen : width of the pen as a share of the pad's side.
    size : pixels of a side.

    Returns
    -------
    float64 `(size, size)` in 0…1.

    Examples
    --------
    >>> inked([[(0.5, 0.1), (0.5, 0.9)]], pen=0.2, size=5)[2].tolist()
    [0.0, 0.0, 1.0, 0.0, 0.0]
    """
    ink, radius = np.zeros((size, size)), pen * size / 2
    reach = radius + 0.5
    for stroke in strokes:
        points = np.asarray(stroke, float) * size  # (points, 2), pixels
        for (x0, y0), (x1, y1) in zip(
            points[:1].tolist() + points[:-1].tolist(), points.tolist(), strict=True
        ):
            left, top = (max(0, int(np.floor(min(pair) - reach))) for pair in ((x0, x1), (y0, y1)))
            right, bottom = (int(np.ceil(max(pair) + reach)) for pair in ((x0, x1), (y0, y1)))
            y, x = np.ogrid[top : min(bottom, size), left : min(right, size)]
            px, py, dx, dy = x + 0.5 - x0, y + 0.5 - y0, x1 - x0, y1 - y0
            along = np.clip((px * dx + py * dy) / max(dx * dx + dy * dy, 1e-12), 0, 1)
            distance = np.sqrt((px - along * dx) ** 2 + (py - along * dy) ** 2)
            area = ink[top:bottom, left:right]
            np.maximum(area, np.clip(reach - distance, 0, 1), out=area)
    return ink


def centred(ink: Any, shape: Sequence[int], fill: float | None = None) -> np.ndarray:
    """A drawing prepared like a digit of MNIST: scaled, with its centre of mass in the middle.

    1. Scale the bounding box of the ink, keeping its aspect ratio, until it fills `fill` of the image.
    2. Move the centre of mass to the middle, as far as the box stays inside the image.
    3. Average the ink that falls on each pixel, so that edges become grey.

    Parameters
    ----------
    ink : `(rows, columns)` of grey levels, bright on dark, in 0…1 (or uint8).
    shape : `(height, width, channels)` of the image; all channels are the same.
    fill : share of a side that the box fills. None means MNIST's 20/28, or 1 for sides below
        20 pixels, because the 8×8 digits fill their images.

    Returns
    -------
    uint8 `(height, width, channels)`; black if there is no ink.

    Raises
    ------
    ArgumentError : for ink that is not two-dimensional or not finite, or for `fill` outside 0…1.

    Source: LeCun, Cortes & Burges, the MNIST database: digits in a 20×20 box, centred by mass in 28×28.

    Examples
    --------
    >>> int(centred(inked([[(0.2, 0.3), (0.2, 0.5)]]), (28, 28, 1)).any(axis=(1, 2)).sum())  # rows with ink
    20
    """
    levels = np.asarray(ink)
    levels = levels / 255 if levels.dtype == np.uint8 else levels.astype(float)
    if levels.ndim != 2 or not np.isfinite(levels).all():
        received, step = ink, "Take image[..., 0]."
        if levels.ndim == 2:
            received, step = Verbatim("NaN or infinity"), "Take np.nan_to_num(ink, posinf=1, neginf=0)."
        raise ArgumentError("ink", "finite grey levels of shape (rows, columns)", received, step)
    height, width, channels = shape
    grey = _placed(levels, height, width, filling(shape) if fill is None else fill)  # (h, w)
    return np.repeat(np.floor(255 * grey + 0.5).astype(np.uint8)[..., None], channels, axis=-1)


def filling(shape: Sequence[int]) -> float:
    """The share of a side that a digit fills in images of this shape: 20/28 as in MNIST, or 1 if small."""
    return 1.0 if min(shape[:2]) < SMALL else 20 / 28


def _placed(ink: np.ndarray, height: int, width: int, fill: float) -> np.ndarray:
    """The ink scaled and centred: grey levels 0…1, `(height, width)`."""
    if not 0 < fill <= 1:
        raise ArgumentError("fill", "a share above 0, up to 1", fill, "Try fill=20/28, as in MNIST.")
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return np.zeros((height, width))
    boxes = [(inked_lines[0], inked_lines[-1] + 1) for inked_lines in (rows, columns)]
    scale = fill * min(height / (boxes[0][1] - boxes[0][0]), width / (boxes[1][1] - boxes[1][0]))
    down, across = (
        _overlaps(ink.sum(axis=1 - axis), box, scale, side)
        for axis, box, side in zip((0, 1), boxes, (height, width), strict=True)
    )
    return np.minimum(down @ ink @ across.T, 1)


def _overlaps(weights: np.ndarray, box: tuple[int, int], scale: float, side: int) -> np.ndarray:
    """The share of each pixel along a side that each cell of the ink covers, `(side, cells)`."""
    mass = weights @ (np.arange(len(weights)) + 0.5) / weights.sum()
    start = np.clip(side / 2 - scale * mass, -scale * box[0], side - scale * box[1])  # the position of cell 0
    edges = start + scale * np.arange(len(weights) + 1)
    pixels = np.arange(side)[:, None]
    return np.clip(np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels), 0, None)
