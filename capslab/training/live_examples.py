"""What a model makes of a few images while it trains: reconstructions, or an embedding that moves.

A model with a decoder (`reconstruct`) shows images beside their reconstructions. A classifier without one
shows its features in a plane, rotated each time so that what has not moved stays where it was.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

SHARE = 0.02  # of the time so far; with the look that exceeds it, 3 % of the training
PICTURES = 12
POINTS = 200


@dataclass(frozen=True)
class Examples:
    """Reconstructions, or points.

    Attributes
    ----------
    pictures : uint8 `(2, n, h, w, c)`: the images, and their reconstructions; or None.
    points : float32 `(n, 2)`, centred, within −1…1; or None.
    labels : the classes of the points, `(n,)`.
    classes : names of the classes; `()` where their numbers are their names.
    """

    pictures: np.ndarray | None = None
    points: np.ndarray | None = None
    labels: np.ndarray | None = None
    classes: tuple[str, ...] = ()


class Preview:
    """Looks at a model between epochs, as often as its share of the time allows.

    Parameters
    ----------
    model : has `reconstruct(images)`, or `features(images, what)`.
    images : `Images` to choose the examples from, the same throughout.

    Attributes
    ----------
    spent : seconds that it has taken so far.
    """

    def __init__(self, model: Any, images: Any) -> None:
        self.model, self.spent = model, 0.0
        self.decodes = hasattr(model, "reconstruct")
        self.images = some_of(images, PICTURES if self.decodes else POINTS)
        self._before: np.ndarray | None = None

    def look(self, seconds: float) -> Examples | None:
        """The examples now; None when looking has already taken its share of the `seconds` of training."""
        if self.spent > SHARE * seconds:
            return None
        started = time.perf_counter()
        examples = self.now()
        self.spent += time.perf_counter() - started
        return examples

    def now(self) -> Examples:
        """The examples now, however long looking has taken so far."""
        pixels = self.images.images
        if self.decodes:
            made = np.clip(255 * self.model.reconstruct(pixels), 0, 255).round().astype(np.uint8)
            return Examples(pictures=np.stack([pixels, made]))
        vectors = self.model.features(pixels, None).vectors
        self._before = turned(plane_of(vectors), self._before)
        return Examples(points=self._before, labels=self.images.labels, classes=self.images.classes)


def some_of(images: Any, most: int, seed: int = 0) -> Any:
    """Up to `most` of the images, taking the classes in turn."""
    order = np.random.default_rng(seed).permutation(len(images))
    if images.labels is not None:
        labels = images.labels[order]
        rank = np.zeros(len(order), int)  # of each image within its class
        for label in np.unique(labels):
            rank[labels == label] = np.arange((labels == label).sum())
        order = order[np.lexsort((labels, rank))]
    return images[order[:most]]


def plane_of(vectors: np.ndarray, rounds: int = 10, seed: int = 0) -> np.ndarray:
    """Vectors `(n, d)` projected on the plane in which they spread most, float32 `(n, 2)` within −1…1.

    It is found by subspace iteration, W ← orthonormal(XᵀXW): a millisecond, where a whole decomposition
    takes seconds beside TensorFlow's threads.
    """
    centred = vectors - vectors.mean(axis=0)
    axes = np.random.default_rng(seed).normal(size=(vectors.shape[1], 2))
    for _ in range(rounds):
        axes, _ = np.linalg.qr(centred.T @ (centred @ axes))
    flat = np.zeros((len(vectors), 2), np.float32)
    flat[:, : axes.shape[1]] = centred @ axes  # one-dimensional vectors have one axis
    return flat / max(float(np.abs(flat).max()), 1e-12)


def turned(points: np.ndarray, before: np.ndarray | None) -> np.ndarray:
    """Points rotated and mirrored to lie as near as possible to where they lay before (Procrustes)."""
    if before is None:
        return points
    left, _, right = np.linalg.svd(points.T @ before)
    return np.clip(points @ (left @ right), -1, 1).astype(np.float32)
