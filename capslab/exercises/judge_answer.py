"""Judging an answer: run it on every case, recognise known mistakes, put the result into words."""

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

from capslab.exercises.compare_values import a_type, difference, same
from capslab.exercises.exercise import Case, Exercise, Mistake, applied

NOTHING = object()


@dataclass(frozen=True)
class Judgement:
    """Whether an answer is right, and what to look at next if it is not.

    Attributes
    ----------
    attempted : whether there was anything to judge.
    passed, total : number of cases.
    message : what to look at next; "" if everything is right.
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
class CaseResult:
    """What an answer gave on one case.

    Attributes
    ----------
    result : what the answer returned; NOTHING if it raised an exception.
    problem : what is wrong, as a whole sentence; "" if nothing is.
    unwritten : whether it returned None or `...`, or raised NotImplementedError.
    """

    case: Case
    expected: Any
    result: Any
    problem: str
    unwritten: bool


def judge(exercise: Exercise, answer: Any, seed: int = 0, hard: bool = False) -> Judgement:
    """Run an answer on the cases of an exercise.

    This returns whatever the answer does, because an exception in it becomes a message. Only an
    interrupt passes through.
    """
    cases = list(exercise.cases(seed, hard))
    total = len(cases)
    if answer is None or answer is ... or answer is NotImplemented:
        return Judgement(False, 0, total, f"Your turn: {exercise.task}")
    if refusal := _refusal(exercise, answer, cases):
        return Judgement(True, 0, total, refusal)
    results = [_run(exercise, answer, case) for case in cases]
    if all(one.unwritten for one in results):
        forgot = ' If you have written it already: does it end with "return"?' if exercise.is_function else ""
        return Judgement(False, 0, total, f"Your turn: {exercise.task}{forgot}")
    failed = [one for one in results if one.problem]
    if not failed:
        return Judgement(True, total, total)
    for mistake in _recognised(exercise, results):
        return Judgement(True, total - len(failed), total, mistake.message, mistake.name)
    first = failed[0]
    return Judgement(True, total - len(failed), total, f"With {first.case.description}: {first.problem}")


def _refusal(exercise: Exercise, answer: Any, cases: list[Case]) -> str:
    """Why an answer cannot be run at all; "" if it can."""
    if not exercise.is_function:
        if callable(answer):
            return f"`{exercise.name}` should be a value, and this is a function. {exercise.task}"
        if isinstance(exercise.reference, dict) and not isinstance(answer, dict):
            keys = ", ".join(repr(key) for key in exercise.reference)
            return f"The answer should be a dictionary with the keys {keys}. Received: {a_type(answer)}."
        return ""
    if not callable(answer):
        return (
            f"The answer should be a function. Received: {a_type(answer)}. Pass the function itself, "
            "without brackets: "
            f'check("{exercise.name}", {exercise.name}).'
        )
    try:
        inspect.signature(answer).bind(*cases[0].args)
    except TypeError:
        expected = inspect.signature(exercise.reference)
        return (
            f"Your function takes {inspect.signature(answer)}, but the check calls {exercise.name}{expected} "
            f"with {len(cases[0].args)} argument{'s' * (len(cases[0].args) != 1)}."
        )
    except ValueError:
        pass  # some built-in functions have no signature that Python can read
    return ""


def _run(exercise: Exercise, answer: Any, case: Case) -> CaseResult:
    with quiet():
        expected = applied(exercise.reference)(*copy.deepcopy(case.args))
        arguments = copy.deepcopy(case.args)
        try:
            result = applied(answer)(*arguments)
        except NotImplementedError:
            return CaseResult(case, expected, NOTHING, "this part is not written yet.", True)
        except KeyError as error:
            if not exercise.is_function:
                return CaseResult(case, expected, NOTHING, f"your dictionary has no key {error}.", False)
            return CaseResult(case, expected, NOTHING, in_words(error, answer), False)
        except (Exception, SystemExit) as error:
            return CaseResult(case, expected, NOTHING, in_words(error, answer), False)
        if result is None or result is ...:
            return CaseResult(case, expected, result, "your answer is None: nothing was returned.", True)
        try:
            problem = difference(result, expected, exercise.tolerance)
        except Exception as error:  # comparing what the learner returned may do anything
            problem = f"cannot be compared ({type(error).__name__}: {error})"
        if problem:
            return CaseResult(case, expected, result, f"your answer {problem}.", False)
        if not all(same(a, b, 0.0) for a, b in zip(arguments, case.args, strict=True)):
            changed = (
                "the answer is right, but your function changed the array that was passed to it. Make a new "
                "array: write `a = a + b` instead of `a += b`."
            )
            return CaseResult(case, expected, result, changed, False)
        return CaseResult(case, expected, result, "", False)


def _recognised(exercise: Exercise, results: list[CaseResult]) -> Iterator[Mistake]:
    """The known mistakes that give the same results as this answer, the best match first.

    A mistake must give the same wrong result at least once. Among those, the one that explains the
    most failures comes first; ties are decided by the cases in which both are right.
    """
    matches = []
    for order, mistake in enumerate(exercise.mistakes):
        alike = [_gives_the_same(exercise, mistake.wrong, one) for one in results]
        explained = sum(same for same, one in zip(alike, results, strict=True) if one.problem)
        if explained:
            matches.append((-explained, -sum(alike), order, mistake))
    return (mistake for *_, mistake in sorted(matches, key=lambda match: match[:3]))


def _gives_the_same(exercise: Exercise, wrong: Any, one: CaseResult) -> bool:
    if one.result is NOTHING or one.unwritten:
        return False
    with quiet():
        try:
            other = applied(wrong)(*copy.deepcopy(one.case.args))
            harmless = not difference(other, one.expected, exercise.tolerance)
            if harmless == bool(one.problem):
                return False  # one is right here and the other is not
            return same(one.result, other, exercise.tolerance)
        except Exception:  # a mistake need not work on every case
            return False


def in_words(error: BaseException, answer: Any) -> str:
    """An exception as one sentence that names the line of the learner's code."""
    code = getattr(answer, "__code__", None)
    line = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if code is not None and frame.filename == code.co_filename:
            text = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
            line = f" in line {frame.lineno}" + (f", `{text}`" if text else "")
    message = " ".join(str(error).split())
    message = f"{type(error).__name__}: {message}" if message else type(error).__name__
    message = message if len(message) <= 200 else message[:199] + "…"
    if isinstance(error, SystemExit):
        message = "It left Python (exit)"
    return f"your function stopped with an error{line}. {message}{'' if message.endswith('.') else '.'}"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without NumPy's warnings: what they warn of shows in the numbers, and the message says it there."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
