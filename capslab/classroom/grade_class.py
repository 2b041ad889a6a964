"""Grading a class: everybody who handed in, several at a time, each grade written once.

A record beside the gradebook, written after each grade, says what is done. So a run that was stopped
continues where it was, and grading the same submission again gives the same grade in the same place.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import traceback
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from capslab import _version
from capslab.classroom.folder import Classroom, normalize_name, write_file
from capslab.classroom.launch_sandbox import Protection, strongest_protection
from capslab.classroom.outcome import (
    ABSENT,
    DIED,
    EDITION,
    GRADED,
    PERSON,
    UNREADABLE,
    Outcome,
    main_outcome,
)
from capslab.classroom.release import run_quietly
from capslab.classroom.sanitize import sanitize_notebook
from capslab.classroom.score_guesses import GUESSES, guess_points
from capslab.classroom.score_submission import Score, score_submission
from capslab.classroom.submission import (
    NotANotebook,
    OtherEdition,
    Submission,
    check_edition,
    choose_file,
    edition_of,
    read_submission,
    restore_locked_cells,
)
from capslab.classroom.watch_process import GradingStopped, Limits, stop_grading
from capslab.course.editions import without_markers
from capslab.errors import DataUnavailable
from capslab.exercises.registry import find

SLOWDOWN = 20  # a function may take this many times as long as our own


@dataclass(frozen=True)
class GradedSubmission:
    """One submission with everything that is stored about it.

    Attributes
    ----------
    outcome : what came of it.
    book : the notebook for nbgrader; None where there is nothing to write.
    key : what the grade depends on, as a hash; see `_cache_key`.
    is_new : whether it was graded in this run, rather than in an earlier one.
    """

    outcome: Outcome
    book: nbformat.NotebookNode | None
    key: str
    is_new: bool = True


def grade(
    classroom: Classroom,
    assignments: list[str],
    *,
    workers: int = 0,
    limits: Limits | None = None,
    force: bool = False,
    on_progress: Callable[[int, int, Outcome], None] = lambda count, total, outcome: None,
) -> list[Outcome]:
    """Grades what was handed in and is not graded yet.

    Parameters
    ----------
    workers : number of submissions that run at a time; by default one per processor.
    force : whether to grade again what was graded before.
    on_progress : called after each submission with the number done, the total, and its outcome.

    Raises
    ------
    DataUnavailable : an assignment was released by another edition of the course, whose exercises may
        differ; or the reference solutions do not get full marks on this machine. Then no grade would
        be worth anything, and none is given.
    """
    with _exclusive(classroom):
        protection = replace(strongest_protection(), hidden=(str(classroom.root),))
        work = [(name, student) for name in assignments for student in classroom.students()]
        for name in assignments:
            _check_release(classroom, name)
        scaled = {
            name: verify_solutions(classroom, name, protection, limits or Limits()) for name in assignments
        }
        jobs = ((classroom, name, student, scaled[name], protection, force) for name, student in work)
        outcomes: list[Outcome] = []
        with contextlib.closing(_in_parallel(jobs, workers or os.cpu_count() or 1)) as results:
            for graded in results:
                if graded.is_new:
                    _store(classroom, graded)
                outcomes.append(graded.outcome)
                on_progress(len(outcomes), len(work), graded.outcome)
    order = {pair: i for i, pair in enumerate(work)}
    return sorted(outcomes, key=lambda o: order[o.assignment, o.student])


def _in_parallel(jobs: Iterator[tuple[Any, ...]], workers: int) -> Generator[GradedSubmission, None, None]:
    """Grades submissions in threads, few of them ahead, and yields them as they are ready.

    When the caller stops, by Ctrl-C for example, the submissions that are running end at once.
    """
    with ThreadPoolExecutor(workers) as pool:
        waiting: set[Future[GradedSubmission]] = set()
        try:
            while True:
                for job in jobs:
                    waiting.add(pool.submit(_grade_student, *job))
                    if len(waiting) >= 2 * workers:
                        break
                if not waiting:
                    break
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield future.result()
        except BaseException:
            stop_grading.set()
            for future in waiting:
                future.cancel()
            raise
        finally:
            if stop_grading.is_set():
                pool.shutdown(wait=True, cancel_futures=True)
                stop_grading.clear()


def _check_release(classroom: Classroom, name: str) -> None:
    """Refuses to grade what another edition of the course released."""
    edition = edition_of(classroom.released(name)) or _version.FIRST_EDITION
    if edition != _version.EDITION:
        raise DataUnavailable(
            f"{name} was released with capslab {edition}, and this is capslab {_version.EDITION}. Their "
            f"exercises may differ, so no grade was given. Grade this class with capslab {edition}, or "
            f"release {name[:2]} again in a new folder and have it handed in again."
        )


def verify_solutions(classroom: Classroom, name: str, protection: Protection, limits: Limits) -> Limits:
    """Grades our own solution first. It must get full marks, and its time tells how fast this machine is."""
    book = nbformat.read(classroom.source(name), as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code":
            cell.source = without_markers(cell.source, name, keep=True)
    solution = Submission(book)
    restore_locked_cells(solution, classroom.released(name))
    score = score_submission(solution, classroom.seed(name), limits.times(3), protection)
    failed = [exercise for exercise, points in score.points.items() if points < find(exercise).points]
    if failed or not score.points:
        details = "; ".join(f"{exercise}: {score.messages[exercise]}" for exercise in failed)
        raise DataUnavailable(
            f"The solutions of {name} do not get full marks on this machine, so no grade was given. {details}"
        )
    return replace(
        limits,
        cpu_s=max(limits.cpu_s, SLOWDOWN * score.cpu_s / 10),
        wall_s=max(limits.wall_s, SLOWDOWN * score.wall_s / 5),
    )


def _grade_student(
    classroom: Classroom, name: str, student: str, limits: Limits, protection: Protection, force: bool
) -> GradedSubmission:
    """Grades one student's submission. Whatever happens becomes an outcome."""
    folder = _student_folder(classroom, student, name)
    path, remarks = choose_file(folder, name) if folder.is_dir() else (None, [])
    max_points = float(sum(_points(classroom.released(name)).values()))
    key = _cache_key(classroom, name, path)
    if not force and (earlier := _earlier_outcome(classroom, name, student, key)) is not None:
        return GradedSubmission(earlier, None, key, is_new=False)
    blank = Outcome(student, name, ABSENT, None, max_points)

    def ungraded(outcome: str, notes: tuple[str, ...]) -> GradedSubmission:
        book = _ungraded_notebook(classroom, name, notes)
        return GradedSubmission(replace(blank, name=outcome, notes=notes), book, key)

    if path is None:
        return ungraded(*main_outcome(remarks)) if remarks else GradedSubmission(blank, None, key)
    try:
        submission, score = _score_file(classroom, name, path, limits, protection)
    except (NotANotebook, OtherEdition) as error:
        outcome = EDITION if isinstance(error, OtherEdition) else UNREADABLE
        return ungraded(outcome, (*(note for _, note in remarks), str(error)))
    except Exception as error:  # one submission must not keep the others from being graded
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}, line {last.lineno}"
        return ungraded(PERSON, (f"It could not be graded ({type(error).__name__}: {error}; {where}).",))
    outcome, notes = main_outcome([*remarks, *submission.remarks, *score.remarks])
    graded = replace(
        blank,
        name=outcome,
        points=round(sum(score.points.values()), 2),
        notes=notes,
        points_by_exercise=tuple(score.points.items()),
        cpu_seconds=round(score.cpu_s, 2),
    )
    return GradedSubmission(graded, _autograded_notebook(submission, score), key)


def _score_file(
    classroom: Classroom, name: str, path: Path, limits: Limits, protection: Protection
) -> tuple[Submission, Score]:
    """A submission and its score. If the grader itself fails, on a busy machine, it tries once more."""

    def attempt() -> tuple[Submission, Score]:
        submission = read_submission(path)
        check_edition(submission.book)
        released = classroom.released(name)
        restore_locked_cells(submission, released)
        score = score_submission(submission, classroom.seed(name), limits, protection)
        if GUESSES in submission.check_positions:
            score.points[GUESSES], score.messages[GUESSES] = guess_points(submission.book, released)
        return submission, score

    try:
        return attempt()
    except (NotANotebook, OtherEdition, GradingStopped):
        raise
    except Exception:
        return attempt()


def _student_folder(classroom: Classroom, student: str, name: str) -> Path:
    """A student's folder, even where the file system spells the name in another way."""
    direct = classroom.submitted(student, name)
    if direct.is_dir():
        return direct
    for folder in (classroom.root / "submitted").glob("*"):
        if normalize_name(folder.name) == student:
            return folder / name
    return direct


def _points(released: Any) -> dict[str, float]:
    """The points of each check in a released notebook."""
    return {
        c.metadata["nbgrader"]["grade_id"][6:]: c.metadata["nbgrader"]["points"]
        for c in released.cells
        if c.metadata.get("nbgrader", {}).get("grade_id", "").startswith("check-")
    }


def _cache_key(classroom: Classroom, name: str, path: Path | None) -> str:
    """A hash of what a grade depends on: the submission, the release, the seed, the grader."""
    digest = hashlib.sha256(
        f"{_version.__version__}/{classroom.seed(name)}/{path and path.name}".encode("utf-8", "replace")
    )
    digest.update(classroom.release(name).read_bytes())
    if path is not None and not path.is_symlink():
        with path.open("rb") as file:
            while data := file.read(1 << 20):
                digest.update(data)
    return digest.hexdigest()


def _earlier_outcome(classroom: Classroom, name: str, student: str, key: str) -> Outcome | None:
    """The outcome of this very submission in an earlier run, if its grade was stored."""
    try:
        record = json.loads(classroom.record(student, name).read_text("utf-8"))
        outcome = Outcome.from_dict(record["outcome"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    stored = outcome.name == ABSENT or classroom.autograded(student, name).is_file()
    # Neither of these need be the submission's own fault, so neither counts as a grade.
    failed = outcome.name == DIED or (outcome.name == PERSON and outcome.points is None)
    return outcome if record.get("key") == key and stored and not failed else None


def _autograded_notebook(submission: Submission, score: Score) -> nbformat.NotebookNode:
    """The submission with the result of each check, as nbgrader expects it: a cell's value is its points."""
    for cell in submission.book.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        exercise = name.removeprefix("check-")
        if not name.startswith("check-") or exercise not in score.points:
            continue
        message = score.messages[exercise]
        cell.execution_count = 1
        cell.outputs = [
            nbformat.v4.new_output("stream", name="stdout", text=f"{exercise}: {message}\n"),
            nbformat.v4.new_output(
                "execute_result", {"text/plain": f"{score.points[exercise]!r}"}, execution_count=1
            ),
        ]
    return submission.book


def _ungraded_notebook(classroom: Classroom, name: str, notes: tuple[str, ...]) -> nbformat.NotebookNode:
    """A notebook in place of a submission that could not be graded, so that a person can give the points."""
    book = classroom.released(name)
    note = nbformat.v4.new_markdown_cell("**This submission could not be graded.** " + " ".join(notes))
    book.cells.insert(0, note)
    book.metadata["capslab"]["ungraded"] = True
    return book


def _store(classroom: Classroom, graded: GradedSubmission) -> None:
    """Writes one student's notebook, grades and record, in this order."""
    outcome = graded.outcome
    student, name = outcome.student, outcome.assignment
    record = json.dumps({"key": graded.key, "outcome": outcome.to_dict()}, indent=1)
    if graded.book is not None:
        path = classroom.autograded(student, name)
        sanitize_notebook(graded.book, classroom.released(name))
        write_file(path, nbformat.writes(graded.book) + "\n")
        timestamp = _student_folder(classroom, student, name) / "timestamp.txt"
        if timestamp.is_file() and not timestamp.is_symlink():
            shutil.copyfile(timestamp, path.parent / "timestamp.txt")
        run_quietly(_save_to_gradebook, classroom, graded.book, student, name)
    write_file(classroom.record(student, name), record, mode=0o600)


def _save_to_gradebook(classroom: Classroom, book: nbformat.NotebookNode, student: str, name: str) -> None:
    """Saves grades in the way in which nbgrader itself reads an autograded notebook."""
    from nbgrader.preprocessors import SaveAutoGrades

    with classroom.gradebook() as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(name, student)
        if book.metadata["capslab"].get("ungraded"):
            return _wait_for_a_person(gradebook, student, name)
    resources = {"notebook": name, "assignment": name, "student": student, "db_url": classroom.db_url}
    SaveAutoGrades().preprocess(nbformat.from_dict(book), {"nbgrader": resources})


def _wait_for_a_person(gradebook: Any, student: str, name: str) -> None:
    """Leaves the points open, so that nobody takes them for a zero that was earned."""
    for one in gradebook.find_submission_notebook(name, name, student).grades:
        one.auto_score = None
        one.needs_manual_grade = True
    gradebook.db.commit()


@contextlib.contextmanager
def _exclusive(classroom: Classroom) -> Iterator[None]:
    """Lets one grader at a time into a class's folder."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with (classroom.root / ".capslab" / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DataUnavailable(
                f"{classroom.root} is being graded already. Wait for that run, or stop it."
            ) from None
        yield


def summary(outcomes: list[Outcome]) -> str:
    """How many submissions have which outcome, in one sentence."""
    if not outcomes:
        return "This class has no students yet."
    names = [o.name for o in outcomes]
    counts = ", ".join(f"{names.count(n)} {n}" for n in dict.fromkeys([GRADED, *names]) if n in names)
    return f"{len(outcomes)} students and notebooks: {counts}."
