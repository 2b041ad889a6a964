"""Whether samples can be compared at all: enough of them, of one meaning, and of one shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, short
from capslab.lessons.claims_list import Claim

FEWEST = 3


def check_sample(name: str, values: Any, claim: Claim) -> np.ndarray:
    """The values as floats, `(rows,)` or `(rows, images)`.

    Parameters
    ----------
    name : of the argument, for the error.
    values : one number for each thing that varies, or one row of numbers each: a score per test image.

    Raises
    ------
    ArgumentError : for fewer than three, for NaN, for shares outside 0…1, …
    """
    expected = f"numbers, one per repetition ({claim.varies}), or one row of numbers each"
    try:
        array = np.asarray(values)
        numbers = array.astype(float) if array.dtype.kind in "biufO" else None
    except (TypeError, ValueError):  # rows of different length, or no numbers
        numbers = None
    if numbers is None or numbers.ndim not in (1, 2):
        step = "Give a list of means: [scores.mean() for scores in runs]."
        if numbers is not None and numbers.ndim == 0:
            step = "One number has no interval. Give all repetitions, for example [0.71, 0.69, 0.72]."
        raise ArgumentError(name, expected, _seen(values), step)
    if numbers.ndim == 1 and array.dtype.kind == "b":  # one network's images, taken for repetitions
        step = "Give one row of them per repetition, or the mean of each row: rows.mean(axis=1)."
        raise ArgumentError(name, expected, Verbatim(f"{len(numbers)} times True or False"), step)
    if len(numbers) < FEWEST:
        received = Verbatim(f"{len(numbers)} of them")
        step = "Repeat it with other seeds. Of fewer than three, nobody can say how much they vary."
        raise ArgumentError(name, f"at least {FEWEST} repetitions ({claim.varies})", received, step)
    if numbers.ndim == 2 and numbers.shape[1] < FEWEST:
        received = Verbatim(f"rows of length {numbers.shape[1]}")
        step = "Give one mean per repetition instead: values.mean(axis=1)."
        raise ArgumentError(name, "rows with a score for each of many test images", received, step)
    bad = int((~np.isfinite(numbers)).sum())
    if bad:
        received = Verbatim(f"{bad} of {numbers.size} that are NaN or infinite")
        step = "Look for the run that failed, and run it again. Leaving it out would favour this side."
        raise ArgumentError(name, "finite numbers", received, step)
    if claim.units == "share" and (numbers.min() < 0 or numbers.max() > 1):
        worst = numbers.max() if numbers.max() > 1 else numbers.min()
        step = "Divide percentages by 100. Seconds and nats belong to another claim."
        raise ArgumentError(name, f"shares from 0 to 1 ({claim.measure})", Verbatim(f"{worst:g}"), step)
    if claim.units == "seconds" and numbers.min() <= 0:
        received = Verbatim(f"{numbers.min():g}")
        step = "Measure with time.process_time() before and after, and repeat what takes too short a time."
        raise ArgumentError(name, "seconds above 0", received, step)
    return numbers


def check_pair(ours: np.ndarray, baseline: np.ndarray, paired: bool) -> None:
    """Refuses two samples that cannot be compared in this way."""
    if ours.ndim != baseline.ndim:
        received = Verbatim(f"arrays of shape {ours.shape} and {baseline.shape}")
        step = "Give both as means, values.mean(axis=1), or both with one score per test image."
        raise ArgumentError("baseline", "of the same kind as `ours`", received, step)
    if ours.ndim == 2 and ours.shape[1] != baseline.shape[1]:
        received = Verbatim(f"{baseline.shape[1]} columns beside {ours.shape[1]}")
        step = "Score both sides on the same test images, in the same order."
        raise ArgumentError("baseline", "scores of the same images as `ours`", received, step)
    if paired and len(ours) != len(baseline):
        received = Verbatim(f"{len(baseline)} beside {len(ours)}")
        step = "Leave `paired` out, unless each value of one side belongs to one of the other."
        raise ArgumentError("baseline", "as many as in `ours`, to make pairs", received, step)


def check_units(units: Any, claim: Claim) -> None:
    """Refuses samples that the caller says are of other units than the claim's, or than each other."""
    given = [units, units] if isinstance(units, str) else units
    if not isinstance(given, (list, tuple)) or len(given) != 2 or not all(isinstance(u, str) for u in given):
        step = f"Write units={claim.units!r}, or leave it out."
        raise ArgumentError("units", "one word, or one for each of the two samples", units, step)
    if given[0] != given[1]:
        received = Verbatim(f"{given[0]!r} and {given[1]!r}")
        step = f"Measure both sides in the same way: {claim.measure}."
        raise ArgumentError("units", "the same for both samples", received, step)
    if given[0] != claim.units:
        step = f"This claim is judged by {claim.measure}."
        raise ArgumentError("units", repr(claim.units), given[0], step)


def check_variation(differing: bool) -> None:
    """Refuses samples in which nothing varies."""
    if not differing:
        step = "Repeat with other seeds and other training images, and check that the seed is used."
        raise ArgumentError("ours", "repetitions that differ", Verbatim("the same value every time"), step)


def _seen(values: Any) -> Any:
    """What was received, where a list of arrays would be long to show."""
    if isinstance(values, (list, tuple)) and any(hasattr(one, "shape") for one in values):
        return Verbatim(f"{len(values)} items of shapes " + short([getattr(v, "shape", ()) for v in values]))
    return values
