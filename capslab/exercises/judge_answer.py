"""Judging an answer: run it on every case, recognise known mistakes, put the result into words."""

from __future__ import annotations

import copy
import inspect
import linecache
import traceback
from dataclasses import dataclass, field, replace
from typing import Any

from capslab.errors import as_imported
from capslab.exercises.compare_values import a_type, difference, same
from capslab.exercises.diagnose_difference import Answered, diagnose
from capslab.exercises.exercise import Case, Exercise, applied
from capslab.exercises.match_mistakes import NOTHING, CaseResult, Match, matches, quiet
from capslab.exercises.numbers_in_words import ORDINALS, brief, counted
from capslab.exercises.relation import Relation


@dataclass(frozen=True)
class Judgement:
    """Whether an answer is right, and what to look at next if it is not.

    Attributes
    ----------
    attempted : whether there was anything to judge.
    passed, total : number of cases.
    message : what to look at next; "" if everything is right.
    mistake : name of the known mistake that explains every case, or "".
    diagnosis : name of what the cases that fail have in common, or "".
    failed : the cases that fail, in their order; none if the answer could not be run at all.
    """

    attempted: bool
    passed: int
    total: int
    message: str = ""
    mistake: str = ""
    diagnosis: str = ""
    failed: tuple[CaseResult, ...] = field(default=(), repr=False, compare=False)

    @property
    def complete(self) -> bool:
        return self.attempted and self.passed == self.total


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
    failed = tuple(one for one in results if one.problem)
    if not failed:
        return Judgement(True, total, total)
    return Judgement(True, total - len(failed), total, *_feedback(exercise, results), failed)


def _feedback(exercise: Exercise, results: list[CaseResult]) -> tuple[str, str, str]:
    """The message, the name of the mistake that is certain, and the name of what the failures have in common.

    A known mistake is certain if it gives the same as the answer in every case. Next comes what holds in all
    cases that fail, whatever the exercise; then a known mistake that explains most of them, as a suspicion.
    """
    failed = [one for one in results if one.problem]
    known = matches(exercise, results)
    for match in known:
        if match.certain:
            return match.mistake.message, match.mistake.name, ""
    example = _example(exercise, failed[0])
    if not exercise.is_function or any(_says_nothing(exercise, one) for one in failed):
        found = None
    else:
        found = _diagnosed(exercise, results)
    if found and found.name != "in part":
        return _with_example(exercise, found, failed), "", found.name
    for match in known:
        if match.likely:
            odd = next((one for one, same in zip(failed, match.fits, strict=True) if not same), failed[0])
            return f"{_suspicion(match)} {_example(exercise, odd)}", "", "suspicion"
    if found:
        return _with_example(exercise, found, failed), "", found.name
    return example, "", ""


def _says_nothing(exercise: Exercise, one: CaseResult) -> bool:
    """Whether a case fails for another reason than its numbers: none came back, or the input was changed."""
    return one.unwritten or one.result is NOTHING or same(one.result, one.expected, exercise.tolerance)


def _with_example(exercise: Exercise, found: Relation, failed: list[CaseResult]) -> str:
    """What the cases have in common, and how the first of them differs unless that is said already."""
    first = failed[0]
    if found.part is not None:
        first = _of_part(exercise, failed, found.part)
    problem = first.problem[:1].upper() + first.problem[1:]
    shown = {"shape": "", "first": problem, "cases": _example(exercise, first)}[found.about]
    return " ".join(part for part in (f"{found.words}.", shown, found.look) if part)


def _of_part(exercise: Exercise, failed: list[CaseResult], part: int) -> CaseResult:
    """The first case in which one of several values is wrong, with what is wrong about that value."""
    for one in failed:
        name = f"the {ORDINALS[part]} of your {len(one.expected)} values"
        if words := difference(one.result[part], one.expected[part], exercise.tolerance, name):
            return replace(one, problem=f"{words}.")
    return failed[0]


def _diagnosed(exercise: Exercise, results: list[CaseResult]) -> Relation | None:
    cases = [
        Answered(one.case.args, one.result, one.expected, not one.problem, one.case.description)
        for one in results
    ]
    try:
        return diagnose(cases, exercise.reference, exercise.tolerance)
    except Exception:  # what a learner returns may do anything; how it differs is said all the same
        return None


def _example(exercise: Exercise, one: CaseResult) -> str:
    """The first case that fails, with its input where that is short: "With one vector (s is [3, 4]): …"."""
    shown = ""
    if exercise.is_function:
        names = inspect.signature(exercise.reference).parameters
        parts = [brief(value) for value in one.case.args]
        if all(parts):
            shown = ", ".join(f"{name} is {part}" for name, part in zip(names, parts, strict=False))
    shown = f" ({shown})" if 0 < len(shown) <= 60 else ""
    return f"With {one.case.description}{shown}: {one.problem}"


def _suspicion(match: Match) -> str:
    """A known mistake that explains most of the failing cases: said as what it is."""
    many, failed = match.explained, len(match.fits)
    some = f"In {many} of the {failed} cases that fail" if failed > 1 else "In the case that fails"
    rest = f" In the other{'s' * (failed - many > 1)} it is not." if many < failed else ""
    return f'{some}, your answer is the one that this mistake gives: "{match.mistake.message}"{rest}'


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
        call = as_imported(f'cl.check("{exercise.name}", {exercise.name})')
        return (
            f"The answer should be a function. Received: {a_type(answer)}. "
            f"Pass the function itself, without brackets: {call}"
        )
    try:
        inspect.signature(answer).bind(*cases[0].args)
    except TypeError:
        expected = inspect.signature(exercise.reference)
        return (
            f"Your function takes {inspect.signature(answer)}, but the check calls {exercise.name}{expected} "
            f"with {counted(len(cases[0].args), 'argument')}."
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
        except NotImplementedError as error:
            return CaseResult(
                case, expected, NOTHING, "this part is not written yet.", True, type(error).__name__
            )
        except KeyError as error:
            if not exercise.is_function:
                missing = f"your dictionary has no key {error}."
                return CaseResult(case, expected, NOTHING, missing, error="KeyError")
            return CaseResult(case, expected, NOTHING, in_words(error, answer), error=type(error).__name__)
        except (Exception, SystemExit) as error:
            return CaseResult(case, expected, NOTHING, in_words(error, answer), error=type(error).__name__)
        if result is None or result is ...:
            nothing = (
                "your answer is None: nothing was returned."
                if exercise.is_function
                else f"nothing is entered yet, only {result!r}."
            )
            return CaseResult(case, expected, result, nothing.replace("Ellipsis", "`...`"), True)
        try:
            problem = difference(result, expected, exercise.tolerance)
        except Exception as error:  # comparing what the learner returned may do anything
            problem = f"your answer cannot be compared ({type(error).__name__}: {error})"
        if problem:
            return CaseResult(case, expected, result, f"{problem}.")
        if not all(same(a, b, 0.0) for a, b in zip(arguments, case.args, strict=True)):
            changed = (
                "the answer is right, but your function changed the array that was passed to it. Make a new "
                "array: write `a = a + b` instead of `a += b`."
            )
            return CaseResult(case, expected, result, changed)
        return CaseResult(case, expected, result, "")


def in_words(error: BaseException, answer: Any) -> str:
    """An exception as one sentence that names the line of the learner's code."""
    code = getattr(answer, "__code__", None)
    line = ""
    for frame in traceback.extract_tb(error.__traceback__):
        if code is not None and frame.filename == code.co_filename:
            text = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
            text = text if len(text) <= 80 else text[:79] + "…"
            line = f" in line {frame.lineno}" + (f", `{text}`" if text else "")
    message = " ".join(str(error).split())
    message = f"{type(error).__name__}: {message}" if message else type(error).__name__
    message = message if len(message) <= 200 else message[:199] + "…"
    if isinstance(error, SystemExit):
        message = "It left Python (exit)"
    return f"your function stopped with an error{line}. {message}{'' if message.endswith('.') else '.'}"
