"""The nearest-neighbour graph: which points share an edge, and how heavy it is."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from capslab.data.neighbours import Neighbours

#: the distance to this neighbour is a point's own scale (Zelnik-Manor & Perona 2004 use the 7th)
SCALE_NEIGHBOUR = 7
#: the weight of an edge added between components, as a fraction of the mean weight: too light to
#: hold two clusters together, heavy enough that their eigenvalues can be distinguished
LINK_WEIGHT = 1e-2


@np.errstate(under="ignore")  # the weight of points far apart is meant to become 0
def self_tuning_weights(neighbours: Neighbours) -> sparse.csr_array:
    """The weight of the edge between each pair of neighbours, on a scale of the pair's own.

    w(i, j) = exp(−d(i, j)² / (σᵢ σⱼ)), where σᵢ is the distance from i to its 7th neighbour.
    What counts as close therefore depends on how dense the surroundings are. Source: Zelnik-Manor &
    Perona 2004, "Self-tuning spectral clustering", section 2.

    Parameters
    ----------
    neighbours : the nearest neighbours of n points.

    Returns
    -------
    csr_array : `(n, n)`, symmetric, in 0…1, zero on the diagonal. It is the mean of both directions,
        so an edge has half the weight if only one of the two points is a neighbour of the other.

    Examples
    --------
    >>> from capslab.data.neighbours import nearest_neighbours
    >>> neighbours = nearest_neighbours(np.array([[0.0], [1.0], [2.0]], np.float32), 2)
    >>> self_tuning_weights(neighbours).toarray().round(2)  # σ = 2, 1, 2
    array([[0.  , 0.61, 0.37],
           [0.61, 0.  , 0.61],
           [0.37, 0.61, 0.  ]])
    """
    n, m = neighbours.indices.shape
    scale = neighbours.distances[:, min(SCALE_NEIGHBOUR, m) - 1].astype(np.float64)  # (n,)
    scale = np.maximum(scale, 1e-6 * max(scale.max(), 1e-30))
    squared = neighbours.distances.astype(np.float64) ** 2
    weights = np.exp(-squared / (scale[:, None] * scale[neighbours.indices]))  # (n, m)
    rows = np.repeat(np.arange(n), m)
    directed = sparse.csr_array((weights.ravel(), (rows, neighbours.indices.ravel())), shape=(n, n))
    return ((directed + directed.T) / 2).tocsr()


def symmetric_normalisation(weights: sparse.csr_array) -> sparse.csr_array:
    """D^−½ W D^−½, where D holds the degree (sum of weights) of each point; eigenvalues in −1…1.

    The largest eigenvalue is 1, once for each connected component of the graph. Source: Ng,
    Jordan & Weiss 2001, "On spectral clustering", step 2.

    >>> pair = sparse.csr_array(np.array([[0.0, 4.0], [4.0, 0.0]]))
    >>> symmetric_normalisation(pair).toarray()
    array([[0., 1.],
           [1., 0.]])
    """
    degree = np.asarray(weights.sum(axis=1)).ravel()  # (n,)
    root = 1 / np.sqrt(np.maximum(degree, 1e-300))
    return (sparse.diags_array(root) @ weights @ sparse.diags_array(root)).tocsr()


def components(weights: sparse.csr_array) -> tuple[int, np.ndarray]:
    """How many connected components the graph has, and the component of each point `(n,)`."""
    count, component = connected_components(weights, directed=False)
    return int(count), component


def connect_components(weights: sparse.csr_array, X: np.ndarray) -> sparse.csr_array:
    """The graph with light edges added between separate components, where they are nearest.

    If a graph has more components than there should be clusters, its edges do not say which of them
    belong together, but the distances between them do. Each component gets an edge to the nearest
    point outside it, again and again until only one component is left.
    """
    count, component = components(weights)
    light = LINK_WEIGHT * weights.data.mean() if weights.nnz else 1.0
    while count > 1:
        largest = np.bincount(component).argmax()
        ends = [_nearest_outside(X, component == c) for c in range(count) if c != largest]
        inside, outside = np.array(ends).T
        directed = sparse.csr_array((np.full(len(ends), light), (inside, outside)), shape=weights.shape)
        weights = weights.maximum(directed).maximum(directed.T).tocsr()
        count, component = components(weights)
    return weights


def _nearest_outside(X: np.ndarray, inside: np.ndarray) -> tuple[int, int]:
    """The positions of the closest pair of a point inside and a point outside."""
    members, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    squares = (X[others] ** 2).sum(axis=1)
    best = (np.inf, 0, 0)
    for i in members:
        distances = squares - 2 * (X[others] @ X[i]) + (X[i] ** 2).sum()
        j = int(distances.argmin())
        best = min(best, (float(distances[j]), int(i), int(others[j])))
    return best[1], best[2]
