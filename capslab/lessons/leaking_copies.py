"""What a test is worth when copies stand on both sides of the split: random labels, nearest neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

LABELS = 10
COPIES = 3
NOISE = 5  # grey levels, the standard deviation of the noise on a copy


def random_labels(images: Any, together: bool, seed: int, n: int = 200) -> float:
    """The test accuracy, in per cent, of the nearest neighbour where there is nothing to learn.

    Each of n images comes three times with a little noise, and has a random label out of ten. A third is for
    testing.

    Parameters
    ----------
    images : from which n are chosen, or a third of them if there are fewer than 3 n.
    together : whether all copies of an image are on the same side of the split.

    Examples
    --------
    >>> from capslab.data import load
    >>> digits = load("digits")
    >>> random_labels(digits, True, 0) < 30 < 60 < random_labels(digits, False, 0)
    True
    """
    random = np.random.default_rng(seed)
    few = images[random.permutation(len(images))[: max(COPIES, min(n, len(images) // COPIES))]]
    origin = np.tile(np.arange(len(few)), COPIES)  # which image is it a copy of?
    flat = few.images.reshape(len(few), -1)[origin].astype(float)
    flat += random.normal(0, NOISE, flat.shape)  # (3 n, pixels)
    labels = random.integers(0, LABELS, len(few))[origin]
    test = random.random(len(few))[origin] < 1 / 3 if together else random.random(len(flat)) < 1 / 3
    test[origin == 0], test[origin == 1] = True, False  # neither side is ever empty
    squared = (flat[~test] ** 2).sum(axis=1) - 2 * flat[test] @ flat[~test].T  # up to a constant per row
    return float(100 * np.mean(labels[~test][squared.argmin(axis=1)] == labels[test]))
