"""The capsule network: convolutions, primary capsules, routed digit capsules, a decoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.embedding import Features
from capslab.errors import ArgumentError, unknown_name, whole_number
from capslab.models import losses
from capslab.models.base import ImageModel, Recipe, need_classes, take
from capslab.models.capsnet_for_size import design_for, field_of, steps_along
from capslab.models.capsnet_presets import PRESETS, Preset
from capslab.models.convolutions import ConvolutionWeights, read_convolutions, read_feature_maps
from capslab.models.layers import Mask, PrimaryCapsules, RoutedCapsules, length, register
from capslab.routing import RoutingWeights
from capslab.routing.variants import check_routing

# Weight of the mean squared error. For 28×28 grey pixels it is the paper's 0.0005 of the sum over pixels
# (Sabour et al. 2017), and a mean means the same for images of any size.
RECONSTRUCTION = 0.0005 * 28 * 28


@register
class CapsNet(ImageModel):
    """A capsule network whose length says *what* and whose direction says *how*.

    image → convolutions → primary capsules (I vectors of 8) → routing by agreement →
    digit capsules (J vectors of 16, one per class) → lengths; and the pose of one digit
    capsule → decoder → image. Source: Sabour et al. 2017 (arXiv 1710.09829); depthwise
    primary capsules: Mazzia et al. 2021 (arXiv 2101.12491).

    Parameters
    ----------
    image_shape : `(height, width, channels)` of the images.
    classes : number of classes, or their names.
    preset : a name in `PRESETS`; None takes "digits" for grey images of 5 to 11 pixels a side, "small" for
        grey images of 25 to 36, and "any-size" for all others.
    iterations : routing iterations, in training and after it.
    routing : the way to route, in training and after it: "dynamic" (by agreement, as in the paper), "one",
        "uniform", "attention" or "em"; see `capslab.routing.variants`.

    Input uint8 `(batch, height, width, channels)`. Output a dict: `lengths (batch, digit)`,
    `poses (batch, digit, pose)`.
    """

    recipe = Recipe(epochs=4, steps=600, learning_rate=4e-3, warmup=0.15, decay=True, shift=2)
    #: the preset that takes images of every size
    for_every_size = "any-size"

    def __init__(
        self,
        image_shape: Sequence[int],
        classes: int | Sequence[str],
        preset: str | None = None,
        iterations: int = 3,
        seed: int = 0,
        routing: str = "dynamic",
        **kwargs: Any,
    ) -> None:
        super().__init__(image_shape, classes, **kwargs)
        need_classes(self.classes, classes)
        preset = self.default_preset(self.image_shape) if preset is None else preset
        choices = [name for name, design in PRESETS.items() if self.can_use(design)]
        if preset not in choices:
            raise unknown_name("preset", preset, choices)
        self.preset = preset
        self.iterations = whole_number(
            "iterations", iterations, next_step="Try iterations=3, as in the paper."
        )
        self.seed = seed = whole_number("seed", seed, 0)
        self.routing = check_routing(routing)
        self.design = design = design_for(preset, self.image_shape, self.for_every_size)
        if self.one_label:  # what learns from an endless stream of pairs or windows has steps of its own
            self.recipe = replace(self.recipe, **design.recipe)
        digits = len(self.classes)

        self.trunk = keras.Sequential(_trunk(self.image_shape, design, seed), name="trunk")
        self.primary_capsules = self.trunk.layers[-1]
        self.digit_capsules = RoutedCapsules(
            digits, design.dimension, self.iterations, seed, self.routing, name="digit_capsules"
        )
        self.mask = Mask(name="mask")
        self.decoder = keras.Sequential(self._decoder(design), name="decoder")
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.margin = keras.metrics.Mean(name="margin")
        self.reconstruction = keras.metrics.Mean(name="reconstruction")
        self.build((None, *self.image_shape))

    @classmethod
    def default_preset(cls, image_shape: tuple[int, int, int]) -> str:
        """The preset for these images: that of the course's grey digits for their sizes, else "any-size"."""
        *sides, channels = image_shape
        if channels == 1 and min(sides) >= 5 and max(sides) < 12:
            return "digits"
        if channels == 1 and min(sides) >= 25 and max(sides) <= 36:
            return "small"
        return cls.for_every_size

    @classmethod
    def can_use(cls, design: Preset) -> bool:
        """Whether a preset is for this kind of network."""
        return True

    def _decoder(self, design: Preset) -> list[keras.layers.Layer]:
        return _decoder(self.image_shape, design, len(self.classes), self.seed)

    @property
    def reconstruction_weight(self) -> float:
        """Weight of the squared error summed over pixels: `RECONSTRUCTION` / (height · width · channels)."""
        return RECONSTRUCTION / float(np.prod(self.image_shape))

    def build(self, input_shape: Any) -> None:
        self.digit_capsules.build(self.trunk.output_shape)
        super().build(input_shape)

    def call(self, images: Any, training: bool = False) -> dict[str, Any]:
        primary = self.trunk(images, training=training)  # (batch, primary, 8)
        poses = self.digit_capsules(primary)  # (batch, digit, pose)
        return {"lengths": length(poses), "poses": poses}

    def losses_per_image(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        lengths, poses = y_pred["lengths"], y_pred["poses"]
        if training and self.design.pull != 1:  # the same values, with a gradient of `pull` times the size
            constant = ops.stop_gradient(poses)
            poses = constant + self.design.pull * (poses - constant)
        # The decoder is given the true class while it learns, and never when it is measured.
        decoded = self.decoder(self.mask(poses, y if training else None), training=training)
        margin = losses.margin(y, lengths)
        reconstruction = losses.squared_error(ops.cast(x, decoded.dtype) / 255, decoded)
        correct = ops.equal(ops.argmax(lengths, axis=-1), ops.cast(y, "int32"))
        return {
            "loss": margin + self.reconstruction_weight * reconstruction,
            "accuracy": ops.cast(correct, "float32"),
            "margin": margin,
            "reconstruction": reconstruction,
        }

    def primary(self, images: Any) -> np.ndarray:
        """The primary capsules u of each image, float32 `(n, primary, 8)`, lengths in [0, 1)."""
        return self.in_batches(self.trunk, self.pixels(images))

    def poses(self, images: Any) -> np.ndarray:
        """The digit capsules v of each image, float32 `(n, digit, pose)`; no label is used."""
        return self.in_batches(lambda x: self(x)["poses"], self.pixels(images))

    def lengths(self, images: Any) -> np.ndarray:
        """‖v‖ of each digit capsule, float32 `(n, digit)` in [0, 1)."""
        return np.linalg.norm(self.poses(images), axis=-1)

    def classify(self, images: Any) -> np.ndarray:
        """The class with the longest digit capsule, integers `(n,)`."""
        return self.lengths(images).argmax(axis=1)

    def decode(self, poses: Any, labels: Any = None) -> np.ndarray:
        """Images in 0…1 `(n, h, w, c)`, each decoded from the pose of one digit capsule.

        Parameters
        ----------
        poses : `(n, digit, pose)`.
        labels : which capsule to decode, `(n,)`; None takes the longest.
        """
        poses = np.asarray(poses, np.float32)
        if labels is None:
            labels = np.linalg.norm(poses, axis=-1).argmax(axis=1)
        labels = np.broadcast_to(np.asarray(labels, np.int32), (len(poses),))
        return self.in_batches(lambda v, k: self.decoder(self.mask(v, k)), poses, labels)

    def reconstruct(self, images: Any) -> np.ndarray:
        """Reconstructions in 0…1 `(n, h, w, c)`, decoded from the longest digit capsule of each image."""
        return self.decode(self.poses(images))

    def routing_weights(self) -> RoutingWeights:
        """The routing layer's W_ij `(primary, digit, pose, primary_dim)`, its bias, T, and how it routes."""
        layer = self.digit_capsules
        kernel = ops.convert_to_numpy(layer.kernel)  # (J, I · P, D)
        split = kernel.reshape(layer.digits, layer.primary, layer.primary_dim, layer.dimension)
        weights = np.ascontiguousarray(split.transpose(1, 0, 3, 2))  # (I, J, D, P)
        learned = {name: ops.convert_to_numpy(value) for name, value in layer.extra.items()}
        bias = ops.convert_to_numpy(layer.bias)
        iterations = layer.iterations if layer.routing in ("dynamic", "em") else 1
        return RoutingWeights(weights, bias, iterations, layer.routing, learned)

    def decoder_layers(self) -> list[tuple[np.ndarray, np.ndarray, str]]:
        """The dense decoder as `(kernel, bias, activation)`: masked poses → … → pixels."""
        layers: list[tuple[np.ndarray, np.ndarray, str]] = []
        for layer in self.decoder.layers:
            if isinstance(layer, keras.layers.Dense):
                layers.append((*layer.get_weights(), layer.activation.__name__))
            elif isinstance(layer, keras.layers.BatchNormalization):  # it goes into the layer before it
                kernel, bias, activation = layers.pop()
                gamma, beta, mean, variance = layer.get_weights()
                scale = gamma / np.sqrt(variance + layer.epsilon)
                layers.append((kernel * scale, (bias - mean) * scale + beta, activation))
            elif isinstance(layer, keras.layers.ReLU):
                layers.append((*layers.pop()[:2], "relu"))
        return layers

    def convolutions(self) -> list[ConvolutionWeights]:
        """The convolutions as arrays, first to last; the last one makes the primary capsules."""
        return read_convolutions(self.trunk.layers, self.image_shape)

    def feature_maps(self, images: Any) -> list[np.ndarray]:
        """The feature maps of each convolution, after its ReLU: float32 `(n, rows, columns, filters)` each.

        One array for each convolution before the primary capsules.
        """
        return read_feature_maps(self.trunk.layers, self.pixels(images))

    @property
    def grid(self) -> tuple[int, int, int]:
        """`(rows, columns, types)` of the primary capsules; i = (row · columns + column) · types + type."""
        return self.primary_capsules.grid

    def receptive_field(self, capsule: int) -> tuple[int, int, int, int]:
        """The pixels that affect primary capsule i: `(top, left, bottom, right)`, ends excluded."""
        rows, columns, types = self.grid
        if not 0 <= capsule < rows * columns * types:
            raise ArgumentError(
                "capsule", f"from 0 to {rows * columns * types - 1}", capsule, "Try capsule=0."
            )
        row, column = divmod(capsule // types, columns)
        top, bottom = field_of(row, self.image_shape[0], steps_along(self.design, 0))
        left, right = field_of(column, self.image_shape[1], steps_along(self.design, 1))
        return top, left, bottom, right

    def features(self, images: Any, what: str | None = None) -> Features:
        """The digit capsules as vectors: "poses" `(n, digit · pose)` (default) or "lengths" `(n, digit)`."""
        if what not in (None, "poses", "lengths"):
            raise unknown_name("what", what, ["poses", "lengths"])
        poses = self.poses(images)
        if what == "lengths":
            return Features(np.linalg.norm(poses, axis=-1), "capsule lengths", supervised=True)
        vectors = poses.reshape(len(poses), -1)  # (n, digit · pose)
        return Features(vectors, "capsule poses", supervised=True, decode=self._decode_vectors)

    def _decode_vectors(self, vectors: np.ndarray) -> np.ndarray:
        """`decode` for poses that lie end to end, `(n, digit · pose)`."""
        return self.decode(vectors.reshape(len(vectors), len(self.classes), -1))

    def get_config(self) -> dict[str, Any]:
        return take(["image_shape", "classes", "preset", "iterations", "seed", "routing"], self)


def _trunk(shape: tuple[int, int, int], design: Preset, seed: int) -> list[keras.layers.Layer]:
    """Image → feature maps → primary capsules."""
    layers: list[keras.layers.Layer] = [keras.Input(shape), keras.layers.Rescaling(1 / 255)]
    for i, c in enumerate(design.trunk):
        layers.append(
            keras.layers.Conv2D(
                c.filters,
                c.kernel,
                c.strides,
                c.padding,
                use_bias=not design.normalise,
                kernel_initializer=keras.initializers.HeNormal(seed + i),
            )
        )
        if design.normalise:
            layers.append(keras.layers.BatchNormalization(momentum=design.momentum))
        layers.append(keras.layers.ReLU())
    layers.append(
        PrimaryCapsules(
            design.types,
            design.primary_dim,
            design.kernel,
            design.strides,
            design.depthwise,
            design.padding,
            seed=seed + len(design.trunk),
            name="primary_capsules",
        )
    )
    return layers


def _decoder(shape: tuple[int, int, int], design: Preset, digits: int, seed: int) -> list[keras.layers.Layer]:
    """Masked poses → image in 0…1."""

    def dense(units: int, activation: str, i: int) -> keras.layers.Layer:
        start = keras.initializers.HeNormal(seed + 100 + i)
        return keras.layers.Dense(units, activation=activation, kernel_initializer=start)

    hidden: list[keras.layers.Layer] = []
    for i, units in enumerate(design.decoder):
        if design.normalise_decoder:
            norm = keras.layers.BatchNormalization(momentum=design.momentum)
            hidden += [dense(units, "linear", i), norm, keras.layers.ReLU()]
        else:
            hidden.append(dense(units, "relu", i))
    return [
        keras.Input((digits * design.dimension,)),
        *hidden,
        dense(int(np.prod(shape)), "sigmoid", len(design.decoder)),
        keras.layers.Reshape(shape),
    ]
