"""Exercises of 22_when_it_goes_wrong: the dimensions in use, and how well a score tells odd images apart."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "22_when_it_goes_wrong"


def active_units(means):
    """How many columns of the means (n, d) have a variance above 0.01: Burda et al. 2016, section 5.2."""
    return int((means.var(axis=0) > 0.01).sum())


def _units_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def with_spreads(n: int, spreads: list[float], middle: float = 0.0) -> np.ndarray:
        """Columns whose standard deviations are exactly these."""
        z = rng.normal(size=(n, len(spreads)))
        return middle + (z - z.mean(axis=0)) / z.std(axis=0) * np.array(spreads)

    cases = [
        Case("two of four dimensions in use", (with_spreads(8, [1.0, 0.9, 0.02, 0.03]),)),
        Case("no dimension in use: a collapsed network", (with_spreads(6, [0.001, 0.0001, 0.002]),)),
        Case("all in use", (with_spreads(9, [0.5, 1.5, 0.8, 1.0, 0.7]),)),
        Case("a dimension that hardly varies, but far from 0", (with_spreads(7, [0.9, 0.005, 0.004], 3.0),)),
        Case(
            "variances just above and just below 0.01", (with_spreads(8, [0.104, 0.096, 0.11, 0.09, 0.105]),)
        ),
        Case("as many images as dimensions", (with_spreads(5, [1.0, 0.01, 1.0, 0.03, 1.0]),)),
    ]
    if hard:
        cases.append(Case("sixteen dimensions", (with_spreads(50, [1.0] * 11 + [0.02] * 5),)))
    return cases


def chance_higher(usual, odd):
    """The share of pairs of a usual and an odd score in which the odd one is higher; equal counts half."""
    pairs = odd[:, None] - usual  # (odd, usual)
    return float((pairs > 0).mean() + 0.5 * (pairs == 0).mean())


def _chance_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def whole(n: int, low: int, high: int) -> np.ndarray:
        return rng.integers(low, high, n).astype(float)

    cases = [
        Case("scores that overlap", (rng.normal(100, 10, 6), rng.normal(105, 10, 9))),
        Case("odd scores that are all higher", (rng.normal(100, 5, 7), rng.normal(300, 5, 4))),
        Case("odd scores that are all lower", (rng.normal(100, 5, 5), rng.normal(30, 1, 8))),
        Case("scores of which some are equal", (whole(8, 0, 4), whole(6, 1, 5))),
        Case("scores that are all the same", (np.full(4, 2.0), np.full(3, 2.0))),
        Case("as many usual as odd ones", (whole(7, 0, 5), whole(7, 0, 5))),
    ]
    if hard:
        cases.append(Case("many scores", (rng.normal(0, 1, 300), rng.normal(0.5, 1, 200))))
    return cases


def _chance(usual, odd, compare):
    return float(compare(odd[:, None], usual[None, :]).mean())


EXERCISES = (
    Exercise(
        name="active_units",
        notebook=NOTEBOOK,
        title="How many dimensions are in use?",
        task=(
            "Write active_units(means) for the means μ of n images, shape (n, d). It returns how many of the "
            "d dimensions have a variance over the images above 0.01: one whole number."
        ),
        points=2,
        hints=(
            "A dimension that tells nothing has nearly the same mean for every image. So ask how much it "
            "varies from image to image.",
            "means.var(axis=0) gives the variance of each dimension over the images, of shape (d,).",
            "Compare these variances with 0.01 and count the True ones: a sum over booleans counts them.",
        ),
        cases=_units_cases,
        reference=active_units,
        mistakes=(
            Mistake(
                "over the dimensions",
                "You take the variance of each image over its dimensions. Take that of each dimension over "
                "the images, along axis 0.",
                lambda means: int((means.var(axis=1) > 0.01).sum()),
            ),
            Mistake(
                "standard deviation",
                "You compare the standard deviation with 0.01. The variance is its square.",
                lambda means: int((means.std(axis=0) > 0.01).sum()),
            ),
            Mistake(
                "size in place of spread",
                "You ask how large the means are. A dimension that is 3 for every image tells nothing "
                "either: ask how much it varies.",
                lambda means: int((np.abs(means).mean(axis=0) > 0.01).sum()),
            ),
            Mistake(
                "those that are not in use",
                "You count the dimensions that are not in use.",
                lambda means: int((means.var(axis=0) <= 0.01).sum()),
            ),
            Mistake(
                "share",
                "You return a share. Count them: a whole number.",
                lambda means: float((means.var(axis=0) > 0.01).mean()),
            ),
        ),
    ),
    Exercise(
        name="chance_higher",
        notebook=NOTEBOOK,
        title="How well does a score tell them apart?",
        task=(
            "Write chance_higher(usual, odd) for two arrays of scores, (n,) and (m,). Of all n · m pairs of "
            "a usual and an odd score it returns the share in which the odd one is higher; a pair of equal "
            "scores counts as half."
        ),
        points=2,
        hints=(
            "Every odd score meets every usual one: that is a table with m rows and n columns.",
            "odd[:, None] has the shape (m, 1). Compared with usual, of shape (n,), it gives a table of True "
            "and False, (m, n).",
            "The mean of the table for > is the share in which the odd one is higher. Add half of the mean "
            "of the table for ==.",
        ),
        cases=_chance_cases,
        reference=chance_higher,
        mistakes=(
            Mistake(
                "usual higher",
                "This is the chance that the usual one is higher. It should be the odd one.",
                lambda usual, odd: chance_higher(odd, usual),
            ),
            Mistake(
                "ties count nothing",
                "Right, except where two scores are equal: such a pair should count as half.",
                lambda usual, odd: _chance(usual, odd, np.greater),
            ),
            Mistake(
                "ties count in full",
                "Right, except where two scores are equal: such a pair should count as half, not in full.",
                lambda usual, odd: _chance(usual, odd, np.greater_equal),
            ),
            Mistake(
                "against the mean",
                "You compare with the mean of the usual scores. Compare with every single one of them.",
                lambda usual, odd: float((odd > usual.mean()).mean()),
            ),
        ),
    ),
)
