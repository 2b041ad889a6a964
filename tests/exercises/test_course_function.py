"""The course's function earns nothing, whoever passes it to a check, and however it is wrapped."""

from __future__ import annotations

import copy
import functools
import inspect
import pickle

import numpy as np
import pytest

from capslab.exercises import NotComplete, check, progress, solution
from capslab.exercises.course_function import CourseFunction, calls_watched, is_the_courses
from capslab.exercises.registry import all_exercises, find

pytestmark = pytest.mark.usefixtures("learner")

given = CourseFunction("squash")


@functools.wraps(given)
def wrapped(s):
    return given(s)


def calling(s):
    return given(s)


class Holder:
    def squash(self, s):
        return given(s)


WRAPPED = {
    "as it is": given,
    "a copy": copy.deepcopy(given),
    "pickled": pickle.loads(pickle.dumps(given)),
    "functools.wraps": wrapped,
    "functools.partial": functools.partial(given),
    "a lambda": lambda s: given(s),
    "called": calling,
    "its call": given.__call__,
    "a method": Holder().squash,
    "vectorized": np.vectorize(given, signature="(n)->(n)"),
    "a step away": lambda s: calling(2 * s / 2),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_check_refuses_it_and_nothing_is_recorded(name, wording):
    result = check("squash", WRAPPED[name])
    assert (result.state, result.passed, result.points) == ("not attempted", 0, 0)
    wording(result.message)
    assert progress("10").points == 0
    assert solution("squash").state == "not attempted"


@pytest.mark.parametrize("name", WRAPPED)
def test_a_graded_run_gives_it_nothing(name, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert check("squash", WRAPPED[name]) == 0.0
    assert check("squash", WRAPPED[name], seed=3, hard=True) == 0.0
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(NotComplete):
        check("squash", WRAPPED[name])


def test_another_exercise_may_use_it_and_is_told_so(wording):
    def routing_step(logits, votes):
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        couplings = powers / powers.sum(axis=1, keepdims=True)
        outputs = given(np.einsum("ij,ijd->jd", couplings, votes))
        return logits + np.einsum("ijd,jd->ij", votes, outputs), outputs

    result = check("routing_step", routing_step)
    assert result.done
    assert "squash" in result.note
    wording(result.note)
    assert check("votes", find("votes").reference).note == ""


def test_it_shows_no_solution():
    text = " ".join([repr(given), given.__doc__, str(vars(given)), str(inspect.signature(given))])
    assert "sqrt" not in text
    assert not hasattr(given, "__wrapped__")
    assert list(inspect.signature(given).parameters) == ["s"]
    with pytest.raises(TypeError):
        inspect.getsource(given)


def test_it_is_told_from_a_learners_own():
    assert is_the_courses(given)
    assert is_the_courses(wrapped)
    assert not any(is_the_courses(one) for one in (calling, len, np.sqrt, None, 3, Holder, object()))


@pytest.mark.parametrize(
    "exercise", [one for one in all_exercises().values() if one.is_function], ids=lambda one: one.name
)
def test_it_returns_what_the_reference_does(exercise):
    function = CourseFunction(exercise.name)
    case = exercise.cases(0, False)[0]
    with calls_watched() as called:
        result, expected = function(*case.args), exercise.reference(*case.args)
    assert repr(result) == repr(expected)
    assert called == {exercise.name}
