"""A confusion matrix that shows the errors, and the counts of classes in clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.figure_words import listed, plural
from capslab.plots.fitted_text import inches, shortened
from capslab.plots.style import as_many, cluster_names, new_figure

MOST_WRITTEN = 40  # rows or columns; with more, counts would be too small to read
NAME_ROOM = 1.9  # inches for a class name
POINTS = 8.0


def confusion(
    matrix: Any,
    classes: Sequence[Any] | None = None,
    rows: str = "true class",
    columns: str = "predicted class",
    row_names: Sequence[Any] | None = None,
) -> Figure:
    """A confusion matrix: every count written out, the errors in colour.

    The colour is a count's share of its row, on a scale that ends at the largest **error**. The diagonal,
    where the predictions are right, is grey, so that it does not outshine what one looks for. A matrix whose
    rows and columns are different things (classes in clusters) has no diagonal: every count is coloured.

    Parameters
    ----------
    matrix : whole numbers `(r, c)`: a confusion matrix, or `contingency(truth, labels)`.
    classes : names of the columns, and of the rows if the matrix is square. Clusters are called A, B, C, … if
        `columns` says that they are clusters and no names are given.
    rows, columns : what the rows and columns are.
    row_names : names of the rows, if they differ from those of the columns.

    Raises
    ------
    ArgumentError : for a matrix that is none, and for names that do not fit it.
    """
    counts = _checked(matrix)
    down, across = counts.shape
    of_clusters = ["cluster" in what.lower() for what in (rows, columns)]
    numbers = classes is None or all(isinstance(name, (int, np.integer)) for name in classes)
    if of_clusters[1] and numbers:
        column_names = cluster_names(across if classes is None else as_many("classes", classes, across))
    else:
        column_names = as_many("classes", range(across) if classes is None else classes, across)
    if row_names is None and classes is not None and down == across:
        row_names = column_names
    names = as_many("row_names", range(down) if row_names is None else row_names, down)
    if of_clusters[0] and row_names is None:
        names = cluster_names(down)
    texts = [[str(name) for name in names], [str(name) for name in column_names]]
    errors = down == across and not any(of_clusters) and texts[0] == texts[1]
    figure = _drawn(counts, texts, (rows, columns), errors)
    figure.words = _in_words(counts, texts, (rows, columns), errors)
    return figure


def _checked(matrix: Any) -> np.ndarray:
    step = "Take cl.clustering.contingency(truth, predicted)."
    try:
        counts = np.asarray(matrix)
        good = counts.ndim == 2 and counts.size > 0 and np.isfinite(counts.astype(float)).all()
    except (TypeError, ValueError):
        good = False
    if not good or (counts < 0).any():
        raise ArgumentError("matrix", "counts of shape (r, c)", matrix, step)
    return counts


def _drawn(counts: np.ndarray, names: list[list[str]], what: tuple[str, str], errors: bool) -> Any:
    down, across = counts.shape
    short = [[shortened(name, NAME_ROOM, POINTS) for name in part] for part in names]
    written = max(down, across) <= MOST_WRITTEN
    widest = max(inches(_count(value), 7) for value in counts.ravel()) if written else 0.0
    cell = (max(0.42, widest + 0.12), 0.36) if written else (0.15, 0.15)
    room = [max(inches(name, POINTS) for name in part) for part in short]
    lying = room[1] + 0.08 <= cell[0]  # names of columns side by side, else on end
    top = 0.2 if lying else room[1]
    width = cell[0] * across + room[0] + 0.7 + (0.9 if not written else 0)
    figure = new_figure(max(2.6, width), max(2.0, cell[1] * down + top + 0.7))
    axes = figure.subplots()
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)  # (r, c)
    shown = share.copy()
    if errors:
        np.fill_diagonal(shown, 0)
    limit = float(shown.max()) or 1.0
    picture = axes.imshow(shown, cmap="Oranges" if errors else "Blues", vmin=0, vmax=limit, aspect="auto")
    if errors:
        for i in range(down):
            axes.axvspan(i - 0.5, i + 0.5, 1 - (i + 1) / down, 1 - i / down, color="#ececec", linewidth=0)
    if written:
        _write_counts(axes, counts, shown / limit, errors)
    else:
        figure.colorbar(picture, ax=axes, label=f"share of the {what[0]}", shrink=0.6)
    axes.set_xticks(range(across), short[1], rotation=0 if lying else 90, fontsize=POINTS)
    axes.set_yticks(range(down), short[0], fontsize=POINTS)
    axes.set_xlabel(what[1])
    axes.set_ylabel(what[0])
    axes.tick_params(length=0)
    return figure


def _write_counts(axes: Axes, counts: np.ndarray, depth: np.ndarray, errors: bool) -> None:
    """Every count that is not 0, on its colour; `depth` is 0…1."""
    for i, j in np.argwhere(counts):
        grey = errors and i == j
        colour = "#666666" if grey else "white" if depth[i, j] > 0.55 else "black"
        axes.text(j, i, _count(counts[i, j]), ha="center", va="center", fontsize=7, color=colour)


def _count(value: Any) -> str:
    return f"{value:,}" if float(value).is_integer() else f"{value:.3g}"


def _in_words(counts: np.ndarray, names: list[list[str]], what: tuple[str, str], errors: bool) -> str:
    """The share on the diagonal and the largest errors, or the largest counts."""
    total = counts.sum()
    order = [divmod(int(at), counts.shape[1]) for at in np.argsort(-counts.ravel(), kind="stable")]
    if not errors:
        top = (
            f"{names[0][i]} and {names[1][j]} ({_count(counts[i, j])})" for i, j in order[:3] if counts[i, j]
        )
        return (
            f"How often each {what[0]} meets each {what[1]}, {counts.shape[0]} × {counts.shape[1]}; most "
            f"often {listed(top)}."
            if counts.any()
            else f"No {what[0]} meets any {what[1]}: every count is 0."
        )
    wrong = [(i, j) for i, j in order if i != j and counts[i, j]][:3]
    right = np.trace(counts)
    text = f"Confusion matrix of {plural(len(counts), 'class', 'classes')}: "
    text += f"{_count(right)} of {_count(total)} right"
    text += f" ({right / total:.1%})" if total else ""
    top = (f"{names[0][i]} taken for {names[1][j]} ({_count(counts[i, j])})" for i, j in wrong)
    return f"{text}. Most frequent errors: {listed(top)}." if wrong else f"{text}. No errors."
