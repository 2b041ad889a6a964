"""Exercises of 20_build_a_vae: the evidence lower bound, part by part.

Source: Kingma and Welling 2013 (arXiv 1312.6114), section 2 and appendix B.
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "20_build_a_vae"


def reparameterise(mean, log_variance, noise):
    """z = μ + σ ε, with σ = exp(½ log σ²)."""
    return mean + np.exp(0.5 * log_variance) * noise  # (n, d)


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
            "σ = exp(½ log σ²), so z = mean + np.exp(0.5 * log_variance) * noise.",
        ),
        cases=_sample_cases,
        reference=reparameterise,
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
