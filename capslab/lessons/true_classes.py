"""Are the true classes what k-means looks for? Measured on several samples of images."""

from __future__ import annotations

import numpy as np

from capslab.clustering import kmeans_steps, score
from capslab.clustering.stability import repeat_kmeans
from capslab.data import Images
from capslab.embedding import embed
from capslab.errors import ArgumentError, is_whole


def inertia_ratios(images: Images, samples: int = 5, n: int = 1000, starts: int = 5) -> np.ndarray:
    """The inertia of the true classes divided by the lowest that k-means finds, float64 `(samples,)`.

    Above 1, a perfect search for the smallest inertia would not end at the true classes. Each sample is
    clustered in pixels, with as many clusters as there are classes.

    Parameters
    ----------
    images : with labels.
    samples : how many, at least 1. They are drawn with the seeds 0, 1, 2, …
    n : images per sample; fewer if there are not as many.
    starts : runs of k-means per sample, of which the one with the lowest inertia counts.

    Examples
    --------
    >>> import capslab as cl
    >>> ratios = inertia_ratios(cl.load("digits"), samples=2, n=300, starts=3)
    >>> ratios.shape, bool((ratios > 1).all())
    ((2,), True)
    """
    images.require_classes("the inertia of the true classes")
    _require_counts(samples=samples, n=n, starts=starts)
    ratios = []
    for seed in range(samples):
        some = images.sample(min(n, len(images)), seed=seed)
        pixels = embed(some)
        runs = repeat_kmeans(pixels, len(images.classes), runs=starts, seed=seed)
        ratios.append(score(pixels, some.labels).inertia / runs.inertia.min())
    return np.array(ratios)


def shares_that_leave(images: Images, samples: int = 5, n: int = 1000) -> np.ndarray:
    """The share of images that leave their class when k-means starts at the truth, float64 `(samples,)`.

    Each centre starts at the mean of a class, and k-means goes on until no image changes its cluster. An
    image has left if it is then in another cluster than the one that started at its class. 0 would mean that
    k-means finds nothing to improve in the true classes.

    Parameters
    ----------
    images : with labels.
    samples : how many, at least 1. They are drawn with the seeds 0, 1, 2, …
    n : images per sample; fewer if there are not as many.

    Examples
    --------
    >>> import capslab as cl
    >>> shares = shares_that_leave(cl.load("digits"), samples=2, n=300)
    >>> shares.shape, bool((shares > 0.05).all())
    ((2,), True)
    """
    images.require_classes("the shares of images that leave their class")
    _require_counts(samples=samples, n=n)
    shares = []
    for seed in range(samples):
        some = images.sample(min(n, len(images)), seed=seed)
        vectors = embed(some).vectors
        classes, own = np.unique(
            np.asarray(some.labels), return_inverse=True
        )  # a class may be missing in a sample
        centers = np.stack([vectors[own == c].mean(axis=0) for c in range(len(classes))])
        shares.append(np.mean(kmeans_steps(vectors, centers, max_steps=1000)[-1].labels != own))
    return np.array(shares)


def _require_counts(**counts: int) -> None:
    for name, value in counts.items():
        if not is_whole(value) or value < 1:
            raise ArgumentError(name, "a whole number from 1", value, f"Leave {name} out.")
