"""Exercises of 21_latent_space: a walk between two codes, and how much of the images a code keeps."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "21_latent_space"


def interpolate(first, second, steps):
    """(1 − t) first + t second for `steps` values of t from 0 to 1, ends included: (steps, d)."""
    t = np.linspace(0, 1, steps)[:, None]  # (steps, 1)
    return (1 - t) * first + t * second


def _walk_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    cases = [
        Case("five steps in three dimensions", (rng.normal(size=3), rng.normal(size=3), 5)),
        Case("two steps, which are the two ends", (rng.normal(size=4), rng.normal(size=4), 2)),
        Case("as many steps as dimensions", (rng.normal(size=6), rng.normal(size=6), 6)),
        Case("ends that lie far apart", (rng.normal(-20, 1, 2), rng.normal(20, 1, 2), 9)),
        Case("a walk that starts at the centre", (np.zeros(5), rng.normal(size=5), 4)),
    ]
    if hard:
        cases.append(Case("an image's pixels in place of a code", (rng.random(784), rng.random(784), 11)))
    return cases


def _walk(first, second, t):
    t = np.asarray(t)[:, None]
    return (1 - t) * first + t * second


def variance_kept(images, rebuilt):
    """1 − Σ (x − x̂)² / Σ (x − x̄)², where x̄ is the mean image and the sums run over images and pixels."""
    lost = ((images - rebuilt) ** 2).sum()
    return 1 - lost / ((images - images.mean(axis=0)) ** 2).sum()


def _kept_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, pixels: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
        images = rng.random((n, pixels)) * rng.random(pixels)
        return images, images + noise * rng.normal(size=(n, pixels))

    images = rng.random((6, 9)) ** 2
    cases = [
        Case("reconstructions that are a little off", random_case(8, 12, 0.1)),
        Case("as many images as pixels", random_case(7, 7, 0.2)),
        Case("perfect reconstructions, which keep all of it", (images, images.copy())),
        Case(
            "the mean image for every image, which keeps nothing", (images, 0 * images + images.mean(axis=0))
        ),
        Case("reconstructions worse than the mean image", (images, 1 - images)),
        Case("reconstructions that are too dark everywhere", (images, 0.5 * images)),
    ]
    if hard:
        cases.append(Case("larger images", random_case(12, 40, 0.3)))
    return cases


def _kept(images, rebuilt, *, mean=lambda x: x.mean(axis=0), size=np.square):
    return 1 - size(images - rebuilt).sum() / size(images - mean(images)).sum()


EXERCISES = (
    Exercise(
        name="interpolate",
        notebook=NOTEBOOK,
        title="A walk between two codes",
        task=(
            "Write interpolate(first, second, steps). It takes two codes of shape (d,) and returns the codes "
            "at `steps` equal steps along the straight line between them, both ends included: shape (steps, "
            "d)."
        ),
        points=2,
        hints=(
            "A point of the line is (1 − t) · first + t · second. At t = 0 it is the first code, at t = 1 "
            "the second.",
            "np.linspace(0, 1, steps) gives the values of t, of shape (steps,). To multiply each with a "
            "whole code, it needs the shape (steps, 1).",
            "t = np.linspace(0, 1, steps)[:, None] has that shape. What remains is the formula of the first "
            "hint.",
        ),
        cases=_walk_cases,
        reference=interpolate,
        mistakes=(
            Mistake(
                "the other way",
                "Your walk runs from the second code to the first. At t = 0 it should be at the first.",
                lambda first, second, steps: interpolate(second, first, steps),
            ),
            Mistake(
                "last end missing",
                "Your walk stops one step short of the second code. Both ends belong to it: np.linspace "
                "includes them, np.arange leaves out the last.",
                lambda first, second, steps: _walk(first, second, np.arange(steps) / steps),
            ),
            Mistake(
                "steps between the ends",
                "You leave out the two ends. They belong to the walk, as its first and last row.",
                lambda first, second, steps: _walk(first, second, np.linspace(0, 1, steps + 2)[1:-1]),
            ),
            Mistake(
                "sum of both",
                "Your points do not lie between the codes: what t adds of the second, 1 − t has to take of "
                "the first.",
                lambda first, second, steps: first + np.linspace(0, 1, steps)[:, None] * second,
            ),
        ),
    ),
    Exercise(
        name="variance_kept",
        notebook=NOTEBOOK,
        title="How much of the images is kept?",
        task=(
            "Write variance_kept(images, rebuilt) for two arrays (n, pixels). It returns 1 − Σ (x − x̂)² / "
            "Σ (x − x̄)², one number, where x̄ is the mean image and both sums run over all images and "
            "pixels."
        ),
        points=2,
        hints=(
            "What is lost is the sum of all squared differences between images and reconstructions. Compare "
            "it with what is lost if the mean image stands for every image.",
            "The mean image is images.mean(axis=0), of shape (pixels,), and images minus it has the shape "
            "(n, pixels).",
            "Work out ((images - rebuilt) ** 2).sum() first, then the same with the mean image in place of "
            "rebuilt. Divide the first by the second, and take the result away from 1.",
        ),
        cases=_kept_cases,
        reference=variance_kept,
        mistakes=(
            Mistake(
                "share lost",
                "That is the share that is lost. What is kept is the rest: 1 minus it.",
                lambda images, rebuilt: 1 - _kept(images, rebuilt),
            ),
            Mistake(
                "one mean for all pixels",
                "You subtract one mean grey level from all pixels. Take the mean image: each pixel has its "
                "own mean over the images, along axis 0.",
                lambda images, rebuilt: _kept(images, rebuilt, mean=np.mean),
            ),
            Mistake(
                "mean of each image",
                "You subtract from each image its own mean grey level. The mean image is the mean over the "
                "images, along axis 0.",
                lambda images, rebuilt: _kept(images, rebuilt, mean=lambda x: x.mean(axis=1, keepdims=True)),
            ),
            Mistake(
                "mean of the reconstructions",
                "You compare with the mean of the reconstructions. The mean image is that of the images "
                "themselves.",
                lambda images, rebuilt: _kept(images, rebuilt, mean=lambda _: rebuilt.mean(axis=0)),
            ),
            Mistake(
                "absolute differences",
                "You add up absolute differences. A variance is made of squared ones.",
                lambda images, rebuilt: _kept(images, rebuilt, size=np.abs),
            ),
            Mistake(
                "without the mean",
                "You divide by the sum of the squared pixels. Take away the mean image first, or a code that "
                "tells nothing would seem to keep something.",
                lambda images, rebuilt: _kept(images, rebuilt, mean=lambda _: 0.0),
            ),
        ),
    ),
)
