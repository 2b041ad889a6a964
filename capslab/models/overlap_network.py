"""A capsule network for two overlapping digits: it classifies both, reconstructs each, divides the pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.data.digit_pairs import overlapping_pairs, stream_pairs
from capslab.errors import ArgumentError, Verbatim
from capslab.models import losses
from capslab.models.base import Recipe
from capslab.models.capsnet import CapsNet
from capslab.models.capsnet_for_size import along
from capslab.models.capsnet_presets import Preset
from capslab.models.layers import length, register

MASK_WEIGHT = 0.1  # weight of the masks' cross-entropy


@dataclass(frozen=True)
class Separated:
    """Two digits of each image, taken apart.

    Attributes
    ----------
    labels : the classes of the two capsules, `(n, 2)`.
    reconstructions : the digit decoded from each capsule, float32 in 0…1 `(n, 2, h, w, c)`; the decoder sees
        that capsule's pose alone.
    logits : mask logits, `(n, 2, h, w)`; above 0, that digit covers the pixel more likely than not.
    """

    labels: np.ndarray
    reconstructions: np.ndarray
    logits: np.ndarray

    @property
    def owner(self) -> np.ndarray:
        """Which digit, 0 or 1, each pixel more likely belongs to, by the masks: `(n, h, w)`."""
        return self.logits.argmax(axis=1)

    @property
    def owner_by_reconstruction(self) -> np.ndarray:
        """The same by the reconstructions alone: the digit whose reconstruction is brighter there."""
        return self.reconstructions.max(axis=-1).argmax(axis=1)

    @property
    def masks(self) -> np.ndarray:
        """The pixels that each digit covers, bool `(n, 2, h, w)`; some may be covered by both."""
        return self.logits > 0


@register
class OverlapNet(CapsNet):
    """A `CapsNet` that learns from pairs.

    Three things differ. The loss is the cross-entropy of the lengths, Σⱼ −y log ‖v‖ − (1−y) log(1−‖v‖):
    every capsule answers for itself whether its digit is there, and two digits are. The decoder
    reconstructs **one** digit at a time from the pose of its capsule, without the other digit. And a small
    head predicts which pixels of the image that digit covers: its inputs are the capsule's pose *and* the
    first feature maps, which still show the strokes.

    Parameters are those of `CapsNet`; presets "overlap" and "overlap-quick" (36×36; the second learns more
    in a minute and less in an hour), "overlap-digits" (12×12) and "any-size". None takes "overlap-digits" for
    sides of 8 to 14 pixels, "overlap" for 28 to 44, and "any-size" for all others.
    """

    one_label = False
    recipe = Recipe(epochs=6, steps=1000, batch_size=64, learning_rate=8e-3, warmup=0.05, decay=True)
    #: attributes to set when this share of the training is done
    stages = ((0.0, {"trains_decoder": False}), (0.5, {"trains_decoder": True}))

    def __init__(self, image_shape: Any, classes: Any, preset: str | None = None, **kwargs: Any) -> None:
        super().__init__(image_shape, classes, preset, **kwargs)
        self.trains_decoder = True  # and the head for the masks
        self.trains_capsules = True
        self.mask_weight = MASK_WEIGHT

    @classmethod
    def default_preset(cls, image_shape: tuple[int, int, int]) -> str:
        """The preset that was made for images of this size, else the one for every size."""
        least, most = min(image_shape[:2]), max(image_shape[:2])
        if least >= 8 and most <= 14:
            return "overlap-digits"
        return "overlap" if least >= 28 and most <= 44 else cls.for_every_size

    @classmethod
    def can_use(cls, design: Preset) -> bool:
        """Whether the first maps, from which the masks branch off, are the whole or half of the image."""
        return design.normalise and design.trunk[0].padding == "same"

    @property
    def trains_capsules(self) -> bool:
        """Whether the capsules are being trained; if not, only the decoder and the masks learn."""
        return self.digit_capsules.trainable

    @trains_capsules.setter
    def trains_capsules(self, value: bool) -> None:
        self.trunk.trainable = self.digit_capsules.trainable = value

    @property
    def half_size(self) -> tuple[int, int]:
        """Rows and columns of maps of half the image's size, rounded up."""
        height, width, _ = self.image_shape
        return -(-height // 2), -(-width // 2)

    def _decoder(self, design: Preset) -> list[keras.layers.Layer]:
        """Masked poses → quarter-size maps → image; the masks branch off at half size."""
        height, width, channels = self.image_shape
        rows, columns = -(-height // 4), -(-width // 4)  # doubled twice, then cropped to the image
        start = keras.initializers.HeNormal
        seed = self.seed + 100
        layers = [
            keras.Input((len(self.classes) * design.dimension,)),
            keras.layers.Dense(128, "relu", kernel_initializer=start(seed)),
            keras.layers.Dense(rows * columns * 16, "relu", kernel_initializer=start(seed + 1)),
            keras.layers.Reshape((rows, columns, 16)),
            keras.layers.Conv2DTranspose(
                16, 4, 2, "same", activation="relu", kernel_initializer=start(seed + 2)
            ),
            keras.layers.Conv2DTranspose(
                channels, 4, 2, "same", activation="sigmoid", kernel_initializer=start(seed + 3)
            ),
        ]
        if (4 * rows, 4 * columns) != (height, width):
            layers.append(keras.layers.Cropping2D(((0, 4 * rows - height), (0, 4 * columns - width))))
        self.mask_loss = keras.metrics.Mean(name="masks")
        # The masks also need the strokes, as the first convolution sees them.
        first = design.trunk[0]
        half = self.half_size
        strides = [along(first.strides, axis) for axis in (0, 1)]
        seen = [-(-side // stride) for side, stride in zip((height, width), strides, strict=True)]
        halving = (2 // strides[0], 2 // strides[1])
        self.strokes = keras.layers.Conv2D(16, 3, halving, "same", kernel_initializer=start(seed + 4))
        self.strokes.build((None, *seen, first.filters))
        self.shape_of_digit = keras.layers.Conv2D(16, 1, kernel_initializer=start(seed + 5))
        self.shape_of_digit.build((None, *half, 16))
        self.to_mask = keras.layers.Conv2DTranspose(1, 4, 2, "same", kernel_initializer=start(seed + 6))
        self.to_mask.build((None, *half, 16))
        return layers

    def call(self, images: Any, training: bool = False) -> dict[str, Any]:
        def through(layers: list[Any], maps: Any) -> Any:
            for layer in layers:
                # Passed on by hand: under JAX Keras calls `call` itself, and layers do not get it otherwise.
                given = {"training": training} if isinstance(layer, keras.layers.BatchNormalization) else {}
                maps = layer(maps, **given)
            return maps

        first = through(self.trunk.layers[:4], images)  # scaling, convolution, normalisation, ReLU
        maps = through(self.trunk.layers[4:], first)
        poses = self.digit_capsules(maps)  # (batch, digit, pose)
        return {"lengths": length(poses), "poses": poses, "first": first}

    def reconstruct_each(self, poses: Any, labels: Any, first: Any) -> tuple[Any, Any]:
        """The digits of `labels` `(batch, k)`, each decoded from its own capsule.

        Returns
        -------
        Images in 0…1 and mask logits, `(batch, k, h, w, c)` and `(batch, k, h, w)`; a logit above
        0 says that the pixel is more likely covered by that digit than not.
        """
        count = labels.shape[1]
        chosen = ops.one_hot(labels, len(self.classes), dtype=poses.dtype)  # (batch, k, digit)
        masked = ops.expand_dims(chosen, -1) * ops.expand_dims(poses, 1)  # (batch, k, digit, pose)
        maps = ops.reshape(masked, (-1, poses.shape[1] * poses.shape[2]))  # (batch · k, digit · pose)
        for layer in self.decoder.layers[:4]:
            maps = layer(maps)  # …, (batch · k, h/2, w/2, 16)
        decoded = maps
        for layer in self.decoder.layers[4:]:
            decoded = layer(decoded)  # (batch · k, h, w, c)
        height, width, channels = self.image_shape
        rows, columns = self.half_size
        half = (rows, columns, 16)
        maps = maps[:, :rows, :columns]
        strokes = ops.expand_dims(self.strokes(ops.stop_gradient(first)), 1)  # (batch, 1, h/2, w/2, 16)
        shapes = ops.reshape(self.shape_of_digit(maps), (-1, count, *half))
        hidden = ops.reshape(ops.relu(strokes + shapes), (-1, *half))
        logits = self.to_mask(hidden)[:, :height, :width]
        logits = ops.reshape(logits, (-1, count, height, width))
        return ops.reshape(decoded, (-1, count, height, width, channels)), logits

    def losses_per_image(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        lengths, labels = y_pred["lengths"], y["labels"]
        classes = len(self.classes)
        present = ops.sum(ops.one_hot(labels, classes, dtype=lengths.dtype), axis=1)  # (batch, digit)
        loss = losses.presence(present, lengths) / (classes / 2)
        two = ops.top_k(lengths, 2)[1]
        predicted = ops.sum(ops.one_hot(two, classes, dtype=lengths.dtype), axis=1)
        correct = ops.all(ops.equal(present, predicted), axis=-1)
        values = {"loss": loss, "accuracy": ops.cast(correct, "float32"), "margin": loss}
        if not self.trains_decoder:
            return values
        if not self.trains_capsules:
            loss = ops.zeros_like(loss)

        digits = ops.cast(y["digits"], "float32") / 255  # (batch, 2, h, w, c)
        decoded, logits = self.reconstruct_each(y_pred["poses"], labels, y_pred["first"])
        error = ops.sum(ops.square(digits - decoded), axis=(1, 2, 3, 4))
        covered = ops.cast(ops.max(digits, axis=-1) >= 0.5, "float32")  # (batch, 2, h, w)
        entropy = ops.maximum(logits, 0.0) - logits * covered + ops.log1p(ops.exp(-ops.abs(logits)))
        ink = ops.max(covered, axis=1, keepdims=True)  # pixels without ink do not count
        masks = ops.sum(entropy * ink, axis=(1, 2, 3)) / (1 + 2 * ops.sum(ink, axis=(1, 2, 3)))
        values["loss"] = loss + self.reconstruction_weight * error + self.mask_weight * masks
        return {**values, "reconstruction": error, "masks": masks}

    def detect(self, images: Any, count: int = 2) -> np.ndarray:
        """The `count` longest digit capsules, longest first, integers `(n, count)`."""
        return np.argsort(-self.lengths(images), axis=1, kind="stable")[:, :count]

    def separate(self, images: Any, labels: Any = None) -> Separated:
        """Each digit reconstructed from its own capsule, and the pixels divided between the two.

        Parameters
        ----------
        images : uint8 `(n, h, w, c)` or `Pairs`.
        labels : classes of the two digits `(n, 2)`; None takes those that `detect` predicts, so that no true
            label is used.
        """
        pixels = self.pixels(images)
        labels = self.detect(images) if labels is None else np.asarray(labels)
        labels = labels.astype(np.int32)

        def decode(x: Any, y: Any) -> Any:
            outputs = self(x)
            decoded, logits = self.reconstruct_each(outputs["poses"], y, outputs["first"])
            return ops.concatenate([decoded, ops.expand_dims(logits, -1)], axis=-1)

        both = self.in_batches(decode, pixels, labels)  # (n, 2, h, w, c + 1)
        return Separated(labels, both[..., :-1], both[..., -1])

    def stream(self, images: Any, batch_size: int, seed: int) -> Iterator[Any]:
        """What `capslab.fit` trains on: new pairs of these images."""
        return stream_pairs(
            images, batch_size, shift=(self.image_shape[0] - images.image_shape[0]) // 2, seed=seed
        )

    def targets(self, images: Any) -> Any:
        """What `fit` learns from `Pairs`: both labels, and each digit alone."""
        if not hasattr(images, "digits"):
            raise ArgumentError(
                "images",
                "Pairs: this network learns from two digits at once",
                images,
                "Write cl.fit(model, images), which makes pairs from single images as it trains.",
            )
        return {"labels": images.labels.astype(np.int32), "digits": images.digits}

    def measure(self, test: Any, n: int = 5000, seed: int = 0) -> dict[str, float]:
        """On new pairs of these images: both classes right, digits right, pixels given to the right digit."""
        from capslab.models import detection

        pairs = overlapping_pairs(test, n, shift=(self.image_shape[0] - test.image_shape[0]) // 2, seed=seed)
        predicted = detection.aligned(pairs.labels, self.detect(pairs))
        separated = self.separate(pairs, predicted)
        return {
            "test both right": round(float(detection.both_right(pairs.labels, predicted).mean()), 4),
            "test per digit": round(detection.per_digit(pairs.labels, predicted), 4),
            "test pixels told apart": round(detection.exclusive_accuracy(pairs.masks, separated.owner), 4),
        }

    def decoder_layers(self) -> list[Any]:
        """Refused: this decoder is not dense, so the views that decode in the browser cannot take it."""
        raise ArgumentError(
            "model",
            "one whose decoder is made of dense layers",
            Verbatim("an OverlapNet"),
            'Take cl.pretrained("capsnet-digits").',
        )
