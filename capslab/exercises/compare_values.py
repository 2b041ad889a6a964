"""Whether an answer equals what was expected, and if not, how it differs."""

from __future__ import annotations

from typing import Any

import numpy as np


def difference(got: Any, expected: Any, tolerance: float) -> str:
    """What is different, in words that can follow "your answer …"; "" if nothing is."""
    if isinstance(expected, tuple):
        if not isinstance(got, (tuple, list)) or len(got) != len(expected):
            received = f"{len(got)} values" if isinstance(got, (tuple, list)) else a_type(got)
            return f"should be {len(expected)} values, as in `return first, second`. Received: {received}"
        for place, (one, wanted) in enumerate(zip(got, expected, strict=True), start=1):
            if words := difference(one, wanted, tolerance):
                return f"is wrong in value number {place}: it {words}"
        return ""
    if isinstance(expected, (bool, str)):
        same = got == expected if isinstance(got, (bool, np.bool_, str)) else False
        return "" if same else f"is {got!r}"
    array = _numbers(got)
    if array is None:
        return f"is {a_type(got)}, but numbers are expected"
    wanted = np.asarray(expected)
    if array.shape != wanted.shape:
        return f"has shape {array.shape}, but {wanted.shape} is expected"
    if array.dtype.kind == "c":
        return "has complex numbers"
    strange = ~np.isfinite(array) & np.isfinite(wanted)
    if strange.any():
        return f"has {'NaN' if np.isnan(array[strange]).any() else 'infinity'}, but {_at(strange, wanted)}"
    near = np.isclose(array, wanted, rtol=tolerance, atol=tolerance, equal_nan=True)
    if near.all():
        return ""
    gap = np.where(near, 0.0, np.abs(array.astype(float) - wanted.astype(float)))
    worst = gap == gap.max()
    return f"is {_number(array[worst][0])}, but {_at(worst, wanted)}"


def same(got: Any, other: Any, tolerance: float) -> bool:
    """Whether two answers are equal, NaN and infinity included."""
    if isinstance(other, tuple) or isinstance(got, tuple):
        return (
            isinstance(got, (tuple, list))
            and isinstance(other, (tuple, list))
            and len(got) == len(other)
            and all(same(a, b, tolerance) for a, b in zip(got, other, strict=True))
        )
    one, two = _numbers(got), _numbers(other)
    if one is None or two is None:
        return type(got) is type(other) and bool(got == other)
    return one.shape == two.shape and bool(
        np.allclose(one, two, rtol=tolerance, atol=tolerance, equal_nan=True)
    )


def _numbers(value: Any) -> np.ndarray | None:
    """The value as an array of numbers, or None if it is not one."""
    try:
        array = np.asarray(value)
    except Exception:  # a learner's object may do anything when it is read
        return None
    return array if array.dtype.kind in "biufc" else None


def _at(where: np.ndarray, wanted: np.ndarray) -> str:
    position = tuple(int(i) for i in np.argwhere(where)[0])
    place = f" at {list(position)}" if position else ""
    return f"{_number(wanted[position])} is expected{place}"


def _number(value: Any) -> str:
    return f"{float(value):.4g}"


def a_type(value: Any) -> str:
    """The type of a value with its article: "a list"."""
    name = "array" if isinstance(value, np.ndarray) else type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
