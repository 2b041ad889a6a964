"""A chart in words: the alternative text of its picture, and its values as rows of a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.plots.chart import Bars, Chart, ChartLine, ChartPanel, in_words

MOST_LETTERS = 600


def words(chart: Chart | Bars) -> str:
    """What a chart shows, with numbers: where each line starts and ends, and where it is highest.

    Returns
    -------
    One sentence per panel, at most 600 characters.

    Examples
    --------
    >>> words(Bars({"pixels": np.array([0.5, 0.6]), "VAE": np.array([0.8])}, "ARI"))
    'ARI: pixels 0.55 (0.5 to 0.6), VAE 0.8.'
    """
    text = _bars(chart) if isinstance(chart, Bars) else " ".join(map(_panel, chart.panels))
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1].rsplit(" ", 1)[0] + "…"


def values(chart: Chart | Bars) -> list[dict[str, Any]]:
    """The values of a chart, one row per x (or per bar and value), for `plots.table`.

    Examples
    --------
    >>> values(Bars({"VAE": np.array([0.8])}, "ARI"))
    [{'': 'VAE', 'ARI': 0.8}]
    """
    if isinstance(chart, Bars):
        return [{"": name, chart.label: float(v)} for name, own in chart.values.items() for v in own]
    rows: list[dict[str, Any]] = []
    for panel in chart.panels:
        shown = [line for line in panel.lines if not line.quiet]
        for x in sorted({float(x) for line in shown for x in line.x[line.finite]}):
            row: dict[str, Any] = {panel.x_label: int(x) if x == round(x) else x}
            for line in shown:
                at = np.flatnonzero((line.x == x) & line.finite)
                if at.size:
                    row[_column(panel, line)] = float(line.y[at[0]])
            rows.append(row)
    return _joined(rows) if len({panel.x_label for panel in chart.panels}) == 1 else rows


def _joined(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of several panels over the same x as one row per x."""
    by_x: dict[Any, dict[str, Any]] = {}
    for row in rows:
        by_x.setdefault(next(iter(row.values())), {}).update(row)
    return [by_x[x] for x in sorted(by_x)]


def _column(panel: ChartPanel, line: ChartLine) -> str:
    return panel.y_label if line.name in ("", panel.y_label) else f"{line.name}: {panel.y_label}"


def _bars(bars: Bars) -> str:
    parts = [f"{name} {spread(own)}" for name, own in bars.values.items()]
    return f"{bars.label}: {', '.join(parts)}."


def spread(own: np.ndarray) -> str:
    """The mean of some values, and their range if there are several.

    >>> spread(np.array([0.5, 0.6]))
    '0.55 (0.5 to 0.6)'
    """
    text = in_words(float(own.mean()))
    return text if len(own) == 1 else f"{text} ({in_words(own.min())} to {in_words(own.max())})"


def _panel(panel: ChartPanel) -> str:
    parts = [_line(panel, line) for line in panel.lines if not line.quiet and line.finite.any()]
    over = f"{panel.y_label} over {panel.x_label}" if panel.x_label else panel.y_label
    return f"{over}: {'; '.join(parts)}." if parts else f"{over}: no values."


def _line(panel: ChartPanel, line: ChartLine) -> str:
    x, y = line.x[line.finite], line.y[line.finite]
    name = "" if line.name in ("", panel.y_label) else f"{line.name} "
    at = [f"{in_words(value)} at {in_words(place)}" for place, value in zip(x, y, strict=True)]
    if len(at) == 1:
        return f"{name}{at[0]}"
    text = f"{name}from {at[0]} to {at[-1]}"
    inner = [
        i for i in (int(y.argmax()), int(y.argmin())) if 0 < i < len(y) - 1 and y[i] not in (y[0], y[-1])
    ]
    extremes = [f"{'highest' if y[i] == y.max() else 'lowest'} {at[i]}" for i in inner]
    return ", ".join([text, *extremes])
