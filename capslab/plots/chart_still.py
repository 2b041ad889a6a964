"""A chart as matplotlib draws it: the still that GitHub, a printer and a screen reader get."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from capslab.plots.chart import SYMBOLS, Bars, Chart, ChartLine, ChartPanel, in_words
from capslab.plots.chart_words import spread
from capslab.plots.colours import palette
from capslab.plots.style import open_axes

#: 15 pixels on the page, where an inch has 80 of them
TEXT = 13.5
GREY = "#767676"


def draw(figure: Any, chart: Chart | Bars) -> None:
    """Draw a chart on an empty figure, with its legend outside of the data."""
    if isinstance(chart, Bars):
        draw_bars(figure.subplots(), chart)
        return
    n = len(chart.panels)
    shape = (n, 1) if chart.stacked else (1, n)
    grid = figure.subplots(*shape, sharex=chart.stacked, squeeze=False).ravel()
    named = False
    for axes, panel in zip(grid, chart.panels, strict=True):
        named = draw_panel(axes, panel, ends=n == 1)
        if chart.stacked and panel is not chart.panels[-1]:
            axes.set_xlabel("")
    if chart.panels[0].mark_x is not None:
        x, text = chart.panels[0].mark_x
        where: dict[str, Any] = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
        grid[0].annotate(text, (x, 1), (0, 2), ha="center", va="bottom", fontsize=TEXT, **where)
    if not named:
        _legend(figure, grid, {panel.mark_x[1] for panel in chart.panels if panel.mark_x is not None})


def draw_panel(axes: Axes, panel: ChartPanel, ends: bool = False, size: float = TEXT) -> bool:
    """Draw one panel.

    Parameters
    ----------
    ends : whether to write each line's name at its end, where there is room for it.
    size : of the text, in points.

    Returns
    -------
    Whether the names stand there; if not, the lines need a legend.
    """
    open_axes(axes, panel.x_label, panel.y_label)
    axes.xaxis.label.set_fontsize(size)
    axes.yaxis.label.set_fontsize(size)
    axes.tick_params(labelsize=size)
    for line in panel.lines:
        _draw_line(axes, line)
    if panel.mark_y is not None:
        axes.axhline(panel.mark_y, color=GREY, linestyle="--", linewidth=0.8)
    if panel.mark_x is not None:
        axes.axvline(panel.mark_x[0], color="#888888", linewidth=1, label=panel.mark_x[1])
    if panel.log or panel.log_x:
        axes.set_xscale("log")
    if panel.log:
        axes.set_yscale("log")
    elif panel.whole_x and not panel.log_x:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.set_ylim(*panel.y_limits)
    axes.set_ylim(axes.get_ylim())  # from here on the ends are fixed, and so are the places of the labels
    heights = [
        axes.transAxes.inverted().transform(axes.transData.transform((line.x[at], line.y[at])))[1]
        for line in panel.lines
        for at in np.flatnonzero(line.finite)[-1:]
    ]
    gap = _line_height(axes, size)
    crowded = len(heights) > 1 and bool(np.diff(np.sort(heights)).min() < 0.6 * gap)
    _write_beside(axes, panel, ends and not crowded, size)
    return ends and not crowded


def draw_bars(axes: Axes, bars: Bars, size: float = TEXT) -> None:
    """Draw one bar per name: the mean's number at its end, every value as a dot, their range as a line."""
    open_axes(axes, bars.label, "")
    axes.xaxis.label.set_fontsize(size)
    for i, own in enumerate(bars.values.values()):
        axes.barh(i, own.mean(), color=palette(i), alpha=0.75)
        if len(own) > 1:
            axes.plot([own.min(), own.max()], [i, i], color="black", linewidth=1.5)
            axes.plot(own, np.full(len(own), i), "o", color="black", markersize=4)
        axes.annotate(
            f" {spread(own)}",
            (max(own.max(), 0), i),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=size,
        )
    axes.set_yticks(range(len(bars.values)), [textwrap.fill(name, 36) for name in bars.values])
    axes.tick_params(labelsize=size)
    axes.invert_yaxis()
    if bars.limits is not None:
        axes.set_xlim(*bars.limits)
    else:
        axes.margins(x=0.3)


def _draw_line(axes: Axes, line: ChartLine) -> None:
    style: dict[str, Any] = {"color": palette(line.colour), "linestyle": line.dash, "marker": line.symbol}
    style |= {"markersize": 5, "linewidth": 1.2 if line.quiet else 1.6}
    style |= {"markerfacecolor": "white"} if line.hollow else {}
    if line.is_point:  # nothing to connect, and a line of one point would not be seen
        style |= {"linestyle": "", "marker": line.symbol or _symbol(line.colour), "markersize": 7}
    axes.plot(line.x, line.y, label=line.name if line.in_legend else f"_{line.name}", **style)


def _write_beside(axes: Axes, panel: ChartPanel, ends: bool, size: float) -> None:
    """Write the names at the ends of lines, and the values of single points, one below the other."""
    texts, places = [], []
    for line in panel.lines:
        name, value = line.name if ends else "", ""
        if line.is_point and not line.quiet:
            value = in_words(float(line.y[line.finite][0]))
        if line.finite.any() and (name or value):
            texts.append(" ".join(filter(None, [name, value])))
            places.append((line.x[line.finite][-1], line.y[line.finite][-1]))
    if not texts:
        return
    to_axes = axes.transData + axes.transAxes.inverted()
    heights = np.array([to_axes.transform(place)[1] for place in places])
    gap = _line_height(axes, size)
    for text, (x, _), height in zip(texts, places, apart(heights, gap), strict=True):
        axes.annotate(
            text,
            (x, height),
            (8, 0),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            va="center",
            fontsize=size,
        )


def apart(heights: np.ndarray, gap: float) -> np.ndarray:
    """Heights moved as little as it takes until neighbours are a gap apart; their order stays.

    >>> apart(np.array([0.5, 0.5, 0.9]), 0.2).round(2).tolist()
    [0.4, 0.6, 0.9]
    """
    order = np.argsort(heights, kind="stable")
    groups: list[list[float]] = []  # [centre, number of labels] of blocks that touch
    for height in heights[order]:
        groups.append([float(height), 1])
        while len(groups) > 1 and groups[-1][0] - groups[-2][0] < gap * (groups[-1][1] + groups[-2][1]) / 2:
            centre, n = groups.pop()
            below, m = groups[-1]
            groups[-1] = [(centre * n + below * m) / (n + m), n + m]
    moved = np.concatenate([centre + gap * (np.arange(n) - (n - 1) / 2) for centre, n in groups])
    result = np.empty(len(heights))
    result[order] = moved
    return result


def _line_height(axes: Axes, size: float) -> float:
    """The height of a line of text as a share of the axes' height, before ticks take their part of it."""
    spec = axes.get_subplotspec()
    rows = spec.get_gridspec().nrows if spec is not None else 1
    points = 72 * axes.figure.bbox.height / axes.figure.dpi / rows
    return 1.25 * size / max(points - 2.5 * size, size)


def _symbol(colour: int) -> str:
    return list(SYMBOLS)[colour % len(SYMBOLS)]


def _legend(figure: Any, grid: Any, without: set[str]) -> None:
    """One legend for all panels, above them; each name once."""
    entries: dict[str, Any] = {}
    for axes in grid:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            if name not in without:
                entries.setdefault(textwrap.fill(name, 60), handle)
    if len(entries) > 1:
        longest = max(len(part) for name in entries for part in name.split("\n"))
        across = int(80 * figure.get_figwidth() // (8 * longest + 50))
        figure.legend(
            entries.values(),
            entries,
            loc="outside upper left",
            ncols=max(1, min(across, len(entries))),
            fontsize=TEXT,
            frameon=False,
        )
