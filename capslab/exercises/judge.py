"""Judging an answer: run it on every case, recognise known mistakes, say it in words."""

from __future__ import annotations

import contextlib
import copy
import inspect
import linecache
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.exercises.compare import difference, same
from capslab.exercises.core import Case, Exercise, Mistake, applied

NOTHING = object()


@dataclass(frozen=True)
class Verdict:
    """What came of an answer.

    Attributes
    ----------
    attempted : whether there was anything to judge.
    passed, total : cases.
    message : what to look at next; "" where all is right.
    mistake : name of the known mistake that was recognised, or "".
    """

    attempted: bool
    passed: int
    total: int
    message: str = ""
    mistake: str = ""

    @property
    def complete(self) -> bool:
        return self.attempted and self.passed == self.total


@dataclass(frozen=True)
class Tried:
    """An answer on one case."""

    case: Case
    expected: Any
    got: Any  # NOTHING where it raised
    wrong: str  # what is wrong, a whole sentence; "" where nothing is
    untouched: bool  # None, ... or NotImplementedError came


def judge(exercise: Exercise, answer: Any, seed: int = 0, hard: bool = False) -> Verdict:
    """Run an answer on the cases of an exercise.

    Whatever the answer does, this returns: an exception in it becomes words. Only an
    interrupt passes through.
    """
    cases = list(exercise.cases(seed, hard))
    total = len(cases)
    if answer is None or answer is ... or answer is NotImplemented:
        return Verdict(False, 0, total, f"Your turn: {exercise.task}")
    if refusal := _unfit(exercise, answer, cases):
        return Verdict(True, 0, total, refusal)
    tried = [_try(exercise, answer, case) for case in cases]
    if all(one.untouched for one in tried):
        forgot = ' If you have written it: does it end with "return"?' if exercise.is_function else ""
        return Verdict(False, 0, total, f"Your turn: {exercise.task}{forgot}")
    failed = [one for one in tried if one.wrong]
    if not failed:
        return Verdict(True, total, total)
    for mistake in _recognised(exercise, tried):
        return Verdict(True, total - len(failed), total, mistake.message, mistake.name)
    first = failed[0]
    return Verdict(True, total - len(failed), total, f"With {first.case.says}: {first.wrong}")


def _unfit(exercise: Exercise, answer: Any, cases: list[Case]) -> str:
    """Why an answer cannot be tried at all, or ""."""
    if not exercise.is_function:
        if callable(answer):
            return f"`{exercise.name}` is asked for as a value, and this is a function. {exercise.task}"
        if isinstance(exercise.reference, dict) and not isinstance(answer, dict):
            keys = ", ".join(repr(key) for key in exercise.reference)
            return (
                f"The answer is a dictionary with the keys {keys}; this is of type {type(answer).__name__}."
            )
        return ""
    if not callable(answer):
        what = type(answer).__name__
        return (
            f"The answer is a function, and this is {what}. Give the function itself, without brackets: "
            f'check("{exercise.name}", {exercise.name}).'
        )
    try:
        inspect.signature(answer).bind(*cases[0].args)
    except TypeError:
        asked = inspect.signature(exercise.reference)
        return (
            f"Your function takes {inspect.signature(answer)}, and it is called as {exercise.name}{asked}: "
            f"with {len(cases[0].args)} arguments."
        )
    except ValueError:
        pass  # some built-in functions have no signature to look at
    return ""


def _try(exercise: Exercise, answer: Any, case: Case) -> Tried:
    with quiet():
        expected = applied(exercise.reference)(*copy.deepcopy(case.args))
        given = copy.deepcopy(case.args)
        try:
            got = applied(answer)(*given)
        except NotImplementedError:
            return Tried(case, expected, NOTHING, "this part is not written yet.", True)
        except KeyError as error:
            if not exercise.is_function:
                return Tried(case, expected, NOTHING, f"the key {error} is missing.", False)
            return Tried(case, expected, NOTHING, in_words(error, answer), False)
        except (Exception, SystemExit) as error:
            return Tried(case, expected, NOTHING, in_words(error, answer), False)
        if got is None or got is ...:
            return Tried(case, expected, got, "your answer is nothing (None).", True)
        try:
            words = difference(got, expected, exercise.tolerance)
        except Exception as error:  # what the learner returned may do anything when it is compared
            words = f"cannot be compared ({type(error).__name__}: {error})"
        if words:
            return Tried(case, expected, got, f"your answer {words}.", False)
        if not all(same(a, b, 0.0) for a, b in zip(given, case.args, strict=True)):
            changed = (
                "the answer is right, but your function changed the array that it was given. Make a new "
                "array: `a = a + b` and not `a += b`."
            )
            return Tried(case, expected, got, changed, False)
        return Tried(case, expected, got, "", False)


def _recognised(exercise: Exercise, tried: list[Tried]) -> Iterator[Mistake]:
    """The known mistakes that give what this answer gave, the best match first.

    A mistake must give the same wrong result at least once. Among those, the one that
    explains most failures comes first, then the one that is right where the answer is.
    """
    matches = []
    for order, mistake in enumerate(exercise.mistakes):
        alike = [_gives(exercise, mistake.wrong, one) for one in tried]
        explained = sum(same for same, one in zip(alike, tried, strict=True) if one.wrong)
        if explained:
            matches.append((-explained, -sum(alike), order, mistake))
    return (mistake for *_, mistake in sorted(matches, key=lambda match: match[:3]))


def _gives(exercise: Exercise, wrong: Any, one: Tried) -> bool:
    if one.got is NOTHING or one.untouched:
        return False
    with quiet():
        try:
            other = applied(wrong)(*copy.deepcopy(one.case.args))
            harmless = not difference(other, one.expected, exercise.tolerance)
            if harmless == bool(one.wrong):
                return False  # one is right here and the other is not
            return same(one.got, other, exercise.tolerance)
        except Exception:  # a mistake need not work on every case
            return False


def in_words(error: BaseException, answer: Any) -> str:
    """An exception as one sentence with the line of the learner's that raised it."""
    code = getattr(answer, "__code__", None)
    line = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if code is not None and frame.filename == code.co_filename:
            text = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
            line = f" in line {frame.lineno}" + (f", `{text}`" if text else "")
    said = " ".join(str(error).split())
    said = f"{type(error).__name__}: {said}" if said else type(error).__name__
    said = said if len(said) <= 200 else said[:199] + "…"
    if isinstance(error, SystemExit):
        said = "it left Python (exit)"
    return f"your function stopped{line}. {said}{'' if said.endswith('.') else '.'}"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without NumPy's warnings: what they warn of is seen in the numbers and said there."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
