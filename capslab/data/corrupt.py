"""Images that do not belong: spoiled copies of real ones, wrong labels, another data set."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim


def corrupted(images: Any, share: float = 0.1, seed: int = 0) -> dict[str, np.ndarray]:
    """The same images, spoiled in several ways, and as many of another data set where one is at hand.

    Parameters
    ----------
    images : `Images`.
    share : of the pixels that noise replaces.

    Returns
    -------
    For each kind uint8 `(n, h, w, c)`: "noisy" (some pixels drawn anew), "rotated" (by a quarter, or upside
    down where they are not square), "negative", "scrambled" (one and the same order of pixels for all),
    "blank", and "fashion-mnist" where its images have this size and need no download.
    """
    if not 0 <= share <= 1:
        raise ArgumentError("share", "a number from 0 to 1", share, "Try 0.1.")
    rng = np.random.default_rng(seed)
    pixels = images.images
    n, height, width, channels = pixels.shape
    hit = rng.random(pixels.shape) < share
    order = rng.permutation(height * width)
    kinds = {
        "noisy": np.where(hit, rng.integers(0, 256, pixels.shape), pixels).astype(np.uint8),
        "rotated": np.rot90(pixels, 1 if height == width else 2, axes=(1, 2)),
        "negative": 255 - pixels,
        "scrambled": pixels.reshape(n, -1, channels)[:, order].reshape(pixels.shape),
        "blank": np.zeros_like(pixels),
    }
    other = _other(images, n, seed)
    if other is not None:
        kinds["fashion-mnist"] = other
    return {kind: np.ascontiguousarray(made) for kind, made in kinds.items()}


def noisy_labels(images: Any, share: float = 0.05, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """The labels with a share of them changed to another class, and which ones, each `(n,)`."""
    images.require_classes("a wrong label")
    if not 0 < share < 1:
        said = Verbatim(str(share))
        raise ArgumentError("share", "a number between 0 and 1", said, "0.05 changes one label in twenty.")
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(images)) < share
    moved = rng.integers(1, len(images.classes), len(images))
    return np.where(wrong, (images.labels + moved) % len(images.classes), images.labels), wrong


def _other(images: Any, n: int, seed: int) -> np.ndarray | None:
    """Fashion-MNIST, where it is on this machine and no one's own data set."""
    from capslab.data.datasets import local_test_images

    if images.image_shape != (28, 28, 1) or images.name == "fashion-mnist":
        return None
    pixels = local_test_images("fashion-mnist")
    if pixels is None:
        return None
    drawn = np.random.default_rng(seed).choice(len(pixels), min(n, len(pixels)), replace=False)
    return pixels[np.sort(drawn)]
