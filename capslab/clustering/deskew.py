"""Straightening images: slant and position are taken out before anything is compared."""

from __future__ import annotations

import numpy as np

from capslab.data.lazy_rows import blocks

#: images of fewer pixels a side are left as they are: a shear of two pixels is most of such a stroke
LEAST_SIDE = 16


def deskew(images: np.ndarray) -> np.ndarray:
    """Each image sheared until x and y are uncorrelated, its centre of mass in the middle.

    With the grey levels as weights, slant = cov(x, y) / var(y), and the new image at (x, y) is
    the old one at (x̄ + x − x₀ + slant·(y − y₀), ȳ + y − y₀), (x₀, y₀) being the middle;
    between pixels it is interpolated, outside it is black.

    Parameters
    ----------
    images : uint8 `(n, h, w, c)`; one slant an image, from the sum of its channels.

    Returns
    -------
    array : uint8 `(n, h, w, c)`. An image that is black stays as it is.

    Examples
    --------
    A leaning stroke becomes an upright one, as far as the pixel grid lets it:

    >>> leaning = np.zeros((1, 5, 7, 1), np.uint8)
    >>> leaning[0, [0, 1, 2, 3, 4], [1, 2, 3, 4, 5], 0] = 255
    >>> deskew(leaning)[0, :, 3, 0]
    array([255, 255, 255, 255, 255], dtype=uint8)
    """
    images = np.asarray(images)
    straight = np.empty_like(images)
    for part in blocks(len(images)):
        straight[part] = _straightened(images[part])
    return straight


def _straightened(images: np.ndarray) -> np.ndarray:
    n, h, w, _ = images.shape
    grey = images.astype(np.float32)
    mass = grey.sum(axis=3)  # (n, h, w)
    x, y = np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32)
    total = np.maximum(mass.sum(axis=(1, 2)), 1e-6)  # (n,)
    columns, rows = mass.sum(axis=1), mass.sum(axis=2)  # (n, w), (n, h)
    middle_x, middle_y = columns @ x / total, rows @ y / total  # (n,)
    below = y - middle_y[:, None]  # (n, h)
    variance = (rows * below**2).sum(axis=1) / total
    together = ((mass @ x - middle_x[:, None] * rows) * below).sum(axis=1) / total
    slant = np.divide(together, variance, out=np.zeros(n, np.float32), where=variance > 1e-3)
    black = mass.max(axis=(1, 2)) == 0

    from_middle = y - (h - 1) / 2  # (h,)
    down = np.where(black, 0, middle_y - (h - 1) / 2)  # (n,)
    across = np.where(black, 0, middle_x - (w - 1) / 2)[:, None] + slant[:, None] * from_middle  # (n, h)
    moved = _slide(grey.reshape(n, 1, h, -1), down[:, None], axis=2)[:, 0].reshape(grey.shape)
    return np.rint(_slide(moved, across, axis=2)).astype(np.uint8)


def _slide(values: np.ndarray, by: np.ndarray, axis: int) -> np.ndarray:
    """`values (n, m, length, c)` read at position + `by (n, m)` along `length`; outside is 0."""
    n, m, length, _ = values.shape
    by = np.clip(by, -length, length)
    whole = np.floor(by).astype(np.int64)
    share = (by - whole).astype(np.float32)[..., None, None]
    padded = np.pad(values, ((0, 0), (0, 0), (length, length + 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, length + 1, axis=axis)
    # (n, m, 2·length + 1, c, length + 1): a row of pixels is copied at once, not pixel by pixel
    taken = windows[np.arange(n)[:, None], np.arange(m), whole + length]  # (n, m, c, length + 1)
    taken = np.moveaxis(taken, 3, 2)  # (n, m, length + 1, c)
    return taken[:, :, :-1] * (1 - share) + taken[:, :, 1:] * share
