"""How often a classifier is right, against how sure it says it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.style import new_figure, open_axes, palette


def reliability(confidence: Any, right: Any, bins: int = 10) -> Figure:
    """Accuracy in bins of confidence, with the diagonal that a calibrated classifier follows.

    Above: a point at each bin's mean confidence and accuracy. Below: how many images each bin has.

    Parameters
    ----------
    confidence : the probability of the predicted class, `(n,)` in 0…1.
    right : whether the prediction was right, `(n,)`.
    bins : equal parts of 0…1.
    """
    sure, hit = np.asarray(confidence, float), np.asarray(right, float)
    if sure.ndim != 1 or sure.shape != hit.shape or not len(sure) or sure.min() < 0 or sure.max() > 1:
        raise ArgumentError(
            "confidence", "probabilities (n,), one an image", confidence, "Write p.max(axis=1)."
        )
    which = np.minimum((sure * bins).astype(int), bins - 1)
    size = np.bincount(which, minlength=bins)
    full = size > 0
    means = [np.bincount(which, values, bins)[full] / size[full] for values in (sure, hit)]
    figure = new_figure(4.8, 4.4)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    above.plot([0, 1], [0, 1], "--", color="0.5", linewidth=0.9, label="as sure as right")
    above.plot(*means, "o-", color=palette(0), markersize=4, label="this network")
    open_axes(above, "", "accuracy").set(xlim=(0, 1.02), ylim=(0, 1.02))
    above.legend(fontsize=8, frameon=False)
    below.bar((np.arange(bins) + 0.5) / bins, size, 0.9 / bins, color=palette(7))
    open_axes(below, "confidence", "images").set_yscale("symlog")
    return figure
