"""Spectral clustering: cut the nearest-neighbour graph where it is least connected."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from capslab.clustering.check_arguments import checked_images_or_vectors, distinct_rows, too_few_distinct
from capslab.clustering.deskew import LEAST_SIDE, deskew
from capslab.clustering.eigen import cluster_eigenvectors, eigengap, leading_eigenvectors
from capslab.clustering.gradient_features import gradient_histograms
from capslab.clustering.neighbour_graph import (
    components,
    connect_components,
    self_tuning_weights,
    symmetric_normalisation,
)
from capslab.data.neighbours import nearest_neighbours
from capslab.data.pca import principal_components
from capslab.errors import ArgumentError, is_whole, unknown_name

FEATURES = ("pixels", "gradients")
#: the features of a trained network spread in about as many directions as it has clusters
JOINED_COMPONENTS = 24


@dataclass(frozen=True, eq=False)
class SpectralClusters:
    """One clustering of a `SpectralPath`, for one value of k.

    Attributes
    ----------
    n_clusters : the number of clusters, k.
    labels : int64 `(n,)`, 0…k − 1.
    n_eigenvectors : how many eigenvectors k-means used.
    """

    n_clusters: int
    labels: np.ndarray
    n_eigenvectors: int

    @property
    def sizes(self) -> np.ndarray:
        """The number of points in each cluster, `(k,)`."""
        return np.bincount(self.labels, minlength=self.n_clusters)


class SpectralPath(ClusterMixin, BaseEstimator):
    """Clusters of any shape, whose points are connected through their neighbours.

    1. Deskew images (`deskew`) and reduce them to their principal components.
    2. Give each point an edge to its nearest neighbours, with self-tuning weights.
    3. Compute the leading eigenvectors of the symmetric normalised adjacency D^−½ W D^−½. They
       are new coordinates, almost the same for points that are well connected.
    4. Scale the rows to unit length and run k-means on them.

    Source: Ng, Jordan & Weiss 2001, "On spectral clustering", with the weights of Zelnik-Manor &
    Perona 2004. Copies of a row count as one point with their combined weight. Connected components
    of the graph get light edges between them where they are nearest. Everything runs in one thread,
    so that it does not compete with TensorFlow for the cores.

    Parameters
    ----------
    n_clusters : k, from 1 to the number of different rows.
    n_neighbors : neighbours of each point, from 1; all others if there are fewer.
    n_eigenvectors : how many eigenvectors k-means uses. None means k, the textbook's number, if
        the eigenvalues agree that there are k clusters (`eigengap_`), and k + 3 otherwise: some
        eigenvectors then show parts of clusters, and k of them are not enough.
    n_components : principal components in which distances are measured.
    features : "pixels", or "gradients" for histograms of oriented gradients (images only).
    power : principal components are divided by their eigenvalue to this power: 0 leaves them,
        ½ gives all of them the same variance.
    straighten : whether to deskew images; None does so from 16 pixels per side.
    n_eigenvalues : compute at least this many eigenvalues, for `eigengap_`.
    n_init : starts of k-means, of which the best is used.
    seed : the same seed gives the same clusters.

    Attributes
    ----------
    labels_ : int64 `(n,)`.
    eigenvalues_ : float64 `(m,)`, descending from 1.
    eigenvectors_ : float32 `(n, m)`.
    eigengap_ : the k ≥ 2 after which the eigenvalues drop most: a k chosen without labels.
    adjacency_ : sparse `(n', n')`, normalised, of the n' different rows.
    n_connected_components_ : how many components the graph had before edges between them were added.
    n_features_in_ : how many numbers each row has.

    Examples
    --------
    Two rings, one inside the other, which k-means would cut in half:

    >>> angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    >>> ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    >>> rings = np.concatenate([ring, 3 * ring])
    >>> labels = SpectralPath(n_clusters=2, n_neighbors=4, n_eigenvectors=2).fit_predict(rings)
    >>> len(set(labels[:60])), len(set(labels[60:])), bool(labels[0] != labels[60])
    (1, 1, True)
    """

    def __init__(
        self,
        n_clusters: int = 10,
        *,
        n_neighbors: int = 10,
        n_eigenvectors: int | None = None,
        n_components: int = 50,
        features: str = "pixels",
        power: float = 0.0,
        straighten: bool | None = None,
        n_eigenvalues: int = 20,
        n_init: int = 50,
        seed: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_neighbors = n_neighbors
        self.n_eigenvectors = n_eigenvectors
        self.n_components = n_components
        self.features = features
        self.power = power
        self.straighten = straighten
        self.n_eigenvalues = n_eigenvalues
        self.n_init = n_init
        self.seed = seed

    @np.errstate(under="ignore")  # as NumPy does unless it is told otherwise
    def fit(self, X: Any, y: Any = None) -> SpectralPath:
        """Cluster `Images`, an `Embedding`, images `(n, h, w, c)` or vectors `(n, d)`; `y` is ignored.

        Raises
        ------
        ArgumentError : for NaN, fewer different rows than clusters, parameters out of range.
        """
        from threadpoolctl import threadpool_limits

        rows = checked_images_or_vectors(self, X)  # uint8 (n, h, w, c) or float32 (n, d)
        self.n_features_in_ = int(np.prod(rows.shape[1:]))
        with threadpool_limits(1):
            self._first, self._copy_of = distinct_rows(rows)
            n = len(self._first)
            self._check(n)
            if self.n_clusters > n:
                if len(rows) == 1:
                    raise ArgumentError(
                        "n_clusters",
                        "at most n_samples = 1",
                        self.n_clusters,
                        "Try n_clusters=1, or give more rows.",
                    )
                raise too_few_distinct(self.n_clusters, n)
            # (n', components); where no row is repeated, none is copied
            points = self._coordinates(rows if n == len(rows) else rows[self._first])
            self.adjacency_, self.n_connected_components_ = self._graph(points)
        return self._solve()

    def joined(self, vectors: Any) -> SpectralPath:
        """Cluster the same points by two graphs at once: this one, and that of another representation.

        The normalised adjacencies are averaged, so points are connected if either graph connects them.

        Parameters
        ----------
        vectors : `(n, d)`, another representation of the same n rows in the same order; distances
            are measured in its 24 leading principal components.

        Returns
        -------
        SpectralPath : a new fitted one; this one does not change.
        """
        from threadpoolctl import threadpool_limits

        check_is_fitted(self)
        rows = checked_images_or_vectors(SpectralPath(), vectors, "vectors")
        if len(rows) != len(self._copy_of):
            raise ArgumentError(
                "vectors",
                f"as many as there are labels ({len(self._copy_of)})",
                vectors,
                "Give one row for each image that was fitted, in the same order.",
            )
        both = copy(self)
        with threadpool_limits(1):
            points = principal_components(rows[self._first], JOINED_COMPONENTS, seed=self.seed)
            second, both.n_connected_components_ = self._graph(points, share=0.1)
            both.adjacency_ = ((self.adjacency_ + second) / 2).tocsr()
        return both._solve()

    def _solve(self) -> SpectralPath:
        """Compute the eigenvectors of the adjacency, and the labels that follow from them."""
        from threadpoolctl import threadpool_limits

        n = len(self._first)
        wanted = max(self.n_eigenvalues, self.n_clusters + 3, self.n_eigenvectors or 0)
        with threadpool_limits(1):
            self._eigenpairs = leading_eigenvectors(self.adjacency_, min(wanted, n), self.seed)
        self.eigenvalues_ = self._eigenpairs.values
        self.eigenvectors_ = self._eigenpairs.vectors[self._copy_of]
        self.eigengap_ = eigengap(self.eigenvalues_)
        self.labels_ = self.at(self.n_clusters).labels
        return self

    def at(self, k: int) -> SpectralClusters:
        """Cut the same graph into another number of clusters; only k-means runs again.

        Raises
        ------
        ArgumentError : for a k larger than the number of eigenvectors that were computed.
        """
        from threadpoolctl import threadpool_limits

        check_is_fitted(self)
        vectors = self._eigenpairs.vectors
        largest_k = len(vectors) if vectors.shape[1] == len(vectors) else vectors.shape[1]
        if not is_whole(k) or not (1 <= k <= largest_k or k == self.n_clusters):
            step = f"Try k={min(self.n_clusters, largest_k)}."
            if is_whole(k) and largest_k < k <= len(vectors):
                step = f"Fit with n_eigenvalues={k} for this k."
            raise ArgumentError("k", f"a whole number from 1 to {largest_k}", k, step)
        used = min(self._eigenvectors_for(k), vectors.shape[1])
        with threadpool_limits(1):
            copies = np.bincount(self._copy_of)
            labels = cluster_eigenvectors(vectors[:, :used], k, copies, self.n_init, self.seed)
        return SpectralClusters(int(k), labels[self._copy_of], used)

    def _coordinates(self, rows: np.ndarray) -> np.ndarray:
        """The principal components of the deskewed images, or of the vectors, `(n', m)`."""
        describe = None
        if rows.ndim == 4:
            if self.features not in FEATURES:
                raise unknown_name("features", self.features, FEATURES)
            if self.straighten or (self.straighten is None and min(rows.shape[1:3]) >= LEAST_SIDE):
                rows = deskew(rows)
            describe = gradient_histograms if self.features == "gradients" else None
        return principal_components(rows, self.n_components, self.power, describe, self.seed)

    def _graph(self, points: np.ndarray, share: float = 0.4) -> tuple[sparse.csr_array, int]:
        """The normalised adjacency, and how many components the graph had before they were connected."""
        n = len(points)
        if n == 1:
            return sparse.csr_array(np.ones((1, 1))), 1
        neighbours = nearest_neighbours(points, min(self.n_neighbors, n - 1), self.seed, share)
        weights = self_tuning_weights(neighbours)
        return symmetric_normalisation(connect_components(weights, points)), components(weights)[0]

    def _eigenvectors_for(self, k: int) -> int:
        if self.n_eigenvectors is None:
            return k if self.eigengap_ == k else k + 3
        return max(1, self.n_eigenvectors + k - self.n_clusters)

    def _check(self, n: int) -> None:
        """Refuses parameters that cannot be used for n different images."""
        for name in ("n_clusters", "n_neighbors", "n_components", "n_eigenvalues", "n_init"):
            value = getattr(self, name)
            if not is_whole(value) or value < 1:
                step = f"Try n_clusters={min(10, n)}." if name == "n_clusters" else "Leave it out."
                raise ArgumentError(name, "a whole number from 1", value, step)
        if self.n_eigenvectors is not None and (not is_whole(self.n_eigenvectors) or self.n_eigenvectors < 1):
            raise ArgumentError(
                "n_eigenvectors", "a whole number from 1, or None", self.n_eigenvectors, "Leave it out."
            )
        if not is_whole(self.seed) or self.seed < 0:
            raise ArgumentError("seed", "a whole number from 0", self.seed, "Try seed=0.")
        if not isinstance(self.power, Real) or not 0 <= self.power <= 0.5:
            raise ArgumentError(
                "power", "a number from 0 to 0.5", self.power, "Try power=0, which is plain PCA."
            )
