"""`cl.case`: a case that failed in the last check, to look at and to compute with."""

from __future__ import annotations

import copy
import inspect
import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, as_imported, is_whole, short
from capslab.exercises.compare_values import as_numbers, differing
from capslab.exercises.draw_case import Shown, as_html, as_text, shown
from capslab.exercises.exercise import Exercise
from capslab.exercises.judge_answer import Judgement
from capslab.exercises.match_mistakes import NOTHING, CaseResult
from capslab.exercises.registry import find
from capslab.exercises.show_result import Message, Panel

#: an array or a line of text, and the number that has the full colour in a heatmap
Picture = tuple[Shown | str, float]


@dataclass(frozen=True, eq=False, repr=False)
class FailedCase(Panel):
    """One input on which an answer was wrong.

    Attributes
    ----------
    name : name of the exercise.
    number, total : which of the failing cases this is, counted from 1, and how many there are.
    description : what is special about the input.
    arguments : what the function was called with, so that `squash(*case.arguments)` calls it again.
    expected : what is right.
    received : what the answer returned; None if it stopped with an error.
    difference : received − expected, where both are numbers of the same shape (for booleans: where they
        differ); a tuple where the answer is one; otherwise None.
    problem : what is wrong, as a sentence.
    """

    name: str
    number: int
    total: int
    description: str
    arguments: tuple[Any, ...]
    expected: Any
    received: Any
    difference: Any
    problem: str
    argument_names: tuple[str, ...] = ()
    tolerance: float = 1e-5
    state = "in progress"

    def lines(self) -> list[str]:
        pictures = [as_text(one) for group in self._groups() for one, _ in group]
        return [self._head(), self._sentence(), *pictures, *self._next()]

    def _head(self) -> str:
        which = (
            f"case {self.number} of the {self.total} that fail" if self.total > 1 else "the case that fails"
        )
        return f"{self.name}, {which}: {self.description}"

    def _sentence(self) -> str:
        return self.problem[:1].upper() + self.problem[1:]

    def _next(self) -> list[str]:
        if self.number == self.total:
            return []
        return [as_imported(f'The next one: cl.case("{self.name}", {self.number + 1})')]

    def _groups(self) -> list[list[Picture]]:
        """What stands side by side: the arguments; then what is expected and what was received."""
        named = zip(self.argument_names, self.arguments, strict=False)
        groups = [[(shown(name, value), _largest(value)) for name, value in named]]
        expected, received = _parts(self.expected), _parts(self.received)
        if self.received is None or len(received) != len(expected):
            wanted = [(shown("expected", right), _largest(right)) for right in expected]
            got = (
                [] if self.received is None else [(shown("received", self.received), _largest(self.received))]
            )
            return [*groups, [*wanted, *got]]
        for i, (right, got_) in enumerate(zip(expected, received, strict=True), start=1):
            said = f", value {i} of {len(expected)}" if len(expected) > 1 else ""
            wrong, scale = _wrong(got_, right, self.tolerance), max(_largest(right), _largest(got_))
            if said and wrong is not None and not wrong.any():
                groups.append([(f"value {i} of {len(expected)}: right", 0.0)])
                continue
            pictures = [
                shown("expected" + said, right, wrong, got_),
                shown("received" + said, got_, wrong, right),
            ]
            groups.append([(picture, scale) for picture in pictures])
        return groups

    def _repr_html_(self) -> str:
        words = Message(self._head(), "\n".join([self._sentence(), *self._next()]), self.state)._repr_html_()
        rows = [
            "<div style='display:flex;flex-wrap:wrap;align-items:flex-start'>"
            + "".join(as_html(*picture) for picture in group)
            + "</div>"
            for group in self._groups()
        ]
        return words + "".join(rows)


@dataclass(frozen=True, eq=False)
class LastCheck:
    """The verdict of the last check of an exercise, and whether its cases are a grader's."""

    verdict: Judgement
    hidden: bool


_last: dict[str, LastCheck] = {}


def remember(name: str, verdict: Judgement, hidden: bool) -> None:
    """Keeps the last verdict for `case`, as long as the kernel runs."""
    _last[name] = LastCheck(verdict, hidden)


def forget(name: str) -> None:
    """Drops the last verdict, since the check that should have replaced it was stopped."""
    _last.pop(name, None)


def can_be_shown(exercise: Exercise, verdict: Judgement, hidden: bool) -> bool:
    """Whether `case` has something to show: not for a value, since what is expected is then the solution."""
    return bool(verdict.failed) and exercise.is_function and not hidden


def case(name: str, number: int = 1) -> FailedCase | Message:
    """Open a case that failed in the last check of an exercise: input, expected and received values.

    Parameters
    ----------
    name : name of the exercise.
    number : which of the failing cases, counted from 1.

    Returns
    -------
    FailedCase : it shows its arrays with what differs marked, and has them as `arguments`, `expected`,
        `received` and `difference`.
    Message : if there is nothing to open, with what to do.

    Examples
    --------
    >>> print(case("no such exercise").lines()[0])
    There is no such exercise.
    """
    if os.environ.get("NBGRADER_EXECUTION"):
        return Message("Cases are not shown while a notebook is graded.", state="unknown")
    try:
        exercise = find(name)
    except ArgumentError as error:
        return Message("There is no such exercise.", str(error), "unknown")
    call = as_imported(f'cl.check("{name}", {name})')
    last = _last.get(name)
    if last is None:
        return Message(
            f"{name}: not checked yet.",
            f"There is no case to open before the first check after the kernel's start. Run {call}",
            "not attempted",
        )
    verdict = last.verdict
    if not verdict.attempted:
        return Message(f"{name}: not attempted yet, so no case has failed.", exercise.task, "not attempted")
    if verdict.complete:
        return Message(f"{name}: every case is right, so there is none to look at.", state="done")
    if last.hidden:
        body = f"The last check used another seed or the harder cases, which are not shown. Run {call}"
        return Message(f"{name}: these cases are a grader's.", body)
    if not verdict.failed:
        return Message(f"{name}: your answer could not be called, so no case was tried.", verdict.message)
    if not exercise.is_function:
        wrong = "\n".join(f"With {one.case.description}: {one.problem}" for one in verdict.failed)
        if not all(isinstance(one.expected, bool) for one in verdict.failed):
            wrong += "\nWhat is expected is not shown here, because it is the solution."
        return Message(f"{name}: {verdict.passed} of {verdict.total} are right.", wrong)
    many = len(verdict.failed)
    if not is_whole(number) or not 1 <= number <= many:
        range_ = f"a whole number from 1 to {many}" if many > 1 else "1, because one case fails"
        body = f'`number` should be {range_}. Received: {short(number)}. Try cl.case("{name}").'
        return Message(f"{name}: there is no such case.", as_imported(body))
    return _opened(exercise, verdict.failed[number - 1], number, many)


def _opened(exercise: Exercise, one: CaseResult, number: int, many: int) -> FailedCase:
    received = None if one.result is NOTHING else _copied(one.result)
    return FailedCase(
        exercise.name,
        number,
        many,
        one.case.description,
        copy.deepcopy(one.case.args),
        copy.deepcopy(one.expected),
        received,
        _difference(received, one.expected),
        one.problem,
        tuple(inspect.signature(exercise.reference).parameters),
        exercise.tolerance,
    )


def _copied(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:  # a learner's object need not be copyable
        return value


def _difference(received: Any, expected: Any) -> Any:
    if isinstance(expected, tuple):
        if not isinstance(received, (tuple, list)) or len(received) != len(expected):
            return None
        return tuple(_difference(a, b) for a, b in zip(received, expected, strict=True))
    got, right = as_numbers(received), as_numbers(expected)
    if received is None or got is None or right is None or got.shape != right.shape or got.dtype.kind == "c":
        return None
    gap = got != right if right.dtype == bool else got.astype(float) - right.astype(float)
    return gap if gap.ndim else gap[()]


def _parts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple) else [value]


def _wrong(got: Any, right: Any, tolerance: float) -> np.ndarray | None:
    one, other = as_numbers(got) if got is not None else None, as_numbers(right)
    if one is None or other is None or one.shape != other.shape or one.dtype.kind == "c":
        return None
    return differing(one, other, tolerance)


def _largest(value: Any) -> float:
    array = as_numbers(value) if value is not None else None
    if array is None or not array.size or array.dtype.kind == "c":
        return 0.0
    finite = array[np.isfinite(array)]
    return float(np.abs(finite.astype(float)).max()) if finite.size else 0.0
