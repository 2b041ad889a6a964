"""The strip of images that the routing and the latent view show: which ones, and as what arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim


def check_images(images: Any, shape: tuple[int, ...]) -> Any:
    """`images` itself when it holds images of the model's size; an error in words otherwise."""
    if not (hasattr(images, "images") and hasattr(images, "labels")):
        raise ArgumentError(
            "images", "the Images to look at", Verbatim(f"a {type(images).__name__}"), "Try capslab.load()."
        )
    if not len(images):
        raise ArgumentError("images", "at least one image", Verbatim("none"), "Choose a larger selection.")
    found = tuple(images.images.shape[1:])
    if found != tuple(shape):
        raise ArgumentError(
            "images",
            f"of the model's size {tuple(shape)} (height, width, channels)",
            Verbatim(f"images of size {found}"),
            "Load the data set that the model was trained on.",
        )
    return images


def check_position(name: str, index: Any, count: int) -> int:
    """`index` as a position among `count` images; negative ones count from the end."""
    whole = isinstance(index, (int, np.integer)) and not isinstance(index, bool)
    if not whole or not -count <= index < count:
        raise ArgumentError(name, f"a position from 0 to {count - 1}", index, "Pick one from the strip.")
    return int(index) % count


def balanced_sample(labels: np.ndarray | None, count: int, size: int = 24, seed: int = 0) -> np.ndarray:
    """Positions of up to `size` images, as many of each class as can be, ordered by class.

    >>> balanced_sample(np.array([0, 0, 0, 0, 1, 1, 2]), 7, size=6)[-3:].tolist()  # both 1s, the 2
    [4, 5, 6]
    """
    if count <= size:
        return np.arange(count)
    order = np.random.default_rng(seed).permutation(count)
    if labels is None:
        return np.sort(order[:size])
    shuffled = np.asarray(labels)[order]
    turn = np.zeros(count, int)  # the how-manieth of its class each image is
    for label in np.unique(shuffled):
        turn[shuffled == label] = np.arange((shuffled == label).sum())
    kept = order[np.argsort(turn, kind="stable")[:size]]
    return kept[np.lexsort((kept, np.asarray(labels)[kept]))]


def with_position(positions: np.ndarray, wanted: int) -> np.ndarray:
    """The strip with `wanted` in it: in place already, or in front of the others."""
    return positions if wanted in positions else np.concatenate(([wanted], positions))


def strip_arrays(images: Any, positions: np.ndarray) -> dict[str, np.ndarray]:
    """The traits `thumbs`, `labels` (−1 for none) and `positions` of a strip."""
    labels = np.full(len(positions), -1) if images.labels is None else images.labels[positions]
    return {
        "thumbs": np.ascontiguousarray(images.images[positions], dtype=np.uint8),
        "labels": np.asarray(labels, dtype=np.int32),
        "positions": np.asarray(positions, dtype=np.int32),
    }


def class_names(classes: Any, labels: np.ndarray | None) -> list[str]:
    """Names for the labels: the images' own, or the numbers where they have none."""
    if classes:
        return [str(name) for name in classes]
    return [] if labels is None else [str(k) for k in range(int(np.max(labels)) + 1)]
