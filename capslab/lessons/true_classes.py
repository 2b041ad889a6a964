"""Is the inertia of the true classes what k-means looks for? Measured on several samples of images."""

from __future__ import annotations

import numpy as np

from capslab.clustering import score
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
    for name, value in (("samples", samples), ("n", n), ("starts", starts)):
        if not is_whole(value) or value < 1:
            raise ArgumentError(name, "a whole number from 1", value, f"Leave {name} out.")
    ratios = []
    for seed in range(samples):
        some = images.sample(min(n, len(images)), seed=seed)
        pixels = embed(some)
        runs = repeat_kmeans(pixels, len(images.classes), runs=starts, seed=seed)
        ratios.append(score(pixels, some.labels).inertia / runs.inertia.min())
    return np.array(ratios)
