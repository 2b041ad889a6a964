"""The posterior view without a browser: its line of words and its still picture."""

from __future__ import annotations

from typing import Any

from capslab.widgets.posterior.arithmetic import GRID, Terms
from capslab.widgets.shared.format_text import plain, signed


def words(made: Terms, mean: float, std: float) -> str:
    """The sum as numbers, in one line; `posteriorWords` in js/src/posterior writes the same."""
    parts = f"reconstruction {plain(made.reconstruction)} − KL {plain(made.kl)}"
    return (
        f"q = N({signed(mean)}, {std:.2f}²): {parts} = ELBO {plain(made.elbo)} nats. "
        f"log p(x) = {plain(made.log_evidence)}, so the gap is "
        f"{plain(max(0.0, made.gap))}: how far q is from the true posterior."
    )


def draw(made: Terms, x: float, mean: float, std: float) -> Any:
    """The three densities, and ELBO + gap = log p(x) as bars, as a Figure."""
    from capslab.plots.colours import palette
    from capslab.plots.style import new_figure, open_axes

    figure = new_figure(9.5, 3.4)
    left, right = figure.subplots(1, 2, width_ratios=[1.4, 1])
    axes = open_axes(left, "z", "density")
    axes.plot(GRID, made.prior, "--", color=palette(7), label="prior p(z)")
    axes.fill_between(GRID, made.posterior, color=palette(2), alpha=0.3, label="true posterior p(z|x)")
    axes.plot(GRID, made.q, color=palette(0), linewidth=2, label="q(z|x)")
    axes.set(xlim=(-4, 4), ylim=(0, None))
    axes.set_title(f"x = {x:g}, q = N({mean:g}, {std:g}²)", fontsize=10)
    axes.legend(fontsize=9, frameon=False)
    bars = {
        "reconstruction": made.reconstruction,
        "− KL": -made.kl,
        "ELBO": made.elbo,
        "gap": made.gap,
        "log p(x)": made.log_evidence,
    }
    axes = open_axes(right, "nats", "")
    beside: dict[str, Any] = {"xytext": (4, 0), "textcoords": "offset points", "va": "center"}
    for i, value in enumerate(bars.values()):
        axes.barh(i, value, color=palette(i))
        axes.annotate(plain(value), (max(value, 0), i), **beside)
    axes.set_yticks(range(len(bars)), list(bars))
    axes.invert_yaxis()
    axes.margins(x=0.3)
    return figure
