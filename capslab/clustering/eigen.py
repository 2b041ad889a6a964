"""The leading eigenvectors of a graph, and the clusters that they reveal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

#: with at most this many points, all eigenvectors are computed exactly
DENSE = 400


@dataclass(frozen=True, eq=False)
class Eigenpairs:
    """Eigenvalues, float64 `(m,)`, largest first, and their eigenvectors, float32 `(n, m)`."""

    values: np.ndarray
    vectors: np.ndarray


def leading_eigenvectors(adjacency: sparse.csr_array, m: int, seed: int = 0) -> Eigenpairs:
    """The m largest eigenvalues of a symmetric matrix, with their eigenvectors.

    Lanczos iteration, which needs only products with the sparse matrix. For small graphs, all
    eigenvectors are computed by the dense method.

    >>> pair = sparse.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> leading_eigenvectors(pair, 2).values.round(6)
    array([ 1., -1.])
    """
    n = adjacency.shape[0]
    if n <= DENSE or 4 * m > n:
        values, vectors = np.linalg.eigh(adjacency.toarray())
    else:
        from scipy.sparse.linalg import eigsh

        start = np.random.default_rng(seed).random(n)
        values, vectors = eigsh(adjacency, m, which="LA", tol=1e-6, ncv=min(n, max(50, 2 * m + 1)), v0=start)
    order = np.argsort(-values, kind="stable")[:m]
    return Eigenpairs(values[order], np.ascontiguousarray(vectors[:, order], dtype=np.float32))


def eigengap(values: np.ndarray) -> int:
    """The k ≥ 2 after which the eigenvalues drop most: argmaxₖ λₖ − λₖ₊₁.

    A graph with k connected components has k eigenvalues of 1, followed by smaller ones. A graph
    that almost separates into k components has a gap in the same place. Source: von Luxburg 2007,
    "A tutorial on spectral clustering", section 8.3. (k = 1 is left out, since one component is
    not a clustering.)

    >>> eigengap(np.array([1.0, 0.98, 0.97, 0.6, 0.58]))
    3
    """
    if len(values) < 3:
        return len(values)
    return 2 + int(np.argmax(values[1:-1] - values[2:]))


def cluster_eigenvectors(
    vectors: np.ndarray, n_clusters: int, counts: np.ndarray | None = None, n_init: int = 10, seed: int = 0
) -> np.ndarray:
    """k-means on rows scaled to unit length, int64 `(n,)`; exactly `n_clusters` clusters if n allows.

    The direction of a row says which cluster it belongs to, its length how well it is connected at all.

    Parameters
    ----------
    vectors : `(n, m)`, one eigenvector per column.
    n_clusters : from 1 to n.
    counts : how many points each row stands for, `(n,)`.
    n_init : starts of k-means, of which the best is used.
    """
    from sklearn.cluster import KMeans

    n = len(vectors)
    if n_clusters == 1:
        return np.zeros(n, np.int64)
    if n_clusters == n:
        return np.arange(n)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = (vectors / np.maximum(lengths, 1e-30)).astype(np.float32)
    different = len(np.unique(rows.round(5), axis=0)) if n <= 20 * n_clusters else n
    model = KMeans(min(n_clusters, different), n_init=n_init, random_state=seed)
    labels = model.fit_predict(rows, sample_weight=counts).astype(np.int64)
    return _exactly(labels, n_clusters)


def _exactly(labels: np.ndarray, k: int) -> np.ndarray:
    """Labels with exactly k clusters: if rows coincide and there are fewer, halve the largest cluster."""
    labels = np.unique(labels, return_inverse=True)[1]
    for new in range(int(labels.max()) + 1, k):
        members = np.flatnonzero(labels == np.bincount(labels).argmax())
        labels[members[len(members) // 2 :]] = new
    return labels
