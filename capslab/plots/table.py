"""A table: HTML in a notebook, aligned text in a terminal."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from capslab.errors import ArgumentError

#: a number as people write it: 1,234 · −0.5 · +3.2 % · 12 s is none
NUMBER = re.compile(r"[+\-−±]?\d[\d,]*(\.\d+)?([eE][+\-−]?\d+)?( ?%)?|[+\-−]?\.\d+|–|")


@dataclass(frozen=True, repr=False)
class Table:
    """Rows under headings, which a notebook shows as a cell's value.

    Attributes
    ----------
    headings : one per column.
    rows : the cells as text, row by row.
    best : positions `(row, column)` of the best values; they are bold and have a star.
    caption : what the table shows, or "".
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    best: frozenset[tuple[int, int]] = frozenset()
    caption: str = ""

    def _numeric(self) -> list[bool]:
        """For each column, whether it holds numbers; those stand at the right edge."""
        return [all(NUMBER.fullmatch(row[j]) for row in self.rows) for j in range(len(self.headings))]

    def _shown(self, i: int, j: int) -> str:
        """A cell with its star, which stands in front, so that digits stay below each other."""
        return f"★ {self.rows[i][j]}" if (i, j) in self.best else self.rows[i][j]

    def __str__(self) -> str:
        numeric = self._numeric()
        cells = [
            self.headings,
            *(tuple(self._shown(i, j) for j in range(len(self.headings))) for i in range(len(self.rows))),
        ]
        widths = [max(_width(row[j]) for row in cells) for j in range(len(self.headings))]
        lines = []
        for row in cells:
            padded = [
                " " * (wide - _width(cell)) + cell if right else cell + " " * (wide - _width(cell))
                for cell, wide, right in zip(row, widths, numeric, strict=True)
            ]
            lines.append("  ".join(padded).rstrip())
        lines.insert(1, "  ".join("─" * wide for wide in widths))
        return "\n".join([self.caption, *lines] if self.caption else lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        # The alignment stands at every cell, because JupyterLab has its own and GitHub drops style sheets.
        sides = ["right" if right else "left" for right in self._numeric()]
        head = "".join(
            f'<th scope="col" style="text-align:{side}">{escape(heading)}</th>'
            for heading, side in zip(self.headings, sides, strict=True)
        )
        body = "".join(f"<tr>{self._html_row(i, sides)}</tr>" for i in range(len(self.rows)))
        style = 'style="text-align:left;caption-side:top;font-weight:bold;padding:4px 0"'
        caption = f"<caption {style}>{escape(self.caption)}</caption>" if self.caption else ""
        return (
            f'<table style="font-variant-numeric:tabular-nums">{caption}<thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>"
        )

    def _html_row(self, i: int, sides: Sequence[str]) -> str:
        cells = []
        for j, side in enumerate(sides):
            text = escape(self._shown(i, j))
            if (i, j) in self.best:
                text = f"<strong>{text}</strong>"
            # The first column names its row, unless it is a column of numbers.
            kind = "td"
            weight = ""
            if j == 0 and side == "left":
                kind, weight = 'th scope="row"', ";font-weight:normal"
            cells.append(f'<{kind} style="text-align:{side}{weight}">{text}</{kind.split()[0]}>')
        return "".join(cells)


def table(
    rows: Sequence[Mapping[str, Any]],
    best: Mapping[str, str] | None = None,
    columns: Mapping[str, str] | None = None,
    caption: str = "",
) -> Table:
    """A comparison as a table, with the best value of a column in bold and with a star.

    Parameters
    ----------
    rows : one mapping per row, all with the same names in the same order; None and NaN are shown as a dash.
    best : for some columns of numbers, "high" or "low", whichever is better.
    columns : for the columns to show, their headings; None shows all columns under their own names.
    caption : a line above the table that says what it shows.

    Returns
    -------
    A table that a notebook shows as HTML and `print` as aligned text.

    Raises
    ------
    ArgumentError : for rows that do not have the same names, for a column that no row has, and for a best
        value among texts.

    Examples
    --------
    >>> table([{"model": "VAE", "ARI": 0.52}, {"model": "pixels", "ARI": 0.36}], best={"ARI": "high"})
    model      ARI
    ──────  ──────
    VAE     ★ 0.52
    pixels    0.36
    """
    listed = list(rows) if not isinstance(rows, (str, Mapping)) else []
    if not all(isinstance(row, Mapping) for row in listed):
        listed = []
    if columns is not None:
        missing = [name for name in columns if any(name not in row for row in listed)]
        if missing:
            raise ArgumentError(
                "columns", "names that every row has", missing, "Leave it out to show all columns."
            )
        listed = [{heading: row[name] for name, heading in columns.items()} for row in listed]
    if not listed or not listed[0] or any(list(row) != list(listed[0]) for row in listed):
        raise ArgumentError(
            "rows",
            "at least one mapping, all with the same names",
            rows,
            "Try [{'model': 'CapsNet', 'accuracy': 0.98}]: the same names in every row.",
        )
    headings = list(listed[0])
    cells = tuple(tuple(_cell_text(row[name]) for name in headings) for row in listed)
    winners = frozenset(
        (i, headings.index(name))
        for name, which in (best or {}).items()
        for i in _best_of(name, which, listed, best)
    )
    return Table(tuple(map(str, headings)), cells, winners, caption)


def _best_of(name: str, which: str, rows: Sequence[Mapping[str, Any]], best: Any) -> list[int]:
    """The rows with the best value of a column; several if they are equal, none if there is no value."""
    headings = list(rows[0])
    if name not in headings or which not in ("high", "low"):
        raise ArgumentError(
            "best", f'"high" or "low" for some of {headings}', best, f"Try best={{{headings[-1]!r}: 'high'}}."
        )
    values: dict[int, float] = {}
    for i, row in enumerate(rows):
        value = _as_number(row[name])
        if value is None:
            raise ArgumentError(
                "best",
                f"for columns of numbers: {name!r} holds {row[name]!r}",
                best,
                f"Leave {name!r} out of best, or put numbers into the rows.",
            )
        if math.isfinite(value):
            values[i] = value
    if not values:
        return []
    top = (max if which == "high" else min)(values.values())
    return [i for i, value in values.items() if value == top]


def _as_number(value: Any) -> float | None:
    """A cell's number, from text too ("0.983", "1,234", "12 %"); NaN for an empty cell, None for none."""
    if value is None or value in ("", "–"):
        return math.nan
    if isinstance(value, str):
        plain = value.replace(",", "").replace("−", "-").replace("%", "").strip()
        if not NUMBER.fullmatch(value.strip()):
            return None
        value = plain
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _cell_text(value: Any) -> str:
    if value is None or (isinstance(value, (float, np.floating)) and np.isnan(value)):
        return "–"
    if isinstance(value, (float, np.floating)):
        return f"{value:,.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return (
        f"{value:,}" if isinstance(value, (int, np.integer)) and not isinstance(value, bool) else str(value)
    )


def _width(text: str) -> int:
    """Columns that a text takes in a terminal; Chinese, Japanese and Korean characters take two."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
