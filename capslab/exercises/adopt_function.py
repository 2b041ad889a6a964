"""`mine`: what the learner wrote is what runs next; where it is not right yet, the course's function is."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, as_imported, instance_of
from capslab.exercises import time_limit
from capslab.exercises.compare_values import same
from capslab.exercises.course_function import CourseFunction, calls_watched, is_the_courses
from capslab.exercises.exercise import Exercise
from capslab.exercises.function_source import NotPortable, Source, source_of
from capslab.exercises.judge_answer import in_words, judge
from capslab.exercises.kept_functions import kept
from capslab.exercises.match_mistakes import quiet
from capslab.exercises.network_trial import problem_in_network
from capslab.exercises.registry import find

NOTHING: Any = type("Nothing", (), {"__repr__": lambda self: "nothing"})()
LEAST_LIMIT = 1.0  # seconds that every function may take at the lesson's size


def mine(name: str, function: Any = NOTHING, *, anyway: bool = False, in_network: bool = False) -> Any:
    """Your own function from here on, if it passes its check; otherwise the course's.

    One line says which of the two it is, and why. A function that is right and needs nothing but `np` and
    `ops` is kept, so that a later lesson can have it: `votes = cl.mine("votes")`.

    Parameters
    ----------
    name : name of the exercise.
    function : your function. Without it, the one that was kept is shown, checked again and returned.
    anyway : whether to run your function although it is wrong. It must return the right shapes.
    in_network : whether it will be part of a network. Then it also has to work on tensors, with a gradient.

    Returns
    -------
    The function to go on with. In a class's graded run (`NBGRADER_EXECUTION`) always yours.

    Raises
    ------
    ArgumentError : if the name is unknown or that of an exercise without a function, if `function` is none,
        or if the exercise has no place in a network.

    Examples
    --------
    >>> count_per_class = mine("count_per_class", lambda labels, classes: ...)
    count_per_class: the course's runs here, because yours is not written yet.
    """
    if os.environ.get("NBGRADER_EXECUTION", "") in ("autograde", "validate"):
        return CourseFunction(_exercise(name, False).name) if function is NOTHING else function
    exercise = _exercise(name, in_network)
    if function is NOTHING:
        return _kept_one(exercise, anyway, in_network)
    if function is not ... and not callable(function):
        raise ArgumentError(
            "function",
            f"the function {name} itself",
            instance_of(function),
            f'Define {name} again, and pass it without brackets: cl.mine("{name}", {name}).',
        )
    trial = _tried(exercise, function, anyway, in_network)
    if not trial.adopted:
        print(as_imported(f"{name}: the course's runs here, because {trial.reason}."))
        return CourseFunction(name)
    print(as_imported(f"{name}: {_yours(exercise, function, trial)}"))
    return function


@dataclass(frozen=True)
class Trial:
    """What came of trying a learner's function.

    Attributes
    ----------
    adopted : whether it runs from here on.
    reason : why not, or what is wrong with it although it does: words that follow "because" or "although".
    passed, total : number of its checks.
    """

    adopted: bool
    reason: str = ""
    passed: int = 0
    total: int = 0


def _exercise(name: Any, in_network: bool) -> Exercise:
    exercise = find(name)
    if not exercise.is_function:
        raise ArgumentError(
            "name",
            "an exercise whose answer is a function",
            Verbatim(f"{name!r}, whose answer is a value"),
            f'A value runs as it is: cl.check("{name}", {name}) is all that it needs.',
        )
    if in_network and exercise.in_network is None:
        raise ArgumentError(
            "in_network",
            f"left out for {name}, which is no part of a network",
            in_network,
            f'Write cl.mine("{name}", {name}).',
        )
    return exercise


def _tried(exercise: Exercise, function: Any, anyway: bool, in_network: bool) -> Trial:
    """Whether a function can run in the lesson: right, fast enough and, if asked for, fit for a network."""
    if function is ... or is_the_courses(function):
        return Trial(False, "yours is not written yet")
    with calls_watched() as called:
        verdict = judge(exercise, function)
    passed, total = verdict.passed, verdict.total
    if exercise.name in called:
        return Trial(False, f"what you passed calls it: write {exercise.name} without it")
    if not verdict.attempted:
        return Trial(False, "yours is not written yet")
    flaw = ""
    if not verdict.complete:
        flaw = f"it passes {passed} of {total} checks"
        if not anyway:
            advice = f'cl.check("{exercise.name}", {exercise.name}) says what to look at'
            return Trial(False, f"yours passes {passed} of {total} checks; {advice}")
        if problem := _shape_problem(exercise, function):
            return Trial(False, f"yours cannot run even so: {problem}")
    if problem := _problem_at_real_size(exercise, function):
        return Trial(False, problem)
    if in_network and (problem := problem_in_network(exercise, function)):
        if not anyway:
            return Trial(False, problem)
        if worse := problem_in_network(exercise, function, wrong_is_fine=True):
            return Trial(False, worse)
        flaw = flaw or problem
    return Trial(True, flaw, passed, total)


def _yours(exercise: Exercise, function: Any, trial: Trial) -> str:
    """What the line says about a function that was adopted. One that is right is kept, if possible."""
    from capslab import exercises

    name = exercise.name
    if trial.reason:
        return f"yours runs because you said anyway=True, although {trial.reason}. It is not kept."
    words = f"yours runs from here on ({trial.passed} of {trial.total} checks)"
    try:
        kept.keep(name, source_of(function))
        words += f". {kept.note}" if kept.note else "."
    except NotPortable as reason:
        words += f", but only until the kernel stops, because {reason}."
    if not exercises._record.entry(name).done:
        words += f' To have it counted, run cl.check("{name}", {name}).'
    return words


def kept_among(names: Iterable[str]) -> tuple[str, ...]:
    """Those of these exercises whose function the learner has kept, in the given order."""
    return tuple(name for name in names if kept.find(name) is not None)


def _kept_one(exercise: Exercise, anyway: bool, in_network: bool) -> Any:
    """The kept function, shown and checked again; or the course's."""
    name = exercise.name
    source = kept.find(name)
    note = f" {kept.note}" if kept.note else ""
    if source is None:
        print(as_imported(f"{name}: the course's runs here, because you have not kept one yet.{note}"))
        return CourseFunction(name)
    function, trial = _made(exercise, source, anyway, in_network)
    if not trial.adopted:
        words = f"the course's runs here, because {trial.reason}.{note} Yours was:"
    elif trial.reason:
        words = f"yours runs because you said anyway=True, although {trial.reason}.{note} This is it:"
    else:
        words = f"yours runs from here on ({trial.passed} of {trial.total} checks).{note} This is it:"
    print(as_imported(f"{name}: {words}"))
    print(source.text.rstrip())
    return function if trial.adopted else CourseFunction(name)


def _made(exercise: Exercise, source: Source, anyway: bool, in_network: bool) -> tuple[Any, Trial]:
    try:
        function = source.make(f"your {exercise.name}")
    except Exception as error:  # the file may have been edited by hand
        return None, Trial(False, f"the kept text of yours does not run ({type(error).__name__}: {error})")
    if not callable(function):
        return None, Trial(False, "the kept text of yours defines no function")
    return function, _tried(exercise, function, anyway, in_network)


def _shape_problem(exercise: Exercise, function: Any) -> str:
    """Why a wrong function cannot take the right one's place; "" if its results have the right shapes."""
    for case in exercise.cases(0, False):
        with quiet():
            arguments = copy.deepcopy(case.args)
            expected = exercise.reference(*copy.deepcopy(case.args))
            try:
                result = function(*arguments)
                got, wanted = _shapes(result), _shapes(expected)
            except (Exception, SystemExit) as error:
                return in_words(error, function).rstrip(".")
        if got != wanted:
            return f"it returns {_in_words(got)}, and {_in_words(wanted)} is needed"
        if not all(same(a, b, 0.0) for a, b in zip(arguments, case.args, strict=True)):
            return "it changes the array that is passed to it"
    return ""


def _shapes(value: Any) -> Any:
    """The shape of an array of numbers, or those of several; the name of its type for anything else."""
    if isinstance(value, (tuple, list)) and any(np.ndim(one) for one in value):
        return tuple(_shapes(one) for one in value)
    array = np.asarray(value)
    return array.shape if array.dtype.kind in "biuf" else type(value).__name__


def _in_words(shapes: Any) -> str:
    if isinstance(shapes, str):
        return f"an object of the class {shapes}"
    if any(not isinstance(one, int) for one in shapes):
        return " and ".join(_in_words(one) for one in shapes)
    return f"an array of shape {shapes}" if shapes else "a number"


def _problem_at_real_size(exercise: Exercise, function: Any) -> str:
    """Why a function cannot run at the size of the lesson, as words that follow "because"; "" if it can."""
    if exercise.real_size is None:
        return ""
    args = exercise.real_size()
    with quiet():
        usual = time_limit.seconds(exercise.reference, copy.deepcopy(args))
        limit = max(LEAST_LIMIT, exercise.slowest * usual)
        for last in (False, True):  # the first call may have to import something, or be held up
            arguments = copy.deepcopy(args)
            try:
                time_limit.seconds(function, arguments, limit)
                break
            except time_limit.TooSlow as slow:
                if last or any(slow.args):
                    return (
                        f"yours takes more than {limit:.2g} s at the size of this lesson, and the course's "
                        f"takes {usual:.2g} s. Replace loops by operations on whole arrays"
                    )
            except (Exception, SystemExit) as error:
                return f"at the size of this lesson {in_words(error, function).rstrip('.')}"
    if not all(same(a, b, 0.0) for a, b in zip(arguments, args, strict=True)):
        return "yours changes the array that is passed to it: write `a = a + b` instead of `a += b`"
    return ""
