"""Back to the class: one page per student, and a table of grades."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from pathlib import Path
from typing import Any

from capslab.classroom.folder import Classroom, write_file
from capslab.classroom.outcome import ABSENT, PERSON, Outcome
from capslab.classroom.release import run_quietly
from capslab.errors import DataUnavailable

COLUMNS = ("student", "first_name", "last_name", "assignment", "outcome", "automatic", "by_hand", "score",
           "max_score", "to_read", "notes")  # fmt: skip


def feedback(classroom: Classroom, assignments: list[str]) -> list[Path]:
    """Writes nbgrader's feedback pages for everybody who was graded, and returns them."""
    api = classroom.nbgrader_api()
    pages = []
    for name in assignments:
        if not any(classroom.root.glob(f"autograded/*/{name}/{name}.ipynb")):
            continue
        result = run_quietly(api.generate_feedback, name, force=True)
        if not result["success"]:
            lines = str(result.get("log") or result.get("error") or "").strip().splitlines() or [""]
            raise DataUnavailable(f"nbgrader could not write the feedback for {name}: {lines[-1][-300:]}")
        written = sorted(classroom.root.glob(f"feedback/*/{name}/{name}.html"))
        for page in written:
            _copy_secret(classroom.submitted(page.parents[1].name, name), page.parent)
        pages += written
    return pages


def _copy_secret(submitted: Path, feedback: Path) -> None:
    """Keeps the secret of nbgrader's exchange with the feedback, which finds its way back by it."""
    secret = submitted / "submission_secret.txt"
    if secret.is_file() and not secret.is_symlink():
        write_file(feedback / secret.name, secret.read_text("utf-8", "replace"))


def outcomes(classroom: Classroom, assignments: list[str]) -> list[Outcome]:
    """The outcome of everybody's submission so far, from the records."""
    result = []
    for name in assignments:
        for student in classroom.students():
            try:
                record = json.loads(classroom.record(student, name).read_text("utf-8"))
                result.append(Outcome.from_dict(record["outcome"]))
            except (OSError, ValueError, KeyError, TypeError):
                waiting = any(classroom.submitted(student, name).glob("*"))
                notes = ("It was handed in and is not graded yet.",) if waiting else ()
                result.append(Outcome(student, name, PERSON if waiting else ABSENT, notes=notes))
    return result


def count_to_read(classroom: Classroom, assignments: list[str]) -> int:
    """How many submissions have an answer that a person must read."""
    with classroom.gradebook() as book:
        return sum(s.needs_manual_grade for name in assignments for s in book.assignment_submissions(name))


def table(classroom: Classroom, assignments: list[str]) -> str:
    """Everybody's grades as a table (CSV), from the gradebook: points given by hand are in it."""
    people = {row["id"]: row for row in classroom.roster()}
    output = io.StringIO()
    writer = csv.DictWriter(output, COLUMNS, lineterminator="\n")
    writer.writeheader()
    with classroom.gradebook() as book:
        graded = {
            (s.assignment.name, unicodedata.normalize("NFC", s.student.id)): s
            for name in assignments
            for s in book.assignment_submissions(name)
        }
        max_scores = {name: book.find_assignment(name).max_score for name in assignments}
        for outcome in outcomes(classroom, assignments):
            person = people.get(outcome.student, {})
            row = {column: _no_formula(person.get(column, "")) for column in ("first_name", "last_name")}
            row |= {
                "student": _no_formula(outcome.student),
                "assignment": outcome.assignment,
                "outcome": outcome.name,
                "max_score": f"{max_scores[outcome.assignment]:g}",
                "notes": _no_formula(" ".join(outcome.notes)),
            }
            submission = graded.get((outcome.assignment, outcome.student))
            if submission is not None and outcome.name != ABSENT:
                row |= _scores(outcome, submission)
            writer.writerow(row)
    return output.getvalue()


def _scores(outcome: Outcome, submission: Any) -> dict[str, str]:
    """The columns of the table that hold points."""
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    ungraded = all(grade.auto_score is None and grade.manual_score is None for grade in grades)
    return {
        "automatic": "" if outcome.points is None else f"{outcome.points:g}",
        "by_hand": f"{sum(grade.manual_score or 0 for grade in grades):g}",
        "score": "" if ungraded else f"{submission.score:g}",
        "to_read": str(sum(grade.needs_manual_grade for grade in grades)),
    }


def write_table(classroom: Classroom, assignments: list[str], path: Path) -> None:
    """Writes the table to a file, marked as UTF-8 so that a spreadsheet shows every letter correctly."""
    write_file(path.expanduser().absolute(), "\ufeff" + table(classroom, assignments))


def _no_formula(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
