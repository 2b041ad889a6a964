"""Repeat k-means many times: how far do the runs agree, and which images stay together?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from capslab.clustering.check_arguments import checked_ks, checked_vectors
from capslab.clustering.matched_accuracy import match_labels, matched_accuracy
from capslab.errors import ArgumentError, is_whole


@dataclass(frozen=True, eq=False)
class KMeansRuns:
    """Several runs of k-means on the same vectors, each from its own random start.

    Attributes
    ----------
    labels : int64 `(runs, n)`, the clusters numbered to match the run with the lowest inertia.
    inertia : float64 `(runs,)`.
    matched_accuracy : float64 `(runs,)`, or None without true labels.
    """

    labels: np.ndarray
    inertia: np.ndarray
    matched_accuracy: np.ndarray | None

    @property
    def best(self) -> int:
        """The number of the run with the lowest inertia."""
        return int(self.inertia.argmin())

    @property
    def pair_agreement(self) -> np.ndarray:
        """The share of images on which runs 0 and 1 agree, 2 and 3, and so on, float64 `(runs // 2,)`.

        Clusters of one run are paired with those of the other so that as many images as possible agree. The
        pairs have no run in common, so their agreements are independent: two starts that end in the same
        optimum give 1.
        """
        pairs = zip(self.labels[::2], self.labels[1::2], strict=False)
        return np.array([matched_accuracy(one, other) for one, other in pairs])

    @cached_property
    def groups(self) -> np.ndarray:
        """Images that share a cluster in every run share a number, int64 `(n,)`; 0 is the largest group."""
        _, which = np.unique(self.labels.T, axis=0, return_inverse=True)  # equal columns: the same group
        which = which.ravel()
        order = np.argsort(-np.bincount(which), kind="stable")
        return np.argsort(order)[which]

    @cached_property
    def co_association(self) -> np.ndarray:
        """The share of runs in which two images share a cluster, float32 `(n, n)`, 1 on the diagonal."""
        n = self.labels.shape[1]
        shared = np.zeros((n, n), np.float32)
        for labels in self.labels:
            shared += labels[:, None] == labels
        return shared / len(self.labels)

    @cached_property
    def stability(self) -> np.ndarray:
        """How reliably each image stays with the same others, 0…1, float64 `(n,)`.

        An image's companions are those that share its cluster in more than half of the runs. Its
        stability is the mean share of runs that it spends with them: 1 if they are the same in
        every run, 0 if it has none.
        """
        companions = self.co_association > 0.5
        np.fill_diagonal(companions, False)
        count = companions.sum(axis=1)
        total = (self.co_association * companions).sum(axis=1, dtype=np.float64)
        return total / np.maximum(count, 1)


def repeat_kmeans(embedding: Any, n_clusters: int, runs: int = 20, seed: int = 0) -> KMeansRuns:
    """Plain k-means, each run starting from k randomly chosen points.

    `cluster` searches for good centres; this is the textbook's algorithm with a single start per
    run, so it shows how much depends on luck.

    Parameters
    ----------
    embedding : an `Embedding`, or vectors `(n, d)`; labels are used only to score.
    n_clusters : from 1 to the number of different vectors.
    runs : how many, at least 1.
    seed : the same seed gives the same runs.

    Examples
    --------
    >>> runs = repeat_kmeans(np.array([[0.0], [0.1], [5.0], [5.1], [9.0]]), n_clusters=3, runs=4)
    >>> first, second, third, fourth, fifth = runs.groups
    >>> runs.labels.shape, bool(first == second), bool(second == third)
    ((4, 5), True, False)
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    X = checked_vectors(getattr(embedding, "vectors", embedding))
    (k,) = checked_ks([n_clusters], X)
    if not is_whole(runs) or runs < 1:
        raise ArgumentError("runs", "a whole number from 1", runs, "Try runs=20.")
    if not is_whole(seed) or seed < 0:
        raise ArgumentError("seed", "a whole number from 0", seed, "Try seed=0.")
    with threadpool_limits(1):  # more would only compete with TensorFlow's threads
        fits = [KMeans(k, init="random", n_init=1, random_state=seed + r).fit(X) for r in range(runs)]
    inertia = np.array([fit.inertia_ for fit in fits])
    reference = fits[int(inertia.argmin())].labels_
    labels = np.stack([match_labels(reference, fit.labels_) for fit in fits])
    truth = getattr(embedding, "labels", None)
    scores = None if truth is None else np.array([matched_accuracy(run, truth) for run in labels])
    return KMeansRuns(labels, inertia, scores)
