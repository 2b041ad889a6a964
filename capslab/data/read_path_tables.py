"""Reads tables that name picture files (CSV, TSV), as spreadsheets, pandas and competitions save them."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path

from capslab.data.choose_table_columns import (
    TableColumns,
    choose_columns,
    has_header,
    is_missing,
    part_of_row,
)
from capslab.data.class_names import shortened
from capslab.data.find_images import ImageFile, ImageSearch, file_problem, name_problem, opener
from capslab.data.folder_classes import by_folder, name_parts
from capslab.data.guess_code_page import guess_code_page
from capslab.data.match_table_paths import FolderFiles, PathMatch
from capslab.errors import ArgumentError, DataUnavailable, Verbatim

MOST_NAMES_SAID = 3
SAME_FILE = "rows with other paths end in the same file: give the whole path"
ADVICE = "Move the table into the folder that its paths start from, and load it there."
EXAMPLE = "Let its first line be path,label and each other line like cat/1.png,cat"


def in_table(path: Path) -> ImageSearch:
    """The pictures that a table lists, inside its own folder.

    The column of paths is the one whose cells are files that exist: whole paths, paths of another machine
    that end as a file here does, or names without an ending. Labels and the split are taken from columns
    that say so; `ImageSearch.notes` says which were taken and which were not.

    Parameters
    ----------
    path : a file with a comma, semicolon, tab or bar between the columns, with or without a header.

    Raises
    ------
    DataUnavailable : the file cannot be read as a table of text, or is empty.
    ArgumentError : the table does not list paths.
    """
    text, note = _text(path)
    rows = _rows(path, text)
    files = FolderFiles(path.parent)

    def is_file(cell: str) -> bool:
        match = files.match(cell)
        return bool(match.file or match.several)

    named = has_header(rows[0], is_file)
    width = max(len(row) for row in rows)
    rows = [row + [""] * (width - len(row)) for row in rows]
    names = [cell.strip() for cell in rows[0]] if named else [""] * width
    cells = rows[1:] if named else rows
    if not cells:
        raise DataUnavailable(f"{path.name} contains no picture: it ends after its header. {EXAMPLE}.")
    columns = choose_columns(names, cells, is_file)
    if columns is None:
        header = rows[0][:4] + (["…"] if width > 4 else [])
        received = Verbatim(f"columns {', '.join(header)}")
        raise ArgumentError("name", "a CSV with columns path and label", received, f"{EXAMPLE}.")
    search = ImageSearch(folders_are_classes=False, advice=ADVICE)
    matches = [files.match(row[columns.path]) for row in cells]
    beside = [i for i in (columns.label, columns.part) if i is not None]
    matches = [
        match.beside(*(row[i] for i in beside)) if match.several else match
        for row, match in zip(cells, matches, strict=True)
    ]
    matches = _without_collisions([row[columns.path] for row in cells], matches)
    labels = _labels(names, cells, columns)
    _add_files(search, path.parent, cells, columns, names, matches, labels)
    search.notes += ([note] if note else []) + _notes(names, columns)
    by_name = sum(bool(match.file) and not match.exact for match in matches)
    if by_name:
        search.notes.append(f"{by_name:,} file{'s' if by_name > 1 else ''} found by name")
    if labels is None:
        _use_folders(search)
    return search


def _add_files(
    search: ImageSearch,
    root: Path,
    cells: list[list[str]],
    columns: TableColumns,
    names: list[str],
    matches: list[PathMatch],
    labels: list[str] | None,
) -> None:
    for i, (row, match) in enumerate(zip(cells, matches, strict=True)):
        given = row[columns.path].strip() or f"row {i + 1}"
        file = root / match.file
        reason = match.problem or name_problem(file.name) or file_problem(file, root)
        part = ""
        if columns.part is not None:
            part = part_of_row(names[columns.part], row[columns.part])
            reason = reason or ("" if part else "no part of the split, although other rows have one")
        if reason:
            search.skip(given, reason)
        else:
            label = None if labels is None else labels[i]
            search.files.append(ImageFile(match.file, opener(file), label, part))


def _text(path: Path) -> tuple[str, str]:
    """The text of a table, and a note if its encoding had to be guessed."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataUnavailable(
            f"{path.name} cannot be read ({error.strerror}). Change its permissions, or save it elsewhere."
        ) from None
    note = ""
    try:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = content.decode("utf-16")
        elif content.count(0) > len(content) // 4:  # UTF-16 without a mark
            text = content.decode("utf-16-le" if content[1:2] == b"\0" else "utf-16-be")
        else:
            try:
                text = content.decode("utf-8-sig")
            except UnicodeDecodeError:
                text, note = _guessed(content)
    except UnicodeDecodeError:
        raise DataUnavailable(
            f"{path.name} is not text that can be read. Save it in your spreadsheet program as “CSV UTF-8”."
        ) from None
    strange = sum(c < " " and c not in "\t\r\n\0" for c in text[:10_000])
    if strange > max(20, len(text[:10_000]) // 20):
        raise DataUnavailable(
            f"{path.name} is not a table of text. Save it in your spreadsheet program as “CSV UTF-8”."
        )
    return text.replace("\0", ""), note


def _guessed(content: bytes) -> tuple[str, str]:
    """The text of bytes that are not UTF-8, and a note; a few damaged lines do not make another encoding."""
    unusual = [line for line in content.splitlines() if not line.isascii()]
    damaged = sum(line.decode("utf-8", "ignore").encode() != line for line in unusual)
    if damaged <= len(unusual) // 10:
        return content.decode("utf-8-sig", "replace"), f"{damaged:,} damaged line{'s' if damaged > 1 else ''}"
    codec, said = guess_code_page(unusual)
    return content.decode(codec), f"text read as {said}"


def _rows(path: Path, text: str) -> list[list[str]]:
    """The cells of each row that is not empty, with the delimiter that makes the rows equally long."""
    first, _, rest = text.partition("\n")
    stated = first.strip().lower().strip('"')
    delimiters = ",;\t|"
    if stated.startswith("sep=") and len(stated) == 5:  # Excel's own line
        delimiters, text = stated[4:], rest
    best: list[list[str]] = []
    quality = (-1.0, 0)
    for delimiter in delimiters:
        try:
            found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
            rows = [row for row in found if any(cell.strip() for cell in row)]
        except csv.Error as error:
            raise DataUnavailable(
                f"{path.name} cannot be read as a table ({error}). "
                "Save it in your spreadsheet program as “CSV UTF-8”."
            ) from None
        if rows:
            width = len(rows[0])
            equal = sum(len(row) == width for row in rows) / len(rows)
            if (equal if width > 1 else 0.0, width) > quality:
                best, quality = rows, (equal if width > 1 else 0.0, width)
    if not best:
        raise DataUnavailable(f"{path.name} is empty. It needs one row per image. {EXAMPLE}.")
    return best


def _without_collisions(cells: list[str], matches: list[PathMatch]) -> list[PathMatch]:
    """The matches, without those by which different paths would be one and the same file."""
    claims: dict[str, set[str]] = defaultdict(set)
    for cell, match in zip(cells, matches, strict=True):
        if match.file:
            claims[match.file].add("/".join(name_parts(cell.strip())))
    return [
        PathMatch(problem=SAME_FILE) if not match.exact and len(claims[match.file]) > 1 else match
        for match in matches
    ]


def _labels(names: list[str], cells: list[list[str]], columns: TableColumns) -> list[str] | None:
    """The label of each row, "" where it is missing; None if no column has labels."""
    if columns.one_hot:
        return [next(names[i] for i in columns.one_hot if float(row[i]) == 1) for row in cells]
    if columns.label is None:
        return None
    labels = ["" if is_missing(row[columns.label]) else row[columns.label] for row in cells]
    filled = [label for label in labels if label]
    if filled and all(label.endswith(".0") and label[:-2].isdigit() for label in filled):
        labels = [label.removesuffix(".0") for label in labels]  # pandas, where a number was missing
    return labels


def _notes(names: list[str], columns: TableColumns) -> list[str]:
    notes = []
    if not any(names):
        label = "" if columns.label is None else f", labels from column {columns.label + 1}"
        notes.append(f"no header: paths from column {columns.path + 1}{label}")
    elif columns.one_hot:
        notes.append(f"labels from the columns {_listed([names[i] for i in columns.one_hot])}")
    elif columns.label is not None:
        name = names[columns.label]
        notes.append(f"labels from column {shortened(name) if name else columns.label + 1}")
    if columns.part is not None:
        notes.append(f"split from column {shortened(names[columns.part])}")
    if columns.unused:
        several = len(columns.unused) > 1
        notes.append(f"column{'s' if several else ''} {_listed(columns.unused)} not used")
        if columns.label is None and not columns.one_hot:
            notes.append("if one of them holds the classes, name it label in the first line")
    return notes


def _listed(names: list[str] | tuple[str, ...]) -> str:
    more = f" and {len(names) - MOST_NAMES_SAID} more" if len(names) > MOST_NAMES_SAID else ""
    return ", ".join(shortened(name) for name in names[:MOST_NAMES_SAID]) + more


def _use_folders(search: ImageSearch) -> None:
    """Without a column of labels: the folders in the paths are the classes, if there are several."""
    assigned = by_folder([file.name for file in search.files])
    if len({each.label for each in assigned}) > 1:
        search.folders_are_classes = True
        search.notes.append("classes from the folders in the paths")
