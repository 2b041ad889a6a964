"""Exercises of lesson 05: judging a classifier class by class, and its confidence."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "05_can_you_trust_it"


def recall_per_class(labels, predicted, classes):
    """For each class, the share of its images that were recognised; 0 if it has none."""
    recall = np.zeros(classes)
    for label in range(classes):
        own = labels == label
        if own.any():
            recall[label] = (predicted[own] == label).mean()
    return recall


def _recall_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, classes: int) -> tuple[np.ndarray, np.ndarray, int]:
        labels = rng.permutation(np.arange(n) % classes)
        predicted = np.where(rng.random(n) < 0.5, labels, rng.integers(0, classes, n))
        for label in range(classes):  # of each class some are right, and some are not
            own = np.flatnonzero(labels == label)
            predicted[own[:2]] = label, (label + 1) % classes
        return labels, predicted, classes

    # recall, precision, accuracy and F1 are different numbers, for both classes
    uneven = np.repeat([0, 1], [6, 3]), np.array([0, 0, 0, 0, 0, 1, 1, 0, 0])
    order = rng.permutation(9)
    cases = [
        Case("two classes, one recognised less often", (uneven[0][order], uneven[1][order], 2)),
        Case("several classes", random_case(43, 4)),
        Case("a class without images", (np.array([0, 0, 2, 2]), np.array([0, 1, 2, 0]), 4)),
        Case("a class of one image", (np.array([0, 0, 0, 1]), np.array([0, 2, 0, 1]), 3)),
        Case("classes that are never predicted", (np.arange(12) % 3, np.ones(12, int), 3)),
    ]
    if hard:
        cases.append(Case("everything predicted as one class", (np.arange(12) % 3, np.zeros(12, int), 3)))
        cases.append(Case("many classes", random_case(100, 10)))
    return cases


def calibration_error(confidence, right, bins):
    """Σ over bins of (share of images in it) × |accuracy in it − mean confidence in it|."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)  # a confidence of 1 is in the last bin
    error = 0.0
    for b in range(bins):
        inside = which == b
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error


def _calibration_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, bins: int, lowest: float = 0.3) -> tuple[np.ndarray, np.ndarray, int]:
        confidence = rng.uniform(lowest, 0.999, n)
        confidence[0] = 0.95
        return confidence, right_now_and_then(confidence, bins), bins

    def right_now_and_then(confidence: np.ndarray, bins: int) -> np.ndarray:
        # too sure in every other bin and too modest in those between, so that bins that are merged differ
        odd = (confidence * bins).astype(int) % 2
        return rng.random(len(confidence)) < np.where(odd, confidence + 0.3, confidence - 0.3)

    confident, right, _ = random_case(30, 3)
    confident[:3], right[:3] = 1.0, [False, False, True]
    even = rng.permutation(np.arange(60) + rng.uniform(0.1, 0.9, 60)) / 60  # from 0 to 1
    cases = [
        Case("ten bins", random_case(80, 10)),
        Case("confidences near 1, so that most bins are empty", random_case(40, 10, 0.75)),
        Case("a confidence of exactly 1", (confident, right, 3)),
        Case("a single image in each of some bins", (even[:3], np.array([True, False, True]), 7)),
        Case("a network that is never right", (even, np.zeros(60, bool), 3)),
        Case("low confidences too, and four bins", (even, right_now_and_then(even, 4), 4)),
    ]
    if hard:
        cases.append(Case("one bin", random_case(30, 1)))
        cases.append(Case("many images", random_case(500, 15)))
    return cases


def _by_bins(confidence, right, bins, gap, weighted=True):
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    full = [which == b for b in range(bins) if (which == b).any()]
    gaps = [gap(right[inside].mean() - confidence[inside].mean()) for inside in full]
    return float(np.average(gaps, weights=[inside.sum() for inside in full] if weighted else None))


def _empty_bins(confidence, right, bins):
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    size = np.bincount(which, minlength=bins)
    gaps = np.abs(np.bincount(which, right, bins) / size - np.bincount(which, confidence, bins) / size)
    return (size / len(which) * gaps).sum()


def _precision(labels, predicted, classes):
    predicted_as = [predicted == label for label in range(classes)]
    return np.array([(labels[one] == c).mean() if one.any() else 0.0 for c, one in enumerate(predicted_as)])


EXERCISES = (
    Exercise(
        name="recall_per_class",
        notebook=NOTEBOOK,
        title="Which class is overlooked?",
        task=(
            "Write recall_per_class(labels, predicted, classes). It returns for each class the share of "
            "its images that were predicted right, as an array (classes,). A class without images gets 0."
        ),
        points=2,
        hints=(
            "Recall is about the images that truly belong to the class: how many of them were recognised?",
            "predicted[labels == 3] is what the network predicted for the true 3s.",
            "(predicted[labels == 3] == 3).mean() is the recall of class 3. Loop over the classes, and "
            "where no label equals c, let the recall of c stay 0.",
        ),
        cases=_recall_cases,
        reference=recall_per_class,
        mistakes=(
            Mistake(
                "precision",
                "This is precision: of the images *predicted* as c, how many are c? Recall asks: of the "
                "images that *are* c, how many were predicted as c?",
                _precision,
            ),
            Mistake(
                "accuracy",
                "Every class gets the same number, the accuracy over all images. Look at the images of "
                "one class at a time.",
                lambda labels, predicted, classes: np.full(classes, (labels == predicted).mean()),
            ),
            Mistake(
                "empty class",
                "A class without images gives NaN, because its mean is 0 divided by 0. The exercise asks "
                "for 0 there.",
                lambda labels, predicted, classes: np.array(
                    [
                        np.float64(((predicted == c) & (labels == c)).sum()) / (labels == c).sum()
                        for c in range(classes)
                    ]
                ),
            ),
        ),
    ),
    Exercise(
        name="calibration_error",
        notebook=NOTEBOOK,
        title="Does the network know how sure to be?",
        task=(
            "Write calibration_error(confidence, right, bins). Split 0…1 into equal bins by confidence "
            "(n,), and return the mean of |accuracy − mean confidence| over the bins, each weighted by "
            "its share of the images; right is (n,), True or False. A confidence on an edge is in the upper "
            "bin, and 1 in the last."
        ),
        points=3,
        hints=(
            "A network that says 0.9 should be right nine times out of ten. Group images of similar "
            "confidence, and compare the two means in each group.",
            "np.minimum((confidence * bins).astype(int), bins - 1) numbers the bins from 0. For each bin "
            "that has images, compute right[inside].mean() and confidence[inside].mean().",
            "Add up inside.mean() * abs(right[inside].mean() - confidence[inside].mean()) over the bins "
            "that are not empty.",
        ),
        cases=_calibration_cases,
        reference=calibration_error,
        mistakes=(
            Mistake(
                "unweighted",
                "In your mean every bin counts the same, whether it holds two images or a thousand. "
                "Weight each bin by its share of the images.",
                lambda confidence, right, bins: _by_bins(confidence, right, bins, abs, weighted=False),
            ),
            Mistake(
                "signs cancel",
                "Bins that are overconfident and bins that are underconfident cancel out. Take the "
                "absolute difference in each bin.",
                lambda confidence, right, bins: _by_bins(confidence, right, bins, lambda gap: gap),
            ),
            Mistake(
                "squared",
                "You square the differences. The expected calibration error uses their absolute values.",
                lambda confidence, right, bins: _by_bins(confidence, right, bins, lambda gap: gap**2),
            ),
            Mistake(
                "empty bin",
                "A bin without images gives NaN, because its mean is 0 divided by 0. Leave empty bins out.",
                _empty_bins,
            ),
        ),
    ),
)
