"""Deskew images: remove slant and position before images are compared."""

from __future__ import annotations

import numpy as np

from capslab.data.lazy_rows import blocks

#: images with fewer pixels per side are not deskewed: two pixels of shear are most of such a stroke
LEAST_SIDE = 16


def deskew(images: np.ndarray) -> np.ndarray:
    """Shear each image until x and y are uncorrelated, and move its centre of mass to the middle.

    With the grey levels as weights, slant = cov(x, y) / var(y). The new image at (x, y) is
    the old one at (x̄ + x − x₀ + slant·(y − y₀), ȳ + y − y₀), where (x₀, y₀) is the middle of the
    image. Values between pixels are interpolated; outside, everything is black.

    Parameters
    ----------
    images : uint8 `(n, h, w, c)`; one slant per image, from the sum of its channels.

    Returns
    -------
    array : uint8 `(n, h, w, c)`. Black images stay as they are.

    Examples
    --------
    A slanted stroke becomes an upright one, as far as the pixel grid allows:

    >>> leaning = np.zeros((1, 5, 7, 1), np.uint8)
    >>> leaning[0, [0, 1, 2, 3, 4], [1, 2, 3, 4, 5], 0] = 255
    >>> deskew(leaning)[0, :, 3, 0]
    array([255, 255, 255, 255, 255], dtype=uint8)
    """
    images = np.asarray(images)
    upright = np.empty_like(images)
    for part in blocks(len(images)):
        upright[part] = _deskew_block(images[part])
    return upright


def _deskew_block(images: np.ndarray) -> np.ndarray:
    n, h, w, _ = images.shape
    grey = images.astype(np.float32)
    mass = grey.sum(axis=3)  # (n, h, w)
    x, y = np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32)
    total = np.maximum(mass.sum(axis=(1, 2)), 1e-6)  # (n,)
    columns, rows = mass.sum(axis=1), mass.sum(axis=2)  # (n, w), (n, h)
    mean_x, mean_y = columns @ x / total, rows @ y / total  # (n,)
    offset = y - mean_y[:, None]  # (n, h)
    variance = (rows * offset**2).sum(axis=1) / total
    covariance = ((mass @ x - mean_x[:, None] * rows) * offset).sum(axis=1) / total
    slant = np.divide(covariance, variance, out=np.zeros(n, np.float32), where=variance > 1e-3)
    black = mass.max(axis=(1, 2)) == 0

    from_middle = y - (h - 1) / 2  # (h,)
    down = np.where(black, 0, mean_y - (h - 1) / 2)  # (n,)
    across = np.where(black, 0, mean_x - (w - 1) / 2)[:, None] + slant[:, None] * from_middle  # (n, h)
    centred = _shift(grey.reshape(n, 1, h, -1), down[:, None], axis=2)[:, 0].reshape(grey.shape)
    return np.rint(_shift(centred, across, axis=2)).astype(np.uint8)


def _shift(values: np.ndarray, by: np.ndarray, axis: int) -> np.ndarray:
    """Read `values (n, m, length, c)` at position + `by (n, m)` along `length`; outside is 0."""
    n, m, length, _ = values.shape
    by = np.clip(by, -length, length)
    whole = np.floor(by).astype(np.int64)
    fraction = (by - whole).astype(np.float32)[..., None, None]
    padded = np.pad(values, ((0, 0), (0, 0), (length, length + 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, length + 1, axis=axis)
    # (n, m, 2·length + 1, c, length + 1), which copies a row of pixels at once, not one by one
    shifted = windows[np.arange(n)[:, None], np.arange(m), whole + length]  # (n, m, c, length + 1)
    shifted = np.moveaxis(shifted, 3, 2)  # (n, m, length + 1, c)
    return shifted[:, :, :-1] * (1 - fraction) + shifted[:, :, 1:] * fraction
