"""Spectral clustering: cut a graph of neighbours where it hangs together least."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from capslab.clustering import inputs
from capslab.clustering.eigen import cut, eigengap, leading_eigenvectors
from capslab.clustering.graph import connected, parts, self_tuning_weights, symmetric_normalisation
from capslab.clustering.neighbours import nearest_neighbours
from capslab.clustering.pca import principal_components
from capslab.clustering.validation import is_whole, too_few_distinct
from capslab.errors import ArgumentError

#: a trained network's features spread in about as many directions as it has clusters
JOINED_COMPONENTS = 24


@dataclass(frozen=True, eq=False)
class Cut:
    """One k of a `SpectralPath`.

    Attributes
    ----------
    n_clusters : number of clusters.
    labels : int64 `(n,)`, 0…k − 1.
    n_eigenvectors : how many eigenvectors k-means looked at.
    """

    n_clusters: int
    labels: np.ndarray
    n_eigenvectors: int

    @property
    def sizes(self) -> np.ndarray:
        """Number of points in each cluster, `(k,)`."""
        return np.bincount(self.labels, minlength=self.n_clusters)


class SpectralPath(ClusterMixin, BaseEstimator):
    """Groups whose members are reached through neighbours, whatever their shape.

    1. Images are straightened (`deskew`) and reduced to their principal components.
    2. Each point is tied to its nearest neighbours, with self-tuning weights.
    3. The leading eigenvectors of the symmetric normalised adjacency D^−½ W D^−½ give each
       point new coordinates, nearly the same for points that hang together.
    4. Rows to unit length, then k-means.

    Source: Ng, Jordan & Weiss 2001, "On spectral clustering"; weights of Zelnik-Manor & Perona
    2004. Copies of a row count as one point of their weight. Parts of the graph without any tie
    are tied weakly where they come nearest. Everything runs in one thread, so that it does not
    fight TensorFlow's for the cores.

    Parameters
    ----------
    n_clusters : k, from 1 to the number of different rows.
    n_neighbors : neighbours of each point, from 1; all others where there are fewer.
    n_eigenvectors : how many eigenvectors k-means looks at; None takes k, the textbook's number,
        where the eigenvalues agree that there are k groups (`eigengap_`), and k + 3 where they do
        not: then some eigenvectors show parts of groups, and k of them are not enough.
    n_components : principal components that distances are measured in.
    features : "pixels", or "gradients" for histograms of edge directions (images only).
    power : principal components are divided by their eigenvalue to this power: 0 leaves them,
        ½ gives all the same spread.
    straighten : whether images are deskewed; None does so from 16 pixels a side.
    n_eigenvalues : how many eigenvalues to know at least, for `eigengap_`.
    n_init : starts of k-means, of which the best is kept.
    seed : the same seed gives the same clusters.

    Attributes
    ----------
    labels_ : int64 `(n,)`.
    eigenvalues_ : float64 `(m,)`, falling from 1.
    eigenvectors_ : float32 `(n, m)`.
    eigengap_ : the k ≥ 2 after which the eigenvalues fall most: a k chosen without labels.
    adjacency_ : sparse `(n', n')`, normalised, of the n' different rows.
    n_parts_ : parts of the graph before they were tied together.
    n_features_in_ : numbers in a row.

    Examples
    --------
    Two rings, one inside the other, which k-means cuts in halves:

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

    def fit(self, X: Any, y: Any = None) -> SpectralPath:
        """Cluster `Images`, an `Embedding`, images `(n, h, w, c)` or vectors `(n, d)`; `y` is ignored.

        Raises
        ------
        ArgumentError : for NaN, fewer different rows than clusters, parameters out of range.
        """
        from threadpoolctl import threadpool_limits

        rows = inputs.rows(self, X)  # uint8 (n, h, w, c) or float32 (n, d)
        self._check()
        self.n_features_in_ = int(np.prod(rows.shape[1:]))
        with threadpool_limits(1):
            self._first, self._copy_of = inputs.distinct(rows)
            n = len(self._first)
            if self.n_clusters > n:
                if len(rows) == 1:
                    raise ArgumentError(
                        "n_clusters", "at most n_samples = 1", self.n_clusters, "Give more rows."
                    )
                raise too_few_distinct(self.n_clusters, n, "n_clusters")
            # (n', components): where nothing is repeated, nothing is copied
            points = self._coordinates(rows if n == len(rows) else rows[self._first])
            self.adjacency_, self.n_parts_ = self._graph(points)
        return self._solved()

    def joined(self, vectors: Any) -> SpectralPath:
        """The same points cut by two graphs at once: this one, and one of neighbours among other vectors.

        The normalised adjacencies are averaged: what either ties hangs together.

        Parameters
        ----------
        vectors : `(n, d)` for the same n rows in the same order, as another representation sees
            them; distances are taken between their 24 leading principal components.

        Returns
        -------
        SpectralPath : a new one, fitted; this one stays as it is.
        """
        from threadpoolctl import threadpool_limits

        check_is_fitted(self)
        rows = inputs.rows(SpectralPath(), vectors)
        if len(rows) != len(self._copy_of):
            raise ArgumentError(
                "vectors", f"as many as there are labels ({len(self._copy_of)})", vectors, "Keep the order."
            )
        both = copy(self)
        with threadpool_limits(1):
            points = principal_components(rows[self._first], JOINED_COMPONENTS, seed=self.seed)
            second, both.n_parts_ = self._graph(points, share=0.1)
            both.adjacency_ = ((self.adjacency_ + second) / 2).tocsr()
        return both._solved()

    def _solved(self) -> SpectralPath:
        """Eigenvectors of the adjacency, and the labels that they give."""
        from threadpoolctl import threadpool_limits

        n = len(self._first)
        wanted = max(self.n_eigenvalues, self.n_clusters + 3, self.n_eigenvectors or 0)
        with threadpool_limits(1):
            self._eigen = leading_eigenvectors(self.adjacency_, min(wanted, n), self.seed)
        self.eigenvalues_ = self._eigen.values
        self.eigenvectors_ = self._eigen.vectors[self._copy_of]
        self.eigengap_ = eigengap(self.eigenvalues_)
        self.labels_ = self.at(self.n_clusters).labels
        return self

    def at(self, k: int) -> Cut:
        """The same graph cut into another number of clusters; only k-means runs again.

        Raises
        ------
        ArgumentError : for a k beyond the number of eigenvectors that are known.
        """
        from threadpoolctl import threadpool_limits

        check_is_fitted(self)
        known = self._eigen.vectors
        most = len(known) if known.shape[1] == len(known) else known.shape[1]
        if not is_whole(k) or not (1 <= k <= most or k == self.n_clusters):
            step = "Fit with a larger n_eigenvalues for a larger k."
            raise ArgumentError("k", f"a whole number from 1 to {most}", k, step)
        used = min(self._eigenvectors_for(k), known.shape[1])
        with threadpool_limits(1):
            labels = cut(known[:, :used], k, np.bincount(self._copy_of), self.n_init, self.seed)
        return Cut(int(k), labels[self._copy_of], used)

    def _coordinates(self, rows: np.ndarray) -> np.ndarray:
        """Principal components of the straightened images or of the vectors, `(n', m)`."""
        if rows.ndim == 4:
            return inputs.image_coordinates(
                rows, self.features, self.straighten, self.n_components, self.power, self.seed
            )
        return principal_components(rows, self.n_components, self.power, seed=self.seed)

    def _graph(self, points: np.ndarray, share: float = 0.4) -> tuple[sparse.csr_array, int]:
        """The normalised adjacency of neighbours, and the number of its parts before they were tied."""
        n = len(points)
        if n == 1:
            return sparse.csr_array(np.ones((1, 1))), 1
        near = nearest_neighbours(points, min(self.n_neighbors, n - 1), self.seed, share)
        weights = self_tuning_weights(near)
        return symmetric_normalisation(connected(weights, points)), parts(weights)[0]

    def _eigenvectors_for(self, k: int) -> int:
        if self.n_eigenvectors is None:
            return k if self.eigengap_ == k else k + 3
        return max(1, self.n_eigenvectors + k - self.n_clusters)

    def _check(self) -> None:
        for name in ("n_clusters", "n_neighbors", "n_components", "n_eigenvalues", "n_init"):
            value = getattr(self, name)
            if not is_whole(value) or value < 1:
                raise ArgumentError(name, "a whole number from 1", value, "Try 10.")
        if self.n_eigenvectors is not None and (not is_whole(self.n_eigenvectors) or self.n_eigenvectors < 1):
            raise ArgumentError(
                "n_eigenvectors", "a whole number from 1, or None", self.n_eigenvectors, "None chooses."
            )
        if not is_whole(self.seed) or self.seed < 0:
            raise ArgumentError("seed", "a whole number from 0", self.seed, "Try seed=0.")
        if not isinstance(self.power, (int, float)) or not 0 <= self.power <= 0.5:
            raise ArgumentError("power", "a number from 0 to 0.5", self.power, "0 is plain PCA.")
