"""One neuron: inputs, weights, a sum, a bias, and what comes out."""

from __future__ import annotations

from capslab.plots.svg_canvas import Canvas
from capslab.plots.svg_picture import SvgPicture

X, W, BIAS = (0.9, 0.2, 0.7), (1.5, -2.0, 0.5), -0.4


def draw() -> SvgPicture:
    """A neuron that adds three weighted inputs and a bias, and keeps the sum because it is positive."""
    canvas = Canvas(700, 316)
    products = [x * w for x, w in zip(X, W, strict=True)]
    total = sum(products) + BIAS
    centre, rows = (390.0, 146.0), (66.0, 146.0, 226.0)
    canvas.text(60, 16, "inputs", "quiet")
    canvas.text(204, 16, "weights", "quiet")
    canvas.text(390, 16, "sum", "quiet")
    canvas.text(556, 16, "ReLU", "quiet")
    for i, (y, x, w, product) in enumerate(zip(rows, X, W, products, strict=True)):
        colour = "red" if w > 0 else "blue"
        dash = "" if w > 0 else "7 5"
        end = (centre[0] - 52, centre[1] + (y - centre[1]) * 0.38)
        canvas.arrow((90, y), end, colour=colour, thick=1.2 + 1.3 * abs(w), dash=dash, head=13)
        canvas.circle((60, y), 29, "soft")
        canvas.text(60, y, f"{x:g}", bold=True)
        canvas.text(17, y, f"x{'₁₂₃'[i]}", "quiet")
        middle = y + 0.31 * (centre[1] - y)
        canvas.label(204, middle, f"× {w:+.1f} = {product:+.2f}".replace("-", "−"), colour)
    canvas.circle(centre, 46, "orange-soft", stroke="orange", thick=2)
    canvas.text(centre[0], 132, "Σ", size=22, bold=True)
    canvas.text(centre[0], 158, f"{total:+.2f}".replace("-", "−"), bold=True)
    canvas.arrow((390, 244), (390, 195), colour="green", thick=2)
    canvas.text(390, 257, f"bias b = {BIAS:+.1f}".replace("-", "−"), "green")
    canvas.arrow((438, 146), (498, 146), colour="ink")
    canvas.box(502, 98, 108, 96, "soft")
    canvas.line((516, 162), (596, 162), thick=1)
    canvas.line((550, 110), (550, 184), thick=1)
    canvas.line((516, 162), (550, 162), (596, 116), colour="ink", thick=3)
    canvas.circle((583, 129), 5, "orange", stroke="none")
    canvas.arrow((612, 146), (652, 146), colour="ink")
    canvas.text(674, 146, f"{max(total, 0):.2f}", bold=True)
    canvas.text(556, 214, "negative sums", "quiet")
    canvas.text(556, 233, "become 0", "quiet")
    terms = " ".join(f"{p:+.2f}" for p in (*products, BIAS)).replace("-", "− ").replace("+", "+ ")
    canvas.text(350, 297, f"s = w₁x₁ + w₂x₂ + w₃x₃ + b = {terms.removeprefix('+ ')} = {total:.2f}")
    return canvas.picture(
        "A neuron",
        f"Three inputs, {X[0]}, {X[1]} and {X[2]}, are multiplied by the weights +1.5, −2.0 and +0.5. The "
        f"products and the bias −0.4 add up to {total:.2f}. The ReLU lets positive sums pass and turns "
        f"negative ones into 0, so {total:.2f} comes out.",
    )
