"""The plain autoencoder, and what it shares with the variational one: latent codes and their decoder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.embedding import Features
from capslab.errors import ArgumentError, unknown_name, whole_number
from capslab.models import losses
from capslab.models.base import ImageModel, Recipe, is_finite_number, take
from capslab.models.encoders import ARCHITECTURES
from capslab.models.layers import register

RECONSTRUCTIONS = ("bernoulli", "gaussian")


def latent_dimensions(image_shape: tuple[int, int, int]) -> int:
    """How many latent dimensions images of this size get by default: from 4 to 16.

    Half the side of a square of as many numbers, to the nearest power of two. A VAE of the 8×8 digits
    reaches its lowest −ELBO with 4: of 16 it leaves 12 without use (a KL under 0.05 nats each).

    >>> latent_dimensions((8, 8, 1)), latent_dimensions((28, 28, 1)), latent_dimensions((96, 96, 3))
    (4, 16, 16)
    """
    exponent = round(math.log2(math.sqrt(math.prod(image_shape)) / 2))
    return int(min(max(2**exponent, 4), 16))


class CodeModel(ImageModel):
    """An encoder and a decoder around `latent_dim` numbers, the latent code.

    A subclass gives `encode(images)`, `(n, d)`; `reconstruct` and `interpolate` follow from it.
    """

    # Twice the batch size at twice the learning rate reaches the same loss in two thirds of the time; a
    # rate that falls to 0 spares the last epochs the noise of large steps.
    one_label = False
    encoder: keras.Sequential
    decoder: keras.Sequential
    latent_dim: int
    architecture: str
    reconstruction: str
    sigma: float
    seed: int
    recipe = Recipe(epochs=4, steps=800, batch_size=256, learning_rate=3e-3, warmup=0.05, decay=True)

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int | None,
        architecture: str,
        reconstruction: str,
        sigma: float,
        seed: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(image_shape, **kwargs)
        if architecture not in ARCHITECTURES:
            raise unknown_name("architecture", architecture, ARCHITECTURES)
        if reconstruction not in RECONSTRUCTIONS:
            raise unknown_name("reconstruction", reconstruction, RECONSTRUCTIONS)
        if not is_finite_number(sigma) or sigma <= 0:
            raise ArgumentError(
                "sigma", "a number above 0", sigma, "Try sigma=0.2, a fifth of the grey scale."
            )
        if latent_dim is None:
            latent_dim = latent_dimensions(self.image_shape)
        self.latent_dim = whole_number(
            "latent_dim", latent_dim, next_step="Try latent_dim=16, or 2, which can be plotted."
        )
        self.architecture, self.reconstruction, self.sigma = architecture, reconstruction, float(sigma)
        self.seed = seed = whole_number("seed", seed, 0)
        encoder, decoder = ARCHITECTURES[architecture](self.image_shape, self.latent_dim, seed)
        self.encoder = keras.Sequential(encoder, name="encoder")
        self.decoder = keras.Sequential(decoder, name="decoder")

    def head(self, name: str, seed: int) -> Any:
        """A linear layer from the encoder's last units to d numbers, which may be negative."""
        start = keras.initializers.GlorotUniform(self.seed + seed)
        return keras.layers.Dense(self.latent_dim, kernel_initializer=start, name=name, dtype="float32")

    def encode(self, images: Any) -> np.ndarray:
        """The latent code of each image, `(n, d)`."""
        raise NotImplementedError

    def decode(self, z: Any) -> np.ndarray:
        """Images in 0…1, `(n, h, w, c)`, from latent codes `(n, latent)`."""
        z = np.asarray(z, np.float32)
        if z.ndim != 2 or z.shape[1] != self.latent_dim:
            raise ArgumentError(
                "z", f"of shape (n, {self.latent_dim})", z, "Write vae.decode(z[None]) for one."
            )
        return self.in_batches(lambda codes: ops.sigmoid(self.decoder(codes)), z)

    def reconstruct(self, images: Any) -> np.ndarray:
        """Each image encoded and decoded again, in 0…1: what the latent code keeps of it."""
        return self.decode(self.encode(images))

    def sample(self, n: int, seed: int = 0) -> np.ndarray:
        """Images decoded from n samples z ~ N(0, 1): a VAE learns to make them, an autoencoder does not."""
        return self.decode(np.random.default_rng(seed).normal(size=(n, self.latent_dim)))

    def interpolate(self, first: Any, second: Any, steps: int = 8) -> np.ndarray:
        """Images along the straight line between the codes of two images, ends included."""
        ends = [
            self.encode(np.asarray(getattr(i, "images", i)).reshape(1, *self.image_shape))
            for i in (first, second)
        ]
        t = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
        return self.decode((1 - t) * ends[0] + t * ends[1])

    def reconstruction_loss(self, pixels: Any, logits: Any) -> Any:
        """−log p(x|z) in nats, summed over pixels, `(batch,)`; pixels in 0…1."""
        if self.reconstruction == "bernoulli":
            return losses.bernoulli(pixels, logits)
        return losses.gaussian(pixels, ops.sigmoid(logits), self.sigma)

    def reconstruction_nats(self, images: Any, z: np.ndarray) -> np.ndarray:
        """−log p(x|z) of each image under its code, `(n,)`."""

        def nats(x: Any, codes: Any) -> Any:
            return self.reconstruction_loss(ops.cast(x, "float32") / 255, self.decoder(codes))

        return self.in_batches(nats, self.pixels(images), np.asarray(z, np.float32))

    def decoder_layers(self) -> list[tuple[np.ndarray, np.ndarray, str]] | None:
        """A dense decoder as `(kernel, bias, activation)`, z → pixels in 0…1; None for convolutions."""
        if self.architecture != "dense":
            return None
        layers = [layer for layer in self.decoder.layers if isinstance(layer, keras.layers.Dense)]
        names = ["relu"] * (len(layers) - 1) + ["sigmoid"]
        return [(*layer.get_weights(), name) for layer, name in zip(layers, names, strict=True)]


@register
class AutoEncoder(CodeModel):
    """A VAE without noise and without KL, to compare it with: the same layers, one code per image.

    loss = −log p(x|z),  z = encoder(x). Source: Hinton & Salakhutdinov 2006.

    Parameters
    ----------
    image_shape : `(height, width, channels)` of the images.
    latent_dim : number d of latent dimensions; None as for `VAE`.
    architecture, reconstruction, sigma, seed : as for `VAE`.

    Input uint8 `(batch, h, w, c)`. Output a dict: `z` `(batch, d)` and `logits (batch, h, w, c)`,
    which one sigmoid turns into grey levels.

    Examples
    --------
    >>> import capslab as cl
    >>> images = cl.load("digits")
    >>> plain = cl.AutoEncoder(images.image_shape, latent_dim=2)
    >>> plain.encode(images.test[:5]).shape
    (5, 2)
    """

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int | None = None,
        architecture: str = "dense",
        reconstruction: str = "bernoulli",
        sigma: float = 0.2,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(image_shape, latent_dim, architecture, reconstruction, sigma, seed, **kwargs)
        self.code = self.head("code", 90)
        self.build((None, *self.image_shape))

    def build(self, input_shape: Any) -> None:
        self.code.build(self.encoder.output_shape)
        super().build(input_shape)

    def call(self, images: Any, training: bool = False) -> dict[str, Any]:
        z = self.code(self.encoder(images, training=training))  # (batch, latent)
        return {"z": z, "logits": self.decoder(z)}

    def losses_per_image(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        pixels = ops.cast(x, y_pred["logits"].dtype) / 255
        return {"loss": self.reconstruction_loss(pixels, y_pred["logits"])}

    def encode(self, images: Any) -> np.ndarray:
        """The latent code of each image, `(n, latent)`."""
        return self.in_batches(lambda x: self.code(self.encoder(x)), self.pixels(images))

    def features(self, images: Any, what: str | None = None) -> Features:
        """The latent code of each image; it needs no labels, and it decodes."""
        if what not in (None, "code"):
            raise unknown_name("what", what, ["code"])
        return Features(self.encode(images), "autoencoder codes", supervised=False, decode=self.decode)

    def get_config(self) -> dict[str, Any]:
        return take(["image_shape", "latent_dim", "architecture", "reconstruction", "sigma", "seed"], self)
