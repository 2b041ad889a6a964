"""Exercises of lesson 08: how time grows with the number of images."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "08_when_data_grow"


def growth_exponent(n, seconds):
    """The slope of log seconds over log n."""
    return np.polyfit(np.log(n), np.log(seconds), 1)[0]


def _growth_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(power: float, noise: float, sizes: list[int]) -> tuple[np.ndarray, np.ndarray]:
        n = np.array(sizes, float)
        return n, 3e-4 * n**power * np.exp(noise * rng.normal(size=len(n)))

    cases = [
        Case("times that double with n", random_case(1.0, 0.05, [100, 200, 400, 800])),
        Case("times that grow fourfold when n doubles", random_case(2.0, 0.05, [1000, 2000, 5000, 10_000])),
        Case("times that grow slower than n", random_case(0.6, 0.1, [500, 1000, 3000, 9000, 60_000])),
        Case("times that fall a little as n grows", random_case(-0.2, 0.01, [100, 300, 4000, 10_000])),
        Case("sizes out of order", random_case(1.3, 0.1, [5000, 1000, 20_000, 2000])),
    ]
    if hard:
        cases.append(Case("two sizes", random_case(1.5, 0.2, [1000, 60_000])))
    return cases


def local_exponents(n, seconds):
    """The slope of log seconds over log n, from each size to the next."""
    return np.diff(np.log(seconds)) / np.diff(np.log(n))


def _step_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(power: float, fixed: float, sizes: list[int]) -> tuple[np.ndarray, np.ndarray]:
        n = np.array(sizes, float)
        return n, (fixed + 3e-4 * n**power) * np.exp(0.1 * rng.normal(size=len(n)))

    cases = [
        Case("sizes that double", random_case(1.2, 0.0, [100, 200, 400, 800])),
        Case("sizes at unequal distances", random_case(1.7, 0.0, [1000, 2000, 5000, 60_000])),
        Case("a fixed cost of one second", random_case(1.4, 1.0, [100, 1000, 3000, 20_000, 60_000])),
        Case("times that fall at first", (np.array([10.0, 30.0, 70.0]), np.array([2.0, 1.0, 5.0]))),
    ]
    if hard:
        cases.append(Case("two sizes", random_case(1.5, 0.2, [1000, 60_000])))
    return cases


EXERCISES = (
    Exercise(
        name="growth_exponent",
        notebook=NOTEBOOK,
        title="How fast does the time grow?",
        task=(
            "Write growth_exponent(n, seconds). It returns the power p for which seconds ≈ c·nᵖ fits "
            "best, as the slope of the straight line through the points (log n, log seconds)."
        ),
        points=2,
        hints=(
            "If seconds = c·nᵖ, what is log seconds? It is a straight line in log n, and p is its slope.",
            "np.polyfit(x, y, 1) fits a straight line. It returns the slope first, and then the height at "
            "which the line crosses the axis.",
            "np.polyfit(np.log(n), np.log(seconds), 1)[0]",
        ),
        cases=_growth_cases,
        reference=growth_exponent,
        mistakes=(
            Mistake(
                "no logarithms",
                "This is the slope of seconds over n, that is, the seconds for one more image. The power "
                "is the slope of log seconds over log n.",
                lambda n, seconds: np.polyfit(n, seconds, 1)[0],
            ),
            Mistake(
                "only one logarithm",
                "You took the logarithm of the seconds only. A power law becomes a straight line when "
                "both axes are logarithmic.",
                lambda n, seconds: np.polyfit(n, np.log(seconds), 1)[0],
            ),
            Mistake(
                "exchanged",
                "You fitted log n over log seconds, which gives 1/p. Which of the two is given, and which "
                "one follows from it?",
                lambda n, seconds: np.polyfit(np.log(seconds), np.log(n), 1)[0],
            ),
            Mistake(
                "intercept",
                "np.polyfit returns the slope first, and then the value at 0. You took the second.",
                lambda n, seconds: np.polyfit(np.log(n), np.log(seconds), 1)[1],
            ),
        ),
    ),
    Exercise(
        name="local_exponents",
        notebook=NOTEBOOK,
        title="Growth from each size to the next",
        task=(
            "Write local_exponents(n, seconds). It takes sizes that rise and their seconds, (m,) each, and "
            "returns (m − 1,): from each size to the next, the difference of the logarithms of the seconds, "
            "divided by the difference of the logarithms of the sizes."
        ),
        points=2,
        hints=(
            "A slope is a step upwards divided by a step to the right. Which are the steps here, on "
            "logarithmic axes?",
            "np.diff(x) is the difference of each value and the one before, one shorter than x.",
            "return np.diff(np.log(seconds)) / np.diff(np.log(n))",
        ),
        cases=_step_cases,
        reference=local_exponents,
        mistakes=(
            Mistake(
                "no logarithms",
                "These are seconds per further image. Take the logarithms before you take the differences.",
                lambda n, seconds: np.diff(seconds) / np.diff(n),
            ),
            Mistake(
                "logarithms of differences",
                "You took the logarithms of the differences. Take the logarithms first.",
                lambda n, seconds: np.log(np.abs(np.diff(seconds))) / np.log(np.diff(n)),
            ),
            Mistake(
                "exchanged",
                "You divided the steps of n by the steps of the seconds. Which one follows the other?",
                lambda n, seconds: np.diff(np.log(n)) / np.diff(np.log(seconds)),
            ),
            Mistake(
                "from the first size",
                "You compare each size with the first. Compare it with the one before.",
                lambda n, seconds: (
                    (np.log(seconds[1:]) - np.log(seconds[0])) / (np.log(n[1:]) - np.log(n[0]))
                ),
            ),
        ),
    ),
)
