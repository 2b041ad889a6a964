"""Releasing assignments: from the course's sources to what a class gets, and into the gradebook."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from capslab.classroom.folder import Classroom, write
from capslab.course.assignment import assignment
from capslab.course.editions import BEGIN
from capslab.errors import ArgumentError, DataUnavailable, Verbatim


def release(sources: list[Path], room: Classroom) -> list[Path]:
    """Makes an assignment of each source; gives the notebooks to hand out.

    Raises
    ------
    ArgumentError : where a notebook has no source or nothing to grade, or where submissions in the
        gradebook belong to a release with other cells.
    """
    for path in sources:
        if path.suffix != ".py":
            raise ArgumentError(
                "NOTEBOOK", "a notebook with its source", path.name, "Releasing needs a checkout of capslab."
            )
    books = {path.stem: assignment(path) for path in sources}  # everything that can fail comes first
    room.make()
    api = room.api()
    for name, book in books.items():
        write(room.source(name), nbformat.writes(book) + "\n")
        done = quietly(api.generate_assignment, name, force=True)
        if not done["success"]:
            raise ArgumentError("NOTEBOOK", "what nbgrader can release", Verbatim(_why(done)), "")
        released = room.released(name)
        if any(BEGIN in cell.source for cell in released.cells):
            raise DataUnavailable(f"{room.release(name)} still has a solution in it; it was not released.")
    with room.gradebook() as gradebook:
        for row in room.roster():
            gradebook.update_or_create_student(row["id"], **{k: v for k, v in row.items() if k != "id"})
    return [room.release(name) for name in books]


def quietly(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Calls nbgrader without its log on the screen."""
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    import warnings

    nowhere = io.StringIO()
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stderr(nowhere),
        contextlib.redirect_stdout(nowhere),
    ):
        warnings.simplefilter("ignore")
        return function(*arguments, **options)


def _why(done: dict) -> str:
    log = str(done.get("log") or done.get("error") or "")
    if "there are submissions associated" in log or "are submissions associated" in log:
        return (
            "a notebook with other exercises than the one that was handed in already; "
            "release it in another folder"
        )
    lines = [line for line in log.strip().splitlines() if line.strip()]
    return lines[-1][-300:] if lines else "nothing"
