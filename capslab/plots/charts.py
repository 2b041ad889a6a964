"""Charts of measurements: training curves, lines, bars with their spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from capslab.errors import ArgumentError
from capslab.plots.chart import Bars, Chart, ChartLine, ChartPanel, lines_of, numbers
from capslab.plots.chart_figure import ChartFigure, figure_of

VALIDATION = "validation "


def training_curves(history: Any) -> ChartFigure:
    """Training curves, one plot per quantity: training solid, validation dashed.

    In JupyterLab, point at a line to read its values.

    Parameters
    ----------
    history : a `History`, or a mapping from names ("loss", "validation loss", …) to one value
        per epoch.
    """
    curves: Mapping[str, Sequence[float]] = getattr(history, "curves", history)
    if not isinstance(curves, Mapping) or not curves or all(np.size(one) == 0 for one in curves.values()):
        raise ArgumentError(
            "history", "a History, or a dict of curves", history, "Take the result of cl.fit(model, images)."
        )
    panels = []
    for quantity in dict.fromkeys(name.removeprefix(VALIDATION) for name in curves):
        lines = []
        for name, colour, dash, symbol, label in (
            (quantity, 0, "-", "o", "training"),
            (VALIDATION + quantity, 1, "--", "s", "validation"),
        ):
            if np.size(curves.get(name, ())):
                y = numbers("history", curves[name], whose=f" for {name!r}")
                lines.append(ChartLine(label, np.arange(1.0, len(y) + 1), y, colour, dash, symbol))
        panels.append(ChartPanel("epoch", quantity, tuple(lines), whole_x=True))
    return figure_of(Chart(tuple(panels)), max(6.0, 5.5 * len(panels)), 4)


def lines(
    x: Any, ys: Mapping[str, Any], x_label: str, y_label: str, mark: float | None = None, log: bool = False
) -> ChartFigure:
    """One line per name over the same x; each has its name at its end as well as a colour.

    In JupyterLab, point at a line to read its values.

    Parameters
    ----------
    x : numbers `(n,)`.
    ys : for each name, n numbers.
    mark : a value of y at which to draw a thin dashed line.
    log : whether both axes are logarithmic; then all numbers are larger than 0.
    """
    if not isinstance(ys, Mapping) or not ys:
        step = "Give a dict: lines(x, {'a name': numbers}, …)."
        raise ArgumentError("ys", "at least one name with its numbers", ys, step)
    drawn = lines_of(ys, x)
    marks = [] if mark is None else [mark]
    if log and min([*drawn[0].x, *marks, *[y for one in drawn for y in one.y]]) <= 0:
        step = "Leave `log` out, or the points where a number is 0 or less."
        raise ArgumentError("log", "False, because a logarithmic axis has no place for 0 or less", log, step)
    panel = ChartPanel(x_label, y_label, drawn, log=log, mark_y=None if mark is None else float(mark))
    return figure_of(Chart((panel,)), 8, 3.6)


def bars(values: Mapping[str, float], label: str, limits: tuple[float, float] | None = None) -> ChartFigure:
    """One bar per name, with its number at the end."""
    return scores_with_spread({name: [value] for name, value in values.items()}, label, limits)


def scores_with_spread(
    scores: Mapping[str, Sequence[float]], label: str, limits: tuple[float, float] | None = None
) -> ChartFigure:
    """The mean of each name's scores as a bar, every seed as a dot, their range as a line.

    In JupyterLab, point at a bar or a dot to read its value.

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
    values = {str(name): numbers("scores", own, whose=f" for {name!r}") for name, own in scores.items()}
    return figure_of(Bars(values, label, limits), 8, 0.55 * len(scores) + 1.1)
