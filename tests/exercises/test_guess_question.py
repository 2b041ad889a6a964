"""Questions, the answers and truths that fit them, and what is said about both."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capslab.errors import ArgumentError
from capslab.exercises.ask_question import ask_question
from capslab.exercises.guess_question import SAMPLES
from capslab.exercises.guess_words import compared, guess_words, number_text, reveal_words, share_off

NUMBER = ask_question("n", "How many of 100?", between=(0, 100), unit="of 100")
CHOICE = ask_question("c", "Which one?", choices=["red", "green", 7])
ORDER = ask_question("o", "Which first?", order=["b", "c", "a"])
CURVE = ask_question("f", "How does it fall?", curve={"k": (1, 21), "inertia": (0, 100)})


@pytest.mark.parametrize(
    ("argument", "arguments"),
    [
        ("name", {"name": ""}),
        ("name", {"name": 3}),
        ("question", {"text": "  "}),
        ("unit", {"unit": 5, "between": (0, 1)}),
        ("between=, choices=, order=, curve=", {}),
        ("between=, choices=, order=, curve=", {"between": (0, 1), "choices": ["a", "b"]}),
        ("between", {"between": (3, 1)}),
        ("between", {"between": (1, 1)}),
        ("between", {"between": (0, math.nan)}),
        ("between", {"between": (0, math.inf)}),
        ("between", {"between": 5}),
        ("between", {"between": "01"}),
        ("choices", {"choices": ["a", "b", "a"]}),
        ("choices", {"choices": ["a", "a"]}),
        ("choices", {"choices": ["a", " a "]}),
        ("choices", {"choices": ["a"]}),
        ("choices", {"choices": "ab"}),
        ("choices", {"choices": ["a", None]}),
        ("choices", {"choices": ["a", ""]}),
        ("order", {"order": list(range(13))}),
        ("order", {"order": [1, 1.0]}),
        ("curve", {"curve": (0, 1)}),
        ("curve", {"curve": {"k": (1, 2)}}),
        ("curve", {"curve": {"k": (1, 2), "y": (5, 5)}}),
        ("curve", {"curve": {1: (1, 2), 2: (5, 6)}}),
    ],
)
def test_what_cannot_be_asked_is_refused(argument, arguments, fails):
    with fails(ArgumentError, argument):
        ask_question(arguments.pop("name", "n"), arguments.pop("text", "What?"), **arguments)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (NUMBER, "sixty"),
        (NUMBER, True),
        (NUMBER, [60, 70]),
        (NUMBER, None),
        (NUMBER, math.nan),
        (NUMBER, np.float32("inf")),
        (CHOICE, "gren"),
        (CHOICE, ["red"]),
        (CHOICE, 8),
        (ORDER, "abc"),
        (ORDER, ["a", "b"]),
        (ORDER, ["a", "b", "b"]),
        (ORDER, ["a", "b", None]),
        (ORDER, 3),
        (CURVE, 3),
        (CURVE, [1]),
        (CURVE, []),
        (CURVE, "high"),
        (CURVE, ([1, 2, 3], [1, 2])),
        (CURVE, [1, math.nan, 3]),
        (CURVE, ([1, math.inf], [1, 2])),
        (CURVE, ([30, 40], [1, 2])),
        (CURVE, {1: 2}),
        (CURVE, np.zeros((3, 4))),
    ],
)
def test_a_truth_of_another_kind_is_refused(question, value, fails):
    with fails(ArgumentError, "value", names=question.name if value is None else ()):
        question.truth(value)


@pytest.mark.parametrize(
    ("question", "value"),
    [(NUMBER, 101), (NUMBER, -0.1), (NUMBER, math.nan), (CURVE, [0, 101]), (CURVE, [5]), (ORDER, ["a"])],
)
def test_a_guess_that_does_not_fit_is_refused(question, value, fails):
    with fails(ArgumentError, "answer"):
        question.answer(value)


def test_the_advice_works_when_it_is_followed():
    for question in (NUMBER, CHOICE, ORDER, CURVE):
        for method, argument in ((question.truth, "value"), (question.answer, "answer")):
            with pytest.raises(ArgumentError) as info:
                method(object())
            step = info.value.next_step
            code = step.removeprefix("Try ").rstrip(".").removeprefix("answer=")
            if argument == "value":
                code = code.removeprefix(f'cl.reveal("{question.name}", ').removesuffix(")")
            assert method(eval(code)) is not None


def test_numbers_of_numpy_and_whole_numbers_count():
    assert NUMBER.answer(np.int64(60)) == 60.0
    assert NUMBER.truth(np.array(93.5)) == 93.5
    assert CHOICE.truth(np.int64(7)) == CHOICE.answer("7") == CHOICE.truth(7.0) == "7"
    assert CHOICE.truth(np.str_("red")) == "red"
    assert ORDER.truth(np.array(["a", "b", "c"])) == ["a", "b", "c"]


def test_a_curve_may_be_given_in_three_ways():
    heights = [100.0, 60.0, 20.0]
    expected = {"x": [1.0, 11.0, 21.0], "y": heights}
    assert CURVE.truth(heights) == expected
    assert CURVE.truth(([21, 1, 11], [20, 100, 60])) == expected
    assert CURVE.truth(np.array([[1, 11, 21], heights])) == expected
    assert CURVE.truth({11: 60, 1: 100, 21: 20}) == expected
    drawn = CURVE.answer(heights)
    assert len(drawn) == SAMPLES
    assert drawn[0] == 100
    assert drawn[SAMPLES // 2] == 60
    assert CURVE.answer(drawn) == drawn
    assert len(CURVE.truth(np.linspace(0, 100, 5000))["x"]) == 201


@given(st.floats(-1e9, 1e9), st.floats(1e-3, 1e9), st.sampled_from(["between", "curve"]))
def test_both_ends_of_any_scale_can_be_guessed(low, span, kind):
    high = low + span
    scale = (low, high) if kind == "between" else {"x": (0, 1), "y": (low, high)}
    question = ask_question("ends", "How many?", **{kind: scale})
    for end in (low, high):
        kept = question.answer(end if kind == "between" else [end, end])
        near = 1e-5 * span + 8 * np.spacing(max(abs(low), abs(high)))  # no closer than numbers lie there
        assert np.allclose(kept, end, rtol=0, atol=near)
        assert question.answer(kept) == kept  # as the view and the file read it again


def test_a_question_that_changes_has_another_version():
    same = ask_question("other name", "How many  of 100?", between=[0.0, 100], unit="of 100")
    assert same.version == NUMBER.version
    for changed in (
        ask_question("n", "How many of 1000?", between=(0, 100), unit="of 100"),
        ask_question("n", "How many of 100?", between=(0, 200), unit="of 100"),
        ask_question("n", "How many of 100?", between=(0, 100)),
    ):
        assert changed.version != NUMBER.version


def test_what_is_said():
    assert reveal_words(NUMBER, 60.0, 93.0, "More.") == "You said 60; it is 93 of 100. More."
    assert reveal_words(NUMBER, None, 93.0) == "It is 93 of 100."
    assert "60" not in reveal_words(NUMBER, 93.0, 93.0)
    assert reveal_words(NUMBER, 60.0, 130.0).count("off the scale") == 1
    assert "scale" not in reveal_words(NUMBER, 0.0, 100.0)
    assert reveal_words(CURVE, CURVE.answer([0, 50]), CURVE.truth([0, 130])).count("leaves the scale") == 1
    assert guess_words(CHOICE, "red", False, False) == "Your guess: red. What came stands below."
    states = [guess_words(CHOICE, None, *state) for state in ((False, False), (True, False), (False, True))]
    assert len(set(states)) == 3


def test_how_far_off():
    assert share_off(NUMBER, 60.0, 93.0) == pytest.approx(0.33)
    assert share_off(NUMBER, 60.0, 930.0) == 1.0
    assert share_off(CHOICE, "red", "red") == 0.0
    assert share_off(CHOICE, "red", "7") == 1.0
    assert share_off(ORDER, ["c", "b", "a"], ["a", "b", "c"]) == 1.0
    assert share_off(ORDER, ["a", "b", "c"], ["a", "b", "c"]) == 0.0
    flat = CURVE.answer([50, 50])
    assert share_off(CURVE, flat, CURVE.truth([75, 75])) == pytest.approx(0.25)
    assert share_off(CURVE, flat, CURVE.truth(([5, 6], [50, 50]))) == 0.0


@given(st.permutations(["a", "b", "c", "d", "e"]))
def test_an_order_is_off_by_at_most_the_whole(order):
    question = ask_question("o", "?", order=["a", "b", "c", "d", "e"])
    assert 0 <= share_off(question, order, ["a", "b", "c", "d", "e"]) <= 1


@given(
    st.lists(st.tuples(st.floats(-50, 50), st.floats(-200, 200)), min_size=2, max_size=9).filter(
        lambda points: max(x for x, _ in points) >= 1 and min(x for x, _ in points) <= 21
    )
)
def test_any_true_curve_can_be_compared_and_told(points):
    truth = CURVE.truth(tuple(zip(*points, strict=True)))
    drawn = CURVE.answer([10, 90])
    x, one, other = compared(CURVE, drawn, truth)
    assert len(x) == len(one) == len(other) > 0
    assert np.isfinite([*one, *other]).all()
    assert 0 <= share_off(CURVE, drawn, truth) <= 1
    assert reveal_words(CURVE, drawn, truth)


@given(st.floats(-1e6, 1e6), st.sampled_from([0.01, 1, 100, 5000]))
def test_a_number_is_written_to_a_thousandth_of_its_scale(value, span):
    text = number_text(value, span).replace("−", "-").replace(",", "")
    assert abs(float(text) - value) <= span / 1000 * 0.51 + 1e-9 * abs(value)
