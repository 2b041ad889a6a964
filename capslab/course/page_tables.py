"""The tables of an exported page, with heads that say what they are heads of."""

from __future__ import annotations

import re

TABLE = re.compile(r"<table[^>]*>(?:(?!<table).)*?</table>", re.S)
ROW = re.compile(r"<tr[^>]*>.*?</tr>", re.S)
CELL = re.compile(r"<(t[hd])([^>]*)>(.*?)</\1>", re.S)


def with_heads(body: str) -> str:
    """The body with tables whose heads a screen reader can read out.

    Markdown knows heads of columns only, so a table with names of rows has an empty head above them. Here
    such a corner is no head, and the names below it are heads of their rows.

    Examples
    --------
    >>> print(with_heads("<table><tr><th></th><th>k</th></tr><tr><td>A</td><td>3</td></tr></table>"))
    <table><tr><td></td><th scope="col">k</th></tr><tr><th scope="row">A</th><td>3</td></tr></table>
    """
    return TABLE.sub(lambda match: _table(match[0]), body)


def _table(table: str) -> str:
    rows = ROW.findall(table)
    first = CELL.findall(rows[0]) if rows else []
    if not first or any(kind != "th" for kind, _, _ in first):
        return table  # no head at all, or one that says already which cell is none
    has_names = not first[0][2].strip()
    head, *others = rows
    made = [CELL.sub(lambda cell: _cell(cell, "col"), head)]
    made += [CELL.sub(lambda cell: _cell(cell, "row"), row, count=1) if has_names else row for row in others]
    for row, new in zip(rows, made, strict=True):
        table = table.replace(row, new, 1)
    return table


def _cell(cell: re.Match[str], scope: str) -> str:
    """A cell as a head; one with nothing in it is none."""
    _, attributes, inside = cell.groups()
    if not inside.strip():
        return f"<td{attributes}>{inside}</td>"
    said = attributes if "scope=" in attributes else f'{attributes} scope="{scope}"'
    return f"<th{said}>{inside}</th>"
