"""Exercises of 00_start_here: images are arrays of numbers."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "00_start_here"


def count_per_class(labels, classes):
    """How often each class number occurs, from 0 to classes − 1."""
    return np.bincount(labels, minlength=classes)  # (classes,)


def _label_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    cases = [
        Case("labels of three classes", (np.repeat([0, 1, 2], [4, 2, 5]), 3)),
        Case("labels in any order", (rng.permutation(np.repeat([0, 1, 2, 3], [2, 3, 4, 5])), 4)),
        Case("a class that does not occur", (np.array([0, 3, 3, 1]), 4)),
        Case("a last class that does not occur", (rng.integers(0, 4, 12), 6)),
    ]
    if hard:
        cases.append(Case("one image", (np.array([2]), 10)))
        cases.append(Case("many images", (rng.integers(0, 10, 500), 12)))
    return cases


def mean_image(images, labels, label):
    """The mean of all images with this label."""
    return images[labels == label].mean(axis=0)  # (h, w)


def _mean_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(sizes: list[int], label: int, darkest: int = 90) -> tuple[np.ndarray, np.ndarray, int]:
        others = np.repeat(np.arange(len(sizes)), sizes)
        others = rng.permutation(np.delete(others, np.flatnonzero(others == label)[:2]))
        ends = [label] * min(2, sizes[label])  # the first image counts, and so does the last
        labels = np.concatenate([ends[:1], others, ends[1:]])
        return rng.integers(darkest, 256, (len(labels), 4, 5), dtype=np.uint8), labels, label

    # seven images: sevenths cannot be written with two digits
    cases = [
        Case("images of three classes", random_case([3, 7, 2], 1)),
        Case("class 0", random_case([6, 4, 9], 0, darkest=0)),
        Case("one image of the class", random_case([2, 3, 1], 2)),
    ]
    if hard:
        cases.append(Case("many bright images", random_case([90, 80, 130], 2)))
    return cases


EXERCISES = (
    Exercise(
        name="count_per_class",
        notebook=NOTEBOOK,
        title="How many images of each class?",
        task="Write count_per_class(labels, classes). It returns how many images each class has, as an "
        "array (classes,).",
        points=1,
        hints=(
            "Labels are class numbers. How often does 0 occur in them? And 1? The answer has one number "
            "per class, even for a class that never occurs.",
            "(labels == 3).sum() counts the 3s. NumPy also has a function that counts all the numbers at "
            "once.",
            "np.bincount(labels) does the counting. Its argument `minlength` makes room for classes at "
            "the end that do not occur.",
        ),
        cases=_label_cases,
        reference=count_per_class,
        mistakes=(
            Mistake(
                "only classes that occur",
                "You left out a class that does not occur, so all later counts moved one place up. Its "
                "count is 0, and it needs its place: the answer has `classes` entries.",
                lambda labels, classes: np.unique(labels, return_counts=True)[1],
            ),
            Mistake(
                "too short",
                "The classes after the highest label are missing. They occur 0 times, but they still need "
                "an entry each: the answer has `classes` entries.",
                lambda labels, classes: np.bincount(labels),
            ),
            Mistake(
                "shares",
                "These are shares, which add up to 1. The exercise asks for counts.",
                lambda labels, classes: np.bincount(labels, minlength=classes) / len(labels),
            ),
        ),
    ),
    Exercise(
        name="mean_image",
        notebook=NOTEBOOK,
        title="The average image of a class",
        task="Write mean_image(images, labels, label). It returns the mean image (h, w) of one class; "
        "images is (n, h, w).",
        points=2,
        hints=(
            "First choose the images of the class. Then average them, pixel by pixel.",
            "images[labels == label] are the images of one class, with shape (number of images, h, w).",
            "To average over the images is to average over the first axis: .mean(axis=0).",
        ),
        cases=_mean_cases,
        reference=mean_image,
        mistakes=(
            Mistake(
                "all classes",
                "This is the mean of all images, whatever their class. Choose the images of the class first.",
                lambda images, labels, label: images.mean(axis=0),
            ),
            Mistake(
                "one number per image",
                "You averaged over the pixels, which gives one brightness per image. Average over the "
                "images instead, so that every pixel keeps its place.",
                lambda images, labels, label: images[labels == label].mean(axis=(1, 2)),
            ),
            Mistake(
                "one number",
                "You averaged over images and pixels at once, and a single number is left. Tell .mean() "
                "which axis to average over.",
                lambda images, labels, label: images[labels == label].mean(),
            ),
            Mistake(
                "uint8 overflow",
                "The sum overflowed: after 255, a uint8 starts again at 0. Let .mean() do the adding, or "
                "convert to floats before you add.",
                lambda images, labels, label: (
                    images[labels == label].sum(axis=0, dtype=np.uint8) / (labels == label).sum()
                ),
            ),
        ),
    ),
)
