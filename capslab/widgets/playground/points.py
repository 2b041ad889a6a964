"""What the network sandbox learns from: points of the plane, and the 8×8 digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from capslab.errors import unknown_name

N_TRAIN, N_HELD_OUT = 200, 100
DIRECTIONS = 720  # of straight lines that are tried
OWN = "your points"
DIGITS = "digits"


@dataclass(frozen=True)
class PointSet:
    """Points to learn from and points held out.

    Attributes
    ----------
    train : (n, inputs), float64; train_labels : (n,), class numbers.
    held_out, held_out_labels : the same for points that are never trained on; perhaps none.
    classes : the classes' names.
    line : the largest share of the training points that one straight line can get right; None for more than
        two classes or more than two inputs.
    note : what a reader should know about the points, or "".
    """

    train: np.ndarray
    train_labels: np.ndarray
    held_out: np.ndarray
    held_out_labels: np.ndarray
    classes: tuple[str, ...]
    line: float | None = None
    note: str = ""


def _moons(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import make_moons

    points, labels = make_moons(n, noise=0.15, random_state=int(rng.integers(1000)))
    return points, labels


def _circles(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import make_circles

    points, labels = make_circles(n, noise=0.08, factor=0.45, random_state=int(rng.integers(1000)))
    return points, labels


def _xor(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    points = rng.uniform(-1, 1, (n, 2))
    points += 0.12 * np.sign(points)  # a gap along the axes
    return points, (points[:, 0] * points[:, 1] < 0).astype(int)


def _spiral(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(n) % 2
    turn = 3.5 * np.pi * np.sqrt(rng.uniform(0.02, 1, n))
    angle = turn + np.pi * labels
    points = turn[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)  # (n, 2)
    return points + rng.normal(0, 0.25, (n, 2)), labels


def _blobs(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(n) % 2
    centres = np.array([[-1.0, -0.7], [1.0, 0.7]])
    return centres[labels] + rng.normal(0, 0.6, (n, 2)), labels


#: name → a function that makes n points and their labels
PLANES: dict[str, Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]] = {
    "two moons": _moons,
    "two circles": _circles,
    "xor": _xor,
    "spiral": _spiral,
    "two blobs": _blobs,
}


def plane_points(name: str) -> PointSet:
    """Two classes of points of the plane, centred and scaled, 200 to learn from and 100 held out.

    Parameters
    ----------
    name : "two moons", "two circles", "xor", "spiral" or "two blobs".

    Examples
    --------
    >>> points = plane_points("xor")
    >>> points.train.shape, points.held_out.shape, points.classes
    ((200, 2), (100, 2), ('A', 'B'))
    """
    if name not in PLANES:
        raise unknown_name("name", name, PLANES)
    rng = np.random.default_rng(7)
    points, labels = PLANES[name](rng, N_TRAIN + N_HELD_OUT)
    order = rng.permutation(len(points))
    points, labels = as_sent(standardized(points))[order], labels[order]
    train, held_out = slice(None, N_TRAIN), slice(N_TRAIN, None)
    line = best_line(points[train], labels[train])
    return PointSet(points[train], labels[train], points[held_out], labels[held_out], ("A", "B"), line=line)


def digit_points() -> PointSet:
    """The 8×8 digits as 64 grey levels 0…1 each, split as `cl.load("digits")` splits them."""
    from capslab.data import load

    images = load("digits")
    train, test = images.train, images.test
    return PointSet(
        train.images.reshape(len(train), -1) / 255,  # (n, 64)
        np.asarray(train.labels, int),
        test.images.reshape(len(test), -1) / 255,
        np.asarray(test.labels, int),
        tuple(images.classes),
    )


def standardized(points: np.ndarray) -> np.ndarray:
    """Each coordinate with mean 0 and a standard deviation of 1 (a constant one stays at 0)."""
    centred = points - points.mean(axis=0)
    largest = np.abs(centred).max(axis=0)
    centred = centred / np.where(largest > 0, largest, 1)  # the squares of huge numbers would overflow
    spread = centred.std(axis=0)
    return np.asarray(centred / np.where(spread > 1e-12, spread, 1))


def as_sent(points: np.ndarray) -> np.ndarray:
    """The numbers as the browser gets them (float32), so that both halves compute with the same ones."""
    return points.astype(np.float32).astype(float)


def best_line(points: np.ndarray, labels: np.ndarray) -> float:
    """The largest share of points of two classes that a straight line divides rightly.

    Lines in 720 directions are tried, in each of them every place between two points.

    Examples
    --------
    >>> best_line(np.array([[0, 0], [1, 1], [0, 1], [1, 0]]), np.array([0, 0, 1, 1]))
    0.75
    """
    angles = (
        np.linspace(0, np.pi, DIRECTIONS, endpoint=False) + 1e-3
    )  # beside the axes, where points coincide
    along = points @ np.stack([np.cos(angles), np.sin(angles)])  # (n, directions)
    signs = (2 * labels - 1)[np.argsort(along, axis=0)]  # in the order along each direction
    # With the first m points called 0 and the others 1, right are: zeros before, ones after.
    before = np.cumsum(np.concatenate([np.zeros((1, DIRECTIONS)), -signs]), axis=0)
    ones = np.sum(labels == 1)
    right = ones + before  # (n + 1, directions)
    return float(np.maximum(right, len(labels) - right).max() / len(labels))
