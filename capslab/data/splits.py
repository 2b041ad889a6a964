"""The split: which images are for training, which for validation, which for the final test."""

from __future__ import annotations

import numpy as np

TRAIN, VALIDATION, TEST = 0, 1, 2
PARTS = {"train": TRAIN, "validation": VALIDATION, "test": TEST}


def stratified_split(labels: np.ndarray | None, n: int, seed: int, pattern: tuple[int, ...]) -> np.ndarray:
    """A stratified random split: every class is divided in the same proportions.

    The images are sorted by class, shuffled within each class, and divided into groups as long
    as the pattern. Each group gets the parts of the pattern in random order, so the proportions
    of each class are right to within one or two images.

    Parameters
    ----------
    labels : integer array `(n,)`, or None to split without regard to class.
    n : number of images.
    seed : the same seed gives the same split.
    pattern : the parts of one group; ten entries of which two are TEST put 20 % into the test set.

    Returns
    -------
    uint8 array `(n,)` of TRAIN, VALIDATION and TEST.

    Examples
    --------
    >>> parts = stratified_split(np.repeat([0, 1], 50), 100, 0, (0, 0, 0, 2, 0, 1, 0, 2, 0, 0))
    >>> [int((parts[:50] == part).sum()) for part in (TRAIN, VALIDATION, TEST)]
    [35, 5, 10]
    """
    rng = np.random.default_rng(seed)
    group = np.zeros(n, np.int64)
    by_class = np.lexsort((rng.random(n), np.zeros(n) if labels is None else labels))
    group[by_class] = np.arange(n) // len(pattern)
    shuffled = np.lexsort((rng.random(n), group))  # group after group, each in random order
    parts = np.empty(n, np.uint8)
    parts[shuffled] = np.resize(np.array(pattern, np.uint8), n)
    return parts


#: 70 % train, 10 % validation, 20 % test; it starts with TRAIN so that tiny sets have training images
DEFAULT_PATTERN = (TRAIN, TRAIN, TRAIN, TEST, TRAIN, VALIDATION, TRAIN, TEST, TRAIN, TRAIN)
#: for an official training set: one image in twelve is for validation, 5,000 of 60,000
OFFICIAL_PATTERN = (TRAIN,) * 6 + (VALIDATION,) + (TRAIN,) * 5


def official_split(
    names: list[str], lengths: list[int], labels: np.ndarray | None, seed: int
) -> np.ndarray | None:
    """The parts that data was published in; if there is no validation part, training images are taken for it.

    Parameters
    ----------
    names : "train", "validation" or "test" for each stretch of the images.
    lengths : number of images in each stretch.
    labels : integer array `(n,)`, or None.
    seed : decides which training images are for validation.

    Returns
    -------
    uint8 array `(n,)`; None if there is nothing but one part, which is then to be split like any other.

    Examples
    --------
    >>> np.bincount(official_split(["train", "test"], [24, 6], None, 0))
    array([22,  2,  6])
    """
    if len(set(names)) < 2:
        return None
    parts = np.repeat(np.array([PARTS[name] for name in names], np.uint8), lengths)
    if "validation" not in names:
        rows = np.flatnonzero(parts == TRAIN)
        train_labels = None if labels is None else labels[rows]
        parts[rows] = stratified_split(train_labels, len(rows), seed, OFFICIAL_PATTERN)
    return parts
