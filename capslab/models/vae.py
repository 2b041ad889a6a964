"""The variational autoencoder: a latent code for each image, and an image for each latent code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np
from keras import ops

from capslab.embedding import Features
from capslab.errors import ArgumentError, unknown_name, whole_number
from capslab.models import losses
from capslab.models.autoencoder import CodeModel
from capslab.models.base import is_finite_number, take
from capslab.models.layers import GaussianSample, register


@dataclass(frozen=True)
class Posterior:
    """q(z|x) of each image: `mean` μ and `log_variance` log σ², each `(n, latent)`."""

    mean: np.ndarray
    log_variance: np.ndarray

    @property
    def std(self) -> np.ndarray:
        """σ, always positive."""
        return np.exp(0.5 * self.log_variance)


@dataclass(frozen=True)
class Elbo:
    """Lower bounds on log p(x) of each image, in nats, each `(n,)`.

    elbo = −reconstruction − kl ≤ log p(x).

    Attributes
    ----------
    reconstruction : −log p(x|z), averaged over the samples of z.
    kl : KL(q(z|x) ‖ p(z)), in closed form.
    importance_weighted_bound : from the same samples, log 1/S Σ_s p(x|z_s) p(z_s) / q(z_s|x).
        With one sample a noisy ELBO; the more samples, the closer to log p(x). Source: Burda et al. 2016
        (arXiv 1509.00519).
    """

    reconstruction: np.ndarray
    kl: np.ndarray
    importance_weighted_bound: np.ndarray

    @property
    def elbo(self) -> np.ndarray:
        """−(reconstruction + KL): higher is better."""
        return -(self.reconstruction + self.kl)

    def __str__(self) -> str:
        return (
            f"−ELBO {-self.elbo.mean():.1f} nats per image = reconstruction "
            f"{self.reconstruction.mean():.1f} + KL {self.kl.mean():.1f}"
        )


@register
class VAE(CodeModel):
    """An encoder to q(z|x) = N(μ(x), σ²(x)), a decoder p(x|z), trained by their ELBO.

    loss = −log p(x|z) + β KL(q(z|x) ‖ N(0, 1)),  z = μ + σ ε. Source: Kingma & Welling 2013
    (arXiv 1312.6114); β: Higgins et al. 2017.

    Parameters
    ----------
    image_shape : `(height, width, channels)` of the images.
    latent_dim : number d of latent dimensions; None takes as many as images of this size make use of, 4 for
        8×8 and 16 from 23×23 on (see `capslab.models.autoencoder.latent_dimensions`).
    beta : weight of the KL; 1 is the ELBO, 0 a (noisy) autoencoder.
    architecture : "dense" (784-512-256-d and back), "convolutional" (two 4×4 convolutions of
        stride 2 and back) or "deep" (likewise with residual blocks; ten times slower, and better).
    reconstruction : "bernoulli" (cross-entropy of grey levels, in nats) or "gaussian" (squared
        error with standard deviation `sigma`). Both are summed over pixels.
    sigma : standard deviation of a pixel under "gaussian", in grey levels of 0…1.

    Input uint8 `(batch, h, w, c)`. Output a dict: `mean`, `log_variance`, `z` `(batch, d)` and
    `logits (batch, h, w, c)`, which one sigmoid turns into grey levels.
    """

    beta: float
    mean: keras.layers.Layer
    log_variance: keras.layers.Layer
    sampler: keras.layers.Layer
    parts = ("reconstruction", "kl")

    def __init__(
        self,
        image_shape: Sequence[int],
        latent_dim: int | None = None,
        beta: float = 1.0,
        architecture: str = "dense",
        reconstruction: str = "bernoulli",
        sigma: float = 0.2,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(image_shape, latent_dim, architecture, reconstruction, sigma, seed, **kwargs)
        if not is_finite_number(beta) or beta < 0:
            raise ArgumentError("beta", "a number from 0", beta, "Try beta=1, the ELBO.")
        self.beta = float(beta)
        # The variance is exp() of the second head, so it is always positive.
        self.mean, self.log_variance = self.head("mean", 90), self.head("log_variance", 91)
        self.sampler = GaussianSample(seed)
        self.reconstruction_part = keras.metrics.Mean(name="reconstruction")
        self.kl_part = keras.metrics.Mean(name="kl")
        self.build((None, *self.image_shape))

    def build(self, input_shape: Any) -> None:
        for head in (self.mean, self.log_variance):
            head.build(self.encoder.output_shape)
        super().build(input_shape)

    def call(self, images: Any, training: bool = False) -> dict[str, Any]:
        hidden = self.encoder(images, training=training)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)  # (batch, latent)
        z = self.sampler(mean, log_variance)
        return {"mean": mean, "log_variance": log_variance, "z": z, "logits": self.decoder(z)}

    def losses_per_image(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        pixels = ops.cast(x, y_pred["logits"].dtype) / 255
        reconstruction = self.reconstruction_loss(pixels, y_pred["logits"])  # (batch,)
        kl = ops.sum(losses.kl_to_prior(y_pred["mean"], y_pred["log_variance"]), axis=-1)  # (batch,)
        return {"loss": reconstruction + self.beta * kl, "reconstruction": reconstruction, "kl": kl}

    def posterior(self, images: Any) -> Posterior:
        """μ and log σ² of each image."""
        heads = self.in_batches(self._heads, self.pixels(images))  # (n, 2 · latent)
        return Posterior(heads[:, : self.latent_dim], heads[:, self.latent_dim :])

    def _heads(self, images: Any) -> Any:
        hidden = self.encoder(images)
        return ops.concatenate([self.mean(hidden), self.log_variance(hidden)], axis=-1)

    def encode(self, images: Any) -> np.ndarray:
        """μ of each image, `(n, latent)`: the latent code without noise, the one to cluster."""
        return self.posterior(images).mean

    def elbo(self, images: Any, samples: int = 1, seed: int = 0) -> Elbo:
        """The ELBO of each image over `samples` samples of z, and the importance-weighted bound.

        β plays no part, so the bounds of networks trained with different β can be compared.

        Raises
        ------
        ArgumentError : for fewer than one sample.

        Examples
        --------
        >>> import capslab as cl
        >>> bound = cl.pretrained("vae-digits").elbo(cl.load("digits").test, samples=10)
        >>> bool(bound.elbo.mean() < bound.importance_weighted_bound.mean())
        True
        """
        samples = whole_number("samples", samples, next_step="Try samples=50, which give a tight bound.")
        pixels, codes = self.pixels(images), self.posterior(images)
        rng = np.random.default_rng(seed)
        reconstruction, log_weights = np.empty((2, samples, len(pixels)))
        for s in range(samples):
            noise = rng.normal(size=codes.mean.shape).astype(np.float32)
            z = codes.mean + codes.std * noise
            log_ratio = 0.5 * (noise**2 - z**2 + codes.log_variance).sum(axis=1)  # log p(z) − log q(z|x)
            reconstruction[s] = self.reconstruction_nats(pixels, z)
            log_weights[s] = log_ratio - reconstruction[s]
        kl = np.sum(ops.convert_to_numpy(losses.kl_to_prior(codes.mean, codes.log_variance)), axis=-1)
        top = log_weights.max(axis=0)
        bound = top + np.log(np.exp(log_weights - top).mean(axis=0))
        return Elbo(reconstruction.mean(axis=0), kl, bound)

    def log_likelihood(self, images: Any, samples: int = 50, seed: int = 0) -> np.ndarray:
        """The importance-weighted bound of each image, `(n,)`: on average never above log p(x)."""
        return self.elbo(images, samples, seed).importance_weighted_bound

    def kl_per_dimension(self, images: Any) -> np.ndarray:
        """Mean KL of each latent dimension in nats, `(latent,)`: near 0 for those that are not used."""
        codes = self.posterior(images)
        return ops.convert_to_numpy(losses.kl_to_prior(codes.mean, codes.log_variance)).mean(axis=0)

    def active_units(self, images: Any, threshold: float = 0.01) -> int:
        """Number of latent dimensions that depend on the image: variance of μ over images above 0.01.

        Source: Burda et al. 2016, arXiv 1509.00519, section 5.2.
        """
        return int((self.encode(images).var(axis=0) > threshold).sum())

    def features(self, images: Any, what: str | None = None) -> Features:
        """The mean μ of each image's latent code; it needs no labels, and it decodes."""
        if what not in (None, "mean"):
            raise unknown_name("what", what, ["mean"])
        return Features(self.encode(images), "VAE means", supervised=False, decode=self.decode)

    def get_config(self) -> dict[str, Any]:
        names = ["image_shape", "latent_dim", "beta", "architecture", "reconstruction", "sigma", "seed"]
        return take(names, self)
