"""The small pictures in a network's drawing: images, stacks of maps, numbers, capsules, votes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from capslab.plots.network_stages import Stage
from capslab.plots.svg_canvas import Canvas, Point

GLYPH = 72.0  # pixels from top to bottom
MOST_DRAWN = 6  # maps of a stack, capsules of a row: more would only be grey


def draw_glyph(
    canvas: Canvas, centre: Point, stage: Stage, sides: Sequence[int | None], dry: bool = False
) -> float:
    """Draw what comes out of a stage; returns half its width.

    Parameters
    ----------
    sides : heights and widths of all images and maps of the network, for one scale.
    dry : only return the width.
    """
    if stage.kind in ("image", "maps") and len(stage.shape) == 3:
        return _maps(canvas, centre, stage, max([side for side in sides if side] or [1]), dry)
    if stage.kind == "capsules":
        return _capsules(canvas, centre, stage.shape[0] or 1, dry)
    if stage.kind == "votes":
        return _votes(canvas, centre, dry)
    return _numbers(canvas, centre, stage.shape, dry)


def _maps(canvas: Canvas, centre: Point, stage: Stage, largest: int, dry: bool) -> float:
    """One square per map, at most six, behind each other; small maps are small."""
    rows, columns, channels = (side or 1 for side in stage.shape)
    high, wide = (14 + 38 * math.sqrt(side / largest) for side in (rows, columns))
    picture = stage.kind == "image"
    count = min(channels, MOST_DRAWN) if not picture else 1
    shift = 4.0 * (count - 1)
    half = (wide + shift) / 2
    if dry:
        return half
    for i in range(count):
        x, y = centre[0] - half + 4 * i, centre[1] - (high + shift) / 2 + 4 * i
        canvas.box(
            x,
            y,
            wide,
            high,
            "soft" if picture else "blue-soft",
            stroke="ink" if picture else "blue",
            radius=2,
        )
    if picture:  # a 7, so that an image looks like one
        x, y = centre
        canvas.line((x - 10, y - 13), (x + 11, y - 13), (x - 3, y + 15), colour="ink", thick=3.5)
    return half


def _numbers(canvas: Canvas, centre: Point, shape: Sequence[int | None], dry: bool) -> float:
    """A column of cells, as tall as the logarithm of their number; two columns for two vectors."""
    columns = min(shape[0] or 1, 3) if len(shape) == 2 else 1
    count = shape[-1] if shape and shape[-1] else 1
    half = 9.0 * columns + 3 * (columns - 1)
    if dry:
        return half
    high = min(18 + 4.6 * math.log2(count), GLYPH - 4)
    cells = min(count, 8)
    for column in range(columns):
        left, top = centre[0] - half + 24 * column, centre[1] - high / 2
        canvas.box(left, top, 18, high, "green-soft", stroke="green", radius=2)
        for i in range(1, cells):
            y = top + high * i / cells
            canvas.line((left, y), (left + 18, y), colour="green", thick=1)
    return half


def _capsules(canvas: Canvas, centre: Point, count: int, dry: bool) -> float:
    """Small arrows in different directions: vectors, not numbers."""
    columns, rows = (4, 3) if count > 6 else (max(count, 1), 1)
    half = 11.0 * columns
    if dry:
        return half
    for i in range(rows * columns):
        x = centre[0] - half + 22 * (i % columns) + 11
        y = centre[1] + 22 * (i // columns - (rows - 1) / 2)
        angle = math.radians(70 * i + 15 * (i // columns))
        reach = 10 if i % 3 else 6.5
        dx, dy = reach * math.cos(angle), reach * math.sin(angle)
        canvas.arrow((x - dx, y - dy), (x + dx, y + dy), colour="red", thick=1.8, head=7)
    return half


def _votes(canvas: Canvas, centre: Point, dry: bool) -> float:
    """Every child joined to every parent."""
    half = 34.0
    if dry:
        return half
    x, y = centre
    children = [(x - 28, y - 28 + 18.7 * i) for i in range(4)]
    parents = [(x + 28, y - 21 + 21 * i) for i in range(3)]
    for start in children:
        for end in parents:
            canvas.line(start, end, colour="orange", thick=1.1)
    for points, colour in ((children, "red-soft"), (parents, "red-soft")):
        for point in points:
            canvas.circle(point, 5.5, colour, stroke="red")
    return half
