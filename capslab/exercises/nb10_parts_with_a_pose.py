"""Exercises of 10_parts_with_a_pose: squash, and where it lets learning through.

Equation 1 of Sabour, Frosst, Hinton 2017 (arXiv 1710.09829).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Exercise, Mistake
from capslab.exercises.network_pieces import IN_NETWORK, REAL_SIZE
from capslab.exercises.routing_exercises import slope_cases, squash, squash_slope, vector_cases

NOTEBOOK = "10_parts_with_a_pose"

EXERCISES = (
    Exercise(
        name="squash",
        notebook=NOTEBOOK,
        title="A length that is a probability",
        task=(
            "Write squash(s). Each vector along the last axis keeps its direction and gets the length "
            "‖s‖²/(1 + ‖s‖²)."
        ),
        points=2,
        hints=(
            "The new length is ‖s‖²/(1 + ‖s‖²). The direction is the unit vector s/‖s‖. Multiply the two.",
            "(s**2).sum(axis=-1, keepdims=True) is ‖s‖² of every vector, ready to be multiplied by s.",
            "A vector of zeros makes you divide by zero. But ‖s‖²/‖s‖ is just ‖s‖, so you can write s · "
            "‖s‖/(1 + ‖s‖²), which never divides by zero.",
        ),
        cases=vector_cases,
        reference=squash,
        real_size=REAL_SIZE["squash"],
        in_network=IN_NETWORK["squash"],
        mistakes=(
            Mistake(
                "division by zero",
                "This is right except for a vector of zeros, which becomes NaN: 0 is divided by 0. One "
                "‖s‖ in the formula cancels.",
                lambda s: (n2 := (s**2).sum(axis=-1, keepdims=True)) / (1 + n2) * s / np.sqrt(n2),
            ),
            Mistake(
                "one norm for all",
                "You divide all vectors by one common length. Each vector has its own: sum along the last "
                "axis, with keepdims=True.",
                lambda s: s * np.sqrt((s**2).sum()) / (1 + (s**2).sum()),
            ),
            Mistake(
                "no unit vector",
                "Long vectors stay long, because you multiply s itself by ‖s‖²/(1 + ‖s‖²). Multiply the "
                "unit vector s/‖s‖ instead.",
                lambda s: s * (n2 := (s**2).sum(axis=-1, keepdims=True)) / (1 + n2),
            ),
            Mistake(
                "unit length",
                "Every vector now has length 1, so its length tells us nothing. It should be ‖s‖²/(1 + "
                "‖s‖²).",
                lambda s: s / np.maximum(np.sqrt((s**2).sum(axis=-1, keepdims=True)), 1e-12),
            ),
        ),
    ),
    Exercise(
        name="squash_slope",
        notebook=NOTEBOOK,
        title="Where squash lets learning through",
        task=(
            "Write squash_slope(length). It returns the derivative of n²/(1 + n²) for an array of lengths "
            "n, in the same shape."
        ),
        points=2,
        hints=(
            "It is a fraction, so use the quotient rule: (u/w)' = (u'w − uw')/w², with u = n² and w = 1 + "
            "n².",
            "u' = 2n, and w' = 2n as well. Write out the numerator: most of it cancels.",
            "What remains is 2n/(1 + n²)². At n = 0 this is 0.",
        ),
        cases=slope_cases,
        reference=squash_slope,
        real_size=REAL_SIZE["squash_slope"],
        mistakes=(
            Mistake(
                "denominator not squared",
                "In the quotient rule the denominator is squared: it should be (1 + n²)², and yours is 1 "
                "+ n².",
                lambda length: 2 * length / (1 + length**2),
            ),
            Mistake(
                "plus for minus",
                "In the quotient rule the second term is subtracted: u'w − uw', not u'w + uw'.",
                lambda length: (2 * length * (1 + length**2) + 2 * length**3) / (1 + length**2) ** 2,
            ),
            Mistake(
                "no derivative",
                "This is the squashed length itself. How fast does it change as n grows?",
                lambda length: length**2 / (1 + length**2),
            ),
            Mistake(
                "quotient instead of slope",
                "This is the squashed length divided by n: the slope of a straight line from 0 to the "
                "curve, not the slope of the curve.",
                lambda length: length / (1 + length**2),
            ),
        ),
    ),
)
