"""Charts of measurements: training curves, lines, bars with their spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from capslab.errors import ArgumentError
from capslab.plots.style import new_figure, open_axes, palette

VALIDATION = "validation "


def training_curves(history: Any) -> Figure:
    """Training curves, one plot per quantity: training solid, validation dashed.

    Parameters
    ----------
    history : a `History`, or a mapping from names ("loss", "validation loss", …) to one value
        per epoch.
    """
    values: Mapping[str, Sequence[float]] = getattr(history, "curves", history)
    if not isinstance(values, Mapping) or not values:
        raise ArgumentError(
            "history", "a History, or a dict of curves", history, "Take the result of cl.fit(model, images)."
        )
    quantities = list(dict.fromkeys(name.removeprefix(VALIDATION) for name in values))
    figure = new_figure(4.2 * len(quantities), 3)
    for i, quantity in enumerate(quantities):
        axes = open_axes(figure.add_subplot(1, len(quantities), i + 1), "epoch", quantity)
        for name, style, label in (
            (quantity, "o-", "training"),
            (VALIDATION + quantity, "s--", "validation"),
        ):
            if name in values:
                epochs = range(1, len(values[name]) + 1)
                axes.plot(
                    epochs, values[name], style, color=palette(int(style != "o-")), markersize=3, label=label
                )
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(fontsize=8, frameon=False)
    return figure


def lines(
    x: Any, ys: Mapping[str, Any], x_label: str, y_label: str, mark: float | None = None, log: bool = False
) -> Figure:
    """One line per name over the same x; each has its name at its end as well as a colour.

    Parameters
    ----------
    x : numbers `(n,)`.
    ys : for each name, n numbers.
    mark : a value of y at which to draw a thin dashed line.
    log : whether both axes are logarithmic.
    """
    figure = new_figure(6, 2.6)
    axes = open_axes(figure.subplots(), x_label, y_label)
    for i, (name, y) in enumerate(ys.items()):
        axes.plot(x, y, color=palette(i), linestyle=("-", "--", "-.", ":")[i % 4])
        axes.annotate(name, (x[-1], y[-1]), (4, 0), textcoords="offset points", va="center", fontsize=8)
    if mark is not None:
        axes.axhline(mark, color="0.5", linestyle="--", linewidth=0.8)
    if log:
        axes.set(xscale="log", yscale="log")
    return figure


def bars(values: Mapping[str, float], label: str, limits: tuple[float, float] | None = None) -> Figure:
    """One bar per name, with its number at the end."""
    return scores_with_spread({name: [value] for name, value in values.items()}, label, limits)


def scores_with_spread(
    scores: Mapping[str, Sequence[float]], label: str, limits: tuple[float, float] | None = None
) -> Figure:
    """The mean of each name's scores as a bar, every seed as a dot, their range as a line.

    Parameters
    ----------
    scores : for each name, one score per seed.
    label : what the score is, with its unit.
    limits : the ends of the axis.
    """
    if not scores or any(not len(values) for values in scores.values()):
        raise ArgumentError(
            "scores",
            "at least one name with at least one score",
            scores,
            "Try {'a model': [0.97, 0.98]}: one list of scores per name.",
        )
    figure = new_figure(6, 0.55 * len(scores) + 0.9)
    axes = open_axes(figure.subplots(), label, "")
    for i, values in enumerate(scores.values()):
        numbers = np.asarray(values, dtype=float)
        axes.barh(i, numbers.mean(), color=palette(i), alpha=0.75)
        text = f" {numbers.mean():.3g}"
        if len(numbers) > 1:
            axes.plot([numbers.min(), numbers.max()], [i, i], color="black", linewidth=1.5)
            axes.plot(numbers, np.full(len(numbers), i), "o", color="black", markersize=3)
            text += f" ({numbers.min():.3g} to {numbers.max():.3g})"
        axes.annotate(
            text,
            (max(numbers.max(), 0), i),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_yticks(range(len(scores)), list(scores))
    axes.invert_yaxis()
    if limits is not None:
        axes.set_xlim(*limits)
    else:
        axes.margins(x=0.3)
    return figure
