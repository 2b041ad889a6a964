"""From an interval to a verdict."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capslab.lessons.claims_list import find_claim
from capslab.lessons.interval import Interval
from capslab.lessons.verdict_rule import COLOURS, SIGNS, amount, decide, rule_in_words

numbers = st.floats(-10, 10)


@given(numbers, numbers, st.floats(0, 5))
def test_the_region_that_holds_the_interval_decides(one, other, at_least):
    low, high = sorted((one, other))
    outcome = decide(Interval((low + high) / 2, low, high), at_least)
    if low <= 0 <= high:
        assert outcome == "undecided"
    elif high < 0:
        assert outcome == "refuted"
    else:
        assert outcome == ("holds" if low >= at_least else "holds partly")


@pytest.mark.parametrize(
    ("ends", "outcome"),
    [
        ((0.05, 0.06), "holds"),
        ((0.049, 0.2), "holds partly"),
        ((0.01, 0.02), "holds partly"),
        ((0.0, 0.2), "undecided"),
        ((-0.2, 0.0), "undecided"),
        ((-0.001, 0.001), "undecided"),
        ((-0.2, -0.001), "refuted"),
    ],
)
def test_ends_of_the_interval_at_the_borders(ends, outcome):
    assert decide(Interval(sum(ends) / 2, *ends), at_least=0.05) == outcome


def test_every_outcome_has_a_sign_and_a_colour():
    assert SIGNS.keys() == COLOURS.keys() == {"holds", "holds partly", "refuted", "undecided"}
    assert len(set(SIGNS.values())) == len(set(COLOURS.values())) == 4


@pytest.mark.parametrize(
    "name", ["vae-clusters", "capsules-efficient", "vae-keeps-quality", "routing-decides"]
)
def test_the_rule_in_words(name, wording):
    claim = find_claim(name)
    for paired, images in ((False, False), (True, True)):
        if claim.kind == "comparison" or not paired:
            wording(rule_in_words(claim, paired, images))


def test_amounts_have_digits_to_read_and_units():
    assert amount(0.7154, "share") == "0.715"
    assert amount(12.345, "seconds") == "12.3 s"
    assert amount(102.44, "nats") == "102 nats"
    assert amount(12345.6, "seconds") == "12,346 s"
    assert amount(1.5, "exponent") == "1.5"
