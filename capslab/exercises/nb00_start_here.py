"""Exercises of 00_start_here: images are arrays of numbers."""

from __future__ import annotations

import numpy as np

from capslab.exercises.core import Case, Exercise, Mistake

NOTEBOOK = "00_start_here"


def count_per_class(labels, classes):
    """How often each class number from 0 to classes − 1 occurs."""
    return np.bincount(labels, minlength=classes)  # (classes,)


def _label_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    cases = [
        Case("labels of three classes", (np.repeat([0, 1, 2], [4, 2, 5]), 3)),
        Case("labels in any order", (chance.permutation(np.repeat([0, 1, 2, 3], [2, 3, 4, 5])), 4)),
        Case("a class that does not occur", (np.array([0, 3, 3, 1]), 4)),
        Case("a last class that does not occur", (chance.integers(0, 4, 12), 6)),
    ]
    if hard:
        cases.append(Case("one image", (np.array([2]), 10)))
        cases.append(Case("many images", (chance.integers(0, 10, 500), 12)))
    return cases


def scale_pixels(images):
    """Pixels from 0 to 255 as numbers from 0 to 1."""
    return images / 255.0


def _pixel_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)
    dark = chance.integers(1, 100, (3, 4, 4), dtype=np.uint8)
    cases = [
        Case("images of all brightnesses", (chance.integers(0, 256, (5, 4, 4), dtype=np.uint8),)),
        Case("dark images, whose brightest pixel is below 100", (dark,)),
        Case("white images", (np.full((2, 3, 3), 255, np.uint8),)),
        Case("black images", (np.zeros((2, 3, 3), np.uint8),)),
    ]
    if hard:
        cases.append(Case("colour images", (chance.integers(0, 200, (2, 5, 6, 3), dtype=np.uint8),)))
    return cases


def mean_image(images, labels, label):
    """The mean of all images that have this label."""
    return images[labels == label].mean(axis=0)  # (h, w)


def _mean_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(n: int, label: int) -> tuple[np.ndarray, np.ndarray, int]:
        labels = chance.permutation(np.arange(n) % 3)
        return chance.integers(90, 256, (n, 4, 5), dtype=np.uint8), labels, label

    cases = [
        Case("images of three classes", made(12, 1)),
        Case("class 0", made(15, 0)),
        Case("one image of the class", made(3, 2)),
    ]
    if hard:
        cases.append(Case("many bright images", made(300, 2)))
    return cases


EXERCISES = (
    Exercise(
        name="count_per_class",
        notebook=NOTEBOOK,
        title="How many images of each class?",
        task="Write count_per_class(labels, classes): an array (classes,) with the number of images of each.",
        points=1,
        hints=(
            "Labels are class numbers. How often does 0 occur in them? And 1? The answer has one number for "
            "every class, also for a class that never occurs.",
            "(labels == 3).sum() counts the 3s. NumPy also has a function that counts all numbers at once.",
            "np.bincount(labels) counts; its argument `minlength` makes room for classes at the end that do "
            "not occur.",
        ),
        cases=_label_cases,
        reference=count_per_class,
        mistakes=(
            Mistake(
                "only classes that occur",
                "A class that does not occur is left out, so the other counts move to wrong places. Its "
                "count is 0, and it needs its place: the answer has `classes` entries.",
                lambda labels, classes: np.unique(labels, return_counts=True)[1],
            ),
            Mistake(
                "too short",
                "The classes after the highest label are missing. They occur 0 times, and the answer has "
                "`classes` entries.",
                lambda labels, classes: np.bincount(labels),
            ),
            Mistake(
                "shares",
                "These are shares that add up to 1. The exercise asks for counts.",
                lambda labels, classes: np.bincount(labels, minlength=classes) / len(labels),
            ),
        ),
    ),
    Exercise(
        name="scale_pixels",
        notebook=NOTEBOOK,
        title="From 0…255 to 0…1",
        task="Write scale_pixels(images): uint8 pixels from 0 to 255 become numbers from 0 to 1.",
        points=1,
        hints=(
            "Which number must 255 become? And 0? One division does both.",
            "The divisor is the same for all images, however dark they are: a dark image should stay dark.",
            "images / 255 divides every pixel at once, and gives numbers with fractions.",
        ),
        cases=_pixel_cases,
        reference=scale_pixels,
        mistakes=(
            Mistake(
                "divided by the brightest",
                "You divide by the brightest pixel of these images, so dark images become as bright as light "
                "ones. Divide by the largest value that a pixel can have.",
                lambda images: images / max(1, images.max()),
            ),
            Mistake(
                "whole-number division",
                "Everything but white became 0: // drops the fraction. Use a single /.",
                lambda images: images // 255,
            ),
            Mistake(
                "256",
                "White became 0.996 and not 1. There are 256 values, but the largest is 255.",
                lambda images: images / 256,
            ),
        ),
    ),
    Exercise(
        name="mean_image",
        notebook=NOTEBOOK,
        title="The average image of a class",
        task="Write mean_image(images, labels, label): the mean (h, w) of the images (n, h, w) of one class.",
        points=2,
        hints=(
            "First choose the images of the class, then average over them, pixel by pixel.",
            "images[labels == label] are the images of one class, with shape (how many, h, w).",
            "The mean over the images is the mean over the first axis: .mean(axis=0).",
        ),
        cases=_mean_cases,
        reference=mean_image,
        mistakes=(
            Mistake(
                "all classes",
                "This is the mean of all images, whatever their class. Choose those of the class first.",
                lambda images, labels, label: images.mean(axis=0),
            ),
            Mistake(
                "one number an image",
                "You averaged over the pixels, which gives a brightness for each image. Average over the "
                "images, so that every pixel keeps its place.",
                lambda images, labels, label: images[labels == label].mean(axis=(1, 2)),
            ),
            Mistake(
                "one number",
                "You averaged over images and pixels at once, which leaves one number. Name the axis to "
                "average over.",
                lambda images, labels, label: images[labels == label].mean(),
            ),
            Mistake(
                "uint8 overflow",
                "The sum ran over: a uint8 goes back to 0 after 255. Let .mean() do the adding, or add up "
                "numbers with fractions.",
                lambda images, labels, label: (
                    images[labels == label].sum(axis=0, dtype=np.uint8) / (labels == label).sum()
                ),
            ),
        ),
    ),
)
