"""What weights in the loss do for a class that is rare among the training images."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, is_whole

EPOCHS, REPEATS = 3, 3


def recalls(train: Any, new: Any, weights: Any = None, repeats: int = REPEATS) -> np.ndarray:
    """Train dense networks for three epochs, and count which new images they recognise.

    Parameters
    ----------
    train : images with labels, of which the training part is used.
    new : images with labels, of the same classes.
    weights : how much an image of each class counts in the loss, `(classes,)`; None counts all alike.
    repeats : how many networks, with seeds 0, 1, …

    Returns
    -------
    One row per network, `(repeats, 3)`: the recall of the class with the fewest training images among those
    that occur in `new`, the accuracy on all others, and the accuracy on all.

    Raises
    ------
    ArgumentError : for images of fewer than two classes, or `repeats` that is no whole number from 1.

    Examples
    --------
    >>> from capslab.data import load
    >>> digits = load("digits")
    >>> recalls(digits, digits.test, repeats=1).shape
    (1, 3)
    """
    from capslab.models import DenseBaseline
    from capslab.training.fit import fit

    if not is_whole(repeats) or repeats < 1:
        raise ArgumentError("repeats", "a whole number from 1", repeats, "Try 3.")
    for images in (train, new):
        images.require_classes("recall")
    sizes = np.bincount(train.train.labels, minlength=len(train.classes))
    rare = new.labels == min(np.unique(new.labels), key=lambda c: sizes[c])  # (images,)
    by_class = None if weights is None else dict(enumerate(np.asarray(weights, float).tolist()))
    rows = []
    for seed in range(repeats):
        network = DenseBaseline.for_images(train, seed=seed)
        fit(network, train, epochs=EPOCHS, show=False, seed=seed, class_weight=by_class)
        right = network.classify(new) == new.labels
        rows.append([right[rare].mean(), right[~rare].mean(), right.mean()])
    return np.array(rows, float)
