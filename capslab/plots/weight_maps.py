"""Weights drawn as images: which pixels speak for something, and which against it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.colours import ink_on
from capslab.plots.figure_words import listed, number, plural
from capslab.plots.fitted_text import in_lines
from capslab.plots.style import DIVERGING, INK, as_many, new_figure, plain

LARGEST_SIGNED = 16  # pixels a side; in larger maps a plus or a minus would be too small to read


def weight_maps(
    maps: Any, titles: Sequence[Any] | None = None, columns: int = 5, title: str = "", label: str = "weight"
) -> Figure:
    """Signed numbers as images on one scale: vermilion and + above zero, blue and − below.

    A sign stands in small maps wherever a number is at least a third of the largest. The deeper a colour, the
    larger its number; white is 0.

    Parameters
    ----------
    maps : numbers `(n, h, w)`, of any range.
    titles : n short texts.
    columns : maps per row.
    title : text above all of them.
    label : what the numbers are; it stands at the scale of colours.

    Raises
    ------
    ArgumentError : if the maps are not three-dimensional, or hold something other than finite numbers.

    Examples
    --------
    >>> print(weight_maps([[[1.0, -2.0]]], ["one neuron"]).alt_text)
    1 map of 1 × 2 weights. one neuron: from −2 (row 1, column 2) to 1 (row 1, column 1).
    """
    values = np.asarray(maps, dtype=float)
    if values.ndim != 3 or not values.size or not np.isfinite(values).all():
        step = "Columns of W are maps after W.T.reshape(-1, 8, 8), if an image has 8×8 pixels."
        raise ArgumentError("maps", "finite numbers of shape (n, h, w)", maps, step)
    if columns < 1:
        raise ArgumentError("columns", "a whole number from 1", columns, "Try columns=5.")
    n = len(values)
    words = [str(word) for word in as_many("titles", titles, n)] if titles is not None else [""] * n
    columns = min(columns, n)
    rows = -(-n // columns)
    fitted = [in_lines(word, 1.35, 9) for word in words]
    heading = in_lines(title, 1.5 * columns + 0.6, 10)
    above = 0.2 * (heading.count("\n") + 1) + 0.1 if title else 0
    under = 0.25 + 0.15 * max(text.count("\n") for text in fitted) if titles is not None else 0.05
    figure = new_figure(1.5 * columns + 0.9, (1.45 + under) * rows + above)
    limit = float(np.abs(values).max()) or 1.0
    panels = figure.subplots(rows, columns, squeeze=False)
    for axes in panels.ravel()[n:]:
        axes.set_visible(False)
    for axes, one, text in zip(panels.ravel(), values, fitted, strict=False):
        picture = plain(axes).imshow(one, cmap=DIVERGING, vmin=-limit, vmax=limit, interpolation="nearest")
        axes.set_title(text, fontsize=9, color=INK, pad=3)
        if max(one.shape) <= LARGEST_SIGNED:
            _sign(axes, one, limit)
    figure.colorbar(picture, ax=panels, label=label, shrink=0.9, pad=0.02)
    if title:
        figure.suptitle(heading, fontsize=10)
    figure.words = _in_words(values, words, title, label)
    return figure


def _sign(axes: Axes, values: np.ndarray, limit: float) -> None:
    """A plus or a minus in every pixel whose number is large, so that not colour alone says which."""
    size = min(9.0, 72 * 1.2 / max(values.shape) * 0.8)
    for row, column in np.argwhere(np.abs(values) >= limit / 3):
        value = values[row, column]
        ink = ink_on(DIVERGING((value / limit + 1) / 2)[:3])
        axes.text(column, row, "+" if value > 0 else "−", ha="center", va="center", fontsize=size, color=ink)


def _in_words(values: np.ndarray, words: Sequence[str], title: str, label: str) -> str:
    """How many maps of which size, and where the extremes of each are."""
    n, height, width = values.shape
    parts = []
    for i, one in enumerate(values):
        low, high = (np.unravel_index(place, one.shape) for place in (one.argmin(), one.argmax()))
        extremes = " to ".join(
            f"{number(one[at])} (row {at[0] + 1}, column {at[1] + 1})" for at in (low, high)
        )
        parts.append(f"{words[i] or f'map {i + 1}'}: from {extremes}")
    what = f"{plural(n, 'map')} of {height} × {width} {label}s"
    return f"{title + ': ' if title else ''}{what}. {listed(parts, 6)}."
