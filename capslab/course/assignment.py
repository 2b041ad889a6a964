"""The assignment edition: a notebook of the course as nbgrader knows it.

nbgrader finds what it grades by metadata. It is made from what a source says anyway:

- a cell with `### BEGIN SOLUTION` becomes a solution cell;
- the first cell with `cl.check("name", answer)` becomes the locked grade cell of that
  exercise, worth its points;
- a cell of prose that asks for a prediction and carries the tag `prediction` is followed
  by an answer cell that a person grades. Where no cell carries the tag, it is the first
  prediction after the last exercise: an experiment that the learner can run on.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from capslab.course.editions import BEGIN, edition
from capslab.errors import ArgumentError, Verbatim
from capslab.exercises import find

PREDICTION_POINTS = 2
PREDICTION_STUB = "*Your answer here: what you expect and why, before you run on. Then what you saw.*"
RUBRIC = (
    "A prediction that the next result could refute, with a reason; then what was seen, and what it means."
)
NOTE = """**This notebook is an assignment**, {points} points. Write where `...` stands, and where it says
*your answer here*. The checks answer at once; your class is graded with further ones of the same kind. Leave
the cells with checks as they are, keep the notebook's name, and before you hand it in choose *Restart Kernel
and Run All Cells*."""


@dataclass(frozen=True)
class Check:
    """A call of `check` in a cell.

    Attributes
    ----------
    exercise : its name.
    answer : the source text of what is checked, mostly a name.
    """

    exercise: str
    answer: str


def checks(source: str) -> list[Check]:
    """The checks in a cell, in order; none where the cell is not Python.

    >>> checks('cl.check("squash", squash)')
    [Check(exercise='squash', answer='squash')]
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "check":
            match node.args:
                case [ast.Constant(value=str(name)), answer]:
                    found.append(Check(name, ast.unparse(answer)))
    return found


def assignment(path: Path) -> nbformat.NotebookNode:
    """The source at `path` for nbgrader: solutions between their markers, metadata on graded cells.

    Raises
    ------
    ArgumentError : for two checks in one cell, an unknown exercise, or nothing to grade.
    """
    book = edition(path, "assignment")
    graded: dict[str, int] = {}
    waiting: list[Any] = []  # solution cells whose check comes later
    for number, cell in enumerate(book.cells, start=1):
        if cell.cell_type != "code":
            continue
        if BEGIN in cell.source:
            cell.metadata["nbgrader"] = _metadata(f"write-{number}", solution=True)
            waiting.append(cell)
        found = [one for one in checks(cell.source) if one.exercise not in graded]
        if len(found) > 1:
            raise ArgumentError(
                "source", "one check a cell", Verbatim(f"{len(found)} in cell {number} of {path.name}")
            )
        for one in found:
            exercise = find(one.exercise)
            graded[one.exercise] = exercise.points
            if cell in waiting:
                raise ArgumentError(
                    "source", "a check in a cell of its own", Verbatim(f"cell {number} of {path.name}")
                )
            cell.metadata["nbgrader"] = _metadata(
                f"check-{one.exercise}", grade=True, locked=True, points=exercise.points
            )
            if waiting:
                waiting[-1].metadata["nbgrader"]["grade_id"] = f"write-{one.exercise}"
            waiting = []
    if not graded:
        raise ArgumentError("NOTEBOOK", "a notebook with exercises", path.stem)
    asked = _with_predictions(book)
    note = nbformat.v4.new_markdown_cell(
        NOTE.format(points=sum(graded.values()) + PREDICTION_POINTS * asked), id="assignment-note"
    )
    note.metadata["nbgrader"] = _metadata("assignment-note", locked=True)
    book.cells.insert(1, note)
    book.metadata["capslab"]["notebook"] = path.stem
    return book


def _with_predictions(book: Any) -> int:
    """Sets a cell to answer in after each prediction that is graded; gives how many."""
    places = [i for i, c in enumerate(book.cells) if "prediction" in c.metadata.get("tags", [])]
    if not places:
        last = max(i for i, c in enumerate(book.cells) if c.metadata.get("nbgrader", {}).get("grade"))
        asking = [
            i for i, c in enumerate(book.cells) if c.cell_type == "markdown" and "**Predict" in c.source
        ]
        places = [i for i in asking if i > last][:1] or asking[-1:]
    for number, place in reversed(list(enumerate(places, start=1))):
        answer = nbformat.v4.new_markdown_cell(RUBRIC, id=f"prediction-{number}")
        answer.metadata["nbgrader"] = _metadata(
            f"prediction-{number}", grade=True, solution=True, points=PREDICTION_POINTS
        )
        book.cells.insert(place + 1, answer)
    return len(places)


def _metadata(
    grade_id: str, *, grade: bool = False, solution: bool = False, locked: bool = False, points: int = 0
) -> dict[str, Any]:
    made = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return {**made, "points": points} if grade else made
