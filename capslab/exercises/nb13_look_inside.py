"""Exercises of 13_look_inside: reading a coupling map."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "13_look_inside"


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


EXERCISES = (
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
)
