"""`cl.case`: the case that failed, its arrays and how they look."""

from __future__ import annotations

import dataclasses
import html
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import capslab as cl
from capslab.exercises import all_exercises, check
from capslab.exercises.draw_case import as_html, as_text, shown
from capslab.exercises.exercise import Case, Exercise
from capslab.exercises.registry import find
from capslab.exercises.show_case import FailedCase, _last, case

pytestmark = pytest.mark.usefixtures("learner")

ALL = list(all_exercises().values())


@pytest.fixture(autouse=True)
def _new_kernel():
    _last.clear()


MANY = len(find("squash").cases(0, False))
#: an exercise whose answer is words, where showing what is expected would be showing the solution
CAPITALS = Exercise(
    name="capitals",
    notebook="00_start_here",
    title="Capitals",
    task="Write capitals, a dictionary that names the capital of each country.",
    points=1,
    hints=("Look at a map.", "It is a large city.", "It begins with an R, or with a P."),
    cases=lambda seed, hard: [Case("the key 'Italy'", ("Italy",)), Case("the key 'France'", ("France",))],
    reference={"Italy": "Rome", "France": "Paris"},
    mistakes=(),
)


def half(s):
    return find("squash").reference(s) / 2


def test_the_arrays_of_a_case_can_be_computed_with():
    check("squash", half)
    for number in range(1, MANY + 1):
        opened = case("squash", number)
        assert (opened.name, opened.number, opened.total) == ("squash", number, MANY)
        right = find("squash").reference(*opened.arguments)
        np.testing.assert_allclose(opened.expected, right)
        np.testing.assert_allclose(opened.received, half(*opened.arguments))
        np.testing.assert_allclose(opened.difference, -right / 2)


def test_a_case_is_frozen_and_made_of_copies():
    check("squash", half)
    with pytest.raises(dataclasses.FrozenInstanceError):
        case("squash").expected = 0
    case("squash").arguments[0][:] = 7
    case("squash").expected[:] = 7
    assert case("squash").arguments[0].tolist() == [3.0, 4.0]
    assert not (case("squash").expected == 7).any()


@pytest.mark.parametrize(
    ("name", "answer", "kind"),
    [
        ("removal_mask", lambda s, m: s > 0.5, np.ndarray),
        ("kmeans_step", lambda p, c: (np.zeros(len(p), int), c), tuple),
        ("squash", lambda s: s[0], type(None)),
        ("squash", lambda s: s.nope, type(None)),
        ("squash", lambda s: "text", type(None)),
        ("mask_iou", lambda a, b: 0.5, float),
    ],
)
def test_the_difference_has_the_form_of_the_answer(name, answer, kind):
    check(name, answer)
    difference = case(name).difference
    assert isinstance(difference, kind)
    if name == "removal_mask":
        assert difference.dtype == bool


def test_the_message_ends_with_a_call_that_opens_the_case():
    message = check("squash", half).message
    assert message.splitlines()[-1] == 'Look at it: cl.case("squash")'
    assert isinstance(eval('cl.case("squash")', {"cl": cl}), FailedCase)
    assert "cl.case" not in check("squash", find("squash").reference).message
    assert "cl.case" not in check("squash", 5).message
    assert (
        "cl.case" not in check("diagnosis", dict.fromkeys(find("diagnosis").reference, "huge rate")).message
    )


def test_each_case_names_the_next_one():
    check("squash", half)
    calls = [re.findall(r"cl\.case\(.*\)", repr(case("squash", number + 1))) for number in range(MANY)]
    assert calls == [[f'cl.case("squash", {number})'] for number in range(2, MANY + 1)] + [[]]


def test_what_cannot_be_opened_is_said(monkeypatch):
    said = {"unknown": case("sqaush"), "not checked": case("squash")}
    check("squash", None)
    said["not attempted"] = case("squash")
    check("squash", find("squash").reference)
    said["right"] = case("squash")
    check("squash", 5)
    said["no function"] = case("squash")
    check("squash", half, seed=3)
    said["another seed"] = case("squash")
    check("squash", half, hard=True)
    said["harder cases"] = case("squash")
    check("squash", half)
    said |= {f"number {number!r}": case("squash", number) for number in (0, MANY + 1, -1, 1.5, "one", True)}
    monkeypatch.setitem(all_exercises(), "capitals", CAPITALS)
    check("capitals", {"Italy": "Milan", "France": "Paris"})
    said["a value"] = case("capitals")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    check("squash", half)
    said["graded"] = case("squash")
    assert not any(isinstance(one, FailedCase) for one in said.values())
    assert "'squash'" in repr(said["unknown"])
    assert 'cl.check("squash", squash)' in repr(said["not checked"])
    assert 'cl.check("squash", squash)' in repr(said["another seed"])
    assert "'Milan'" in repr(said["a value"])
    assert "Rome" not in repr(said["a value"])
    assert f"from 1 to {MANY}" in repr(said["number 0"])
    assert len({repr(one) for one in said.values()}) == len(said) - 1  # the two of a grader's cases are alike


def test_after_a_check_that_was_stopped_no_older_case_is_opened():
    def stopped(s):
        raise KeyboardInterrupt

    check("squash", half)
    check("squash", stopped)
    assert not isinstance(case("squash"), FailedCase)


def test_a_graded_run_leaves_the_cases_alone(monkeypatch):
    for mode in ("autograde", "validate"):
        monkeypatch.setenv("NBGRADER_EXECUTION", mode)
        with pytest.raises(AssertionError) if mode == "validate" else pytest.MonkeyPatch.context():
            check("squash", half)
    monkeypatch.delenv("NBGRADER_EXECUTION")
    assert not isinstance(case("squash"), FailedCase)


def some_answers(exercise):
    yield lambda *args: exercise.reference(*args)[::-1] if len(args) < 2 else 0.25
    yield lambda *args: args[0]
    yield lambda *args: np.full((3, 3), np.nan)
    yield lambda *args: "text"
    yield lambda *args: [[1], [2, 3]]
    yield lambda *args: object()


@pytest.mark.parametrize("exercise", [one for one in ALL if one.is_function], ids=lambda one: one.name)
def test_every_case_of_every_exercise_is_drawn(exercise):
    for answer in some_answers(exercise):
        check(exercise.name, answer)
        opened = case(exercise.name)
        if not isinstance(opened, FailedCase):
            continue  # this answer happens to be right
        for number in range(1, opened.total + 1):
            one = case(exercise.name, number)
            text, page = repr(one), one._repr_html_()
            assert one.description in text
            assert html.escape(one.description) in page
            assert len(text) < 20_000
            assert len(page) < 900_000
            assert page.count("<figure") == page.count("</figure>") >= 2
            assert "object at 0x" not in text
            for label in re.findall(r"<svg[^>]*aria-label='([^']*)'", page):
                assert "shape" in label


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    arrays.arrays(
        st.sampled_from([np.float64, np.int64, np.bool_]),
        arrays.array_shapes(min_dims=0, max_dims=4, max_side=50),
    ),
    st.data(),
)
def test_whatever_differs_is_marked_in_text_and_in_html(right, data):
    other = np.array(right)
    index = tuple(data.draw(st.integers(0, n - 1)) for n in right.shape)
    other[index] = (
        not right[index] if right.dtype == bool else data.draw(st.just(3.5 if right[index] != 3.5 else 1))
    )
    wrong = ~np.isclose(right.astype(float), other.astype(float), equal_nan=True)
    for value, beside in ((right, other), (other, right)):
        picture = shown("received", value, wrong, beside)
        text, page = as_text(picture), as_html(picture, 5.0)
        if wrong.any() and right.ndim:
            assert any(mark in text for mark in ("≠", "differs", "+", "-")), text
            assert "≠" in page or "<path" in page
        assert len(text) < 5_000


def test_a_mask_in_a_terminal():
    right = np.array([[True, False, False], [True, True, False]])
    got = np.array([[True, True, False], [True, False, False]])
    text = as_text(shown("received", got, got != right, right))
    assert text.splitlines()[1:] == ["  #+.", "  #-."]


def test_what_a_learner_returns_is_escaped():
    check("squash", lambda s: "<script>alert(1)</script>")
    page = case("squash")._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
