"""Releasing assignments: from the course's sources to the notebooks that a class gets, and the gradebook."""

from __future__ import annotations

import contextlib
import io
import logging
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

from capslab.classroom.folder import Classroom, write_file
from capslab.course.editions import BEGIN, END
from capslab.course.make_assignment import assignment
from capslab.course.paths import unused
from capslab.errors import ArgumentError, DataUnavailable, Verbatim


def release(sources: list[Path], classroom: Classroom) -> list[Path]:
    """Makes an assignment from each source and returns the notebooks to hand out.

    Raises
    ------
    ArgumentError : a notebook has no source or nothing to grade, or the gradebook already holds
        submissions of a release with other cells.
    """
    for path in sources:
        if path.suffix != ".py":
            raise ArgumentError(
                "NOTEBOOK",
                "a notebook that has its source",
                path.name,
                "Give the number of a notebook instead: `capslab assignment release 04 "
                f"{shlex.quote(str(classroom.root))}`.",
            )
    books = {path.stem: assignment(path) for path in sources}  # first, because this can fail
    classroom.make()
    api = classroom.nbgrader_api()
    for name, book in books.items():
        write_file(classroom.source(name), nbformat.writes(book) + "\n")
        result = run_quietly(api.generate_assignment, name, force=True)
        if not result["success"]:
            step = f"Release it into a new folder: `capslab assignment release {name[:2]} {unused('class')}`."
            raise ArgumentError("NOTEBOOK", "one that nbgrader can release", Verbatim(_failure(result)), step)
        released = classroom.released(name)
        if any(BEGIN in cell.source for cell in released.cells):
            raise DataUnavailable(
                f"{classroom.release(name)} still contains a solution, so do not hand it out. Put the "
                f"markers {BEGIN!r} and {END!r} around every solution of {name}.py, and release it again."
            )
    with classroom.gradebook() as gradebook:
        for row in classroom.roster():
            gradebook.update_or_create_student(row["id"], **{k: v for k, v in row.items() if k != "id"})
    return [classroom.release(name) for name in books]


def run_quietly(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Calls a function of nbgrader without its log on the screen."""
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    import warnings

    discarded = io.StringIO()
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stderr(discarded),
        contextlib.redirect_stdout(discarded),
    ):
        warnings.simplefilter("ignore")
        return function(*arguments, **options)


def _failure(result: dict) -> str:
    """Why nbgrader did not release a notebook, from its log."""
    log = str(result.get("log") or result.get("error") or "")
    if "there are submissions associated" in log or "are submissions associated" in log:
        return "a notebook whose exercises differ from those already handed in"
    lines = [line for line in log.strip().splitlines() if line.strip()]
    return lines[-1][-300:] if lines else "no reason"
