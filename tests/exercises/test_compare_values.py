"""Whether two values are the same, and how it is said that they are not."""

from __future__ import annotations

import numpy as np
import pytest
from common import numbers_in
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from capslab.exercises.compare_values import difference, same


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6), st.integers(0, 5), st.floats(-1e6, 1e6))
def test_the_entry_that_differs_is_named_with_both_numbers(values, at, other):
    right, at = np.array(values), at % len(values)
    got = right.copy()
    got[at] = other
    assume(not np.isclose(other, right[at], rtol=1e-5, atol=1e-5))
    words = difference(got, right, 1e-5)
    assert f"position {at}" in words
    received, expected = words.partition(", but ")[::2]
    assert float(received.split(" is ")[1].split()[0]) == pytest.approx(other, rel=1e-3)
    assert float(expected.split()[0]) == pytest.approx(right[at], rel=1e-3)
    assert received.split(" is ")[1].split()[0] != expected.split()[0]


@pytest.mark.parametrize(
    ("got", "expected", "parts"),
    [
        (8.73312, 8.7334, ("8.7331", "8.7334")),
        (-0.0, 1.684, ("is 0,", "1.684")),
        (np.array([2.0, 5.0]), np.array([2, 3]), ("is 5 at", "3 is expected")),
        (np.nan, 1.0, ("NaN", "0/0")),
        (np.array([True]), np.array([False]), ("is True at", "False is expected")),
        (1, True, ("is 1", "True or False")),
        (False, True, ("is False", "True is expected")),
        (np.zeros((3, 2)), np.zeros((0, 2)), ("(3, 2)", "nothing is expected")),
        ((1, 2, 3), (1, 2), ("2 values", "3 values")),
        ((1, 5), (1, 2), ("the second of your 2 values is 5",)),
        (1j, 1.0, ("complex",)),
        ("a", 1.0, ("a str", "numbers")),
    ],
)
def test_what_differs_is_said(got, expected, parts):
    words = difference(got, expected, 1e-5)
    assert all(part in words for part in parts), words
    assert not words.endswith(".")


def test_the_text_that_is_expected_is_the_solution_and_not_said():
    assert "inertia" not in difference("ARI", "inertia", 1e-5)


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), max_size=5))
def test_a_value_is_the_same_as_itself(values):
    array = np.array(values)
    assert same(array, array.tolist(), 0.0)
    assert same((array, np.nan), (array, np.nan), 0.0)
    assert not same(array, array[None], 1e-5)
    assert difference(array, array, 0.0) == ""


def test_no_number_is_printed_that_equals_the_one_beside_it():
    rng = np.random.default_rng(0)
    for power in range(-12, 3):
        right = rng.normal(size=20)
        words = difference(right + 10.0**power, right, 1e-14)
        received, expected = numbers_in(words)[0], numbers_in(words.partition(", but ")[2])[0]
        assert received != expected, words
