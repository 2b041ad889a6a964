"""Where the grid of primary capsules lies in the image: in the middle of what the capsules see."""

from __future__ import annotations

import numpy as np


def grid_on_image(
    fields: np.ndarray, grid: tuple[int, int, int], shape: tuple[int, ...]
) -> tuple[float, float, float, float]:
    """The box that the grid covers, each of its places around the middle of its receptive field.

    Receptive fields overlap, so the box is smaller than all that the capsules see together. Fields at the
    border are cut off there; their middle is taken as if they were as large as the others.

    Parameters
    ----------
    fields : `(I, 4)`, the top, left, bottom and right of each capsule's receptive field, in pixels.
    grid : rows, columns and types of the primary capsules; I is their product.
    shape : the image's height, width and channels.

    Returns
    -------
    (top, left, bottom, right) in pixels, within the image.

    Examples
    --------
    Three fields of four pixels, two apart, in a row of eight: their middles are at 2, 4 and 6.

    >>> fields = np.array([[0, 0, 4, 4], [0, 2, 4, 6], [0, 4, 4, 8]])
    >>> grid_on_image(fields, (1, 3, 1), (4, 8, 1))
    (0.0, 1.0, 4.0, 7.0)
    """
    rows, columns, types = grid
    places = np.asarray(fields)[::types].reshape(rows, columns, 4)  # the types of a place see the same
    top, bottom = _along(places[:, 0, 0], places[:, 0, 2], shape[0])
    left, right = _along(places[0, :, 1], places[0, :, 3], shape[1])
    return top, left, bottom, right


def _along(starts: np.ndarray, ends: np.ndarray, side: int) -> tuple[float, float]:
    """From where to where the places reach along one side of the image."""
    if len(starts) == 1:
        return float(starts[0]), float(ends[0])
    size = (ends - starts).max()
    from_left, from_right = starts + size / 2, ends - size / 2
    middles = np.where(starts > 0, from_left, np.where(ends < side, from_right, (starts + ends) / 2))
    step = (middles[-1] - middles[0]) / (len(middles) - 1)
    low, high = middles[0] - step / 2, middles[-1] + step / 2
    return float(max(low, 0)), float(min(high, side))
