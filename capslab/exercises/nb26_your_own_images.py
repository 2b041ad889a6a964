"""Exercises of 26_your_own_images: near copies, class weights.

Sources: King & Zeng 2001 (weights for rare events); Barz & Denzler 2020 (near copies across the split of
CIFAR).
"""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake
from capslab.exercises.near_copies_exercise import NEAR_COPIES

NOTEBOOK = "26_your_own_images"


def class_weights(labels, classes):
    """One weight per class, so that all classes have the same total weight and the mean weight is 1."""
    counts = np.bincount(labels, minlength=classes)  # (classes,)
    present = (counts > 0).sum()
    return np.where(counts > 0, len(labels) / (present * np.maximum(counts, 1)), 0.0)


def _weight_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    uneven = np.repeat([0, 1, 2], [2, 9, int(rng.integers(20, 30))])
    cases = [
        Case("three classes of different sizes", (rng.permutation(uneven), 3)),
        Case("classes of the same size", (np.tile(np.arange(4), 5), 4)),
        Case("a class without images", (rng.permutation(np.repeat([0, 2], [3, 6])), 3)),
        Case("the last class missing, and a class of one image", (np.repeat([0, 1, 2], [4, 1, 7]), 4)),
    ]
    if hard:
        cases.append(Case("many classes", (rng.integers(0, 10, 300), 10)))
    return cases


def _counted(labels: np.ndarray, classes: int) -> np.ndarray:
    return np.maximum(np.bincount(labels, minlength=classes), 1).astype(float)


EXERCISES = (
    NEAR_COPIES,
    Exercise(
        name="class_weights",
        notebook=NOTEBOOK,
        title="A voice for the rare classes",
        task=(
            "Write class_weights(labels, classes). It returns one weight per class, `(classes,)`: n / "
            "(present · images of the class), where `present` is the number of classes that occur. A "
            "class that does not occur gets 0."
        ),
        points=2,
        hints=(
            "np.bincount(labels, minlength=classes) counts the images of each class. A rare class should "
            "weigh more: do you multiply by its count or divide by it?",
            "present = (counts > 0).sum(). The weight is len(labels) / (present * counts). If counts is "
            "0, the weight must be 0, not infinite.",
            "Use np.where(counts > 0, len(labels) / (present * np.maximum(counts, 1)), 0.0).",
        ),
        cases=_weight_cases,
        reference=class_weights,
        mistakes=(
            Mistake(
                "upside down",
                "The more images a class has, the more weight it gets, so the rare class counts even "
                "less. Divide by the count.",
                lambda labels, classes: (
                    np.bincount(labels, minlength=classes) * (np.bincount(labels) > 0).sum() / len(labels)
                ),
            ),
            Mistake(
                "absent classes counted",
                "You divide by the number of all classes. A class without images has no share, so count "
                "only the classes that occur.",
                lambda labels, classes: np.where(
                    np.bincount(labels, minlength=classes) > 0,
                    len(labels) / (classes * _counted(labels, classes)),
                    0.0,
                ),
            ),
            Mistake(
                "mean weight not one",
                "The proportions are right, but the weights of all images do not add up to n, so the loss "
                "would change its size. Multiply by len(labels) / present.",
                lambda labels, classes: np.where(
                    np.bincount(labels, minlength=classes) > 0, 1 / _counted(labels, classes), 0.0
                ),
            ),
        ),
    ),
)
