"""The same clustering many times over: how far the runs agree, and which images stay together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from capslab.clustering.matching import match_labels, matched_accuracy
from capslab.clustering.validation import checked_ks, checked_vectors, is_whole
from capslab.errors import ArgumentError


@dataclass(frozen=True, eq=False)
class Repeats:
    """Several runs of k-means on the same vectors, each from a start of its own.

    Attributes
    ----------
    labels : int64 `(runs, n)`, all named after the run with the lowest inertia.
    inertia : float64 `(runs,)`.
    matched_accuracy : float64 `(runs,)`, or None without labels to score by.
    """

    labels: np.ndarray
    inertia: np.ndarray
    matched_accuracy: np.ndarray | None

    @property
    def best(self) -> int:
        """The run with the lowest inertia."""
        return int(self.inertia.argmin())

    @cached_property
    def groups(self) -> np.ndarray:
        """Images that are together in every run share a number, int64 `(n,)`; 0 is the largest group."""
        _, which = np.unique(self.labels.T, axis=0, return_inverse=True)  # the same column: the same group
        which = which.ravel()
        order = np.argsort(-np.bincount(which), kind="stable")
        return np.argsort(order)[which]

    @cached_property
    def together(self) -> np.ndarray:
        """In what share of the runs two images are in one cluster, float32 `(n, n)`, 1 on the diagonal."""
        n = self.labels.shape[1]
        shared = np.zeros((n, n), np.float32)
        for labels in self.labels:
            shared += labels[:, None] == labels
        return shared / len(self.labels)

    @cached_property
    def firmness(self) -> np.ndarray:
        """How faithful an image's company is, 0…1, float64 `(n,)`.

        The mean share of runs that it spends with those it is mostly with (more than half of the
        runs): 1 where they are the same in every run, 0 where there are none.
        """
        company = self.together > 0.5
        np.fill_diagonal(company, False)
        many = company.sum(axis=1)
        return (self.together * company).sum(axis=1, dtype=np.float64) / np.maximum(many, 1)


def repeat_kmeans(embedding: Any, n_clusters: int, runs: int = 20, seed: int = 0) -> Repeats:
    """Plain k-means, each run from k of the points drawn by chance.

    Unlike `cluster`, which searches for good centres, this is what the textbook says, one start a
    run; it shows what luck does.

    Parameters
    ----------
    embedding : an `Embedding`, or vectors `(n, d)`; labels only score.
    n_clusters : from 1 to the number of different vectors.
    runs : from 1.
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
    with threadpool_limits(1):  # beside TensorFlow's own threads, more would only wait for each other
        fits = [KMeans(k, init="random", n_init=1, random_state=seed + r).fit(X) for r in range(runs)]
    inertia = np.array([fit.inertia_ for fit in fits])
    first = fits[int(inertia.argmin())].labels_
    labels = np.stack([match_labels(first, fit.labels_) for fit in fits])
    truth = getattr(embedding, "labels", None)
    scores = None if truth is None else np.array([matched_accuracy(one, truth) for one in labels])
    return Repeats(labels, inertia, scores)
