"""Each exercise: its reference, its known mistakes, its untouched stub, how large its cases are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from capslab.course import paths
from capslab.exercises import all_exercises, check, solution
from capslab.exercises.judge_answer import judge

pytestmark = pytest.mark.usefixtures("learner")

ALL = list(all_exercises().values())
MISTAKES = [(exercise, mistake) for exercise in ALL for mistake in exercise.mistakes]


def by_name(one):
    return getattr(one, "name", None)


def test_each_exercise_stands_in_its_lesson():
    for exercise in ALL:
        source = Path(paths.checkout(), "src", f"{exercise.notebook}.py").read_text("utf-8")
        assert f'cl.check("{exercise.name}"' in source, exercise.name


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_the_reference_passes_for_fifty_seeds(exercise):
    for seed in range(50):
        for hard in (False, True):
            verdict = judge(exercise, exercise.reference, seed, hard)
            assert verdict.complete, (seed, verdict)
            assert verdict.message == ""


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES, ids=by_name)
def test_each_known_mistake_fails_with_its_own_message(exercise, mistake):
    for seed in range(20):
        for hard in (False, True):
            verdict = judge(exercise, mistake.wrong, seed, hard)
            assert verdict.attempted
            assert verdict.passed < verdict.total
            assert verdict.mistake == mistake.name, (seed, verdict)
            assert verdict.message == mistake.message


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_an_untouched_stub_is_not_attempted(exercise):
    def dots(*args):
        return ...

    def nothing(*args):
        pass

    def not_yet(*args):
        raise NotImplementedError

    stubs = [dots, nothing, not_yet] if exercise.is_function else [dict.fromkeys(exercise.reference, ...)]
    for stub in [None, ..., *stubs]:
        result = check(exercise.name, stub)
        assert result.state == "not attempted"
        assert exercise.task in result.message
        assert result.points == 0
        assert exercise.name in repr(result)
    assert solution(exercise.name).state == "not attempted"  # stubs are no attempts


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_each_exercise_is_written_in_full(exercise):
    assert len(set(exercise.hints)) == 3
    assert all(len(hint) > 40 for hint in exercise.hints)
    assert exercise.task.endswith(".")
    assert exercise.name in exercise.task
    assert exercise.name == getattr(exercise.reference, "__name__", exercise.name)
    assert len({mistake.name for mistake in exercise.mistakes}) == len(exercise.mistakes) >= 3
    hard, easy = exercise.cases(0, True), exercise.cases(0, False)
    assert len(hard) >= len(easy) >= 3
    assert [case.description for case in hard[: len(easy)]] == [case.description for case in easy]


@pytest.mark.parametrize("exercise", [one for one in ALL if one.is_function], ids=by_name)
def test_cases_are_told_apart_by_their_seed(exercise):
    def flat(seed):
        return b"".join(np.asarray(a).tobytes() for c in exercise.cases(seed, False) for a in c.args)

    assert flat(1) == flat(1)
    assert flat(1) != flat(2)


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_a_check_answers_at_once_because_its_cases_are_small(exercise):
    for hard in (False, True):
        arguments = [np.asarray(one) for case in exercise.cases(0, hard) for one in case.args]
        assert sum(array.size for array in arguments) < 50_000


def test_exercises_load_neither_tensorflow_nor_widgets():
    code = (
        "import sys, capslab.exercises as e; e.all_exercises();"
        "print([m for m in ('tensorflow','keras','ipywidgets','anywidget','sklearn','matplotlib')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_loss_reached_by_loops_is_as_right_as_one_by_arrays():
    def squash(s):
        out = np.zeros_like(s)
        for i in np.ndindex(s.shape[:-1]):
            length = np.linalg.norm(s[i])
            out[i] = 0 if length == 0 else length * s[i] / (1 + length**2)
        return out

    assert check("squash", squash).done
