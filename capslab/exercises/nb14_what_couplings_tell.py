"""Exercises of 14_what_couplings_tell: the entropy of couplings, and removing capsules."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "14_what_couplings_tell"


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
