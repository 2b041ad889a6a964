"""Exercises of 08_clustering_without_labels: who is tied, how strongly, the normalised web, choosing k.

Sources: Zelnik-Manor & Perona 2004 (self-tuning weights); Ng, Jordan & Weiss 2001 (the normalised
matrix); von Luxburg 2007, section 8.3 (the eigengap).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.core import Case, Exercise, Mistake

NOTEBOOK = "08_clustering_without_labels"


def ties(distances, m):
    """True where j is one of the m nearest of i, or i of j."""
    others = distances + np.diag(np.full(len(distances), np.inf))  # nobody is a neighbour of oneself
    nearest = np.argsort(others, axis=1)[:, :m]  # (n, m)
    near = np.zeros(distances.shape, bool)
    np.put_along_axis(near, nearest, True, axis=1)
    return near | near.T  # (n, n)


def _own_neighbour(distances, m):
    near = np.argsort(np.argsort(distances, axis=1), axis=1) < m  # the distance to oneself is 0
    return near | near.T


def _one_way(distances, m):
    ranks = np.argsort(np.argsort(distances, axis=1), axis=1)  # 0 for oneself
    return (ranks >= 1) & (ranks <= m)


def _ties_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    crowd_and_hermit = np.concatenate([chance.normal(0, 0.3, (6, 2)), chance.normal(9, 0.1, (1, 2))])
    cases = [
        Case("a few points", (_distances(chance.normal(size=(7, 3))), 2)),
        Case("a crowd and a hermit", (_distances(crowd_and_hermit), 2)),
        Case("one neighbour each, on a line", (_distances(_spreading(chance, 6)), 1)),
    ]
    if hard:
        cases.append(Case("many points", (_distances(chance.normal(size=(40, 4))), 7)))
        cases.append(Case("all but one", (_distances(_spreading(chance, 6)), 4)))
    return cases


def _spreading(chance: np.random.Generator, n: int) -> np.ndarray:
    """Points on a line, each farther from the next than the one before: the nearest is not mutual."""
    return np.cumsum(2.0 ** np.arange(n) * chance.uniform(1, 1.2, n))[:, None]


def self_tuning(distances, scale):
    """w_ij = exp(−d_ij² / (σ_i σ_j))."""
    return np.exp(-(distances**2) / np.outer(scale, scale))  # (n, n)


def _distances(points: np.ndarray) -> np.ndarray:
    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))


def _scaled(points: np.ndarray, m: int) -> tuple[np.ndarray, np.ndarray]:
    apart = _distances(points)
    return apart, np.sort(apart, axis=1)[:, m]


def _weight_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    dense_and_sparse = np.concatenate([chance.normal(0, 0.2, (5, 2)), chance.normal(4, 2.0, (4, 2))])
    cases = [
        Case("a few points", _scaled(chance.normal(size=(6, 3)), 3)),
        Case("a dense and a sparse group", _scaled(dense_and_sparse, 2)),
        Case("points that are far apart", _scaled(chance.normal(0, 3, (4, 2)), 1)),
    ]
    if hard:
        cases.append(Case("two points", (np.array([[0.0, 2.0], [2.0, 0.0]]), chance.uniform(0.5, 3, 2))))
        cases.append(Case("many points", _scaled(chance.normal(size=(40, 5)), 7)))
    return cases


def normalise(weights):
    """D^(−½) W D^(−½), D being the diagonal matrix of the sums of rows."""
    degree = weights.sum(axis=1)  # (n,)
    return weights / np.sqrt(np.outer(degree, degree))  # (n, n)


def _symmetric(chance: np.random.Generator, n: int, most: float = 1.0) -> np.ndarray:
    half = np.triu(chance.uniform(0.1, most, (n, n)), 1)
    return half + half.T


def _normalise_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    apart = np.zeros((5, 5))
    apart[:2, :2], apart[2:, 2:] = _symmetric(chance, 2), _symmetric(chance, 3)
    hub = _symmetric(chance, 5)
    hub[0, 1:] = hub[1:, 0] = chance.uniform(5, 9, 4)
    cases = [
        Case("a small graph", (_symmetric(chance, 4),)),
        Case("a graph in two parts", (apart,)),
        Case("one point with strong ties to all", (hub,)),
    ]
    if hard:
        cases.append(Case("large weights", (_symmetric(chance, 3, 1000.0),)))
        cases.append(Case("many points", (_symmetric(chance, 30),)))
    return cases


def choose_k(eigenvalues):
    """The k ≥ 2 for which λ_k − λ_(k+1) is largest."""
    gaps = eigenvalues[:-1] - eigenvalues[1:]  # gaps[0] is λ_1 − λ_2
    return 2 + int(np.argmax(gaps[1:]))


def _falling(chance: np.random.Generator, k: int, n: int, first: float = 0.0) -> np.ndarray:
    """n eigenvalues that fall from 1, most of all (with k = 1 left out) after the k-th."""
    steps = chance.uniform(0.002, 0.01, n - 1)
    steps[0] += first
    steps[k - 1] = 0.06
    steps[k] = 0.03  # so that a wrong count by one is not right by luck
    return 1 - np.concatenate([[0], np.cumsum(steps)])


def _choose_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    cases = [
        Case("a clear gap", (_falling(chance, int(chance.integers(4, 7)), 12),)),
        Case("two groups", (_falling(chance, 2, 9),)),
        Case("a first gap that is larger still", (_falling(chance, 5, 10, first=0.2),)),
    ]
    if hard:
        cases.append(Case("many groups", (_falling(chance, int(chance.integers(12, 17)), 20),)))
    return cases


EXERCISES = (
    Exercise(
        name="ties",
        notebook=NOTEBOOK,
        title="Who is tied to whom?",
        task=(
            "Write ties(distances, m): True or False for all pairs, `(n, n)`, from their distances `(n, n)`. "
            "i and j are tied where j is one of the m nearest of i, **or** i one of the m nearest of j. "
            "Nobody is tied to oneself."
        ),
        points=2,
        hints=(
            "Sort each row: np.argsort(distances, axis=1) lists for each point the others, the nearest "
            "first. Who always stands first, and should not count?",
            "np.argsort twice gives ranks: 0 for oneself, 1 for the nearest. Which ranks make a neighbour?",
            "near = (ranks >= 1) & (ranks <= m) is a web that goes one way only; near | near.T goes both.",
        ),
        cases=_ties_cases,
        reference=ties,
        mistakes=(
            Mistake(
                "oneself counted",
                "Each point counts as a neighbour of its own: its distance to itself is 0, so it stands "
                "first. Leave it out, and take m others.",
                _own_neighbour,
            ),
            Mistake(
                "one way only",
                "Your web goes one way only: where j is near i, but i is not among the nearest of j, one of "
                "the two entries is missing. A tie holds both.",
                _one_way,
            ),
            Mistake(
                "only where both agree",
                "You tie two points only where each is among the other's nearest. That is a graph too, but a "
                "hermit then hangs on nothing; one of the two is enough here.",
                lambda distances, m: _one_way(distances, m) & _one_way(distances, m).T,
            ),
            Mistake(
                "the farthest",
                "You tie each point to those that are farthest: np.argsort begins with the smallest.",
                lambda distances, m: ties(-distances, m),
            ),
        ),
    ),
    Exercise(
        name="self_tuning",
        notebook=NOTEBOOK,
        title="How near is near?",
        task=(
            "Write self_tuning(distances, scale): the weights exp(−d_ij² / (σ_i σ_j)) of all pairs, "
            "`(n, n)`, from their distances `(n, n)` and each point's own scale σ `(n,)`."
        ),
        points=2,
        hints=(
            "Every pair has its own yardstick: the product of the scales of its two points. Which table has "
            "that product in row i, column j?",
            "np.outer(scale, scale) is that table. The squared distance is divided by it, entry by entry.",
            "The weight is np.exp of minus that quotient: −distances**2 / np.outer(scale, scale).",
        ),
        cases=_weight_cases,
        reference=self_tuning,
        mistakes=(
            Mistake(
                "distance not squared",
                "The distances are not squared. Look at the exponent again: it is d².",
                lambda distances, scale: np.exp(-distances / np.outer(scale, scale)),
            ),
            Mistake(
                "one scale for all",
                "All pairs are measured with one and the same scale. Here each pair has its own: the product "
                "of the scales of its two points.",
                lambda distances, scale: np.exp(-(distances**2) / scale.mean() ** 2),
            ),
            Mistake(
                "scale of one point only",
                "Only one point's scale is used, so the weight from i to j is not the weight from j to i. "
                "Both scales belong into the product.",
                lambda distances, scale: np.exp(-(distances**2) / scale[:, None] ** 2),
            ),
            Mistake(
                "no minus",
                "The weights grow with the distance: there is a minus sign in the exponent.",
                lambda distances, scale: np.exp(distances**2 / np.outer(scale, scale)),
            ),
        ),
    ),
    Exercise(
        name="normalise",
        notebook=NOTEBOOK,
        title="No point may shout",
        task=(
            "Write normalise(weights): D^(−½) W D^(−½) for symmetric weights W `(n, n)`, D having the "
            "sums of the rows of W on its diagonal."
        ),
        points=2,
        hints=(
            "Each point has a degree: the sum of its row. Entry (i, j) is divided by something made of the "
            "degrees of i and of j. What does D^(−½) do from the left, and what from the right?",
            "From the left, row i is divided by the root of its degree; from the right, column j by the root "
            "of its own. Together: w_ij / √(d_i d_j).",
            "degree = weights.sum(axis=1); np.outer(degree, degree) has d_i d_j in row i, column j; take its "
            "root.",
        ),
        cases=_normalise_cases,
        reference=normalise,
        mistakes=(
            Mistake(
                "rows only",
                "Each row is divided by its sum, D⁻¹W. That gives the steps of a random walk, but the matrix "
                "is no longer symmetric, and its eigenvectors need not be at right angles.",
                lambda weights: weights / weights.sum(axis=1, keepdims=True),
            ),
            Mistake(
                "no root",
                "Each entry is divided by d_i d_j. The exponent of D is −½ on both sides: a root is missing.",
                lambda weights: weights / np.outer(weights.sum(axis=1), weights.sum(axis=1)),
            ),
            Mistake(
                "the Laplacian",
                "That is the Laplacian, 1 − D^(−½) W D^(−½). Its smallest eigenvalues are our largest; the "
                "exercise asks for the part after the minus.",
                lambda weights: np.eye(len(weights)) - normalise(weights),
            ),
            Mistake(
                "multiplied",
                "Strongly tied points become stronger still: you multiply by the roots of the degrees. The "
                "exponent is *minus* one half.",
                lambda weights: weights * np.sqrt(np.outer(weights.sum(axis=1), weights.sum(axis=1))),
            ),
        ),
    ),
    Exercise(
        name="choose_k",
        notebook=NOTEBOOK,
        title="How many groups?",
        task=(
            "Write choose_k(eigenvalues): the k ≥ 2 after which eigenvalues `(m,)`, largest first, fall "
            "most, that is where λ_k − λ_(k+1) is largest."
        ),
        points=2,
        hints=(
            "Write down all falls from one eigenvalue to the next. The first of them, after λ₁, does not "
            "count: one group is no clustering. Where is the largest of the others?",
            "gaps = eigenvalues[:-1] - eigenvalues[1:]. gaps[0] is the fall after the first eigenvalue, so "
            "gaps[k − 1] is the fall after the k-th.",
            "np.argmax(gaps[1:]) is 0 where the answer is 2. What is to be added?",
        ),
        cases=_choose_cases,
        reference=choose_k,
        mistakes=(
            Mistake(
                "off by one",
                "You are one short: Python counts positions from 0, and k eigenvalues stand before the gap.",
                lambda eigenvalues: choose_k(eigenvalues) - 1,
            ),
            Mistake(
                "one too many",
                "You are one too high: how many eigenvalues stand *before* the gap?",
                lambda eigenvalues: choose_k(eigenvalues) + 1,
            ),
            Mistake(
                "the first gap counted",
                "The fall after the first eigenvalue is not left out. It would say k = 1, which is no "
                "clustering: the question starts at 2.",
                lambda eigenvalues: 1 + int(np.argmax(eigenvalues[:-1] - eigenvalues[1:])),
            ),
            Mistake(
                "the smallest gap",
                "You found where the eigenvalues fall least. Within a group of equals nothing ends; look for "
                "the largest fall.",
                lambda eigenvalues: 2 + int(np.argmin(eigenvalues[1:-1] - eigenvalues[2:])),
            ),
        ),
    ),
)
