"""Self-training: a small network taught the labels that a clustering gave its images.

Some of these labels are wrong. A network that sees every image turned, sheared and shifted
anew each time cannot learn single images by heart; it learns what most of a cluster has in
common, and then disagrees with the clustering where that was wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from capslab.models import backend  # first: it brings TensorFlow in quietly

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.clustering.validation import is_whole
from capslab.embedding import Features
from capslab.errors import ArgumentError, TrainingFailed, Verbatim
from capslab.models.base import ImageModel, Recipe, need_classes, take
from capslab.models.layers import register
from capslab.training.batches import Batches

#: batches of plain images that BatchNorm's averages are measured on at the end, and images in each
SETTLE_BATCHES, SETTLE_BATCH = 25, 500


@register
class Jitter(keras.layers.Layer):
    """Each image turned, scaled, sheared and shifted by its own random amounts, when training.

    A point p of the new image shows p' = M·(p − middle) + middle + shift of the old one, with
    M = rotation · scale · shear.

    Parameters
    ----------
    turn : largest rotation each way, in radians.
    scale : largest relative change of width and height, drawn for each.
    shear : largest slope that verticals get.
    shift : largest shift each way, as a share of the side.

    Input and output float `(batch, h, w, c)`; outside an image is black.
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
        self.chance = keras.random.SeedGenerator(seed)

    def call(self, images: Any, training: bool = False) -> Any:
        if not training:
            return images
        return self.jittered(images)

    def jittered(self, images: Any, most: float = 1.0) -> Any:
        """The images moved at random, whether training or not, by up to `most` of the largest change."""
        batch = ops.shape(images)[0]
        height, width = images.shape[1:3]
        r = keras.random.uniform((batch, 6), -most, most, seed=self.chance)
        cos, sin = ops.cos(self.turn * r[:, 0]), ops.sin(self.turn * r[:, 0])
        wide, high = ops.exp(self.scale * r[:, 1]), ops.exp(self.scale * r[:, 2])
        slope = self.shear * r[:, 3]
        a, b = cos * wide, cos * wide * slope - sin * high
        c, d = sin * wide, sin * wide * slope + cos * high
        x0, y0 = (width - 1) / 2, (height - 1) / 2
        across = x0 - a * x0 - b * y0 + self.shift * width * r[:, 4]
        down = y0 - c * x0 - d * y0 + self.shift * height * r[:, 5]
        none = ops.zeros_like(a)
        transforms = ops.stack([a, b, across, c, d, down, none, none], axis=1)  # (batch, 8)
        return ops.image.affine_transform(images, transforms, interpolation="bilinear", fill_mode="constant")

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **take(["turn", "scale", "shear", "shift", "seed"], self)}


@register
class SmallNet(ImageModel):
    """Two convolutions of stride 2, a dense layer, one logit a class; it jitters what it trains on.

    Parameters
    ----------
    image_shape : `(height, width, channels)` of the images.
    classes : number of classes, or their names.
    widths : channels of the 5×5 and the 3×3 convolution, units of the dense layer.
    smoothing : share of the target that is spread over all classes: some labels are wrong.
    jitter : largest changes for `Jitter`, or None for its own.

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
        self.changes = dict(jitter or {})
        self.jitter = Jitter(**self.changes, seed=seed, name="jitter")
        start = keras.initializers.HeNormal
        layers, (first, second, dense) = keras.layers, self.widths
        self.trunk = keras.Sequential(
            [
                keras.Input(self.image_shape),
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
        self.logits = layers.Dense(
            len(self.classes), kernel_initializer=keras.initializers.GlorotUniform(seed + 3), name="logits"
        )
        self.accuracy = keras.metrics.CategoricalAccuracy(name="accuracy")
        self.build((None, *self.image_shape))

    def build(self, input_shape: Any) -> None:
        self.logits.build((None, self.widths[-1]))
        super().build(input_shape)

    def call(self, images: Any, training: bool = False) -> Any:
        moved = self.jitter(ops.cast(images, "float32") / 255, training=training)
        return self.logits(self.trunk(moved, training=training))  # (batch, classes)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        target = ops.one_hot(y, len(self.classes))  # (batch, classes)
        self.accuracy.update_state(target, y_pred)
        losses = keras.losses.categorical_crossentropy(
            target, y_pred, from_logits=True, label_smoothing=self.smoothing
        )
        return ops.mean(losses)

    def settle(self, images: Any, seed: int = 0) -> None:
        """Measure the means and variances of BatchNorm anew, on images as they are.

        While it trained, the network saw moved images, and only the last few batches count in its
        moving averages: without this, accuracy on plain images varies by some tenths of a percent.
        """
        pixels = self.pixels(images)
        order = np.random.default_rng(seed).permutation(len(pixels))
        for start in range(0, SETTLE_BATCHES * SETTLE_BATCH, SETTLE_BATCH):
            chosen = np.take(order, range(start, start + SETTLE_BATCH), mode="wrap")
            self.trunk(ops.cast(pixels[chosen], "float32") / 255, training=True)

    def probabilities(self, images: Any, views: int = 0) -> np.ndarray:
        """softmax of the logits, `(n, classes)`: of the images, or the mean over jittered views of them."""

        def piece(x: Any) -> Any:
            grey = ops.cast(x, "float32") / 255
            if not views:
                return ops.softmax(self.logits(self.trunk(grey)))
            seen = [
                ops.softmax(self.logits(self.trunk(self.jitter.jittered(grey, 0.4)))) for _ in range(views)
            ]
            return sum(seen) / views

        return self.in_batches(piece, self.pixels(images))

    def classify(self, images: Any, views: int = 0) -> np.ndarray:
        """The likeliest class, integers `(n,)`."""
        return self.probabilities(images, views).argmax(axis=1)

    def features(self, images: Any, what: str | None = None) -> Features:
        """What the dense layer says of each image, `(n, widths[-1])`."""
        vectors = self.in_batches(lambda x: self.trunk(ops.cast(x, "float32") / 255), self.pixels(images))
        return Features(vectors, "self-trained features", supervised=False)

    def named(self, vectors: np.ndarray) -> np.ndarray:
        """The likeliest class of what `features` gave, integers `(n,)`."""
        kernel, bias = (ops.convert_to_numpy(weight) for weight in self.logits.weights)
        return (vectors @ kernel + bias).argmax(axis=1)

    def get_config(self) -> dict[str, Any]:
        config = take(["image_shape", "classes", "widths", "smoothing", "seed"], self)
        return {**config, "jitter": self.changes}


def check_jitter(amounts: Any) -> None:
    """Refuse what is no mapping from names of `Jitter`'s amounts to numbers from 0."""
    known = ("turn", "scale", "shear", "shift")
    if amounts is None:
        return
    good = isinstance(amounts, dict) and all(
        name in known and isinstance(amount, (int, float)) and 0 <= amount < np.inf
        for name, amount in amounts.items()
    )
    if not good:
        expected = f"None, or numbers from 0 for some of {', '.join(known)}"
        raise ArgumentError("jitter", expected, amounts, "Try jitter={'turn': 0.1}.")


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
    """A small network trained on labels that come from a clustering, not from people.

    Images stay uint8; a batch becomes floats when its turn comes.

    Parameters
    ----------
    images : `Images`, or uint8 `(n, h, w, c)`.
    labels : cluster numbers from 0, `(n,)`: `SpectralPath(…).fit_predict(images)`.
    steps, batch_size, learning_rate : of Adam, with 15 % of warm-up and a cosine to 0.
    widths, jitter : see `SmallNet`.
    seed : the same seed gives the same network.

    Returns
    -------
    SmallNet : `classify` takes any images of the same size, seen or not.

    Raises
    ------
    ArgumentError : for labels that do not fit the images, or a single cluster.
    TrainingFailed : when the loss is no longer a number.
    """
    pixels = np.asarray(getattr(images, "images", images))
    labels = np.asarray(labels)
    for name, value in (("steps", steps), ("batch_size", batch_size)):
        if not is_whole(value) or value < 1:
            raise ArgumentError(name, "a whole number from 1", value, "Leave it out.")
    if labels.shape != pixels.shape[:1] or labels.dtype.kind not in "iu" or labels.min(initial=0) < 0:
        raise ArgumentError(
            "labels", f"{len(pixels):,} cluster numbers from 0", labels, "SpectralPath gives them."
        )
    k = int(labels.max(initial=0)) + 1
    if k < 2:
        raise ArgumentError(
            "labels", "of two clusters or more", Verbatim("a single one"), "Cut with a larger k."
        )
    check_jitter(jitter)
    keras.utils.set_random_seed(seed)
    network = SmallNet(pixels.shape[1:], k, widths, jitter=jitter, seed=seed)
    network.pixels(pixels[:1])
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
    known = SimpleNamespace(images=pixels, labels=labels)
    history = network.fit(
        backend.feed(Batches(known, batch_size, seed, passes=passes)),
        steps_per_epoch=steps,
        verbose=0,
        shuffle=False,  # the pipeline does it
    )
    if not np.isfinite(history.history["loss"][-1]):
        raise TrainingFailed("The loss is no longer a number. Try learning_rate=1e-3.")
    network.settle(pixels, seed)
    return network
