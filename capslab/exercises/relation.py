"""A general diagnosis: a relation between the answer and the right one that holds in every failing case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

RELATIVE = 1e-5  # how exactly a relation has to hold
MOST_READ = 400  # numbers of a case that are looked at to see how much they prove


@dataclass(frozen=True, eq=False)
class Pair:
    """An answer and the right one in one case, both as arrays of real numbers.

    Attributes
    ----------
    got, right : what was received and what was expected.
    passed : whether the case is right.
    description : the case in words.
    arguments : what the function was called with, by the names of the reference's parameters.
    """

    got: np.ndarray
    right: np.ndarray
    passed: bool
    description: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Relation:
    """What is the matter, in general.

    Attributes
    ----------
    name : for tests and statistics: "factor", "sign", "transposed".
    words : a sentence without its full stop; the cases in which it holds are said before it.
    look : what to look at next, as a sentence or a question; may be empty.
    factor : the number in it, where there is one.
    about : "cases" (it holds in several of them), "first" (its words describe the first one that fails) or
        "shape" (the same, and the words say already how the answer differs there).
    part : which of several values it is about, counted from 0, or None.
    """

    name: str
    words: str
    look: str = ""
    factor: float | None = None
    about: str = "cases"
    part: int | None = None


Search = Callable[[Sequence[Pair]], Iterable[Relation]]


def alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays hold the same numbers in the same places, up to the rounding of a calculation."""
    if one.shape != other.shape:
        return False
    if not one.size:
        return True
    largest = np.max(np.abs(other), initial=0.0, where=np.isfinite(other))
    return bool(np.allclose(one, other, rtol=RELATIVE, atol=1e-7 * float(largest) + 1e-12, equal_nan=True))


def all_alike(pairs: Sequence[Pair], change: Callable[[np.ndarray], np.ndarray | None]) -> bool:
    """Whether each answer is the right one after this change."""
    nan = sum(int(np.isnan(pair.got).sum()) for pair in pairs)
    if 2 * nan > sum(pair.got.size for pair in pairs):
        return False  # NaN is the logarithm, the root and the rest of many numbers
    for pair in pairs:
        changed = change(pair.right)
        if changed is None or not alike(pair.got, np.asarray(changed, float)):
            return False
    return True


def weight_of_proof(pairs: Sequence[Pair]) -> int:
    """How hard it is to meet a relation by luck: 2 for each different number, 1 for a simple one (0.5, 3).

    Only the cases that fail count, and in these a 0 proves nothing.
    """
    numbers: set[float] = set()
    for pair in pairs:
        if not pair.passed:
            flat = pair.right.ravel()[:MOST_READ]
            numbers.update(float(f"{abs(x):.6g}") for x in flat if np.isfinite(x) and x)
    return sum(1 if _is_simple(x) else 2 for x in numbers)


def _is_simple(x: float) -> bool:
    return abs(float(Fraction(x).limit_denominator(12)) - x) <= 1e-6 * x


def failing(pairs: Sequence[Pair]) -> list[Pair]:
    return [pair for pair in pairs if not pair.passed]


def added(pair: Pair, axis: int | None) -> np.ndarray | None:
    """What is added to the right numbers along an axis (None: to all the same); None if nothing fits."""
    if pair.got.shape != pair.right.shape or not pair.got.size or pair.right.dtype == bool:
        return None
    gap = pair.got.astype(float) - pair.right.astype(float)
    if not np.isfinite(gap).all():
        return None
    middle = gap.mean(axis=axis, keepdims=True)
    scale = float(np.abs(pair.right).max()) + float(np.abs(gap).max())
    return middle if bool((np.abs(gap - middle) <= 1e-6 * scale).all()) else None
