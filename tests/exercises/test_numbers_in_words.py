"""Numbers and places as a message prints them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from capslab.exercises.numbers_in_words import brief, counted, fraction, listed, number, place, two_numbers

FLOATS = st.floats(-1e12, 1e12)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"), (-0.0, "0"), (-1e-320, "-1e-320"), (True, "True"), (np.bool_(False), "False"),
        (np.uint8(255), "255"), (1 / 3, "0.3333"), (123456.789, "123456.8"), (1234.56, "1234.6"),
        (123.456, "123.5"), (1e-7, "1e-7"), (2458624, "2458624"), (1e20, "1e20"),
        (float("nan"), "NaN"), (float("inf"), "infinity"), (-float("inf"), "−infinity"),
    ],
)  # fmt: skip
def test_a_number_is_written_as_by_hand(value, text):
    assert number(value) == text


@settings(deadline=None)
@given(FLOATS)
def test_a_whole_number_has_no_point_and_zero_has_no_sign(value):
    whole = float(round(value))
    assert number(whole) == str(int(whole))
    assert number(value) not in ("-0", "-0.0", "0.0")


@settings(deadline=None)
@given(FLOATS, FLOATS)
def test_two_numbers_that_differ_are_printed_with_digits_enough(one, other):
    assume(one != other)
    first, second = two_numbers(one, other)
    assert first != second
    for value, text in ((one, first), (other, second)):
        assert float(text) == pytest.approx(value, rel=1e-3)


def test_no_more_digits_than_it_takes():
    assert two_numbers(8.73312, 8.7334) == ("8.7331", "8.7334")
    assert two_numbers(5.0, 10 / 13) == ("5", "0.7692")
    assert two_numbers(1, 2.0) == ("1", "2")


@pytest.mark.parametrize(
    ("index", "shape", "text"),
    [
        ((), (), ""),
        ((3,), (5,), " at position 3 (counted from 0)"),
        ((4, 2), (5, 3), " in row 4, column 2 (counted from 0)"),
        ((4, 2), (500, 3), " at [4, 2]"),
        ((1, 4, 2), (5, 5, 5), " at [1, 4, 2]"),
    ],
)
def test_a_place_in_words_where_the_array_is_small(index, shape, text):
    assert place(index, shape) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 3, "⅓"),
        (0.5, "½"),
        (6.0, "6"),
        (-6.0, "−6"),
        (3 / 7, "3/7"),
        (1.2345678, "1.235"),
        (100.0, "100"),
    ],
)
def test_a_factor_in_words(value, text):
    assert fraction(value) == text


def test_lists_and_counts():
    assert listed([3]) == "3"
    assert listed([3, 4]) == "3 and 4"
    assert listed(range(7)) == "0, 1, 2, 3, 4, 5 and 6"
    assert listed(range(9)) == "0, 1, 2, 3, 4, 5 and 3 more"
    assert [counted(n, "point") for n in (0, 1, 1.0, 1.5, 2)] == [
        "0 points", "1 point", "1 point", "1.5 points", "2 points",
    ]  # fmt: skip


def test_a_value_on_one_line_or_not_at_all():
    assert brief(np.array([3.0, 4.0])) == "[3, 4]"
    assert brief(np.eye(2)) == "[[1, 0], [0, 1]]"
    assert brief((2, 0.5)) == "(2, 0.5)"
    assert brief("a") == "'a'"
    assert brief(np.arange(100)) == brief(np.random.default_rng(0).random(9) + math.pi) == ""
