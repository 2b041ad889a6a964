"""Backpropagation: values go forward, and the error comes back along the same path."""

from __future__ import annotations

from capslab.plots.svg_canvas import Canvas
from capslab.plots.svg_picture import SvgPicture

X, W1, W2, ERROR = 0.5, 1.2, 2.0, 0.3
PLACES = (70.0, 250.0, 430.0, 610.0)  # of the input, the sum, the hidden value and the score


def slopes() -> tuple[float, float, float]:
    """The slopes of the loss for the hidden value, for the sum before the ReLU, and for the first weight."""
    hidden = ERROR * W2
    total = hidden * (X * W1 > 0)
    return hidden, total, total * X


def draw() -> SvgPicture:
    """One path through a hidden neuron: the forward pass above, the backward pass below."""
    canvas = Canvas(700, 300)
    total = X * W1
    values = (X, total, max(0.0, total), max(0.0, total) * W2)
    names = ("input", "sum", "hidden value", "score")
    canvas.text(350, 16, "forward: values", "blue", bold=True)
    for x, value, name in zip(PLACES, values, names, strict=True):
        canvas.text(x, 48, name, "quiet")
        canvas.circle((x, 92), 29, "blue-soft", stroke="blue", thick=2)
        canvas.text(x, 92, f"{value:g}", bold=True)
    for start, end, words in zip(PLACES, PLACES[1:], (f"× {W1:g}", "ReLU", f"× {W2:g}"), strict=False):
        canvas.arrow((start + 32, 92), (end - 32, 92), colour="blue")
        canvas.text((start + end) / 2, 74, words)
    hidden, before, weight = slopes()
    canvas.text(350, 150, "backward: slopes of the loss", "red", bold=True)
    chain = (
        (610.0, ERROR, "error"),
        (430.0, hidden, ""),
        (250.0, before, ""),
        (70.0, weight, "of the weight"),
    )
    for x, value, name in chain:
        canvas.circle((x, 216), 29, "red-soft", stroke="red", thick=2)
        canvas.text(x, 216, f"{value:g}", bold=True)
        if name:
            canvas.text(x, 262, name, "quiet")
    for start, end, words in zip(
        PLACES[::-1], PLACES[-2::-1], (f"× {W2:g}", "× 1", f"× {X:g}"), strict=False
    ):
        canvas.arrow((start - 32, 216), (end + 32, 216), colour="red")
        canvas.text((start + end) / 2, 198, words)
    canvas.text(340, 262, "ReLU: × 1 where the sum is positive, × 0 elsewhere", "quiet")
    canvas.text(350, 288, f"error × weight × ReLU × input = {ERROR:g} × {W2:g} × 1 × {X:g} = {weight:g}")
    return canvas.picture(
        "Backpropagation",
        f"One path through a network. Forward, the input {X:g} times the weight {W1:g} is the sum {total:g}; "
        f"the ReLU lets it pass, and times the weight {W2:g} it adds {values[3]:g} to a score. Backward, the "
        f"error {ERROR:g} of the score times {W2:g} is the slope {hidden:g} of the hidden value. The ReLU "
        f"lets it pass, because the sum is positive. Times the input {X:g} it is the slope {weight:g} of the "
        "first weight.",
    )
