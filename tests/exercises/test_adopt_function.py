"""cl.mine: the learner's function if it is right, the course's if not, and one line that says which."""

from __future__ import annotations

import functools
import itertools
import json
import re

import numpy as np
import pytest

import capslab as cl
from capslab import exercises, ops
from capslab.errors import ArgumentError
from capslab.exercises import adopt_function, check, mine, time_limit
from capslab.exercises.course_function import CourseFunction
from capslab.exercises.exercise import Case, Exercise
from capslab.exercises.kept_functions import KeptFunctions
from capslab.exercises.progress_record import Record
from capslab.exercises.registry import find

CASES = len(find("squash").cases(0, False))  # that anybody sees

pytestmark = pytest.mark.usefixtures("learner")

SCALE = 2.0


@pytest.fixture
def line(capsys, wording):
    """What `mine` has printed, in one line; its wording is held in the golden file."""

    def read(lines=1):
        printed = capsys.readouterr().out.splitlines()
        assert len(printed) >= lines if lines > 1 else len(printed) == 1, printed
        wording(re.sub(r"line \d+, `.*`", "line N, `…`", printed[0]))
        return "\n".join(printed)

    return read


def squash(s):
    squared = np.sum(s**2, axis=-1, keepdims=True)
    return s * np.sqrt(squared) / (1 + squared)


def with_ops(s):
    squared = ops.sum(s**2, axis=-1, keepdims=True)
    return s * ops.sqrt(squared + 1e-9) / (1 + squared)


def needs_more(s):
    return squash(s) * SCALE / 2


def wrong(s):
    return s / SCALE


def unwritten(s): ...


def kept_texts():
    path = KeptFunctions.path()
    return json.loads(path.read_text())["functions"] if path.exists() else {}


def test_public_name():
    assert cl.mine is mine


# --- adopted


def test_a_right_function_is_adopted_and_kept(line):
    check("squash", squash)
    assert mine("squash", squash) is squash
    assert f"{CASES} of {CASES}" in line()
    assert kept_texts()["squash"]["text"].startswith("def squash(s):")


def test_before_its_check_it_is_adopted_and_the_check_is_recalled(line):
    assert mine("squash", squash) is squash
    assert 'cl.check("squash", squash)' in line()
    assert cl.progress("10").done == 0


def test_a_function_that_needs_more_is_adopted_for_this_kernel(line):
    check("squash", needs_more)
    assert mine("squash", needs_more) is needs_more
    assert "`SCALE` and `squash`" in line()
    assert kept_texts() == {}


def made_around(factor):
    def squash_around(s):
        return factor * squash(s)

    return squash_around


class Squash:
    def __call__(self, s):
        return squash(s)


WITHOUT_SOURCE = {
    "lambda": lambda s: squash(s),
    "object": Squash(),
    "partial": functools.partial(squash),
    "closure": made_around(1.0),
    "vectorize": np.vectorize(squash, signature="(n)->(n)"),
}


@pytest.mark.parametrize("function", WITHOUT_SOURCE.values(), ids=WITHOUT_SOURCE)
def test_a_function_without_a_source_of_its_own_is_adopted_for_this_kernel(function, line):
    check("squash", function)
    assert mine("squash", function) is function
    assert "kernel" in line()
    assert kept_texts() == {}


def test_a_class_and_a_builtin_are_judged_like_any_function(line):
    class squash_class:
        def __new__(cls, s):
            return squash(s)

    check("squash", squash_class)
    assert mine("squash", squash_class) is squash_class
    assert "kernel" in line()
    assert isinstance(mine("squash", np.square), CourseFunction)
    assert f"of {CASES}" in line()


# --- the course's instead


def test_the_courses_stands_in_for_one_that_is_not_written(line):
    given = mine("squash", unwritten)
    assert "not written" in line()
    assert np.allclose(given(np.array([3.0, 4.0])), squash(np.array([3.0, 4.0])))
    assert isinstance(mine("squash", given), CourseFunction)  # the same cell again
    assert "not written" in line()
    assert isinstance(mine("squash", ...), CourseFunction)
    assert "not written" in line()


def raises(s):
    raise ValueError("no")


def changes(s):
    squared = np.sum(s**2, axis=-1, keepdims=True)
    s *= np.sqrt(squared) / (1 + squared)
    return s


@pytest.mark.parametrize("function", [wrong, raises, changes], ids=lambda one: one.__name__)
def test_the_courses_stands_in_for_a_wrong_one(function, line):
    assert isinstance(mine("squash", function), CourseFunction)
    assert f"0 of {CASES}" in line()
    assert kept_texts() == {}


def test_a_function_that_calls_the_courses_is_not_adopted(line):
    courses = mine("squash", unwritten)
    line()
    assert isinstance(mine("squash", lambda s: courses(s)), CourseFunction)
    line()


# --- anyway


def test_a_wrong_function_of_the_right_shape_runs_anyway_and_is_not_kept(line):
    assert mine("squash", wrong, anyway=True) is wrong
    assert f"0 of {CASES}" in line()
    assert kept_texts() == {}
    assert mine("squash", squash, anyway=True) is squash
    assert f"{CASES} of {CASES}" in line()


@pytest.mark.parametrize("function", [lambda s: s[0], raises, lambda s: "long", changes, lambda s: (s, s)])
def test_a_function_that_would_break_the_lesson_does_not_run_anyway(function, line):
    assert isinstance(mine("squash", function, anyway=True), CourseFunction)
    line()


def test_results_of_several_values_keep_their_shapes_anyway():
    right = find("routing_step").reference
    for factor in (2, 0):
        doubled = lambda logits, votes, f=factor: tuple(f * one for one in right(logits, votes))  # noqa: E731
        assert mine("routing_step", doubled, anyway=True) is doubled
    swapped = lambda logits, votes: right(logits, votes)[::-1]  # noqa: E731
    assert isinstance(mine("routing_step", swapped, anyway=True), CourseFunction)


# --- the size of the lesson


def exercise_of(real_size, monkeypatch, **more):
    made = Exercise(
        "double", "00", "", "Write double(x).", 1, ("", "", ""), lambda *a: [Case("two", (np.ones(2),))],
        lambda x: 2 * x, (), real_size=real_size, **more,
    )  # fmt: skip
    monkeypatch.setattr(adopt_function, "find", lambda name: made)
    return made


TICKS = [
    ([0.01, 0.9], True),
    ([0.01, 1.1, 0.9], True),
    ([0.01, 1.1, 1.1], False),
    ([0.2, 3.9], True),
    ([0.2, 4.1, 4.1], False),
]


@pytest.mark.parametrize(("ticks", "adopted"), TICKS)
def test_twenty_times_the_reference_and_a_second_are_the_limit(ticks, adopted, monkeypatch, line):
    """The clock is ours: each call of a function takes as long as the list says."""
    exercise_of(lambda: (np.ones(5),), monkeypatch)
    times = list(itertools.accumulate(itertools.chain.from_iterable((0.0, tick) for tick in ticks)))
    monkeypatch.setattr(time_limit, "clock", iter(times).__next__)
    monkeypatch.setattr(time_limit, "_finished_in_a_thread", lambda call, limit: False)
    double = lambda x: x + x  # noqa: E731
    given = mine("double", double) if adopted else None
    if adopted:
        assert given is double
    else:
        monkeypatch.setattr(adopt_function, "CourseFunction", lambda name: name)
        assert mine("double", double) == "double"
    line()


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 2 * x if x.size < 3 else 1 / 0 * x,
        lambda x: np.multiply(x, 2, out=x if x.size > 3 else None),
    ],
    ids=["raises", "changes"],
)
def test_what_breaks_at_the_size_of_the_lesson_is_not_adopted(function, monkeypatch, line):
    exercise_of(lambda: (np.ones(5),), monkeypatch)
    monkeypatch.setattr(adopt_function, "CourseFunction", lambda name: name)
    assert mine("double", function) == "double"
    line()


# --- kept


def new_kernel(monkeypatch):
    monkeypatch.setattr(adopt_function, "kept", KeptFunctions())
    monkeypatch.setattr(exercises, "_record", Record())


def test_a_kept_function_is_shown_and_loaded_in_another_kernel(monkeypatch, line):
    mine("squash", with_ops)  # under a name of its own
    line()
    new_kernel(monkeypatch)
    loaded = mine("squash")
    shown = line(lines=3)
    assert f"{CASES} of {CASES}" in shown
    assert "def with_ops(s):" in shown
    assert loaded is not with_ops
    assert np.allclose(loaded(np.array([3.0, 4.0])), squash(np.array([3.0, 4.0])))
    assert mine("squash", loaded) is loaded  # it can be adopted again, and its source read
    assert check("squash", loaded).done


def test_without_a_kept_function_the_courses_is_used(line):
    assert isinstance(mine("squash"), CourseFunction)
    line()


@pytest.mark.parametrize(
    "text", ["def squash(s):\n    return s\n", "def squash(s:\n", "squash = 3\n", "import no_such_module\n"]
)
def test_a_kept_function_that_is_wrong_now_is_shown_and_not_used(text, line):
    mine("squash", squash)
    line()
    path = KeptFunctions.path()
    content = json.loads(path.read_text())
    content["functions"]["squash"] = {"text": text, "function": "squash"}
    path.write_text(json.dumps(content))
    assert isinstance(mine("squash"), CourseFunction)
    assert text.strip() in line(lines=2)


def test_a_better_function_replaces_the_kept_one_and_a_wrong_one_does_not(capsys):
    for function in (squash, with_ops, wrong):
        mine("squash", function)
    assert kept_texts()["squash"]["function"] == "with_ops"


# --- bad input


def test_an_unknown_exercise_gets_a_spelling_hint(fails):
    with fails(ArgumentError, "name", received="sqaush", names="'squash'?"):
        mine("sqaush", squash)
    with fails(ArgumentError, "name", received=3):
        mine(3, squash)


@pytest.mark.parametrize("function", [None, 5, "squash", np.zeros(2)])
def test_what_is_no_function_is_refused(function, fails):
    with fails(ArgumentError, "function", names='cl.mine("squash", squash)'):
        mine("squash", function)


def test_an_exercise_whose_answer_is_a_value_is_refused(fails):
    with fails(ArgumentError, "name", names='cl.check("diagnosis", diagnosis)'):
        mine("diagnosis", {"A": "huge rate"})
    with fails(ArgumentError, "name"):
        mine("diagnosis")


def test_what_is_no_part_of_a_network_says_so(fails):
    with fails(ArgumentError, "in_network"):
        mine("count_weights", find("count_weights").reference, in_network=True)


def test_an_interrupt_passes_through():
    def stopped(s):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mine("squash", stopped)


# --- a graded run


@pytest.mark.parametrize("mode", ["autograde", "validate"])
def test_in_a_graded_run_it_returns_what_it_got_and_prints_nothing(mode, monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", mode)
    for function in (squash, wrong, unwritten, None, 3):
        assert mine("squash", function) is function
        assert mine("squash", function, anyway=True, in_network=True) is function
    assert isinstance(mine("squash"), CourseFunction)  # nothing was written here
    with pytest.raises(ArgumentError):
        mine("diagnosis")
    assert capsys.readouterr().out == ""
    assert kept_texts() == {}
