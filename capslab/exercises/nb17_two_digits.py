"""Exercises of 17_two_digits: scoring two answers and a mask, and dropping duplicate detections."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake
from capslab.exercises.suppression_exercise import SUPPRESSION

NOTEBOOK = "17_two_digits"


def both_right(labels, predictions):
    """Share of the pairs in which both digits are recognised, in either order."""
    return np.mean((np.sort(labels, axis=1) == np.sort(predictions, axis=1)).all(axis=1))


def _pair_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def pairs(n: int, classes: int = 10) -> np.ndarray:
        return np.argsort(rng.random((n, classes)), axis=1)[:, :2]

    labels = pairs(30)
    some = np.where(rng.random((30, 1)) < 0.6, labels, pairs(30))
    half = labels.copy()
    half[:12, 1] = (labels[:12].sum(axis=1) + 1) % 10
    half[half[:, 0] == half[:, 1], 1] = labels[half[:, 0] == half[:, 1], 1]
    alike = (
        np.array([[9, 0], [2, 6], [2, 6], [8, 1], [3, 5], [3, 5], [7, 4]]),
        np.array([[0, 9], [5, 3], [4, 3], [2, 4], [3, 8], [1, 5], [7, 4]]),
    )
    cases = [
        Case("pairs of which some are right", (labels, some)),
        Case("pairs given in the other order", (labels[:8], labels[:8, ::-1])),
        Case("pairs of which some have one wrong digit", (labels, half)),
        Case("wrong pairs with the same sum, product, smaller or larger digit", alike),
    ]
    if hard:
        cases.append(Case("one pair", (np.array([[3, 5]]), np.array([[5, 3]]))))
        cases.append(Case("three classes", (pairs(50, 3), pairs(50, 3))))
    return cases


def mask_iou(truth, predicted):
    """Pixels in both masks divided by pixels in either."""
    return (truth & predicted).sum() / (truth | predicted).sum()


def _mask_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def blob(top: int, left: int, height: int, width: int) -> np.ndarray:
        mask = np.zeros((12, 12), bool)
        mask[top : top + height, left : left + width] = True
        return mask

    at = int(rng.integers(0, 3))
    truth = blob(at, 2, 6, 4)
    cases = [
        Case("masks that overlap partly", (truth, blob(at + 2, 3, 6, 5))),
        Case("a predicted mask inside the true one", (truth, blob(at + 1, 3, 3, 2))),
        Case("ragged masks", (rng.random((9, 12)) < 0.4, rng.random((9, 12)) < 0.5)),
        Case("a true mask inside the predicted one", (blob(at + 1, 3, 3, 2), truth)),
        Case("masks that do not touch", (blob(0, 0, 3, 3), blob(7, 7, 3, 3))),
    ]
    if hard:
        cases.append(Case("equal masks", (truth, truth.copy())))
    return cases


EXERCISES = (
    Exercise(
        name="both_right",
        notebook=NOTEBOOK,
        title="Are both digits right?",
        task=(
            "Write both_right(labels, predictions). It returns the share of pairs in which both digits "
            "are right, in either order. Both arguments are (n, 2); each row holds two different classes."
        ),
        points=1,
        hints=(
            "Which of the two digits comes first in a row has no meaning. How can you compare two rows "
            "regardless of order?",
            "Sort each row of both arrays: np.sort(labels, axis=1). Then equal rows hold the same two "
            "digits.",
            "Compare the sorted rows, apply .all(axis=1), and take the mean.",
        ),
        cases=_pair_cases,
        reference=both_right,
        mistakes=(
            Mistake(
                "order counts",
                "You count a pair as wrong when its digits come in the other order. But neither digit of "
                "a pair is the first one.",
                lambda labels, predictions: np.mean((labels == predictions).all(axis=1)),
            ),
            Mistake(
                "per digit",
                "A pair with one right digit counts half here: that is the score per digit. The exercise "
                "asks for the share of pairs in which *both* are right.",
                lambda labels, predictions: np.mean(
                    (labels[:, :, None] == predictions[:, None, :]).any(axis=2)
                ),
            ),
            Mistake(
                "one is enough",
                "You count the pairs with at least one right digit. Both must be right.",
                lambda labels, predictions: np.mean(
                    (labels[:, :, None] == predictions[:, None, :]).any(axis=2).any(axis=1)
                ),
            ),
        ),
    ),
    Exercise(
        name="mask_iou",
        notebook=NOTEBOOK,
        title="Intersection over union",
        task=(
            "Write mask_iou(truth, predicted). It returns the number of pixels in both masks divided by "
            "the number of pixels in either mask. Both masks are boolean, (h, w)."
        ),
        points=1,
        hints=(
            "For booleans, & means “both” and | means “either”. To count the True values, take the sum.",
            "The numerator counts the pixels in both masks. The denominator counts the pixels in at least "
            "one of them, each pixel once.",
            "return (truth & predicted).sum() / (truth | predicted).sum()",
        ),
        cases=_mask_cases,
        reference=mask_iou,
        mistakes=(
            Mistake(
                "pixel accuracy",
                "This is the share of all pixels on which the masks agree. Most of these are background, "
                "so an empty mask would score well. Leave out the pixels that neither mask covers.",
                lambda truth, predicted: np.mean(truth == predicted),
            ),
            Mistake(
                "over the truth",
                "You divide by the true mask only, so a predicted mask that covers the whole image would "
                "score 1.",
                lambda truth, predicted: (truth & predicted).sum() / truth.sum(),
            ),
            Mistake(
                "pixels counted twice",
                "You divide by the sum of both areas, which counts the common pixels twice. (With the "
                "numerator doubled as well, this is another score, called Dice.)",
                lambda truth, predicted: 2 * (truth & predicted).sum() / (truth.sum() + predicted.sum()),
            ),
        ),
    ),
    SUPPRESSION,
)
