"""Self-training: train a small student network on the labels that a clustering gave its images.

Some of these labels are wrong. But a network that sees every image rotated, sheared and shifted
differently each time cannot memorise single images. It learns what most images of a cluster have
in common, and then disagrees with the clustering where the clustering was wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from types import SimpleNamespace
from typing import Any

from capslab.models import backend  # first, because it imports TensorFlow quietly

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.embedding import Features
from capslab.errors import ArgumentError, TrainingFailed, Verbatim, is_whole
from capslab.models.base import ImageModel, Recipe, is_finite_number, need_classes, take
from capslab.models.layers import register
from capslab.training.batches import Batches

#: after training, BatchNorm's averages are measured again on this many batches of this many plain images
CALIBRATION_BATCHES, CALIBRATION_BATCH_SIZE = 25, 500


@register
class Jitter(keras.layers.Layer):
    """Augmentation: rotate, scale, shear and shift each image by its own random amounts, when training.

    The new image at p is the old one at p' = M·(p − middle) + middle + shift, where
    M = rotation · scale · shear.

    Parameters
    ----------
    turn : largest rotation in either direction, in radians.
    scale : largest relative change of width and of height, drawn separately.
    shear : largest slope of what was vertical.
    shift : largest shift in either direction, as a fraction of the side.

    Input and output are float `(batch, h, w, c)`; outside the image everything is black.
    """

    def __init__(
        self,
        turn: float = 0.2,
        scale: float = 0.15,
        shear: float = 0.3,
        shift: float = 0.08,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.turn, self.scale, self.shear, self.shift, self.seed = turn, scale, shear, shift, seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, images: Any, training: bool = False) -> Any:
        if not training:
            return images
        return self.jittered(images)

    def jittered(self, images: Any, strength: float = 1.0) -> Any:
        """The images changed at random, training or not; `strength` 0…1 scales the largest amounts."""
        batch = ops.shape(images)[0]
        height, width = images.shape[1:3]
        r = keras.random.uniform((batch, 6), -strength, strength, seed=self.seed_generator)
        cos, sin = ops.cos(self.turn * r[:, 0]), ops.sin(self.turn * r[:, 0])
        wide, high = ops.exp(self.scale * r[:, 1]), ops.exp(self.scale * r[:, 2])
        slope = self.shear * r[:, 3]
        a, b = cos * wide, cos * wide * slope - sin * high
        c, d = sin * wide, sin * wide * slope + cos * high
        x0, y0 = (width - 1) / 2, (height - 1) / 2
        across = x0 - a * x0 - b * y0 + self.shift * width * r[:, 4]
        down = y0 - c * x0 - d * y0 + self.shift * height * r[:, 5]
        zero = ops.zeros_like(a)
        transforms = ops.stack([a, b, across, c, d, down, zero, zero], axis=1)  # (batch, 8)
        return ops.image.affine_transform(images, transforms, interpolation="bilinear", fill_mode="constant")

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **take(["turn", "scale", "shear", "shift", "seed"], self)}


def small_trunk(image_shape: Sequence[int], widths: Sequence[int], seed: int) -> keras.Sequential:
    """A 5×5 and a 3×3 convolution with stride 2, and a dense layer: the body of our small networks.

    Each is followed by BatchNorm and ReLU. Input float `(batch, h, w, c)`, output `(batch, widths[-1])`.
    """
    layers, start, (first, second, dense) = keras.layers, keras.initializers.HeNormal, widths
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Conv2D(first, 5, 2, "same", use_bias=False, kernel_initializer=start(seed)),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Conv2D(second, 3, 2, "same", use_bias=False, kernel_initializer=start(seed + 1)),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.Flatten(),
            layers.Dense(dense, use_bias=False, kernel_initializer=start(seed + 2)),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
        ],
        name="trunk",
    )


def calibrate_trunk(trunk: Any, pixels: np.ndarray, seed: int) -> None:
    """Measure the averages of BatchNorm again, on plain images; see `SmallNet.calibrate`."""
    order = np.random.default_rng(seed).permutation(len(pixels))
    for start in range(0, CALIBRATION_BATCHES * CALIBRATION_BATCH_SIZE, CALIBRATION_BATCH_SIZE):
        batch = np.take(order, range(start, start + CALIBRATION_BATCH_SIZE), mode="wrap")
        trunk(ops.cast(pixels[batch], "float32") / 255, training=True)


@register
class SmallNet(ImageModel):
    """Two convolutions with stride 2, a dense layer, and one logit per class; it trains on jittered images.

    Parameters
    ----------
    image_shape : `(height, width, channels)` of the images.
    classes : number of classes, or their names.
    widths : channels of the 5×5 and the 3×3 convolution, units of the dense layer.
    smoothing : label smoothing, the part of the target spread over all classes, because some labels
        are wrong; 0…1.
    jitter : largest amounts for `Jitter`, or None for its own.
    seed : the same seed gives the same initial weights and the same jitter.

    Input uint8 `(batch, height, width, channels)`, output logits `(batch, classes)`.
    """

    recipe = Recipe(epochs=1, steps=700, batch_size=256, learning_rate=4e-3, warmup=0.15, decay=True)

    def __init__(
        self,
        image_shape: Sequence[int],
        classes: int | Sequence[str],
        widths: Sequence[int] = (24, 48, 96),
        smoothing: float = 0.1,
        jitter: dict[str, float] | None = None,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(image_shape, classes, **kwargs)
        need_classes(self.classes, classes)
        self.widths, self.smoothing, self.seed = tuple(widths), float(smoothing), seed
        self.jitter_amounts = {name: float(amount) for name, amount in (jitter or {}).items()}
        self.jitter = Jitter(**self.jitter_amounts, seed=seed, name="jitter")
        self.trunk = small_trunk(self.image_shape, self.widths, seed)
        self.logits = keras.layers.Dense(
            len(self.classes), kernel_initializer=keras.initializers.GlorotUniform(seed + 3), name="logits"
        )
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.build((None, *self.image_shape))

    def build(self, input_shape: Any) -> None:
        self.logits.build((None, self.widths[-1]))
        super().build(input_shape)

    def call(self, images: Any, training: bool = False) -> Any:
        jittered = self.jitter(ops.cast(images, "float32") / 255, training=training)
        return self.logits(self.trunk(jittered, training=training))  # (batch, classes)

    def losses_per_image(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        target = ops.one_hot(y, len(self.classes))  # (batch, classes)
        losses = keras.losses.categorical_crossentropy(
            target, y_pred, from_logits=True, label_smoothing=self.smoothing
        )
        return {"loss": losses, "accuracy": keras.metrics.categorical_accuracy(target, y_pred)}

    def calibrate(self, images: Any, seed: int = 0) -> None:
        """Measure the means and variances of BatchNorm again, on plain images.

        While it trained, the network saw jittered images, and only the last few batches count in its
        moving averages. Without this, accuracy on plain images varies by a few tenths of a percent.
        """
        calibrate_trunk(self.trunk, self.pixels(images), seed)

    def probabilities(self, images: Any, views: int = 0) -> np.ndarray:
        """The softmax of the logits, `(n, classes)`; with `views`, its mean over that many jittered views."""

        def predict(x: Any) -> Any:
            grey = ops.cast(x, "float32") / 255
            if not views:
                return ops.softmax(self.logits(self.trunk(grey)))
            predictions = [
                ops.softmax(self.logits(self.trunk(self.jitter.jittered(grey, 0.4)))) for _ in range(views)
            ]
            return sum(predictions) / views

        return self.in_batches(predict, self.pixels(images))

    def classify(self, images: Any, views: int = 0) -> np.ndarray:
        """The most probable class, integers `(n,)`."""
        return self.probabilities(images, views).argmax(axis=1)

    def features(self, images: Any, what: str | None = None) -> Features:
        """The output of the dense layer for each image, `(n, widths[-1])`."""
        vectors = self.in_batches(lambda x: self.trunk(ops.cast(x, "float32") / 255), self.pixels(images))
        return Features(vectors, "self-trained features", supervised=False)

    def classify_features(self, vectors: np.ndarray) -> np.ndarray:
        """The most probable class for vectors that `features` returned, integers `(n,)`."""
        kernel, bias = (ops.convert_to_numpy(weight) for weight in self.logits.weights)
        return (vectors @ kernel + bias).argmax(axis=1)

    def get_config(self) -> dict[str, Any]:
        config = take(["image_shape", "classes", "widths", "smoothing", "seed"], self)
        return {**config, "jitter": self.jitter_amounts}


def check_jitter(amounts: Any) -> None:
    """Raise an error unless `amounts` is None or maps names of `Jitter`'s amounts to numbers from 0."""
    names = ("turn", "scale", "shear", "shift")
    if amounts is None:
        return
    valid = isinstance(amounts, dict) and all(
        name in names and isinstance(amount, Real) and 0 <= float(amount) < np.inf
        for name, amount in amounts.items()
    )
    if not valid:
        expected = f"None, or numbers from 0 for some of {', '.join(names)}"
        raise ArgumentError("jitter", expected, amounts, "Try jitter={'turn': 0.1}.")


def check_training(
    steps: Any, batch_size: Any, learning_rate: Any, widths: Any, seed: Any, *, smallest_batch: int = 1
) -> None:
    """Raise an error unless a small network can be made and trained with these."""
    for name, value, least in (("steps", steps, 1), ("batch_size", batch_size, smallest_batch)):
        if not is_whole(value) or value < least:
            raise ArgumentError(name, f"a whole number from {least}", value, "Leave it out.")
    if not is_finite_number(learning_rate) or learning_rate <= 0:
        raise ArgumentError("learning_rate", "a number above 0", learning_rate, "Try learning_rate=4e-3.")
    counts = tuple(widths) if isinstance(widths, (tuple, list)) else ()
    if len(counts) != 3 or not all(is_whole(count) and count > 0 for count in counts):
        raise ArgumentError("widths", "three whole numbers from 1", widths, "Try widths=(24, 48, 96).")
    if not is_whole(seed) or seed < 0:
        raise ArgumentError("seed", "a whole number from 0", seed, "Try seed=0.")


def selftrain(
    images: Any,
    labels: Any,
    *,
    steps: int = 700,
    batch_size: int = 256,
    learning_rate: float = 4e-3,
    widths: Sequence[int] = (24, 48, 96),
    jitter: dict[str, float] | None = None,
    seed: int = 0,
) -> SmallNet:
    """Train a small network on labels that come from a clustering, not from people.

    Images stay uint8; each batch is converted to floats when it is needed.

    Parameters
    ----------
    images : `Images`, or uint8 `(n, h, w, c)`.
    labels : cluster numbers from 0, `(n,)`, for example `SpectralPath(…).fit_predict(images)`.
    steps, batch_size, learning_rate : for Adam, with 15 % warm-up and cosine decay to 0.
    widths, jitter : see `SmallNet`.
    seed : the same seed gives the same network.

    Returns
    -------
    SmallNet : `classify` takes any images of the same size.

    Raises
    ------
    ArgumentError : for labels that do not fit the images, a single cluster, numbers out of range.
    TrainingFailed : if the loss is no longer a number.
    """
    pixels = np.asarray(getattr(images, "images", images))
    labels = np.asarray(labels)
    check_training(steps, batch_size, learning_rate, widths, seed)
    steps, batch_size, seed = int(steps), int(batch_size), int(seed)  # Keras takes no NumPy integers
    if labels.shape != pixels.shape[:1] or labels.dtype.kind not in "iu" or labels.min(initial=0) < 0:
        raise ArgumentError(
            "labels",
            f"{len(pixels):,} cluster numbers from 0",
            labels,
            "Take cl.SpectralPath(n_clusters=10).fit_predict(images).",
        )
    k = int(labels.max(initial=0)) + 1
    if k < 2:
        raise ArgumentError(
            "labels",
            "of two clusters or more",
            Verbatim("a single one"),
            "Take cl.SpectralPath(n_clusters=10).fit_predict(images).",
        )
    check_jitter(jitter)
    keras.utils.set_random_seed(seed)
    network = SmallNet(pixels.shape[1:], k, tuple(map(int, widths)), jitter=jitter, seed=seed)
    network.pixels(pixels[:1])
    train_steps(network, pixels, labels, steps, batch_size, learning_rate, seed)
    network.calibrate(pixels, seed)
    return network


def train_steps(
    network: Any,
    pixels: np.ndarray,
    labels: np.ndarray | None,
    steps: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
) -> None:
    """Train with Adam for a number of steps: 15 % of them warm up, then the rate decays to 0 along a cosine.

    Raises
    ------
    TrainingFailed : if the loss is no longer a number.
    """
    warm = round(0.15 * steps)
    network.compile(
        optimizer=keras.optimizers.Adam(
            keras.optimizers.schedules.CosineDecay(
                0.0, max(steps - warm, 1), warmup_target=learning_rate, warmup_steps=warm
            )
        ),
        **backend.compile_options(steps),
    )
    passes = -(-steps * batch_size // len(pixels))
    training_set = SimpleNamespace(images=pixels, labels=labels)
    history = network.fit(
        backend.feed(Batches(training_set, batch_size, seed, passes=passes)),
        steps_per_epoch=steps,
        verbose=0,
        shuffle=False,  # the pipeline shuffles
    )
    if not np.isfinite(history.history["loss"][-1]):
        raise TrainingFailed("The loss is no longer a number. Try learning_rate=1e-3.")
