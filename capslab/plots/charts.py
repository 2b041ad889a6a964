"""Figures of measurements: curves, bars with their spread, a confusion matrix, a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from capslab.errors import ArgumentError
from capslab.plots.style import as_many, new_figure, open_axes, palette

VALIDATION = "validation "


def curves(history: Any) -> Figure:
    """Training curves, an axis for each quantity: training solid, validation dashed.

    Parameters
    ----------
    history : a `History`, or a mapping from names ("loss", "validation loss", …) to one value
        an epoch.
    """
    told: Mapping[str, Sequence[float]] = getattr(history, "curves", history)
    if not isinstance(told, Mapping) or not told:
        raise ArgumentError("history", "a History, or a dict of curves", history, "fit(…) returns one.")
    quantities = list(dict.fromkeys(name.removeprefix(VALIDATION) for name in told))
    figure = new_figure(4.2 * len(quantities), 3)
    for i, quantity in enumerate(quantities):
        axes = open_axes(figure.add_subplot(1, len(quantities), i + 1), "epoch", quantity)
        for name, style, words in (
            (quantity, "o-", "training"),
            (VALIDATION + quantity, "s--", "validation"),
        ):
            if name in told:
                epochs = range(1, len(told[name]) + 1)
                axes.plot(
                    epochs, told[name], style, color=palette(int(style != "o-")), markersize=3, label=words
                )
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(fontsize=8, frameon=False)
    return figure


def lines(
    x: Any, ys: Mapping[str, Any], x_label: str, y_label: str, mark: float | None = None, log: bool = False
) -> Figure:
    """One line a name over the same x, each named at its end as well as coloured.

    Parameters
    ----------
    x : numbers `(n,)`.
    ys : for each name n numbers.
    mark : a value of y to draw a thin dashed line at.
    log : both axes logarithmic.
    """
    figure = new_figure(6, 2.6)
    axes = open_axes(figure.subplots(), x_label, y_label)
    for i, (name, y) in enumerate(ys.items()):
        axes.plot(x, y, color=palette(i), linestyle=("-", "--", "-.", ":")[i % 4])
        axes.annotate(name, (x[-1], y[-1]), (4, 0), textcoords="offset points", va="center", fontsize=8)
    if mark is not None:
        axes.axhline(mark, color="0.5", linestyle="--", linewidth=0.8)
    if log:
        axes.set(xscale="log", yscale="log")
    return figure


def bars(values: Mapping[str, float], label: str, limits: tuple[float, float] | None = None) -> Figure:
    """One bar a name, its number written at its end."""
    return scores_with_spread({name: [value] for name, value in values.items()}, label, limits)


def scores_with_spread(
    scores: Mapping[str, Sequence[float]], label: str, limits: tuple[float, float] | None = None
) -> Figure:
    """Mean of each name's scores as a bar, every seed as a dot, smallest to largest as a line.

    Parameters
    ----------
    scores : for each name the scores of its seeds.
    label : what the score is, with its unit.
    limits : ends of the axis.
    """
    if not scores or any(not len(values) for values in scores.values()):
        raise ArgumentError(
            "scores", "at least one name with at least one score", scores, "Score a seed first."
        )
    figure = new_figure(6, 0.55 * len(scores) + 0.9)
    axes = open_axes(figure.subplots(), label, "")
    for i, values in enumerate(scores.values()):
        numbers = np.asarray(values, dtype=float)
        axes.barh(i, numbers.mean(), color=palette(i), alpha=0.75)
        told = f" {numbers.mean():.3g}"
        if len(numbers) > 1:
            axes.plot([numbers.min(), numbers.max()], [i, i], color="black", linewidth=1.5)
            axes.plot(numbers, np.full(len(numbers), i), "o", color="black", markersize=3)
            told += f" ({numbers.min():.3g} to {numbers.max():.3g})"
        axes.annotate(
            told,
            (max(numbers.max(), 0), i),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_yticks(range(len(scores)), list(scores))
    axes.invert_yaxis()
    if limits is not None:
        axes.set_xlim(*limits)
    else:
        axes.margins(x=0.3)
    return figure


def confusion(
    matrix: Any,
    classes: Sequence[str] | None = None,
    rows: str = "true class",
    columns: str = "predicted class",
    row_names: Sequence[str] | None = None,
) -> Figure:
    """A table of counts, shaded by the share of its row, every count written out.

    Parameters
    ----------
    matrix : whole numbers `(r, c)`: a confusion matrix, or `contingency(truth, labels)`.
    classes : names of the columns, and of the rows of a square table.
    rows, columns : what they are.
    row_names : names of the rows where they are not those of the columns.
    """
    counts = np.asarray(matrix)
    if counts.ndim != 2 or not counts.size:
        raise ArgumentError("matrix", "counts of shape (r, c)", matrix, "clustering.contingency gives them.")
    down, across = counts.shape
    column_names = as_many("classes", range(across) if classes is None else classes, across)
    if row_names is None and classes is not None and down == across:
        row_names = classes
    names = as_many("row_names", range(down) if row_names is None else row_names, down)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)  # (r, c)
    figure = new_figure(max(3.0, 0.5 * across + 1.2), max(2.5, 0.42 * down + 1))
    axes = figure.subplots()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for i, j in np.argwhere(counts):
        axes.text(
            j,
            i,
            f"{counts[i, j]:,}",
            ha="center",
            va="center",
            fontsize=7,
            color="white" if share[i, j] > 0.5 else "black",
        )
    axes.set_xticks(
        range(across), column_names, rotation=0 if max(len(str(n)) for n in column_names) < 4 else 60
    )
    axes.set_yticks(range(down), names)
    axes.set_xlabel(columns)
    axes.set_ylabel(rows)
    axes.tick_params(length=0)
    return figure


def table(
    rows: Sequence[Mapping[str, Any]],
    best: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
) -> Figure:
    """A comparison as a table: one row a thing, one column a measure, the best in bold.

    Parameters
    ----------
    rows : mappings with the same names in the same order; None is drawn as a dash.
    best : for some columns "high" or "low", whichever is better; its best cell is bold with
        a star beside it.
    columns : names to show and what to call them; None shows all, as they are called.
    """
    if columns is not None:
        missing = [name for name in columns if any(name not in row for row in rows)]
        if missing:
            raise ArgumentError(
                "columns", "names that every row has", missing, f"A row has {list(rows[0]) if rows else []}."
            )
        rows = [{told: row[name] for name, told in columns.items()} for row in rows]
    if not rows or any(list(row) != list(rows[0]) for row in rows):
        raise ArgumentError(
            "rows", "at least one mapping, all with the same names", rows, "Name every column."
        )
    headings = list(rows[0])
    cells = [[_told(row[name]) for name in headings] for row in rows]
    winners: set[tuple[int, int]] = set()
    for name, which in (best or {}).items():
        if name not in headings or which not in ("high", "low"):
            raise ArgumentError(
                "best", f'"high" or "low" for some of {headings}', best, "Check the spelling."
            )
        known = [(row[name], i) for i, row in enumerate(rows) if row[name] is not None]
        top = (max if which == "high" else min)(known)[0] if known else None
        winners |= {(i, headings.index(name)) for value, i in known if value == top}
    for i, j in winners:
        cells[i][j] += " ★"
    widths = [max(len(cell) for cell in column) + 3 for column in zip(headings, *cells, strict=True)]
    figure = new_figure(0.095 * sum(widths), 0.32 * (len(rows) + 1))
    axes = figure.subplots()
    axes.set_axis_off()
    drawn = axes.table(
        cellText=cells,
        colLabels=headings,
        colWidths=[width / sum(widths) for width in widths],
        cellLoc="left",
        colLoc="left",
        bbox=Bbox.unit(),
        edges="horizontal",
    )
    drawn.auto_set_font_size(False)
    drawn.set_fontsize(9)
    for (i, j), cell in drawn.get_celld().items():
        cell.set_edgecolor("#bbbbbb")
        if i == 0 or (i - 1, j) in winners:
            cell.get_text().set_fontweight("bold")
    return figure


def _told(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, (float, np.floating)):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return (
        f"{value:,}" if isinstance(value, (int, np.integer)) and not isinstance(value, bool) else str(value)
    )
