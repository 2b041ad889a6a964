"""Answers of another shape: an axis too many, a sum too few, too many rows, a mask for positions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from capslab.exercises.numbers_in_words import listed
from capslab.exercises.relation import Pair, Relation, alike

REDUCTIONS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("mean", np.mean),
    ("sum", np.sum),
    ("largest", np.max),
    ("smallest", np.min),
)


def other_shape(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """The right numbers in another shape: an axis too many, one too few, flattened, repeated."""
    wrong = list(pairs)
    if any(p.got.shape == p.right.shape or not p.right.size for p in wrong):
        return
    shapes = f"{wrong[0].got.shape}, but {wrong[0].right.shape} is expected"
    if all(p.got.size == p.right.size and alike(p.got.ravel(), p.right.ravel()) for p in wrong):
        words = f"your numbers are right, but their shape is {shapes.replace('but', 'where')}"
        if all(p.got.squeeze().shape == p.right.squeeze().shape for p in wrong):
            more = all(p.got.ndim > p.right.ndim for p in wrong)
            look = (
                "An axis of length 1 is too many: does it come from keepdims=True, or from a None?"
                if more
                else "An axis of length 1 is missing: keepdims=True keeps it."
            )
        else:
            look = "Are the numbers flattened or reshaped somewhere?"
        yield Relation("shape", words, look, about="shape")
        return
    if all(p.got.ndim == 2 and p.got.shape == (p.right.size,) * 2 for p in wrong) and all(
        alike(np.diagonal(p.got), p.right.ravel()) for p in wrong
    ):
        words = f"your answer has shape {shapes}. The right numbers stand on its diagonal"
        look = "An array of shape (n,) has met one of shape (n, 1), and NumPy made a table of them."
        yield Relation("broadcast", words, look, about="shape")
        return
    if all(_repeated(p) for p in wrong):
        words = f"your answer has shape {shapes}. It holds the right numbers several times"
        yield Relation("repeated", words, "Do you need one number for each?", about="shape")


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


def other_reduction(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """Summed or averaged over one axis too many, or not yet."""
    wrong = list(pairs)
    if any(p.got.shape == p.right.shape or not p.right.size or not p.got.size for p in wrong):
        return
    shapes = f"{wrong[0].got.shape}, but {wrong[0].right.shape} is expected"
    for name, reduce in REDUCTIONS:
        for axis in (None, 0, 1, -1, (0, 1), (1, 2)):
            along = (
                "the last axis" if axis == -1 else f"axis {axis}" if isinstance(axis, int) else f"axes {axis}"
            )
            missing = "A last step" if axis is None else f"A last step over {along}"
            over = "all the right numbers" if axis is None else f"the right numbers over {along}"
            if all(_reduces(p.right, p.got, reduce, axis) for p in wrong):
                words = f"your answer has shape {shapes}. It is the {name} of {over}"
                yield Relation(
                    "reduced",
                    words,
                    "Over which axis do you reduce, and which one should stay?",
                    about="shape",
                )
                return
            if name in ("mean", "sum") and all(_reduces(p.got, p.right, reduce, axis) for p in wrong):
                words = f"your answer has shape {shapes}. {missing} is missing"
                look = "Your numbers are right so far. What should become of them, according to the task?"
                yield Relation("not reduced", words, look, about="shape")
                return


def _reduces(long: np.ndarray, short: np.ndarray, reduce: Callable[..., Any], axis: Any) -> bool:
    needed = 1 if axis is None else max(np.atleast_1d(axis)) + 1
    if long.ndim < needed or long.size < short.size or long.ndim <= short.ndim or long.dtype == bool:
        return False
    for keepdims in (False, True):
        if alike(short.astype(float), np.asarray(reduce(long, axis=axis, keepdims=keepdims), float)):
            return True
    return False


def wrong_axis(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """One number per column where one per row is expected, or a single one where there should be several."""
    first = pairs[0]
    if any(p.right.ndim != 1 for p in pairs) or all(p.got.shape == p.right.shape for p in pairs):
        return
    for name, value in first.arguments.items():
        shapes = [np.shape(p.arguments[name]) for p in pairs]
        if len({len(shape) for shape in shapes}) != 1 or not np.shape(value):
            continue
        look = "Over which axis do you sum or average?"
        for axis, (each, other) in enumerate((("row", "column"), ("column", "row"))[: len(shapes[0])]):
            if any(len(p.right) != shape[axis] for p, shape in zip(pairs, shapes, strict=True)):
                continue
            if all(p.got.size == 1 for p in pairs):
                each = "entry" if len(shapes[0]) == 1 else each
                many = f"{len(first.right)} are expected, one per {each} of `{name}`"
                yield Relation(
                    "one number", f"your answer is a single number, but {many}", look, about="shape"
                )
                return
            if len(shapes[0]) == 2 and all(
                p.got.shape == (s[1 - axis],) for p, s in zip(pairs, shapes, strict=True)
            ):
                words = f"your answer has {len(first.got)} numbers, one per {other} of `{name}`"
                words += f", but {len(first.right)} are expected, one per {each}"
                yield Relation("wrong axis", words, look, about="shape")
                return


def one_of_several(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """A list of numbers of which one is the right one, always in the same place."""
    if any(p.right.ndim != 0 or p.got.ndim != 1 or p.got.size < 2 for p in pairs):
        return
    for i in range(min(p.got.size for p in pairs)):
        if all(alike(p.got[i].astype(float), p.right.astype(float)) for p in pairs):
            words = (
                f"Your answer holds several numbers, and the right one is at position {i} (counted from 0)"
            )
            yield Relation("one of several", words, "Which one does the task ask for?")
            return


def mask_or_positions(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """A mask where positions are expected, or positions where a mask is."""
    if any(p.got.ndim != 1 or p.right.ndim != 1 for p in pairs):
        return
    if all(p.got.dtype == bool and np.array_equal(np.flatnonzero(p.got), np.sort(p.right)) for p in pairs):
        yield Relation("mask", "Your answer says True or False for each, but positions are expected")
    if all(p.right.dtype == bool and np.array_equal(np.flatnonzero(p.right), np.sort(p.got)) for p in pairs):
        yield Relation("positions", "Your answer holds positions, but True or False is expected for each")


def other_number(pairs: Sequence[Pair]) -> Iterator[Relation]:
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
        yield Relation("too few" if missing else "too many", words, "")
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
            yield Relation("too many" if more else "too few", words, look, about="first")
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


SEARCHES = (
    other_shape,
    one_of_several,
    other_reduction,
    other_number,
    wrong_axis,
    mask_or_positions,
)
