"""Whether a learner's function can work inside a network: on tensors, and with its gradient.

It runs on small tensors, zeros included. Its values must be those of the reference. The gradient of a
weighted sum of its results must reach every input, be finite, and be the slope that small steps measure.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from capslab.exercises.compare_values import difference
from capslab.exercises.exercise import Exercise, InNetwork
from capslab.exercises.judge_answer import in_words
from capslab.exercises.watched_numpy import StrayNumPy, instead, line_in_words, watched

VALUES, SLOPES = 1e-3, 2e-2  # relative and absolute: tensors have float32, and a 1e-9 under a root is welcome
STEP = 1e-4
#: what TensorFlow's messages mean here
ADVICE = {
    "Python `bool`": "a tensor has no value yet when training is compiled, so no `if` can ask for it. "
    "Write ops.where(condition, a, b)",
    "Iterating over": "no loop can go over a tensor. Write the step for all positions at once",
    "len is not well defined": "a tensor has no len. Write x.shape[0]",
    "symbolic tf.Tensor": "a tensor becomes an array here, and no gradient comes through. Use ops",
}


def problem_in_network(exercise: Exercise, function: Any, wrong_is_fine: bool = False) -> str:
    """What keeps a function from working in a network, as words that follow "because "; "" if nothing does.

    Parameters
    ----------
    exercise : one with `in_network`.
    function : the learner's.
    wrong_is_fine : whether only errors and shapes count, and neither values nor gradients.
    """
    trial = exercise.in_network
    assert trial is not None
    try:
        from capslab.models.backend import keras, on_tensors
    except Exception as error:  # Keras without a usable backend is a RuntimeError, none at all an ImportError
        return f"it cannot be tried in a network: {error}"
    if keras.backend.backend() != "tensorflow":
        return (
            f"it can be tried in a network only on TensorFlow; Keras runs on {keras.backend.backend()} here"
        )
    names = list(_parameters(trial))
    strict = watched(function)
    for args in trial.trials():
        expected = trial.reference(*args)
        try:
            values, _ = on_tensors(strict, args)
        except StrayNumPy as stray:
            return f"in a network it fails in {stray}".rstrip(".")
        except Exception as error:
            return f"in a network {_error(error, function)}".rstrip(".")
        wrong = _wrong(values, expected, wrong_is_fine)
        if wrong:
            return f"on tensors {wrong}"
        if wrong_is_fine:
            continue
        weights = [np.cos(np.arange(np.size(one))).reshape(np.shape(one)) for one in _several(expected)]
        _, slopes = on_tensors(strict, args, weights)
        for number, slope in slopes.items():
            measured = _measured(trial, args, number, weights)
            if problem := _slope_problem(slope, measured, names[number], args[number]):
                return problem
    return ""


def _parameters(trial: InNetwork) -> tuple[str, ...]:
    return trial.reference.__code__.co_varnames


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (tuple, list)) else [value]


def _wrong(values: Any, expected: Any, shapes_only: bool) -> str:
    """How values differ from what is expected, as a sentence without its full stop."""
    if not shapes_only:
        return difference(values, expected, VALUES)
    got, wanted = ([np.shape(one) for one in _several(each)] for each in (values, expected))
    return "" if got == wanted else f"your answer has the shapes {got}, but {wanted} are expected"


def _measured(trial: InNetwork, args: tuple[Any, ...], number: int, weights: list[Any]) -> np.ndarray:
    """The slope of the weighted sum along each number of one argument, by small steps of the reference."""

    def total(changed: np.ndarray) -> float:
        results = _several(trial.reference(*args[:number], changed, *args[number + 1 :]))
        return float(sum(np.sum(w * r) for w, r in zip(weights, results, strict=True)))

    start = np.asarray(args[number], float)
    slopes = np.zeros(start.shape)
    for place in np.ndindex(start.shape):
        step = np.zeros(start.shape)
        step[place] = STEP
        slopes[place] = (total(start + step) - total(start - step)) / (2 * STEP)
    return slopes


def _slope_problem(slope: Any, measured: np.ndarray, name: str, argument: np.ndarray) -> str:
    """What is wrong with a gradient, as words that follow "because "; "" if nothing is."""
    if slope is None:
        if not measured.any():
            return ""
        return (
            f"no gradient reaches `{name}` in a network: somewhere on the way a tensor becomes an array, or "
            "its gradient is stopped. Use ops for every step"
        )
    if not np.isfinite(slope).all():
        zeros = " where it is 0 or nearly 0" if np.abs(argument).min() < STEP else ""
        return (
            f"in a network its gradient for `{name}` is not finite{zeros}. A square root or a division at 0 "
            "does this: add 1e-9 under the root, and write ‖s‖ for ‖s‖²/‖s‖"
        )
    if not np.allclose(slope, measured, rtol=SLOPES, atol=SLOPES):
        worst = np.unravel_index(np.abs(slope - measured).argmax(), measured.shape)
        return (
            f"in a network its gradient for `{name}` is {slope[worst]:.3g}, and small steps give "
            f"{measured[worst]:.3g}. Is a part of it stopped, or turned into an array?"
        )
    return ""


def _error(error: Exception, function: Any) -> str:
    """An exception as words that follow "in a network "."""
    method = re.search(r"Tensor'? object has no attribute '(\w+)'", str(error))
    advice = next((words for part, words in ADVICE.items() if part in str(error)), "")
    if method is None and not advice:
        return in_words(error, function)
    place, trace = "", error.__traceback__
    code = getattr(function, "__code__", None)
    while code is not None and trace is not None:
        if trace.tb_frame.f_code.co_filename == code.co_filename:
            place = f" in {line_in_words(code.co_filename, trace.tb_lineno)}"
        trace = trace.tb_next
    if method is not None:
        advice = f"a tensor has no .{method[1]}. {instead(method[1])}"
    return f"it fails{place}: {advice}"
