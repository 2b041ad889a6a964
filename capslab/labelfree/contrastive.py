"""Contrastive learning: train a network to recognise an image, whichever way it is seen.

Each image of a batch is shown twice, in two random views. The network gives each view a vector, and
the loss asks: among all other views in this batch, which one shows the same image? To answer, the
network must find what the views of one image have in common. Nobody tells it which images show the
same digit, yet two 4s share so much of it that they end up close.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import capslab.models.backend  # noqa: F401  # first, because it imports TensorFlow quietly

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.embedding import Features
from capslab.errors import ArgumentError, Verbatim
from capslab.labelfree.random_views import RandomViews
from capslab.labelfree.selftraining import (
    calibrate_trunk,
    check_jitter,
    check_training,
    small_trunk,
    train_steps,
)
from capslab.models.base import ImageModel, Recipe, is_finite_number, take
from capslab.models.layers import register

#: what is subtracted from the similarity of a view with itself, so that its exponential is 0
NEVER = 1e9


def contrastive_loss(pairs: Any, temperature: float = 0.2) -> Any:
    """How hard it is to find an image's other view among all views in the batch, one number per image.

    With unit vectors u of the 2n views, and j the other view of i:

        ℓᵢ = −log( exp(uᵢ·uⱼ / τ) / Σ_{k ≠ i} exp(uᵢ·uₖ / τ) )

    An image's loss is the mean of its two views'. It is at least log(1 + (2n − 2) exp(−2/τ)). Source:
    Chen et al. 2020, "A simple framework for contrastive learning of visual representations",
    equation 1.

    Parameters
    ----------
    pairs : `(n, 2, d)`, the vectors of both views of n images, of any length.
    temperature : τ > 0. The smaller it is, the more only the most similar views count.

    Returns
    -------
    Tensor `(n,)`.

    Examples
    --------
    Two images whose views agree and which are opposites of each other reach the least loss:

    >>> pairs = np.array([[[1.0, 0.0], [1.0, 0.0]], [[-1.0, 0.0], [-1.0, 0.0]]], np.float32)
    >>> np.asarray(contrastive_loss(pairs, temperature=1.0)).round(4)
    array([0.2395, 0.2395], dtype=float32)
    >>> float(np.log(1 + 2 * np.exp(-2)).round(4))
    0.2395
    """
    pairs = ops.convert_to_tensor(pairs)
    views = ops.concatenate([pairs[:, 0], pairs[:, 1]])  # (2n, d)
    views = views / ops.sqrt(ops.maximum(ops.sum(views**2, axis=1, keepdims=True), 1e-12))
    similarity = views @ ops.transpose(views) / temperature  # (2n, 2n)
    itself = ops.eye(ops.shape(views)[0], dtype=views.dtype)
    all_others = ops.logsumexp(similarity - NEVER * itself, axis=1)  # (2n,)
    n = ops.shape(pairs)[0]
    other_view = ops.sum(views * ops.roll(views, n, axis=0), axis=1) / temperature  # (2n,)
    return ops.mean(ops.reshape(all_others - other_view, (2, n)), axis=0)


@register
class ContrastiveNet(ImageModel):
    """The body of `SmallNet`, and a projection head in which views of the same image should agree.

    The head is thrown away after training: `features` are the outputs of the body, scaled to unit
    length. They cluster better than those of the head, which forgets more than it should (Chen et al.
    2020, section 4.2, found the same).

    Parameters
    ----------
    image_shape : `(height, width, channels)` of the images.
    widths : channels of the 5×5 and the 3×3 convolution, units of the dense layer.
    projection : numbers that the head gives a view.
    temperature : see `contrastive_loss`.
    jitter, gamma, erase, flip : how views of an image may differ; see `RandomViews`.
    seed : the same seed gives the same initial weights and the same views.

    Input uint8 `(batch, height, width, channels)`, output `(batch, 2, projection)`: the vectors of
    two random views in training, and twice that of the image itself otherwise.
    """

    recipe = Recipe(epochs=1, steps=400, batch_size=256, learning_rate=4e-3, warmup=0.15, decay=True)
    one_label = False

    def __init__(
        self,
        image_shape: Sequence[int],
        widths: Sequence[int] = (24, 48, 96),
        projection: int = 32,
        temperature: float = 0.2,
        jitter: dict[str, float] | None = None,
        gamma: float = 0.7,
        erase: float = 0.4,
        flip: bool = False,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(image_shape, **kwargs)
        self.widths, self.projection, self.temperature = tuple(widths), projection, float(temperature)
        self.seed = seed
        self.views = RandomViews(jitter, gamma, erase, flip, seed, name="views")
        self.trunk = small_trunk(self.image_shape, self.widths, seed)
        dense, start = self.widths[-1], keras.initializers.HeNormal
        self.head = keras.Sequential(
            [
                keras.Input((dense,)),
                keras.layers.Dense(dense, kernel_initializer=start(seed + 3), activation="relu"),
                keras.layers.Dense(projection, kernel_initializer=start(seed + 4)),
            ],
            name="head",
        )
        self.build((None, *self.image_shape))

    def build(self, input_shape: Any) -> None:
        self.views.build(input_shape)
        super().build(input_shape)

    def call(self, images: Any, training: bool = False) -> Any:
        grey = ops.cast(images, "float32") / 255
        both = ops.concatenate([grey, grey])  # (2 · batch, h, w, c)
        projections = self.head(self.trunk(self.views(both) if training else both, training=training))
        return ops.stack(ops.split(projections, 2), axis=1)  # (batch, 2, projection)

    def losses_per_image(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        return {"loss": contrastive_loss(y_pred, self.temperature)}

    def calibrate(self, images: Any, seed: int = 0) -> None:
        """Measure the means and variances of BatchNorm again, on plain images."""
        calibrate_trunk(self.trunk, self.pixels(images), seed)

    def features(self, images: Any, what: str | None = None) -> Features:
        """A vector of unit length for each image, `(n, widths[-1])`."""

        def unit(x: Any) -> Any:
            outputs = self.trunk(ops.cast(x, "float32") / 255)  # (batch, widths[-1])
            return outputs / ops.sqrt(ops.maximum(ops.sum(outputs**2, axis=1, keepdims=True), 1e-12))

        vectors = self.in_batches(unit, self.pixels(images))
        return Features(vectors, "contrastive features", supervised=False)

    def get_config(self) -> dict[str, Any]:
        views = {"jitter": self.views.amounts, **take(["gamma", "erase", "flip"], self.views)}
        config = take(["image_shape", "widths", "projection", "temperature", "seed"], self)
        return {**config, **views}


def contrast(
    images: Any,
    *,
    steps: int = 400,
    batch_size: int = 256,
    learning_rate: float = 4e-3,
    temperature: float = 0.2,
    widths: Sequence[int] = (24, 48, 96),
    jitter: dict[str, float] | None = None,
    gamma: float = 0.7,
    erase: float = 0.4,
    flip: bool = False,
    seed: int = 0,
) -> ContrastiveNet:
    """Train a small network without labels, by having it recognise images in different views.

    On 10,000 MNIST images, training takes about 38 CPU-seconds. The graph of 10 neighbours in
    `features` then clusters with a matched accuracy of .951; the graph of the same pixels reaches .808
    (`benchmarks/labelfree.py contrastive-10k raw-10k`, seed 0). How views differ was chosen among nine
    variants on 10,000 other training images with their labels in sight, where pixels gave .821: moving
    images as little as in `selftrain`, with grey levels unchanged and nothing covered, gave .898; changing
    grey levels .916; covering a square .911; both .926; both, moving the images further, for 400 steps
    instead of 300, .959. Deskewing would do as well (.961), but only somebody who knows digits thinks of it.

    Parameters
    ----------
    images : `Images`, whose labels are not read, or uint8 `(n, h, w, c)`; at least 2.
    steps, batch_size, learning_rate : for Adam, with 15 % warm-up and cosine decay to 0. Each image of
        a batch is seen twice. With fewer images than `batch_size`, a batch is all of them.
    temperature : see `contrastive_loss`.
    widths : see `ContrastiveNet`.
    jitter, gamma, erase, flip : how views of an image may differ; see `RandomViews`.
    seed : the same seed gives the same network.

    Returns
    -------
    ContrastiveNet : `features`, or `cl.embed`, gives a vector of unit length for each image.

    Raises
    ------
    ArgumentError : for anything but images, and for amounts out of range.
    TrainingFailed : if the loss is no longer a number.

    Examples
    --------
    >>> import capslab as cl
    >>> images = cl.load("digits")
    >>> print(cl.embed(contrast(images.train, steps=5), images.test))
    contrastive features: 359 × 96 (made without labels)
    """
    pixels = np.asarray(getattr(images, "images", images))
    if pixels.ndim != 4 or pixels.dtype != np.uint8 or len(pixels) < 2:
        received = Verbatim(f"{len(pixels)} of them") if pixels.ndim == 4 and len(pixels) < 2 else images
        raise ArgumentError(
            "images",
            "Images, or uint8 pixels (n, h, w, c), at least 2",
            received,
            "Take cl.load(), which gives Images.",
        )
    check_training(steps, batch_size, learning_rate, widths, seed, smallest_batch=2)
    check_jitter(jitter)
    _check_views(temperature, gamma, erase, flip)
    keras.utils.set_random_seed(int(seed))
    network = ContrastiveNet(
        pixels.shape[1:],
        tuple(map(int, widths)),
        temperature=temperature,
        jitter=jitter,
        gamma=gamma,
        erase=erase,
        flip=flip,
        seed=int(seed),
    )
    train_steps(
        network, pixels, None, int(steps), min(int(batch_size), len(pixels)), learning_rate, int(seed)
    )
    network.calibrate(pixels, int(seed))
    return network


def _check_views(temperature: Any, gamma: Any, erase: Any, flip: Any) -> None:
    """Raise an error unless these are amounts of `RandomViews` and a temperature."""
    if not is_finite_number(temperature) or temperature <= 0:
        raise ArgumentError("temperature", "a number above 0", temperature, "Try temperature=0.2.")
    if not is_finite_number(gamma) or gamma < 0:
        raise ArgumentError("gamma", "a number from 0", gamma, "Try gamma=0.7.")
    if not is_finite_number(erase) or not 0 <= erase <= 1:
        raise ArgumentError("erase", "a number from 0 to 1", erase, "Try erase=0.4.")
    if not isinstance(flip, (bool, np.bool_)):
        raise ArgumentError("flip", "True or False", flip, "Try flip=False.")
