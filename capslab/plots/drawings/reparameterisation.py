"""The reparameterisation trick: where the gradient stops, and how it gets past the randomness."""

from __future__ import annotations

from capslab.plots.svg_canvas import Canvas, Point
from capslab.plots.svg_picture import SvgPicture


def draw() -> SvgPicture:
    """Sampled directly on the left, reparameterised on the right; arrows forward and gradients back."""
    canvas = Canvas(700, 330)
    for left, words in ((0.0, "z is sampled"), (356.0, "z is computed, ε is sampled")):
        canvas.text(left + 166, 18, words, bold=True)
        mean, spread, z, loss = (
            (left + 38, 86.0),
            (left + 38, 220.0),
            (left + 168, 153.0),
            (left + 302, 153.0),
        )
        canvas.arrow((mean[0] + 24, mean[1] + 12), (z[0] - 34, z[1] - 20))
        canvas.arrow((spread[0] + 24, spread[1] - 12), (z[0] - 34, z[1] + 20))
        canvas.arrow((z[0] + 58, z[1] - 6), (loss[0] - 28, loss[1] - 6))
        canvas.arrow((loss[0] - 28, loss[1] + 8), (z[0] + 58, z[1] + 8), colour="red", dash="6 4", thick=2)
        _node(canvas, mean, 22, "μ")
        _node(canvas, spread, 22, "σ")
        _node(canvas, loss, 27, "loss")
    _node(canvas, (168, 153), 57, "z ~ N(μ, σ²)", random=True)
    for end in (-1, 1):
        canvas.line((88 - 8, 153 - 8 * end), (88 + 8, 153 + 8 * end), colour="red", thick=3.5)
    canvas.text(14, 153, "stops", "red", anchor="start")

    _node(canvas, (524, 153), 57, "z = μ + σ · ε")
    _node(canvas, (524, 262), 57, "ε ~ N(0, 1)", random=True)
    canvas.arrow((524, 244), (524, 173))
    canvas.arrow((506, 131), (420, 82), colour="red", dash="6 4", thick=2)
    canvas.arrow((506, 175), (420, 224), colour="red", dash="6 4", thick=2)
    canvas.text(464, 78, "∂z/∂μ = 1", "red", anchor="start")
    canvas.text(374, 262, "∂z/∂σ = ε", "red", anchor="start")
    canvas.line((350, 36), (350, 282), thick=1, dash="2 5")
    canvas.arrow((100, 312), (148, 312))
    canvas.text(156, 312, "values", "quiet", anchor="start")
    canvas.arrow((262, 312), (310, 312), colour="red", dash="6 4", thick=2)
    canvas.text(318, 312, "gradients", "red", anchor="start")
    canvas.box(434, 302, 34, 20, "orange-soft", stroke="orange", dash="5 3")
    canvas.text(476, 312, "random", "orange", anchor="start")
    return canvas.picture(
        "The reparameterisation trick",
        "On the left z is sampled from N(μ, σ²): sampling has no derivative, so the gradient of the loss "
        "stops at z. On the right z = μ + σ · ε is computed and only ε is random, so the gradient goes on "
        "to μ, where ∂z/∂μ = 1, and to σ, where ∂z/∂σ = ε.",
    )


def _node(canvas: Canvas, centre: Point, half: float, words: str, random: bool = False) -> None:
    """A quantity in a box; dashed and tinted if it is random."""
    x, y = centre
    fill, stroke, dash = ("orange-soft", "orange", "5 3") if random else ("soft", "ink", "")
    canvas.box(x - half, y - 18, 2 * half, 36, fill, stroke=stroke, dash=dash)
    canvas.text(x, y, words)
