"""Answers whose numbers are the right ones after some arithmetic: a logarithm, a constant, rounding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from capslab.exercises.compare_values import CLOSE
from capslab.exercises.numbers_in_words import number
from capslab.exercises.relation import Pair, Relation, added, all_alike, weight_of_proof

TWO_OR_MORE = 2  # see `weight_of_proof`

FUNCTIONS: tuple[tuple[str, Callable[[Any], Any], str, str], ...] = (
    ("absolute", np.abs, "the right ones without their signs", "Where does the sign get lost?"),
    ("no negatives", lambda x: np.maximum(x, 0), "the right ones, but 0 where they are negative", ""),
    ("logarithm", np.log, "the natural logarithms of the right ones", "Is one logarithm too many?"),
    ("logarithm", lambda x: -np.log(x), "minus the natural logarithms of the right ones", ""),
    ("logarithm", np.log2, "the logarithms (base 2) of the right ones", "Is one logarithm too many?"),
    ("logarithm", np.log10, "the logarithms (base 10) of the right ones", "Is one logarithm too many?"),
    ("exponential", np.exp, "the exponentials (eˣ) of the right ones", "Is one exponential too many?"),
    ("square", np.square, "the squares of the right ones", "Is a square too many, or a square root missing?"),
    (
        "root",
        np.sqrt,
        "the square roots of the right ones",
        "Is a square root too many, or a square missing?",
    ),
    ("reciprocal", lambda x: 1 / x, "1 divided by the right ones", "Is a division the wrong way round?"),
    ("minus reciprocal", lambda x: -1 / x, "−1 divided by the right ones", ""),
    ("complement", lambda x: 1 - x, "1 minus the right ones", "Do you count the opposite?"),
)

NORMALISED: tuple[tuple[str, Callable[[np.ndarray, Any], Any]], ...] = (
    ("divided by their sum", lambda x, axis: x / x.sum(axis=axis, keepdims=True)),
    ("divided by the largest of them", lambda x, axis: x / x.max(axis=axis, keepdims=True)),
    ("divided by their mean", lambda x, axis: x / x.mean(axis=axis, keepdims=True)),
    (
        "divided by their length (the root of the sum of their squares)",
        lambda x, axis: x / np.sqrt((x**2).sum(axis=axis, keepdims=True)),
    ),
    ("minus their mean", lambda x, axis: x - x.mean(axis=axis, keepdims=True)),
    ("minus the smallest of them", lambda x, axis: x - x.min(axis=axis, keepdims=True)),
    (
        "stretched so that they run from 0 to 1",
        lambda x, axis: (
            (x - x.min(axis=axis, keepdims=True))
            / (x.max(axis=axis, keepdims=True) - x.min(axis=axis, keepdims=True))
        ),
    ),
)


def flipped_truth(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """True where False is right, and the other way round."""
    truths = [bool(x) for p in pairs for x in p.right.ravel()[:400]] if pairs[0].right.dtype == bool else []
    if len(truths) < 3 or len(set(truths)) < 2 or any(p.right.dtype != bool for p in pairs):
        return
    if all_alike(pairs, lambda x: ~x):
        words = "Your answer is the opposite of the right one: True where it should be False, and the reverse"
        yield Relation("flipped", words, "Is a comparison the wrong way round, or a `~` missing?")


def function_of_right(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """A logarithm, a square or a complement of the right numbers."""
    if weight_of_proof(pairs) < TWO_OR_MORE or any(pair.right.dtype == bool for pair in pairs):
        return
    with np.errstate(all="ignore"):
        for name, change, words, look in FUNCTIONS:
            if all_alike(pairs, lambda x, change=change: change(x.astype(float))):  # type: ignore[misc]
                if name == "absolute" and not any((p.right < 0).any() and (p.right > 0).any() for p in pairs):
                    continue
                if name == "complement" and not all(0 <= x <= 1 for p in pairs for x in p.right.ravel()):
                    look = "Where does the 1 come from?"
                yield Relation(name, "Your numbers are " + words, look)


def rounded(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """The right numbers, rounded: really so, to the last digit."""
    if any(p.right.dtype.kind != "f" or p.got.shape != p.right.shape for p in pairs):
        return
    ways: tuple[tuple[Callable[[np.ndarray], Any], str, str], ...] = (
        (np.trunc, "with their fractions cut off", "Is an array of integers made for them, or `//` used?"),
        (np.floor, "rounded down", "Is `//` used where `/` is meant?"),
        (np.ceil, "rounded up", ""),
        *(
            (
                lambda x, d=d: np.round(x, d),
                "rounded to " + (f"{d} decimals" if d > 1 else "1 decimal" if d else "whole numbers"),
                "",
            )
            for d in range(5)
        ),
    )
    for change, words, look in ways:
        exactly = all(np.array_equal(p.got.astype(float), change(p.right.astype(float))) for p in pairs)
        if exactly and (any(p.got.any() for p in pairs if not p.passed) or words.startswith("with")):
            yield Relation("rounded", "Your numbers are the right ones, " + words, look)
            return


def close(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """Equal but for a small relative difference."""
    worst = 0.0
    for pair in pairs:
        if (
            pair.got.shape != pair.right.shape
            or pair.right.dtype.kind != "f"
            or not np.isfinite(pair.got).all()
        ):
            return
        gap = np.abs(pair.got - pair.right)
        allowed = CLOSE * np.abs(pair.right)
        if not (gap <= allowed + 1e-12).all():
            return
        worst = max(worst, float((gap / np.maximum(np.abs(pair.right), 1e-300)).max()))
    if worst:
        words = f"Your numbers are close, but not equal: the relative difference is up to {number(worst, 1)}"
        yield Relation(
            "close", words, "Is a small number added, or a limit set in another way than the task says?"
        )


def normalised(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """The right numbers, divided by their sum or the like: all together, or row by row."""
    if (
        any(p.right.dtype == bool or p.right.ndim == 0 for p in pairs)
        or weight_of_proof(pairs) < TWO_OR_MORE + 2
    ):
        return
    axes: list[tuple[Any, str]] = [(None, "")]
    if all(p.right.ndim >= 2 for p in pairs):
        axes += [(-1, ", within each row"), (0, ", within each column")]
    with np.errstate(all="ignore"):
        for words, change in NORMALISED:
            for axis, where in axes:
                if all_alike(pairs, lambda x, c=change, a=axis: c(x.astype(float), a)):  # type: ignore[misc]
                    yield Relation("normalised", f"Your numbers are the right ones {words}{where}")


def offset(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """The right numbers plus a constant."""
    wrong = list(pairs)
    shifts = [added(pair, None) for pair in wrong]
    if any(shift is None for shift in shifts):
        return
    values = [float(np.ravel(np.asarray(shift))[0]) for shift in shifts]
    first = values[0]
    distinct = len({float(f"{x:.6g}") for pair in wrong for x in pair.right.ravel()[:400]})
    if distinct < 2:
        return
    if all(abs(value - first) <= 1e-6 * max(abs(first), 1e-6) for value in values):
        text, side = number(abs(first)), "too large" if first > 0 else "too small"
        yield Relation("offset", f"Your numbers are {text} {side}", _offset_look(first, wrong), first)


def _offset_look(shift: float, pairs: Sequence[Pair]) -> str:
    whole = all(p.right.dtype.kind in "iu" for p in pairs)
    return (
        "Do you count from 0 or from 1?"
        if whole and abs(shift) == 1
        else "Which constant is added or left out?"
    )


def other_kind(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """Fractions where whole numbers are expected, or other numbers where True and False are."""
    if all(p.right.dtype.kind in "iu" for p in pairs) and all(
        p.passed or _has_fractions(p.got) for p in pairs
    ):
        yield Relation(
            "fractions", "Whole numbers are expected, but yours have fractions", "What is counted or rounded?"
        )
    if all(p.right.dtype == bool for p in pairs) and all(
        p.passed or not np.isin(p.got, (0, 1)).all() for p in pairs
    ):
        yield Relation(
            "no truth", "True and False are expected, but yours are other numbers", "Is a comparison missing?"
        )


def _has_fractions(got: np.ndarray) -> bool:
    return got.dtype.kind == "f" and bool((got[np.isfinite(got)] % 1 != 0).any())


EXACT = (flipped_truth, rounded)
SEARCHES = (close, function_of_right, normalised, offset)
