"""One step of gradient descent: the slope says which way is down, and how far to go."""

from __future__ import annotations

from capslab.plots.svg_canvas import Canvas
from capslab.plots.svg_picture import SvgPicture

START, RATE = 3.2, 0.2
LEFT, RIGHT, TOP, BOTTOM = 70.0, 470.0, 40.0, 270.0


def loss(w: float) -> float:
    """A loss with its minimum at w = 1."""
    return (w - 1) ** 2 + 0.5


def slope(w: float) -> float:
    """dL/dw."""
    return 2 * (w - 1)


def _at(w: float, value: float) -> tuple[float, float]:
    return LEFT + (w + 1) / 5 * (RIGHT - LEFT), BOTTOM - value / 6 * (BOTTOM - TOP)


def draw() -> SvgPicture:
    """A curve of the loss, the slope at one weight, and the step to the next weight."""
    canvas = Canvas(700, 330)
    after = START - RATE * slope(START)
    canvas.arrow((LEFT, BOTTOM), (RIGHT + 12, BOTTOM))
    canvas.arrow((LEFT, BOTTOM), (LEFT, TOP - 16))
    canvas.text(RIGHT + 28, BOTTOM, "w", "quiet")
    canvas.text(LEFT, 12, "loss L", "quiet")
    points = [_at(-1 + 4.9 * i / 80 - 0.0, loss(-1 + 4.9 * i / 80)) for i in range(81)]
    canvas.line(*[p for p in points if p[1] > TOP - 6], colour="ink", thick=2.5)
    _steps_ahead(canvas, after)
    tangent = [(w, loss(START) + slope(START) * (w - START)) for w in (START - 0.75, START + 0.2)]
    canvas.line(*(_at(*point) for point in tangent), colour="blue", thick=3)
    x, y = _at(START, loss(START))
    x1, y1 = _at(after, loss(after))
    canvas.line((x, y), (x, BOTTOM), thick=1, dash="3 4")
    canvas.line((x1, y1), (x1, BOTTOM), thick=1, dash="3 4")
    canvas.circle((x, y), 7, "red", stroke="paper")
    canvas.circle((x1, y1), 7, "red", stroke="paper")
    canvas.arrow((x, BOTTOM - 10), (x1, BOTTOM - 10), colour="red", thick=3)
    canvas.text(x, BOTTOM + 18, f"{START:.1f}")
    canvas.text(x1, BOTTOM + 18, f"{after:.2f}")
    bottom = _at(1, 0)[0]
    canvas.line((bottom, BOTTOM - 4), (bottom, BOTTOM + 4))
    canvas.text(bottom, BOTTOM + 18, "1", "quiet")
    canvas.text(bottom, BOTTOM + 42, "lowest here", "quiet")
    for top, colour, lines in (
        (62, "blue", ("the slope here:", f"dL/dw = {slope(START):+.1f}", "uphill is to the right")),
        (
            158,
            "red",
            ("one step downhill:", f"w ← w − {RATE} · {slope(START):.1f}", f"{START} → {after:.2f}"),
        ),
        (254, "ink", (f"loss {loss(START):.2f} → {loss(after):.2f}",)),
    ):
        canvas.lines_of_text(516, top, lines, colour=colour, anchor="start")
    return canvas.picture(
        "A step of gradient descent",
        f"The loss is a valley over one weight w, lowest at w = 1. At w = {START} the slope is "
        f"{slope(START):+.1f}: uphill is to the right. A step against it, {RATE} times the slope, leads to "
        f"w = {after:.2f}, and the loss falls from {loss(START):.2f} to {loss(after):.2f}. The next steps "
        "get shorter, because the slope gets smaller.",
    )


def _steps_ahead(canvas: Canvas, w: float) -> None:
    """Where the steps after this one will lead, hollow."""
    for _ in range(3):
        w -= RATE * slope(w)
        canvas.circle(_at(w, loss(w)), 5, "paper", stroke="red")
