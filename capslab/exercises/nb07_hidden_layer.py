"""Exercises of lesson 07: what a hidden layer makes of an image, and classes kept out of training."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "07_hidden_layer"


def hidden_features(X, W, b):
    """relu(X W + b): what the hidden layer says about each image, (n, units)."""
    return np.maximum(X @ W + b, 0)


def _feature_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, d: int, units: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return rng.normal(size=(n, d)), rng.normal(size=(d, units)), rng.normal(size=units)

    X, W, b = random_case(5, 3, 4)
    cases = [
        Case("five images of three pixels, four units", (X, W, b)),
        Case("as many pixels as units", random_case(6, 4, 4)),
        Case("as many images as units", random_case(3, 5, 3)),
        Case("biases that silence most units", (X, W, b - 4)),
        Case("biases that wake every unit", (X, W, b + 9)),
    ]
    if hard:
        cases.append(Case("one image", random_case(1, 6, 3)))
        cases.append(Case("one unit", random_case(4, 2, 1)))
    return cases


def withhold_classes(labels, withheld):
    """Which images remain, and their classes, renumbered from 0 without gaps in the old order."""
    keep = ~np.isin(labels, withheld)
    return keep, np.unique(labels[keep], return_inverse=True)[1]


def _withheld_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, classes: int, withheld: list[int]) -> tuple[np.ndarray, np.ndarray]:
        return rng.permutation(np.arange(n) % classes), np.array(withheld)

    cases = [
        Case("one class of four withheld", random_case(20, 4, [1])),
        Case("three of ten withheld", random_case(50, 10, [4, 7, 9])),
        Case("the first class withheld", random_case(18, 6, [0, 3])),
    ]
    if hard:
        cases.append(Case("all classes but two withheld", random_case(30, 5, [0, 2, 4])))
        cases.append(Case("withheld classes out of order", random_case(40, 8, [6, 1])))
    return cases


def _numbers_left(labels, withheld):
    keep = ~np.isin(labels, withheld)
    return keep, labels[keep]


def _turned_round(labels, withheld):
    keep = np.isin(labels, withheld)
    return keep, np.unique(labels[keep], return_inverse=True)[1]


def _shifted(labels, withheld):
    keep = ~np.isin(labels, withheld)
    return keep, labels[keep] - labels[keep].min()


def _real_features() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    return rng.random((1500, 784)), rng.normal(size=(784, 512)), rng.normal(size=512)


EXERCISES = (
    Exercise(
        name="hidden_features",
        notebook=NOTEBOOK,
        title="What the hidden layer says",
        task=(
            "Write hidden_features(X, W, b). It takes images as rows, (n, d), the weights (d, units) and the "
            "biases (units,) of a hidden layer with ReLU, and returns the features, (n, units)."
        ),
        points=1,
        hints=(
            "A layer multiplies and adds, and ReLU then replaces every negative number by 0.",
            "X @ W has shape (n, units), and b is added to each of its rows.",
            "np.maximum replaces negative numbers: return np.maximum(X @ W + b, 0)",
        ),
        cases=_feature_cases,
        reference=hidden_features,
        mistakes=(
            Mistake(
                "no ReLU",
                "Some of your features are negative. ReLU replaces every negative number by 0.",
                lambda X, W, b: X @ W + b,
            ),
            Mistake(
                "no bias",
                "These are the features of a layer whose biases are all 0. Where does b come in?",
                lambda X, W, b: np.maximum(X @ W, 0),
            ),
            Mistake(
                "bias after ReLU",
                "You added b after ReLU. It belongs to the sum that ReLU looks at.",
                lambda X, W, b: np.maximum(X @ W, 0) + b,
            ),
            Mistake(
                "size instead of ReLU",
                "You took the size of each number. ReLU keeps positive numbers and makes negative ones 0.",
                lambda X, W, b: np.abs(X @ W + b),
            ),
        ),
        real_size=_real_features,
    ),
    Exercise(
        name="withhold_classes",
        notebook=NOTEBOOK,
        title="Labels that training never sees",
        task=(
            "Write withhold_classes(labels, withheld). It takes labels (n,) and the class numbers to "
            "withhold. It returns a mask (n,), True for the images that stay, and the classes of those, "
            "renumbered from 0 without gaps in the old order."
        ),
        points=2,
        hints=(
            "There are two questions: which images stay, and what are their classes called when some "
            "numbers are missing?",
            "~np.isin(labels, withheld) is the mask. A network with seven outputs expects classes 0 to 6, "
            "so the remaining numbers have to close the gaps.",
            "np.unique(labels[keep], return_inverse=True)[1] numbers the values that occur from 0, in order.",
        ),
        cases=_withheld_cases,
        reference=withhold_classes,
        mistakes=(
            Mistake(
                "numbers not changed",
                "The mask is right, but the numbers have gaps: a network with seven outputs has no class "
                "9. Number the remaining classes from 0.",
                _numbers_left,
            ),
            Mistake(
                "inverted mask",
                "Your mask keeps the withheld classes and drops the others.",
                _turned_round,
            ),
            Mistake(
                "shifted",
                "You subtracted the smallest remaining number. That closes a gap at the beginning, but "
                "none in between.",
                _shifted,
            ),
        ),
    ),
)
