"""Exercises of 13_look_inside: a loss on lengths, and reading what a trained network does.

The equations are those of Sabour, Frosst, Hinton 2017 (arXiv 1710.09829).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake
from capslab.exercises.network_pieces import IN_NETWORK, REAL_SIZE

NOTEBOOK = "13_look_inside"


def margin_loss(lengths, labels):
    """Σ_j T_j max(0, .9 − L_j)² + .5 (1 − T_j) max(0, L_j − .1)², averaged over images (equation 4)."""
    truth = np.eye(lengths.shape[1])[labels]  # (n, classes)
    present = truth * np.maximum(0, 0.9 - lengths) ** 2
    absent = 0.5 * (1 - truth) * np.maximum(0, lengths - 0.1) ** 2
    return (present + absent).sum(axis=1).mean()


def _margin_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.random((n, classes)), rng.integers(0, classes, n)

    right = np.array([[0.95, 0.05, 0.02], [0.01, 0.97, 0.03]])
    cases = [
        Case("a few images", random_case(6, 4)),
        Case("one image", random_case(1, 10)),
        Case("a network that is confident and right, whose loss is 0", (right, np.array([0, 1]))),
        Case("a network that is confident and wrong", (right, np.array([2, 0]))),
        Case("as many images as classes", random_case(5, 5)),
    ]
    if hard:
        cases.append(Case("many images", random_case(50, 10)))
    return cases


def _margin(lengths, labels, *, down=0.5, power=2, floor=True, over=np.sum):
    truth = np.eye(lengths.shape[1])[labels]
    clip = (lambda x: np.maximum(0, x)) if floor else (lambda x: x)
    terms = truth * clip(0.9 - lengths) ** power + down * (1 - truth) * clip(lengths - 0.1) ** power
    return over(terms, axis=1).mean()


def coupling_entropy(couplings):
    """−Σ_j c_ij ln c_ij over ln J, averaged over children: 1 is an even split, 0 a clear choice."""
    products = couplings * np.log(np.maximum(couplings, 1e-30))  # 0 · ln 0 counts as 0
    return -products.sum(axis=1).mean() / np.log(couplings.shape[1])


def _coupling_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(children: int, parents: int, spread: float) -> tuple[np.ndarray]:
        products = np.exp(spread * rng.normal(size=(children, parents)))
        return (products / products.sum(axis=1, keepdims=True),)

    chosen = np.eye(4)[rng.integers(0, 4, 5)]
    cases = [
        Case("couplings that lean a little", random_case(6, 10, 0.5)),
        Case("couplings that lean far", random_case(8, 3, 2.0)),
        Case("children that have each chosen one parent, whose entropy is 0", (chosen,)),
        Case("one child", random_case(1, 6, 1.0)),
        Case("couplings that are all even, whose entropy is 1", (np.full((5, 4), 0.25),)),
    ]
    if hard:
        cases.append(Case("two parents", random_case(20, 2, 1.0)))
    return cases


def _entropy(couplings, *, over=True, sign=-1.0, reduce=np.mean, safe=True, log=np.log):
    clipped = np.maximum(couplings, 1e-30) if safe else couplings
    each = sign * (couplings * log(clipped)).sum(axis=1)
    return reduce(each) / (np.log(couplings.shape[1]) if over else 1)


def coupling_map(couplings, grid, digit):
    """c − 1/J for one digit capsule, averaged over the types at each place, `(rows, columns)`."""
    rows, columns, types = grid
    deviation = couplings[:, digit] - 1 / couplings.shape[1]  # (child,)
    return deviation.reshape(rows, columns, types).mean(axis=2)


def _map_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(grid: tuple[int, int, int], parents: int) -> tuple[np.ndarray, tuple[int, int, int], int]:
        products = np.exp(rng.normal(size=(int(np.prod(grid)), parents)))
        return products / products.sum(axis=1, keepdims=True), grid, int(rng.integers(1, parents))

    cases = [
        Case("a grid of 2×3 with 2 types", random_case((2, 3, 2), 4)),
        Case("a grid of 6×6 with 2 types", random_case((6, 6, 2), 10)),
        Case("four types", random_case((4, 4, 4), 10)),
    ]
    if hard:
        cases.append(Case("a high grid", random_case((5, 2, 3), 3)))
        cases.append(Case("many types", random_case((3, 3, 8), 10)))
    return cases


def removal_mask(scores, m):
    """True for the capsules that remain when the m with the highest scores are removed."""
    highest = np.argsort(scores, axis=1)[:, scores.shape[1] - m :]  # (n, m)
    keep = np.ones(scores.shape, dtype=bool)
    np.put_along_axis(keep, highest, False, axis=1)
    return keep


def _mask_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    cases = [
        Case("two of six", (rng.normal(size=(4, 6)), 2)),
        Case("one image", (rng.random((1, 8)), 3)),
        Case("seven of 72", (rng.random((5, 72)), 7)),
        Case("no capsule to remove", (rng.random((3, 5)), 0)),
        Case("all but one", (rng.normal(size=(3, 7)), 6)),
        Case("as many rows as capsules", (rng.normal(size=(4, 4)), 1)),
    ]
    if hard:
        cases.append(Case("all of them", (rng.normal(size=(2, 3)), 3)))
    return cases


def _by_rank(scores, m):
    """True for the m highest scores of each row."""
    return np.argsort(np.argsort(-scores, axis=1), axis=1) < m


EXERCISES = (
    Exercise(
        name="margin_loss",
        notebook=NOTEBOOK,
        title="A loss on lengths",
        task=(
            "Write margin_loss(lengths, labels). It takes lengths (n, classes) and labels (n,) and "
            "returns one number, with m⁺ = 0.9, m⁻ = 0.1 and λ = 0.5: the sum over classes, averaged over "
            "images."
        ),
        points=3,
        hints=(
            "There are two terms: the true class is too short, or another class is too long. Each counts "
            "only as far as it is past its margin.",
            "np.eye(classes)[labels] has a 1 at the true class of each row and 0 elsewhere. For arrays, "
            "max(0, x) is written np.maximum(0, x).",
            "T * max(0, 0.9 − L)² + 0.5 * (1 − T) * max(0, L − 0.1)², then .sum(axis=1).mean().",
        ),
        cases=_margin_cases,
        reference=margin_loss,
        real_size=REAL_SIZE["margin_loss"],
        in_network=IN_NETWORK["margin_loss"],
        mistakes=(
            Mistake(
                "mean over classes",
                "You take the mean over the classes. The loss of an image is the sum over its classes; "
                "only the images are averaged.",
                lambda lengths, labels: _margin(lengths, labels, over=np.mean),
            ),
            Mistake(
                "no λ",
                "The absent classes count in full. There are many of them, and early in training they "
                "would shrink all lengths. λ = 0.5 halves their weight.",
                lambda lengths, labels: _margin(lengths, labels, down=1.0),
            ),
            Mistake(
                "not squared",
                "The distances to the margins are not squared.",
                lambda lengths, labels: _margin(lengths, labels, power=1),
            ),
            Mistake(
                "no max",
                "A class that is safely past its margin still adds to the loss. max(0, …) makes that part 0.",
                lambda lengths, labels: _margin(lengths, labels, floor=False),
            ),
        ),
    ),
    Exercise(
        name="coupling_map",
        notebook=NOTEBOOK,
        title="Which places does a digit listen to?",
        task=(
            "Write coupling_map(couplings, grid, digit). From couplings (child, parent) and grid (rows, "
            "columns, types) it computes c − 1/J for that digit at each place, averaged over the types, "
            "(rows, columns)."
        ),
        points=2,
        hints=(
            "Take the column of the digit, and subtract what an even split would give: 1/J, where J is "
            "the number of parents.",
            "Child number i is at i = (row · columns + column) · types + type, so a reshape puts each "
            "child in its place.",
            "Use reshape(rows, columns, types), then .mean(axis=2).",
        ),
        cases=_map_cases,
        reference=coupling_map,
        mistakes=(
            Mistake(
                "couplings themselves",
                "The pattern is right, but it still contains 1/J. What routing changed is c − 1/J.",
                lambda couplings, grid, digit: couplings[:, digit].reshape(grid).mean(axis=2),
            ),
            Mistake(
                "types first",
                "The children end up in the wrong places. The type runs fastest, so it is the *last* axis "
                "of the reshape.",
                lambda couplings, grid, digit: (
                    (couplings[:, digit] - 1 / couplings.shape[1])
                    .reshape(grid[2], grid[0], grid[1])
                    .mean(axis=0)
                ),
            ),
            Mistake(
                "summed over types",
                "You sum over the types at each place. With the mean, maps of networks with more types "
                "remain comparable.",
                lambda couplings, grid, digit: (
                    (couplings[:, digit] - 1 / couplings.shape[1]).reshape(grid).sum(axis=2)
                ),
            ),
            Mistake(
                "even among children",
                "You subtract one over the number of children. But a child divides itself among the "
                "*parents*, so subtract 1/J.",
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
            "Write coupling_entropy(couplings). For couplings (child, parent) it returns −Σ c ln c over "
            "ln J, averaged over the children."
        ),
        points=2,
        hints=(
            "Start with one child: minus the sum over its parents of c · ln c. Then divide by the largest "
            "value this can have, ln J.",
            "The largest value belongs to even couplings 1/J: −J · (1/J) · ln(1/J) = ln J. Finally, "
            "average over the children.",
            "c may be 0, and then 0 · ln 0 should count as 0: use np.log(np.maximum(couplings, 1e-30)).",
        ),
        cases=_coupling_cases,
        reference=coupling_entropy,
        mistakes=(
            Mistake(
                "0 · ln 0",
                "This is right, but if a coupling is exactly 0 the result is NaN. Keep the logarithm away "
                "from 0.",
                lambda couplings: _entropy(couplings, safe=False),
            ),
            Mistake(
                "not over ln J",
                "This is the entropy in nats, which grows with the number of parents. Divide it by ln J, "
                "so that 1 means an even split.",
                lambda couplings: _entropy(couplings, over=False),
            ),
            Mistake(
                "sum over children",
                "You add up over the children. Take their mean; otherwise a larger grid has a larger "
                "entropy.",
                lambda couplings: _entropy(couplings, reduce=np.sum),
            ),
            Mistake(
                "sign",
                "An entropy is never negative: ln c is below 0, so the sum needs a minus in front.",
                lambda couplings: _entropy(couplings, sign=1.0),
            ),
            Mistake(
                "two logarithms",
                "Your numerator uses log2 and your denominator ln. Use the same logarithm for both.",
                lambda couplings: _entropy(couplings, log=np.log2),
            ),
        ),
    ),
    Exercise(
        name="removal_mask",
        notebook=NOTEBOOK,
        title="Removing capsules",
        task=(
            "Write removal_mask(scores, m). For scores (n, capsules) it returns booleans of the same "
            "shape: False for the m highest scores of each row, True for the rest."
        ),
        points=2,
        hints=(
            "Each image has its own m highest scores, so work along axis 1.",
            "np.argsort(scores, axis=1) gives the positions from the lowest score to the highest. The "
            "last m of them have to go.",
            "Start with np.ones(scores.shape, bool), and set these positions to False: "
            "np.put_along_axis(keep, places, False, axis=1).",
        ),
        cases=_mask_cases,
        reference=removal_mask,
        mistakes=(
            Mistake(
                "kept instead of removed",
                "You keep the m highest and remove all the rest. It should be the other way round.",
                lambda scores, m: _by_rank(scores, m),
            ),
            Mistake(
                "lowest removed",
                "You remove the m lowest. argsort puts the lowest scores first.",
                lambda scores, m: ~_by_rank(-scores, m),
            ),
            Mistake(
                "same for every image",
                "All rows lose the same capsules. Each image has its own m highest scores: sort along "
                "axis 1.",
                lambda scores, m: np.tile(~_by_rank(scores.mean(axis=0)[None], m), (len(scores), 1)),
            ),
        ),
    ),
)
