"""Exercises of 19_surprise: the price of a code, and the evidence lower bound.

Both run inside the network of lesson 20, so they are written with `ops`.
Source: Kingma and Welling 2013 (arXiv 1312.6114), section 2 and appendix B.
"""

from __future__ import annotations

import numpy as np

from capslab import ops
from capslab.exercises.exercise import Case, Exercise, InNetwork, Mistake

NOTEBOOK = "19_surprise"


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


def _bound(images, decoded, mean, log_variance, *, over=np.sum, kl=-1.0):
    likelihood = images * np.log(decoded) + (1 - images) * np.log(1 - decoded)
    return over(likelihood, axis=(1, 2)) + kl * kl_divergence(mean, log_variance)


EXERCISES = (
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
            "What you get is the logarithm of σ², so σ² is ops.exp(log_variance).",
            "0.5 * ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=1): axis 1 runs over the "
            "dimensions of one image.",
        ),
        cases=_kl_cases,
        reference=kl_divergence,
        real_size=lambda: tuple(np.random.default_rng(0).normal(size=(2, 5000, 16))),
        in_network=InNetwork(
            kl_divergence,
            lambda: [
                tuple(np.random.default_rng(0).normal(size=(2, 3, 4))),
                (np.zeros((2, 3)), np.zeros((2, 3))),
            ],
        ),
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
            "A pixel's log-likelihood is x log x̂ + (1 − x) log(1 − x̂), with ops.log. Sum it over all pixels "
            "of an image: ops.sum(…, axis=(1, 2)).",
            "The KL divergence is the one from the exercise before. The bound is the sum of the "
            "log-likelihoods minus it. It is a negative number, and larger is better.",
        ),
        cases=_elbo_cases,
        reference=elbo,
        real_size=lambda: _elbo_cases(0, True)[-1].args,
        in_network=InNetwork(elbo, lambda: [case.args for case in _elbo_cases(0, False)[:3]]),
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
)
