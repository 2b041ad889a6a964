"""Answers that hold the right numbers in other places: transposed, in another order, in another shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from capslab.exercises.diagnosis import Diagnosis, Pair, alike, all_alike
from capslab.exercises.numbers_in_words import listed

REDUCTIONS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("mean", np.mean),
    ("sum", np.sum),
    ("largest", np.max),
    ("smallest", np.min),
)


def transposed(pairs: Sequence[Pair]) -> Iterator[Diagnosis]:
    """Rows and columns exchanged, or the axes in another order."""
    if not all(pair.right.ndim >= 2 for pair in pairs):
        return
    if all_alike(pairs, lambda x: x.T if x.ndim == 2 else None):
        words = "Your numbers are the right ones, transposed: rows are where columns are expected"
        yield Diagnosis("transposed", words, "Which axis comes first?")
        return
    ndim = pairs[0].right.ndim
    if all(pair.right.ndim == ndim for pair in pairs) and 3 <= ndim <= 4:
        for order in permutations(range(ndim)):
            if order != tuple(range(ndim)) and all_alike(pairs, lambda x, o=order: x.transpose(o)):  # type: ignore[misc]
                words = f"Your numbers are the right ones with the axes in another order, {list(order)}"
                yield Diagnosis("axes", words, "Which axis comes first, and which one last?")
                return


def other_order(pairs: Sequence[Pair]) -> Iterator[Diagnosis]:
    """The same rows, columns or entries in another order."""
    wrong = list(pairs)
    if any(p.got.shape != p.right.shape or p.right.ndim == 0 or _few(p.right) for p in wrong):
        return
    for axis in range(min(p.right.ndim for p in wrong)):
        name = _axis_name(axis, wrong)
        for steps, words, look in (
            (0, f"with the {name} in reverse order", "From which end do you start?"),
            (1, f"with all {name} moved one place on", "Is an index off by one?"),
            (-1, f"with all {name} moved one place back", "Is an index off by one?"),
        ):
            if all_alike(pairs, lambda x, s=steps, a=axis: np.roll(x, s, a) if s else np.flip(x, a)):  # type: ignore[misc]
                yield Diagnosis("order", f"Your numbers are the right ones {words}", look)
                return
    for axis in range(min(p.right.ndim for p in wrong)):
        if all_alike(wrong, lambda x, a=axis: np.sort(x, axis=a)):  # type: ignore[misc]
            along = "" if all(p.right.ndim == 1 for p in wrong) else f" along axis {axis}"
            yield Diagnosis(
                "sorted",
                f"Your numbers are the right ones, but sorted{along}",
                "Where does their order get lost?",
            )
            return
    if all(p.right.ndim == 2 for p in wrong):
        for name, turned in (("rows", False), ("columns", True)):
            if all(_same_rows(p.got.T if turned else p.got, p.right.T if turned else p.right) for p in wrong):
                words = f"Your numbers have the right {name}, but in another order"
                yield Diagnosis("order", words, f"What decides which of the {name} comes first?")
                return
    if all(alike(np.sort(p.got, axis=None), np.sort(p.right, axis=None)) for p in wrong):
        yield Diagnosis(
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


def other_shape(pairs: Sequence[Pair]) -> Iterator[Diagnosis]:
    """The right numbers in another shape: an axis too many, one too few, flattened, repeated."""
    wrong = list(pairs)
    if any(p.got.shape == p.right.shape or not p.right.size for p in wrong):
        return
    shapes = f"{wrong[0].got.shape}, but {wrong[0].right.shape} is expected"
    if all(p.got.size == p.right.size and alike(p.got.ravel(), p.right.ravel()) for p in wrong):
        words = f"the numbers are right, but not their shape: {shapes}"
        if all(p.got.squeeze().shape == p.right.squeeze().shape for p in wrong):
            more = all(p.got.ndim > p.right.ndim for p in wrong)
            look = (
                "An axis of length 1 is too many: does it come from keepdims=True, or from a None?"
                if more
                else "An axis of length 1 is missing: keepdims=True keeps it."
            )
        else:
            look = "Are the numbers flattened or reshaped somewhere?"
        yield Diagnosis("shape", words, look, says_where=True)
        return
    if all(p.got.ndim == 2 and p.got.shape == (p.right.size,) * 2 for p in wrong) and all(
        alike(np.diagonal(p.got), p.right.ravel()) for p in wrong
    ):
        words = f"your answer has shape {shapes}. The right numbers stand on its diagonal"
        look = "An array of shape (n,) has met one of shape (n, 1), and NumPy made a table of them."
        yield Diagnosis("broadcast", words, look, says_where=True)
        return
    if all(_repeated(p) for p in wrong):
        words = f"your answer has shape {shapes}. It holds the right numbers several times"
        yield Diagnosis("repeated", words, "Do you need one number for each?", says_where=True)


def _repeated(pair: Pair) -> bool:
    if pair.got.ndim <= pair.right.ndim or pair.got.size <= pair.right.size:
        return False
    forms = [pair.right, pair.right[..., None]] if pair.right.ndim else [pair.right]
    for form in forms:
        try:
            spread = np.broadcast_to(form, pair.got.shape)
        except ValueError:
            continue
        if alike(pair.got, spread):
            return True
    return False


def other_reduction(pairs: Sequence[Pair]) -> Iterator[Diagnosis]:
    """Summed or averaged over one axis too many, or not yet."""
    wrong = list(pairs)
    if any(p.got.shape == p.right.shape or not p.right.size or not p.got.size for p in wrong):
        return
    shapes = f"{wrong[0].got.shape}, but {wrong[0].right.shape} is expected"
    for name, reduce in REDUCTIONS:
        for axis in (None, 0, 1, -1, (0, 1), (1, 2)):
            over = (
                "all numbers" if axis is None else f"axis {axis}" if isinstance(axis, int) else f"axes {axis}"
            )
            if all(_reduces(p.right, p.got, reduce, axis) for p in wrong):
                words = f"your answer has shape {shapes}. It is the {name} of the right numbers over {over}"
                yield Diagnosis(
                    "reduced",
                    words,
                    "Over which axis do you reduce, and which one should stay?",
                    says_where=True,
                )
                return
            if all(_reduces(p.got, p.right, reduce, axis) for p in wrong):
                words = f"your answer has shape {shapes}. It is the right one before a last step over {over}"
                look = "Your numbers are right so far: what has to become of them, according to the task?"
                yield Diagnosis("not reduced", words, look, says_where=True)
                return


def _reduces(long: np.ndarray, short: np.ndarray, reduce: Callable[..., Any], axis: Any) -> bool:
    needed = 1 if axis is None else max(np.atleast_1d(axis)) + 1
    if long.ndim < needed or long.size <= short.size or long.dtype == bool:
        return False
    for keepdims in (False, True):
        if alike(short.astype(float), np.asarray(reduce(long, axis=axis, keepdims=keepdims), float)):
            return True
    return False


def other_number(pairs: Sequence[Pair]) -> Iterator[Diagnosis]:
    """All the right rows and some more, or some missing."""
    wrong = list(pairs)
    if any(
        p.got.ndim != p.right.ndim or p.got.ndim == 0 or p.got.shape[1:] != p.right.shape[1:] for p in wrong
    ):
        return
    if any(len(p.got) == len(p.right) for p in wrong):
        return
    one = "entries" if wrong[0].right.ndim == 1 else "rows"
    ends = [_missing_at_end(p) for p in wrong]
    if all(ends) and len(set(ends)) == 1:
        place, missing = ends[0]  # type: ignore[misc]
        shapes = listed([f"{len(p.got)} instead of {len(p.right)}" for p in wrong], 3)
        what = "are missing" if missing else "are too many"
        words = f"Your numbers are right, but {one} at the {place} {what} ({shapes})"
        yield Diagnosis("too few" if missing else "too many", words, "")
        return
    for more in (True, False):
        if all(_within(p.right, p.got) if more else _within(p.got, p.right) for p in wrong):
            extra = abs(len(wrong[0].got) - len(wrong[0].right))
            noun = "entry" if one == "entries" else "row"
            many = f"{extra} {noun if extra == 1 else one}"
            words = (
                f"all the right {one} are in your answer, but also {many} too many"
                if more
                else f"what your answer holds is right, but {many} {'is' if extra == 1 else 'are'} missing"
            )
            look = "What should be left out?" if more else "What is left out that should be there?"
            yield Diagnosis("too many" if more else "too few", words, look)
            return


def _missing_at_end(pair: Pair) -> tuple[str, bool] | None:
    short, long = sorted((pair.got, pair.right), key=len)
    missing = short is pair.got
    if not len(short):
        return None
    if alike(short.astype(float), long[: len(short)].astype(float)):
        return "end", missing
    return ("beginning", missing) if alike(short.astype(float), long[-len(short) :].astype(float)) else None


def _within(few: np.ndarray, many: np.ndarray) -> bool:
    if len(few) >= len(many) or few.dtype == bool:
        return False
    taken: set[int] = set()
    for row in few:
        found = next((i for i, other in enumerate(many) if i not in taken and alike(row, other)), None)
        if found is None:
            return False
        taken.add(found)
    return True


SEARCHES = (transposed, other_order, other_shape, other_reduction, other_number)
