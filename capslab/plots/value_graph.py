"""A small graph of images, each coloured by a number: how values spread along edges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.colours import ink_on
from capslab.plots.figure_words import listed, number, plural
from capslab.plots.fitted_text import in_lines
from capslab.plots.style import DIVERGING, new_figure, pixels, plain

WIDTH, HEIGHT = 4.0, 3.4  # of a panel, in inches
TILE = 0.3  # of an image, in inches
EDGE = "#9a9a9a"


def value_graph(
    images: Any, weights: Any, places: Any, values: Mapping[str, Any], columns: int = 3, title: str = ""
) -> Figure:
    """The same graph once per panel: images joined by edges, vermilion and + above zero, blue and − below.

    Each panel has its own scale, from minus to plus its largest number. A sign stands at an image whose
    number is at least a third of it.

    Parameters
    ----------
    images : n images, as `image_grid` takes them.
    weights : of the edges, `(n, n)`, symmetric and from 0; the heavier an edge, the thicker its line.
    places : where each image stands, `(n, 2)`; images that would overlap are moved apart a little.
    values : for the title of each panel, n numbers.
    columns : panels per row.
    title : text above all of them.

    Raises
    ------
    ArgumentError : if something is not there for each of the n images.

    Examples
    --------
    >>> pair = np.zeros((2, 8, 8))
    >>> figure = value_graph(pair, [[0, 1], [1, 0]], [[0, 0], [1, 0]], {"start": [1, -2]})
    >>> print(figure.alt_text)
    A graph of 2 images with 1 edge. start: 1 image above zero and 1 below, from −2 to 1.
    """
    tiles = pixels(images)
    n = len(tiles)
    w, at = np.asarray(weights, float), np.asarray(places, float)
    if w.shape != (n, n) or not np.allclose(w, w.T) or (w < 0).any():
        step = "Give one row and one column per image."
        if w.shape == (n, n):
            step = "Try abs(weights)." if (w < 0).any() else "Try weights + weights.T, which is symmetric."
        raise ArgumentError("weights", f"symmetric numbers from 0, ({n}, {n})", weights, step)
    if at.shape != (n, 2) or not np.isfinite(at).all():
        step = "Take cl.clustering.project(vectors) as the places."
        raise ArgumentError("places", f"numbers of shape ({n}, 2)", places, step)
    if not values:
        step = 'Write {"a title": numbers} with one number per image.'
        raise ArgumentError("values", "at least one panel", values, step)
    shown = {str(name): np.asarray(own, float) for name, own in values.items()}
    for name, own in shown.items():
        if own.shape != (n,) or not np.isfinite(own).all():
            raise ArgumentError("values", f"{n} numbers for {name!r}", own, "Give one number per image.")
    at = _apart(at)
    columns = min(columns, len(shown))
    rows = -(-len(shown) // columns)
    above = 0.25 if title else 0
    figure = new_figure(WIDTH * columns, (HEIGHT + 0.25) * rows + above)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[len(shown) :]:
        axes.set_visible(False)
    for axes, (name, own) in zip(panels, shown.items(), strict=False):
        _draw(plain(axes), tiles, w, at, own)
        axes.set_title(in_lines(name, WIDTH - 0.2, 10), fontsize=10)
    if title:
        figure.suptitle(title, fontsize=11)
    edges = plural(int((np.triu(w, 1) > 0).sum()), "edge")
    start = f"{title}. " if title else ""
    figure.words = f"{start}A graph of {n:,} images with {edges}. {listed(map(_in_words, shown.items()), 6)}."
    return figure


def _apart(places: np.ndarray) -> np.ndarray:
    """The places in inches within a panel, with no image on another where there is room."""
    from capslab.plots.fitted_text import apart

    low, size = places.min(axis=0), np.ptp(places, axis=0)
    room = (WIDTH - 0.2, HEIGHT - 0.2)
    share = np.where(size > 0, (places - low) / np.where(size > 0, size, 1), 0.5)  # 0…1
    inside = share * (np.array(room) - TILE) + TILE / 2
    return apart(inside, np.full((len(places), 2), TILE * 1.15), room)


def _draw(axes: Axes, tiles: np.ndarray, weights: np.ndarray, at: np.ndarray, values: np.ndarray) -> None:
    ends = np.argwhere(np.triu(weights, 1) > 0)  # (edges, 2)
    strength = weights[tuple(ends.T)] / max(weights.max(), 1e-30)
    widths = 0.4 + 1.6 * strength
    axes.add_collection(LineCollection(list(at[ends]), linewidths=widths, colors=EDGE, zorder=1))
    largest = float(np.abs(values).max()) or 1.0
    for tile, (x, y), value in zip(tiles, at, values, strict=True):
        ground = np.array(DIVERGING((value / largest + 1) / 2)[:3])
        ink = np.array(to_rgb(ink_on(ground)))
        grey = tile.mean(axis=-1, keepdims=True)  # (h, w, 1)
        half = TILE / 2
        axes.imshow(
            (1 - grey) * ground + grey * ink,
            extent=(x - half, x + half, y - half, y + half),
            interpolation="nearest",
            zorder=2,
        )
        if abs(value) >= largest / 3:
            sign = "+" if value > 0 else "−"
            axes.text(x + half, y + half, sign, fontsize=8, weight="bold", ha="center", va="center", zorder=3)
    axes.set(xlim=(0, WIDTH - 0.2), ylim=(0, HEIGHT - 0.2), aspect="equal")


def _in_words(panel: tuple[str, np.ndarray]) -> str:
    name, values = panel
    above, below = int((values > 0).sum()), int((values < 0).sum())
    counts = f"{plural(above, 'image')} above zero and {below} below"
    return f"{name}: {counts}, from {number(values.min())} to {number(values.max())}"
