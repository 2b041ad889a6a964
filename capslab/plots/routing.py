"""Routing by agreement: the couplings of each iteration, and how confident they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.colours import palette
from capslab.plots.figure_words import listed, plural
from capslab.plots.fitted_text import in_lines, shortened
from capslab.plots.style import DIVERGING, draw_image, new_figure, open_axes, plain

if TYPE_CHECKING:
    from capslab.routing import RoutingTrace


def routing_maps(trace: RoutingTrace, digits: list[int] | None = None) -> Figure:
    """Couplings minus 1/J on the capsule grid for each iteration, with lengths and entropy.

    One row per iteration. A map shows the mean over the capsule types at each position, on one
    diverging scale for the whole figure: vermilion above 1/J, blue below, white as at the
    start. The bars are the lengths of the digit capsules. The last plot shows the entropy of
    the couplings over ln J, on an axis from 0 to 1, so that "nearly uniform" looks nearly uniform.

    Parameters
    ----------
    trace : a `RoutingTrace`.
    digits : the digit capsules to show maps of; by default the three longest.
    """
    T, primaries, J = trace.couplings.shape
    rows, columns, types = trace.grid or (1, primaries, 1)
    lengths = trace.lengths  # (T, J)
    chosen = list(np.argsort(-lengths[-1])[: min(3, J)]) if digits is None else list(digits)
    if not chosen or any(not 0 <= j < J for j in chosen):
        raise ArgumentError(
            "digits", f"numbers of digit capsules, 0 to {J - 1}", digits, "Try digits=[0, 1]."
        )
    names = trace.classes or tuple(map(str, range(J)))
    maps = (trace.couplings - 1 / J).reshape(T, rows, columns, types, J).mean(axis=3)  # (T, rows, columns, J)
    limit = float(np.abs(maps).max()) or 1e-9

    figure = new_figure(1.5 * len(chosen) + 5.5, 1.5 * T + 0.8)
    left, middle, right = figure.subfigures(
        1, 3, squeeze=False, width_ratios=[1.5 * len(chosen) + 0.9, 2.6, 2.0]
    )[0]
    panels = left.subplots(T, len(chosen), squeeze=False)
    for t in range(T):
        for column, j in enumerate(chosen):
            axes = plain(panels[t, column])
            picture = axes.imshow(maps[t, :, :, j], cmap=DIVERGING, vmin=-limit, vmax=limit)
            if t == 0:
                axes.set_title(in_lines(f"to “{names[j]}”", 1.35, 9), fontsize=9)
        panels[t, 0].set_ylabel(f"iteration {t + 1}", fontsize=9)
    left.colorbar(picture, ax=panels, label=f"coupling − 1/{J}", shrink=0.8)

    for t, axes in enumerate(middle.subplots(T, 1, squeeze=False, sharex=True)[:, 0]):
        axes.bar(range(J), lengths[t], color=[palette(j) for j in range(J)])
        open_axes(axes, "", "length").set_ylim(0, 1)
        every = -(-J // 16)  # on 2 inches there is room for 16 names
        short = [shortened(name, 1.2, 8) for name in names[::every]]
        axes.set_xticks(range(0, J, every), short, fontsize=8, rotation=0 if max(map(len, short)) < 3 else 90)
    axes.set_xlabel("digit capsule")

    if trace.image is None:
        axes = right.subplots()
    else:
        above, axes = right.subplots(2, 1)
        draw_image(above, np.asarray(trace.image, dtype=np.float32) / 255)
        truth = "" if trace.label is None else f", true {names[trace.label]}"
        above.set_title(in_lines(f"predicted {names[trace.predicted]}{truth}", 1.45, 9), fontsize=9)
    open_axes(axes, "iteration", "entropy / ln J").plot(
        range(1, T + 1), trace.entropy, "o-", color=palette(0), clip_on=False
    )
    axes.set_ylim(0, 1)
    axes.set_xticks(range(1, T + 1, max(1, T // 6)))
    if T == 1:  # a point and no curve: its value stands beside it
        axes.annotate(f"{trace.entropy[0]:.3f}", (1, trace.entropy[0]), (0, -12), textcoords="offset points")
    order = np.argsort(-lengths[-1], kind="stable")[:3]
    longest = (f"{names[j]} {lengths[-1, j]:.2f}" for j in order)
    answer = "" if trace.image is None else f" Predicted {names[trace.predicted]}{truth}."
    figure.words = (
        f"Couplings of {plural(primaries, 'primary capsule')} to {listed(names[j] for j in chosen)} over "
        f"{plural(T, 'iteration')}: at most {limit:.3f} away from 1/{J}. Longest capsules at the end: "
        f"{listed(longest)}. Entropy over ln J: {trace.entropy[0]:.3f} first, {trace.entropy[-1]:.3f} "
        f"last.{answer}"
    )
    return figure
