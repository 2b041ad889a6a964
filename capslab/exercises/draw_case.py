"""Arrays of a failing case as text, tables and heatmaps; what differs is marked by more than colour."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.errors import short
from capslab.exercises.compare_values import a_type, as_numbers
from capslab.exercises.numbers_in_words import SMALL, number, place, two_numbers

MOST_ROWS, MOST_COLUMNS = 12, 10  # of a table; what is larger is a heatmap
MOST_CELLS = (24, 40)  # rows and columns of a heatmap
NEGATIVE, POSITIVE = (0, 92, 171), (194, 65, 0)  # as in plots.style: the ends of its diverging colours
MARK = "≠"


@dataclass(frozen=True, eq=False)
class Shown:
    """What of a value is shown: a table of at most two axes.

    Attributes
    ----------
    title : what it is, with its shape and which part of it is shown.
    table : (rows, columns).
    wrong : the entries that differ, (rows, columns).
    flat : whether the value has one axis, so that its positions are columns.
    start : row and column with which the table starts.
    other : the table that it is compared with, or None.
    """

    title: str
    table: np.ndarray
    wrong: np.ndarray
    flat: bool
    start: tuple[int, int] = (0, 0)
    other: np.ndarray | None = None

    def text(self, row: int, column: int) -> str:
        """One entry, with enough digits to differ from the one that it is compared with."""
        value = self.table[row, column]
        if self.other is not None and self.wrong[row, column]:
            return two_numbers(value, self.other[row, column])[0]
        return number(value)

    @property
    def fits(self) -> bool:
        return self.table.shape[0] <= MOST_ROWS and self.table.shape[1] <= MOST_COLUMNS


def shown(name: str, value: Any, wrong: np.ndarray | None = None, other: Any = None) -> Shown | str:
    """What to show of a value: a part of it where it is large; a line of text if it is not an array."""
    array = as_numbers(value)
    if array is None or array.dtype.kind == "c" or not array.size:
        return f"{name}: {_one_line(value, array)}"
    mask = np.zeros(array.shape, bool) if wrong is None or wrong.shape != array.shape else wrong
    compared = as_numbers(other) if wrong is not None and wrong.shape == array.shape else None
    if array.ndim == 0:
        text = number(array[()])
        if mask[()] and compared is not None:
            text = two_numbers(array[()], compared[()])[0]
        return f"{name}: {text}"
    first = tuple(int(i) for i in np.argwhere(mask)[0]) if mask.any() else (0,) * array.ndim
    part = first[:-2] if array.ndim > 2 else ()
    table, mask = np.atleast_2d(array[part]), np.atleast_2d(mask[part])
    compared = np.atleast_2d(compared[part]) if compared is not None else None
    large = table.shape[0] > MOST_ROWS or table.shape[1] > MOST_COLUMNS
    start = tuple(
        max(0, min(at - most // 2, n - most)) if large else 0
        for at, n, most in zip((0, *first)[-2:], table.shape, MOST_CELLS, strict=True)
    )
    window = tuple(slice(at, at + most) for at, most in zip(start, MOST_CELLS, strict=True))
    title = f"{name}, shape {array.shape}"
    if part:
        title += f", of which {list(part)} is shown"
    if table[window].shape != table.shape:
        rows, columns = table[window].shape
        title += f", {rows} × {columns} from {list(start)} on"
    other_part = None if compared is None else compared[window]
    return Shown(title, table[window], mask[window], array.ndim == 1, (start[0], start[1]), other_part)


def _one_line(value: Any, array: np.ndarray | None) -> str:
    """A value that is no array of real numbers."""
    if array is not None and not isinstance(value, complex):
        return f"{'complex numbers' if array.size else 'nothing'}, shape {array.shape}"
    if not isinstance(value, (str, list, tuple, dict, complex)):
        return a_type(value)
    try:
        return short(value, 100)
    except Exception:  # a learner's object may do anything when it is shown
        return a_type(value)


def as_text(what: Shown | str) -> str:
    """For a terminal: numbers in columns, what differs behind a ≠."""
    if isinstance(what, str):
        return what
    if what.table.dtype == bool:
        return _mask_as_text(what)
    if not what.fits:
        lines = np.array2string(what.table[0] if what.flat else what.table, threshold=60, precision=4)
        return f"{what.title}:\n{lines}\n{_differences(what)}".rstrip()
    cells = [
        [(MARK if what.wrong[i, j] else "") + what.text(i, j) for j in range(what.table.shape[1])]
        for i in range(what.table.shape[0])
    ]
    width = max(len(cell) for row in cells for cell in row)
    rows = ["  ".join(cell.rjust(width) for cell in row) for row in cells]
    return "\n".join([f"{what.title}:", *(f"  {row}" for row in rows)])


def _mask_as_text(what: Shown) -> str:
    """True and False as characters, with others where they differ from the value beside it."""
    signs = np.where(what.table, np.where(what.wrong, "+", "#"), np.where(what.wrong, "-", "."))
    key = "# True, . False" + (", + True and - False where it differs" if what.wrong.any() else "")
    return "\n".join([f"{what.title} ({key}):", *(f"  {''.join(row)}" for row in signs)])


def as_html(what: Shown | str, scale: float) -> str:
    """For a notebook: a table of numbers, or a heatmap with a text for who cannot see it."""
    if isinstance(what, str):
        name, _, text = what.partition(": ")
        return _figure(name, f"<b>{html.escape(text)}</b>")
    return _figure(what.title, _table(what) if what.fits else _heatmap(what, scale))


def _figure(title: str, body: str) -> str:
    caption = f"<figcaption>{html.escape(title)}</figcaption>"
    return f"<figure style='margin:4px 12px 4px 0'>{caption}{body}</figure>"


def _differences(what: Shown) -> str:
    if not what.wrong.any():
        return ""
    at = tuple(int(i) for i in np.argwhere(what.wrong)[0])
    start = tuple(a + b for a, b in zip(at, what.start, strict=True))
    where = place(start[1:] if what.flat else start, (SMALL + 1,) * (1 if what.flat else 2))
    many = int(what.wrong.sum())
    return f"1 number differs,{where}" if many == 1 else f"{many} numbers differ, the first{where}"


def _table(what: Shown) -> str:
    """Each number in its cell; what differs is bold, framed and has a ≠ before it."""
    head = "".join(
        f"<th scope='col' style='opacity:.6;font-weight:normal'>{j}</th>" for j in range(what.table.shape[1])
    )
    rows = []
    for i in range(what.table.shape[0]):
        side = "" if what.flat else f"<th scope='row' style='opacity:.6;font-weight:normal'>{i}</th>"
        cells = "".join(
            "<td style='text-align:right;padding:1px 6px;"
            + ("border:2px solid currentColor;font-weight:bold'>" + MARK + " " if what.wrong[i, j] else "'>")
            + f"{what.text(i, j)}</td>"
            for j in range(what.table.shape[1])
        )
        rows.append(f"<tr>{side}{cells}</tr>")
    corner = "" if what.flat else "<td></td>"
    return (
        f"<table style='border-collapse:collapse'><thead><tr>{corner}{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _heatmap(what: Shown, scale: float) -> str:
    """One square per number, expected and received in the same colours; what differs has a ×."""
    rows, columns = what.table.shape
    side = 12
    parts = []
    for i in range(rows):
        for j in range(columns):
            x, y, value = side * j, side * i, float(what.table[i, j])
            parts.append(
                f"<rect x='{x}' y='{y}' width='{side}' height='{side}' fill='{_colour(value, scale)}'/>"
            )
            if what.wrong[i, j]:
                cross = f"M{x + 2} {y + 2}l{side - 4} {side - 4}m0 {4 - side}l{4 - side} {side - 4}"
                parts.append(
                    f"<path d='{cross}' stroke='white' stroke-width='4'/>"
                    f"<path d='{cross}' stroke='black' stroke-width='1.6'/>"
                )
    finite = what.table[np.isfinite(what.table)]
    span = (
        f"numbers from {number(finite.min())} to {number(finite.max())}"
        if finite.size
        else "no finite number"
    )
    span = f"{int(finite.sum())} of {finite.size} are True, coloured" if finite.dtype == bool else span
    alt = html.escape(f"{what.title}: {span}. {_differences(what)}".strip().rstrip("."), quote=True)
    marked = f"; {_differences(what)}, marked with a ×" if what.wrong.any() else ""
    key = f"<div style='max-width:360px'>{html.escape(span + marked)}</div>"
    return (
        f"<svg role='img' aria-label='{alt}' width='{min(side * columns, 360)}' "
        f"viewBox='0 0 {side * columns} {side * rows}' style='border:1px solid currentColor;max-width:100%'>"
        f"{''.join(parts)}</svg>{key}"
    )


def _colour(value: float, scale: float) -> str:
    if not np.isfinite(value):
        return "#808080"
    depth = min(abs(value) / scale, 1.0) ** 0.5 if scale else 0.0
    end = NEGATIVE if value < 0 else POSITIVE
    red, green, blue = (round(247 + (part - 247) * depth) for part in end)
    return f"rgb({red},{green},{blue})"
