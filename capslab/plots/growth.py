"""How time and accuracy grow with the number of training images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.style import new_figure, open_axes, palette

MARKERS = "os^D"


def growth_curves(
    measured: Sequence[Any], live: Sequence[Any] = (), accuracy_label: str = "accuracy"
) -> Figure:
    """CPU-seconds and accuracy over the number of training images, one line per method.

    Filled markers are bundled measurements, hollow ones were measured on this machine just now. A
    dashed line is the fitted power law, with its exponent in the legend.

    Parameters
    ----------
    measured, live : one `GrowthCurve` per method, from `capslab.lessons.classical_methods.growth_curve`.
    accuracy_label : label of the right vertical axis.
    """
    if not measured and not live:
        raise ArgumentError(
            "measured",
            "at least one GrowthCurve",
            measured,
            "`from capslab.lessons import classical_methods`, then take "
            "[classical_methods.growth_curve(rows, method)].",
        )
    figure = new_figure(9.5, 3.9)
    left, right = figure.subplots(1, 2)
    names = list(dict.fromkeys(one.method for one in (*measured, *live)))
    for growths, filled in ((measured, True), (live, False)):
        for one in growths:
            i = names.index(one.method)
            style = {"color": palette(i), "marker": MARKERS[i % 4], "markersize": 5}
            style |= {} if filled else {"markerfacecolor": "white"}
            has_law = np.isfinite(one.exponent)
            label = f"{one.method}: time ∝ n^{one.exponent:.2f}" if has_law else one.method
            line = "" if has_law and filled else "-" if filled else ":"
            left.plot(
                one.n,
                one.fit_seconds,
                linestyle=line,
                **style,
                label=label if filled or not measured else None,
            )
            if has_law and filled:
                left.plot(one.fitted_n, one.power_law, "--", color=palette(i), linewidth=1.2)
            right.plot(one.n, one.accuracy, linestyle="-" if filled else ":", **style)
    open_axes(left, "training images n", "CPU-seconds to fit").set(xscale="log", yscale="log")
    open_axes(right, "training images n", accuracy_label).set(xscale="log", ylim=(0, 1))
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure
