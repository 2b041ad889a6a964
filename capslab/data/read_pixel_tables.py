"""Reads images from a table of pixels, such as `mnist_train.csv`: one row per image, one number per pixel."""

from __future__ import annotations

import csv
import gzip
import io
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np

from capslab.data.grey_levels import from_file_as_uint8
from capslab.data.image_axes import from_rows
from capslab.data.images import Images
from capslab.data.number_labels import numbered
from capslab.data.pixel_columns import (
    INDEXES,
    LABELS,
    PixelColumns,
    find_columns,
    in_cell,
    is_image_length,
)
from capslab.data.provenance import printable
from capslab.data.split_names import split_part
from capslab.data.splits import official_split
from capslab.data.summary_line import print_summary
from capslab.errors import ArgumentError, DataUnavailable, Verbatim

PACKED = (".csv.gz", ".tsv.gz")
LONGEST_CELL = 10_000_000  # characters; csv's own limit is that of a picture of 150×150
ROWS_AT_ONCE = 1000


@dataclass
class _Table:
    """What was read: the pixels `(n, pixels)`, and the words in the columns of the label and of the part."""

    rows: np.ndarray
    labels: list[str] | None
    usages: list[str] | None


def is_pixel_table(path: Path) -> bool:
    """Whether a table holds pixels rather than the names of picture files; judged by its first lines."""
    try:
        return find_columns(_first_lines(path)) is not None
    except (OSError, EOFError, zlib.error, csv.Error, UnicodeError):
        return False


def load_pixel_table(path: Path, seed: int = 0) -> Images:
    """The images in a table of pixels; one printed line says what was assumed.

    Parameters
    ----------
    path : a `.csv` or `.tsv`, plain or `.gz`, with or without a line of names. Each row is an image: a
        column per pixel (`pixel0`, …, `1x1`, …), or one column with all of them and blanks between
        (`pixels`). Another column may hold the label, and one the part of the split (`Usage`).
    seed : decides the split, or with given parts which training images are for validation.

    Raises
    ------
    DataUnavailable : the file cannot be read, or a row is damaged.
    ArgumentError : the table holds no pixels, or images whose height and width it does not tell.
    """
    notes: list[str] = []
    try:
        columns = find_columns(_first_lines(path))
        if columns is None:
            received = Verbatim(f"{path.name}, which has other columns")
            step = "If it lists picture files, unpack it first, next to them."
            raise ArgumentError("name", "a table of pixels, one row per image", received, step)
        table = _in_cells(path, columns) if columns.in_one_cell else _in_columns(path, columns)
    except (OSError, EOFError, zlib.error, csv.Error, UnicodeError) as error:
        if isinstance(error, DataUnavailable):
            raise
        raise DataUnavailable(
            f"{path.name} cannot be read as a table of pixels ({error}). Save it again."
        ) from None
    _settle_labels(table, columns, notes)
    parts = _parts(table, columns, notes)
    pixels = _shaped(table.rows, columns, path, notes)
    (levels,), note = from_file_as_uint8([pixels])
    notes.append(note)
    labels = None if table.labels is None else numbered(_whole(table.labels), None, len(levels))
    if labels is not None:
        notes.append(labels.note)
    roles = {columns.label, columns.usage if parts is not None else None}
    unused = [
        name
        for i, name in enumerate(columns.names)
        if not (columns.first <= i < columns.stop or i in roles or name.lower() in INDEXES)
    ]
    if unused:
        notes.append(f"not used: {', '.join(map(printable, unused))}")
    numbers = None if labels is None else labels.numbers
    images = Images(
        levels,
        numbers,
        () if labels is None else labels.names,
        name=path.name.split(".")[0],
        seed=seed,
        parts=None if parts is None else official_split(parts, [1] * len(parts), numbers, seed),
    )
    print_summary(images, notes)
    return images


def _settle_labels(table: _Table, columns: PixelColumns, notes: list[str]) -> None:
    """Take the label out of the pixels where it is among them, and leave out rows that lack one."""
    if columns.label_at_an_end:
        at_start = _is_label(table.rows[:, 0], table.rows[:, -1])
        label, table.rows = (
            (table.rows[:, 0], table.rows[:, 1:]) if at_start else (table.rows[:, -1], table.rows[:, :-1])
        )
        table.labels = [f"{number:g}" for number in label.tolist()]
        notes.append(f"{'first' if at_start else 'last'} column taken as the label")
    if table.labels is None:
        return
    table.labels = [word.strip() for word in table.labels]
    labelled = np.array([word != "" for word in table.labels])
    if not labelled.any():
        table.labels = None
    elif not labelled.all():
        notes.append(f"{int((~labelled).sum()):,} rows without a label left out")
        where = np.flatnonzero(labelled)
        table.rows = table.rows[where]
        table.labels = [table.labels[i] for i in where]
        table.usages = table.usages and [table.usages[i] for i in where]
    if table.labels and columns.label is not None and columns.names[columns.label].lower() not in LABELS:
        notes.append(f"labels from {printable(columns.names[columns.label])!r}")


def _is_label(first: np.ndarray, last: np.ndarray) -> bool:
    """Whether the first column looks more like labels than the last: 0…k − 1 or 1…k, and not all the same."""

    def likeness(column: np.ndarray) -> int:
        present = np.unique(column)
        if len(present) < 2 or (present != np.rint(present)).any():
            return 0
        counted = len(present) == present[-1] - present[0] + 1 and present[0] in (0, 1)
        return 2 if counted else 1

    return likeness(first) >= likeness(last)


def _whole(words: list[str]) -> np.ndarray:
    """Labels such as 3 or 3.0 as numbers `(n,)`; any others as they are."""
    try:
        numbers = np.array(words, np.float64)
    except ValueError:
        return np.array(words)
    return numbers.astype(np.int64) if bool((numbers == np.rint(numbers)).all()) else np.array(words)


def _parts(table: _Table, columns: PixelColumns, notes: list[str]) -> list[str] | None:
    """The part of each image according to the table; None if it does not say."""
    if table.usages is None or columns.usage is None:
        return None
    parts = [split_part(word) for word in table.usages]
    if len(set(parts)) < 2 or "" in parts:
        return None
    notes.append(f"split from {printable(columns.names[columns.usage])!r}")
    return parts


def _shaped(rows: np.ndarray, columns: PixelColumns, path: Path, notes: list[str]) -> np.ndarray:
    """The images `(n, h, w, c)` in rows of pixels."""
    if columns.height:
        return rows.reshape(len(rows), columns.height, columns.width, 1)
    if is_image_length(rows.shape[1]):
        pixels, note = from_rows(rows)
        if pixels.shape[3] > 1:
            notes.append(note)
        return pixels
    count = rows.shape[1]
    skip = ", skiprows=1" if columns.header else ""
    step = (
        "If you know height and width: "
        f"pixels = np.loadtxt({str(path)!r}, delimiter={columns.delimiter!r}{skip}, "
        f"usecols=range({columns.first}, {columns.stop})).reshape(-1, height, width), "
        "then np.savez('data.npz', images=pixels)."
    )
    if columns.in_one_cell:
        step = "Save them as an array instead: np.savez('data.npz', images=…) with shape (n, height, width)."
    expected = "a table of square images, or with names of columns that tell the size, such as 28x20"
    raise ArgumentError("name", expected, Verbatim(f"{count:,} pixels per row, which is not a square"), step)


# --- reading


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a table that are not empty, in UTF-8, plain or `.gz`."""
    with path.open("rb") as file:
        opened: BinaryIO = file
        if path.suffix.lower() == ".gz":
            opened = gzip.GzipFile(fileobj=file)  # type: ignore[assignment]
        start = opened.read(3)
        opened.seek(0)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):  # what Excel calls Unicode text
            text = io.TextIOWrapper(opened, encoding="utf-16")
            yield from (line.strip("\r\n").encode() for line in text if line.strip())
            return
        if start == b"\xef\xbb\xbf":
            opened.read(3)
        yield from (line.strip(b"\r\n") for line in opened if line.strip())


def _first_lines(path: Path) -> list[str]:
    return [_text(line) for line in islice(_lines(path), 4)]


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _in_columns(path: Path, columns: PixelColumns) -> _Table:
    """Read a table with one column per pixel, a thousand rows at a time."""
    after = len(columns.names) - columns.stop  # columns after the pixels
    width = columns.stop - columns.first
    delimiter = columns.delimiter.encode()
    blocks: list[np.ndarray] = []
    labels: list[str] = []
    usages: list[str] = []
    lines = islice(_lines(path), int(columns.header), None)
    n = 0
    while block := list(islice(lines, ROWS_AT_ONCE)):
        bodies = []
        for line in block:
            n += 1
            line = line.replace(b'"', b"")
            head = line.split(delimiter, columns.first)
            tail = head.pop().rsplit(delimiter, after)
            body = tail.pop(0)
            if body.count(delimiter) != width - 1 or len(head) != columns.first or len(tail) != after:
                cells = line.count(delimiter) + 1
                raise _damaged(
                    path, columns, n, f"it has {cells:,} columns instead of {len(columns.names):,}"
                )
            bodies.append(body)
            others = [*head, *tail]  # the columns that hold no pixels, in order
            for column, words in ((columns.label, labels), (columns.usage, usages)):
                if column is not None:
                    words.append(_text(others[column if column < columns.first else column - width]))
        numbers = _numbers(bodies, delimiter)
        if numbers is None or numbers.size != len(block) * width:
            first = n - len(block) + 1
            wrong = (i for i, body in enumerate(bodies, first) if _is_bad(body, delimiter, width))
            raise _damaged(path, columns, next(wrong, first), "a pixel is missing, or is not a number")
        blocks.append(numbers.reshape(len(block), width))
    return _table(blocks, labels, usages, columns, path)


def _in_cells(path: Path, columns: PixelColumns) -> _Table:
    """Read a table with all pixels of an image in one cell."""
    blocks: list[np.ndarray] = []
    labels: list[str] = []
    usages: list[str] = []
    limit = csv.field_size_limit(LONGEST_CELL)
    try:
        lines = (_text(line) for line in _lines(path))
        rows = csv.reader(lines, delimiter=columns.delimiter)
        for n, row in enumerate(islice(rows, int(columns.header), None), 1):
            if len(row) != len(columns.names):
                raise _damaged(path, columns, n, f"it has {len(row)} columns instead of {len(columns.names)}")
            cell = row[columns.first].strip().strip("[]()").replace(",", " ").replace(";", " ")
            numbers = _numbers([cell.encode()], b" ")
            if numbers is None or numbers.size != (blocks[0].size if blocks else numbers.size):
                size = len(in_cell(row[columns.first]))
                expected = f" instead of {blocks[0].size:,}" if blocks else ""
                raise _damaged(path, columns, n, f"its cell holds {size:,} pixels{expected}, or a word")
            blocks.append(numbers[None])
            for column, words in ((columns.label, labels), (columns.usage, usages)):
                if column is not None:
                    words.append(row[column])
    finally:
        csv.field_size_limit(limit)
    return _table(blocks, labels, usages, columns, path)


def _table(
    blocks: list[np.ndarray], labels: list[str], usages: list[str], columns: PixelColumns, path: Path
) -> _Table:
    if not blocks:
        raise DataUnavailable(f"{path.name} has names of columns, but no row of pixels. Save it again.")
    return _Table(
        np.concatenate(blocks),
        None if columns.label is None else labels,
        None if columns.usage is None else usages,
    )


def _numbers(bodies: list[bytes], delimiter: bytes) -> np.ndarray | None:
    """The numbers in some rows: uint8 if they fit, else int32 or float32; None if any is not a number.

    `np.fromstring` reads text several times as fast as `np.loadtxt`.
    """
    text = delimiter.join(bodies)
    if delimiter != b",":
        text = text.replace(b",", b".")  # 0,5 as half of Europe writes it
    for dtype in (np.int32, np.float32):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                numbers = np.fromstring(text, dtype, sep=delimiter.decode())
            except (ValueError, DeprecationWarning):
                continue
        if dtype is np.int32 and numbers.size and numbers.min() >= 0 and numbers.max() <= 255:
            return np.asarray(numbers.astype(np.uint8))
        return np.asarray(numbers)
    return None


def _is_bad(body: bytes, delimiter: bytes, width: int) -> bool:
    numbers = _numbers([body], delimiter)
    return numbers is None or numbers.size != width


def _damaged(path: Path, columns: PixelColumns, row: int, problem: str) -> DataUnavailable:
    line = row + int(columns.header)
    return DataUnavailable(
        f"{path.name} is damaged in line {line:,}: {problem}. Correct or delete that line, or save it again."
    )
