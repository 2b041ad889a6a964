"""Exercises of 20_build_a_vae: a sample that lets gradients through, and the loss of a training step.

Both run inside a network, so they are written with `ops`. Source: Kingma and Welling 2013 (arXiv 1312.6114),
sections 2.3 and 2.4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab import ops
from capslab.exercises.exercise import Case, Exercise, InNetwork, Mistake
from capslab.exercises.nb19_surprise import elbo, kl_divergence

NOTEBOOK = "20_build_a_vae"


def reparameterise(mean, log_variance, noise):
    """z = μ + σ ε, with σ = exp(½ log σ²)."""
    return mean + ops.exp(0.5 * log_variance) * noise  # (n, d)


def _sample_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, d: int, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return rng.normal(size=(n, d)), rng.normal(size=(n, d)) * spread, rng.normal(size=(n, d))

    still = random_case(3, 2)
    cases = [
        Case("a few images", random_case(4, 3)),
        Case("one image", random_case(1, 2)),
        Case("no noise at all, so that z is the mean", (still[0], still[1], np.zeros((3, 2)))),
        Case("a standard deviation of 1, where the logarithm of the variance is 0", random_case(3, 2, 0.0)),
    ]
    if hard:
        cases.append(Case("a wide range of variances", random_case(20, 16, 4.0)))
    return cases


def _sample_trials() -> list[tuple[np.ndarray, ...]]:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(3, 2))
    return [tuple(rng.normal(size=(3, 3, 2))), (np.zeros((3, 2)), np.zeros((3, 2)), noise)]


def encode(images):
    """A stand-in for an encoder: a mean and a log variance for each row of an image, `(n, side)` each."""
    return 3 * ops.mean(images, axis=2) - 1, -2 * ops.mean(images**2, axis=2)


def decode(z):
    """A stand-in for a decoder: images `(n, side, side)` between 0 and 1 from codes `(n, side)`."""
    return 1 / (1 + ops.exp(0.5 * z[:, None, :] - z[:, :, None]))


def vae_loss(images, encode, decode, noise, elbo):
    """The mean of −ELBO over a batch, from one sample of z for each image."""
    mean, log_variance = encode(images)  # (n, d) each
    z = mean + ops.exp(0.5 * log_variance) * noise
    return -ops.mean(elbo(images, decode(z), mean, log_variance))


def _batch(rng: np.random.Generator, n: int, side: int, spread: float = 1.0) -> tuple[Any, ...]:
    return rng.random((n, side, side)), encode, decode, spread * rng.normal(size=(n, side)), elbo


def _loss_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    grey, *others = _batch(rng, 3, 4)
    cases = [
        Case("a few images", _batch(rng, 4, 3)),
        Case("one image", _batch(rng, 1, 5)),
        Case("no noise at all, so that z is the mean", _batch(rng, 3, 3, 0.0)),
        Case("noise far out, so that z is far from the mean", _batch(rng, 3, 2, 3.0)),
        Case("black and white images", (np.rint(grey), *others)),
        Case("as many images as latent dimensions", _batch(rng, 4, 4)),
    ]
    if hard:
        cases.append(Case("a batch of larger images", _batch(rng, 20, 12)))
    return cases


def _loss(images, encode, decode, noise, elbo, *, drawn=True, over=np.mean, again=0.0):
    """`vae_loss` with one thing changed."""
    mean, log_variance = encode(images)
    z = reparameterise(mean, log_variance, noise) if drawn else mean
    return over(again * kl_divergence(mean, log_variance) - elbo(images, decode(z), mean, log_variance))


EXERCISES = (
    Exercise(
        name="reparameterise",
        notebook=NOTEBOOK,
        title="A sample that lets gradients through",
        task=(
            "Write reparameterise(mean, log_variance, noise). It returns z = μ + σ ε of shape (n, d). The "
            "network gives the logarithm of the variance σ²."
        ),
        points=2,
        hints=(
            "z is the mean plus the noise, scaled by the standard deviation σ.",
            "The network gives log σ². What do you have to do to it to get σ?",
            "σ = exp(½ log σ²), so z = mean + ops.exp(0.5 * log_variance) * noise.",
        ),
        cases=_sample_cases,
        reference=reparameterise,
        real_size=lambda: tuple(np.random.default_rng(0).normal(size=(3, 5000, 16))),
        in_network=InNetwork(reparameterise, _sample_trials),
        mistakes=(
            Mistake(
                "variance as standard deviation",
                "You scale the noise by the variance σ². The standard deviation is its square root, so "
                "take half of the logarithm.",
                lambda mean, log_variance, noise: mean + np.exp(log_variance) * noise,
            ),
            Mistake(
                "logarithm as standard deviation",
                "You multiply the noise by log σ² itself, which can even be negative. Turn it into a "
                "standard deviation with np.exp first.",
                lambda mean, log_variance, noise: mean + log_variance * noise,
            ),
            Mistake(
                "root of the logarithm",
                "You take the root of log σ², which can be negative. First undo the logarithm, then take the "
                "root; or take half of the logarithm, and then np.exp.",
                lambda mean, log_variance, noise: mean + np.sqrt(log_variance) * noise,
            ),
            Mistake(
                "no sample",
                "The noise plays no part: you return the mean. Then the decoder never sees what lies "
                "between the codes, and you have a plain autoencoder.",
                lambda mean, log_variance, noise: mean + 0 * noise,
            ),
        ),
    ),
    Exercise(
        name="vae_loss",
        notebook=NOTEBOOK,
        title="The loss of a training step",
        task=(
            "Write vae_loss(images, encode, decode, noise, elbo). encode(images) gives a mean and a log "
            "variance, (n, d) each; decode(z) gives images (n, h, w); noise is (n, d); elbo is the function "
            "of lesson 19. It returns one number, the mean of −ELBO over the images."
        ),
        points=3,
        hints=(
            "Follow an image: encode it, take z = reparameterise(…) from its cloud, decode z, and ask "
            "elbo(…) what it is worth.",
            "mean, log_variance = encode(images) unpacks the two. elbo(images, decoded, mean, log_variance) "
            "gives one number per image, (n,), and larger is better; a loss is to become smaller.",
            "With decoded = decode(reparameterise(mean, log_variance, noise)), return "
            "-ops.mean(elbo(images, decoded, mean, log_variance)).",
        ),
        cases=_loss_cases,
        reference=vae_loss,
        real_size=lambda: _batch(np.random.default_rng(0), 256, 28),
        in_network=InNetwork(
            vae_loss, lambda: [_batch(np.random.default_rng(0), 3, 2, spread) for spread in (1.0, 0.0)]
        ),
        mistakes=(
            Mistake(
                "mean decoded",
                "You decode the mean, and the noise plays no part. Then the decoder never sees the rest of "
                "the cloud, as in a plain autoencoder. Decode what reparameterise gives.",
                lambda *given: _loss(*given, drawn=False),
            ),
            Mistake(
                "ELBO itself",
                "This is the ELBO, which should become as large as possible. Training makes its loss small, "
                "so the loss is minus the ELBO.",
                lambda *given: -_loss(*given),
            ),
            Mistake(
                "summed over images",
                "You add up the images of the batch. Take the mean, so that the loss does not depend on how "
                "many images a batch has.",
                lambda *given: _loss(*given, over=np.sum),
            ),
            Mistake(
                "KL counted twice",
                "The KL is already inside the ELBO, and you add it a second time.",
                lambda *given: _loss(*given, again=1.0),
            ),
        ),
    ),
)
