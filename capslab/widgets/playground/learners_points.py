"""A learner's own points for the network sandbox: checked, sampled, scaled, divided."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim
from capslab.widgets.playground.points import PointSet, as_sent, best_line, standardized

MOST_POINTS = 2000  # more would take seconds per epoch and hide each other
MOST_CLASSES = 8  # the palette's colours that everybody can tell apart


def own_points(points: Any, seed: int = 0) -> PointSet:
    """A learner's own points, checked, centred and scaled; a third of each class is held out.

    Parameters
    ----------
    points : `(x, labels)` with x `(n, 2)` finite numbers and labels `(n,)` whole numbers or names, of two to
        eight classes.
    seed : of the choice of points that are held out, and of the sample where there are more than 2,000.

    Raises
    ------
    ArgumentError : if they are anything else.

    Examples
    --------
    >>> own = own_points(([[0, 0], [2, 2], [0, 2], [2, 0]], ["in", "in", "out", "out"]))
    >>> own.train.shape, own.classes, own.line
    ((4, 2), ('in', 'out'), 0.75)
    """
    x, labels = _checked(points)
    names, numbers = np.unique(labels, return_inverse=True)
    rng = np.random.default_rng(seed)
    order, note = rng.permutation(len(x)), ""
    if len(x) > MOST_POINTS:
        firsts = np.unique(numbers[order], return_index=True)[1]  # no class gets lost
        rest = np.setdiff1d(np.arange(len(x)), firsts)[: MOST_POINTS - len(firsts)]
        note = f"{MOST_POINTS:,} of {len(x):,} points, a random sample."
        order = order[np.sort(np.concatenate([firsts, rest]))]
    x, numbers = as_sent(standardized(x[order])), numbers[order]
    ranks = np.zeros(len(x), int)  # of each point within its class
    for j in range(len(names)):
        ranks[numbers == j] = np.arange(np.sum(numbers == j))
    held_out = ranks < (np.bincount(numbers) // 3)[numbers]
    train = x[~held_out], numbers[~held_out]
    line = best_line(*train) if len(names) == 2 else None
    classes = tuple(str(name) for name in names)
    return PointSet(*train, x[held_out], numbers[held_out], classes, line=line, note=note)


def _checked(points: Any) -> tuple[np.ndarray, np.ndarray]:
    """The two arrays of `points`, or an error that says what is wrong with them."""
    again = "Try points=([[0, 0], [1, 1], [0, 1], [1, 0]], [0, 0, 1, 1])."
    if not isinstance(points, (tuple, list)) or len(points) != 2:
        raise ArgumentError("points", "a pair (x, labels)", points, again)
    try:
        x = np.asarray(points[0], float)
        labels = np.asarray(points[1])
    except (TypeError, ValueError):
        expected = "a pair (x, labels) of arrays, with one row of two numbers per point"
        raise ArgumentError("points", expected, points, again) from None
    if x.ndim != 2 or x.shape[1] != 2:
        received = Verbatim(f"x of shape {x.shape}")
        raise ArgumentError("points", "two numbers per point: x of shape (n, 2)", received, again)
    if labels.shape != (len(x),):
        received = Verbatim(f"{len(x)} points and labels of shape {labels.shape}")
        raise ArgumentError("points", "one label per point", received, again)
    if len(x) < 2:
        received = Verbatim(f"{len(x)} point{'s' * (len(x) != 1)}")
        raise ArgumentError("points", "at least two points", received, again)
    if not np.isfinite(x).all():
        row = int(np.flatnonzero(~np.isfinite(x).all(axis=1))[0])
        received = Verbatim(f"NaN or infinity in row {row}")
        raise ArgumentError("points", "finite numbers", received, "Leave that row and its label out.")
    return x, _whole_or_names(labels, again)


def _whole_or_names(labels: np.ndarray, again: str) -> np.ndarray:
    """Labels that are whole numbers, True and False, or names, of two to eight classes."""
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels == np.round(labels)).all():
        labels = labels.astype(int)
    if labels.dtype.kind not in "biuUO" or not all(
        isinstance(one, (str, int, bool)) for one in labels.tolist()
    ):
        received = Verbatim(f"labels of type {labels.dtype}")
        raise ArgumentError("points", "labels that are whole numbers or names", received, again)
    if labels.dtype.kind == "O":
        labels = labels.astype(str)
    classes = len(np.unique(labels))
    if not 2 <= classes <= MOST_CLASSES:
        received = Verbatim(f"{classes} class{'es' * (classes != 1)}")
        raise ArgumentError("points", f"points of 2 to {MOST_CLASSES} classes", received, again)
    return labels
