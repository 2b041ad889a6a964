"""Recall of a rare class, with and without weights in the loss."""

import numpy as np
import pytest

from capslab.data import load
from capslab.errors import ArgumentError
from capslab.lessons import rare_class


@pytest.fixture(scope="module")
def few_nines():
    digits = load("digits")
    nines = np.flatnonzero((digits.labels == 9) & (digits.parts == 0))
    return digits[np.setdiff1d(np.arange(len(digits)), nines[8:])]


def test_the_three_shares_belong_together_and_weights_help_the_rare_class(few_nines):
    new = load("digits").test
    alike = rare_class.recalls(few_nines, new, repeats=1)
    share = (new.labels == 9).mean()
    rare, others, everything = alike[0]
    assert everything == pytest.approx(share * rare + (1 - share) * others)
    weights = np.r_[np.ones(9), 60.0]
    assert rare_class.recalls(few_nines, new, weights, repeats=1)[0, 0] > rare


def test_new_images_of_one_class_are_refused(few_nines):
    new = load("digits").test
    with pytest.raises(ArgumentError, match="two classes"):
        rare_class.recalls(few_nines, new[new.labels == 9], repeats=1)


@pytest.mark.parametrize("repeats", [0, 1.5, True])
def test_repeats_are_counted_from_one(few_nines, repeats):
    with pytest.raises(ArgumentError, match="repeats"):
        rare_class.recalls(few_nines, few_nines, repeats=repeats)
