"""`KMeansPath`: k-means for every k at once, so that a slider for k never waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from capslab.clustering import kmeans_lloyd, kmeans_out_of_core
from capslab.clustering.check_arguments import checked_ks, checked_rows, default_ks, too_few_distinct
from capslab.clustering.matched_accuracy import accuracy_from_table, contingency, matching_names
from capslab.clustering.scores import (
    ScoreCurves,
    Scores,
    adjusted_rand,
    normalized_mutual_information,
    silhouette,
)
from capslab.data.lazy_rows import LazyRows, parts
from capslab.errors import ArgumentError, is_whole

if TYPE_CHECKING:
    from capslab.embedding import Embedding

#: the silhouette is computed on a sample of at most this many images
SILHOUETTE_IMAGES = 2000
#: the search always goes at least this far, so that k = 10 alone gives the same clusters as k = 10 of 2…30
SEARCH_UP_TO = 30
#: and this much farther than the largest k, as the way back improves what it passes
SEARCH_BEYOND = 8


@dataclass(frozen=True, eq=False)
class Clustering:
    """One clustering of a path, for one value of k.

    Attributes
    ----------
    n_clusters : the number of clusters, k.
    labels : int64 `(n,)`, the cluster of each image, 0…k−1. The numbers are matched along the
        path, so that a cluster keeps its number from one k to the next.
    centers : float32 `(k, d)`.
    inertia : Σᵢ ‖xᵢ − centre of its cluster‖².
    scores : a `Scores`, computed for all k of the path when the first one is read.
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
        """The number of images in each cluster, `(k,)`."""
        return np.bincount(self.labels, minlength=self.n_clusters)

    @cached_property
    def mean_images(self) -> np.ndarray | None:
        """The mean image of each cluster, float32 `(k, h, w, c)` in 0…1, or None without images."""
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


class KMeansPath(ClusterMixin, BaseEstimator):
    """k-means for a whole range of k, where each k starts from its neighbours on the path.

    1. Summarise the points by `n_micro` micro-clusters: two Lloyd steps on a sample, and one on
       all points. With 2 × `n_micro` points or fewer, every point is a micro-cluster of its own.
    2. On the micro-clusters, k = 2, 3, …, 38: keep the k−1 centres and add one more. Eight
       candidates are drawn with probability proportional to the squared distance; the best two after
       3 weighted Lloyd steps get 7 more, and the best one stays. Then go back down: make k out of
       k+1 by merging two clusters, and use the result where it is better. Ten more steps for each k.
    3. Run three Lloyd steps for every k on all points, in the same passes; the first two go 1.9 times as
       far as to the means. Vectors of more than 64 dimensions (raw pixels) are searched in their
       64 leading principal components, followed by one more Lloyd step in all dimensions.
    4. Number the clusters so that as many images as possible keep their number from one k
       to the next (Hungarian matching). Colours then stay in place while a slider moves.

    More than 256 MB of vectors, in memory or not, are read in blocks, and `MiniBatchKMeans` makes their
    micro-clusters (`capslab.clustering.kmeans_out_of_core`); `benchmarks/scale.py` measures that.
    `benchmarks/clustering.py` compares time and inertia with `KMeans(n_init=10)`.
    Everything runs in one thread: when TensorFlow lives in the same process, the two
    libraries' thread pools fight over the cores, and k-means takes several times longer.

    Parameters
    ----------
    n_clusters : a whole number, or several (`range(2, 31)`, a list), from 1 to at most 256. None
        means 2…30, or up to the number of different vectors if there are fewer.
    n_micro : number of micro-clusters, at least 1; raised to 5 × the largest k.
    seed : the same seed gives the same path.

    Attributes
    ----------
    ks_ : tuple, every k of the path in ascending order.
    labels_ : int64 `(n,)`, the clusters for the largest k. `predict` without a `k` means that one too.
    cluster_centers_ : float32 `(k, d)`, their centres.
    inertia_ : float, their inertia.
    path_labels_ : uint8 `(len(ks_), n)`, the clusters for every k.
    path_centers_ : list of float32 `(k, d)`, one array per k.
    path_inertia_ : float64 `(len(ks_),)`.
    embedding_ : the `Embedding` that was clustered, or None after `fit` on an array.
    n_features_in_ : the number of dimensions, d.

    Examples
    --------
    >>> X = np.array([[0.0], [1.0], [10.0], [11.0], [20.0]])
    >>> path = KMeansPath(n_clusters=[2, 3]).fit(X)
    >>> path.at(3).sizes.tolist()
    [2, 2, 1]
    >>> path.path_inertia_.round(2).tolist()
    [61.17, 1.0]
    >>> bool((path.labels_ == path.at(3).labels).all())
    True
    """

    def __init__(self, n_clusters: Any = None, n_micro: int = 1000, seed: int = 0) -> None:
        self.n_clusters = n_clusters
        self.n_micro = n_micro
        self.seed = seed

    def fit(self, X: Any, y: Any = None) -> KMeansPath:
        """Cluster an `Embedding`, or vectors `(n, d)`, for every k; `y` is ignored.

        Raises
        ------
        ArgumentError : for NaN, for fewer different vectors than clusters, for parameters out of range.
        """
        return self._fit(X, "X")

    def _fit(self, X: Any, argument: str) -> KMeansPath:
        """As `fit`; errors call the vectors by the name of the caller's argument."""
        from sklearn import config_context
        from threadpoolctl import threadpool_limits

        rows = checked_rows(self, getattr(X, "vectors", X), argument)
        ks = default_ks(rows) if self.n_clusters is None else checked_ks(self.n_clusters, rows)
        if not is_whole(self.n_micro) or self.n_micro < 1:
            raise ArgumentError("n_micro", "a whole number from 1", self.n_micro, "Leave it out.")
        if not is_whole(self.seed) or self.seed < 0:
            raise ArgumentError("seed", "a whole number from 0", self.seed, "Try seed=0.")
        core: Any = kmeans_lloyd
        if isinstance(rows, LazyRows):
            core = kmeans_out_of_core
            points, self._origin, self._scale = core.centred(rows, argument)
        else:
            points, self._origin, self._scale = core.centred(rows)
        with (
            threadpool_limits(1),
            config_context(
                assume_finite=True,
                skip_parameter_validation=True,  # checked once, above, not for 400 fits
            ),
        ):
            reduced = core.search_space(points, self.seed)
            starts = self._search(core, reduced, ks)
            if ks[-1] not in starts:  # vectors that differ only outside the leading components
                reduced, starts = points, self._search(core, points, ks)
            for k in ks:
                if k not in starts:
                    raise too_few_distinct(k, max(starts))
            results = kmeans_lloyd.refined(points, reduced, [starts[k] for k in ks])
            self._number_clusters(ks, results, len(points))
        self._X = rows
        self._curves: ScoreCurves | None = None
        self.embedding_: Embedding | None = X if hasattr(X, "vectors") else None
        return self

    def _search(self, core: Any, points: Any, ks: tuple[int, ...]) -> dict[int, np.ndarray]:
        """Starting centres `(k, d)` for each k, and for smaller ones, found on the micro-clusters."""
        largest_k = ks[-1]
        micro, sizes = core.micro_clusters(points, max(self.n_micro, 5 * largest_k), largest_k, self.seed)
        far = max(largest_k, SEARCH_UP_TO) + SEARCH_BEYOND
        grown = kmeans_lloyd.grow(micro, sizes, min(far, len(micro)), self.seed)
        found = kmeans_lloyd.shrink(micro, sizes, grown)
        reached = [k for k in found if k <= largest_k]
        settled = kmeans_lloyd.settled(micro, sizes, [found[k].centers for k in reached])
        return dict(zip(reached, settled, strict=True))

    def _number_clusters(
        self, ks: tuple[int, ...], results: Iterable[kmeans_lloyd.KMeansResult], n: int
    ) -> None:
        """Store the result of each k, its clusters numbered to match those of the k before."""
        self.ks_ = ks
        self.path_labels_ = np.empty((len(ks), n), dtype=np.uint8)
        self.path_centers_: list[np.ndarray] = []
        self.path_inertia_ = np.empty(len(ks))
        for i, (k, result) in enumerate(zip(ks, results, strict=True)):
            self.path_inertia_[i] = result.inertia
            if i:
                numbers = matching_names(contingency(self.path_labels_[i - 1], result.labels))
            else:
                largest_first = np.argsort(-np.bincount(result.labels, minlength=k), kind="stable")
                numbers = np.argsort(largest_first)
            self.path_labels_[i] = numbers[result.labels]
            self.path_centers_.append(result.centers[np.argsort(numbers)] * self._scale + self._origin)
        self.path_inertia_ *= np.float64(self._scale) ** 2
        self.labels_ = self.path_labels_[-1].astype(np.int64)
        self.cluster_centers_ = self.path_centers_[-1]
        self.inertia_ = float(self.path_inertia_[-1])

    def at(self, k: int) -> Clustering:
        """The clustering for one k of the path.

        Raises
        ------
        ArgumentError : for a k that is not on the path.
        """
        i = self._index(k)
        return Clustering(
            self.ks_[i],
            self.path_labels_[i].astype(np.int64),
            self.path_centers_[i].copy(),
            float(self.path_inertia_[i]),
            self,
        )

    def predict(self, X: Any, k: int | None = None) -> np.ndarray:
        """The nearest centre of each vector `(m, d)`, int64 `(m,)`, for `k` or the largest k."""
        check_is_fitted(self)
        centers = self.path_centers_[-1 if k is None else self._index(k)]
        rows = checked_rows(self, getattr(X, "vectors", X), fitting=False)
        place = partial(kmeans_out_of_core.centred_rows, origin=self._origin, scale=self._scale)
        return kmeans_lloyd.assign(
            rows.map(place) if isinstance(rows, LazyRows) else place(rows), place(centers)
        )

    def moved(self, k: int) -> np.ndarray:
        """Whether each image gets another cluster number at the next k of the path, bool `(n,)`."""
        i = self._index(k)
        if i + 1 == len(self.ks_):
            smaller = f"Try k={self.ks_[i - 1]}, or fit" if i else "Fit"
            step = f"{smaller} the path with larger n_clusters, too: nothing comes after {k}."
            raise ArgumentError("k", "before the last k of the path", k, step)
        return self.path_labels_[i] != self.path_labels_[i + 1]

    def curves(self) -> ScoreCurves:
        """The scores for every k, computed once; 29 values of k take a fraction of a second."""
        check_is_fitted(self)
        if self._curves is None:
            self._curves = self._score()
        return self._curves

    def _score(self) -> ScoreCurves:
        from sklearn.metrics.pairwise import euclidean_distances
        from threadpoolctl import threadpool_limits

        n = len(self._X)
        sample = np.arange(n)
        if n > SILHOUETTE_IMAGES:
            sample = np.sort(np.random.default_rng(self.seed).choice(n, SILHOUETTE_IMAGES, replace=False))
        with threadpool_limits(1):
            distances = euclidean_distances((self._X[sample] - self._origin) / self._scale)
            silhouettes = np.array([silhouette(distances, labels[sample]) for labels in self.path_labels_])
        truth = None if self.embedding_ is None else self.embedding_.labels
        tables = [] if truth is None else [contingency(labels, truth) for labels in self.path_labels_]

        def compare_with_truth(measure: Callable[[np.ndarray], float]) -> np.ndarray | None:
            return np.array([measure(table) for table in tables]) if tables else None

        return ScoreCurves(
            ks=np.array(self.ks_),
            inertia=self.path_inertia_,
            silhouette=silhouettes,
            ari=compare_with_truth(adjusted_rand),
            nmi=compare_with_truth(normalized_mutual_information),
            matched_accuracy=compare_with_truth(accuracy_from_table),
            silhouette_images=len(sample),
        )

    def _index(self, k: Any) -> int:
        check_is_fitted(self)
        if not is_whole(k) or k not in self.ks_:
            first, last = self.ks_[0], self.ks_[-1]
            consecutive = len(self.ks_) == last - first + 1
            on_path = f"{first} to {last}" if consecutive and last > first else ", ".join(map(str, self.ks_))
            raise ArgumentError(
                "k",
                f"a k of this path ({on_path})",
                k,
                f"Try k={last}, or put other values into n_clusters when the path is fitted.",
            )
        return self.ks_.index(k)


def cluster(embedding: Embedding | np.ndarray, n_clusters: Any = None, seed: int = 0) -> KMeansPath:
    """k-means for every k at once.

    Parameters
    ----------
    embedding : an `Embedding`, or vectors `(n, d)`. Labels play no part in the clustering; they
        are used only to score it afterwards.
    n_clusters : a whole number, or several (`range(2, 31)`, a list), from 1 to n (at most 256). None takes
        2 to 30, or up to the number of different vectors if there are fewer.
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
    return KMeansPath(n_clusters, seed=seed)._fit(embedding, "embedding")
