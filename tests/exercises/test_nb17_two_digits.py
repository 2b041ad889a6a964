"""Exercises of 17, beyond what holds for all exercises: what a loop gives, and edge cases."""

from __future__ import annotations

import numpy as np
import pytest

from capslab.exercises import check
from capslab.exercises.nb17_two_digits import EXERCISES, NOTEBOOK
from capslab.models import detection

BY_NAME = {exercise.name: exercise for exercise in EXERCISES}


def test_they_belong_to_the_notebook():
    assert {exercise.notebook for exercise in EXERCISES} == {NOTEBOOK}
    assert 3 <= len(EXERCISES) <= 6


def test_both_right_by_a_loop():
    def both_right(labels, found):
        return sum(set(a) == set(b) for a, b in zip(labels.tolist(), found.tolist(), strict=True)) / len(
            labels
        )

    assert check("both_right", both_right).state == "done"


def test_iou_by_a_loop():
    def mask_iou(truth, found):
        both = either = 0
        for a, b in zip(truth.ravel(), found.ravel(), strict=True):
            both, either = both + (a and b), either + (a or b)
        return both / either

    assert check("mask_iou", mask_iou).state == "done"


@pytest.mark.parametrize("seed", range(20))
def test_the_references_are_what_the_package_computes(seed):
    for case in BY_NAME["both_right"].cases(seed, True):
        assert BY_NAME["both_right"].reference(*case.args) == detection.both_right(*case.args).mean()
    for case in BY_NAME["mask_iou"].cases(seed, True):
        assert BY_NAME["mask_iou"].reference(*case.args) == pytest.approx(float(detection.iou(*case.args)))
    for case in BY_NAME["suppress"].cases(seed, True):
        kept = BY_NAME["suppress"].reference(*case.args)
        np.testing.assert_array_equal(kept, detection.suppress(*case.args))


def test_a_list_or_an_array_of_positions_is_as_good():
    assert check("suppress", detection.suppress).state == "done"
