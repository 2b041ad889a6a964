"""A function for a network runs on small tensors first: values, gradients, and where a stray np is."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from capslab import ops
from capslab.exercises import mine, network_pieces
from capslab.exercises.course_function import CourseFunction
from capslab.exercises.judge_answer import judge
from capslab.exercises.network_trial import problem_in_network
from capslab.exercises.registry import all_exercises, find
from capslab.exercises.watched_numpy import WatchedModule, watched

pytestmark = pytest.mark.usefixtures("learner")

IN_NETWORK = [one for one in all_exercises().values() if one.in_network is not None]


def squash(s):
    squared = ops.sum(s**2, axis=-1, keepdims=True)
    return s * ops.sqrt(squared + 1e-9) / (1 + squared)


def no_number_under_the_root(s):
    squared = ops.sum(s**2, axis=-1, keepdims=True)
    return s * ops.sqrt(squared) / (1 + squared)


def stray_np(s):
    squared = ops.sum(s**2, axis=-1, keepdims=True)
    return s * np.sqrt(squared) / (1 + squared)


def stray_norm(s):
    length = np.linalg.norm(s, axis=-1, keepdims=True)
    return s * length / (1 + length**2)


def _squared(s):
    return np.sum(s**2, axis=-1, keepdims=True)


def stray_in_a_helper(s):
    return s * ops.sqrt(_squared(s) + 1e-9) / (1 + _squared(s))


def an_array_of_it(s):
    s = np.asarray(s)
    return squash(s)


def hidden_numpy(s):
    import numpy

    squared = numpy.square(s).sum(axis=-1, keepdims=True)
    return s * ops.sqrt(squared + 1e-9) / (1 + squared)


def a_method(s):
    squared = (s**2).sum(axis=-1, keepdims=True)
    return s * ops.sqrt(squared) / (1 + squared)


def an_if(s):
    if ops.max(s) > 100:
        return s
    return squash(s)


def stopped(s):
    from keras.ops import stop_gradient

    if not ops.is_tensor(s):
        return squash(s)
    squared = stop_gradient(ops.sum(s**2, axis=-1, keepdims=True))
    return s * ops.sqrt(squared + 1e-9) / (1 + squared)


def cut(s):
    from keras.ops import stop_gradient

    return squash(stop_gradient(s) if ops.is_tensor(s) else s)


def not_the_same(s):
    return squash(s) * (2 if ops.is_tensor(s) else 1)


BAD = [no_number_under_the_root, stray_np, stray_norm, stray_in_a_helper, an_array_of_it, hidden_numpy,
       a_method, an_if, stopped, cut, not_the_same]  # fmt: skip


def test_the_pieces_of_a_capsule_network_are_tried():
    assert {one.name for one in IN_NETWORK} >= {
        "squash", "votes", "routing_step", "routing_loop", "margin_loss", "mask_poses"
    }  # fmt: skip


@pytest.mark.parametrize("exercise", IN_NETWORK, ids=lambda one: one.name)
def test_each_piece_is_right_in_a_network_and_on_arrays(exercise):
    reference = exercise.in_network.reference
    assert judge(exercise, reference, 1, True).complete
    assert problem_in_network(exercise, reference) == ""
    assert list(inspect.signature(reference).parameters) == list(
        inspect.signature(exercise.reference).parameters
    )
    zeros = [np.asarray(one) for args in exercise.in_network.trials() for one in args]
    assert any((one == 0).any() for one in zeros if one.dtype.kind == "f")


@pytest.mark.parametrize("function", BAD, ids=lambda one: one.__name__)
def test_what_cannot_learn_is_not_adopted_for_a_network(function, wording):
    """Each of these is right on arrays."""
    assert judge(find("squash"), function).complete
    problem = problem_in_network(find("squash"), function)
    first = function.__code__.co_firstlineno
    for number in range(len(inspect.getsource(function).splitlines()), -1, -1):
        problem = problem.replace(f"line {first + number},", f"line +{number},")
    helper = _squared.__code__.co_firstlineno + 1
    wording(problem.replace(f"line {helper},", "line of _squared,"))


def test_a_stray_np_is_named_with_its_line(capsys):
    assert isinstance(mine("squash", stray_np, in_network=True), CourseFunction)
    line = capsys.readouterr().out
    assert f"line {stray_np.__code__.co_firstlineno + 2}, `return s * np.sqrt(squared)" in line
    assert "ops.sqrt" in line


def test_a_good_one_is_adopted_and_numpys_constants_are_fine(capsys):
    def routing_loop(votes, iterations):
        logits = np.zeros(votes.shape[:2])
        for _ in range(iterations):
            powers = ops.exp(logits - ops.max(logits, axis=1, keepdims=True))
            couplings = powers / ops.sum(powers, axis=1, keepdims=True)
            outputs = network_pieces.squash(ops.einsum("ij,ijd->jd", couplings, votes))
            logits = logits + ops.einsum("ijd,jd->ij", votes, outputs)
        return couplings, outputs

    assert mine("squash", squash, in_network=True) is squash
    assert mine("routing_loop", routing_loop, in_network=True) is routing_loop


def test_anyway_a_wrong_one_runs_if_its_shapes_are_right(capsys):
    half = lambda s: s / 2  # noqa: E731
    assert mine("squash", half, in_network=True, anyway=True) is half
    assert mine("squash", cut, in_network=True, anyway=True) is cut
    assert "although no gradient" in capsys.readouterr().out
    assert isinstance(mine("squash", stray_np, in_network=True, anyway=True), CourseFunction)


def test_the_courses_function_works_in_a_network_too():
    from capslab.models.backend import on_tensors

    args = (np.zeros((2, 3)),)
    values, slopes = on_tensors(CourseFunction("squash"), args, [np.ones((2, 3))])
    assert np.isfinite(slopes[0]).all()
    assert np.array_equal(values, args[0])


@pytest.mark.parametrize("kind", ["another backend", "none at all"])
def test_without_tensorflow_it_is_said(kind, monkeypatch, wording):
    import sys

    from capslab.models import backend

    if kind == "none at all":
        monkeypatch.setitem(sys.modules, "capslab.models.backend", None)
    else:
        monkeypatch.setattr(backend.keras.backend, "backend", lambda: "jax")
    wording(problem_in_network(find("squash"), squash))


# --- the NumPy that watches


def test_watched_numpy_is_numpy_for_arrays():
    numpy = WatchedModule(np, "np")
    a = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(numpy.sqrt(a), np.sqrt(a))
    assert numpy.linalg.norm(a) == np.linalg.norm(a)
    assert numpy.pi == np.pi
    assert numpy.float32 is np.float32
    assert isinstance(a, numpy.ndarray)
    assert numpy.add.reduce([1, 2]) == 3


def test_a_watched_function_is_a_copy_that_gives_the_same():
    x = np.ones((2, 3))
    assert np.array_equal(watched(stray_in_a_helper)(x), stray_in_a_helper(x))
    assert watched(stray_in_a_helper) is not stray_in_a_helper
    assert watched(len) is len
    assert np.sqrt(4.0) == 2.0
