"""Answers that hold the right numbers in other places: transposed, reversed, sorted, in another order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np

from capslab.exercises.numbers_in_words import listed
from capslab.exercises.relation import Pair, Relation, alike, all_alike


def transposed(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """Rows and columns exchanged, or the axes in another order."""
    if not all(pair.right.ndim >= 2 for pair in pairs):
        return
    if all_alike(pairs, lambda x: x.T if x.ndim == 2 else None):
        words = "Your numbers are the right ones, transposed: rows are where columns are expected"
        yield Relation("transposed", words, "Which axis comes first?")
        return
    if len({pair.right.ndim for pair in pairs}) > 1 and all_alike(pairs, np.transpose):
        words = "Your numbers are the right ones, transposed: the axes are in reverse order"
        yield Relation("transposed", words, "Which axis comes first?")
        return
    ndim = pairs[0].right.ndim
    if all(pair.right.ndim == ndim for pair in pairs) and 3 <= ndim <= 4:
        for order in permutations(range(ndim)):
            if order != tuple(range(ndim)) and all_alike(pairs, lambda x, o=order: x.transpose(o)):  # type: ignore[misc]
                said = f"with the axes in another order (yours are its axes {listed(order)})"
                words = f"Your numbers are those of the right answer {said}"
                yield Relation("axes", words, "Which axis comes first, and which one last?")
                return


def other_order(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """The same rows, columns or entries in another order."""
    wrong = list(pairs)
    if any(p.got.shape != p.right.shape or p.right.ndim == 0 or p.right.dtype == bool for p in wrong):
        return
    if not any(p.right.size > 2 for p in wrong if not p.passed):
        return
    axes = range(min(p.right.ndim for p in wrong))
    for axis in axes:
        if all_alike(pairs, lambda x, a=axis: np.flip(x, a)):  # type: ignore[misc]
            words = f"Your numbers are the right ones with the {_axis_name(axis, wrong)} in reverse order"
            yield Relation("order", words, "From which end do you start?")
            return
    for axis in axes:
        if all_alike(wrong, lambda x, a=axis: np.sort(x, axis=a)):  # type: ignore[misc]
            along = "" if all(p.right.ndim == 1 for p in wrong) else f" along axis {axis}"
            words = f"Your numbers are the right ones, but sorted{along}"
            yield Relation("sorted", words, "Where does their order get lost?")
            return
    for axis in axes:
        for step, side in ((1, "on"), (-1, "back")):
            if all_alike(pairs, lambda x, s=step, a=axis: np.roll(x, s, a)):  # type: ignore[misc]
                moved = f"all {_axis_name(axis, wrong)} moved one place {side}"
                words = f"Your numbers are the right ones with {moved}"
                yield Relation("order", words, "Is an index off by one?")
                return
    if any(_few(p.right) for p in wrong):
        return
    if all(p.right.ndim == 2 for p in wrong):
        for name, turned in (("rows", False), ("columns", True)):
            if all(_same_rows(p.got.T if turned else p.got, p.right.T if turned else p.right) for p in wrong):
                words = f"Your numbers have the right {name}, but in another order"
                yield Relation("order", words, f"What decides which of the {name} comes first?")
                return
    if all(alike(np.sort(p.got, axis=None), np.sort(p.right, axis=None)) for p in wrong):
        yield Relation(
            "order", "Your numbers are the right ones, but in other places", "Which number belongs where?"
        )


def _few(right: np.ndarray) -> bool:
    """Whether another order could be luck: nearly all entries are equal, as in a mask."""
    return right.dtype == bool or len(np.unique(right)) < max(2, right.size // 3)


def _axis_name(axis: int, pairs: Sequence[Pair]) -> str:
    if all(p.right.ndim == 1 for p in pairs):
        return "entries"
    return (
        ("rows", "columns")[axis] if all(p.right.ndim == 2 for p in pairs) else f"entries along axis {axis}"
    )


def _same_rows(got: np.ndarray, right: np.ndarray) -> bool:
    """Whether both hold the same rows, in any order."""
    left = list(range(len(right)))
    for row in got:
        for i in left:
            if alike(row, right[i]):
                left.remove(i)
                break
        else:
            return False
    return len(np.unique(right, axis=0)) > 1


SEARCHES = (transposed, other_order)
