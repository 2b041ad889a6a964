"""Exercises of 20_build_a_vae: a sample that lets gradients through, and the loss of a training step.

Both run inside a network, so they are written with `ops`. Source: Kingma and Welling 2013 (arXiv 1312.6114),
sections 2.3 and 2.4.
"""

from __future__ import annotations

import numpy as np

from capslab import ops
from capslab.exercises.exercise import Case, Exercise, InNetwork, Mistake

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


def bound(images, decoded, mean, log_variance):
    """The ELBO of each image, `(n,)`: what the learner's own `elbo` computes in the lesson."""
    log_likelihood = images * ops.log(decoded) + (1 - images) * ops.log(1 - decoded)  # (n, h, w)
    kl = 0.5 * ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=1)  # (n,)
    return ops.sum(log_likelihood, axis=(1, 2)) - kl


def vae_loss(images, encode, decode, noise, elbo):
    """The mean of −ELBO over a batch, from one sample of z for each image."""
    mean, log_variance = encode(images)  # (n, d) each
    z = mean + ops.exp(0.5 * log_variance) * noise
    return -ops.mean(elbo(images, decode(z), mean, log_variance))


def _batch(rng: np.random.Generator, n: int, side: int, spread: float = 1.0) -> tuple[object, ...]:
    return rng.random((n, side, side)), encode, decode, spread * rng.normal(size=(n, side)), bound


def _loss_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    black_and_white = _batch(rng, 3, 4)
    cases = [
        Case("a few images", _batch(rng, 4, 3)),
        Case("one image", _batch(rng, 1, 5)),
        Case("no noise at all, so that z is the mean", _batch(rng, 3, 3, 0.0)),
        Case("noise far out, so that z is far from the mean", _batch(rng, 3, 2, 3.0)),
        Case("black and white images", (np.rint(black_and_white[0]), *black_and_white[1:])),
        Case("as many images as latent dimensions", _batch(rng, 4, 4)),
    ]
    if hard:
        cases.append(Case("a batch of larger images", _batch(rng, 20, 12)))
    return cases


def _loss(images, encode, decode, noise, elbo, *, drawn=True, over=np.mean, again=0.0):
    """`vae_loss` with one thing changed."""
    mean, log_variance = encode(images)
    z = reparameterise(mean, log_variance, noise) if drawn else mean
    kl = 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1)
    return over(again * kl - elbo(images, decode(z), mean, log_variance))


def kl_divergence(mean, log_variance):
    """KL(N(μ, σ²) ‖ N(0, 1)) = ½ Σ_d (μ² + σ² − 1 − log σ²), in nats per image."""
    return 0.5 * ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=1)  # (n,)


def _kl_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    cases = [
        Case("a few images", (rng.normal(size=(4, 3)), rng.normal(size=(4, 3)))),
        Case("the prior itself, where the divergence is 0", (np.zeros((2, 3)), np.zeros((2, 3)))),
        Case("means far from 0", (rng.normal(3, 1, (3, 2)), np.zeros((3, 2)))),
        Case("one image", (rng.normal(size=(1, 5)), rng.normal(size=(1, 5)))),
        Case("as many images as dimensions", (rng.normal(size=(4, 4)), rng.normal(size=(4, 4)))),
    ]
    if hard:
        cases.append(Case("tiny variances", (rng.normal(size=(3, 4)), rng.normal(-8, 1, (3, 4)))))
    return cases


def elbo(images, decoded, mean, log_variance):
    """Σ_pixels [x log x̂ + (1 − x) log(1 − x̂)] − KL, in nats per image."""
    log_likelihood = images * ops.log(decoded) + (1 - images) * ops.log(1 - decoded)  # (n, h, w)
    divergence = 0.5 * ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=1)  # (n,)
    return ops.sum(log_likelihood, axis=(1, 2)) - divergence


def _elbo_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, side: int, d: int) -> tuple[np.ndarray, ...]:
        return (
            rng.random((n, side, side + 1)),
            rng.uniform(0.05, 0.95, (n, side, side + 1)),
            rng.normal(size=(n, d)),
            rng.normal(size=(n, d)),
        )

    grey, narrow = random_case(2, 3, 2), random_case(3, 2, 4)
    black_and_white = random_case(3, 4, 2)
    cases = [
        Case("a few images", random_case(4, 3, 2)),
        Case("one image", random_case(1, 5, 3)),
        Case(
            "a code that carries no information, where KL is 0",
            (*grey[:2], np.zeros((2, 2)), np.zeros((2, 2))),
        ),
        Case("narrow codes near 0", (*narrow[:2], 0.1 * narrow[2], narrow[3] - 4)),
        Case("black and white images", (np.rint(black_and_white[0]), *black_and_white[1:])),
    ]
    if hard:
        cases.append(Case("larger images", random_case(5, 28, 16)))
    return cases


def tighter_bound(log_weights):
    """log 1/S Σ_s w_s for each image, from log w_s of shape (S, n): Burda et al. 2016, equation 8."""
    largest = log_weights.max(axis=0)  # (n,)
    return largest + np.log(np.exp(log_weights - largest).mean(axis=0))


def _weight_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    cases = [
        Case("a few samples for each of a few images", (rng.normal(size=(5, 3)),)),
        Case("one sample per image, so that nothing is averaged", (rng.normal(size=(1, 4)),)),
        Case("samples that are all the same", (np.full((6, 2), -1.5),)),
        Case("weights as small as those of real images, e⁻¹⁰⁰", (rng.normal(-100, 5, (8, 3)),)),
        Case(
            "weights below the smallest number that a float can hold, e⁻⁹⁰⁰", (rng.normal(-900, 5, (8, 3)),)
        ),
        Case(
            "images whose weights differ by a factor of e⁹⁰⁰",
            (rng.normal(0, 2, (5, 3)) + np.array([-1200.0, -300.0, 20.0]),),
        ),
    ]
    if hard:
        cases.append(Case("as many samples as images", (rng.normal(-700, 300, (6, 6)),)))
    return cases


def _plainly(log_weights):
    with np.errstate(divide="ignore"):
        return np.log(np.exp(log_weights).mean(axis=0))


def _bound(images, decoded, mean, log_variance, *, over=np.sum, kl=-1.0):
    likelihood = images * np.log(decoded) + (1 - images) * np.log(1 - decoded)
    return over(likelihood, axis=(1, 2)) + kl * kl_divergence(mean, log_variance)


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
        in_network=InNetwork(vae_loss, lambda: [_batch(np.random.default_rng(0), 3, 2)]),
        mistakes=(
            Mistake(
                "mean decoded",
                "You decode the mean, and the noise plays no part. Then the decoder never sees the rest of "
                "the cloud, and the holes stay. Decode what reparameterise gives.",
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
    Exercise(
        name="kl_divergence",
        notebook=NOTEBOOK,
        title="The price of a code",
        task=(
            "Write kl_divergence(mean, log_variance). It returns ½ Σ (μ² + σ² − 1 − log σ²), summed over "
            "the d dimensions: one number per image, shape (n,)."
        ),
        points=2,
        hints=(
            "Every dimension contributes ½ (μ² + σ² − 1 − log σ²). Write that for whole arrays, then sum.",
            "The network gives the logarithm of σ², so σ² is np.exp(log_variance).",
            "0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1): axis 1 runs over the "
            "dimensions of one image.",
        ),
        cases=_kl_cases,
        reference=kl_divergence,
        in_network=InNetwork(kl_divergence, lambda: [tuple(np.random.default_rng(0).normal(size=(2, 3, 4)))]),
        mistakes=(
            Mistake(
                "logarithm of the standard deviation",
                "You read the second argument as log σ. It is log σ², so σ² is np.exp(log_variance).",
                lambda mean, log_variance: (
                    0.5 * (mean**2 + np.exp(2 * log_variance) - 1 - 2 * log_variance).sum(axis=1)
                ),
            ),
            Mistake(
                "the other way round",
                "This is the divergence of the prior from the code, KL(N(0, 1) ‖ N(μ, σ²)). The two "
                "directions differ, and the formula of the task is the other one.",
                lambda mean, log_variance: (
                    0.5 * ((mean**2 + 1) * np.exp(-log_variance) - 1 + log_variance).sum(axis=1)
                ),
            ),
            Mistake(
                "mean over dimensions",
                "You take the mean over the dimensions. Information adds up, so take the sum; otherwise "
                "the KL term is d times too weak.",
                lambda mean, log_variance: (
                    0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).mean(axis=1)
                ),
            ),
            Mistake(
                "sign",
                "A divergence is never negative. The sign is flipped.",
                lambda mean, log_variance: (
                    -0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1)
                ),
            ),
            Mistake(
                "no half",
                "This is twice too large: the ½ in front of the sum is missing.",
                lambda mean, log_variance: (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1),
            ),
            Mistake(
                "all images",
                "You summed over the images as well. Each image has its own divergence: sum along axis 1.",
                lambda mean, log_variance: 0.5 * (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(),
            ),
        ),
    ),
    Exercise(
        name="elbo",
        notebook=NOTEBOOK,
        title="The evidence lower bound",
        task=(
            "Write elbo(images, decoded, mean, log_variance). images and decoded are pixels (n, h, w) in "
            "0…1. It returns the log-likelihood, summed over pixels, minus the KL divergence, shape (n,)."
        ),
        points=3,
        hints=(
            "There are two parts: how well the decoded image explains the pixels, minus what the code costs.",
            "A pixel's log-likelihood is x log x̂ + (1 − x) log(1 − x̂). Sum it over all pixels of an "
            "image, that is, over axes 1 and 2.",
            "The KL divergence is the one from the exercise before. The bound is the sum of the "
            "log-likelihoods minus it. It is a negative number, and larger is better.",
        ),
        cases=_elbo_cases,
        reference=elbo,
        in_network=InNetwork(elbo, lambda: [_elbo_cases(0, False)[0].args]),
        mistakes=(
            Mistake(
                "mean over pixels",
                "You take the mean over the pixels. Then the KL outweighs the reconstruction by a factor "
                "of hundreds, and the code collapses. Take the sum.",
                lambda x, y, m, v: _bound(x, y, m, v, over=np.mean),
            ),
            Mistake(
                "KL added",
                "You add the KL. It is a price: the bound is the likelihood minus the KL.",
                lambda x, y, m, v: _bound(x, y, m, v, kl=1.0),
            ),
            Mistake(
                "loss",
                "This is the loss, which is minus the ELBO. The bound itself should be as large as possible.",
                lambda x, y, m, v: -_bound(x, y, m, v),
            ),
            Mistake(
                "no KL",
                "The KL is missing: this is only the reconstruction, as in a plain autoencoder.",
                lambda x, y, m, v: _bound(x, y, m, v, kl=0.0),
            ),
        ),
    ),
    Exercise(
        name="tighter_bound",
        notebook=NOTEBOOK,
        title="The importance-weighted bound",
        task=(
            "Write tighter_bound(log_weights). From log w for S samples of each of n images, shape (S, "
            "n), it returns the logarithm of the mean weight, shape (n,)."
        ),
        points=3,
        hints=(
            "It is the logarithm of the mean of w over the samples, and the samples are axis 0.",
            "In a computer exp(−900) is 0, and log 0 is −∞. Which factor could you take out first?",
            "Let largest = log_weights.max(axis=0). Then log mean w = largest + np.log(np.exp(log_weights - "
            "largest).mean(axis=0)).",
        ),
        cases=_weight_cases,
        reference=tighter_bound,
        mistakes=(
            Mistake(
                "mean of logarithms",
                "You take the mean of the logarithms. That is the ELBO itself. The logarithm of the mean "
                "is never smaller.",
                lambda w: w.mean(axis=0),
            ),
            Mistake(
                "underflow",
                "This is right on paper, but in a computer exp of a very negative number is 0, and its "
                "logarithm is −∞. Take out the largest log weight first.",
                _plainly,
            ),
            Mistake(
                "sum",
                "You sum the weights. Take their mean: more samples must not make an image more likely.",
                lambda w: w.max(axis=0) + np.log(np.exp(w - w.max(axis=0)).sum(axis=0)),
            ),
            Mistake(
                "over images",
                "You average over the images. Each image has its own bound: average along axis 0, over "
                "the samples.",
                lambda w: w.max(axis=1) + np.log(np.exp(w - w.max(axis=1, keepdims=True)).mean(axis=1)),
            ),
        ),
    ),
)
