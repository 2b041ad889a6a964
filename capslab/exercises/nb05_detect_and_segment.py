"""Exercises of 05_detect_and_segment: scoring detections and masks, and dropping duplicate detections."""

from __future__ import annotations

from functools import cache

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "05_detect_and_segment"


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


def suppress(boxes, scores, max_iou):
    """Positions of the boxes to keep, the most confident first; none overlaps a more confident kept box."""

    def iou(a, b):
        height = min(a[2], b[2]) - max(a[0], b[0])
        width = min(a[3], b[3]) - max(a[1], b[1])
        both = max(height, 0) * max(width, 0)
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return both / (sum(areas) - both)

    keep: list[int] = []
    for i in np.argsort(-scores):
        if all(iou(boxes[i], boxes[j]) <= max_iou for j in keep):
            keep.append(int(i))
    return keep


def _ious(boxes):
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    both = np.maximum(high - low, 0).prod(axis=2)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return both / (areas[:, None] + areas - both)


def _in_given_order(boxes, scores, max_iou):
    iou_table, keep = _ious(boxes), list[int]()
    for i in range(len(boxes)):
        if all(iou_table[i, j] <= max_iou for j in keep):
            keep.append(i)
    return keep


def _dropped_still_drops(boxes, scores, max_iou):
    iou_table, order = _ious(boxes), np.argsort(-scores)
    return [int(i) for place, i in enumerate(order) if all(iou_table[i, j] <= max_iou for j in order[:place])]


def _kept_what_overlaps(boxes, scores, max_iou):
    iou_table, keep = _ious(boxes), list[int]()
    for i in np.argsort(-scores):
        if not keep or all(iou_table[i, j] > max_iou for j in keep):
            keep.append(int(i))
    return keep


def _box_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def mixed(boxes: list[list[int]], scores: list[float]) -> tuple[np.ndarray, np.ndarray, float]:
        order = rng.permutation(len(boxes))
        moved = np.array(boxes) + np.tile(rng.integers(0, 20, 2), 2)
        return moved[order], np.array(scores)[order], 0.4

    # The second is dropped for the first; the third overlaps only the second, and stays.
    chain = [[0, 0, 10, 10], [0, 4, 10, 14], [0, 8, 10, 18]]
    apart = mixed(
        [[0, 0, 5, 5], [5, 1, 9, 4], [2, 9, 6, 12], [12, 0, 15, 9], [13, 11, 16, 14]],
        [0.5, 0.9, 0.7, 0.8, 0.6],
    )
    cases = [
        Case(
            "two digits, each detected twice",
            mixed([[0, 0, 10, 8], [1, 1, 11, 9], [0, 20, 10, 28], [0, 21, 10, 29]], [0.7, 0.9, 0.8, 0.6]),
        ),
        Case("a chain of three boxes", mixed(chain, [0.9, 0.8, 0.7])),
        Case("boxes far apart", mixed([[0, 0, 5, 5], [20, 22, 25, 27], [0, 20, 5, 25]], [0.5, 0.9, 0.7])),
        Case("a small box inside a large one", mixed([[0, 0, 12, 10], [3, 2, 9, 8]], [0.8, 0.9])),
        Case(
            "two boxes whose IoU is exactly max_iou",
            (*mixed([[0, 0, 9, 8], [0, 0, 9, 4]], [0.6, 0.7])[:2], 0.5),
        ),
        Case("pairs of boxes just above and just below max_iou 0.4", _near_the_limit(seed, 0.4)),
        Case("pairs of boxes just above and just below max_iou 0.15", _near_the_limit(seed, 0.15)),
        Case("boxes that touch or lie apart, and max_iou 0", (*apart[:2], 0.0)),
        Case("no boxes at all", (np.zeros((0, 4), int), np.zeros(0), 0.4)),
    ]
    if hard:
        cases.append(Case("one box", mixed([[3, 4, 9, 9]], [0.6])))
        cases.append(Case("pairs of boxes just above and just below max_iou 0.6", _near_the_limit(seed, 0.6)))
        many = [[top, left, top + 10, left + 8] for top, left in rng.integers(0, 30, (12, 2)).tolist()]
        cases.append(Case("many boxes", mixed(many, list(np.linspace(0.5, 0.95, 12)))))
    return cases


@cache  # cases are asked for again and again, and hundreds of pairs are tried for each that is near
def _near_the_limit(seed: int, limit: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Pairs of boxes that overlap by a little more or a little less than `limit`, each pair by itself.

    Whoever computes the IoU in another way, or of other sides, decides about one of them differently.
    """
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 12, (20_000, 2, 2))
    pairs = np.concatenate([corners, corners + rng.integers(4, 20, (20_000, 2, 2))], axis=2)  # (pair, 2, 4)
    low, high = np.maximum(pairs[:, 0, :2], pairs[:, 1, :2]), np.minimum(pairs[:, 0, 2:], pairs[:, 1, 2:])
    both = np.maximum(high - low, 0).prod(axis=1)
    gaps = both / ((pairs[:, :, 2:] - pairs[:, :, :2]).prod(axis=2).sum(axis=1) - both) - limit
    found = [pairs[(gaps > a) & (gaps < b)][:1] for a, b in ((0.0005, 0.0045), (0.005, 0.03))]
    found += [pairs[(gaps > -b) & (gaps < -a)][:1] for a, b in ((0.0005, 0.0045), (0.005, 0.03))]
    found += [pairs[(abs(gaps) > 0.005) & (abs(gaps) < 0.03)][5:11]]
    chosen = np.concatenate(found)  # (10, 2, 4)
    apart = 40 * np.stack(np.divmod(np.arange(len(chosen)), 4), axis=1)
    boxes = (chosen + np.tile(apart, 2)[:, None]).reshape(-1, 4)
    order = rng.permutation(len(boxes))
    return boxes[order], rng.permutation(np.linspace(0.95, 0.05, len(boxes))), limit


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
    Exercise(
        name="suppress",
        notebook=NOTEBOOK,
        title="Non-maximum suppression",
        task=(
            "Write suppress(boxes, scores, max_iou). It returns a list of the positions of the boxes to "
            "keep, most confident first, so that no box overlaps a more confident kept box by an IoU "
            "above max_iou. boxes (n, 4) are top, left, bottom, right."
        ),
        points=3,
        hints=(
            "Go through the boxes from the most confident to the least confident. When is a box worth "
            "keeping?",
            "np.argsort(-scores) gives that order. Keep a box if its IoU with every box kept so far is at "
            "most `max_iou`. The IoU of boxes is like that of masks: common area over joint area.",
            "The common height is min(bottoms) − max(tops), or 0 if that is negative; the same goes for "
            "the width. The joint area is the sum of both areas minus the common area.",
        ),
        cases=_box_cases,
        reference=suppress,
        mistakes=(
            Mistake(
                "in the order given",
                "You take the boxes in the order in which they came, so an uncertain box can push out a "
                "more confident one. Start with the highest score.",
                _in_given_order,
            ),
            Mistake(
                "dropped boxes still drop others",
                "In a chain of three boxes, the middle one is dropped because of the most confident one. "
                "After that it must not push out the third. Compare with *kept* boxes only.",
                _dropped_still_drops,
            ),
            Mistake(
                "kept what overlaps",
                "You keep the boxes that overlap the most confident one, and drop the others. Reverse the "
                "comparison.",
                _kept_what_overlaps,
            ),
        ),
    ),
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
