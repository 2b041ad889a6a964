"""Exercises of 23_published_numbers: a tighter bound, and images made black or white.

Source: Burda, Grosse and Salakhutdinov 2016 (arXiv 1509.00519), equation 8.
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "23_published_numbers"


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


def binarise(images, chance):
    """1 with the pixel's grey level as its probability, else 0."""
    return np.where(chance < images, 1.0, 0.0)  # (n, h, w)


def _binarise_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(*shape: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.random(shape), rng.random(shape)

    certain = (np.concatenate([np.eye(3), [[0.3, 0.5, 0.8]]])[None], rng.random((1, 4, 3)))
    cases = [
        Case("a few images", random_case(3, 4, 5)),
        Case("one dark image", (0.2 * rng.random((1, 4, 3)), rng.random((1, 4, 3)))),
        Case("black and white pixels, which are certain, and a grey row", certain),
        Case(
            "chance 0 for black and for grey pixels",
            (np.array([[[0.0, 0.0, 0.3, 0.7]]]), np.zeros((1, 1, 4))),
        ),
        Case("grey levels of a half", (np.full((2, 3, 4), 0.5), rng.random((2, 3, 4)))),
    ]
    if hard:
        cases.append(Case("larger images", random_case(4, 28, 28)))
    return cases


EXERCISES = (
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
    Exercise(
        name="binarise",
        notebook=NOTEBOOK,
        title="Black or white, by chance",
        task=(
            "Write binarise(images, chance). Both have shape (n, h, w): grey levels in 0…1, and a random "
            "number from 0 up to, but not including, 1 for each pixel. It returns 1.0 where the pixel comes "
            "out white and 0.0 where it comes out black. A pixel of grey level .3 must come out white three "
            "times in ten."
        ),
        points=2,
        hints=(
            "A random number from 0 to 1 is below .3 three times in ten.",
            "Compare the two arrays pixel by pixel. A black pixel, grey level 0, must never come out white, "
            "even if its random number is 0.",
            "np.where(chance < images, 1.0, 0.0) is 1 where the pixel comes out white, else 0.",
        ),
        cases=_binarise_cases,
        reference=binarise,
        mistakes=(
            Mistake(
                "threshold",
                "You make every pixel above one half white. Then the same image always comes out; here a "
                "pixel is white with its grey level as the probability.",
                lambda images, chance: (images > 0.5) * 1.0,
            ),
            Mistake(
                "the other way round",
                "Your dark pixels come out white more often than the light ones. A random number is below .9 "
                "nine times in ten.",
                lambda images, chance: (chance > images) * 1.0,
            ),
            Mistake(
                "grey instead of white",
                "Pixels that come out white keep their grey level. White is 1, whatever the pixel was "
                "before.",
                lambda images, chance: np.where(chance < images, images, 0.0),
            ),
        ),
    ),
)
