"""Exercises with an instant check: for a learner alone, and for a class.

`check("squash", squash)` is the same cell everywhere. Alone, it answers in words;
under nbgrader (the environment variable NBGRADER_EXECUTION) it gives points or raises.
"""

from __future__ import annotations

import os
from typing import Any

from capslab.errors import ArgumentError
from capslab.exercises.core import Case, Exercise, Mistake
from capslab.exercises.display import CheckResult, Message, Progress, Row, Solution
from capslab.exercises.judge import judge
from capslab.exercises.record import Record, fingerprint
from capslab.exercises.registry import all_exercises, find

__all__ = [
    "Case",
    "CheckResult",
    "Exercise",
    "Mistake",
    "NotComplete",
    "all_exercises",
    "check",
    "find",
    "hint",
    "progress",
    "solution",
]

ATTEMPTS = 3  # real ones, before a solution is shown
_record = Record()


class NotComplete(AssertionError):
    """An exercise that is not complete when a notebook is validated: words, no traceback."""

    def _render_traceback_(self) -> list[str]:  # what IPython shows in place of a traceback
        return [str(self)]


def check(name: str, answer: Any = None, *, seed: int = 0, hard: bool = False) -> Any:
    """Check an answer to an exercise.

    Parameters
    ----------
    name : of the exercise.
    answer : a function, or a value where the exercise asks for one.
    seed : decides the cases; graders use one of their own.
    hard : with the harder cases that graders add.

    Returns
    -------
    CheckResult : for a learner; it says what to look at next and never raises.
    float : the points, when `NBGRADER_EXECUTION=autograde`.

    Raises
    ------
    NotComplete : when `NBGRADER_EXECUTION=validate` and something is missing.
    ArgumentError : for an unknown name while grading.

    Examples
    --------
    >>> check("count_per_class", lambda labels, classes: [0] * classes).state
    'in progress'
    """
    mode = os.environ.get("NBGRADER_EXECUTION", "")
    try:
        exercise = find(name)
    except ArgumentError as error:
        if mode in ("autograde", "validate"):
            raise
        return CheckResult(str(name), "unknown", message=str(error))
    if mode == "autograde":
        verdict = judge(exercise, answer, seed, hard)
        return exercise.earned(verdict.passed, verdict.total)
    try:
        verdict = judge(exercise, answer, seed, hard)
    except KeyboardInterrupt:
        if mode == "validate":
            raise
        stopped = "You stopped the check before your function was finished: does a loop never end?"
        return CheckResult(name, "in progress", total=len(exercise.cases(seed, hard)), message=stopped)
    tried = "in progress" if verdict.attempted else "not attempted"
    state = "done" if verdict.complete else tried
    points = exercise.earned(verdict.passed, verdict.total)
    result = CheckResult(
        name,
        state,
        verdict.passed,
        verdict.total,
        points,
        exercise.points,
        verdict.message,
        mistake=verdict.mistake,
    )
    if mode == "validate":
        if not verdict.complete:
            raise NotComplete(repr(result))
        return result
    if verdict.attempted:
        _remember(result, fingerprint(answer))
    return CheckResult(**{**vars(result), "note": _record.note})


def _remember(result: CheckResult, mark: str) -> None:
    entry = _record.entry(result.name)
    if not result.done and mark != entry.last:
        entry.attempts += 1
    entry.last = mark
    if result.points >= entry.points:
        entry.passed, entry.total, entry.points = result.passed, result.total, result.points
    entry.done = entry.done or result.done
    _record.keep(result.name, entry)


def hint(name: str) -> Message:
    """The next hint, one step further with every call.

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
        _record.keep(name, entry)
    more = (
        f'This is the last one. After {ATTEMPTS} real attempts, solution("{name}") shows one way.'
        if last
        else f'hint("{name}") again goes further.'
    )
    return Message(f"{name}, hint {number + 1} of {len(exercise.hints)}", f"{exercise.hints[number]}\n{more}")


def solution(name: str) -> Message | Solution:
    """One solution, after three real attempts (running the same answer again is none) or success."""
    try:
        exercise = find(name)
    except ArgumentError as error:
        return Message("There is no such exercise.", str(error), "unknown")
    entry = _record.entry(name)
    if entry.done or entry.attempts >= ATTEMPTS:
        return Solution(name, exercise.solution())
    left = ATTEMPTS - entry.attempts
    return Message(
        f"{name}: the solution opens after {left} more real attempt{'s' if left > 1 else ''}.",
        f'hint("{name}") may be all you need.',
        "in progress" if entry.attempts else "not attempted",
    )


def progress(notebook: str | None = None) -> Progress | Message:
    """What is done: in the whole course, or in one notebook ("04" or its whole name)."""
    chosen = list(all_exercises().values())
    if notebook is not None:
        wanted = str(notebook)
        chosen = [one for one in chosen if wanted and one.notebook.startswith(wanted)]
        if not chosen:
            have = ", ".join(dict.fromkeys(one.notebook for one in all_exercises().values()))
            return Message(f"No notebook {wanted!r} has exercises.", f"Those that have: {have}.", "unknown")
    rows = []
    for one in chosen:
        entry = _record.entry(one.name)
        tried = entry.done or entry.attempts > 0
        state = "done" if entry.done else "in progress" if tried else "not attempted"
        points = float(one.points) if entry.done else min(entry.points, one.points)
        rows.append(Row(one.notebook, one.name, one.title, state, points, one.points))
    return Progress(tuple(rows), _record.note)
