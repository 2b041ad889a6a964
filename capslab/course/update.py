"""A learner's folder of notebooks, brought to a version of the course and never over their work.

What was copied into a folder is recorded there by its hash, so that a notebook which the learner
never touched can be told from one that is theirs. A built cell's id is a hash of what the cell said
(`capslab.course.editions`), so that a cell which they changed can be told too, and taken along.
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

RECORD = ".capslab-course.json"  # the versions of the notebooks that a folder was given


@dataclass(frozen=True)
class Kept:
    """What became of one notebook.

    Attributes
    ----------
    name : of its file.
    state : "copied", "same", "renewed" (never touched, so replaced), "beside" (the learner's
        stays, the newer one is set beside it), "theirs" (stays, nothing is newer) or "gone" (no longer
        part of the course; stays).
    words : that, for a learner.
    """

    name: str
    state: str
    words: str

    def __str__(self) -> str:
        return f"{self.name} {self.words}"


def bring(shipped: Path, folder: Path, told: Callable[[Kept], None] = lambda one: None) -> list[Kept]:
    """Brings a folder to the version in `shipped`: one `Kept` for each notebook, in the course's order.

    Every file is moved into place whole, and is recorded before the next is looked at:
    stopped at any moment, nothing is lost, and the next call goes on.

    Parameters
    ----------
    shipped : the folder with the course's notebooks.
    folder : the learner's; made where it is missing.
    told : called with each as soon as it is done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    given = _read(folder / RECORD)
    done = []
    sources = sorted(shipped.glob("*.ipynb"))
    for source in sources:
        done.append(_bring(source.read_bytes(), folder / source.name, given))
        _write(folder / RECORD, (json.dumps(given, indent=1, sort_keys=True) + "\n").encode())
        told(done[-1])
    for name in sorted(given.keys() - {source.name for source in sources}):
        if (folder / name).exists():
            done.append(Kept(name, "gone", "is no longer part of the course; yours stays."))
            told(done[-1])
    return done


def _bring(newer: bytes, target: Path, given: dict[str, str]) -> Kept:
    name, version = target.name, _version(newer)
    before, given[name] = given.get(name), version
    if not target.exists():
        _write(target, newer)
        return Kept(name, "copied", "is copied.")
    theirs = target.read_bytes()
    if theirs == newer:
        return Kept(name, "same", "is up to date.")
    if before == version:
        return Kept(name, "theirs", "is yours and stays; there is no newer one.")
    if _version(theirs) == before:
        _write(target, newer)
        return Kept(name, "renewed", "is brought up to date.")
    merged, taken, left = with_changes(newer, theirs)
    beside = _beside(target, merged)
    _write(beside, merged)
    words = f"is yours and stays; beside it is the newer {beside.name}"
    if taken:
        words += f", with the {_cells(taken)} that you changed"
    if left:
        words += f"; {_cells(left)} of yours {'have' if left > 1 else 'has'} no place in it"
    return Kept(name, "beside", f"{words}.")


def with_changes(newer: bytes, theirs: bytes) -> tuple[bytes, int, int]:
    """A newer notebook with a learner's cells in it; how many were taken along, how many were not.

    A cell is taken along, with its outputs, where the learner changed it and the course did not.
    """
    import nbformat

    try:
        book, old = (nbformat.reads(text.decode(), as_version=4) for text in (newer, theirs))
    except Exception:  # whatever a learner's file is: it stays as it is, and nothing of it is taken
        return newer, 0, 0
    changed = {cell.get("id"): cell for cell in old.cells if _changed(cell)}
    taken = 0
    for position, cell in enumerate(book.cells):
        if cell.get("id") in changed and not _changed(cell):
            book.cells[position] = changed[cell.id]
            taken += 1
    if not taken:
        return newer, 0, len(changed)
    return (nbformat.writes(book) + "\n").encode(), taken, len(changed) - taken


def _changed(cell: Any) -> bool:
    """Whether a cell no longer says what its id was made from."""
    from capslab.course.editions import cell_id

    made = re.fullmatch(r"([0-9a-f]{8})(-\d+)?", cell.get("id", ""))
    return bool(cell.source.strip()) and (made is None or made[1] != cell_id(cell.cell_type, cell.source))


def _cells(count: int) -> str:
    return f"{count} cell{'s' * (count > 1)}"


def _beside(target: Path, content: bytes) -> Path:
    """NAME.new.ipynb, or NAME.new2.ipynb and so on where that is taken by something else."""
    number = 1
    while True:
        beside = target.with_name(f"{target.stem}.new{number if number > 1 else ''}.ipynb")
        if not beside.exists() or beside.read_bytes() == content:
            return beside
        number += 1


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """The whole file or none of it; what an earlier attempt left half-way is written over."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _read(record: Path) -> dict[str, str]:
    try:
        read = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
