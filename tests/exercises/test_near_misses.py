"""Whether a check tells near misses from right answers, with the cases that a learner sees.

Near misses are made by the dozen (`mutants`), of the reference and of a second right answer, and by hand
(`wrong_answers`). One that passes is forgiven only if it equals the reference on random inputs and stands
in `equivalent_mutants` with the reason.
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
import warnings
from dataclasses import replace

import numpy as np
import pytest
from exercises import second_answers
from exercises.equivalent_mutants import reason
from exercises.mutants import TooLong, from_source, near_misses
from exercises.random_inputs import INPUTS
from exercises.wrong_answers import WRONG

from capslab.exercises import all_exercises
from capslab.exercises.compare_values import difference
from capslab.exercises.judge_answer import judge, quiet

ALL = list(all_exercises().values())
FUNCTIONS = [one for one in ALL if one.is_function]
VALUES = [one for one in ALL if not one.is_function]
WRITTEN = [(all_exercises()[name], what) for name, answers in WRONG.items() for what in answers]


def by_name(one):
    return getattr(one, "name", None)


def passes(exercise, answer, seed=0):
    """Whether an answer passes the visible check. Which mistake it is does not matter here.

    Case by case, as hundreds of near misses fail in the first.
    """
    alone = (
        replace(exercise, mistakes=(), cases=lambda *_, case=case: [case])
        for case in exercise.cases(seed, False)
    )
    return all(judge(one, answer, seed).complete for one in alone)


def equal_on_random_inputs(exercise, answer, many=60):
    rng = np.random.default_rng(5)
    with quiet():
        for _ in range(many):
            given = INPUTS[exercise.name](rng)
            expected = exercise.reference(*copy.deepcopy(given))
            try:
                result = answer(*copy.deepcopy(given))
            except Exception:  # a near miss may do anything
                return False
            if result is None or difference(result, expected, exercise.tolerance):
                return False
    return True


def surviving(exercise, answer, seeds):
    """The changes that pass for any of the seeds and are not forgiven."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # "'int' object is not callable": it need not be
        made = near_misses(answer)
    assert len(made) >= 20
    return [
        mutant.change
        for mutant in made
        if any(passes(exercise, mutant.function, seed) for seed in seeds)
        and not (reason(exercise.name, mutant.change) and equal_on_random_inputs(exercise, mutant.function))
    ]


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=by_name)
def test_no_near_miss_of_the_reference_passes(exercise):
    assert surviving(exercise, exercise.reference, [0]) == []


@pytest.mark.slow
@pytest.mark.parametrize("exercise", FUNCTIONS, ids=by_name)
def test_no_near_miss_of_a_second_answer_passes(exercise):
    assert surviving(exercise, getattr(second_answers, exercise.name), [0]) == []


@pytest.mark.rare
@pytest.mark.parametrize("exercise", FUNCTIONS, ids=by_name)
def test_no_near_miss_is_lucky_with_other_seeds(exercise):
    assert surviving(exercise, exercise.reference, [1, 2, 3]) == []


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=by_name)
def test_a_second_answer_is_as_right_as_the_reference(exercise):
    answer = getattr(second_answers, exercise.name)
    for seed in range(5):
        for hard in (False, True):
            assert judge(exercise, answer, seed, hard).complete, judge(exercise, answer, seed, hard)
    assert equal_on_random_inputs(exercise, answer)


@pytest.mark.parametrize(("exercise", "what"), WRITTEN, ids=lambda one: getattr(one, "name", one))
def test_what_learners_write_instead_fails(exercise, what):
    assert [seed for seed in range(5) if passes(exercise, WRONG[exercise.name][what], seed)] == []


def trivial_answers(exercise, seed, hard):
    """Answers that need no thought: constants, the arguments themselves, the right shape filled with one."""
    answers = {
        repr(value): lambda *args, value=value: value for value in (0, 1, -1, 0.5, False, True, 2, [], "")
    }
    arguments = len(exercise.cases(seed, hard)[0].args)
    for place in range(arguments):
        answers[f"argument {place}"] = lambda *args, place=place: args[place]

    def of_the_right_shape(fill):
        def answer(*args):
            expected = exercise.reference(*args)
            if isinstance(expected, tuple):
                return tuple(np.full(np.shape(one), fill) for one in expected)
            return type(expected)(fill) if isinstance(expected, bool) else np.full(np.shape(expected), fill)

        return answer

    for fill in (0.0, 1.0, 0.5):
        answers[f"filled with {fill}"] = of_the_right_shape(fill)
    return answers


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=by_name)
def test_a_trivial_answer_earns_a_third_at_most(exercise):
    for seed in range(3):
        for hard in (False, True):
            for what, answer in trivial_answers(exercise, seed, hard).items():
                verdict = judge(replace(exercise, mistakes=()), answer, seed, hard)
                assert exercise.earned(verdict.passed, verdict.total) <= exercise.points / 3, (what, verdict)


@pytest.mark.parametrize("exercise", VALUES, ids=by_name)
def test_a_value_that_needs_no_thought_earns_nothing(exercise):
    right = exercise.reference
    fills = [*set(right.values()), True, False, 0, 1, "", None, "True"]
    keys = list(right)
    answers = [dict.fromkeys(right, fill) for fill in fills]
    answers += [
        {key: right[key] for key in keys[:-1]},
        {},
        dict(zip(keys, list(right.values())[::-1], strict=True)),
    ]
    answers += [
        {**right, key: other} for key in keys for other in fills if type(other) is not type(right[key])
    ]
    answers += [{**right, key: other} for key in keys for other in right.values() if other != right[key]]
    for answer in answers:
        verdict = judge(exercise, answer)
        assert verdict.passed < verdict.total
        assert exercise.earned(verdict.passed, verdict.total) == 0
    assert judge(exercise, dict(right)).complete


@pytest.mark.parametrize("exercise", FUNCTIONS, ids=by_name)
def test_a_reference_stands_by_itself(exercise):
    """It calls nothing of its own module, so that its near misses reach all of it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(exercise.reference)))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    helpers = {
        name for name, one in vars(inspect.getmodule(exercise.reference)).items() if inspect.isfunction(one)
    }
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    assert used & helpers <= own | arguments


def test_near_misses_are_one_change_each():
    source = "def f(x):\n    total = 0\n    for row in x:\n        total += row.sum(axis=0)\n    return total"
    made = from_source(source, {"np": np})
    changes = [one.change for one in made]
    assert len(set(changes)) == len(changes)
    assert "row.sum(axis=0) → row.mean(axis=0)" in changes
    assert "return total → return -total" in changes
    given = np.arange(6.0).reshape(2, 1, 3)
    by_change = {one.change: one.function for one in made}
    np.testing.assert_array_equal(by_change["return total → return -total"](given), [-3, -5, -7])
    np.testing.assert_array_equal(by_change["row.sum(axis=0) → row.mean(axis=0)"](given), [3, 5, 7])


def test_a_near_miss_that_never_ends_is_stopped():
    def endless(n):
        i = 0
        while i < n:
            i += 1
        return i

    stuck = [one for one in near_misses(endless) if one.change == "i += 1 → i -= 1"]
    assert len(stuck) == 1
    with pytest.raises(TooLong):
        stuck[0].function(3)
