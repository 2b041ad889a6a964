"""What wrong answers have in common: named only if it holds in every case that fails."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import numpy as np

from capslab.exercises import (
    diagnose_arguments,
    diagnose_factor,
    diagnose_numbers,
    diagnose_order,
    diagnose_places,
    diagnose_shape,
)
from capslab.exercises.compare_values import as_numbers, same
from capslab.exercises.numbers_in_words import ORDINALS
from capslab.exercises.relation import Pair, Relation, failing

LARGEST = 20_000  # numbers of a case above which no relation is searched for


@dataclass(frozen=True, eq=False)
class Answered:
    """One case: what it was called with, what came back, what was expected, and whether that is the same."""

    arguments: tuple[Any, ...]
    got: Any
    expected: Any
    passed: bool
    description: str = ""


def diagnose(cases: Sequence[Answered], reference: Any, tolerance: float = 1e-5) -> Relation | None:
    """The first relation between answers and right answers that holds in every case that fails, or None.

    Examples
    --------
    >>> cases = [Answered((x,), -x, x, False) for x in (np.array([1.0, 2.5]), np.array([0.3, 7.0]))]
    >>> diagnose(cases, None).name
    'sign'
    """
    wrong = [case for case in cases if not case.passed]
    if not wrong:
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if all(isinstance(case.expected, tuple) for case in cases):
            return _of_several_values(cases, reference, tolerance)
        return _of_one_value(cases, reference, None)


def _of_several_values(cases: Sequence[Answered], reference: Any, tolerance: float) -> Relation | None:
    many = len(cases[0].expected)
    wrong = [case for case in cases if not case.passed]
    if not all(isinstance(case.got, (tuple, list)) and len(case.got) == many for case in wrong):
        return None
    for order in permutations(range(many)):
        if order != tuple(range(many)) and all(
            all(same(case.got[i], case.expected[j], tolerance) for i, j in enumerate(order)) for case in wrong
        ):
            said = ", ".join(ORDINALS[j] for j in order)
            words = f"Your {many} values are right, but you return them in the order {said}"
            return Relation("order of values", words, "Which order does the task ask for?")
    for part in range(many):
        one = [
            replace(
                case,
                got=case.got[part] if isinstance(case.got, (tuple, list)) and len(case.got) == many else None,
                expected=case.expected[part],
                passed=case.passed or same(case.got[part], case.expected[part], tolerance),
            )
            for case in cases
        ]
        if any(not case.passed for case in one) and (found := _of_one_value(one, reference, part)):
            name = f"the {ORDINALS[part]} of your {many} values"
            words = found.words.replace("your numbers", f"the numbers in {name}")
            if "your answers are" in words or "your answers have" in words:
                words = words.replace("your answers are", f"{name} is").replace(
                    "your answers have", f"{name} has"
                )
                words = words.replace("the right ones", "the right one")
            words = re.sub(r"your answers?\b", name, words)
            words = words if name in words else words.replace(": ", f": in {name}, ", 1)
            return replace(found, words=words, part=part)
    return None


def _of_one_value(cases: Sequence[Answered], reference: Any, part: int | None) -> Relation | None:
    cases = [
        case for case in cases if not (case.passed and np.size(case.expected) == 0)
    ]  # these prove nothing
    pairs = _pairs(cases, reference)
    if pairs is None:
        return None
    for found in _searched(pairs, cases, reference, part):
        return found
    return None


def _searched(
    pairs: list[Pair], cases: Sequence[Answered], reference: Any, part: int | None
) -> Iterator[Relation]:
    """Every diagnosis that holds, the ones that say most first; with the cases in which it holds."""
    for found in diagnose_arguments.constant(pairs):
        yield _placed(found, pairs, all_cases=True)
    whole: list[Callable[[Sequence[Pair]], Iterator[Relation]]] = [
        diagnose_arguments.unchanged,
        *diagnose_numbers.EXACT,
        *diagnose_factor.SEARCHES,
        *diagnose_numbers.SEARCHES,
        *diagnose_factor.BY_ROW,
        *diagnose_order.SEARCHES,
        *diagnose_shape.SEARCHES,
    ]
    wrong = failing(pairs)
    if not all(pair.right.size for pair in pairs):
        whole = [diagnose_shape.other_number]
    for search in whole:
        for found in search(pairs):
            yield _placed(found, pairs, all_cases=True)
    if callable(reference):
        arguments = [case.arguments for case in cases]
        for found in diagnose_arguments.other_arguments(pairs, reference, arguments, part):
            yield _placed(found, pairs, all_cases=True)
    if len(wrong) < len(pairs):
        for search in whole:
            for found in search(wrong):
                yield _placed(found, pairs, all_cases=False)
    for search in (diagnose_numbers.other_kind, *diagnose_places.SEARCHES):
        for found in search(pairs):
            yield _placed(found, pairs, all_cases=False)


def _placed(found: Relation, pairs: Sequence[Pair], all_cases: bool) -> Relation:
    """The diagnosis as a whole sentence, with the cases in which it holds."""
    wrong = failing(pairs)
    words = _one_or_many(found.words, wrong)
    if found.about != "cases":
        return replace(found, words=f"With {wrong[0].description}: {_lower(words)}")
    if len(pairs) == 1:
        return replace(found, words=words)
    if all_cases or len(wrong) == len(pairs):
        where = "In every case"
    else:
        where = "In the one case that fails" if len(wrong) == 1 else "In every case that fails"
    return replace(found, words=f"{where}, {_lower(words)}")


def _lower(words: str) -> str:
    return words[0].lower() + words[1:] if words[1:2].islower() and not words.startswith("True") else words


def _one_or_many(words: str, wrong: Sequence[Pair]) -> str:
    """The words for arrays, turned into words for single numbers where each answer is one."""
    if any(pair.got.size != 1 for pair in wrong):
        return words
    if len(wrong) > 1:
        return words.replace("Your numbers", "Your answers")
    words = words.replace("Your numbers are", "Your answer is").replace(
        "Your numbers have", "Your answer has"
    )
    words = re.sub(r"the (natural logarithm|logarithm|exponential|square|square root)s\b", r"the \1", words)
    return (
        words.replace("the right ones", "the right one").replace("their", "its").replace("they are", "it is")
    )


def _pairs(cases: Sequence[Answered], reference: Any) -> list[Pair] | None:
    """The cases as arrays; None if an answer that fails is not made of numbers, or if one is very large."""
    names = list(inspect.signature(reference).parameters) if callable(reference) else []
    pairs = []
    for case in cases:
        got, right = as_numbers(case.got), as_numbers(case.expected)
        if got is None or right is None or "c" in (got.dtype.kind, right.dtype.kind):
            return None
        if max(got.size, right.size) > LARGEST or (not got.size and not case.passed):
            return None
        arguments = dict(zip(names, case.arguments, strict=False))
        pairs.append(Pair(got, right, case.passed, case.description, arguments))
    return pairs
