"""Grading a class: everybody who handed in, several at a time, each grade written once.

What is done is known from a record beside the gradebook, written after the grade. A run that was
stopped goes on where it was; grading the same submission again gives the same grade in the same place.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from capslab._version import EDITION as OURS
from capslab._version import FIRST_EDITION, __version__
from capslab.classroom.folder import Classroom, write
from capslab.classroom.outcome import ABSENT, DIED, EDITION, GRADED, PERSON, UNREADABLE, Outcome, named
from capslab.classroom.process_monitor import Limits, Stopped, stop
from capslab.classroom.release import quietly
from capslab.classroom.sandbox import Protection, strongest
from capslab.classroom.sanitize import harmless
from capslab.classroom.score import Marked, mark
from capslab.classroom.submission import (
    NotANotebook,
    OtherEdition,
    Submission,
    check_edition,
    chosen,
    edition_of,
    read,
    restored,
)
from capslab.course.editions import without_markers
from capslab.errors import DataUnavailable
from capslab.exercises.registry import find

SLOWER = 20  # a function may take so many times as long as ours


@dataclass(frozen=True)
class Done:
    """One submission with everything that is to be kept of it."""

    outcome: Outcome
    book: nbformat.NotebookNode | None
    mark: str
    again: bool = True  # whether it was graded now, and not before


def grade(
    room: Classroom,
    assignments: list[str],
    *,
    workers: int = 0,
    limits: Limits | None = None,
    force: bool = False,
    told: Callable[[int, int, Outcome], None] = lambda now, of, outcome: None,
) -> list[Outcome]:
    """Grades what was handed in and not graded yet.

    Parameters
    ----------
    workers : submissions at a time; by default one for each processor.
    force : also what was graded before.
    told : called after each submission with how many are done, of how many, and what came of it.

    Raises
    ------
    DataUnavailable : where an assignment was released by another edition of the course than this one,
        whose exercises may differ; and where the reference solutions themselves do not get full marks here: then no
        grade would be worth anything, and none is given.
    """
    with _alone(room):
        protection = replace(strongest(), hidden=(str(room.root),))
        work = [(name, student) for name in assignments for student in room.students()]
        for name in assignments:
            _check_release(room, name)
        scaled = {name: proved(room, name, protection, limits or Limits()) for name in assignments}
        outcomes: list[Outcome] = []
        workers = workers or os.cpu_count() or 1
        with ThreadPoolExecutor(workers) as pool:
            waiting: set[Future[Done]] = set()
            left = iter(work)
            try:
                while True:
                    for name, student in left:
                        job = (room, name, student, scaled[name], protection, force)
                        waiting.add(pool.submit(_one, *job))
                        if len(waiting) >= 2 * workers:
                            break
                    if not waiting:
                        break
                    ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for one in ready:
                        done = one.result()
                        if done.again:
                            _keep(room, done)
                        outcomes.append(done.outcome)
                        told(len(outcomes), len(work), done.outcome)
            except BaseException:
                stop.set()
                for one in waiting:
                    one.cancel()
                raise
            finally:
                if stop.is_set():
                    pool.shutdown(wait=True, cancel_futures=True)
                    stop.clear()
    order = {pair: i for i, pair in enumerate(work)}
    return sorted(outcomes, key=lambda o: order[o.assignment, o.student])


def _check_release(room: Classroom, name: str) -> None:
    """Refuses to grade what another edition of the course released."""
    edition = edition_of(room.released(name)) or FIRST_EDITION
    if edition != OURS:
        raise DataUnavailable(
            f"{name} was released with capslab {edition}, and this is capslab {OURS}: their exercises may differ, "
            f"so no grade was given. Grade this class with capslab {edition}, or release {name[:2]} again in a "
            "new folder and have it handed in again."
        )


def proved(room: Classroom, name: str, protection: Protection, limits: Limits) -> Limits:
    """Grades our own solution first: it must get full marks, and its time says how fast this machine is."""
    book = nbformat.read(room.source(name), as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source = without_markers(cell.source, name, keep=True)
    ours = Submission(book)
    restored(ours, room.released(name))
    marked = mark(ours, room.seed(name), limits.times(3), protection)
    wrong = [n for n, points in marked.points.items() if points < find(n).points]
    if wrong or not marked.points:
        said = "; ".join(f"{n}: {marked.words[n]}" for n in wrong)
        raise DataUnavailable(
            f"The solutions of {name} do not get full marks on this machine, so no grade was given. {said}"
        )
    return replace(
        limits,
        cpu_s=max(limits.cpu_s, SLOWER * marked.cpu_s / 10),
        wall_s=max(limits.wall_s, SLOWER * marked.wall_s / 5),
    )


def _one(
    room: Classroom, name: str, student: str, limits: Limits, protection: Protection, force: bool
) -> Done:
    """Grades one student's submission; whatever happens, it is an outcome."""
    folder = _folder(room, student, name)
    path, found = chosen(folder, name) if folder.is_dir() else (None, [])
    most = float(sum(_points(room.released(name)).values()))
    print_ = _fingerprint(room, name, path)
    if not force and (before := _before(room, name, student, print_)) is not None:
        return Done(before, None, print_, again=False)
    blank = Outcome(student, name, ABSENT, None, most)
    if path is None:
        if found:
            outcome, words = named(found)
            return Done(replace(blank, name=outcome, words=words), _unread(room, name, words), print_)
        return Done(blank, None, print_)
    try:
        submission, marked = _marked(room, name, path, limits, protection)
    except (NotANotebook, OtherEdition) as error:
        words = (*(w for _, w in found), str(error))
        outcome = EDITION if isinstance(error, OtherEdition) else UNREADABLE
        return Done(replace(blank, name=outcome, words=words), _unread(room, name, words), print_)
    except Exception as error:  # one submission must not keep the others from being graded
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}, line {last.lineno}"
        words = (f"It could not be graded ({type(error).__name__}: {error}; {where}).",)
        return Done(replace(blank, name=PERSON, words=words), _unread(room, name, words), print_)
    outcome, words = named([*found, *submission.found, *marked.found])
    graded = replace(
        blank,
        name=outcome,
        points=round(sum(marked.points.values()), 2),
        words=words,
        earned=tuple(marked.points.items()),
        seconds=round(marked.cpu_s, 2),
    )
    return Done(graded, _autograded(submission, marked), print_)


def _marked(
    room: Classroom, name: str, path: Path, limits: Limits, protection: Protection
) -> tuple[Submission, Marked]:
    """A submission and what it earned. What fails in the grader itself, on a busy machine, is tried again."""

    def once() -> tuple[Submission, Marked]:
        submission = read(path)
        check_edition(submission.book)
        restored(submission, room.released(name))
        return submission, mark(submission, room.seed(name), limits, protection)

    try:
        return once()
    except (NotANotebook, OtherEdition, Stopped):
        raise
    except Exception:
        return once()


def _folder(room: Classroom, student: str, name: str) -> Path:
    """A student's folder, also where the system spells its name in another way."""
    direct = room.submitted(student, name)
    if direct.is_dir():
        return direct
    from capslab.classroom.folder import plain_name

    for folder in (room.root / "submitted").glob("*"):
        if plain_name(folder.name) == student:
            return folder / name
    return direct


def _points(released: Any) -> dict[str, float]:
    """The points of each check that a release has."""
    return {
        c.metadata["nbgrader"]["grade_id"][6:]: c.metadata["nbgrader"]["points"]
        for c in released.cells
        if c.metadata.get("nbgrader", {}).get("grade_id", "").startswith("check-")
    }


def _fingerprint(room: Classroom, name: str, path: Path | None) -> str:
    """What a grade depends on: the submission, the release, the seed, the grader."""
    digest = hashlib.sha256(
        f"{__version__}/{room.seed(name)}/{path and path.name}".encode("utf-8", "replace")
    )
    digest.update(room.release(name).read_bytes())
    if path is not None and not path.is_symlink():
        with path.open("rb") as file:
            while data := file.read(1 << 20):
                digest.update(data)
    return digest.hexdigest()


def _before(room: Classroom, name: str, student: str, mark_: str) -> Outcome | None:
    """What came of this very submission in an earlier run, if its grade was kept."""
    try:
        told = json.loads(room.record(student, name).read_text("utf-8"))
        outcome = Outcome.read(told["outcome"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    kept = outcome.name == ABSENT or room.autograded(student, name).is_file()
    # Neither need be the submission's own fault, so neither is kept for a grade.
    failed = outcome.name == DIED or (outcome.name == PERSON and outcome.points is None)
    return outcome if told.get("mark") == mark_ and kept and not failed else None


# --- what nbgrader reads


def _autograded(submission: Submission, marked: Marked) -> nbformat.NotebookNode:
    """The submission with each check's outcome, as nbgrader expects it: the value is the points."""
    for cell in submission.book.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        exercise = name.removeprefix("check-")
        if not name.startswith("check-") or exercise not in marked.points:
            continue
        words = marked.words[exercise]
        cell.execution_count = 1
        cell.outputs = [
            nbformat.v4.new_output("stream", name="stdout", text=f"{exercise}: {words}\n"),
            nbformat.v4.new_output(
                "execute_result", {"text/plain": f"{marked.points[exercise]!r}"}, execution_count=1
            ),
        ]
    return submission.book


def _unread(room: Classroom, name: str, words: tuple[str, ...]) -> nbformat.NotebookNode:
    """What stands for a submission that could not be read, so that a person can give points by hand."""
    book = room.released(name)
    note = nbformat.v4.new_markdown_cell("**This submission could not be graded.** " + " ".join(words))
    book.cells.insert(0, note)
    book.metadata["capslab"]["unread"] = True
    return book


def _keep(room: Classroom, done: Done) -> None:
    """Writes one student's notebook, grades and record, in this order."""
    outcome = done.outcome
    student, name = outcome.student, outcome.assignment
    record = json.dumps({"mark": done.mark, "outcome": outcome.plain()}, indent=1)
    if done.book is not None:
        path = room.autograded(student, name)
        harmless(done.book, room.released(name))
        write(path, nbformat.writes(done.book) + "\n")
        timestamp = _folder(room, student, name) / "timestamp.txt"
        if timestamp.is_file() and not timestamp.is_symlink():
            shutil.copyfile(timestamp, path.parent / "timestamp.txt")
        quietly(_saved, room, done.book, student, name)
    write(room.record(student, name), record, mode=0o600)


def _saved(room: Classroom, book: nbformat.NotebookNode, student: str, name: str) -> None:
    """Into the gradebook, as nbgrader itself reads an autograded notebook."""
    from nbgrader.preprocessors import SaveAutoGrades

    with room.gradebook() as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(name, student)
        if book.metadata["capslab"].get("unread"):
            return _by_hand(gradebook, student, name)
    about = {"notebook": name, "assignment": name, "student": student, "db_url": room.db_url}
    SaveAutoGrades().preprocess(nbformat.from_dict(book), {"nbgrader": about})


def _by_hand(gradebook: Any, student: str, name: str) -> None:
    """No points yet, and none that look like a zero that somebody earned."""
    for grade_ in gradebook.find_submission_notebook(name, name, student).grades:
        grade_.auto_score = None
        grade_.needs_manual_grade = True
    gradebook.db.commit()


@contextlib.contextmanager
def _alone(room: Classroom) -> Iterator[None]:
    """One grader at a time in a class's folder."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with (room.root / ".capslab" / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataUnavailable(f"{room.root} is being graded already.") from None
        yield


def summary(outcomes: list[Outcome]) -> str:
    """How many came to which outcome."""
    names = [o.name for o in outcomes]
    counted = ", ".join(f"{names.count(n)} {n}" for n in dict.fromkeys([GRADED, *names]) if n in names)
    return (
        f"{len(outcomes)} students and notebooks: {counted}." if outcomes else "Nobody is in this class yet."
    )
