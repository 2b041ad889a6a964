"""The variational autoencoder: a code for each image, and an image for each code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from capslab import losses
from capslab.errors import ArgumentError, unknown_name
from capslab.features import Features
from capslab.layers import GaussianSample, register
from capslab.models.base import ImageModel, Recipe, take

ARCHITECTURES = ("dense", "convolutional")
RECONSTRUCTIONS = ("bernoulli", "gaussian")


@dataclass(frozen=True)
class Codes:
    """q(z|x) of each image: `mean` μ and `log_variance` log σ², each `(n, latent)`."""

    mean: np.ndarray
    log_variance: np.ndarray

    @property
    def deviation(self) -> np.ndarray:
        """σ, always positive."""
        return np.exp(0.5 * self.log_variance)


@dataclass(frozen=True)
class Elbo:
    """The evidence lower bound of each image and its two parts, in nats, each `(n,)`.

    elbo = −reconstruction − kl ≤ log p(x).
    """

    reconstruction: np.ndarray
    kl: np.ndarray

    @property
    def elbo(self) -> np.ndarray:
        """−(reconstruction + KL): higher is better."""
        return -(self.reconstruction + self.kl)

    def __str__(self) -> str:
        return (
            f"−ELBO {-self.elbo.mean():.1f} nats an image = reconstruction "
            f"{self.reconstruction.mean():.1f} + KL {self.kl.mean():.1f}"
        )


@register
class VAE(ImageModel):
    """An encoder to q(z|x) = N(μ(x), σ²(x)), a decoder p(x|z), trained by their ELBO.

    loss = −log p(x|z) + β KL(q(z|x) ‖ N(0, 1)),  z = μ + σ ε. Source: Kingma & Welling 2013
    (arXiv 1312.6114); β: Higgins et al. 2017.

    Parameters
    ----------
    shape : `(height, width, channels)` of the images.
    latent_dim : number d of latent dimensions.
    beta : weight of the KL; 1 is the ELBO, 0 a (noisy) autoencoder.
    architecture : "dense" (784-512-256-d and back) or "convolutional" (two 4×4 convolutions of
        stride 2 and back).
    reconstruction : "bernoulli" (cross-entropy of grey levels, in nats) or "gaussian" (squared
        error with deviation `sigma`). Both are summed over pixels.
    sigma : deviation of a pixel under "gaussian", in grey levels of 0…1.

    Input uint8 `(batch, h, w, c)`. Output a dict: `mean`, `log_variance`, `z` `(batch, d)` and
    `logits (batch, h, w, c)`, which one sigmoid turns into grey levels.
    """

    # Twice the batch at twice the rate reaches the same bound in two thirds of the time.
    recipe = Recipe(epochs=5, steps=900, batch=256, rate=2e-3)

    def __init__(
        self,
        shape: Sequence[int],
        latent_dim: int = 16,
        beta: float = 1.0,
        architecture: str = "dense",
        reconstruction: str = "bernoulli",
        sigma: float = 0.2,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(shape, **kwargs)
        if not isinstance(latent_dim, int) or latent_dim < 1:
            raise ArgumentError(
                "latent_dim", "a whole number from 1", latent_dim, "2 can be drawn, 16 is better."
            )
        if not beta >= 0:
            raise ArgumentError("beta", "a number from 0", beta, "1 is the ELBO.")
        if architecture not in ARCHITECTURES:
            raise unknown_name("architecture", architecture, ARCHITECTURES)
        if reconstruction not in RECONSTRUCTIONS:
            raise unknown_name("reconstruction", reconstruction, RECONSTRUCTIONS)
        if not sigma > 0:
            raise ArgumentError("sigma", "a number above 0", sigma, "0.2 is a fifth of the grey scale.")
        self.latent_dim, self.beta, self.architecture = latent_dim, float(beta), architecture
        self.reconstruction, self.sigma, self.seed = reconstruction, float(sigma), seed

        pieces = _dense if architecture == "dense" else _convolutional
        encoder, decoder = pieces(self.shape, latent_dim, seed)
        self.encoder = keras.Sequential(encoder, name="encoder")
        self.decoder = keras.Sequential(decoder, name="decoder")
        # Both heads are linear: a mean may be negative, and exp() makes a variance positive.
        start = keras.initializers.GlorotUniform
        self.mean = keras.layers.Dense(latent_dim, kernel_initializer=start(seed + 90), name="mean")
        self.log_variance = keras.layers.Dense(
            latent_dim, kernel_initializer=start(seed + 91), name="log_variance"
        )
        self.sampler = GaussianSample(seed)
        self.reconstruction_nats = keras.metrics.Mean(name="reconstruction")
        self.kl_nats = keras.metrics.Mean(name="kl")
        self.build((None, *self.shape))

    def build(self, input_shape: Any) -> None:
        for head in (self.mean, self.log_variance):
            head.build(self.encoder.output_shape)
        super().build(input_shape)

    def call(self, images: Any, training: bool = False) -> dict[str, Any]:
        hidden = self.encoder(images, training=training)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)  # (batch, latent)
        z = self.sampler(mean, log_variance)
        return {"mean": mean, "log_variance": log_variance, "z": z, "logits": self.decoder(z)}

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        pixels = ops.cast(x, y_pred["logits"].dtype) / 255
        reconstruction = self._reconstruction_loss(pixels, y_pred["logits"])  # (batch,)
        kl = ops.sum(losses.kl_to_prior(y_pred["mean"], y_pred["log_variance"]), axis=-1)  # (batch,)
        self.reconstruction_nats.update_state(reconstruction)
        self.kl_nats.update_state(kl)
        return ops.mean(reconstruction + self.beta * kl)

    def _reconstruction_loss(self, pixels: Any, logits: Any) -> Any:
        if self.reconstruction == "bernoulli":
            return losses.bernoulli(pixels, logits)
        return losses.gaussian(pixels, ops.sigmoid(logits), self.sigma)

    # What the network says of images and codes, in NumPy --------------------------------

    def encode_full(self, images: Any) -> Codes:
        """μ and log σ² of each image."""
        found = self.in_batches(self._heads, self.pixels(images))  # (n, 2 · latent)
        return Codes(found[:, : self.latent_dim], found[:, self.latent_dim :])

    def _heads(self, images: Any) -> Any:
        hidden = self.encoder(images)
        return ops.concatenate([self.mean(hidden), self.log_variance(hidden)], axis=-1)

    def encode(self, images: Any) -> np.ndarray:
        """μ of each image, `(n, latent)`: the code to cluster, with no noise in it."""
        return self.encode_full(images).mean

    def decode(self, z: Any) -> np.ndarray:
        """Grey levels in 0…1, `(n, h, w, c)`, of codes `(n, latent)`."""
        z = np.asarray(z, np.float32)
        if z.ndim != 2 or z.shape[1] != self.latent_dim:
            raise ArgumentError(
                "z", f"of shape (n, {self.latent_dim})", z, "Write vae.decode(z[None]) for one."
            )
        return self.in_batches(lambda codes: ops.sigmoid(self.decoder(codes)), z)

    def reconstruct(self, images: Any) -> np.ndarray:
        """Decode of the mean code, in 0…1: what the network keeps of each image."""
        return self.decode(self.encode(images))

    def sample(self, n: int, seed: int = 0) -> np.ndarray:
        """New images in 0…1 from the prior: z ~ N(0, 1), then decoded."""
        return self.decode(np.random.default_rng(seed).normal(size=(n, self.latent_dim)))

    def interpolate(self, first: Any, second: Any, steps: int = 8) -> np.ndarray:
        """Images along the straight line between the codes of two images, ends included."""
        ends = [
            self.encode(np.asarray(getattr(i, "images", i)).reshape(1, *self.shape)) for i in (first, second)
        ]
        t = np.linspace(0, 1, steps, dtype=np.float32)[:, None]
        return self.decode((1 - t) * ends[0] + t * ends[1])

    def elbo(self, images: Any, samples: int = 1, seed: int = 0) -> Elbo:
        """The ELBO of each image, its reconstruction averaged over `samples` draws of z.

        β plays no part: bounds of networks trained with different β compare.
        """
        pixels, codes = self.pixels(images), self.encode_full(images)
        rng = np.random.default_rng(seed)
        total = np.zeros(len(pixels))
        for _ in range(samples):
            z = codes.mean + codes.deviation * rng.normal(size=codes.mean.shape).astype(np.float32)
            total += self._reconstruction_nats(pixels, z)
        kl = np.sum(ops.convert_to_numpy(losses.kl_to_prior(codes.mean, codes.log_variance)), axis=-1)
        return Elbo(total / samples, kl)

    def log_likelihood(self, images: Any, samples: int = 50, seed: int = 0) -> np.ndarray:
        """A tighter bound on log p(x) than the ELBO, nats, `(n,)`: importance-weighted.

        log 1/S Σ_s p(x|z_s) p(z_s) / q(z_s|x). Source: Burda et al. 2016, arXiv 1509.00519.
        """
        pixels, codes = self.pixels(images), self.encode_full(images)
        rng = np.random.default_rng(seed)
        weights = np.empty((samples, len(pixels)))
        for s in range(samples):
            noise = rng.normal(size=codes.mean.shape).astype(np.float32)
            z = codes.mean + codes.deviation * noise
            log_ratio = 0.5 * (noise**2 - z**2 + codes.log_variance).sum(axis=1)  # log p(z) − log q(z|x)
            weights[s] = log_ratio - self._reconstruction_nats(pixels, z)
        top = weights.max(axis=0)
        return top + np.log(np.exp(weights - top).mean(axis=0))

    def _reconstruction_nats(self, pixels: np.ndarray, z: np.ndarray) -> np.ndarray:
        def nats(x: Any, codes: Any) -> Any:
            return self._reconstruction_loss(ops.cast(x, "float32") / 255, self.decoder(codes))

        return self.in_batches(nats, pixels, z)

    def kl_per_dimension(self, images: Any) -> np.ndarray:
        """Mean KL of each latent dimension in nats, `(latent,)`: near 0 where one is not used."""
        codes = self.encode_full(images)
        return ops.convert_to_numpy(losses.kl_to_prior(codes.mean, codes.log_variance)).mean(axis=0)

    def active_units(self, images: Any, threshold: float = 0.01) -> int:
        """How many dimensions move with the image: variance of μ over images above 0.01.

        Source: Burda et al. 2016, arXiv 1509.00519, section 5.2.
        """
        return int((self.encode(images).var(axis=0) > threshold).sum())

    def decoder_layers(self) -> list[tuple[np.ndarray, np.ndarray, str]] | None:
        """A dense decoder as `(kernel, bias, activation)`, z → pixels in 0…1; None for convolutions."""
        if self.architecture != "dense":
            return None
        layers = [layer for layer in self.decoder.layers if isinstance(layer, keras.layers.Dense)]
        names = ["relu"] * (len(layers) - 1) + ["sigmoid"]
        return [(*layer.get_weights(), name) for layer, name in zip(layers, names, strict=True)]

    def features(self, images: Any, what: str | None = None) -> Features:
        """The mean code μ of each image; made without labels, and it decodes."""
        if what not in (None, "mean"):
            raise unknown_name("what", what, ["mean"])
        return Features(self.encode(images), "VAE means", supervised=False, decode=self.decode)

    def get_config(self) -> dict[str, Any]:
        names = ["shape", "latent_dim", "beta", "architecture", "reconstruction", "sigma", "seed"]
        return take(names, self)


def _dense(shape: tuple[int, int, int], latent: int, seed: int) -> tuple[list[Any], list[Any]]:
    """784-512-256 and 256-512-784, as layers of the encoder and of the decoder."""

    def dense(units: int, i: int, activation: str | None = "relu") -> Any:
        start = (
            keras.initializers.HeNormal(seed + i)
            if activation
            else keras.initializers.GlorotUniform(seed + i)
        )
        return keras.layers.Dense(units, activation=activation, kernel_initializer=start)

    pixels = int(np.prod(shape))
    encoder = [
        keras.Input(shape),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Flatten(),
        dense(512, 0),
        dense(256, 1),
    ]
    decoder = [
        keras.Input((latent,)),
        dense(256, 2),
        dense(512, 3),
        dense(pixels, 4, None),
        keras.layers.Reshape(shape),
    ]
    return encoder, decoder


def _convolutional(shape: tuple[int, int, int], latent: int, seed: int) -> tuple[list[Any], list[Any]]:
    """Two 4×4 convolutions of stride 2 and back; other sizes than multiples of 4 are cropped."""
    height, width, channels = shape
    rows, columns = -(-height // 4), -(-width // 4)

    def start(i: int) -> Any:
        return keras.initializers.HeNormal(seed + i)

    def convolution(filters: int, i: int) -> Any:
        return keras.layers.Conv2D(filters, 4, 2, "same", activation="relu", kernel_initializer=start(i))

    def back(filters: int, i: int, activation: str | None) -> Any:
        return keras.layers.Conv2DTranspose(
            filters, 4, 2, "same", activation=activation, kernel_initializer=start(i)
        )

    def dense(units: int, i: int) -> Any:
        return keras.layers.Dense(units, activation="relu", kernel_initializer=start(i))

    encoder = [
        keras.Input(shape),
        keras.layers.Rescaling(1 / 255),
        convolution(32, 0),
        convolution(64, 1),
        keras.layers.Flatten(),
        dense(128, 2),
    ]
    decoder = [
        keras.Input((latent,)),
        dense(128, 3),
        dense(rows * columns * 32, 4),
        keras.layers.Reshape((rows, columns, 32)),
        back(32, 5, "relu"),
        back(channels, 6, None),
        keras.layers.Cropping2D(((0, 4 * rows - height), (0, 4 * columns - width))),
    ]
    return encoder, decoder
