"""The assignment edition: a notebook of the course in the form that nbgrader expects.

nbgrader recognises the cells it grades by their metadata. We make the metadata from the source:

- a cell with `### BEGIN SOLUTION` becomes a solution cell;
- the first cell with `cl.check("name", answer)` becomes the locked grade cell of that
  exercise, worth its points;
- the cell with `cl.guesses("01")` becomes the locked grade cell for taking part in the guesses of the lesson;
- after a text cell that asks for a prediction and has the tag `prediction` comes an answer cell,
  which a person grades. If no cell has the tag, we take the first prediction after the last exercise,
  because the learner can run that experiment next;
- after a text cell with the tag `report`, a table whose second column is points, comes an answer cell for
  each of its rows. A person grades them by what else stands in the row.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from capslab.course.editions import BEGIN, edition
from capslab.errors import ArgumentError, Verbatim
from capslab.exercises import find
from capslab.exercises.look_back import GUESS_POINTS

PREDICTION_POINTS = 2
REPORT_ROW = re.compile(r"^\| *([^|]+?) *\| *(\d+) *\|", re.M)
REPORT_STUB = "**{part}** ({points} points). *Your answer here.*"
PREDICTION_STUB = "*Your answer here: what you expect and why, before you run on. Then what you saw.*"
RUBRIC = (
    "A prediction that the next result could refute, with a reason; then what you saw, and what it means."
)
NOTE = """**This notebook is an assignment**, worth {points} points. Write your code where you see `...`,
and your text where you see *your answer here*. The checks answer at once; grading uses further checks of
the same kind. Do not change the cells with checks or the notebook's name. Before you hand it in, choose
*Restart Kernel and Run All Cells*."""

GUESS_NOTE = """ Write each of your guesses into its cell, for example `answer=60`: that is worth {points}
point, however far off the guess is."""


@dataclass(frozen=True)
class Check:
    """A call of `check` in a cell.

    Attributes
    ----------
    exercise : the name of the exercise.
    answer : the source text of the answer, usually a name.
    """

    exercise: str
    answer: str


def checks(source: str) -> list[Check]:
    """The checks in a cell, in order; an empty list if the cell is not Python.

    >>> checks('cl.check("squash", squash)')
    [Check(exercise='squash', answer='squash')]
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    calls = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "check":
            match node.args:
                case [ast.Constant(value=str(name)), answer]:
                    calls.append(Check(name, ast.unparse(answer)))
    return calls


def assignment(path: Path) -> nbformat.NotebookNode:
    """The source at `path` as a notebook for nbgrader: solutions between markers, metadata on graded cells.

    Raises
    ------
    ArgumentError : if a cell has two checks, an exercise is unknown, or there is nothing to grade.
    """
    book = edition(path, "assignment")
    graded: dict[str, int] = {}
    unchecked: list[Any] = []  # solution cells whose check comes later
    for number, cell in enumerate(book.cells, start=1):
        if cell.cell_type != "code":
            continue
        if BEGIN in cell.source:
            cell.metadata["nbgrader"] = _metadata(f"write-{number}", solution=True)
            unchecked.append(cell)
        new = [one for one in checks(cell.source) if one.exercise not in graded]
        if len(new) > 1:
            raise ArgumentError(
                "source",
                "one check per cell",
                Verbatim(f"{len(new)} in cell {number} of {path.name}"),
                "Move each check into a cell of its own.",
            )
        for one in new:
            exercise = find(one.exercise)
            graded[one.exercise] = exercise.points
            if cell in unchecked:
                raise ArgumentError(
                    "source",
                    "a check in a cell of its own",
                    Verbatim(f"cell {number} of {path.name}"),
                    "Move the check into a cell below the answer.",
                )
            cell.metadata["nbgrader"] = _metadata(
                f"check-{one.exercise}", grade=True, locked=True, points=exercise.points
            )
            if unchecked:
                unchecked[-1].metadata["nbgrader"]["grade_id"] = f"write-{one.exercise}"
            unchecked = []
    if not graded:
        raise ArgumentError(
            "NOTEBOOK",
            "a notebook with exercises",
            path.stem,
            "Choose another: `capslab assignment release 04 DIR`.",
        )
    predictions = _add_prediction_cells(book)
    report_points = _add_report_cells(book)
    guess_points = _grade_guesses(book)
    note = nbformat.v4.new_markdown_cell(
        NOTE.format(
            points=sum(graded.values()) + PREDICTION_POINTS * predictions + report_points + guess_points
        )
        + (GUESS_NOTE.format(points=guess_points) if guess_points else ""),
        id="assignment-note",
    )
    note.metadata["nbgrader"] = _metadata("assignment-note", locked=True)
    book.cells.insert(1, note)
    book.metadata["capslab"]["notebook"] = path.stem
    return book


def _grade_guesses(book: Any) -> int:
    """Makes the cell that looks back at the guesses the one that gives points for them; returns how many."""
    for cell in book.cells:
        if cell.cell_type == "code" and re.fullmatch(r"(cl\.)?guesses\(.*\)", cell.source.strip()):
            mark = _metadata("check-guesses", grade=True, locked=True, points=GUESS_POINTS)
            cell.metadata["nbgrader"] = mark
            return GUESS_POINTS
    return 0


def _add_prediction_cells(book: Any) -> int:
    """Adds an answer cell after each prediction that is graded; returns how many."""
    places = [i for i, c in enumerate(book.cells) if "prediction" in c.metadata.get("tags", [])]
    if not places:
        last = max(i for i, c in enumerate(book.cells) if c.metadata.get("nbgrader", {}).get("grade"))
        candidates = [
            i for i, c in enumerate(book.cells) if c.cell_type == "markdown" and "**Predict" in c.source
        ]
        places = [i for i in candidates if i > last][:1] or candidates[-1:]
    for number, place in reversed(list(enumerate(places, start=1))):
        answer = nbformat.v4.new_markdown_cell(RUBRIC, id=f"prediction-{number}")
        answer.metadata["nbgrader"] = _metadata(
            f"prediction-{number}", grade=True, solution=True, points=PREDICTION_POINTS
        )
        book.cells.insert(place + 1, answer)
    return len(places)


def _add_report_cells(book: Any) -> int:
    """Adds an answer cell for each row of a report's table of points; returns the sum of the points."""
    places = [i for i, c in enumerate(book.cells) if "report" in c.metadata.get("tags", [])]
    rows = [
        (place, part, int(n)) for place in places for part, n in REPORT_ROW.findall(book.cells[place].source)
    ]
    for number, (place, part, points) in reversed(list(enumerate(rows, start=1))):
        stub = REPORT_STUB.format(part=part, points=points)
        answer = nbformat.v4.new_markdown_cell(stub, id=f"report-{number}")
        answer.metadata["nbgrader"] = _metadata(f"report-{number}", grade=True, solution=True, points=points)
        book.cells.insert(place + 1, answer)
    return sum(points for _, _, points in rows)


def _metadata(
    grade_id: str, *, grade: bool = False, solution: bool = False, locked: bool = False, points: int = 0
) -> dict[str, Any]:
    metadata = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return {**metadata, "points": points} if grade else metadata
