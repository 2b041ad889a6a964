"""Back to the class: a page for every student, and a table of grades."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from pathlib import Path

from capslab.classroom.folder import Classroom, write
from capslab.classroom.outcome import ABSENT, PERSON, Outcome
from capslab.classroom.release import quietly
from capslab.errors import DataUnavailable

COLUMNS = ("student", "first_name", "last_name", "assignment", "outcome", "automatic", "by_hand", "score",
           "max_score", "to_read", "words")  # fmt: skip


def feedback(room: Classroom, assignments: list[str]) -> list[Path]:
    """Writes nbgrader's feedback pages of everybody who was graded; gives them."""
    api = room.api()
    pages = []
    for name in assignments:
        if not any(room.root.glob(f"autograded/*/{name}/{name}.ipynb")):
            continue
        done = quietly(api.generate_feedback, name, force=True)
        if not done["success"]:
            lines = str(done.get("log") or done.get("error") or "").strip().splitlines() or [""]
            raise DataUnavailable(f"nbgrader could not write the feedback of {name}: {lines[-1][-300:]}")
        written = sorted(room.root.glob(f"feedback/*/{name}/{name}.html"))
        for page in written:
            _keep_secret(room.submitted(page.parents[1].name, name), page.parent)
        pages += written
    return pages


def _keep_secret(submitted: Path, feedback: Path) -> None:
    """What came through nbgrader's exchange carries a secret: feedback finds its way back by it."""
    secret = submitted / "submission_secret.txt"
    if secret.is_file() and not secret.is_symlink():
        write(feedback / secret.name, secret.read_text("utf-8", "replace"))


def outcomes(room: Classroom, assignments: list[str]) -> list[Outcome]:
    """What came of everybody's submission so far, from the records."""
    found = []
    for name in assignments:
        for student in room.students():
            try:
                told = json.loads(room.record(student, name).read_text("utf-8"))
                found.append(Outcome.read(told["outcome"]))
            except (OSError, ValueError, KeyError, TypeError):
                waiting = any(room.submitted(student, name).glob("*"))
                words = ("Handed in and not graded yet.",) if waiting else ()
                found.append(Outcome(student, name, PERSON if waiting else ABSENT, words=words))
    return found


def to_read(room: Classroom, assignments: list[str]) -> int:
    """How many submissions have an answer that a person must read."""
    with room.gradebook() as book:
        return sum(s.needs_manual_grade for name in assignments for s in book.assignment_submissions(name))


def table(room: Classroom, assignments: list[str]) -> str:
    """Everybody's grades as a table (CSV): from the gradebook, so with the points given by hand."""
    people = {row["id"]: row for row in room.roster()}
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    with room.gradebook() as book:
        graded = {
            (s.assignment.name, unicodedata.normalize("NFC", s.student.id)): s
            for name in assignments
            for s in book.assignment_submissions(name)
        }
        most = {name: book.find_assignment(name).max_score for name in assignments}
        for one in outcomes(room, assignments):
            submission = graded.get((one.assignment, one.student))
            row = {c: people.get(one.student, {}).get(c, "") for c in ("first_name", "last_name")}
            row |= {"student": _safe(one.student), "assignment": one.assignment, "outcome": one.name}
            row |= {"max_score": f"{most[one.assignment]:g}", "words": _safe(" ".join(one.words))}
            if submission is not None and one.name != ABSENT:
                grades = [grade for book_ in submission.notebooks for grade in book_.grades]
                open_ = sum(grade.needs_manual_grade for grade in grades)
                unread = all(g.auto_score is None and g.manual_score is None for g in grades)
                row |= {
                    "automatic": "" if one.points is None else f"{one.points:g}",
                    "by_hand": f"{sum(g.manual_score or 0 for g in grades):g}",
                    "score": "" if unread else f"{submission.score:g}",
                    "to_read": str(open_),
                }
            writer.writerow({k: _safe(v) if k in ("first_name", "last_name") else v for k, v in row.items()})
    return out.getvalue()


def save(room: Classroom, assignments: list[str], path: Path) -> None:
    """Writes the table to a file, as a spreadsheet opens it with every letter right."""
    write(path.expanduser().absolute(), "\ufeff" + table(room, assignments))


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text
