"""What the models share: image size, checks, the weighting of their loss, recipes for training."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.data.lazy_rows import LazyRows, gather
from capslab.errors import ArgumentError, Verbatim, is_whole
from capslab.models.usual_images import words_if_unlike

if TYPE_CHECKING:
    from typing_extensions import Self

#: numbers per image that a model takes: with more, the dense layers alone fill gigabytes
MOST_NUMBERS = 2**18


@dataclass(frozen=True)
class Recipe:
    """How a model is trained unless the learner says otherwise.

    Attributes
    ----------
    epochs : passes over the training images.
    steps : smallest number of optimiser steps; small data sets get more epochs to reach it.
    batch_size : images per step.
    learning_rate : the highest learning rate of Adam.
    warmup : share of the steps in which the rate climbs from 0 to `learning_rate`.
    decay : whether the rate then falls to 0 along a cosine.
    shift : largest random shift of a batch in pixels, each way, for 28-pixel images; it is scaled to
        other sizes.
    border : what comes in at the border of a shifted image: "black", or "edge" for the pixels that were
        there. Black is right for digits on black; on any other ground it is a bar that no image has.
    """

    epochs: int
    steps: int
    batch_size: int = 128
    learning_rate: float = 1e-3
    warmup: float = 0.0
    decay: bool = False
    shift: int = 0
    border: str = "black"


class ImageModel(keras.Model):
    """A Keras model that knows which images it takes, and says so when it is given others.

    A subclass gives its loss as one number per image (`losses_per_image`). The weights of
    `sample_weight` and `class_weight`, the mean over the batch and the curves are the same for all
    models and stand here.
    """

    recipe: Recipe
    #: the terms of the loss that deserve a curve of their own
    parts: tuple[str, ...] = ()
    #: whether the model learns from one class number per image
    one_label: bool = True
    #: for a bundled network, `ground_and_ink` of the images that it learned on
    usual_images: dict[str, float] | None = None
    _last_words = ""

    def __init__(self, image_shape: Sequence[int], classes: int | Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.image_shape = checked_shape(image_shape)
        self.classes = class_names(classes)

    @classmethod
    def for_images(cls, images: Any, **arguments: Any) -> Self:
        """A model for these images: of their size and, if it is a classifier, with their classes.

        >>> import capslab as cl
        >>> cl.CapsNet.for_images(cl.load("digits"), iterations=1).iterations
        1
        """
        if "classes" in inspect.signature(cls).parameters:
            arguments = {"classes": images.classes, **arguments}
        return cls(images.image_shape, **arguments)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The model that a `get_config` describes; files of the first edition call `image_shape` `shape`."""
        if "shape" in config:
            config = {"image_shape": config["shape"], **{k: v for k, v in config.items() if k != "shape"}}
        return cls(**config)

    def losses_per_image(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        """One number per image for each name, `(batch,)`.

        "loss" is what training minimises. The other names are those of metrics (`keras.metrics.Mean`)
        of this model, which take these values.
        """
        raise NotImplementedError

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Σ wᵢ lossᵢ / N over the N images of a batch, as Keras's own losses are weighted.

        The metrics take the same weights; they are divided by Σ wᵢ, as Keras's own metrics are.
        """
        weights = None
        if sample_weight is not None:  # where y is a dictionary, Keras repeats the weights for each entry
            weights = ops.reshape(keras.tree.flatten(sample_weight)[0], (-1,))
        values = self.losses_per_image(x, self._one_label_each(y), y_pred, training)
        loss = values.pop("loss")
        metrics = {metric.name: metric for metric in self.metrics}
        for name, value in values.items():
            metrics[name].update_state(value, sample_weight=weights)
        return ops.mean(loss if weights is None else loss * ops.cast(weights, loss.dtype))

    def _one_label_each(self, y: Any) -> Any:
        """The labels as `(batch,)`, or an error in words for one-hot rows and for none at all."""
        if not (self.one_label and self.classes):
            return y
        expected = f"one class number per image, (n,), from 0 to {len(self.classes) - 1}"
        if y is None:
            raise ArgumentError("y", expected, y, "Write model.fit(images.images, images.labels).")
        if len(y.shape) == 2 and y.shape[1] == 1:
            return ops.reshape(y, (-1,))
        if len(y.shape) != 1:
            shape = ", ".join("n" if side is None else str(side) for side in (None, *y.shape[1:]))
            raise ArgumentError(
                "y",
                expected,
                Verbatim(f"labels of shape ({shape})"),
                "One-hot rows become class numbers with y.argmax(axis=1).",
            )
        return y

    def fit(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """As Keras's `fit`; `x`, and `validation_data`, may be `Images`, which bring their labels.

        `capslab.fit` chooses epochs and learning rate, shows a curve and keeps the best weights.

        Raises
        ------
        ArgumentError : for images of another size, for labels that are not one class number per image,
            and for `class_weight` where there are no classes to weight.
        """
        given = _bound(keras.Model.fit, self, x, y, *args, **kwargs)
        validation = given.get("validation_data")
        if _is_images(validation):
            given["validation_data"] = self._arrays(validation, None, None)
        elif isinstance(validation, (tuple, list)) and 1 <= len(validation) <= 3:
            parts = (*validation, None, None)[:3]  # x, y, weights
            given["validation_data"] = (*self._arrays(*parts), *validation[2:])
        return super().fit(**self._prepared(given))

    def evaluate(self, x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """As Keras's `evaluate`; `x` may be `Images`, which bring their labels."""
        return super().evaluate(**self._prepared(_bound(keras.Model.evaluate, self, x, y, *args, **kwargs)))

    def predict(self, x: Any, *args: Any, **kwargs: Any) -> Any:
        """As Keras's `predict`; `x` may be `Images`."""
        return super().predict(self._pixels_in_memory(x) if _is_images(x) else x, *args, **kwargs)

    def train_on_batch(self, x: Any, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """As Keras's `train_on_batch`; `x` may be `Images`, which bring their labels."""
        given = _bound(keras.Model.train_on_batch, self, x, y, *args, **kwargs)
        return super().train_on_batch(**self._prepared(given))

    def test_on_batch(self, x: Any, y: Any = None, *args: Any, **kwargs: Any) -> Any:
        """As Keras's `test_on_batch`; `x` may be `Images`, which bring their labels."""
        given = _bound(keras.Model.test_on_batch, self, x, y, *args, **kwargs)
        return super().test_on_batch(**self._prepared(given))

    def _prepared(self, given: dict[str, Any]) -> dict[str, Any]:
        """Arguments for Keras, in which `Images` have become pixels and targets."""
        if given.get("class_weight") is not None and not (self.one_label and self.classes):
            raise ArgumentError(
                "class_weight",
                f"left out: {type(self).__name__} does not learn from one class per image",
                given["class_weight"],
                "Give single images a weight with sample_weight.",
            )
        x, y = self._arrays(given["x"], given["y"], given.get("sample_weight"))
        return {**given, "x": x, "y": y}

    def targets(self, images: Any) -> Any:
        """What this model learns from these images, as Keras's `y`: their labels, or None."""
        if not self.classes:
            return None
        if images.labels is None:
            raise ArgumentError(
                "images",
                "labelled: a classifier learns from labels",
                Verbatim("images without labels"),
                "Take cl.VAE.for_images(images), which needs none.",
            )
        return images.labels.astype(np.int32)

    def _arrays(self, x: Any, y: Any, sample_weight: Any) -> tuple[Any, Any]:
        """Pixels and targets of `Images`; anything else as it is."""
        if _is_images(x):
            x, y = self._pixels_in_memory(x), self.targets(x) if y is None else y
        if y is None and sample_weight is not None and not self.classes:
            y = np.zeros(len(x), np.int32)  # without a y Keras drops the weights; this one is not used
        return x, y

    def _pixels_in_memory(self, images: Any) -> np.ndarray:
        pixels = self.pixels(images)
        if isinstance(pixels, LazyRows):
            raise ArgumentError(
                "images",
                "images that fit in memory",
                Verbatim(f"{len(pixels):,} images that lie in a file"),
                "cl.fit(model, images), model.classify(images) and cl.embed(model, images) "
                "read them a batch at a time.",
            )
        return pixels

    def pixels(self, images: Any) -> np.ndarray:
        """The pixels of `images`, uint8 `(n, h, w, c)`, checked against what the model takes.

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
                self._how_to_fit(pixels.shape),
            )
        if pixels.dtype != np.uint8:
            raise ArgumentError(
                "images",
                "uint8 pixels in 0…255",
                pixels,
                "Grey levels in 0…1 become uint8 with (255 * x).astype('uint8').",
            )
        self._say_if_unlike(images, pixels)
        return pixels

    def _how_to_fit(self, shape: tuple[int, ...]) -> str:
        """What to do with pixels of another shape than this model takes."""
        height, width, channels = self.image_shape
        if shape == self.image_shape or (channels == 1 and shape == (height, width)):
            return f"One image needs an axis in front: pixels.reshape(1, {height}, {width}, {channels})."
        if channels == 1 and shape[1:] == (height, width):
            return "Add the axis of the channels: pixels[..., None]."
        if channels == 1 and len(shape) == 4 and shape[1:3] == (height, width):
            return 'Turn colour into grey: images.images.mean(axis=-1, keepdims=True).astype("uint8").'
        if channels == 3 and shape[1:] == (height, width, 1):
            return "Repeat the grey levels for each colour: images.images.repeat(3, axis=-1)."
        ours = type(self).__module__.startswith("capslab.")
        kind = f"cl.models.{type(self).__name__}" if ours else type(self).__name__
        return (
            f"Make a model for these images with {kind}.for_images(images), or load yours in that size: "
            f'cl.load("my pictures", size=({height}, {width})).'
        )

    def _say_if_unlike(self, images: Any, pixels: Any) -> None:
        """One printed line where images look unlike those that a bundled network learned on."""
        if self.usual_images is None:
            return
        words = words_if_unlike(images, pixels, self.usual_images)
        if words and words != self._last_words:
            print(words)
        self._last_words = words

    def in_batches(self, piece: Callable[..., Any], *arrays: np.ndarray, batch_size: int = 500) -> np.ndarray:
        """The outputs of `piece` for NumPy arrays, computed a batch at a time to bound the memory.

        Outputs of more than 256 MB are kept in a temporary file: see `capslab.data.lazy_rows.gather`.
        """
        n = len(arrays[0])
        outputs = (
            ops.convert_to_numpy(piece(*(array[start : start + batch_size] for array in arrays)))
            for start in range(0, max(n, 1), batch_size)
        )
        return gather(outputs, n)


def checked_shape(image_shape: Sequence[int]) -> tuple[int, int, int]:
    """`(height, width, channels)` as integers; `(h, w)` means one channel."""
    try:
        sides = tuple(image_shape)
    except TypeError:
        sides = ()
    if len(sides) == 2:
        sides = (*sides, 1)
    if len(sides) != 3 or not all(map(is_whole, sides)) or min(sides) < 1 or min(sides[:2]) < 4:
        raise ArgumentError(
            "image_shape",
            "(height, width, channels) with at least 4 × 4 pixels",
            image_shape,
            "Write images.image_shape.",
        )
    if math.prod(map(int, sides)) > MOST_NUMBERS:
        raise ArgumentError(
            "image_shape",
            f"of at most {MOST_NUMBERS:,} numbers (height × width × channels), such as (256, 256, 3)",
            image_shape,
            'Load the images smaller: cl.load("my pictures", size=64).',
        )
    height, width, channels = map(int, sides)
    return height, width, channels


def _bound(method: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The arguments of a call of a method, by name."""
    given = inspect.signature(method).bind(*args, **kwargs).arguments
    flat = {**given, **given.get("kwargs", {})}
    return {name: value for name, value in flat.items() if name not in ("self", "kwargs")}


def _is_images(value: Any) -> bool:
    """Whether this is a set of images: `Images`, `Pairs`, `Scenes`."""
    return hasattr(value, "images") and hasattr(value, "labels")


def is_finite_number(value: Any) -> bool:
    """Whether a value is a real number of Python's or NumPy's, and neither NaN nor infinite."""
    return isinstance(value, Real) and not isinstance(value, bool) and bool(np.isfinite(float(value)))


def class_names(classes: int | Sequence[str]) -> tuple[str, ...]:
    """Names of the classes; a number n means "0" to "n−1"."""
    given: Any = classes
    if is_whole(given):
        return tuple(str(i) for i in range(int(given)))
    if not hasattr(given, "__iter__"):
        raise ArgumentError("classes", "a whole number, or names", classes, "Write images.classes.")
    return tuple(str(name) for name in given)


def need_classes(classes: tuple[str, ...], received: Any) -> None:
    """Refuse to make a classifier for fewer than two classes."""
    if len(classes) < 2:
        raise ArgumentError(
            "classes",
            "at least two classes (a number, or their names)",
            received,
            "Take cl.VAE.for_images(images), which needs no labels.",
        )


def take(names: Sequence[str], owner: Any) -> dict[str, Any]:
    """The attributes with these names as a dictionary, for `get_config`."""
    return {name: getattr(owner, name) for name in names}
