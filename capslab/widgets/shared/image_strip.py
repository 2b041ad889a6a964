"""The strip of images to pick from, in the routing, latent and overlap views."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, instance_of


def check_images(images: Any, shape: tuple[int, ...], argument: str = "images") -> Any:
    """Return `images` if they have the model's size; raise an error otherwise."""
    if not (hasattr(images, "images") and hasattr(images, "labels")):
        raise ArgumentError(argument, "the Images to look at", instance_of(images), "Try cl.load().")
    if not len(images):
        raise ArgumentError(argument, "at least one image", Verbatim("none"), "Choose a larger selection.")
    size = tuple(images.images.shape[1:])
    if size != tuple(shape):
        raise ArgumentError(
            argument,
            f"of the model's size {tuple(shape)} (height, width, channels)",
            Verbatim(f"images of size {size}"),
            "Load the data set that the model was trained on.",
        )
    return images


def check_position(name: str, index: Any, count: int) -> int:
    """Return `index` as a position from 0 to `count` − 1; negative numbers count from the end."""
    whole = isinstance(index, (int, np.integer)) and not isinstance(index, bool)
    if not whole or not -count <= index < count:
        raise ArgumentError(name, f"a position from 0 to {count - 1}", index, "Try 0.")
    return int(index) % count


def balanced_sample(labels: np.ndarray | None, count: int, size: int = 24, seed: int = 0) -> np.ndarray:
    """Positions of up to `size` images, the classes as equally frequent as possible, ordered by class.

    >>> balanced_sample(np.array([0, 0, 0, 0, 1, 1, 2]), 7, size=6)[-3:].tolist()  # both 1s and the 2
    [4, 5, 6]
    """
    if count <= size:
        return np.arange(count)
    order = np.random.default_rng(seed).permutation(count)
    if labels is None:
        return np.sort(order[:size])
    shuffled = np.asarray(labels)[order]
    rank = np.zeros(count, int)  # 0 for the first image of each class, 1 for the second, …
    for label in np.unique(shuffled):
        rank[shuffled == label] = np.arange((shuffled == label).sum())
    chosen = order[np.argsort(rank, kind="stable")[:size]]
    return chosen[np.lexsort((chosen, np.asarray(labels)[chosen]))]


def with_position(positions: np.ndarray, position: int) -> np.ndarray:
    """The positions with `position` among them; if it was not, it is put in front."""
    return positions if position in positions else np.concatenate(([position], positions))


def strip_arrays(images: Any, positions: np.ndarray) -> dict[str, np.ndarray]:
    """The traits `thumbs`, `labels` (−1 without labels) and `positions` of a strip."""
    labels = np.full(len(positions), -1) if images.labels is None else images.labels[positions]
    return {
        "thumbs": np.ascontiguousarray(images.images[positions], dtype=np.uint8),
        "labels": np.asarray(labels, dtype=np.int32),
        "positions": np.asarray(positions, dtype=np.int32),
    }


def class_names(classes: Any, labels: np.ndarray | None) -> list[str]:
    """The names of the classes, or their numbers if they have no names."""
    if classes:
        return [str(name) for name in classes]
    return [] if labels is None else [str(k) for k in range(int(np.max(labels)) + 1)]
