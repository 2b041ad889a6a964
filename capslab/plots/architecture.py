"""Diagrams that explain an idea rather than show data."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from capslab.plots.style import INK, new_figure, palette, plain

FORWARD, GRADIENT = palette(7), palette(3)


def gradient_paths() -> Figure:
    """The reparameterisation trick: sampling a latent code blocks the gradient, reparameterised it does not.

    On the left, z is sampled from N(μ, σ²), and sampling has no derivative. On the right,
    z = μ + σ ε, where only ε is random, so ∂z/∂μ = 1 and ∂z/∂σ = ε. Source: Kingma & Welling 2013 (arXiv
    1312.6114), section 2.4.
    """
    figure = new_figure(9.5, 3)
    left, right = figure.subplots(1, 2)
    _canvas(left, "sampled directly: the gradient stops at the sample")
    _canvas(right, "reparameterised: the randomness is outside")
    for axes in (left, right):
        _forward(axes, (0.4, 2.4), (1.8, 1.72))
        _forward(axes, (0.4, 0.6), (1.8, 1.28))
        _forward(axes, (2.0, 1.5), (3.48, 1.5), "decoder")
        _gradient(axes, (3.55, 1.36), (2.62, 1.4))
        _node(axes, (0.4, 2.4), "μ")
        _node(axes, (0.4, 0.6), "σ")
        _node(axes, (3.7, 1.5), "loss")
    _node(left, (2.0, 1.5), "z ~ N(μ, σ²)", random=True)
    _gradient(left, (1.46, 1.5), (1.18, 1.5), bend=0)
    left.plot(1.08, 1.5, "x", color=GRADIENT, markersize=11, markeredgewidth=3)
    left.text(0.12, 1.5, "no derivative", color=GRADIENT, va="center", fontsize=9)

    _forward(right, (2.0, 0.35), (2.0, 1.26))
    _node(right, (2.0, 1.5), "z = μ + σ ε")
    _node(right, (2.0, 0.3), "ε ~ N(0, 1)", random=True)
    _gradient(right, (1.75, 1.78), (0.55, 2.46), "∂z/∂μ = 1", bend=0.3)
    _gradient(right, (1.75, 1.22), (0.55, 0.54), "∂z/∂σ = ε", bend=-0.3)
    return figure


def _canvas(axes: Axes, title: str) -> None:
    plain(axes).set(xlim=(0, 4.1), ylim=(-0.1, 2.9))
    axes.set_title(title, fontsize=10, color=INK)


def _node(axes: Axes, position: tuple[float, float], text: str, random: bool = False) -> None:
    """A quantity in a box; dashed and tinted if it is random."""
    box = {
        "boxstyle": "round,pad=0.45",
        "facecolor": "#fdf1d8" if random else "white",
        "edgecolor": palette(1) if random else INK,
        "linestyle": "--" if random else "-",
    }
    axes.text(*position, text, ha="center", va="center", fontsize=10, color=INK, bbox=box)


def _forward(axes: Axes, start: tuple[float, float], end: tuple[float, float], text: str = "") -> None:
    """An arrow of the forward pass, in grey."""
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": FORWARD, "linewidth": 1.5})
    if text:
        axes.text(3.1, end[1] + 0.14, text, ha="center", fontsize=8, color=FORWARD)


def _gradient(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], text: str = "", bend: float = -0.4
) -> None:
    """An arrow of the gradient: vermilion, dashed, bent away from the forward arrow."""
    arrow = {"arrowstyle": "-|>", "color": GRADIENT, "linewidth": 1.8, "linestyle": "--"}
    axes.annotate("", end, start, arrowprops={**arrow, "connectionstyle": f"arc3,rad={bend}"})
    if text:
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        offset = 0.52 if bend > 0 else -0.52
        axes.text(x - 0.05, y + offset, text, ha="center", va="center", fontsize=9, color=GRADIENT)
