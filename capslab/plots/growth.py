"""Time and accuracy of methods as the number of images grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.style import new_figure, open_axes, palette

if TYPE_CHECKING:
    from capslab.lessons.classical_methods import GrowthCurve

MARKS = "os^D"


def against_n(
    measured: Sequence[GrowthCurve], live: Sequence[GrowthCurve] = (), unseen: str = "accuracy"
) -> Figure:
    """CPU-seconds and accuracy against the number of images, one line a method.

    Filled marks are bundled measurements, hollow ones were measured here and now; a dashed line is
    the fitted power law, with its exponent in the legend.

    Parameters
    ----------
    measured, live : what `classical_methods.growth_curve` gives for each method.
    unseen : label of the right axis.
    """
    if not measured and not live:
        raise ArgumentError(
            "measured", "at least one GrowthCurve", measured, "classical_methods.growth_curve gives them."
        )
    figure = new_figure(9.5, 3.9)
    left, right = figure.subplots(1, 2)
    names = list(dict.fromkeys(one.method for one in (*measured, *live)))
    for growths, filled in ((measured, True), (live, False)):
        for one in growths:
            i = names.index(one.method)
            look = {"color": palette(i), "marker": MARKS[i % 4], "markersize": 5}
            look |= {} if filled else {"markerfacecolor": "white"}
            law = np.isfinite(one.exponent)
            told = f"{one.method}: time ∝ n^{one.exponent:.2f}" if law else one.method
            line = "" if law and filled else "-" if filled else ":"
            left.plot(
                one.n, one.fit_seconds, linestyle=line, **look, label=told if filled or not measured else None
            )
            if law and filled:
                left.plot(one.fitted_n, one.power_law, "--", color=palette(i), linewidth=1.2)
            right.plot(one.n, one.accuracy, linestyle="-" if filled else ":", **look)
    open_axes(left, "training images n", "CPU-seconds to fit").set(xscale="log", yscale="log")
    open_axes(right, "training images n", unseen).set(xscale="log", ylim=(0, 1))
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return figure
