"""Whether an answer equals what was expected, and if not, how it differs."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.exercises.numbers_in_words import ORDINALS, number, place, two_numbers

CLOSE = 1e-3  # a relative difference below this is called close


def difference(got: Any, expected: Any, tolerance: float, subject: str = "your answer") -> str:
    """What is different, as a sentence without its full stop; "" if nothing is.

    Examples
    --------
    >>> difference(np.array([3.0, 5.0]), np.array([3.0, 4.0]), 1e-5)
    'your answer is 5 at position 1 (counted from 0), but 4 is expected there'
    """
    if isinstance(expected, tuple):
        many = len(expected)
        if not isinstance(got, (tuple, list)) or len(got) != many:
            received = f"{len(got)} values" if isinstance(got, (tuple, list)) else a_type(got)
            return f"{subject} should be {many} values, as in `return first, second`. Received: {received}"
        for ordinal, one, wanted in zip(ORDINALS, got, expected, strict=False):
            name = f"the {ordinal} of your {many} values"
            if words := difference(one, wanted, tolerance, name):
                return words
        return ""
    if isinstance(expected, (bool, str)):
        same = got == expected if isinstance(got, (bool, np.bool_, str)) else False
        if same:
            return ""
        wanted = "text"
        if isinstance(expected, bool):
            wanted = str(expected) if isinstance(got, (bool, np.bool_)) else "True or False"
        elif isinstance(got, str):
            return f"{subject} is {Received(got)!r}"  # what is expected would be the solution
        return f"{subject} is {Received(got)!r}, but {wanted} is expected"
    array = as_numbers(got)
    if array is None:
        return f"{subject} is {a_type(got)}, but numbers are expected"
    right = np.asarray(expected)
    if array.shape != right.shape and not right.size:
        return f"{subject} has shape {array.shape}, but nothing is expected: an array of shape {right.shape}"
    if array.shape != right.shape:
        return f"{subject} has shape {array.shape}, but {right.shape} is expected"
    if array.dtype.kind == "c":
        return f"{subject} has complex numbers, but real ones are expected"
    return _numbers_differ(array, right, tolerance, subject)


class Received:
    """A value shown in a message: short, and with numbers as one writes them."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        if isinstance(self.value, str):
            return repr(self.value)
        array = as_numbers(self.value)
        if array is not None and array.ndim == 0 and array.dtype.kind != "c":
            return number(array[()])
        if array is not None and not isinstance(self.value, (list, tuple)):
            return f"an array of shape {array.shape}"
        return a_type(self.value)


def _numbers_differ(array: np.ndarray, wanted: np.ndarray, tolerance: float, subject: str) -> str:
    wrong = differing(array, wanted, tolerance)
    if not wrong.any():
        return ""
    strange = wrong & ~np.isfinite(array) & np.isfinite(wanted)
    if strange.any():
        at = tuple(int(i) for i in np.argwhere(strange)[0])
        there = " there" if at else ""
        why = ". NaN comes from 0/0, or from a root or a logarithm of a number below 0"
        return (
            f"{subject} is {number(array[at])}{place(at, array.shape)}, "
            f"but {number(wanted[at])} is expected{there}{why if np.isnan(array[at]) else ''}"
        )
    gap = np.where(wrong, np.abs(array.astype(float) - wanted.astype(float)), 0.0)
    gap[np.isnan(gap)] = np.inf  # NaN was expected, and there is a number
    at = tuple(int(i) for i in np.unravel_index(int(gap.argmax()), gap.shape))
    got, right = two_numbers(array[at], wanted[at])
    there = " there" if at else ""
    return f"{subject} is {got}{place(at, array.shape)}, but {right} is expected{there}"


def differing(array: np.ndarray, wanted: np.ndarray, tolerance: float) -> np.ndarray:
    """Where two arrays of the same shape differ by more than the tolerance."""
    return ~np.isclose(array, wanted, rtol=tolerance, atol=tolerance, equal_nan=True)


def same(got: Any, other: Any, tolerance: float) -> bool:
    """Whether two answers are equal, NaN and infinity included."""
    if isinstance(other, tuple) or isinstance(got, tuple):
        return (
            isinstance(got, (tuple, list))
            and isinstance(other, (tuple, list))
            and len(got) == len(other)
            and all(same(a, b, tolerance) for a, b in zip(got, other, strict=True))
        )
    one, two = as_numbers(got), as_numbers(other)
    if one is None or two is None:
        try:
            return type(got) is type(other) and bool(np.all(got == other))
        except Exception:  # a learner's object may do anything when it is compared
            return False
    return one.shape == two.shape and not differing(one, two, tolerance).any()


def as_numbers(value: Any) -> np.ndarray | None:
    """The value as an array of numbers, or None if it is not one."""
    try:
        array = np.asarray(value)
    except Exception:  # a learner's object may do anything when it is read
        return None
    return array if array.dtype.kind in "biufc" else None


def a_type(value: Any) -> str:
    """The type of a value with its article: "a list"."""
    name = "array" if isinstance(value, np.ndarray) else type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
