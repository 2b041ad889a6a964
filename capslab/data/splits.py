"""Which image is for training, which for validation, which for the final test."""

from __future__ import annotations

import numpy as np

TRAIN, VALIDATION, TEST = 0, 1, 2
PARTS = {"train": TRAIN, "validation": VALIDATION, "test": TEST}


def stratified_split(labels: np.ndarray | None, n: int, seed: int, pattern: tuple[int, ...]) -> np.ndarray:
    """A part for each of n images, in the same proportion within every class.

    The images are put in order of class, each class shuffled, and dealt out in
    groups as long as the pattern. Every group gets exactly the pattern, in chance
    order; so each class is split in proportion to within one or two images.

    Parameters
    ----------
    labels : integer array `(n,)`, or None to split without regard to class.
    pattern : the parts of one group; ten entries with two TEST make 20 % test.

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
    dealt = np.lexsort((rng.random(n), group))  # group after group, each in chance order
    parts = np.empty(n, np.uint8)
    parts[dealt] = np.resize(np.array(pattern, np.uint8), n)
    return parts


#: 70 % train, 10 % validation, 20 % test; the first entries are TRAIN so that tiny sets train
DEFAULT_PATTERN = (TRAIN, TRAIN, TRAIN, TEST, TRAIN, VALIDATION, TRAIN, TEST, TRAIN, TRAIN)
#: one in twelve of an official training set of 60,000 is validation: 5,000
OFFICIAL_PATTERN = (TRAIN,) * 6 + (VALIDATION,) + (TRAIN,) * 5
