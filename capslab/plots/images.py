"""Figures made of images: a grid, a row along a latent dimension, a manifold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.style import INK, as_many, draw_image, mosaic, new_figure, open_axes, pixels


def image_grid(
    images: Any,
    titles: Sequence[Any] | None = None,
    columns: int = 10,
    title: str = "",
    marked: Sequence[bool] | None = None,
) -> Figure:
    """Images side by side, each with its own words above.

    Parameters
    ----------
    images : `Images`, or `(n, h, w)` or `(n, h, w, c)`, uint8 or 0…1.
    titles : n short texts.
    columns : images in a row.
    title : words above all of them.
    marked : n truth values; a true one is drawn with a vermilion frame and a bold title.
    """
    drawn = pixels(images)
    n = len(drawn)
    told = as_many("titles", titles, n) if titles is not None else [""] * n
    frames = as_many("marked", marked, n) if marked is not None else [False] * n
    if columns < 1:
        raise ArgumentError("columns", "a whole number from 1", columns, "Try columns=10.")
    columns = min(columns, n)
    rows = -(-n // columns)
    figure = new_figure(
        max(2.0, 0.95 * columns), rows * (1.15 if titles is not None else 0.95) + 0.4 * bool(title)
    )
    for i, axes in enumerate(figure.subplots(rows, columns, squeeze=False).ravel()):
        if i >= n:
            axes.set_visible(False)
            continue
        draw_image(axes, drawn[i])
        axes.set_title(str(told[i]), fontsize=8, color=INK, pad=2, weight="bold" if frames[i] else "normal")
        if frames[i]:
            axes.spines[:].set(visible=True, color="#d55e00", linewidth=2.5)
    if title:
        figure.suptitle(title, fontsize=10)
    return figure


def latent_row(images: Any, values: Sequence[float], name: str = "z") -> Figure:
    """What a decoder draws as one latent dimension moves, with its value under each image.

    Parameters
    ----------
    images : n decoded images.
    values : the n values of the dimension, in units of the prior's σ.
    name : what the dimension is called ("z₃").
    """
    drawn = pixels(images)
    marks = as_many("values", values, len(drawn))
    figure = new_figure(max(3.0, 0.9 * len(drawn)), 1.6)
    axes = figure.subplots()
    draw_image(axes, mosaic(drawn, len(drawn)))
    width = drawn.shape[2]
    centers = [(width + 1) * i + (width - 1) / 2 for i in range(len(drawn))]
    axes.set_xticks(centers, [f"{value:+.1f}".replace("-", "−") for value in marks], fontsize=8)
    axes.tick_params(length=0)
    axes.set_xlabel(f"{name}, in units of σ")
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
    images : decoded images, n = rows × columns of them, row by row from the top (where the
        second coordinate is largest) and in each row from the left.
    columns : images in a row; left out for a square.
    limits : value of a coordinate at the first and last image of an axis.
    names : of the two coordinates.
    """
    drawn = pixels(images)
    across = round(len(drawn) ** 0.5) if columns is None else columns
    if across < 1 or len(drawn) % across:
        raise ArgumentError(
            "images", f"whole rows of {across} images", len(drawn), "Decode a full grid, or say columns=…"
        )
    figure = new_figure(6, 6 * len(drawn) / across**2 + 0.4)
    axes = open_axes(figure.subplots(), names[0], names[1])
    low, high = limits
    down = len(drawn) // across
    # The limits are the centres of the outer images, not their edges.
    x, y = (((high - low) / max(parts - 1, 1) / 2) for parts in (across, down))
    canvas = mosaic(drawn, across, gap=0)
    axes.imshow(
        canvas[..., 0] if canvas.shape[-1] == 1 else canvas,
        cmap="gray",
        vmin=0,
        vmax=1,
        extent=(low - x, high + x, low - y, high + y),
        aspect="auto",
        interpolation="nearest",
    )
    return figure
