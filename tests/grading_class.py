"""A class for the grading tests: an assignment of small source, and submissions made from its release."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from capslab.classroom.folder import Classroom
from capslab.classroom.release import release
from capslab.classroom.watch_process import Limits
from capslab.course.editions import without_markers

NAME = "13_look_inside"
SOURCES = Path(__file__).parent / "assignment"
#: low, so that what hangs is soon seen to hang; a slow machine gets more from the proof of the solutions
QUICK = Limits(cpu_s=2.0, wall_s=4.0, memory_mb=400, output_mb=1.0)


@functools.cache
def released(*names: str) -> Path:
    """A class with these notebooks released: nbgrader takes seconds for it, so once is enough."""
    home = Path(tempfile.mkdtemp(prefix="capslab-class-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    release([SOURCES / f"{name}.py" for name in names], Classroom(home / "class"))
    return home / "class"


def made(folder: Path, *names: str) -> Classroom:
    """A class with these notebooks released."""
    shutil.copytree(released(*(names or (NAME,))), folder, dirs_exist_ok=True)
    return Classroom(folder)


def cell(book: Any, grade_id: str) -> Any:
    """The cell of a notebook that nbgrader knows by this id."""
    return next(c for c in book.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def solved(room: Classroom, name: str = NAME) -> Any:
    """The released notebook with every solution filled in."""
    book, source = room.released(name), nbformat.read(room.source(name), as_version=4)
    for one, ours in zip(book.cells, source.cells, strict=True):
        if one.metadata.get("nbgrader", {}).get("grade_id", "").startswith("write-"):
            one.source = without_markers(ours.source, name, keep=True)
    return book


def hand_in(
    room: Classroom,
    student: str,
    change: Callable[[Any], Any] | dict[str, str] | None = None,
    *,
    name: str = NAME,
    file: str | None = None,
) -> Path:
    """Hands in the solved notebook after a change: new text of cells by id, or a function of the notebook."""
    book = solved(room, name)
    if callable(change):
        book = change(book) or book
    for grade_id, text in (change if isinstance(change, dict) else {}).items():
        cell(book, grade_id).source = text
    path = room.submitted(student, name) / (file or f"{name}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(book if isinstance(book, str) else nbformat.writes(book), "utf-8")
    return path
