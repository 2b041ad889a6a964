"""What wrong labels cost: the nearest neighbours vote, after some of the labels have been replaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, unknown_name

KINDS = ("at random", "by a rule")
REPEATS = 5


def accuracies(
    train: Any, test: Any, shares: Sequence[float], kind: str = "at random", neighbours: int = 10
) -> np.ndarray:
    """Accuracy on test images with right labels, when a share of the training labels is wrong.

    Parameters
    ----------
    train, test : labelled images.
    shares : how many of the training labels are made wrong, from 0 to 1.
    kind : "at random" gives images chosen at random another label, chosen at random; "by a rule" gives the
        images with the least ink in each class the label of the next class.
    neighbours : how many of the nearest training images vote. Where labels tie, the lower number wins.

    Returns
    -------
    One row per set of wrong labels, one column per share, `(5, shares)`. A rule has one set, so that its
    rows are equal.

    Raises
    ------
    ArgumentError : for another kind, a share outside 0…1, or images without labels.

    Examples
    --------
    >>> from capslab.data import load
    >>> digits = load("digits")
    >>> accuracies(digits.train, digits.test[:100], [0, 0.5]).shape
    (5, 2)
    """
    if kind not in KINDS:
        raise unknown_name("kind", kind, list(KINDS))
    if not all(0 <= share <= 1 for share in shares):
        raise ArgumentError("shares", "shares from 0 to 1", list(shares), "Try [0, 0.1, 0.3, 0.5].")
    for images in (train, test):
        images.require_classes("a vote of neighbours")
    nearest = _nearest(train.images, test.images, neighbours)  # (tests, neighbours)
    classes = len(train.classes)
    rows = []
    for seed in range(REPEATS):
        labels = [_spoilt(train, share, kind, seed) for share in shares]
        answers = [_most_frequent(each[nearest], classes) for each in labels]
        rows.append([float((answer == test.labels).mean()) for answer in answers])
    return np.array(rows)


def _nearest(known: np.ndarray, asked: np.ndarray, count: int) -> np.ndarray:
    """The positions of the nearest known images, `(asked, count)`, by squared distance of their pixels."""
    a, b = (np.float32(x.reshape(len(x), -1)) / 255 for x in (known, asked))
    distances = (a**2).sum(axis=1) - 2 * b @ a.T  # (asked, known), up to a constant per row
    return np.argsort(distances, axis=1, kind="stable")[:, :count]


def _spoilt(images: Any, share: float, kind: str, seed: int) -> np.ndarray:
    """The labels, with this share of them wrong."""
    random, labels = np.random.default_rng(seed), images.labels.copy()
    there = np.unique(labels)
    position = np.searchsorted(there, labels)  # which of the classes that occur
    if kind == "at random":
        wrong = random.permutation(len(labels))[: round(share * len(labels))]
        step = random.integers(1, len(there), len(wrong))
    else:
        ink = images.images.reshape(len(images), -1).mean(axis=1)
        order = [np.flatnonzero(labels == each) for each in there]
        order = [of_class[np.argsort(ink[of_class], kind="stable")] for of_class in order]
        wrong = np.concatenate([of_class[: round(share * len(of_class))] for of_class in order])
        step = np.ones(len(wrong), int)
    labels[wrong] = there[(position[wrong] + step) % len(there)]
    return labels


def _most_frequent(votes: np.ndarray, classes: int) -> np.ndarray:
    """The most frequent label in each row `(n, neighbours)`; the lowest of several."""
    counts = np.stack([(votes == each).sum(axis=1) for each in range(classes)], axis=1)  # (n, classes)
    return counts.argmax(axis=1)
