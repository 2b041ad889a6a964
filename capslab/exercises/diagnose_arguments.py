"""Answers explained by what went in: returned unchanged, always the same, or right for another input."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from capslab.exercises.compare_values import as_numbers
from capslab.exercises.numbers_in_words import number
from capslab.exercises.relation import Pair, Relation, alike, weight_of_proof

FLOATS: tuple[tuple[str, Callable[[np.ndarray], Any]], ...] = (
    ("2 · `{x}` in place of `{x}`", lambda x: 2 * x),
    ("½ · `{x}` in place of `{x}`", lambda x: x / 2),
    ("−`{x}` in place of `{x}`", lambda x: -x),
    ("the exponential of `{x}` in its place", np.exp),
    ("the logarithm of `{x}` in its place", lambda x: np.log(x) if (x > 0).all() else None),
    ("the square of `{x}` in its place", np.square),
    ("the square root of `{x}` in its place", lambda x: np.sqrt(x) if (x >= 0).all() else None),
    ("1 − `{x}` in place of `{x}`", lambda x: 1 - x),
    ("`{x}` without its signs", np.abs),
)
ARRAYS: tuple[tuple[str, Callable[[np.ndarray], Any]], ...] = (
    ("`{x}` transposed", lambda x: x.T if x.ndim == 2 and x.shape[0] == x.shape[1] else None),
    ("`{x}` in reverse order", lambda x: x[::-1] if len(x) > 1 else None),
)
WHOLE: tuple[tuple[str, Callable[[int], int]], ...] = (
    ("`{x}` + 1 in place of `{x}`", lambda x: x + 1),
    ("`{x}` − 1 in place of `{x}`", lambda x: x - 1),
)


def constant(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """The same answer whatever the input is."""
    first = pairs[0].got
    if len(pairs) < 3 or first.size != 1 or not all(alike(p.got, first) for p in pairs):
        return
    if all(alike(p.right, pairs[0].right) for p in pairs):
        return
    words = f"Your answer is {number(first.ravel()[0])}, whatever the input is"
    yield Relation("constant", words, "What should it depend on?")


def unchanged(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """An argument, as it came in."""
    for name in pairs[0].arguments:
        values = [as_numbers(p.arguments.get(name)) for p in pairs]
        if all(
            value is not None and value.size > 1 and alike(p.got, value)
            for value, p in zip(values, pairs, strict=True)
        ):
            yield Relation(
                "unchanged",
                f"Your answer holds the numbers of `{name}`, unchanged",
                "What should happen to them?",
            )
            return


def other_arguments(
    pairs: Sequence[Pair],
    reference: Callable[..., Any],
    arguments: Sequence[tuple[Any, ...]],
    part: int | None,
) -> Iterator[Relation]:
    """The right answer to other arguments: two exchanged, one doubled, transposed or counted from elsewhere.

    This has to hold in every case, those that are right included; otherwise it may be luck.
    """
    names = list(pairs[0].arguments)
    if not _proves_enough(pairs):
        return
    for words, changed in _changes(names, arguments):
        if all(
            (right := _answer(reference, new, part)) is not None and alike(p.got, right)
            for p, new in zip(pairs, changed, strict=True)
        ):
            yield Relation("other arguments", f"Your answer would be right with {words}", _look(words))
            return


def _look(words: str) -> str:
    if "exchanged" in words:
        return "Which of the two is used where?"
    name = words.split("`")[1]
    return f"What does `{name}` hold, according to the task, and how do you use it?"


def _proves_enough(pairs: Sequence[Pair]) -> bool:
    if any(p.right.dtype == bool or p.right.dtype.kind in "iu" for p in pairs):
        return sum(p.right.size for p in pairs) >= 3
    return weight_of_proof(pairs) >= 2


def _changes(
    names: list[str], arguments: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """What to try: words, and the changed arguments of each case."""
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            if all(np.shape(a[i]) == np.shape(a[j]) and type(a[i]) is type(a[j]) for a in arguments):
                swapped = [_with(_with(a, i, a[j]), j, a[i]) for a in arguments]
                yield f"`{names[i]}` and `{names[j]}` exchanged", swapped
    for i, name in enumerate(names):
        ways: list[tuple[str, Callable[[Any], Any]]] = []
        if all(isinstance(a[i], np.ndarray) and a[i].ndim for a in arguments):
            ways += ARRAYS
            if all(a[i].dtype.kind == "f" for a in arguments):
                ways += FLOATS
            if all(a[i].dtype == bool for a in arguments):
                ways.append(("the opposite of `{x}` in its place", np.logical_not))
        elif all(isinstance(a[i], (int, np.integer)) and not isinstance(a[i], bool) for a in arguments):
            ways += WHOLE
        for words, change in ways:
            with np.errstate(all="ignore"):
                values = [change(a[i]) for a in arguments]
            if all(_plausible(a[i], value) for a, value in zip(arguments, values, strict=True)):
                yield words.format(x=name), [_with(a, i, v) for a, v in zip(arguments, values, strict=True)]


def _plausible(before: Any, after: Any) -> bool:
    """Whether a changed argument may be passed: shares stay shares, and what is above 0 stays above 0."""
    if after is None:
        return False
    old, new = np.asarray(before), np.asarray(after)
    if old.dtype.kind != "f" or not old.size:
        return True
    if not np.isfinite(new).all() or ((old >= 0).all() and (new < 0).any()):
        return False
    return not ((old > 0).all() and (new <= 0).any()) and not (
        old.max() <= 1 <= new.max() - 1e-9 and old.min() >= 0
    )


def _with(arguments: tuple[Any, ...], i: int, value: Any) -> tuple[Any, ...]:
    return (*arguments[:i], value, *arguments[i + 1 :])


def _answer(reference: Callable[..., Any], arguments: tuple[Any, ...], part: int | None) -> np.ndarray | None:
    try:
        answer = reference(*copy.deepcopy(arguments))
    except Exception:  # the reference is not made for such arguments
        return None
    array = as_numbers(answer if part is None else answer[part])
    return None if array is None or array.dtype.kind == "c" else array
