"""How time and accuracy grow with the number of training images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from capslab.errors import ArgumentError
from capslab.plots.chart import SYMBOLS, Chart, ChartLine, ChartPanel
from capslab.plots.chart_figure import ChartFigure, figure_of

MARKERS = "".join(SYMBOLS)


def growth_curves(
    measured: Sequence[Any], live: Sequence[Any] = (), accuracy_label: str = "accuracy"
) -> ChartFigure:
    """CPU-seconds and accuracy over the number of training images, one line per method.

    Filled markers are bundled measurements, hollow ones were measured on this machine just now. A
    dashed line is the fitted power law, with its exponent in the legend.

    Parameters
    ----------
    measured, live : one `GrowthCurve` per method, from `capslab.lessons.classical_methods.growth_curve`.
    accuracy_label : label of the right vertical axis.

    Returns
    -------
    A figure; in JupyterLab, point at a marker to read "n = 3,000: 4.1 s".
    """
    if not measured and not live:
        raise ArgumentError(
            "measured",
            "at least one GrowthCurve",
            measured,
            "`from capslab.lessons import classical_methods`, then take "
            "[classical_methods.growth_curve(rows, method)].",
        )
    names = list(dict.fromkeys(one.method for one in (*measured, *live)))
    seconds: list[ChartLine] = []
    accuracy: list[ChartLine] = []
    for growths, is_live in ((measured, False), (live, True)):
        for one in growths:
            i = names.index(one.method)
            style: dict[str, Any] = {"colour": i, "symbol": MARKERS[i % 4], "hollow": is_live}
            n, fit, right = (np.asarray(v, dtype=float) for v in (one.n, one.fit_seconds, one.accuracy))
            has_law = bool(np.isfinite(one.exponent)) and not is_live
            name = f"{one.method} (here, just now)" if is_live and measured else one.method
            label = f"{name}: time ∝ n^{one.exponent:.2f}" if has_law else name
            dash = ":" if is_live else "" if has_law else "-"
            seconds.append(ChartLine(label, n, fit, dash=dash, **style))
            if has_law:
                law = np.asarray(one.fitted_n, dtype=float), np.asarray(one.power_law, dtype=float)
                seconds.append(ChartLine(label, *law, colour=i, dash="--", thing=label, quiet=True))
            accuracy.append(ChartLine(name, n, right, dash=":" if is_live else "-", thing=label, **style))
    axes: dict[str, Any] = {"x_label": "training images n", "x_word": "n = "}
    left = ChartPanel(y_label="CPU-seconds to fit", lines=tuple(seconds), y_word=" s", log=True, **axes)
    right_panel = ChartPanel(
        y_label=accuracy_label, lines=tuple(accuracy), log_x=True, y_limits=(0, 1), **axes
    )
    return figure_of(Chart((left, right_panel)), 11.5, 5)
