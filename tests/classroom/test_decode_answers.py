"""What holds for the answers to every exercise as the grader sees them: played back from another process."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capslab.classroom.decode_answers import Replay, decode, replayed_answer
from capslab.classroom.run_student_code import encode, probe
from capslab.course.make_assignment import assignment
from capslab.course.paths import sources
from capslab.exercises import all_exercises
from capslab.exercises.exercise import applied
from capslab.exercises.judge_answer import judge

ALL = list(all_exercises().values())
GRADED = {c.metadata["nbgrader"]["grade_id"][6:] for path in sources() if path.stem != "27_what_you_found"
          for c in assignment(path).cells
          if c.metadata.get("nbgrader", {}).get("grade_id", "").startswith("check-")}  # fmt: skip


def by_name(exercise):
    return exercise.name


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_what_it_gives_can_be_asked_for_in_another_process(exercise):
    """Through pickled cases, JSON and back: the reference earns everything, each mistake what it did."""
    cases = [case.args for case in exercise.cases(5, True)]
    sent = pickle.loads(pickle.dumps(cases))
    for given_answer in (exercise.reference, *(mistake.wrong for mistake in exercise.mistakes)):
        event = probe(np, given_answer, sent, set())
        there = judge(exercise, replayed_answer(event, 0, len(cases)), 5, True)
        here = judge(exercise, given_answer, 5, True)
        assert (there.passed, there.total, there.mistake) == (here.passed, here.total, here.mistake)
    assert callable(applied(exercise.reference))


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_it_is_graded_in_the_assignment_of_its_notebook(exercise):
    if any(path.stem == exercise.notebook for path in sources()):
        assert exercise.name in GRADED


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(ALL), ANYTHING, st.integers(0, 3))
def test_no_forged_answer_raises_or_earns_more_than_there_is(exercise, forged, first):
    about = {"callable": True, "results": [forged] * 9, "signature": forged}
    for event in (about, {"value": forged}, {"dictionary": forged}):
        try:
            played = replayed_answer(event, first, 9)
        except (ValueError, TypeError, KeyError):
            continue  # said to be unreadable, and worth nothing
        verdict = judge(exercise, played)
        assert 0 <= exercise.earned(verdict.passed, verdict.total) <= exercise.points


@given(st.lists(st.floats(width=32), max_size=5), st.sampled_from(["f4", "f8", "i4", "u1", "?", "c16"]))
def test_an_array_arrives_as_it_was_sent(values, kind):
    with np.errstate(all="ignore"):
        array = np.array(values).astype(kind)
    arrived = decode(encode(array))
    assert arrived.dtype.kind == array.dtype.kind
    assert arrived.shape == array.shape
    assert np.array_equal(arrived, array, equal_nan=array.dtype.kind in "fc")


def test_a_replayed_function_that_changed_its_input_changes_it_again():
    replay = Replay([{"gave": encode(np.zeros(2)), "kept": False}], [["a", 1, False]])
    kept = np.arange(3)
    replay(kept)
    assert kept.tolist() != [0, 1, 2]
