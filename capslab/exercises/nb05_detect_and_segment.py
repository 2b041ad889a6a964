"""Exercises of 05_detect_and_segment: scoring what was found, and dropping what was found twice."""

from __future__ import annotations

import numpy as np

from capslab.exercises.core import Case, Exercise, Mistake

NOTEBOOK = "05_detect_and_segment"


def both_right(labels, found):
    """Share of the pairs whose two digits were both named, in either order."""
    return np.mean((np.sort(labels, axis=1) == np.sort(found, axis=1)).all(axis=1))


def _pair_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def pairs(n: int, classes: int = 10) -> np.ndarray:
        return np.argsort(chance.random((n, classes)), axis=1)[:, :2]

    labels = pairs(30)
    some = np.where(chance.random((30, 1)) < 0.6, labels, pairs(30))
    half = labels.copy()
    half[:12, 1] = (labels[:12].sum(axis=1) + 1) % 10
    half[half[:, 0] == half[:, 1], 1] = labels[half[:, 0] == half[:, 1], 1]
    cases = [
        Case("some pairs right", (labels, some)),
        Case("pairs named in the other order", (labels[:8], labels[:8, ::-1])),
        Case("one digit of some pairs wrong", (labels, half)),
    ]
    if hard:
        cases.append(Case("one pair", (np.array([[3, 5]]), np.array([[5, 3]]))))
        cases.append(Case("three classes", (pairs(50, 3), pairs(50, 3))))
    return cases


def mask_iou(truth, found):
    """Pixels in both masks over pixels in either."""
    return (truth & found).sum() / (truth | found).sum()


def _mask_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def blob(top: int, left: int, height: int, width: int) -> np.ndarray:
        mask = np.zeros((12, 12), bool)
        mask[top : top + height, left : left + width] = True
        return mask

    at = int(chance.integers(0, 3))
    truth = blob(at, 2, 6, 4)
    cases = [
        Case("masks that overlap in part", (truth, blob(at + 2, 3, 6, 5))),
        Case("a found mask inside the truth", (truth, blob(at + 1, 3, 3, 2))),
        Case("ragged masks", (chance.random((12, 12)) < 0.4, chance.random((12, 12)) < 0.5)),
    ]
    if hard:
        cases.append(Case("masks that do not touch", (blob(0, 0, 3, 3), blob(7, 7, 3, 3))))
        cases.append(Case("equal masks", (truth, truth.copy())))
    return cases


def exclusive_accuracy(masks, owner):
    """Of the pixels that one digit has alone, the share given to that digit."""
    alone = masks[:, 0] != masks[:, 1]  # (n, h, w)
    return np.mean(masks[:, 1][alone] == owner[alone])


def _owner_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def made(n: int, side: int, ink: float, noise: float) -> tuple[np.ndarray, np.ndarray]:
        masks = chance.random((n, 2, side, side)) < ink
        masks[:, :, 0, :2] = [[True, True], [False, True]]  # one pixel alone, one shared
        owner = masks[:, 1] ^ (chance.random((n, side, side)) < noise)
        return masks, owner.astype(int)

    cases = [
        Case("a few pixels wrong", made(5, 8, 0.4, 0.2)),
        Case("much overlap", made(3, 8, 0.8, 0.3)),
        Case("little ink", made(4, 10, 0.1, 0.5)),
    ]
    if hard:
        cases.append(Case("one pair", made(1, 6, 0.5, 0.1)))
        cases.append(Case("all pixels right", made(2, 6, 0.5, 0.0)))
    return cases


def suppress(boxes, scores, most):
    """Positions of the boxes to keep, surest first, none near a surer one that is kept."""

    def iou(a, b):
        height = min(a[2], b[2]) - max(a[0], b[0])
        width = min(a[3], b[3]) - max(a[1], b[1])
        both = max(height, 0) * max(width, 0)
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return both / (sum(areas) - both)

    kept: list[int] = []
    for i in np.argsort(-scores):
        if all(iou(boxes[i], boxes[j]) <= most for j in kept):
            kept.append(int(i))
    return kept


def _ious(boxes):
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    both = np.maximum(high - low, 0).prod(axis=2)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    return both / (areas[:, None] + areas - both)


def _in_given_order(boxes, scores, most):
    near, kept = _ious(boxes), list[int]()
    for i in range(len(boxes)):
        if all(near[i, j] <= most for j in kept):
            kept.append(i)
    return kept


def _dropped_still_drops(boxes, scores, most):
    near, order = _ious(boxes), np.argsort(-scores)
    return [int(i) for place, i in enumerate(order) if all(near[i, j] <= most for j in order[:place])]


def _kept_what_overlaps(boxes, scores, most):
    near, kept = _ious(boxes), list[int]()
    for i in np.argsort(-scores):
        if not kept or all(near[i, j] > most for j in kept):
            kept.append(int(i))
    return kept


def _box_cases(seed: int, hard: bool) -> list[Case]:
    chance = np.random.default_rng(seed)

    def mixed(boxes: list[list[int]], scores: list[float]) -> tuple[np.ndarray, np.ndarray, float]:
        order = chance.permutation(len(boxes))
        moved = np.array(boxes) + np.tile(chance.integers(0, 20, 2), 2)
        return moved[order], np.array(scores)[order], 0.4

    # The second is dropped for the first; the third overlaps only the second, and stays.
    chain = [[0, 0, 10, 10], [0, 4, 10, 14], [0, 8, 10, 18]]
    cases = [
        Case(
            "two digits, each seen twice",
            mixed([[0, 0, 10, 8], [1, 1, 11, 9], [0, 20, 10, 28], [0, 21, 10, 29]], [0.7, 0.9, 0.8, 0.6]),
        ),
        Case("a chain of three boxes", mixed(chain, [0.9, 0.8, 0.7])),
        Case("boxes far apart", mixed([[0, 0, 5, 5], [20, 0, 25, 5], [0, 20, 5, 25]], [0.5, 0.9, 0.7])),
    ]
    if hard:
        cases.append(Case("one box", mixed([[3, 4, 9, 9]], [0.6])))
        many = [[top, left, top + 10, left + 8] for top, left in chance.integers(0, 30, (12, 2)).tolist()]
        cases.append(Case("many boxes", mixed(many, list(np.linspace(0.5, 0.95, 12)))))
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
        title="Both digits right",
        task=(
            "Write both_right(labels, found): the share of pairs whose two digits were both named, in "
            "either order; both arguments are (n, 2), each row two different classes."
        ),
        points=1,
        hints=(
            "Which of two digits comes first in a row means nothing. How can two rows be compared "
            "regardless of order?",
            "Sort each row of both arrays: np.sort(labels, axis=1). Equal rows then hold the same two "
            "digits.",
            "Compare the sorted rows, ask for .all(axis=1), and take the mean.",
        ),
        cases=_pair_cases,
        reference=both_right,
        mistakes=(
            Mistake(
                "order counts",
                "You count a pair as wrong when its digits are named in the other order. Neither digit of "
                "a pair "
                "is the first.",
                lambda labels, found: np.mean((labels == found).all(axis=1)),
            ),
            Mistake(
                "per digit",
                "A pair with one right counts half here: that is the score per digit. Asked for is the "
                "share of pairs "
                "with *both* right.",
                lambda labels, found: np.mean((labels[:, :, None] == found[:, None, :]).any(axis=2)),
            ),
            Mistake(
                "one is enough",
                "You count pairs with at least one digit right. Both must be.",
                lambda labels, found: np.mean(
                    (labels[:, :, None] == found[:, None, :]).any(axis=2).any(axis=1)
                ),
            ),
        ),
    ),
    Exercise(
        name="mask_iou",
        notebook=NOTEBOOK,
        title="Intersection over union",
        task=(
            "Write mask_iou(truth, found): the pixels that are in both masks over the pixels that are in "
            "either; both are truth values (h, w)."
        ),
        points=1,
        hints=(
            "For truth values & is “both” and | is “either”. Counting True values is a sum.",
            "The upper number counts pixels in both masks, the lower one pixels in at least one, each "
            "pixel once.",
            "return (truth & found).sum() / (truth | found).sum()",
        ),
        cases=_mask_cases,
        reference=mask_iou,
        mistakes=(
            Mistake(
                "pixel accuracy",
                "This is the share of all pixels where the masks agree, and most of that is background: "
                "an empty "
                "mask would score well. Leave out what neither covers.",
                lambda truth, found: np.mean(truth == found),
            ),
            Mistake(
                "over the truth",
                "You divide by the truth alone: a found mask that covers the whole image would score 1.",
                lambda truth, found: (truth & found).sum() / truth.sum(),
            ),
            Mistake(
                "pixels counted twice",
                "You divide by the sum of both areas, which counts common pixels twice (doubled above, it is "
                "another score, called Dice).",
                lambda truth, found: 2 * (truth & found).sum() / (truth.sum() + found.sum()),
            ),
        ),
    ),
    Exercise(
        name="exclusive_accuracy",
        notebook=NOTEBOOK,
        title="Pixels that one digit has alone",
        task=(
            "Write exclusive_accuracy(masks, owner): of the pixels that belong to exactly one digit, the "
            "share given to that digit; masks are truth values (n, 2, h, w), owner is 0 or 1 (n, h, w)."
        ),
        points=2,
        hints=(
            "First find the pixels that count: those in exactly one of the two masks.",
            "alone = masks[:, 0] != masks[:, 1] has shape (n, h, w). Where it is True, masks[:, 1] says 1 "
            "for the "
            "second digit and 0 for the first.",
            "Compare masks[:, 1][alone] with owner[alone] and take the mean.",
        ),
        cases=_owner_cases,
        reference=exclusive_accuracy,
        mistakes=(
            Mistake(
                "background too",
                "You average over all pixels, also those without ink and those that both digits cover. No "
                "owner "
                "is right or wrong there.",
                lambda masks, owner: np.mean(masks[:, 1] == owner),
            ),
            Mistake(
                "shared pixels too",
                "Pixels that both digits cover are in your average. They belong to both; leave them out.",
                lambda masks, owner: np.mean(
                    (masks[:, 1] == owner)[masks.any(axis=1)],
                ),
            ),
            Mistake(
                "digits exchanged",
                "Owner 0 is the first digit, masks[:, 0]. You have the two the other way round.",
                lambda masks, owner: exclusive_accuracy(masks, 1 - owner),
            ),
        ),
    ),
    Exercise(
        name="suppress",
        notebook=NOTEBOOK,
        title="Non-maximum suppression",
        task=(
            "Write suppress(boxes, scores, most): a list of the positions of the boxes to keep, surest "
            "first, "
            "so that none overlaps a surer kept one by an IoU above most; boxes (n, 4) are top, left, "
            "bottom, "
            "right."
        ),
        points=3,
        hints=(
            "Go through the boxes from the surest to the least sure. When is one of them worth keeping?",
            "np.argsort(-scores) gives that order. Keep a box if its IoU with every box kept so far is at "
            "most "
            "`most`. The IoU of boxes is that of masks: common area over joint area.",
            "The common height is min(bottoms) − max(tops), or 0 where that is negative; likewise the width. "
            "Joint area = sum of both areas − common area.",
        ),
        cases=_box_cases,
        reference=suppress,
        mistakes=(
            Mistake(
                "in the order given",
                "You take the boxes in the order they came, so an unsure box can push out a surer one. "
                "Start with "
                "the highest score.",
                _in_given_order,
            ),
            Mistake(
                "the dropped still drop",
                "In a chain of three boxes, the middle one is dropped for the surest; it must not push "
                "out the third "
                "any more. Compare with *kept* boxes only.",
                _dropped_still_drops,
            ),
            Mistake(
                "kept what overlaps",
                "You keep the boxes that overlap the surest one and drop the others: turn the comparison "
                "round.",
                _kept_what_overlaps,
            ),
        ),
    ),
    Exercise(
        name="can_be_said",
        notebook=NOTEBOOK,
        title="What one capsule a class can say",
        task=(
            "Give can_be_said, a dictionary that says True where a perfect network with one capsule for each "
            "class could report both digits of an image, else False. Its keys: "
            + ", ".join(repr(name) for name in ANSWER)
            + "."
        ),
        points=1,
        hints=(
            "The answer of the network is ten lengths, one a class. Which answers can it give at all?",
            "Write down the ten lengths it should give for each image. Are any two of these images told "
            "apart by the "
            "number of 3s?",
            "The length of the 3 says whether *a* 3 is there; there is one such length and one such pose, "
            "wherever in "
            "the image the 3s stand.",
        ),
        cases=_answer_cases,
        reference=ANSWER,
        mistakes=(
            Mistake(
                "overlap",
                "Overlap makes it hard, not impossible: two different capsules can both be long, with one "
                "pose each.",
                {**ANSWER, "a 3 over an 8, most pixels shared": False},
            ),
            Mistake(
                "distance",
                "There is one capsule for 3 in the whole network, with one length and one pose. Distance "
                "between two 3s "
                "gives it no second one.",
                {**ANSWER, "two 3s side by side, far apart": True},
            ),
            Mistake(
                "all of them",
                "How would ten lengths, one a class, say “two 3s” rather than “a 3”?",
                dict.fromkeys(ANSWER, True),
            ),
        ),
        partial=False,
    ),
)
