"""Exercises with an instant check: for a learner alone, and for a class.

The cell `check("squash", squash)` is the same everywhere. For a learner alone it answers in words;
under nbgrader (environment variable NBGRADER_EXECUTION) it returns points or raises.
"""

from __future__ import annotations

import os
from typing import Any

from capslab.errors import ArgumentError, as_imported
from capslab.exercises.adopt_function import mine
from capslab.exercises.course_function import calls_watched, is_the_courses, refusal
from capslab.exercises.exercise import Case, Exercise, Mistake
from capslab.exercises.judge_answer import Judgement, judge
from capslab.exercises.progress_record import Record, answer_hash
from capslab.exercises.registry import all_exercises, find
from capslab.exercises.show_case import FailedCase, can_be_shown, case, forget, remember
from capslab.exercises.show_result import CheckResult, Message, Progress, ProgressRow, Solution

__all__ = [
    "Case",
    "CheckResult",
    "Exercise",
    "FailedCase",
    "Mistake",
    "NotComplete",
    "all_exercises",
    "case",
    "check",
    "find",
    "hint",
    "mine",
    "progress",
    "solution",
]

ATTEMPTS = 3  # real attempts before the solution is shown
_record = Record()


class NotComplete(AssertionError):
    """Raised when a notebook is validated and an exercise is not complete. Shows a message, no traceback."""

    def _render_traceback_(self) -> list[str]:  # what IPython shows in place of a traceback
        return [str(self)]


def check(name: str, answer: Any = None, *, seed: int = 0, hard: bool = False) -> Any:
    """Check an answer to an exercise.

    Parameters
    ----------
    name : name of the exercise.
    answer : a function, or a value if the exercise asks for one.
    seed : determines the cases; graders use a seed of their own.
    hard : include the harder cases that graders add.

    Returns
    -------
    CheckResult : for a learner; says what to look at next. An answer that fails never raises.
    float : the points, if `NBGRADER_EXECUTION=autograde`.

    Raises
    ------
    NotComplete : if `NBGRADER_EXECUTION=validate` and the answer is not complete.
    ArgumentError : if the name is unknown while grading.

    Examples
    --------
    >>> check("count_per_class", lambda labels, classes: [0] * classes).state
    'in progress'
    """
    mode = os.environ.get("NBGRADER_EXECUTION", "")
    called: set[str] = set()
    try:
        exercise = find(name)
    except ArgumentError as error:
        if mode in ("autograde", "validate"):
            raise
        return CheckResult(str(name), "unknown", message=str(error))
    try:
        with calls_watched() as called:
            verdict = judge(exercise, answer, seed, hard)
        if is_the_courses(answer) or name in called:  # nobody's answer, however it is wrapped
            verdict = Judgement(False, 0, verdict.total, refusal(name))
            called = set()
        if mode == "autograde":
            return exercise.earned(verdict.passed, verdict.total)
    except KeyboardInterrupt:
        if mode in ("autograde", "validate"):
            raise
        forget(name)
        stopped = "You stopped the check before your function returned. Is there a loop that never ends?"
        return CheckResult(name, "in progress", total=len(exercise.cases(seed, hard)), message=stopped)
    unfinished = "in progress" if verdict.attempted else "not attempted"
    state = "done" if verdict.complete else unfinished
    points = exercise.earned(verdict.passed, verdict.total)
    hidden = seed != 0 or hard
    message = verdict.message
    if not mode and can_be_shown(exercise, verdict, hidden):
        message = as_imported(f'{message}\nLook at it: cl.case("{name}")')
    result = CheckResult(
        name,
        state,
        verdict.passed,
        verdict.total,
        points,
        exercise.points,
        message,
        mistake=verdict.mistake,
    )
    if mode == "validate":
        if not verdict.complete:
            raise NotComplete(repr(result))
        return result
    remember(name, verdict, hidden)
    if verdict.attempted:
        _remember(result, answer_hash(answer))
    return CheckResult(**{**vars(result), "note": " ".join(filter(None, (_borrowed(called), _record.note)))})


def _borrowed(called: set[str]) -> str:
    """What to say of an answer that calls the course's functions, which no grader has; "" if none."""
    if not called:
        return ""
    names = " and ".join(sorted(called))
    return (
        f"It calls the course's {names}, which mine() gave you. In a class only your own functions are run."
    )


def _remember(result: CheckResult, hash_: str) -> None:
    entry = _record.entry(result.name)
    if not result.done and hash_ != entry.last:
        entry.attempts += 1
    entry.last = hash_
    if result.points >= entry.points:
        entry.passed, entry.total, entry.points = result.passed, result.total, result.points
    entry.done = entry.done or result.done
    _record.save(result.name, entry)


def hint(name: str) -> Message:
    """Show the next hint. Each call goes one step further.

    Examples
    --------
    >>> print(hint("no such exercise").lines()[0])
    There is no such exercise.
    """
    try:
        exercise = find(name)
    except ArgumentError as error:
        return Message("There is no such exercise.", str(error), "unknown")
    entry = _record.entry(name)
    number = min(entry.hints, len(exercise.hints) - 1)
    last = number == len(exercise.hints) - 1
    if entry.hints < len(exercise.hints):
        entry.hints += 1
        _record.save(name, entry)
    more = as_imported(
        f'This is the last hint. After {ATTEMPTS} real attempts, cl.solution("{name}") shows a way to do it.'
        if last
        else f'For the next hint, call cl.hint("{name}") again.'
    )
    return Message(f"{name}, hint {number + 1} of {len(exercise.hints)}", f"{exercise.hints[number]}\n{more}")


def solution(name: str) -> Message | Solution:
    """Show one solution, once you are done or have made three real attempts.

    Running the same answer again does not count as an attempt.
    """
    try:
        exercise = find(name)
    except ArgumentError as error:
        return Message("There is no such exercise.", str(error), "unknown")
    entry = _record.entry(name)
    if entry.done or entry.attempts >= ATTEMPTS:
        return Solution(name, exercise.solution())
    missing = ATTEMPTS - entry.attempts
    return Message(
        f"{name}: the solution opens after {missing} more real attempt{'s' if missing > 1 else ''}.",
        as_imported(f'cl.hint("{name}") may be all that you need.'),
        "in progress" if entry.attempts else "not attempted",
    )


def progress(notebook: str | int | None = None) -> Progress | Message:
    """Show what you have done: in the whole course, or in one notebook ("13", 13 or its full name)."""
    chosen = list(all_exercises().values())
    if notebook is not None:
        wanted = str(notebook)
        wanted = wanted.zfill(2) if wanted.isdecimal() else wanted
        chosen = [one for one in chosen if wanted and one.notebook.startswith(wanted)]
        if not chosen:
            known = ", ".join(dict.fromkeys(one.notebook for one in all_exercises().values()))
            return Message(
                f"There is no notebook {str(notebook)!r} with exercises.",
                f"Choose one of: {known}.",
                "unknown",
            )
    rows = []
    for one in chosen:
        entry = _record.entry(one.name)
        state = "done" if entry.done else "in progress" if entry.attempts else "not attempted"
        points = float(one.points) if entry.done else min(entry.points, one.points)
        rows.append(ProgressRow(one.notebook, one.name, one.title, state, points, one.points))
    return Progress(tuple(rows), _record.note)
