"""Exercises of 25_clusters_without_labels: the normalised matrix of a graph, and choosing k.

Sources: Ng, Jordan & Weiss 2001 (the normalised matrix); von Luxburg 2007, section 8.3 (the eigengap).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "25_clusters_without_labels"


def normalise(weights):
    """D^(−½) W D^(−½), where D is the diagonal matrix of the row sums."""
    degree = weights.sum(axis=1)  # (n,)
    return weights / np.sqrt(np.outer(degree, degree))  # (n, n)


def _symmetric(rng: np.random.Generator, n: int, most: float = 1.0) -> np.ndarray:
    half = np.triu(rng.uniform(0.1, most, (n, n)), 1)
    return half + half.T


def _normalise_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    separate = np.zeros((5, 5))
    separate[:2, :2], separate[2:, 2:] = _symmetric(rng, 2), _symmetric(rng, 3)
    hub = _symmetric(rng, 5)
    hub[0, 1:] = hub[1:, 0] = rng.uniform(5, 9, 4)
    cases = [
        Case("a small graph", (_symmetric(rng, 4),)),
        Case("a graph in two separate parts", (separate,)),
        Case("one point with heavy edges to all others", (hub,)),
        Case("edges from each point to itself", (_symmetric(rng, 4) + np.diag(rng.uniform(0.5, 2, 4)),)),
    ]
    if hard:
        cases.append(Case("large weights", (_symmetric(rng, 3, 1000.0),)))
        cases.append(Case("many points", (_symmetric(rng, 30),)))
    return cases


def choose_k(eigenvalues):
    """The k ≥ 2 for which λ_k − λ_(k+1) is largest."""
    gaps = eigenvalues[:-1] - eigenvalues[1:]  # gaps[0] is λ_1 − λ_2
    return 2 + int(np.argmax(gaps[1:]))


def _falling(rng: np.random.Generator, k: int, n: int, first: float = 0.0) -> np.ndarray:
    """n eigenvalues that fall from 1; the largest fall (not counting k = 1) is after the k-th."""
    steps = rng.uniform(0.002, 0.01, n - 1)
    steps[0] += first
    steps[k - 1] = 0.06
    steps[k : k + 1] = 0.055  # so that a wrong count by one is not right by luck
    return 1 - np.concatenate([[0], np.cumsum(steps)])


def _choose_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    cases = [
        Case("a clear gap", (_falling(rng, int(rng.integers(4, 7)), 12),)),
        Case("two groups", (_falling(rng, 2, 9),)),
        Case("a first gap that is larger still", (_falling(rng, 5, 10, first=0.2),)),
        Case(
            "a fall to a small part of the eigenvalue, which is not the largest fall",
            (np.array([1.0, 0.97, 0.93, 0.45, 0.4, 0.02, 0.01, 0.0001]) * rng.uniform(0.9, 1),),
        ),
        Case(
            "a largest fall at the very end",
            (np.array([1.0, 0.96, 0.92, 0.87, 0.83, 0.78, 0.71]) * rng.uniform(0.9, 1),),
        ),
        Case("eigenvalues below 0", (0.6 * _falling(rng, 3, 8) - 0.58,)),
    ]
    if hard:
        cases.append(Case("many groups", (_falling(rng, int(rng.integers(12, 17)), 20),)))
    return cases


EXERCISES = (
    Exercise(
        name="normalise",
        notebook=NOTEBOOK,
        title="Balancing the points",
        task=(
            "Write normalise(weights). For symmetric weights W `(n, n)` it returns D^(−½) W D^(−½), where "
            "D has the row sums of W on its diagonal."
        ),
        points=2,
        hints=(
            "Each point has a degree: the sum of its row. Entry (i, j) is divided by something made from "
            "the degrees of i and of j. What does D^(−½) do from the left, and what does it do from the "
            "right?",
            "From the left, row i is divided by the square root of its degree; from the right, column j "
            "by the square root of its own. Together: w_ij / √(d_i d_j).",
            "degree = weights.sum(axis=1). np.outer(degree, degree) has d_i d_j in row i, column j; take "
            "its square root.",
        ),
        cases=_normalise_cases,
        reference=normalise,
        mistakes=(
            Mistake(
                "rows only",
                "You divide each row by its sum: D⁻¹W. That gives the steps of a random walk, but the "
                "matrix is no longer symmetric, and its eigenvectors need not be orthogonal.",
                lambda weights: weights / weights.sum(axis=1, keepdims=True),
            ),
            Mistake(
                "no root",
                "You divide each entry by d_i d_j. The exponent of D is −½ on both sides, so a square "
                "root is missing.",
                lambda weights: weights / np.outer(weights.sum(axis=1), weights.sum(axis=1)),
            ),
            Mistake(
                "the Laplacian",
                "This is the Laplacian, 1 − D^(−½) W D^(−½). Its smallest eigenvalues are our largest "
                "ones. The exercise asks for the part after the minus.",
                lambda weights: np.eye(len(weights)) - normalise(weights),
            ),
            Mistake(
                "multiplied",
                "Well-connected points become stronger still, because you multiply by the square roots of "
                "the degrees. The exponent is *minus* one half.",
                lambda weights: weights * np.sqrt(np.outer(weights.sum(axis=1), weights.sum(axis=1))),
            ),
        ),
    ),
    Exercise(
        name="choose_k",
        notebook=NOTEBOOK,
        title="How many clusters?",
        task=(
            "Write choose_k(eigenvalues). The eigenvalues `(m,)` come largest first. It returns the k ≥ 2 "
            "after which they fall most, that is, for which λ_k − λ_(k+1) is largest."
        ),
        points=2,
        hints=(
            "Write down the fall from each eigenvalue to the next. The first one, after λ₁, does not "
            "count, because a single group is no clustering. Which of the others is largest?",
            "gaps = eigenvalues[:-1] - eigenvalues[1:]. gaps[0] is the fall after the first eigenvalue, "
            "so gaps[k − 1] is the fall after the k-th.",
            "np.argmax(gaps[1:]) is 0 when the answer is 2. What do you have to add?",
        ),
        cases=_choose_cases,
        reference=choose_k,
        mistakes=(
            Mistake(
                "off by one",
                "Your answer is one too small. Python counts positions from 0, and k eigenvalues come "
                "before the gap.",
                lambda eigenvalues: choose_k(eigenvalues) - 1,
            ),
            Mistake(
                "one too many",
                "Your answer is one too large. How many eigenvalues come *before* the gap?",
                lambda eigenvalues: choose_k(eigenvalues) + 1,
            ),
            Mistake(
                "the first gap counted",
                "You did not leave out the fall after the first eigenvalue. It would mean k = 1, which is "
                "no clustering: the question starts at 2.",
                lambda eigenvalues: 1 + int(np.argmax(eigenvalues[:-1] - eigenvalues[1:])),
            ),
            Mistake(
                "the smallest gap",
                "You found where the eigenvalues fall least. Nothing ends within a group of nearly equal "
                "eigenvalues, so look for the largest fall.",
                lambda eigenvalues: 2 + int(np.argmin(eigenvalues[1:-1] - eigenvalues[2:])),
            ),
        ),
    ),
)
