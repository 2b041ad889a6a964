"""Histograms of oriented gradients (HOG): describe an image by its edges alone.

Two images of the same shape, one with thin and one with thick strokes, differ in many pixels,
but their edges have the same directions in the same places. Source: Dalal & Triggs 2005,
"Histograms of oriented gradients for human detection", here in a small, smooth form.
"""

from __future__ import annotations

import numpy as np

from capslab.data.lazy_rows import blocks

ORIENTATIONS = 8


@np.errstate(under="ignore")  # a number that is too small for float32 is meant to become 0
def gradient_histograms(images: np.ndarray) -> np.ndarray:
    """The edge directions around each point of a coarse grid.

    1. Blur with σ = 0.7 pixels; take the gradient (gₓ, g_y) by central differences.
    2. Make one map for each of 8 directions u: max(cos ∠(g, u), 0)⁴ · ‖g‖.
    3. Blur each of the 8 maps with σ = 1.5 and read it at every third pixel.
    4. Take square roots, then scale to unit length, so that distances compare proportions (Hellinger).

    These numbers are for 28 pixels per side; they shrink with the image.

    Parameters
    ----------
    images : uint8 `(n, h, w, c)`; their channels are averaged.

    Returns
    -------
    array : float32 `(n, rows · columns · 8)`, 648 numbers for 28×28; a blank image gives zeros.

    Examples
    --------
    >>> gradient_histograms(np.zeros((2, 28, 28, 1), np.uint8)).shape
    (2, 648)
    """
    images = np.asarray(images)
    h, w = images.shape[1:3]
    scale = min(h, w) / 28
    before = [_gaussian(side, max(0.7 * scale, 0.3)) for side in (h, w)]
    step = max(round(3 * scale), 1)
    after = [_gaussian(side, max(1.5 * scale, 0.6))[_grid(side, step)] for side in (h, w)]
    histograms = [_histograms(images[part], before, after) for part in blocks(len(images), rows=500)]
    return np.concatenate(histograms)


def _histograms(images: np.ndarray, before: list[np.ndarray], after: list[np.ndarray]) -> np.ndarray:
    grey = images.mean(axis=3, dtype=np.float32) / 255  # (n, h, w)
    smooth = before[0] @ grey @ before[1].T
    padded = np.pad(smooth, ((0, 0), (1, 1), (1, 1)), mode="edge")
    g_x = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    g_y = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    cubed = (g_x**2 + g_y**2) ** 1.5 + 1e-12  # ‖g‖³
    maps = []
    for angle in 2 * np.pi * np.arange(ORIENTATIONS) / ORIENTATIONS:
        along = np.maximum(np.float32(np.cos(angle)) * g_x + np.float32(np.sin(angle)) * g_y, 0)
        along *= along
        along *= along
        along /= cubed  # (n, h, w): cos⁴ · ‖g‖
        maps.append(after[0] @ along @ after[1].T)  # (n, rows, columns)
    histograms = np.sqrt(np.stack(maps, axis=3)).reshape(len(images), -1)
    return histograms / np.maximum(np.linalg.norm(histograms, axis=1, keepdims=True), 1e-6)


def _gaussian(side: int, sigma: float) -> np.ndarray:
    """A matrix `(side, side)` that blurs a column of pixels; its rows sum to 1 away from the border."""
    distance = np.subtract.outer(np.arange(side), np.arange(side))
    return (np.exp(-0.5 * (distance / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))).astype(np.float32)


def _grid(side: int, step: int) -> np.ndarray:
    """Every `step`-th position, centred between the two borders."""
    count = (side - 1) // step if step > 1 else side
    return (side - 1 - (count - 1) * step) // 2 + step * np.arange(count)
