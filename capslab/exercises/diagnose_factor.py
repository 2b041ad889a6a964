"""Answers that are the right ones times something: a sign, a number, the size of an argument, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from capslab.exercises.numbers_in_words import fraction, listed, number
from capslab.exercises.relation import Pair, Relation, added, all_alike, weight_of_proof

TWO_OR_MORE = 2  # see `weight_of_proof`

#: factors that have a name: value, words, what to look at
NAMED_FACTORS = (
    (1 / np.log(2), "that is 1/ln 2", "Is it log2 where the natural logarithm is meant?"),
    (np.log(2), "that is ln 2", "Is it the natural logarithm where log2 is meant?"),
    (1 / np.log(10), "that is 1/ln 10", "Is it log10 where the natural logarithm is meant?"),
    (np.log(10), "that is ln 10", "Is it the natural logarithm where log10 is meant?"),
    (np.log2(10), "that is log2 10", "Which base has your logarithm?"),
    (np.log10(2), "that is log10 2", "Which base has your logarithm?"),
    (np.pi, "that is π", "Where does a π come in?"),
    (2 * np.pi, "that is 2π", "Where does 2π come in?"),
    (1 / np.pi, "that is 1/π", "Where does a π come in?"),
    (np.sqrt(2), "that is √2", "Is there a square root in the wrong place?"),
    (1 / np.sqrt(2), "that is 1/√2", "Is there a square root in the wrong place?"),
    (1 / 255, "that is 1/255", "Is something divided by 255 once too often?"),
    (1 / 257, "that is 1/257", "Do you divide by 257 where nothing has to be divided?"),
)


def opposite_sign(pairs: Sequence[Pair]) -> Iterator[Relation]:
    if weight_of_proof(pairs) and all_alike(pairs, lambda x: -x.astype(float)):
        look = "Is something subtracted the wrong way round, or a minus missing?"
        yield Relation("sign", "Your numbers have the opposite sign of the right ones", look, -1.0)


def factor(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """The right numbers times the same factor, or times a factor that is a size of the case."""
    wrong = [pair for pair in pairs if pair.right.any() or pair.got.any()]  # 0 has any factor
    ratios = [_ratio(pair) for pair in wrong]
    if not wrong or not all(ratio is not None and ratio not in (0.0, 1.0, -1.0) for ratio in ratios):
        return
    proof = weight_of_proof(pairs)
    first = float(ratios[0] or 0.0)
    if abs(first - 1) <= 2e-3 or abs(first + 1) <= 2e-3:
        return  # called close
    constant = all(abs(float(r or 0) - first) <= 1e-5 * abs(first) for r in ratios)
    if constant and (said := _named_factor(first, pairs, proof)):
        yield said
    yield from _factor_of_size(wrong, [float(r or 0.0) for r in ratios])


def _ratio(pair: Pair) -> float | None:
    """What the right numbers are multiplied with in the answer; None if there is no such number."""
    if pair.got.shape != pair.right.shape or not pair.got.size or pair.right.dtype == bool:
        return None
    got, right = pair.got.astype(float), pair.right.astype(float)
    if not np.isfinite(got).all() or not np.isfinite(right).all() or not right.any():
        return None
    largest = np.abs(right).argmax()
    ratio = float(got.flat[largest] / right.flat[largest])
    near = np.allclose(got, right * ratio, rtol=1e-5, atol=1e-7 * float(np.abs(got).max()) + 1e-12)
    return ratio if near else None


def _named_factor(ratio: float, pairs: Sequence[Pair], proof: int) -> Relation | None:
    size = abs(ratio)
    sign = ", and have the opposite sign" if ratio < 0 else ""
    for value, name, look in NAMED_FACTORS:
        if abs(size - value) <= 1e-5 * value and proof >= TWO_OR_MORE:
            words = f"Your numbers are {number(size, 5)} times the right ones: {name}{sign}"
            return Relation("factor", words, look, ratio)
    text = fraction(size)
    nice = not any(mark in text for mark in ".e")
    if proof < (TWO_OR_MORE if nice else TWO_OR_MORE + 2):
        return None
    shares = all(pair.right.min() >= 0 and pair.right.max() <= 1 for pair in pairs if pair.right.size)
    if abs(size - 100) < 1e-3 and shares and ratio > 0:
        words = (
            "Your numbers are 100 times the right ones: a percentage, where a share from 0 to 1 is expected"
        )
        return Relation("percentage", words, "", ratio)
    if nice and size < 1:
        words = f"Your numbers are exactly {text} of the right ones{sign}"
        return Relation("factor", words, "Which division is one too many, or which factor is missing?", ratio)
    if nice:
        words = f"Your numbers are exactly {text} times the right ones{sign}"
        return Relation("factor", words, "Which factor is one too many, or which division is missing?", ratio)
    words = f"Your numbers are {text} times the right ones{sign}"
    return Relation("factor", words, "Where does this factor come from?", ratio)


SIZES: tuple[tuple[str, Callable[[float], float]], ...] = (
    ("times {size}", lambda n: n),
    ("divided by {size}", lambda n: 1 / n),
    ("times 100 and divided by {size}", lambda n: 100 / n),
    ("times n/(n − 1), where n is {size}", lambda n: n / (n - 1)),
    ("times (n − 1)/n, where n is {size}", lambda n: (n - 1) / n),
    ("times the square of {size}", lambda n: n**2),
    ("divided by the square of {size}", lambda n: n**-2),
    ("times the square root of {size}", lambda n: n**0.5),
    ("divided by the square root of {size}", lambda n: n**-0.5),
    ("times the natural logarithm of {size}", lambda n: float(np.log(n))),
    ("divided by the natural logarithm of {size}", lambda n: 1 / float(np.log(n))),
)


def _factor_of_size(wrong: Sequence[Pair], ratios: list[float]) -> Iterator[Relation]:
    """A factor that differs between cases, as it is the size of an argument or a whole number passed."""
    if len({f"{ratio:.4g}" for ratio in ratios}) < 2:
        return
    sizes = [_sizes(pair) for pair in wrong]
    with np.errstate(all="ignore"):
        for words, change in SIZES:
            for name in sizes[0]:
                known = [one.get(name, np.nan) for one in sizes]
                if min(known) < 2 and ("n − 1" in words or "logarithm" in words):
                    continue
                if all(abs(change(n) - r) <= 1e-5 * abs(r) for n, r in zip(known, ratios, strict=True)):
                    values = listed([number(n) for n in known])
                    said = f"{words.format(size=name)} ({values})"
                    look = "Is it a sum where a mean is meant, or a mean over the wrong numbers?"
                    yield Relation("factor of size", f"Your numbers are the right ones {said}", look)
                    return


def _sizes(pair: Pair) -> dict[str, float]:
    """Numbers that belong to a case: the lengths of its arguments' axes, and the whole numbers passed."""
    sizes: dict[str, float] = {}
    for name, value in pair.arguments.items():
        shape = np.shape(value)
        if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            sizes[f"`{name}`"] = float(value)
        if len(shape) == 1:
            sizes[f"the length of `{name}`"] = shape[0]
        elif shape:
            kinds = (
                ("rows", "columns")
                if len(shape) == 2
                else [f"entries along axis {i}" for i in range(len(shape))]
            )
            sizes |= {f"the number of {kind} of `{name}`": n for kind, n in zip(kinds, shape, strict=True)}
            sizes[f"the number of entries of `{name}`"] = float(np.prod(shape))
    if pair.right.ndim:
        sizes["the number of entries of the answer"] = float(pair.right.size)
    return sizes


def by_row(pairs: Sequence[Pair]) -> Iterator[Relation]:
    """In each row (or column, or case) the right proportions, or the right differences."""
    wrong = list(pairs)
    if any(
        p.got.shape != p.right.shape or p.right.dtype == bool or not np.isfinite(p.got).all() for p in wrong
    ):
        return
    look = "What do you divide by or multiply with, and over which numbers is it computed?"
    if all(_ratio(p) is not None and (p.right != 0).sum() > 1 for p in wrong) and _spread(wrong):
        ratios = listed([fraction(_ratio(p) or 0.0) for p in wrong], 4)
        words = (
            "Your numbers are in the right proportion, but too large or too small by a factor that changes "
            f"from case to case ({ratios})"
        )
        yield Relation("proportional", words, look)
    shifts = [added(p, None) for p in wrong if not p.passed]
    if all(shift is not None for shift in shifts) and all(p.right.size > 1 for p in wrong if not p.passed):
        values = listed([number(float(np.ravel(np.asarray(shift))[0])) for shift in shifts], 4)
        words = f"Your numbers are off by a constant that changes from case to case ({values})"
        yield Relation(
            "offset by case", words, "What is added or subtracted, and over which numbers is it computed?"
        )
        return
    for axis, name in ((-1, "row"), (0, "column")):
        if all(p.right.ndim >= 2 and p.right.shape[axis] > 1 for p in wrong):
            if all(_proportional(p, axis) for p in wrong):
                words = (
                    f"Within each {name}, your numbers are in the right proportion, but each {name} has a "
                    "factor of its own"
                )
                yield Relation("proportional", words, look)
            elif all(p.passed or _mostly_shifted(p, axis) for p in wrong):
                words = f"Within each {name}, your numbers are off by a constant, and each {name} has its own"
                yield Relation("offset by row", words, "What is added or subtracted once per " + name + "?")


def _mostly_shifted(pair: Pair, axis: int) -> bool:
    shift = added(pair, axis)
    return shift is not None and 2 * int((np.abs(shift) > 1e-9).sum()) > shift.size


def _spread(wrong: Sequence[Pair]) -> bool:
    return len({f"{_ratio(p):.4g}" for p in wrong}) > 1


def _proportional(pair: Pair, axis: int) -> bool:
    """Whether each row is the right one times a number, and most rows are not simply right."""
    got = np.moveaxis(pair.got.astype(float), axis, -1).reshape(-1, pair.got.shape[axis])
    right = np.moveaxis(pair.right.astype(float), axis, -1).reshape(got.shape)
    ratios = []
    for one, other in zip(got, right, strict=True):
        if not other.any() and not one.any():
            continue  # zeros are in any proportion
        ratio = _ratio(Pair(one, other, False))
        if not ratio:
            return False
        if (other != 0).sum() > 1:
            ratios.append(ratio)
    changed = sum(abs(ratio - 1) > 1e-5 for ratio in ratios)
    return bool(ratios) and (pair.passed or 2 * changed > len(ratios))


SEARCHES = (opposite_sign, factor)
BY_ROW = (by_row,)
