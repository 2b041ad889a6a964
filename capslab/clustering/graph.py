"""A graph of neighbours: who is tied to whom, and how strongly."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from capslab.clustering.neighbours import Neighbours

#: which neighbour's distance is a point's own scale (Zelnik-Manor & Perona 2004 choose the 7th)
SCALE_NEIGHBOUR = 7
#: a tie between parts that share no neighbours, as a share of the mean weight: too weak to hold
#: two groups together, strong enough for their eigenvalues to be told apart
LINK = 1e-2


def self_tuning_weights(near: Neighbours) -> sparse.csr_array:
    """The weight of each pair of neighbours, measured in the pair's own scale.

    w(i, j) = exp(−d(i, j)² / (σᵢ σⱼ)), σᵢ being the distance from i to its 7th neighbour, so
    that a pair is close or not as its surroundings are dense or not. Source: Zelnik-Manor &
    Perona 2004, "Self-tuning spectral clustering", section 2.

    Parameters
    ----------
    near : neighbours of n points.

    Returns
    -------
    csr_array : `(n, n)`, symmetric, in 0…1, zero on the diagonal: the mean of both directions,
        so a tie counts half where only one of the two is among the other's neighbours.

    Examples
    --------
    >>> from capslab.clustering.neighbours import nearest_neighbours
    >>> near = nearest_neighbours(np.array([[0.0], [1.0], [2.0]], np.float32), 2)
    >>> self_tuning_weights(near).toarray().round(2)  # σ = 2, 1, 2
    array([[0.  , 0.61, 0.37],
           [0.61, 0.  , 0.61],
           [0.37, 0.61, 0.  ]])
    """
    n, m = near.indices.shape
    scale = near.distances[:, min(SCALE_NEIGHBOUR, m) - 1].astype(np.float64)  # (n,)
    scale = np.maximum(scale, 1e-6 * max(scale.max(), 1e-30))
    squared = near.distances.astype(np.float64) ** 2
    weights = np.exp(-squared / (scale[:, None] * scale[near.indices]))  # (n, m)
    rows = np.repeat(np.arange(n), m)
    one_way = sparse.csr_array((weights.ravel(), (rows, near.indices.ravel())), shape=(n, n))
    return ((one_way + one_way.T) / 2).tocsr()


def symmetric_normalisation(weights: sparse.csr_array) -> sparse.csr_array:
    """D^−½ W D^−½, D holding each point's sum of weights: its eigenvalues lie in −1…1.

    The largest is 1, once for each part of the graph that is tied to no other. Source: Ng,
    Jordan & Weiss 2001, "On spectral clustering", step 2.

    >>> two = sparse.csr_array(np.array([[0.0, 4.0], [4.0, 0.0]]))
    >>> symmetric_normalisation(two).toarray()
    array([[0., 1.],
           [1., 0.]])
    """
    degree = np.asarray(weights.sum(axis=1)).ravel()  # (n,)
    root = 1 / np.sqrt(np.maximum(degree, 1e-300))
    return (sparse.diags_array(root) @ weights @ sparse.diags_array(root)).tocsr()


def parts(weights: sparse.csr_array) -> tuple[int, np.ndarray]:
    """How many parts of the graph have no tie between them, and the part of each point `(n,)`."""
    count, part = connected_components(weights, directed=False)
    return int(count), part


def connected(weights: sparse.csr_array, X: np.ndarray) -> sparse.csr_array:
    """The graph with weak ties added between separate parts, where they come nearest.

    A graph in c > k parts does not say which of them belong together; distances between the
    parts do. Each part is tied to the nearest point outside, again and again until one is left.
    """
    count, part = parts(weights)
    weak = LINK * weights.data.mean() if weights.nnz else 1.0
    while count > 1:
        largest = np.bincount(part).argmax()
        ends = [_nearest_outside(X, part == one) for one in range(count) if one != largest]
        inside, outside = np.array(ends).T
        one_way = sparse.csr_array((np.full(len(ends), weak), (inside, outside)), shape=weights.shape)
        weights = weights.maximum(one_way).maximum(one_way.T).tocsr()
        count, part = parts(weights)
    return weights


def _nearest_outside(X: np.ndarray, inside: np.ndarray) -> tuple[int, int]:
    """The closest pair of a point inside and one outside, by their positions."""
    ours, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    squares = (X[others] ** 2).sum(axis=1)
    best = (np.inf, 0, 0)
    for i in ours:
        apart = squares - 2 * (X[others] @ X[i]) + (X[i] ** 2).sum()
        j = int(apart.argmin())
        best = min(best, (float(apart[j]), int(i), int(others[j])))
    return best[1], best[2]
