"""Reliability diagram: how accurate is a classifier, compared with its confidence?"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.colours import palette
from capslab.plots.figure_words import plural
from capslab.plots.style import new_figure, open_axes


def reliability_diagram(confidence: Any, correct: Any, bins: int = 10) -> Figure:
    """Accuracy in bins of confidence, with the diagonal of a calibrated classifier.

    The upper plot shows the mean confidence and the accuracy of each bin, the lower one how many
    images it has.

    Parameters
    ----------
    confidence : the probability of the predicted class, `(n,)` in 0…1.
    correct : whether the prediction is correct, `(n,)`.
    bins : how many equal bins from 0 to 1.
    """
    p, hit = np.asarray(confidence, float), np.asarray(correct, float)
    if p.ndim != 1 or p.shape != hit.shape or not len(p) or p.min() < 0 or p.max() > 1:
        raise ArgumentError(
            "confidence",
            "probabilities (n,), one per image",
            confidence,
            "Take confidence.max(axis=1)." if p.ndim == 2 else "Give one number from 0 to 1 per image.",
        )
    which = np.minimum((p * bins).astype(int), bins - 1)
    size = np.bincount(which, minlength=bins)
    filled = size > 0
    means = [np.bincount(which, values, bins)[filled] / size[filled] for values in (p, hit)]
    figure = new_figure(4.8, 4.4)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    above.plot([0, 1], [0, 1], "--", color="0.5", linewidth=0.9, label="perfectly calibrated")
    above.plot(*means, "o-", color=palette(0), markersize=4, label="this network")
    open_axes(above, "", "accuracy").set(xlim=(0, 1.02), ylim=(0, 1.02))
    above.legend(fontsize=8, frameon=False)
    below.bar((np.arange(bins) + 0.5) / bins, size, 0.9 / bins, color=palette(7))
    open_axes(below, "confidence", "images").set_yscale("symlog")
    gap = means[0] - means[1]
    worst = int(np.abs(gap).argmax())
    figure.words = (
        f"Reliability diagram of {plural(len(p), 'prediction')}: mean confidence {p.mean():.2f}, accuracy "
        f"{hit.mean():.2f}. Furthest from the diagonal: at confidence {means[0][worst]:.2f}, "
        f"{means[1][worst]:.0%} are right."
    )
    return figure
