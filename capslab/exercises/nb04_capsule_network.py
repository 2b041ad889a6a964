"""Exercises of 04_capsule_network: a loss on lengths, and reading what a trained network does.

Equations are those of Sabour, Frosst, Hinton 2017 (arXiv 1710.09829).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.core import Case, Exercise, Mistake

NOTEBOOK = "04_capsule_network"


def margin_loss(lengths, labels):
    """Σ_j T_j max(0, .9 − L_j)² + .5 (1 − T_j) max(0, L_j − .1)², mean over images (equation 4)."""
    truth = np.eye(lengths.shape[1])[labels]  # (n, classes)
    present = truth * np.maximum(0, 0.9 - lengths) ** 2
    absent = 0.5 * (1 - truth) * np.maximum(0, lengths - 0.1) ** 2
    return (present + absent).sum(axis=1).mean()


def _margin_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
        return chance.random((n, classes)), chance.integers(0, classes, n)

    right = np.array([[0.95, 0.05, 0.02], [0.01, 0.97, 0.03]])
    cases = [
        Case("a few images", made(6, 4)),
        Case("one image", made(1, 10)),
        Case("a network that is sure and right, whose loss is 0", (right, np.array([0, 1]))),
        Case("a network that is sure and wrong", (right, np.array([2, 0]))),
    ]
    if hard:
        cases.append(Case("many images", made(50, 10)))
        cases.append(Case("as many images as classes", made(5, 5)))
    return cases


def _margin(lengths, labels, *, down=0.5, power=2, floor=True, over=np.sum):
    truth = np.eye(lengths.shape[1])[labels]
    clip = (lambda x: np.maximum(0, x)) if floor else (lambda x: x)
    terms = truth * clip(0.9 - lengths) ** power + down * (1 - truth) * clip(lengths - 0.1) ** power
    return over(terms, axis=1).mean()


def coupling_entropy(couplings):
    """−Σ_j c_ij ln c_ij over ln J, mean over children: 1 is even, 0 is a choice."""
    powers = couplings * np.log(np.maximum(couplings, 1e-30))  # 0 · ln 0 counts as 0
    return -powers.sum(axis=1).mean() / np.log(couplings.shape[1])


def _coupling_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(children: int, parents: int, spread: float) -> tuple[np.ndarray]:
        powers = np.exp(spread * chance.normal(size=(children, parents)))
        return (powers / powers.sum(axis=1, keepdims=True),)

    chosen = np.eye(4)[chance.integers(0, 4, 5)]
    cases = [
        Case("couplings that lean a little", made(6, 10, 0.5)),
        Case("couplings that lean far", made(8, 3, 2.0)),
        Case("children that each chose one parent, whose entropy is 0", (chosen,)),
    ]
    if hard:
        cases.append(Case("couplings that are all even, whose entropy is 1", (np.full((5, 4), 0.25),)))
        cases.append(Case("two parents", made(20, 2, 1.0)))
    return cases


def _entropy(couplings, *, over=True, sign=-1.0, reduce=np.mean, safe=True, log=np.log):
    kept = np.maximum(couplings, 1e-30) if safe else couplings
    each = sign * (couplings * log(kept)).sum(axis=1)
    return reduce(each) / (np.log(couplings.shape[1]) if over else 1)


def coupling_map(couplings, grid, digit):
    """c − 1/J to one digit capsule, mean over the types at each place, `(rows, columns)`."""
    rows, columns, types = grid
    deviation = couplings[:, digit] - 1 / couplings.shape[1]  # (child,)
    return deviation.reshape(rows, columns, types).mean(axis=2)


def _map_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(grid: tuple[int, int, int], parents: int) -> tuple[np.ndarray, tuple[int, int, int], int]:
        powers = np.exp(chance.normal(size=(int(np.prod(grid)), parents)))
        return powers / powers.sum(axis=1, keepdims=True), grid, int(chance.integers(1, parents))

    cases = [
        Case("a grid of 2×3 with 2 types", made((2, 3, 2), 4)),
        Case("a grid of 6×6 with 2 types", made((6, 6, 2), 10)),
        Case("four types", made((4, 4, 4), 10)),
    ]
    if hard:
        cases.append(Case("a high grid", made((5, 2, 3), 3)))
        cases.append(Case("many types", made((3, 3, 8), 10)))
    return cases


def removal_mask(scores, m):
    """True for the capsules that stay when the m with the highest scores are taken out."""
    highest = np.argsort(scores, axis=1)[:, scores.shape[1] - m :]  # (n, m)
    keep = np.ones(scores.shape, dtype=bool)
    np.put_along_axis(keep, highest, False, axis=1)
    return keep


def _mask_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    cases = [
        Case("two of six", (chance.normal(size=(4, 6)), 2)),
        Case("one image", (chance.random((1, 8)), 3)),
        Case("seven of 72", (chance.random((5, 72)), 7)),
    ]
    if hard:
        cases.append(Case("none to be taken out", (chance.random((3, 5)), 0)))
        cases.append(Case("all but one", (chance.normal(size=(3, 7)), 6)))
    return cases


def _by_rank(scores, m):
    """True for the m highest of each row."""
    return np.argsort(np.argsort(-scores, axis=1), axis=1) < m


EXERCISES = (
    Exercise(
        name="margin_loss",
        notebook=NOTEBOOK,
        title="A loss on lengths",
        task=(
            "Write margin_loss(lengths, labels): lengths (n, classes) and labels (n,) give one number, with "
            "m⁺ = 0.9, m⁻ = 0.1, λ = 0.5; summed over classes, mean over images."
        ),
        points=3,
        hints=(
            "Two terms: the true class is too short, or another class is too long. Each counts only as far "
            "as it passes its margin.",
            "np.eye(classes)[labels] has a 1 at the true class of each row and 0 elsewhere. "
            "np.maximum(0, x) is what max(0, x) is called for arrays.",
            "T * max(0, 0.9 − L)² + 0.5 * (1 − T) * max(0, L − 0.1)², then .sum(axis=1).mean().",
        ),
        cases=_margin_cases,
        reference=margin_loss,
        mistakes=(
            Mistake(
                "mean over classes",
                "You take the mean over the classes. The loss of an image is the sum over its classes; only "
                "the images are averaged.",
                lambda lengths, labels: _margin(lengths, labels, over=np.mean),
            ),
            Mistake(
                "no λ",
                "The classes that are absent count in full. They are many, and early in training they would "
                "shrink all lengths: λ = 0.5 halves them.",
                lambda lengths, labels: _margin(lengths, labels, down=1.0),
            ),
            Mistake(
                "not squared",
                "The distances to the margins are not squared.",
                lambda lengths, labels: _margin(lengths, labels, power=1),
            ),
            Mistake(
                "no max",
                "A class that is well beyond its margin still adds to the loss. max(0, …) makes that 0.",
                lambda lengths, labels: _margin(lengths, labels, floor=False),
            ),
        ),
    ),
    Exercise(
        name="coupling_map",
        notebook=NOTEBOOK,
        title="Where does a digit listen?",
        task=(
            "Write coupling_map(couplings, grid, digit): couplings (child, parent) and grid (rows, "
            "columns, types) give "
            "c − 1/J to that digit at each place, mean over types, (rows, columns)."
        ),
        points=2,
        hints=(
            "Take the column of the digit, and subtract what an even split would give: 1/J, J being "
            "the number of parents.",
            "Child number i stands at i = (row · columns + column) · types + type, so a reshape puts "
            "each in its place.",
            "reshape(rows, columns, types), then .mean(axis=2).",
        ),
        cases=_map_cases,
        reference=coupling_map,
        mistakes=(
            Mistake(
                "couplings themselves",
                "The pattern is right, but 1/J is still in it. What routing changed is c − 1/J.",
                lambda couplings, grid, digit: couplings[:, digit].reshape(grid).mean(axis=2),
            ),
            Mistake(
                "types first",
                "The children are put in the wrong places: the type runs fastest, so it is the "
                "*last* axis of the reshape.",
                lambda couplings, grid, digit: (
                    (couplings[:, digit] - 1 / couplings.shape[1])
                    .reshape(grid[2], grid[0], grid[1])
                    .mean(axis=0)
                ),
            ),
            Mistake(
                "summed over types",
                "You sum over the types at a place. The mean keeps maps of networks with more types "
                "comparable.",
                lambda couplings, grid, digit: (
                    (couplings[:, digit] - 1 / couplings.shape[1]).reshape(grid).sum(axis=2)
                ),
            ),
            Mistake(
                "even among children",
                "You subtract one over the number of children. A child shares itself out among the "
                "*parents*: 1/J.",
                lambda couplings, grid, digit: (
                    (couplings[:, digit] - 1 / len(couplings)).reshape(grid).mean(axis=2)
                ),
            ),
        ),
    ),
    Exercise(
        name="coupling_entropy",
        notebook=NOTEBOOK,
        title="How much was decided?",
        task=(
            "Write coupling_entropy(couplings): for couplings (child, parent), −Σ c ln c over ln J, "
            "the mean over children."
        ),
        points=2,
        hints=(
            "First one child: minus the sum over its parents of c · ln c. Divide by the largest "
            "value it can have, ln J.",
            "The largest is that of even couplings 1/J: −J · (1/J) · ln(1/J) = ln J. Then average "
            "over children.",
            "c may be 0, and 0 · ln 0 should count as 0: np.log(np.maximum(couplings, 1e-30)).",
        ),
        cases=_coupling_cases,
        reference=coupling_entropy,
        mistakes=(
            Mistake(
                "0 · ln 0",
                "Right, but where a coupling is exactly 0 the result is NaN. Keep the logarithm away from 0.",
                lambda couplings: _entropy(couplings, safe=False),
            ),
            Mistake(
                "not over ln J",
                "This is the entropy in nats, which grows with the number of parents. Divide by ln "
                "J, and 1 means even.",
                lambda couplings: _entropy(couplings, over=False),
            ),
            Mistake(
                "sum over children",
                "You add up the children. Take their mean, or a larger grid has a larger entropy.",
                lambda couplings: _entropy(couplings, reduce=np.sum),
            ),
            Mistake(
                "sign",
                "Entropy is never negative: ln c is below 0, so a minus belongs before the sum.",
                lambda couplings: _entropy(couplings, sign=1.0),
            ),
            Mistake(
                "two logarithms",
                "The numerator has log2 and the denominator ln. Take the same logarithm for both.",
                lambda couplings: _entropy(couplings, log=np.log2),
            ),
        ),
    ),
    Exercise(
        name="removal_mask",
        notebook=NOTEBOOK,
        title="Taking capsules out",
        task=(
            "Write removal_mask(scores, m): for scores (n, capsules) booleans of the same shape, "
            "False for the m highest of "
            "each row, True for the rest."
        ),
        points=2,
        hints=(
            "Each image has its own m highest, so work along axis 1.",
            "np.argsort(scores, axis=1) gives the positions from the lowest to the highest; the last "
            "m are to go.",
            "Start with np.ones(scores.shape, bool), and set those to False: np.put_along_axis(keep, "
            "places, False, axis=1).",
        ),
        cases=_mask_cases,
        reference=removal_mask,
        mistakes=(
            Mistake(
                "kept instead of removed",
                "You keep the m highest and remove all the rest. It is the other way round.",
                lambda scores, m: _by_rank(scores, m),
            ),
            Mistake(
                "lowest removed",
                "You remove the m lowest. argsort puts the lowest first.",
                lambda scores, m: ~_by_rank(-scores, m),
            ),
            Mistake(
                "same for every image",
                "All rows lose the same capsules. Each image has its own m highest: sort along axis 1.",
                lambda scores, m: np.tile(~_by_rank(scores.mean(axis=0)[None], m), (len(scores), 1)),
            ),
        ),
    ),
)
