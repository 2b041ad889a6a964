"""Exercises of 25_clusters_without_labels: the graph, its weights, its normalised matrix, choosing k.

Sources: Zelnik-Manor & Perona 2004 (self-tuning weights); Ng, Jordan & Weiss 2001 (the normalised
matrix); von Luxburg 2007, section 8.3 (the eigengap).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "25_clusters_without_labels"


def ties(distances, m):
    """True if j is one of the m nearest points of i, or i of j."""
    others = distances + np.diag(np.full(len(distances), np.inf))  # nobody is a neighbour of oneself
    nearest = np.argsort(others, axis=1)[:, :m]  # (n, m)
    neighbours = np.zeros(distances.shape, bool)
    np.put_along_axis(neighbours, nearest, True, axis=1)
    return neighbours | neighbours.T  # (n, n)


def _own_neighbour(distances, m):
    neighbours = np.argsort(np.argsort(distances, axis=1), axis=1) < m  # the distance to oneself is 0
    return neighbours | neighbours.T


def _one_way(distances, m):
    ranks = np.argsort(np.argsort(distances, axis=1), axis=1)  # 0 for oneself
    return (ranks >= 1) & (ranks <= m)


def _ties_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    crowd_and_hermit = np.concatenate([rng.normal(0, 0.3, (6, 2)), rng.normal(9, 0.1, (1, 2))])
    cases = [
        Case("a few points", (_distances(rng.normal(size=(7, 3))), 2)),
        Case("a dense cluster and an outlier", (_distances(crowd_and_hermit), 2)),
        Case("one neighbour per point, on a line", (_distances(_spreading(rng, 6)), 1)),
        Case("all but one", (_distances(_spreading(rng, 6)), 4)),
    ]
    if hard:
        cases.append(Case("many points", (_distances(rng.normal(size=(40, 4))), 7)))
    return cases


def _spreading(rng: np.random.Generator, n: int) -> np.ndarray:
    """Points on a line with growing gaps, so that being nearest is not mutual."""
    return np.cumsum(2.0 ** np.arange(n) * rng.uniform(1, 1.2, n))[:, None]


def self_tuning(distances, scale):
    """w_ij = exp(−d_ij² / (σ_i σ_j))."""
    return np.exp(-(distances**2) / np.outer(scale, scale))  # (n, n)


def _distances(points: np.ndarray) -> np.ndarray:
    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))


def _scaled(points: np.ndarray, m: int) -> tuple[np.ndarray, np.ndarray]:
    distances = _distances(points)
    return distances, np.sort(distances, axis=1)[:, m]


def _weight_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    dense_and_sparse = np.concatenate([rng.normal(0, 0.2, (5, 2)), rng.normal(4, 2.0, (4, 2))])
    cases = [
        Case("a few points", _scaled(rng.normal(size=(6, 3)), 3)),
        Case("a dense and a sparse group", _scaled(dense_and_sparse, 2)),
        Case("points that are far apart", _scaled(rng.normal(0, 3, (4, 2)), 1)),
        Case("scales of any size", (_distances(rng.normal(size=(5, 2))), rng.uniform(0.4, 2.5, 5))),
    ]
    if hard:
        cases.append(Case("two points", (np.array([[0.0, 2.0], [2.0, 0.0]]), rng.uniform(0.5, 3, 2))))
        cases.append(Case("many points", _scaled(rng.normal(size=(40, 5)), 7)))
    return cases


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
        name="ties",
        notebook=NOTEBOOK,
        title="Which points are connected?",
        task=(
            "Write ties(distances, m). From the distances `(n, n)` it returns True or False for all "
            "pairs, `(n, n)`. There is an edge between i and j if j is one of the m nearest points of i, "
            "**or** i is one of the m nearest points of j. No point is connected to itself."
        ),
        points=2,
        hints=(
            "Sort each row: np.argsort(distances, axis=1) lists the points for each point, the nearest "
            "first. Which point always comes first, and should not count?",
            "np.argsort applied twice gives ranks: 0 for the point itself, 1 for the nearest other point. "
            "Which ranks are neighbours?",
            "near = (ranks >= 1) & (ranks <= m) is a graph whose edges go one way only. near | near.T "
            "makes them go both ways.",
        ),
        cases=_ties_cases,
        reference=ties,
        mistakes=(
            Mistake(
                "the point itself counted",
                "Each point counts as one of its own neighbours, because its distance to itself is 0 and "
                "it comes first. Leave it out, and take m others.",
                _own_neighbour,
            ),
            Mistake(
                "one way only",
                "Your edges go one way only: if j is near i, but i is not among the nearest points of j, "
                "then one of the two entries is missing. An edge needs both entries.",
                _one_way,
            ),
            Mistake(
                "only where both agree",
                "You connect two points only if each is among the other's nearest points. That is a graph "
                "too, but an outlier is then connected to nothing. Here one of the two is enough.",
                lambda distances, m: _one_way(distances, m) & _one_way(distances, m).T,
            ),
            Mistake(
                "the farthest",
                "You connect each point to the points that are farthest away. np.argsort starts with the "
                "smallest.",
                lambda distances, m: ties(-distances, m),
            ),
        ),
    ),
    Exercise(
        name="self_tuning",
        notebook=NOTEBOOK,
        title="How near is near?",
        task=(
            "Write self_tuning(distances, scale). It returns the weights exp(−d_ij² / (σ_i σ_j)) of all "
            "pairs, `(n, n)`, from their distances `(n, n)` and the scale σ of each point, `(n,)`."
        ),
        points=2,
        hints=(
            "Every pair is measured with its own yardstick: the product of the scales of its two points. "
            "Which table has that product in row i, column j?",
            "np.outer(scale, scale) is that table. Divide the squared distances by it, entry by entry.",
            "The weight is np.exp of minus that quotient: −distances**2 / np.outer(scale, scale).",
        ),
        cases=_weight_cases,
        reference=self_tuning,
        mistakes=(
            Mistake(
                "distance not squared",
                "The distances are not squared. Look at the exponent again: it contains d².",
                lambda distances, scale: np.exp(-distances / np.outer(scale, scale)),
            ),
            Mistake(
                "one scale for all",
                "You measure all pairs with the same scale. Here each pair has its own: the product of "
                "the scales of its two points.",
                lambda distances, scale: np.exp(-(distances**2) / scale.mean() ** 2),
            ),
            Mistake(
                "scale of one point only",
                "You use the scale of one point only, so the weight from i to j differs from the weight "
                "from j to i. The product needs both scales.",
                lambda distances, scale: np.exp(-(distances**2) / scale[:, None] ** 2),
            ),
            Mistake(
                "no minus",
                "The weights grow with the distance. There is a minus sign in the exponent.",
                lambda distances, scale: np.exp(distances**2 / np.outer(scale, scale)),
            ),
        ),
    ),
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
