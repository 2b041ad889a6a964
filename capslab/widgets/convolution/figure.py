"""The convolution view without a browser: its line of words and its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.widgets.shared.format_text import plain, signed


def words(
    levels: np.ndarray, kernel: np.ndarray, maps: np.ndarray, stride: int, row: int, column: int
) -> str:
    """Where the window is, what it gives, and what the whole map is like, in one line."""
    rows, columns = kernel.shape
    top, left = row * stride, column * stride
    place = f"rows {top}–{top + rows - 1}, columns {left}–{left + columns - 1}"
    return (
        f"Window on {place}: its {kernel.size} products add up to {signed(maps[row, column])}. "
        f"The map has {maps.shape[0]} × {maps.shape[1]} such sums, from {plain(maps.min())} to "
        f"{plain(maps.max())}, and {kernel.size} weights made them all."
    )


def draw(levels: np.ndarray, kernel: np.ndarray, maps: np.ndarray, stride: int, row: int, column: int) -> Any:
    """The image with the window, the products under it, and the feature map, as a Figure."""
    from matplotlib.patches import Rectangle

    from capslab.plots.colours import palette
    from capslab.plots.style import DIVERGING, new_figure
    from capslab.plots.style import plain as bare

    rows, columns = kernel.shape
    top, left = row * stride, column * stride
    products = levels[top : top + rows, left : left + columns] * kernel  # (rows, columns)
    figure = new_figure(9, 3.2)
    image, middle, after = figure.subplots(1, 3, width_ratios=[1, 0.7, 1])
    bare(image).imshow(levels, cmap="gray", vmin=0, vmax=1)
    image.add_patch(
        Rectangle((left - 0.5, top - 0.5), columns, rows, fill=False, edgecolor=palette(1), linewidth=2)
    )
    image.set_title("image, with the window", fontsize=10)
    most = max(float(np.abs(products).max()), 1e-9)
    bare(middle).imshow(products, cmap=DIVERGING, vmin=-most, vmax=most)
    for a in range(rows):
        for b in range(columns):
            middle.text(b, a, plain(products[a, b]), ha="center", va="center", fontsize=8)
    middle.set_title(f"pixel × weight; sum {signed(maps[row, column])}", fontsize=10)
    most = max(float(np.abs(maps).max()), 1e-9)
    bare(after).imshow(maps, cmap=DIVERGING, vmin=-most, vmax=most)
    after.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=palette(1), linewidth=2))
    after.set_title(f"feature map, {maps.shape[0]} × {maps.shape[1]}", fontsize=10)
    return figure
