"""`KMeansPath`: k-means for every k at once, so that a slider for k never waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from capslab.clustering import kmeans_lloyd, kmeans_out_of_core
from capslab.clustering.matching import accuracy_of, contingency, new_names
from capslab.clustering.scores import (
    Curves,
    Scores,
    adjusted_rand,
    normalized_mutual_information,
    silhouette,
)
from capslab.clustering.validation import checked_ks, checked_rows, is_whole, too_few_distinct
from capslab.data.lazy_rows import LazyRows, parts
from capslab.errors import ArgumentError

if TYPE_CHECKING:
    from capslab.embedding import Embedding

#: images that a silhouette is computed on
SILHOUETTE_IMAGES = 2000
#: a path is searched at least this far, so that k = 10 alone is the same as k = 10 of 2…30
SEARCHED = 30


@dataclass(frozen=True, eq=False)
class Clustering:
    """One k of a path.

    Attributes
    ----------
    n_clusters : number of clusters.
    labels : int64 `(n,)`, 0…k−1; matched, so that a cluster keeps its number along the path.
    centers : float32 `(k, d)`.
    inertia : Σᵢ ‖xᵢ − centre of its cluster‖².
    scores : computed when first read, for all k of the path at once.
    """

    n_clusters: int
    labels: np.ndarray
    centers: np.ndarray
    inertia: float
    path: KMeansPath = field(repr=False)

    @cached_property
    def scores(self) -> Scores:
        return self.path.curves().at(self.n_clusters)

    @property
    def sizes(self) -> np.ndarray:
        """Number of images in each cluster, `(k,)`."""
        return np.bincount(self.labels, minlength=self.n_clusters)

    @cached_property
    def mean_images(self) -> np.ndarray | None:
        """Mean image of each cluster, float32 `(k, h, w, c)` in 0…1; None where images are not known."""
        embedding = self.path.embedding_
        if embedding is None or embedding.images is None:
            return None
        images = embedding.images.images  # (n, h, w, c), 0…255
        sums = np.zeros((self.n_clusters, *images.shape[1:]))
        for part in parts(images):
            pixels, labels = images[part], self.labels[part]
            for i in np.unique(labels):
                sums[i] += pixels[labels == i].sum(axis=0)
        return (sums / self.sizes[:, None, None, None] / 255).astype(np.float32)


class KMeansPath(BaseEstimator):
    """k-means for a whole range of k, each warm-started from its neighbours.

    1. `MiniBatchKMeans` makes `n_micro` micro-clusters, and one full pass over the points
       their means. Up to 2 × `n_micro` points are taken as they are.
    2. On these, k = 2, 3, …: the centres of k−1 and one more, the best of 8 candidates
       drawn by squared distance, after 10 weighted Lloyd steps each. Then back down:
       k from k+1 by merging two clusters, kept where that is better.
    3. Five Lloyd steps for each k on all points. Vectors of more than 64 dimensions (raw
       pixels) are searched in their 64 leading principal components, and take one more
       Lloyd step in all of theirs.
    4. Clusters are named so that as many images as possible keep their number from one k
       to the next (Hungarian matching): colours stay put under a slider.

    More than 256 MB of vectors, in memory or not, are gone through in blocks, all k in the same
    passes (`capslab.clustering.kmeans_out_of_core`); `benchmarks/scale.py` measures that.
    `benchmarks/clustering.py` measures time and inertia against `KMeans(n_init=10)`.
    Everything runs in one thread: when TensorFlow lives in the same process, the two
    libraries' thread pools fight over the cores, and k-means takes several times longer.

    Parameters
    ----------
    n_clusters : a whole number, or several (`range(2, 31)`, a list), from 1 to at most 256.
    n_micro : number of micro-clusters, at least 1; raised to 5 × the largest k.
    seed : the same seed gives the same path.

    Attributes
    ----------
    ks : tuple of the k, ascending.
    labels_ : uint8 `(len(ks), n)`.
    centers_ : list of float32 `(k, d)`.
    inertia_ : float64 `(len(ks),)`.
    embedding_ : the `Embedding` that was clustered, or None after `fit` on an array.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [10.0], [11.0], [20.0]])
    >>> path = KMeansPath(n_clusters=[2, 3]).fit(X)
    >>> path.at(3).sizes.tolist()
    [2, 2, 1]
    >>> path.inertia_.round(2).tolist()
    [61.17, 1.0]
    """

    def __init__(self, n_clusters: Any = range(2, 31), n_micro: int = 1000, seed: int = 0) -> None:
        self.n_clusters = n_clusters
        self.n_micro = n_micro
        self.seed = seed

    def fit(self, X: Any, y: Any = None) -> KMeansPath:
        """Cluster vectors `(n, d)` for every k; `y` is there for scikit-learn and ignored."""
        from sklearn import config_context
        from threadpoolctl import threadpool_limits

        X = checked_rows(X)
        ks = checked_ks(self.n_clusters, X)
        if not is_whole(self.n_micro) or self.n_micro < 1:
            raise ArgumentError("n_micro", "a whole number from 1", self.n_micro, "Leave it at 1000.")
        if not is_whole(self.seed) or self.seed < 0:
            raise ArgumentError("seed", "a whole number from 0", self.seed, "Try seed=0.")
        self.n_features_in_ = X.shape[1]
        core: Any = kmeans_out_of_core if isinstance(X, LazyRows) else kmeans_lloyd
        points, self._origin, self._scale = core.centred(X)
        with (
            threadpool_limits(1),
            config_context(
                assume_finite=True,
                skip_parameter_validation=True,  # checked once, above, not for 400 fits
            ),
        ):
            shown = core.search_space(points, self.seed)
            starts = self._search(core, shown, ks[-1])
            if ks[-1] not in starts:  # vectors that differ only outside the leading components
                shown, starts = points, self._search(core, points, ks[-1])
            for k in ks:
                if k not in starts:
                    raise too_few_distinct(k, max(starts))
            self._name(ks, core.settled(points, shown, [starts[k].centers for k in ks]), len(points))
        self._X = X
        self._curves: Curves | None = None
        self.embedding_: Embedding | None = None
        return self

    def _search(self, core: Any, shown: Any, most: int) -> dict[int, kmeans_lloyd.Fit]:
        """Starting centres for each k, found on the micro-clusters."""
        micro, sizes = core.micro_clusters(shown, max(self.n_micro, 5 * most), most, self.seed)
        grown = kmeans_lloyd.grow(micro, sizes, min(max(most, SEARCHED), len(micro)), self.seed)
        return kmeans_lloyd.shrink(micro, sizes, grown)

    def _name(self, ks: tuple[int, ...], settled: Iterable[kmeans_lloyd.Settled], n: int) -> None:
        """Keep each k, its clusters named after those of the k before."""
        self.ks = ks
        self.labels_ = np.empty((len(ks), n), dtype=np.uint8)
        self.centers_: list[np.ndarray] = []
        self.inertia_ = np.empty(len(ks))
        for i, (k, found) in enumerate(zip(ks, settled, strict=True)):
            self.inertia_[i] = found.inertia
            if i:
                names = new_names(contingency(self.labels_[i - 1], found.labels))
            else:
                largest_first = np.argsort(-np.bincount(found.labels, minlength=k), kind="stable")
                names = np.argsort(largest_first)
            self.labels_[i] = names[found.labels]
            self.centers_.append(found.centers[np.argsort(names)] * self._scale + self._origin)
        self.inertia_ *= np.float64(self._scale) ** 2

    def at(self, k: int) -> Clustering:
        """The clustering for one k of the path.

        Raises
        ------
        ArgumentError : for a k that is not on the path.
        """
        i = self._index(k)
        return Clustering(
            self.ks[i],
            self.labels_[i].astype(np.int64),
            self.centers_[i].copy(),
            float(self.inertia_[i]),
            self,
        )

    def predict(self, X: Any, k: int | None = None) -> np.ndarray:
        """The nearest centre of each vector `(m, d)`, int64 `(m,)`; `k` may be left out if there is one."""
        check_is_fitted(self)
        if k is None and len(self.ks) == 1:
            k = self.ks[0]
        centers = self.centers_[self._index(k)]
        X = checked_rows(X)
        if X.shape[1] != self.n_features_in_:
            raise ArgumentError(
                "X", f"of shape (m, {self.n_features_in_})", X, "Embed the images with the same model."
            )
        place = partial(kmeans_out_of_core.inside, origin=self._origin, scale=self._scale)
        return kmeans_lloyd.assign(X.map(place) if isinstance(X, LazyRows) else place(X), place(centers))

    def moved(self, k: int) -> np.ndarray:
        """Which images change their cluster's number from k to the next k of the path, bool `(n,)`."""
        i = self._index(k)
        if i + 1 == len(self.ks):
            raise ArgumentError(
                "k", "before the last k of the path", k, f"Nothing comes after k = {k}; try a smaller one."
            )
        return self.labels_[i] != self.labels_[i + 1]

    def curves(self) -> Curves:
        """The scores for every k, computed once: a fraction of a second for 29 k."""
        check_is_fitted(self)
        if self._curves is None:
            self._curves = self._scored()
        return self._curves

    def _scored(self) -> Curves:
        from sklearn.metrics.pairwise import euclidean_distances
        from threadpoolctl import threadpool_limits

        n = len(self._X)
        chosen = np.arange(n)
        if n > SILHOUETTE_IMAGES:
            chosen = np.sort(np.random.default_rng(self.seed).choice(n, SILHOUETTE_IMAGES, replace=False))
        with threadpool_limits(1):
            apart = euclidean_distances((self._X[chosen] - self._origin) / self._scale)
            silhouettes = np.array([silhouette(apart, labels[chosen]) for labels in self.labels_])
        truth = None if self.embedding_ is None else self.embedding_.labels
        tables = [] if truth is None else [contingency(labels, truth) for labels in self.labels_]

        def against_truth(measure: Callable[[np.ndarray], float]) -> np.ndarray | None:
            return np.array([measure(table) for table in tables]) if tables else None

        return Curves(
            ks=np.array(self.ks),
            inertia=self.inertia_,
            silhouette=silhouettes,
            ari=against_truth(adjusted_rand),
            nmi=against_truth(normalized_mutual_information),
            matched_accuracy=against_truth(accuracy_of),
            silhouette_images=len(chosen),
        )

    def _index(self, k: Any) -> int:
        check_is_fitted(self)
        if not is_whole(k) or k not in self.ks:
            first, last = self.ks[0], self.ks[-1]
            every = len(self.ks) == last - first + 1
            on_path = f"{first} to {last}" if every and last > first else ", ".join(map(str, self.ks))
            raise ArgumentError(
                "k", f"a k of this path ({on_path})", k, "Ask for others in cluster(embedding, n_clusters=…)."
            )
        return self.ks.index(k)


def cluster(embedding: Embedding | np.ndarray, n_clusters: Any = range(2, 31), seed: int = 0) -> KMeansPath:
    """k-means for every k at once.

    Parameters
    ----------
    embedding : an `Embedding`, or vectors `(n, d)`. Its labels are never used to cluster,
        only to score the clusters afterwards.
    n_clusters : a whole number, or several (`range(2, 31)`, a list), from 1 to n (at most 256).
    seed : the same seed gives the same clusters.

    Returns
    -------
    KMeansPath : `path.at(10)` is one clustering, `path.curves()` the scores for every k.

    Raises
    ------
    ArgumentError : for a k that is not a whole number, too small, or larger than the
        number of (different) vectors.

    Examples
    --------
    >>> import capslab as cl
    >>> path = cl.cluster(cl.embed(cl.load("digits")))
    >>> path.at(10).scores.matched_accuracy > 0.7
    True
    """
    path = KMeansPath(n_clusters, seed=seed).fit(getattr(embedding, "vectors", embedding))
    path.embedding_ = None if isinstance(embedding, (np.ndarray, list, LazyRows)) else embedding
    return path
