"""Answers that are right in part: but for NaN, but for zeros, in some rows, with too many or too few True."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from capslab.exercises.compare_values import differing
from capslab.exercises.numbers_in_words import counted, listed
from capslab.exercises.relation import RELATIVE, Pair, Relation, failing


def partly_right(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """Which part of the answer is right, where it has the right shape in every case that fails."""
    wrong = failing(pairs)
    if not wrong or any(p.got.shape != p.right.shape or p.got.ndim == 0 for p in wrong):
        return
    masks = [differing(p.got, p.right, RELATIVE) for p in wrong]
    if any(mask.all() for mask in masks):
        return
    both = list(zip(wrong, masks, strict=True))
    yield from _strange(both)
    yield from _too_many_true(both)
    yield from _only_at_zero(both)
    yield from _zero_rows(both)
    yield from _some_rows(both)


def _strange(both: list[tuple[Pair, np.ndarray]]) -> Iterator[Relation]:
    """NaN or infinity, and everything else right."""
    if not all((~np.isfinite(p.got[mask])).all() for p, mask in both):
        return
    got = np.concatenate([p.got[mask].astype(float) for p, mask in both])
    right = np.concatenate([p.right[mask].astype(float) for p, mask in both])
    if np.isnan(got).any():
        name, look = "NaN", "Is 0 divided by 0 there, or the logarithm of 0 multiplied by 0?"
    elif (got < 0).any():
        name, look = "−infinity", "Is the logarithm of 0 taken there?"
    else:
        name, look = (
            "infinity",
            "Is something divided by 0 there, or the exponential of a large number taken?",
        )
    if not right.any():
        words = f"Everything is right but the places where 0 is expected: there you have {name}"
    else:
        mask = both[0][1]
        words = f"everything is right but {int(mask.sum())} of {mask.size} places, in which you have {name}"
        yield Relation("nan", words, look, about="first")
        return
    yield Relation("nan", words, look)


def _too_many_true(both: list[tuple[Pair, np.ndarray]]) -> Iterator[Relation]:
    if not all(p.right.dtype == bool and np.isin(p.got, (0, 1)).all() for p, _ in both):
        return
    for more in (True, False):
        if all((p.right[mask] != more).all() for p, mask in both):
            mask = both[0][1]
            many = counted(int(mask.sum()), "place")
            are = "is" if mask.sum() == 1 else "are"
            words = (
                f"every True that is expected is there, but {many} {are} True as well"
                if more
                else f"every True of yours is right, but {many} that should be True {are} False"
            )
            look = "What do they have in common?" if mask.sum() > 1 else "What is special about it?"
            yield Relation("too many true" if more else "too few true", words, look, about="first")
            return


def _only_at_zero(both: list[tuple[Pair, np.ndarray]]) -> Iterator[Relation]:
    if any(p.right.dtype == bool or (p.right[mask] != 0).any() for p, mask in both):
        return
    if any(not (p.right[~mask] != 0).any() or (p.right[~mask] == 0).any() for p, mask in both):
        return
    yield Relation(
        "zero", "Your numbers are right but where 0 is expected", "Why is it 0 there, according to the task?"
    )


def _zero_rows(both: list[tuple[Pair, np.ndarray]]) -> Iterator[Relation]:
    """Wrong exactly in the rows in which an argument is all zeros."""
    for name in both[0][0].arguments:
        found = []
        for p, mask in both:
            value = np.asarray(p.arguments.get(name, ()))
            if value.dtype.kind not in "iuf" or value.ndim < 2 or len(value) != len(mask):
                break
            empty = ~value.reshape(len(value), -1).any(axis=1)
            rows = mask.reshape(len(mask), -1).any(axis=1)
            found.append(bool(rows.any() and np.array_equal(empty, rows)))
        if len(found) == len(both) and all(found):
            words = f"Your numbers are right but in the rows in which `{name}` is all zeros"
            yield Relation("zero rows", words, "Is something divided by 0 there?")
            return


def _some_rows(both: list[tuple[Pair, np.ndarray]]) -> Iterator[Relation]:
    """Right in k of n rows, or in k of n places."""
    mask = both[0][1]
    rows = np.asarray(mask.reshape(len(mask), -1).any(axis=1))
    if mask.ndim == 1 or rows.all():
        right = int((~mask).sum())
        if mask.ndim == 2 and len(columns := np.flatnonzero(mask.any(axis=0))) < mask.shape[1]:
            words = (
                f"{counted(mask.shape[1] - len(columns), 'column')} of {mask.shape[1]} "
                f"{'is' if mask.shape[1] - len(columns) == 1 else 'are'} right, and "
                f"{_wrong('column', columns)}"
            )
        else:
            at = f", and {_wrong('position', np.flatnonzero(mask))}" if mask.ndim == 1 else ""
            are = "is" if right == 1 else "are"
            words = f"{right} of {mask.size} entries {are} right{at}"
    else:
        right = int((~rows).sum())
        words = (
            f"{right} of {counted(len(rows), 'row')} "
            f"{'is' if right == 1 else 'are'} right, and {_wrong('row', np.flatnonzero(rows))}"
        )
    yield Relation("in part", words, "", about="first")


def _wrong(name: str, places: np.ndarray) -> str:
    plural = len(places) != 1
    numbers = listed([int(i) for i in places])
    return f"{name}{'s' * plural} {numbers} {'are' if plural else 'is'} not (counted from 0)"


SEARCHES = (partly_right,)
