"""What the models share: their image size, what they accept, how they are best trained."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import capslab.models.backend  # noqa: F401  # first: it brings TensorFlow in quietly

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.data.lazy_rows import LazyRows, gather
from capslab.errors import ArgumentError

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True)
class Recipe:
    """How a model is trained when the learner says nothing else.

    Attributes
    ----------
    epochs : passes over the training images.
    steps : least number of optimiser steps; small data sets get more epochs to reach it.
    batch_size : images per step.
    learning_rate : highest learning rate of Adam.
    warmup : share of the steps in which the rate climbs from 0 to `learning_rate`.
    decay : whether the rate then falls to 0 along a cosine.
    shift : largest random shift of a batch in pixels, each way (a 28-pixel image; scaled to others).
    """

    epochs: int
    steps: int
    batch_size: int = 128
    learning_rate: float = 1e-3
    warmup: float = 0.0
    decay: bool = False
    shift: int = 0


class ImageModel(keras.Model):
    """A Keras model that knows which images it takes and says so when given others."""

    recipe: Recipe
    #: what a loss is the sum of, where that is worth a curve of its own
    parts: tuple[str, ...] = ()

    def __init__(self, image_shape: Sequence[int], classes: int | Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.image_shape = checked_shape(image_shape)
        self.classes = class_names(classes)

    @classmethod
    def for_images(cls, images: Any, **arguments: Any) -> Self:
        """A model for these images: of their size and, where it tells classes apart, their classes.

        >>> import capslab as cl
        >>> cl.CapsNet.for_images(cl.load("digits"), iterations=1).iterations
        1
        """
        if "classes" in inspect.signature(cls).parameters:
            arguments = {"classes": images.classes, **arguments}
        return cls(images.image_shape, **arguments)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The model of a `get_config`; files of the first edition call `image_shape` `shape`."""
        if "shape" in config:
            config = {"image_shape": config["shape"], **{k: v for k, v in config.items() if k != "shape"}}
        return cls(**config)

    def pixels(self, images: Any) -> np.ndarray:
        """The uint8 array `(n, h, w, c)` in `images`, checked against what the model takes.

        Raises
        ------
        ArgumentError : for another shape or type.
        """
        pixels: Any = getattr(images, "images", images)
        pixels = pixels if isinstance(pixels, LazyRows) else np.asarray(pixels)
        if pixels.shape[1:] != self.image_shape:
            size = " × ".join(str(n) for n in self.image_shape)
            raise ArgumentError(
                "images",
                f"of shape (n, {', '.join(map(str, self.image_shape))}): this model was made for {size}",
                pixels,
                "Make a model with CapsNet.for_images(images), or load images of that size.",
            )
        if pixels.dtype != np.uint8:
            raise ArgumentError(
                "images",
                "uint8 pixels in 0…255",
                pixels,
                "Grey levels in 0…1 become uint8 with (255 * x).astype('uint8').",
            )
        return pixels

    def in_batches(self, piece: Callable[..., Any], *arrays: np.ndarray, batch_size: int = 500) -> np.ndarray:
        """`piece` applied to NumPy arrays a batch at a time, so that memory stays bounded.

        More than 256 MB of what it gives are kept in a temporary file: see `capslab.data.lazy_rows.gather`.
        """
        n = len(arrays[0])
        done = (
            ops.convert_to_numpy(piece(*(array[start : start + batch_size] for array in arrays)))
            for start in range(0, max(n, 1), batch_size)
        )
        return gather(done, n)


def checked_shape(image_shape: Sequence[int]) -> tuple[int, int, int]:
    """`(height, width, channels)` from what the caller wrote; `(h, w)` means one channel."""
    try:
        sides = tuple(int(n) for n in image_shape)
    except TypeError:
        sides = ()
    if len(sides) == 2:
        sides = (*sides, 1)
    if len(sides) != 3 or min(sides) < 1 or min(sides[:2]) < 4:
        raise ArgumentError(
            "image_shape",
            "(height, width, channels) with at least 4 × 4 pixels",
            image_shape,
            "Write images.image_shape.",
        )
    return sides


def class_names(classes: int | Sequence[str]) -> tuple[str, ...]:
    """Names of the classes; a number n means "0" to "n−1"."""
    if isinstance(classes, (int, np.integer)):
        return tuple(str(i) for i in range(int(classes)))
    return tuple(str(name) for name in classes)


def need_classes(classes: tuple[str, ...], received: Any) -> None:
    """Refuse to make a classifier of fewer than two classes."""
    if len(classes) < 2:
        raise ArgumentError(
            "classes",
            "at least two classes (a number, or their names)",
            received,
            "Images without labels can train a VAE: VAE.for_images(images).",
        )


def take(names: Sequence[str], owner: Any) -> dict[str, Any]:
    """The attributes of these names as a plain dict, for `get_config`."""
    return {name: getattr(owner, name) for name in names}
