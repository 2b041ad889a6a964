"""Figures made of images: a grid, a latent traversal, a manifold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.figure_words import listed, number, plural
from capslab.plots.fitted_text import in_lines
from capslab.plots.style import INK, as_many, draw_image, mosaic, new_figure, open_axes, pixels


def image_grid(
    images: Any,
    titles: Sequence[Any] | None = None,
    columns: int = 10,
    title: str = "",
    marked: Sequence[bool] | None = None,
) -> Figure:
    """Images side by side, each with its own title.

    Parameters
    ----------
    images : `Images`, or `(n, h, w)` or `(n, h, w, c)`, uint8 or 0…1.
    titles : n short texts.
    columns : images per row.
    title : text above all of them.
    marked : n truth values; where True, the image has a vermilion frame and a bold title.
    """
    grey = pixels(images)
    n = len(grey)
    words = as_many("titles", titles, n) if titles is not None else [""] * n
    frames = as_many("marked", marked, n) if marked is not None else [False] * n
    if columns < 1:
        raise ArgumentError("columns", "a whole number from 1", columns, "Try columns=10.")
    columns = min(columns, n)
    rows = -(-n // columns)
    width = max(2.0, 0.95 * columns)
    fitted = [in_lines(str(word), 0.92 * width / columns, 8, bold=frames[i]) for i, word in enumerate(words)]
    lines = max(text.count("\n") for text in fitted)  # beyond the first
    heading = in_lines(title, width - 0.2, 10)
    above = 0.25 * (heading.count("\n") + 1) + 0.15 if title else 0
    figure = new_figure(width, rows * (0.95 + (0.2 + 0.15 * lines) * (titles is not None)) + above)
    for i, axes in enumerate(figure.subplots(rows, columns, squeeze=False).ravel()):
        if i >= n:
            axes.set_visible(False)
            continue
        draw_image(axes, grey[i])
        axes.set_title(fitted[i], fontsize=8, color=INK, pad=2, weight="bold" if frames[i] else "normal")
        if frames[i]:
            axes.spines[:].set(visible=True, color="#d55e00", linewidth=2.5)
    if title:
        figure.suptitle(heading, fontsize=10)
    figure.words = _grid_in_words(grey.shape, words if titles is not None else [], frames, title)
    return figure


def _grid_in_words(shape: Sequence[int], words: Sequence[Any], frames: Sequence[bool], title: str) -> str:
    """How many images of which size, what stands above them, and which are marked."""
    n, height, width = shape[:3]
    text = f"{title + ': ' if title else ''}{plural(n, 'image')} of {height} × {width} pixels"
    titled = [str(word) for word in words if str(word)]
    text += f", titled {listed(titled, 12)}" if titled else ""
    marked = [i for i, frame in enumerate(frames) if frame]
    if marked:
        names = (str(words[i]) if words and str(words[i]) else f"number {i + 1}" for i in marked)
        text += f"; marked: {listed(names)}"
    return f"{text}."


def latent_traversal(images: Any, values: Sequence[float], name: str = "z") -> Figure:
    """What a decoder makes of one latent dimension at several values, each written under its image.

    Parameters
    ----------
    images : n decoded images.
    values : the n values of the dimension, in standard deviations of the prior.
    name : the name of the dimension ("z₃").
    """
    decoded = pixels(images)
    labels = as_many("values", values, len(decoded))
    figure = new_figure(max(3.0, 0.9 * len(decoded)), 1.6)
    axes = figure.subplots()
    draw_image(axes, mosaic(decoded, len(decoded)))
    width = decoded.shape[2]
    centers = [(width + 1) * i + (width - 1) / 2 for i in range(len(decoded))]
    axes.set_xticks(centers, [f"{value:+.1f}".replace("-", "−") for value in labels], fontsize=8)
    axes.tick_params(length=0)
    axes.set_xlabel(f"{name}, in units of σ")
    figure.words = (
        f"{plural(len(labels), 'image')} decoded while {name} goes from {number(labels[0])} to "
        f"{number(labels[-1])} standard deviations."
    )
    return figure


def manifold(
    images: Any,
    columns: int | None = None,
    limits: tuple[float, float] = (-2.0, 2.0),
    names: Sequence[str] = ("z₁", "z₂"),
) -> Figure:
    """A plane of the latent space, decoded on a grid.

    Parameters
    ----------
    images : n = rows × columns decoded images, row by row from the top (where the second
        coordinate is largest), each row from the left.
    columns : images per row; by default the grid is square.
    limits : the value of a coordinate at the first and at the last image of an axis.
    names : the names of the two coordinates.
    """
    decoded = pixels(images)
    across = round(len(decoded) ** 0.5) if columns is None else columns
    if across < 1 or len(decoded) % across:
        fits = next(n for n in range(round(len(decoded) ** 0.5), 0, -1) if len(decoded) % n == 0)
        raise ArgumentError("images", f"whole rows of {across} images", len(decoded), f"Try columns={fits}.")
    figure = new_figure(6, 6 * len(decoded) / across**2 + 0.4)
    axes = open_axes(figure.subplots(), names[0], names[1])
    low, high = limits
    down = len(decoded) // across
    # The limits are the centres of the outer images, not their edges.
    x, y = (((high - low) / max(parts - 1, 1) / 2) for parts in (across, down))
    canvas = mosaic(decoded, across, gap=0)
    axes.imshow(
        canvas[..., 0] if canvas.shape[-1] == 1 else canvas,
        cmap="gray",
        vmin=0,
        vmax=1,
        extent=(low - x, high + x, low - y, high + y),
        aspect="auto",
        interpolation="nearest",
    )
    figure.words = (
        f"{down} rows of {plural(across, 'decoded image')}: {names[0]} grows from {number(low)} on the "
        f"left to {number(high)} on the right, {names[1]} from {number(low)} at the bottom to "
        f"{number(high)} at the top."
    )
    return figure
