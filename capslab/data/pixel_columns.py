"""Finds out from the first lines of a table which columns hold pixels, labels and the part of the split."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt

from capslab.data.decode_image_file import SUFFIXES as PICTURES

LABELS = ("label", "labels", "class", "target", "y", "emotion", "category", "digit", "letter", "character")
USAGES = ("usage", "split", "set", "part", "partition", "subset", "fold")
INDEXES = ("", "unnamed: 0", "index", "idx")
#: columns that hold one pixel each: pixel0, px_3, 1x1, r2c5, V7, 783
PIXEL = re.compile(r"(?:[a-z]*[ _.\-]*)\d+(?:[ _.\-x,:c]*\d+)*", re.IGNORECASE)
DELIMITERS = ("\t", ";", "|", ",", " ")
FEWEST = 16  # pixels: a table of fewer numbers is not a table of images
SURELY = 100  # numbers in a row without names: nothing but pixels is so wide


@dataclass(frozen=True)
class PixelColumns:
    """The layout of a table of pixels; columns count from 0.

    Attributes
    ----------
    delimiter : one character between two columns.
    header : whether the first line holds names.
    names : the names of the columns, or "column 1", ….
    first, stop : pixels are in the columns `first ≤ column < stop`.
    in_one_cell : all pixels of an image are in one cell, with blanks between them.
    label, usage : the columns with the label and with the part of the split; None if there is none.
    label_at_an_end : nothing names the label, but the number of columns says that it is among those of
        the pixels: the first or the last.
    height, width : the size of the images, if the names of the columns tell it; else 0.
    """

    delimiter: str
    header: bool
    names: tuple[str, ...]
    first: int
    stop: int
    in_one_cell: bool = False
    label: int | None = None
    usage: int | None = None
    label_at_an_end: bool = False
    height: int = 0
    width: int = 0


def find_columns(lines: Sequence[str]) -> PixelColumns | None:
    """The layout of a table of pixels from its first lines; None if it holds no pixels.

    Examples
    --------
    >>> columns = find_columns(["label," + ",".join(f"pixel{i}" for i in range(784)), "5" + ",0" * 784])
    >>> columns.label, columns.first, columns.stop
    (0, 1, 785)
    >>> find_columns(["path,label", "cats/1.png,cat"]) is None
    True
    """
    if not lines:
        return None
    delimiter = _delimiter(lines)
    rows = [_cells(line, delimiter) for line in lines]
    header = _is_header(rows)
    names = tuple(cell.strip() for cell in rows[0]) if header else ()
    names = names or tuple(f"column {i + 1}" for i in range(len(rows[0])))
    row = rows[min(int(header), len(rows) - 1)]
    if sum(bool(PIXEL.fullmatch(name)) for name in names if header) >= FEWEST and len(row) != len(names):
        row = ["0"] * len(names)  # a damaged row, or none: the names say enough
    if len(names) != len(row) or any(cell.lower().endswith(PICTURES) for cell in row):
        return None
    for column, cell in enumerate(row):
        if len(in_cell(cell)) >= FEWEST:
            return _with_roles(delimiter, header, names, column, column + 1, in_one_cell=True)
    return _wide(delimiter, header, names, row)


def in_cell(cell: str) -> list[str]:
    """The numbers in a cell such as `12 0 255` or `[12, 0, 255]`; `[]` if it holds anything else.

    >>> in_cell("[12, 0, 255]"), in_cell("two 2")
    (['12', '0', '255'], [])
    """
    numbers = cell.strip().strip("[]()").replace(",", " ").replace(";", " ").split()
    return numbers if all(_is_number(number) for number in numbers[:FEWEST]) else []


def is_image_length(count: int) -> bool:
    """Whether so many numbers make a square image, grey or in colour."""
    return any(
        count % channels == 0 and isqrt(count // channels) ** 2 * channels == count for channels in (1, 3)
    )


def _wide(delimiter: str, header: bool, names: tuple[str, ...], row: list[str]) -> PixelColumns | None:
    """The layout of a table with one column per pixel."""
    numeric = [_is_number(cell) for cell in row]
    roles = (*LABELS, *USAGES, *INDEXES, "id", "image_id")
    named = [header and bool(PIXEL.fullmatch(name)) for name in names]
    numbers = sum(ok for ok, is_pixel in zip(numeric, named, strict=True) if is_pixel)
    if sum(named) < FEWEST or (numbers < 0.9 * sum(named) and row != list(names)):
        named = [ok and name.lower() not in roles for name, ok in zip(names, numeric, strict=True)]
    first, stop = _longest_run(named)
    count = stop - first
    at_an_end = False
    if not is_image_length(count):
        at_an_end = is_image_length(count - 1) and not any(name.lower() in LABELS for name in names)
        if not at_an_end and count < SURELY:
            return None
    if count < FEWEST:
        return None
    return _with_roles(delimiter, header, names, first, stop, label_at_an_end=at_an_end)


def _with_roles(
    delimiter: str,
    header: bool,
    names: tuple[str, ...],
    first: int,
    stop: int,
    in_one_cell: bool = False,
    label_at_an_end: bool = False,
) -> PixelColumns:
    """The layout with the columns of the label and of the part of the split."""
    others = [i for i in range(len(names)) if not first <= i < stop]
    lower = [name.lower() for name in names]
    usage = next((i for i in others if lower[i] in USAGES), None)
    label = next((i for name in LABELS for i in others if lower[i] == name), None)
    free = [i for i in others if i != usage and lower[i] not in (*INDEXES, "id", "image_id")]
    if label is None and len(free) == 1 and not label_at_an_end:
        label = free[0]
    height, width = (0, 0) if in_one_cell or not header else _size_in_names(names[first], names[stop - 1])
    if height * width != stop - first:
        height = width = 0
    return PixelColumns(
        delimiter, header, names, first, stop, in_one_cell, label, usage, label_at_an_end, height, width
    )


def _size_in_names(first: str, last: str) -> tuple[int, int]:
    """Height and width that names such as `1x1` and `28x20` tell; (0, 0) if they tell none.

    >>> _size_in_names("1x1", "28x20"), _size_in_names("pixel0", "pixel783")
    ((28, 20), (0, 0))
    """
    starts, ends = (list(map(int, re.findall(r"\d+", name))) for name in (first, last))
    if len(starts) != 2 or len(ends) != 2:
        return 0, 0
    return ends[0] - starts[0] + 1, ends[1] - starts[1] + 1


def _delimiter(lines: Sequence[str]) -> str:
    """The character that divides the first lines into equally many cells; one of them may be damaged."""
    for delimiter in DELIMITERS:
        counts = [len(_cells(line, delimiter)) for line in lines]
        if counts[0] > 1 and 2 * counts.count(counts[0]) > len(counts):  # one line may be damaged
            return delimiter
    return ","


def _cells(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return line.split(delimiter)
    limit = csv.field_size_limit(max(csv.field_size_limit(), len(line) + 1))
    try:
        return next(csv.reader([line], delimiter=delimiter))
    finally:
        csv.field_size_limit(limit)


def _is_header(rows: list[list[str]]) -> bool:
    """Whether the first line holds names: few numbers, or 0, 1, 2, … as pandas writes them."""
    first = rows[0]
    numbers = [cell.strip() for cell in first if _is_number(cell)]
    if len(numbers) >= FEWEST:
        counting = [str(int(float(numbers[0])) + i) for i in range(len(numbers))]
        return numbers == counting
    return not any(len(in_cell(cell)) >= FEWEST for cell in first)


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _longest_run(flags: Sequence[bool]) -> tuple[int, int]:
    """Start and stop of the longest stretch of True."""
    best, start = (0, 0), 0
    for i, flag in enumerate([*flags, False]):
        if not flag:
            best = max(best, (start, i), key=lambda run: run[1] - run[0])
            start = i + 1
    return best
