"""Exercises of 17_two_digits: scoring detections and masks, and dropping duplicate detections."""

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


def exclusive_accuracy(masks, owner):
    """Of the pixels that belong to one digit only, the share assigned to that digit."""
    alone = masks[:, 0] != masks[:, 1]  # (n, h, w)
    return np.mean(masks[:, 1][alone] == owner[alone])


def _owner_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, side: int, ink: float, noise: float) -> tuple[np.ndarray, np.ndarray]:
        masks = rng.random((n, 2, side, side + 1)) < ink * rng.uniform(0.5, 1.2, (n, 1, 1, 1))
        masks[:, :, 0, :2] = [[True, True], [False, True]]  # one pixel alone, one shared
        owner = masks[:, 1] ^ (rng.random((n, side, side + 1)) < noise)
        return masks, owner.astype(int)

    cases = [
        Case("a few pixels wrong", random_case(5, 8, 0.4, 0.2)),
        Case("much overlap", random_case(3, 8, 0.8, 0.3)),
        Case("little ink", random_case(4, 10, 0.1, 0.5)),
    ]
    if hard:
        cases.append(Case("one pair", random_case(1, 6, 0.5, 0.1)))
        cases.append(Case("all pixels right", random_case(2, 6, 0.5, 0.0)))
    return cases


ANSWER = {
    "a 3 over an 8, no pixel shared": True,
    "a 3 over an 8, most pixels shared": True,
    "two 3s over each other": False,
    "two 3s side by side, far apart": False,
}


def _answer_cases(seed: int, hard: bool) -> list[Case]:
    return [Case(f"the key {name!r}", (name,)) for name in ANSWER]


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
    Exercise(
        name="exclusive_accuracy",
        notebook=NOTEBOOK,
        title="Pixels that belong to one digit only",
        task=(
            "Write exclusive_accuracy(masks, owner). Of the pixels that belong to exactly one digit, it "
            "returns the share assigned to that digit. masks is boolean (n, 2, h, w); owner is 0 or 1, "
            "(n, h, w)."
        ),
        points=2,
        hints=(
            "First find the pixels that count: those in exactly one of the two masks.",
            "alone = masks[:, 0] != masks[:, 1] has shape (n, h, w). Where it is True, masks[:, 1] is 1 "
            "for the second digit and 0 for the first.",
            "Compare masks[:, 1][alone] with owner[alone] and take the mean.",
        ),
        cases=_owner_cases,
        reference=exclusive_accuracy,
        mistakes=(
            Mistake(
                "background too",
                "You average over all pixels, including those without ink and those that both digits "
                "cover. For these pixels no owner is right or wrong.",
                lambda masks, owner: np.mean(masks[:, 1] == owner),
            ),
            Mistake(
                "shared pixels too",
                "Your average includes pixels that both digits cover. They belong to both, so leave them "
                "out.",
                lambda masks, owner: np.mean(
                    (masks[:, 1] == owner)[masks.any(axis=1)],
                ),
            ),
            Mistake(
                "digits exchanged",
                "Owner 0 is the first digit, masks[:, 0]. You have the two swapped.",
                lambda masks, owner: exclusive_accuracy(masks, 1 - owner),
            ),
        ),
    ),
    SUPPRESSION,
    Exercise(
        name="can_be_said",
        notebook=NOTEBOOK,
        title="What can one capsule per class express?",
        task=(
            "Write can_be_said, a dictionary that is True for each image in which a perfect network with "
            "one capsule per class could report both digits, and False for the others. Its keys: "
            + ", ".join(repr(name) for name in ANSWER)
            + "."
        ),
        points=1,
        hints=(
            "The network answers with ten lengths, one per class. Which answers can it give at all?",
            "Write down the ten lengths it should give for each image. Do any two of these images differ "
            "only in the number of 3s?",
            "The length of capsule 3 says whether there is *a* 3. There is only one such length and one "
            "such pose, wherever the 3s are in the image.",
        ),
        cases=_answer_cases,
        reference=ANSWER,
        mistakes=(
            Mistake(
                "overlap",
                "Overlap makes it hard, but not impossible: two different capsules can both be long, with "
                "one pose each.",
                {**ANSWER, "a 3 over an 8, most pixels shared": False},
            ),
            Mistake(
                "distance",
                "The whole network has one capsule for 3, with one length and one pose. Moving the two 3s "
                "apart does not give it a second one.",
                {**ANSWER, "two 3s side by side, far apart": True},
            ),
            Mistake(
                "all of them",
                "With ten lengths, one per class, how would the network say “two 3s” instead of “a 3”?",
                dict.fromkeys(ANSWER, True),
            ),
        ),
        partial=False,
    ),
)
