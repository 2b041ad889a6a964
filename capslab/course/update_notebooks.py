"""Bringing a learner's folder of notebooks up to date without ever overwriting their work.

The folder keeps a record with the hash of each notebook that was copied into it. The hash tells
a notebook that the learner never touched from one they have worked in. The id of a built cell is
a hash of its text (`capslab.course.editions`), so we can also tell which cells the learner changed,
and carry these over into the newer notebook.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capslab._renames import LESSONS
from capslab.course.rename_in_notebooks import old_names

RECORD = ".capslab-course.json"  # which version of each notebook a folder was given


@dataclass(frozen=True)
class NotebookUpdate:
    """What happened to one notebook.

    Attributes
    ----------
    name : name of its file.
    state : "copied", "same", "renewed" (never touched, so replaced), "beside" (the learner's
        stays, and the newer one is put beside it), "theirs" (stays; there is no newer one) or "gone" (no
        longer part of the course; stays).
    words : the same in words, for the learner.
    old_names : one sentence for each old name in the learner's own cells.
    newer : name of the file that the newer notebook was put into, where `state` is "beside".
    carried, left_out : how many of the learner's cells are in the newer notebook, and how many are not,
        because the course changed them too.
    """

    name: str
    state: str
    words: str
    old_names: tuple[str, ...] = ()
    newer: str = ""
    carried: int = 0
    left_out: int = 0

    def __str__(self) -> str:
        return "\n".join([f"{self.name} {self.words}", *(f"  {line}" for line in self.old_names)])


def update_folder(
    shipped: Path, folder: Path, report: Callable[[NotebookUpdate], None] = lambda update: None
) -> list[NotebookUpdate]:
    """Brings a folder to the version in `shipped`; returns one `NotebookUpdate` per notebook, in order.

    Every file is moved into place as a whole, and is recorded before the next one is looked at. So
    the update may be stopped at any moment: nothing is lost, and the next call goes on.

    Parameters
    ----------
    shipped : the folder with the course's notebooks.
    folder : the learner's folder; created if it does not exist.
    report : called with each notebook's update as soon as it is done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    versions = _read_record(folder / RECORD)
    updates = []
    sources = sorted(shipped.glob("*.ipynb"))
    for source in sources:
        updates.append(_update_notebook(source.read_bytes(), folder / source.name, versions))
        _write(folder / RECORD, (json.dumps(versions, indent=1, sort_keys=True) + "\n").encode())
        report(updates[-1])
    for name in sorted(versions.keys() - {source.name for source in sources}):
        if (folder / name).exists():
            words = "is no longer part of the course; yours stays."
            if topics := LESSONS.get(name.removesuffix(".ipynb")):
                words += f" What it was about is now in {', '.join(topics)}."
            updates.append(NotebookUpdate(name, "gone", words, _old_names(folder / name)))
            report(updates[-1])
    return updates


def _update_notebook(newer: bytes, target: Path, versions: dict[str, str]) -> NotebookUpdate:
    name, version = target.name, _version(newer)
    previous, versions[name] = versions.get(name), version
    if not target.exists():
        _write(target, newer)
        return NotebookUpdate(name, "copied", "is copied.")
    theirs = target.read_bytes()
    if theirs == newer:
        return NotebookUpdate(name, "same", "is up to date.")
    if previous == version:
        words = "is yours and stays; there is no newer one."
        return NotebookUpdate(name, "theirs", words, _old_names(target))
    if _version(theirs) == previous:
        _write(target, newer)
        return NotebookUpdate(name, "renewed", "is brought up to date.")
    merged, carried, left_out = with_changes(newer, theirs)
    beside = _beside(target, merged)
    _write(beside, merged)
    words = f"is yours and stays; beside it is the newer {beside.name}"
    if carried:
        words += f", with the {_cells(carried)} that you changed"
    if left_out:
        words += f"; {_cells(left_out)} of yours {'have' if left_out > 1 else 'has'} no place in it"
    return NotebookUpdate(name, "beside", f"{words}.", _old_names(target), beside.name, carried, left_out)


def with_changes(newer: bytes, theirs: bytes) -> tuple[bytes, int, int]:
    """A newer notebook with the learner's cells in it; how many were carried over, and how many were not.

    A cell is carried over, with its outputs, if the learner changed it and the course did not.
    """
    import nbformat

    try:
        book, old = (nbformat.reads(text.decode(), as_version=4) for text in (newer, theirs))
    except Exception:  # whatever a learner's file is: it stays as it is, and nothing of it is carried over
        return newer, 0, 0
    changed = {cell.get("id"): cell for cell in old.cells if _is_changed(cell)}
    carried = 0
    for position, cell in enumerate(book.cells):
        if cell.get("id") in changed and not _is_changed(cell):
            book.cells[position] = changed[cell.id]
            carried += 1
    if not carried:
        return newer, 0, len(changed)
    return (nbformat.writes(book) + "\n").encode(), carried, len(changed) - carried


def _old_names(path: Path) -> tuple[str, ...]:
    """Old names in the cells of a notebook that the learner changed or added, one sentence each."""
    import nbformat

    try:
        cells = nbformat.read(path, as_version=4).cells
        own = [(n, cell) for n, cell in enumerate(cells, start=1) if cell.cell_type == "code"]
        found = [(n, sentence) for n, cell in own if _is_changed(cell) for sentence in old_names(cell.source)]
    except Exception:  # not a notebook any more: there is nothing to say about its cells
        return ()
    short_name = re.sub(r"^(\d\d)_.*", r"\1", path.stem)
    return tuple(f"In {short_name}, cell {number}: {sentence}." for number, sentence in found)


def _is_changed(cell: Any) -> bool:
    """Whether a cell's text is no longer the text that its id was made from."""
    from capslab.course.editions import cell_id

    built_id = re.fullmatch(r"([0-9a-f]{8})(-\d+)?", cell.get("id", ""))
    unchanged = built_id is not None and built_id[1] == cell_id(cell.cell_type, cell.source)
    return bool(cell.source.strip()) and not unchanged


def _cells(count: int) -> str:
    return f"{count} cell{'s' * (count > 1)}"


def _beside(target: Path, content: bytes) -> Path:
    """NAME.new.ipynb, or NAME.new2.ipynb and so on if that name is taken by another file."""
    number = 1
    while True:
        beside = target.with_name(f"{target.stem}.new{number if number > 1 else ''}.ipynb")
        if not beside.exists() or beside.read_bytes() == content:
            return beside
        number += 1


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Writes the whole file or nothing; overwrites what an interrupted attempt left behind."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _read_record(path: Path) -> dict[str, str]:
    try:
        versions = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return versions if isinstance(versions, dict) else {}
