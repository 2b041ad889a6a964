"""The dense baseline: the two layers that both articles start from, and that here learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.embedding import Features
from capslab.errors import unknown_name, whole_number
from capslab.models.base import ImageModel, Recipe, need_classes, take
from capslab.models.layers import register


@register
class DenseBaseline(ImageModel):
    """Pixels → one hidden layer with ReLU → one number (logit) per class.

    Parameters
    ----------
    image_shape : `(height, width, channels)` of the images.
    classes : number of classes, or their names.
    hidden : units of the hidden layer; the articles have 512.

    Input uint8 `(batch, height, width, channels)`, output logits `(batch, classes)`.
    """

    recipe = Recipe(epochs=5, steps=400, learning_rate=2e-3, warmup=0.1, decay=True)

    def __init__(
        self,
        image_shape: Sequence[int],
        classes: int | Sequence[str],
        hidden: int = 512,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(image_shape, classes, **kwargs)
        need_classes(self.classes, classes)
        self.hidden_units = hidden = whole_number(
            "hidden", hidden, next_step="Try hidden=512, as in the articles."
        )
        self.seed = seed = whole_number("seed", seed, 0)
        self.hidden = keras.Sequential(
            [
                keras.Input(self.image_shape),
                keras.layers.Rescaling(1 / 255),
                keras.layers.Flatten(),
                keras.layers.Dense(
                    hidden, activation="relu", kernel_initializer=keras.initializers.HeNormal(seed)
                ),
            ],
            name="hidden",
        )
        self.logits = keras.layers.Dense(
            len(self.classes), kernel_initializer=keras.initializers.GlorotUniform(seed + 1), name="logits"
        )
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.build((None, *self.image_shape))

    def build(self, input_shape: Any) -> None:
        self.logits.build((None, self.hidden_units))
        super().build(input_shape)

    def call(self, images: Any, training: bool = False) -> Any:
        return self.logits(self.hidden(images, training=training))  # (batch, classes)

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

    def features(self, images: Any, what: str | None = None) -> Features:
        """Activations of the hidden layer for each image, `(n, hidden)`; learned with labels."""
        if what not in (None, "hidden", "logits"):
            raise unknown_name("what", what, ["hidden", "logits"])
        piece = self if what == "logits" else self.hidden
        source = "dense logits" if what == "logits" else "dense hidden layer"
        return Features(self.in_batches(piece, self.pixels(images)), source, supervised=True)

    def get_config(self) -> dict[str, Any]:
        return {**take(["image_shape", "classes", "seed"], self), "hidden": self.hidden_units}
