"""Which known mistakes give the same results as an answer, and in how many of the cases."""

from __future__ import annotations

import contextlib
import copy
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.exercises.compare_values import difference, same
from capslab.exercises.exercise import Case, Exercise, Mistake, applied

NOTHING = object()


@dataclass(frozen=True, eq=False)
class CaseResult:
    """What an answer gave on one case.

    Attributes
    ----------
    result : what the answer returned; NOTHING if it raised an exception.
    problem : what is wrong, as a whole sentence; "" if nothing is.
    unwritten : whether it returned None or `...`, or raised NotImplementedError.
    error : name of the exception that the answer raised, or "". A grader has no more than the name.
    """

    case: Case
    expected: Any
    result: Any
    problem: str
    unwritten: bool = False
    error: str = ""


@dataclass(frozen=True)
class Match:
    """How far a known mistake explains an answer.

    Attributes
    ----------
    fits : for each failing case, whether it gives the same wrong result.
    refuted : whether the answer is right in a case in which the mistake is wrong, so that it is another one.
    parts : whether each case asks for another part of a value, which may be wrong by itself.
    """

    mistake: Mistake
    fits: tuple[bool, ...]
    refuted: bool
    parts: bool

    @property
    def explained(self) -> int:
        return sum(self.fits)

    @property
    def certain(self) -> bool:
        return all(self.fits) and not self.refuted

    @property
    def likely(self) -> bool:
        return not self.refuted and (self.parts or 2 * self.explained > len(self.fits))


def matches(exercise: Exercise, results: list[CaseResult]) -> list[Match]:
    """The known mistakes that give the same wrong result at least once, the best match first."""
    found = []
    for mistake in exercise.mistakes:
        alike = [_gives_the_same(exercise, mistake.wrong, one) for one in results]
        fits = tuple(fit for fit, one in zip(alike, results, strict=True) if one.problem)
        refuted = not all(fit for fit, one in zip(alike, results, strict=True) if not one.problem)
        if any(fits):
            found.append(Match(mistake, fits, refuted, not exercise.is_function))
    return sorted(found, key=lambda match: (not match.certain, match.refuted, -match.explained))


def _gives_the_same(exercise: Exercise, wrong: Any, one: CaseResult) -> bool:
    """Whether a mistake and the answer agree in a case: right, or wrong in the same way."""
    if one.unwritten:
        return False
    with quiet():
        try:
            other = applied(wrong)(*copy.deepcopy(one.case.args))
            harmless = not difference(other, one.expected, exercise.tolerance)
            if one.result is NOTHING or harmless == bool(one.problem):
                return False  # one is right here and the other is not
            return not one.problem or same(one.result, other, exercise.tolerance)
        except Exception as error:  # a mistake need not work on every case
            return one.error == type(error).__name__


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without NumPy's warnings: what they warn of shows in the numbers, and the message says it there."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield
