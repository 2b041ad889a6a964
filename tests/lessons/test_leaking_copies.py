"""Copies on both sides of a split: what nobody could have learned is answered all the same."""

import numpy as np
import pytest

from capslab.data import Images
from capslab.lessons.leaking_copies import random_labels


@pytest.fixture(scope="module")
def noise():
    """Images that have nothing to do with each other."""
    return Images(np.random.default_rng(0).integers(0, 256, (300, 8, 8), dtype=np.uint8))


def test_copies_on_both_sides_answer_and_copies_kept_together_do_not(noise):
    together, spread = (
        [random_labels(noise, kept, seed, n=80) for seed in range(4)] for kept in (True, False)
    )
    assert np.mean(together) < 30  # ten labels: one in ten by chance
    assert np.mean(spread) > 75  # 1 - (1/3)² of the test images have a copy to learn from
    assert random_labels(noise, True, 1, n=80) == together[1]


@pytest.mark.parametrize("together", [True, False])
def test_few_images_leave_no_side_empty(noise, together):
    assert all(0 <= random_labels(noise[:9], together, seed) <= 100 for seed in range(30))
