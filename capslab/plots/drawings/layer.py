"""A layer: many neurons on the same inputs, or one matrix product."""

from __future__ import annotations

from capslab.plots.svg_canvas import Canvas
from capslab.plots.svg_picture import SvgPicture

X = (1, 0, 2, 1)
W = ((1, 2, 0), (3, 4, 1), (0, 1, 1), (-1, 1, 2))  # (4, 3)
BIAS = (1, 0, -1)
CHOSEN = 1  # the neuron, and column of W, in colour


def draw() -> SvgPicture:
    """Four inputs, three neurons; the weights of one neuron are one column of the matrix."""
    canvas = Canvas(700, 340)
    sums = [sum(x * row[j] for x, row in zip(X, W, strict=True)) + BIAS[j] for j in range(3)]
    inputs, outputs = [(52.0, 78.0 + 60 * i) for i in range(4)], [(222.0, 98.0 + 70 * j) for j in range(3)]
    canvas.text(137, 20, "four inputs, three neurons", bold=True)
    for j in (0, 2, CHOSEN):  # the chosen one last, above the others
        for start in inputs:
            chosen = j == CHOSEN
            colour, thick = ("red", 2.4) if chosen else ("line", 1.0)
            canvas.line(start, outputs[j], colour=colour, thick=thick)
    for i, at in enumerate(inputs):
        canvas.circle(at, 20, "soft")
        canvas.text(*at, f"{X[i]}", bold=True)
    for j, at in enumerate(outputs):
        chosen = j == CHOSEN
        canvas.circle(at, 23, "red-soft" if chosen else "soft", stroke="red" if chosen else "line", thick=2)
        canvas.text(*at, f"{sums[j]}", bold=True)
    canvas.text(52, 300, "x: 4 inputs", "quiet")
    canvas.text(222, 300, "s: 3 sums", "quiet")
    _product(canvas, sums)
    return canvas.picture(
        "A layer",
        "Four inputs go to each of three neurons. Written as a matrix, the weights of one neuron are one "
        f"column: x times W plus b gives the sums {sums[0]}, {sums[1]} and {sums[2]}. The second neuron, "
        "its column of W and its sum have the same colour.",
    )


def _product(canvas: Canvas, sums: list[int]) -> None:
    """x · W + b = s with every number written out, one column in colour."""
    cell, left, top = 31.0, 462.0, 84.0
    canvas.text(500, 20, "the same as one product", bold=True)
    canvas.text(left + 1.5 * cell, top - 18, "W: 4 × 3", "quiet")
    for i, row in enumerate(W):
        for j, value in enumerate(row):
            _cell(canvas, left + cell * j, top + cell * i, str(value), j == CHOSEN)
    middle = top + 1.5 * cell
    canvas.text(374, middle - 18, "x: 1 × 4", "quiet")
    for i, value in enumerate(X):
        _cell(canvas, 312 + cell * i, middle, str(value), False)
    canvas.text(449, middle + 15, "·", size=22, bold=True)
    for j, value in enumerate(BIAS):
        _cell(canvas, left + cell * j, 222, f"{value:+d}" if value else "0", j == CHOSEN)
        _cell(canvas, left + cell * j, 268, str(sums[j]), j == CHOSEN, bold=True)
    canvas.text(left - 12, 237, "+ b", "quiet", anchor="end")
    canvas.text(left - 12, 283, "= s", "quiet", anchor="end")
    canvas.line((left, 260), (left + 3 * cell, 260), colour="ink")
    canvas.text(570, 120, "the weights of", "red", anchor="start")
    canvas.text(570, 139, "one neuron", "red", anchor="start")
    terms = [f"{x} · {row[CHOSEN]}" for x, row in zip(X, W, strict=True)]
    words = f"{' + '.join(terms)} + {BIAS[CHOSEN]} = {sums[CHOSEN]}"
    canvas.text(500, 318, words, "red")


def _cell(canvas: Canvas, x: float, y: float, words: str, chosen: bool, bold: bool = False) -> None:
    fill, stroke = ("red-soft", "red") if chosen else ("paper", "line")
    canvas.box(x, y, 31, 31, fill, stroke=stroke, radius=0)
    canvas.text(x + 15.5, y + 15.5, words.replace("-", "−"), bold=bold)
