"""The plain convolutional network to compare a capsule network of the same size with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.errors import unknown_name, whole_number
from capslab.models.base import ImageModel, need_classes, take
from capslab.models.capsnet import CapsNet
from capslab.models.capsnet_for_size import design_for
from capslab.models.capsnet_presets import PRESETS
from capslab.models.layers import register


@register
class ConvNet(ImageModel):
    """A capsule network with the capsules taken out: the same convolutions, then two dense layers.

    Where a `CapsNet` of the same preset has primary capsules, this network has a convolution of as
    many channels with BatchNorm and ReLU; where that one has routing, this one has a dense layer of
    J · D units, one for each number in a digit capsule, so there are as many weights W. One more
    dense layer gives the logits. It is trained by the same recipe, with the cross-entropy.

    Parameters
    ----------
    image_shape : `(height, width, channels)` of the images.
    classes : number of classes, or their names.
    preset : a name in `PRESETS` that normalises and has no depthwise primary capsules; None takes "digits"
        for images of 5 to 11 pixels a side, "visible" for 20 to 36, and "any-size" for all others.

    Input uint8 `(batch, height, width, channels)`, output logits `(batch, classes)`.
    """

    recipe = CapsNet.recipe

    def __init__(
        self,
        image_shape: Sequence[int],
        classes: int | Sequence[str],
        preset: str | None = None,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(image_shape, classes, **kwargs)
        need_classes(self.classes, classes)
        presets = [name for name, design in PRESETS.items() if design.normalise and not design.depthwise]
        preset = _default_preset(self.image_shape) if preset is None else preset
        if preset not in presets:
            raise unknown_name("preset", preset, presets)
        self.preset = preset
        self.seed = seed = whole_number("seed", seed, 0)
        design = design_for(preset, self.image_shape)
        self.recipe = replace(CapsNet.recipe, **design.recipe)
        blocks: list[keras.layers.Layer] = [keras.Input(self.image_shape), keras.layers.Rescaling(1 / 255)]
        convolutions: list[tuple[int, Any, Any, str]] = [
            (c.filters, c.kernel, c.strides, c.padding) for c in design.trunk
        ]
        convolutions.append(
            (design.types * design.primary_dim, design.kernel, design.strides, design.padding)
        )
        for i, (filters, kernel, strides, padding) in enumerate(convolutions):
            blocks += [
                keras.layers.Conv2D(
                    filters,
                    kernel,
                    strides,
                    padding,
                    use_bias=False,
                    kernel_initializer=keras.initializers.HeNormal(seed + i),
                ),
                keras.layers.BatchNormalization(momentum=0.9),
                keras.layers.ReLU(),
            ]
        hidden = len(self.classes) * design.dimension
        blocks += [
            keras.layers.Flatten(),
            keras.layers.Dense(
                hidden, activation="relu", kernel_initializer=keras.initializers.HeNormal(seed + 10)
            ),
            keras.layers.Dense(
                len(self.classes), kernel_initializer=keras.initializers.GlorotUniform(seed + 11)
            ),
        ]
        self.network = keras.Sequential(blocks, name="network")
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.build((None, *self.image_shape))

    def call(self, images: Any, training: bool = False) -> Any:
        return self.network(images, training=training)  # (batch, classes)

    def losses_per_image(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        return {
            "loss": keras.losses.sparse_categorical_crossentropy(y, y_pred, from_logits=True),
            "accuracy": keras.metrics.sparse_categorical_accuracy(y, y_pred),
        }

    def classify(self, images: Any) -> np.ndarray:
        """The class with the largest logit, integers `(n,)`."""
        return self.in_batches(self, self.pixels(images)).argmax(axis=1)

    def probabilities(self, images: Any) -> np.ndarray:
        """softmax of the logits, `(n, classes)`; each row sums to 1."""
        return self.in_batches(lambda x: ops.softmax(self(x)), self.pixels(images))

    def get_config(self) -> dict[str, Any]:
        return take(["image_shape", "classes", "preset", "seed"], self)


def _default_preset(image_shape: tuple[int, int, int]) -> str:
    """The preset that was made for images of this size, else the one for every size."""
    sides = image_shape[:2]
    if min(sides) >= 5 and max(sides) < 12:
        return "digits"
    return "visible" if min(sides) >= 20 and max(sides) <= 36 else "any-size"
