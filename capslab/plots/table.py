"""A table as a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from capslab.errors import ArgumentError
from capslab.plots.style import new_figure


def table(
    rows: Sequence[Mapping[str, Any]],
    best: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
) -> Figure:
    """A comparison as a table, with the best value of a column in bold.

    Parameters
    ----------
    rows : one mapping per row, all with the same names in the same order; None is shown as a dash.
    best : for some columns, "high" or "low", whichever is better; the best cell is bold and has
        a star.
    columns : for the columns to show, their headings; None shows all columns under their own names.
    """
    if columns is not None:
        missing = [name for name in columns if any(name not in row for row in rows)]
        if missing:
            raise ArgumentError(
                "columns", "names that every row has", missing, "Leave it out to show all columns."
            )
        rows = [{heading: row[name] for name, heading in columns.items()} for row in rows]
    if not rows or any(list(row) != list(rows[0]) for row in rows):
        raise ArgumentError(
            "rows",
            "at least one mapping, all with the same names",
            rows,
            "Try [{'model': 'CapsNet', 'accuracy': 0.98}]: the same names in every row.",
        )
    headings = list(rows[0])
    cells = [[_cell_text(row[name]) for name in headings] for row in rows]
    winners: set[tuple[int, int]] = set()
    for name, which in (best or {}).items():
        if name not in headings or which not in ("high", "low"):
            raise ArgumentError(
                "best",
                f'"high" or "low" for some of {headings}',
                best,
                f"Try best={{{headings[-1]!r}: 'high'}}.",
            )
        values = [(row[name], i) for i, row in enumerate(rows) if row[name] is not None]
        top = (max if which == "high" else min)(values)[0] if values else None
        winners |= {(i, headings.index(name)) for value, i in values if value == top}
    for i, j in winners:
        cells[i][j] += " ★"
    widths = [max(len(cell) for cell in column) + 3 for column in zip(headings, *cells, strict=True)]
    figure = new_figure(0.095 * sum(widths), 0.32 * (len(rows) + 1))
    axes = figure.subplots()
    axes.set_axis_off()
    drawing = axes.table(
        cellText=cells,
        colLabels=headings,
        colWidths=[width / sum(widths) for width in widths],
        cellLoc="left",
        colLoc="left",
        bbox=Bbox.unit(),
        edges="horizontal",
    )
    drawing.auto_set_font_size(False)
    drawing.set_fontsize(9)
    for (i, j), cell in drawing.get_celld().items():
        cell.set_edgecolor("#bbbbbb")
        if i == 0 or (i - 1, j) in winners:
            cell.get_text().set_fontweight("bold")
    return figure


def _cell_text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, (float, np.floating)):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return (
        f"{value:,}" if isinstance(value, (int, np.integer)) and not isinstance(value, bool) else str(value)
    )
