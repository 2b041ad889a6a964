"""Anomalies made on purpose: corrupted copies of images, wrong labels, images of another data set."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim


def corrupted(images: Any, share: float = 0.1, seed: int = 0) -> dict[str, np.ndarray]:
    """Copies of the images, corrupted in several ways, and images of another data set if one is available.

    Parameters
    ----------
    images : `Images`.
    share : share of the pixels that noise replaces, 0…1.
    seed : the same seed gives the same copies.

    Returns
    -------
    A dict from the kind of corruption to uint8 `(n, h, w, c)`: "noisy" (some pixels have random levels),
    "rotated" (by 90°, or by 180° if the images are not square), "negative", "scrambled" (the pixels in one
    random order, the same for all images), "blank", and "fashion-mnist" if its images have this size and
    are on this machine.
    """
    if not 0 <= share <= 1:
        raise ArgumentError("share", "a number from 0 to 1", share, "Try 0.1.")
    rng = np.random.default_rng(seed)
    pixels = images.images
    n, height, width, channels = pixels.shape
    noisy = rng.random(pixels.shape) < share
    order = rng.permutation(height * width)
    kinds = {
        "noisy": np.where(noisy, rng.integers(0, 256, pixels.shape), pixels).astype(np.uint8),
        "rotated": np.rot90(pixels, 1 if height == width else 2, axes=(1, 2)),
        "negative": 255 - pixels,
        "scrambled": pixels.reshape(n, -1, channels)[:, order].reshape(pixels.shape),
        "blank": np.zeros_like(pixels),
    }
    clothes = _fashion_mnist(images, n, seed)
    if clothes is not None:
        kinds["fashion-mnist"] = clothes
    return {kind: np.ascontiguousarray(copies) for kind, copies in kinds.items()}


def noisy_labels(images: Any, share: float = 0.05, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Label noise: the labels with a share of them changed to a random other class.

    Parameters
    ----------
    images : labelled `Images` of at least two classes.
    share : probability that a label is changed, between 0 and 1.
    seed : the same seed changes the same labels.

    Returns
    -------
    The new labels, int64 `(n,)`, and a mask of the changed ones, bool `(n,)`.
    """
    images.require_classes("a wrong label")
    if not 0 < share < 1:
        received = Verbatim(str(share))
        raise ArgumentError("share", "a number between 0 and 1", received, "Try 0.05: one label in twenty.")
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(images)) < share
    offset = rng.integers(1, len(images.classes), len(images))
    return np.where(wrong, (images.labels + offset) % len(images.classes), images.labels), wrong


def _fashion_mnist(images: Any, n: int, seed: int) -> np.ndarray | None:
    """Test images of Fashion-MNIST, uint8 `(m, 28, 28, 1)`; None where they do not fit or are not here."""
    from capslab.data.datasets import local_test_images

    if images.image_shape != (28, 28, 1) or images.name == "fashion-mnist":
        return None
    pixels = local_test_images("fashion-mnist")
    if pixels is None:
        return None
    sample = np.random.default_rng(seed).choice(len(pixels), min(n, len(pixels)), replace=False)
    return pixels[np.sort(sample)]
