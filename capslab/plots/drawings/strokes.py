"""A 7 of two strokes, bar and stem, that can be turned: what the drawings of poses and votes are made of."""

from __future__ import annotations

import math

from capslab.plots.svg_canvas import Canvas, Point

BAR = ((-20.0, -27.0), (20.0, -27.0))
STEM = ((20.0, -27.0), (4.0, 29.0))


def turned(point: Point, degrees: float) -> Point:
    """A point turned clockwise about the origin."""
    angle = math.radians(degrees)
    x, y = point
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)


def stroke(
    canvas: Canvas,
    centre: Point,
    ends: tuple[Point, Point],
    degrees: float,
    colour: str,
    thick: float = 8,
    scale: float = 1,
    dash: str = "",
) -> None:
    """A stroke turned about a centre."""
    placed = [turned((x * scale, y * scale), degrees) for x, y in ends]
    canvas.line(*((centre[0] + x, centre[1] + y) for x, y in placed), colour=colour, thick=thick, dash=dash)


def pointer(
    canvas: Canvas, centre: Point, degrees: float, length: float, colour: str, **style: float
) -> None:
    """An arrow from a centre: 0° is up, and degrees grow clockwise."""
    x, y = turned((0.0, -length), degrees)
    canvas.arrow(centre, (centre[0] + x, centre[1] + y), colour=colour, **style)
