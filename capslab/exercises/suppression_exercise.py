"""The exercise on non-maximum suppression: of boxes that overlap, the most confident one stays."""

from __future__ import annotations

from functools import cache

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake


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
    halves = mixed([[0, 0, 9, 8], [0, 0, 9, 4]], [0.6, 0.7])
    grazing = mixed([[0, 0, 8, 6], [7, 1, 12, 9], [30, 0, 38, 6], [31, 5, 39, 12]], [0.5, 0.9, 0.8, 0.6])
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
            (*halves[:2], 0.5),
        ),
        Case("pairs of boxes just above and just below max_iou 0.4", _near_the_limit(seed, 0.4)),
        Case("pairs of boxes just above and just below max_iou 0.15", _near_the_limit(seed, 0.15)),
        Case("boxes that touch or lie apart, and max_iou 0", (*apart[:2], 0.0)),
        Case("boxes that overlap by one row or column, and max_iou 0", (*grazing[:2], 0.0)),
        Case("two boxes whose IoU of 0.5 is just above max_iou", (*halves[:2], 0.499)),
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


SUPPRESSION = Exercise(
    name="suppress",
    notebook="17_two_digits",
    title="Non-maximum suppression",
    task=(
        "Write suppress(boxes, scores, max_iou). It returns a list of the positions of the boxes to "
        "keep, most confident first, so that no box overlaps a more confident kept box by an IoU "
        "above max_iou. boxes (n, 4) are top, left, bottom, right."
    ),
    points=3,
    hints=(
        "Go through the boxes from the most confident to the least confident. When is a box worth keeping?",
        "np.argsort(-scores) gives that order. Keep a box if its IoU with every box kept so far is at "
        "most `max_iou`. The IoU of boxes is like that of masks: common area over joint area.",
        "In the lesson, iou(a, b) of two boxes is given. Inside the loop: if all(iou(boxes[i], boxes[j]) <= "
        "max_iou for j in keep), then keep.append(int(i)).",
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
)
