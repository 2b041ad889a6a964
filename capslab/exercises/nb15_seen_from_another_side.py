"""Exercises of lesson 15: how far two angles are apart, and a split by toys and by viewpoints."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "15_seen_from_another_side"


def angle_error(predicted, true):
    """How many degrees lie between two directions, the shorter way round, 0…180."""
    return np.abs((predicted - true + 180) % 360 - 180)


def _angle_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    cases = [
        Case("small differences", (np.array([10.0, 50.0, 99.0]), np.array([13.0, 41.0, 99.0]))),
        Case("angles to both sides of 0°", (np.array([350.0, 2.0, 358.5]), np.array([10.0, 359.0, 1.0]))),
        Case(
            "nearly opposite directions",
            (np.array([0.0, 270.0, 180.5, 10.0, 350.0]), np.array([180.0, 90.0, 0.0, 189.5, 215.0])),
        ),
        Case("any angles from 0 to 360", (rng.uniform(0, 360, 8), rng.uniform(0, 360, 8))),
        Case("negative angles", (np.array([-10.0, -170.0, -1.5]), np.array([10.0, 170.0, 359.0]))),
        Case("more than one full turn", (np.array([725.0, 400.0, 1000.0]), np.array([355.0, 20.0, -700.0]))),
    ]
    if hard:
        cases.append(Case("one pair", (np.array([359.5]), np.array([0.25]))))
        cases.append(Case("many pairs", (rng.uniform(-400, 800, 60), rng.uniform(-400, 800, 60))))
    return cases


def split_views(turned, toy, widest, held_out):
    """Three masks: what to learn from, known sides of new toys, and new sides of new toys."""
    near, new_toy = turned <= widest, np.isin(toy, held_out)
    return near & ~new_toy, near & new_toy, ~near & new_toy


def _split_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def every(angles: list[float], toys: int) -> tuple[np.ndarray, np.ndarray]:
        """Each toy from each of these angles, in random order."""
        pairs = rng.permutation([(angle, number) for angle in angles for number in range(toys)])
        return pairs[:, 0], pairs[:, 1].astype(int)

    cases = [
        Case("four toys, two of them held out", (*every([0, 20, 40, 120], 4), 30, np.array([1, 3]))),
        Case("pictures from exactly the widest angle", (*every([18, 54, 72, 180], 3), 54, np.array([0]))),
        Case("one toy of six held out", (*every([0, 90, 91], 6), 90, np.array([4]))),
        Case("three toys held out, in any order", (*every([5, 10, 150], 5), 7, np.array([4, 0, 2]))),
    ]
    if hard:
        cases.append(Case("no toy held out", (*every([0, 100], 2), 50, np.array([], int))))
        cases.append(Case("only familiar sides", (*every([0, 10], 3), 20, np.array([2]))))
    return cases


def _with_leak(turned, toy, widest, held_out):
    near, new_toy = turned <= widest, np.isin(toy, held_out)
    return near, near & new_toy, ~near & new_toy


def _old_toys(turned, toy, widest, held_out):
    near, new_toy = turned <= widest, np.isin(toy, held_out)
    return near & ~new_toy, near & new_toy, ~near


def _real_views() -> tuple:
    rng = np.random.default_rng(0)
    return rng.integers(0, 11, 8000) * 18.0, rng.integers(0, 10, 8000), 54, np.array([6, 7, 8, 9])


EXERCISES = (
    Exercise(
        name="angle_error",
        notebook=NOTEBOOK,
        title="How far apart are two angles?",
        task=(
            "Write angle_error(predicted, true). It takes two arrays of angles in degrees, (n,), and returns "
            "how many degrees lie between each pair, the shorter way round: from 0 to 180, (n,). Angles may "
            "be negative or above 360."
        ),
        points=2,
        hints=(
            "On a circle 359° and 1° are neighbours. Which differences, like 358, have to become small?",
            "% 360 takes away full turns, for negative numbers too: -10 % 360 is 350. After that a "
            "difference above 180 is shorter the other way round: 360 minus it.",
            "difference = np.abs(predicted - true) % 360, and then np.minimum(difference, 360 - difference).",
        ),
        cases=_angle_cases,
        reference=angle_error,
        mistakes=(
            Mistake(
                "no wrap",
                "Your differences go the long way round: between 359° and 1° lie 2°, not 358°.",
                lambda predicted, true: np.abs(predicted - true),
            ),
            Mistake(
                "wraps once",
                "A difference above 360 contains a full turn, which has to be taken away first.",
                lambda predicted, true: np.minimum(
                    np.abs(predicted - true), np.abs(360 - np.abs(predicted - true))
                ),
            ),
            Mistake(
                "one way round",
                "You always go the same way round. Where that is more than 180°, the other way is shorter.",
                lambda predicted, true: (predicted - true) % 360,
            ),
            Mistake(
                "signed",
                "You return a direction too, as a sign. The exercise asks only how far.",
                lambda predicted, true: (predicted - true + 180) % 360 - 180,
            ),
            Mistake(
                "modulo 180",
                "Opposite directions are 180° apart. With % 180 they count as the same.",
                lambda predicted, true: np.abs((predicted - true + 90) % 180 - 90),
            ),
        ),
    ),
    Exercise(
        name="split_views",
        notebook=NOTEBOOK,
        title="A split that does not leak",
        task=(
            "Write split_views(turned, toy, widest, held_out). It takes for each picture how many degrees "
            "it is turned away from azimuth 0, (n,), and the number of its toy, (n,); the widest familiar "
            "angle; and the toys to hold out. It returns three masks (n,): pictures to learn from (familiar "
            "sides of the other toys), familiar sides of held-out toys, and new sides of held-out toys. A "
            "side at exactly the widest angle is familiar."
        ),
        points=3,
        hints=(
            "There are two questions about each picture: is its side familiar, and is its toy held out? Each "
            "of the three masks is one combination of the two answers.",
            "near = turned <= widest and new_toy = np.isin(toy, held_out) are the two answers; & means "
            "*and*, and ~ means *not*.",
            "Learn from near & ~new_toy. The other two masks are about new_toy: with near, and with ~near.",
        ),
        cases=_split_cases,
        reference=split_views,
        mistakes=(
            Mistake(
                "held-out toys are learned",
                "Here is the leak: your first mask holds pictures of held-out toys, so the test would ask "
                "for toys that were learned.",
                _with_leak,
            ),
            Mistake(
                "new sides of old toys",
                "Your third mask holds toys that were learned from. Then nobody can tell whether a new side "
                "or a new toy was hard.",
                _old_toys,
            ),
            Mistake(
                "widest left out",
                "A side at exactly the widest angle is familiar: <= in place of <.",
                lambda turned, toy, widest, held_out: split_views(
                    np.where(turned == widest, widest + 1, turned), toy, widest, held_out
                ),
            ),
            Mistake(
                "inverted",
                "You learn from the toys that were to be held out.",
                lambda turned, toy, widest, held_out: split_views(
                    turned, toy, widest, np.setdiff1d(toy, held_out)
                ),
            ),
        ),
        real_size=_real_views,
    ),
)
