"""The same votes routed in several ways: couplings, lengths and entropy beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.colours import palette
from capslab.plots.fitted_text import in_lines, shortened
from capslab.plots.style import DIVERGING, new_figure, open_axes, plain

if TYPE_CHECKING:
    from capslab.routing import RoutingTrace


def routing_compared(traces: Mapping[str, RoutingTrace], digit: int | None = None) -> Figure:
    """One column per way of routing: its couplings to one digit capsule, and the lengths of all of them.

    Above, the couplings of the last iteration minus 1/J on the capsule grid, the mean over the types at each
    place, on one diverging scale for all columns. Below, the lengths of the digit capsules; the longest is in
    colour and marked with its name. The entropy over ln J stands between them: 1 means even shares.

    Parameters
    ----------
    traces : for each name, a `RoutingTrace` of the same votes.
    digit : the digit capsule whose couplings are shown; None takes the image's own class, or else the capsule
        that is longest in the first trace.

    Raises
    ------
    ArgumentError : for no traces, traces of different votes, or a digit that there is not.
    """
    if not isinstance(traces, Mapping) or not traces:
        step = "Give a dict: {'dynamic': cl.route(caps, images[0])}."
        raise ArgumentError("traces", "at least one name with its RoutingTrace", traces, step)
    first = next(iter(traces.values()))
    if any(one.votes.shape != first.votes.shape for one in traces.values()):
        step = "Route one image in each of the ways."
        raise ArgumentError(
            "traces", "traces of the same votes", [t.votes.shape for t in traces.values()], step
        )
    J = first.votes.shape[1]
    names = first.classes or tuple(map(str, range(J)))
    if digit is None:
        digit = first.predicted if first.label is None else first.label
    if isinstance(digit, bool) or not isinstance(digit, (int, np.integer)) or not 0 <= digit < J:
        raise ArgumentError("digit", f"the number of a digit capsule, 0 to {J - 1}", digit, "Try digit=0.")
    maps = {name: _map_of(trace, int(digit)) for name, trace in traces.items()}
    limit = max(float(np.abs(values).max()) for values in maps.values()) or 1e-9

    figure = new_figure(1.75 * len(traces) + 0.7, 3.9)
    panels = figure.subplots(2, len(traces), squeeze=False, height_ratios=[1, 1.1])
    for column, (name, trace) in enumerate(traces.items()):
        axes = plain(panels[0, column])
        picture = axes.imshow(maps[name], cmap=DIVERGING, vmin=-limit, vmax=limit)
        axes.set_title(in_lines(name, 1.6, 10), fontsize=10)
        axes.set_xlabel(f"entropy {trace.entropy[-1]:.3f}", fontsize=9)
        _draw_lengths(panels[1, column], trace, names)
        if column == 0:
            panels[1, 0].set_ylabel("length", fontsize=9)
    figure.colorbar(picture, ax=list(panels[0]), label=f"coupling to “{names[digit]}” − 1/{J}", shrink=0.9)
    longest = (
        f"{name}: longest {names[trace.predicted]} ({trace.lengths[-1].max():.2f}), "
        f"entropy {trace.entropy[-1]:.3f}"
        for name, trace in traces.items()
    )
    figure.words = f"The same votes routed in {len(traces)} ways. {'; '.join(longest)}."
    return figure


def _map_of(trace: RoutingTrace, digit: int) -> np.ndarray:
    """Couplings minus 1/J to one digit capsule, `(rows, columns)`, the mean over the types at each place."""
    primaries, J = trace.votes.shape[:2]
    rows, columns, types = trace.grid or (1, primaries, 1)
    return (trace.couplings[-1, :, digit] - 1 / J).reshape(rows, columns, types).mean(axis=2)


def _draw_lengths(axes: Axes, trace: RoutingTrace, names: tuple[str, ...]) -> None:
    """A bar for each digit capsule; the longest has its name above it."""
    lengths, longest = trace.lengths[-1], trace.predicted
    axes = open_axes(axes, "", "")
    colours = [palette(0) if j == longest else "#aaaaaa" for j in range(len(lengths))]
    axes.bar(range(len(lengths)), lengths, color=colours)
    axes.set_ylim(0, 1.12)
    axes.set_yticks([0, 0.5, 1])
    every = -(-len(names) // 10)
    axes.set_xticks(
        range(0, len(names), every), [shortened(name, 0.5, 8) for name in names[::every]], fontsize=8
    )
    axes.annotate(
        shortened(names[longest], 0.8, 9), (longest, lengths[longest]), ha="center", va="bottom", fontsize=9
    )
