"""Scores for finding and dividing: pairs named, pixels told apart, boxes found. No Keras.

Classification asks *what is this*; detection asks *what is there, and where*; segmentation asks it of
every pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import maximum_filter

from capslab.data.pairs import INK
from capslab.data.scenes import Scenes, ink_boxes
from capslab.errors import ArgumentError

FAINT = 0.2  # of a drawing's brightest pixel: from here on it counts as drawn
LEAST = 4  # inked pixels under a drawing, or its box is drawn around the drawing itself

# Two digits in one image ----------------------------------------------------------------


def both_right(labels: Any, found: Any) -> np.ndarray:
    """Whether both digits of each pair were named, in either order, bool `(n,)`.

    Parameters
    ----------
    labels, found : `(n, 2)`, each row two different classes.
    """
    labels, found = _twos(labels, found)
    return (np.sort(labels, axis=1) == np.sort(found, axis=1)).all(axis=1)


def per_digit(labels: Any, found: Any) -> float:
    """Share of all digits that were named: a pair with one right counts half."""
    labels, found = _twos(labels, found)
    return float((labels[:, :, None] == found[:, None, :]).any(axis=2).mean())


def aligned(labels: Any, found: Any) -> np.ndarray:
    """What was found, put into the order of the truth, `(n, 2)`.

    A class that is right stands where the truth has it; the other one is left for the other digit.
    """
    labels, found = _twos(labels, found)
    turn = (found[:, 0] == labels[:, 1]) | (found[:, 1] == labels[:, 0])
    return np.where(turn[:, None], found[:, ::-1], found)


# Which pixel belongs to which digit -----------------------------------------------------


def iou(truth: Any, found: Any) -> np.ndarray:
    """Intersection over union of masks, in 0…1: pixels in both over pixels in either.

    Parameters
    ----------
    truth, found : bool `(…, h, w)`. Two empty masks agree: 1.
    """
    truth, found = np.asarray(truth, bool), np.asarray(found, bool)
    if truth.shape != found.shape:
        raise ArgumentError("found", f"masks of shape {truth.shape}, as the truth", found)
    either = (truth | found).sum(axis=(-2, -1))
    both = (truth & found).sum(axis=(-2, -1))
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def exclusive_accuracy(masks: Any, owner: Any) -> float:
    """Of the pixels that belong to one digit alone, the share given to that digit; 0.5 is a coin.

    Parameters
    ----------
    masks : the truth, bool `(n, 2, h, w)`.
    owner : which digit each pixel is given to, 0 or 1, `(n, h, w)`.
    """
    masks, owner = np.asarray(masks, bool), np.asarray(owner)
    alone = masks.sum(axis=1) == 1  # (n, h, w)
    if not alone.any():
        raise ArgumentError("masks", "with a pixel that one digit has alone", masks)
    return float((masks[:, 1] == owner)[alone].mean())


# Several digits at unknown places -------------------------------------------------------


@dataclass(frozen=True)
class Boxes:
    """What was found in one scene.

    Attributes
    ----------
    boxes : float or int `(m, 4)`: top, left, bottom, right, ends excluded.
    labels : classes `(m,)`.
    scores : how sure, `(m,)`, highest first.
    pictures : each digit as its capsule draws it, `(m, h, w, c)`, or None.
    """

    boxes: np.ndarray
    labels: np.ndarray
    scores: np.ndarray
    pictures: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Found:
    """How well scenes were read.

    Attributes
    ----------
    precision : share of what was found that is there.
    recall : share of what is there that was found.
    right, found, there : the counts behind them.
    """

    right: int
    found: int
    there: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.there if self.there else 1.0

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.3f} ({self.right} of {self.found} found are there), "
            f"recall {self.recall:.3f} ({self.right} of {self.there} there were found)"
        )


def box_iou(some: Any, others: Any) -> np.ndarray:
    """Intersection over union of boxes `(a, 4)` and `(b, 4)`, `(a, b)` in 0…1."""
    some, others = np.asarray(some, float).reshape(-1, 4), np.asarray(others, float).reshape(-1, 4)
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    common = np.maximum(high - low, 0).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (some, others)]
    union = areas[0][:, None] + areas[1][None] - common
    return np.where(union > 0, common / np.maximum(union, 1e-12), 0.0)


def suppress(boxes: Any, scores: Any, most: float = 0.2) -> np.ndarray:
    """Non-maximum suppression: positions of the boxes to keep, surest first.

    Take the surest box, drop every other that overlaps it by an IoU above `most`, go on with the
    rest. One digit is seen by several windows; this leaves one answer.
    """
    boxes, scores = np.asarray(boxes, float).reshape(-1, 4), np.asarray(scores, float)
    left = np.argsort(-scores, kind="stable")
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[box_iou(boxes[best], boxes[left])[0] <= most]
    return np.array(kept, int)


def find(model: Any, pictures: Any, threshold: float = 0.5, most: float = 0.2) -> list[Boxes]:
    """Digits in pictures of any size: scan, draw, put boxes around the drawn ink, drop doubles.

    Parameters
    ----------
    model : a `SceneNet`.
    pictures : uint8 `(n, h, w, c)`.
    threshold : a capsule as long as this says "here"; a place of the grid answers at most once.
    most : boxes that overlap by a larger IoU are one digit seen twice.

    Returns
    -------
    For each picture its `Boxes`. What the digit's own capsule draws says which ink of the picture is
    its own, and the box is drawn around that ink: a pose may be some pixels off, ink is not.
    """
    pixels = np.asarray(getattr(pictures, "images", pictures))
    scan = model.scan(pixels)
    label = scan.lengths.argmax(axis=-1)  # (n, rows, columns)
    score = scan.lengths.max(axis=-1)
    where = np.argwhere(score >= threshold)  # (m, 3)
    if not len(where):
        return [_nothing() for _ in score]
    poses, labels = scan.poses[tuple(where.T)], label[tuple(where.T)]
    drawn = model.decode(poses, labels)  # (m, h, w, c)
    corners = scan.corners[where[:, 1], where[:, 2]]  # (m, 2)
    boxes = drawn_boxes(drawn, _windows(pixels, where[:, 0], corners, drawn.shape[1:3]))
    boxes = boxes + np.tile(corners, 2)
    scores = score[tuple(where.T)]
    found = []
    for i in range(len(score)):
        here = np.flatnonzero(where[:, 0] == i)
        kept = here[suppress(boxes[here], scores[here], most)]
        found.append(Boxes(boxes[kept], labels[kept], scores[kept], drawn[kept]))
    return found


def score(found: list[Boxes], truth: Scenes, least: float = 0.5) -> Found:
    """Count what was found: a box is right if its class and an IoU of `least` or more agree with a digit.

    Each digit can be found once; surer boxes choose first.
    """
    right = 0
    for one, boxes, labels in zip(found, truth.boxes, truth.labels, strict=True):
        agree = box_iou(one.boxes, boxes) * (one.labels[:, None] == labels[None])
        for row in agree:  # surest first
            if len(row) and row.max() >= least:
                right += 1
                agree[:, row.argmax()] = 0
    return Found(right, sum(map(len, found)), sum(map(len, truth.labels)))


def drawn_boxes(drawn: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Top, left, bottom, right of each window's ink where something is drawn, or a pixel beside, `(m, 4)`.

    Parameters
    ----------
    drawn : what capsules draw, `(m, h, w, c)` in 0…1.
    windows : what is there, uint8 `(m, h, w, c)`. Where hardly any ink is, the box is the drawing's own.

    Examples
    --------
    >>> drawn, window = np.zeros((1, 5, 5, 1)), np.zeros((1, 5, 5, 1), np.uint8)
    >>> drawn[0, 1:4, 1], window[0, :, 1:3] = 0.9, 255
    >>> drawn_boxes(drawn, window)
    array([[0, 1, 5, 3]])
    """
    grey = drawn.max(axis=-1)  # (m, h, w)
    top = np.maximum(grey.max(axis=(1, 2), keepdims=True), 1e-6)
    near = maximum_filter(grey, size=(1, 3, 3)) >= FAINT * top
    ink = near & (windows.max(axis=-1) >= INK)
    ink = np.where(ink.sum(axis=(1, 2), keepdims=True) >= LEAST, ink, grey >= 0.5 * top)
    return ink_boxes(np.where(ink, 255, 0).astype(np.uint8)[..., None])


def _windows(pictures: np.ndarray, which: np.ndarray, corners: np.ndarray, shape: Any) -> np.ndarray:
    """The windows with these corners, black where they reach beyond their picture, `(m, h, w, c)`."""
    height, width = shape
    padded = np.pad(pictures, ((0, 0), (height, height), (width, width), (0, 0)))
    rows = corners[:, 0, None] + height + np.arange(height)  # (m, h)
    columns = corners[:, 1, None] + width + np.arange(width)  # (m, w)
    return padded[which[:, None, None], rows[:, :, None], columns[:, None, :]]


def _nothing() -> Boxes:
    return Boxes(np.zeros((0, 4)), np.zeros(0, int), np.zeros(0))


def _twos(labels: Any, found: Any) -> tuple[np.ndarray, np.ndarray]:
    labels, found = np.asarray(labels), np.asarray(found)
    for name, value in (("labels", labels), ("found", found)):
        if value.ndim != 2 or value.shape[1] != 2 or len(value) != len(labels):
            raise ArgumentError(name, f"two classes a pair, ({len(labels)}, 2)", value)
    return labels, found
