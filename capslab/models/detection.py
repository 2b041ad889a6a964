"""Scores of detection and segmentation: pairs of classes, masks, boxes. No Keras.

Classification asks *what is this*; detection asks *what is there, and where*; segmentation asks it of
every pixel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import maximum_filter

from capslab.data.digit_pairs import INK
from capslab.data.digit_scenes import Scenes, ink_boxes
from capslab.errors import ArgumentError

FAINT = 0.2  # share of a reconstruction's brightest pixel above which a pixel belongs to the digit
LEAST = 4  # with fewer inked pixels under a reconstruction, its box is that of the reconstruction itself


def both_right(labels: Any, predicted: Any) -> np.ndarray:
    """Whether both classes of each pair were predicted, in either order, bool `(n,)`.

    Parameters
    ----------
    labels, predicted : `(n, 2)`, two different classes in each row.
    """
    labels, predicted = _twos(labels, predicted)
    return (np.sort(labels, axis=1) == np.sort(predicted, axis=1)).all(axis=1)


def per_digit(labels: Any, predicted: Any) -> float:
    """Share of all digits that were predicted: a pair with one right counts half."""
    labels, predicted = _twos(labels, predicted)
    return float((labels[:, :, None] == predicted[:, None, :]).any(axis=2).mean())


def aligned(labels: Any, predicted: Any) -> np.ndarray:
    """The predicted classes in the order of the true ones, `(n, 2)`.

    A class that is right stands where the truth has it; the other one remains for the other digit.
    """
    labels, predicted = _twos(labels, predicted)
    swap = (predicted[:, 0] == labels[:, 1]) | (predicted[:, 1] == labels[:, 0])
    return np.where(swap[:, None], predicted[:, ::-1], predicted)


def iou(truth: Any, predicted: Any) -> np.ndarray:
    """Intersection over union of masks, in 0…1: pixels in both over pixels in either.

    Parameters
    ----------
    truth, predicted : bool `(…, h, w)`. Two empty masks agree: 1.
    """
    truth, predicted = np.asarray(truth, bool), np.asarray(predicted, bool)
    if truth.shape != predicted.shape:
        step = "Take masks of the same images, of one height and width."
        raise ArgumentError("predicted", f"masks of shape {truth.shape}, like the truth", predicted, step)
    either = (truth | predicted).sum(axis=(-2, -1))
    both = (truth & predicted).sum(axis=(-2, -1))
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def exclusive_accuracy(masks: Any, owner: Any) -> float:
    """Of the pixels that only one digit covers, the share given to that digit; guessing gives 0.5.

    Parameters
    ----------
    masks : the truth, bool `(n, 2, h, w)`.
    owner : the digit that each pixel is given to, 0 or 1, `(n, h, w)`.
    """
    masks, owner = np.asarray(masks, bool), np.asarray(owner)
    alone = masks.sum(axis=1) == 1  # (n, h, w)
    if not alone.any():
        step = "Take pairs that overlap less: cl.data.overlapping_pairs(images, 100)."
        raise ArgumentError("masks", "with a pixel that only one digit covers", masks, step)
    return float((masks[:, 1] == owner)[alone].mean())


@dataclass(frozen=True)
class Boxes:
    """The detections in one scene.

    Attributes
    ----------
    boxes : float or int `(m, 4)`: top, left, bottom, right, ends excluded.
    labels : classes `(m,)`.
    scores : confidence, `(m,)` in 0…1, highest first.
    reconstructions : each digit decoded from its capsule, `(m, h, w, c)`, or None.
    """

    boxes: np.ndarray
    labels: np.ndarray
    scores: np.ndarray
    reconstructions: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class DetectionScore:
    """Precision and recall of detections.

    Attributes
    ----------
    precision : share of the detections that are right.
    recall : share of the digits that were detected.
    correct, detected, digits : the counts behind them: right detections, all detections, all digits.
    """

    correct: int
    detected: int
    digits: int

    @property
    def precision(self) -> float:
        return self.correct / self.detected if self.detected else 1.0

    @property
    def recall(self) -> float:
        return self.correct / self.digits if self.digits else 1.0

    def __str__(self) -> str:
        return (
            f"precision {self.precision:.3f} ({self.correct} of {self.detected} detections are right), "
            f"recall {self.recall:.3f} ({self.correct} of {self.digits} digits were detected)"
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


def suppress(boxes: Any, scores: Any, max_iou: float = 0.2) -> np.ndarray:
    """Non-maximum suppression: positions of the boxes to keep, highest score first.

    Keep the box with the highest score, drop every other box that overlaps it by an IoU above
    `max_iou`, and repeat with the rest. Several windows see the same digit; this leaves one answer.
    """
    boxes, scores = np.asarray(boxes, float).reshape(-1, 4), np.asarray(scores, float)
    candidates = np.argsort(-scores, kind="stable")
    keep = []
    while len(candidates):
        best, candidates = candidates[0], candidates[1:]
        keep.append(best)
        candidates = candidates[box_iou(boxes[best], boxes[candidates])[0] <= max_iou]
    return np.array(keep, int)


def find(
    model: Any,
    pictures: Any,
    threshold: float = 0.5,
    max_iou: float = 0.2,
    suppress: Callable[[Any, Any, float], Any] = suppress,
) -> list[Boxes]:
    """Digits in pictures of any size: scan, reconstruct, put boxes around the ink, drop duplicates.

    Parameters
    ----------
    model : a `SceneNet`.
    pictures : uint8 `(n, h, w, c)`.
    threshold : a capsule of at least this length is a detection; a place of the grid gives at most one.
    max_iou : boxes that overlap by a larger IoU count as one digit seen twice.
    suppress : what chooses the boxes to keep, from boxes, scores and `max_iou`; your own, for example.

    Returns
    -------
    For each picture its `Boxes`. The reconstruction from the digit's capsule shows which ink of the picture
    belongs to the digit, and the box is put around that ink: a pose may be some pixels off, ink is not.
    """
    pixels = np.asarray(getattr(pictures, "images", pictures))
    scan = model.scan(pixels)
    label = scan.lengths.argmax(axis=-1)  # (n, rows, columns)
    score = scan.lengths.max(axis=-1)
    where = np.argwhere(score >= threshold)  # (m, 3)
    if not len(where):
        return [_nothing() for _ in score]
    poses, labels = scan.poses[tuple(where.T)], label[tuple(where.T)]
    decoded = model.decode(poses, labels)  # (m, h, w, c)
    corners = scan.corners[where[:, 1], where[:, 2]]  # (m, 2)
    boxes = boxes_of_ink(decoded, _windows(pixels, where[:, 0], corners, decoded.shape[1:3]))
    boxes = boxes + np.tile(corners, 2)
    scores = score[tuple(where.T)]
    detections = []
    for i in range(len(score)):
        here = np.flatnonzero(where[:, 0] == i)
        keep = here[np.asarray(suppress(boxes[here], scores[here], max_iou), int)] if len(here) else here
        detections.append(Boxes(boxes[keep], labels[keep], scores[keep], decoded[keep]))
    return detections


def score(detections: list[Boxes], truth: Scenes, min_iou: float = 0.5) -> DetectionScore:
    """Count right detections: those of a digit's class whose box overlaps its box by `min_iou` or more.

    Each digit can be detected once; boxes with higher scores choose first.
    """
    correct = 0
    for scene, boxes, labels in zip(detections, truth.boxes, truth.labels, strict=True):
        overlaps = box_iou(scene.boxes, boxes) * (scene.labels[:, None] == labels[None])
        for row in overlaps:  # highest score first
            if len(row) and row.max() >= min_iou:
                correct += 1
                overlaps[:, row.argmax()] = 0
    return DetectionScore(correct, sum(map(len, detections)), sum(map(len, truth.labels)))


def boxes_of_ink(reconstructions: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """Top, left, bottom, right of each window's ink under a reconstruction or a pixel beside it, `(m, 4)`.

    Parameters
    ----------
    reconstructions : decoded from capsules, `(m, h, w, c)` in 0…1.
    windows : of the picture, uint8 `(m, h, w, c)`. Where there is hardly any ink, the box is that of the
        reconstruction.

    Examples
    --------
    >>> decoded, window = np.zeros((1, 5, 5, 1)), np.zeros((1, 5, 5, 1), np.uint8)
    >>> decoded[0, 1:4, 1], window[0, :, 1:3] = 0.9, 255
    >>> boxes_of_ink(decoded, window)
    array([[0, 1, 5, 3]])
    """
    grey = reconstructions.max(axis=-1)  # (m, h, w)
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


def _twos(labels: Any, predicted: Any) -> tuple[np.ndarray, np.ndarray]:
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    for name, value in (("labels", labels), ("predicted", predicted)):
        if value.ndim != 2 or value.shape[1] != 2 or len(value) != len(labels):
            step = "Take pairs.labels and model.detect(pairs) of the same pairs."
            raise ArgumentError(name, f"two classes per pair, ({len(labels)}, 2)", value, step)
    return labels, predicted
