"""Every exercise judged with right, wrong, missing and impossible answers."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from common import numbers_in
from hypothesis import given, settings
from hypothesis import strategies as st

import capslab as cl
from capslab import exercises, ops
from capslab.errors import ArgumentError
from capslab.exercises import NotComplete, all_exercises, check, hint, progress, solution
from capslab.exercises.compare_values import difference
from capslab.exercises.exercise import Case, Exercise
from capslab.exercises.judge_answer import judge
from capslab.exercises.progress_record import Record, answer_hash
from capslab.exercises.registry import find

pytestmark = pytest.mark.usefixtures("learner")

ALL = list(all_exercises().values())


def by_name(one):
    return getattr(one, "name", None)


# --- points


@given(st.integers(0, 60), st.integers(1, 60), st.integers(1, 10), st.booleans())
def test_points_never_exceed_the_maximum_and_are_full_only_for_all(passed, total, points, partial):
    passed = min(passed, total)
    made = Exercise("x", "00", "", "", points, ("", "", ""), lambda *a: [], len, (), partial)
    earned = made.earned(passed, total)
    assert 0 <= earned <= points
    assert (earned == points) == (passed == total)
    assert passed or earned == 0


@settings(deadline=None)
@given(st.sampled_from(ALL), st.data())
def test_no_odd_answer_raises_or_earns_more_than_there_is(exercise, data):
    value = data.draw(
        st.one_of(
            st.none(),
            st.integers(),
            st.floats(),
            st.text(max_size=5),
            st.booleans(),
            st.lists(st.floats(), max_size=3),
            st.dictionaries(st.text(max_size=3), st.booleans(), max_size=3),
            st.just(object()),
            st.just(np.array([[]])),
            st.just(np.array(["a"])),
            st.tuples(st.floats(), st.floats()),
        )
    )
    for answer in (value, lambda *args: value):
        verdict = judge(exercise, answer)
        assert 0 <= exercise.earned(verdict.passed, verdict.total) <= exercise.points
        assert verdict.complete or verdict.message
        assert not verdict.complete


# --- a learner alone


def test_done_says_so_in_text_and_in_html():
    result = check("squash", find("squash").reference)
    assert result.done
    assert (result.passed, result.total, result.points, result.max_points) == (5, 5, 2, 2)
    assert numbers_in(repr(result)) == ["5", "2"]
    assert "role='status'" in result._repr_html_()
    assert "squash: done" in result._repr_html_()


def test_partly_right_says_how_far_and_what_is_next():
    result = check("softmax", find("softmax").mistakes[2].wrong)
    assert (result.state, result.passed, result.total, result.points) == ("in progress", 3, 6, 1.0)
    assert result.mistake == find("softmax").mistakes[2].name
    text = repr(result)
    assert numbers_in(text)[:2] == ["3", "6"]
    assert find("softmax").mistakes[2].message in " ".join(text.split())
    assert 'hint("softmax")' in text


def test_an_exception_names_the_line_of_the_learner():
    def squash(s):
        length = np.linalg.norm(s)
        return np.dot(s, np.zeros(pose_size)) / length  # noqa: F821

    message = check("squash", squash).message
    line = squash.__code__.co_firstlineno + 2
    assert f"line {line}, `return np.dot(s, np.zeros(pose_size)) / length" in message
    assert re.search(r"NameError: .*'pose_size'", message)


def test_a_function_that_changes_its_input_is_told():
    def mean_image(images, labels, label):
        images[labels != label] = 0
        return images.sum(axis=0, dtype=float) / (labels == label).sum()

    def squash(s):
        squared = (s**2).sum(axis=-1, keepdims=True)
        s *= np.sqrt(squared) / (1 + squared)
        return s

    result = check("squash", squash)
    assert (result.state, result.passed, result.mistake) == ("in progress", 0, "")
    assert "a += b" in result.message
    assert not check("mean_image", mean_image).done


def test_a_result_of_several_values_is_compared_one_by_one():
    right = find("routing_step").reference
    swapped = check("routing_step", lambda b, v: right(b, v)[::-1]).message
    assert "second, first" in swapped
    assert numbers_in(swapped)[-5:] == ["2", "3", "4", "5", "3"]  # of 2 values: a shape, and the one expected
    assert "2" in numbers_in(check("routing_step", lambda b, v: right(b, v)[0]).message)
    assert check("routing_step", right).done


def test_a_value_earns_all_of_its_points_or_none():
    most = {**find("diagnosis").reference, "A": "huge rate"}
    result = check("diagnosis", most)
    assert (result.passed, result.total, result.points) == (3, 4, 0)


def test_an_unknown_name_gets_a_hint_and_no_traceback():
    result = check("sqaush", len)
    assert result.state == "unknown"
    for answer in (result, hint("sqaush"), solution("sqaush")):
        assert repr(answer).count("'squash'") == 2  # in the list of names, and as the one that was meant
    assert "one of" in repr(check(3, len))


def test_words_of_a_learner_are_escaped():
    def squash(s):
        raise ValueError("<script>alert(1)</script>")

    html = check("squash", squash)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_check_that_is_stopped_says_so():
    def squash(s):
        raise KeyboardInterrupt

    result = check("squash", squash)
    assert (result.state, result.passed) == ("in progress", 0)
    assert "loop" in result.message


def test_nothing_is_written_to_standard_error(capfd):
    check("squash", lambda s: np.log(-1 - s**2) / 0)
    assert capfd.readouterr().err == ""


# --- hints and solutions


def test_hints_go_one_step_further_with_every_call():
    hints = find("squash").hints
    for number in (0, 1, 2, 2):
        shown = hint("squash")
        assert numbers_in(shown.head) == [str(number + 1), "3"]
        assert hints[number] in shown.body
        assert sum(one in repr(shown) for one in hints) == 1
    assert numbers_in(hint("votes").head) == ["1", "3"]
    assert 'solution("squash")' in repr(hint("squash"))


def test_a_solution_opens_after_three_real_attempts():
    tries = [lambda s: s, lambda s: s * 2, lambda s: s * 3]
    for _ in range(4):
        check("squash", tries[0])  # the same again is no new attempt
    assert numbers_in(repr(solution("squash"))) == ["2"]  # more real attempts
    check("squash", tries[1])
    assert numbers_in(repr(solution("squash"))) == ["1"]
    check("squash", tries[2])
    shown = solution("squash")
    assert "def squash(s):" in shown.source
    assert "<pre" in shown._repr_html_()


def test_a_solution_opens_at_once_for_who_is_done():
    check("diagnosis", find("diagnosis").reference)
    assert "diagnosis = {" in repr(solution("diagnosis"))


@pytest.mark.parametrize("exercise", ALL, ids=by_name)
def test_the_solution_that_is_shown_passes(exercise):
    space = {"np": np, "ops": ops}
    exec(exercise.solution(), space)
    assert judge(exercise, space[exercise.name]).complete


def test_a_fingerprint_sees_code_and_not_comments():
    def made(source):
        space = {}
        exec(source, space)
        return answer_hash(space["f"])

    assert made("def f(x):\n    return x") == made("def f(x):\n    # a thought\n    return x")
    assert made("def f(x):\n    return x") != made("def f(x):\n    return x + 1")
    assert made("def f(x):\n    return [i for i in x]") != made("def f(x):\n    return [-i for i in x]")


# --- progress


def test_progress_survives_a_new_kernel(monkeypatch):
    check("squash", find("squash").reference)
    check("votes", find("votes").mistakes[0].wrong)
    hint("votes")
    monkeypatch.setattr(exercises, "_record", Record())
    rows = {row.name: row for row in progress().rows}
    assert (rows["squash"].state, rows["squash"].points) == ("done", 2)
    assert rows["votes"].state == "in progress"
    assert rows["margin_loss"].state == "not attempted"
    assert numbers_in(hint("votes").head) == ["2", "3"]
    check("squash", lambda s: s)  # what is done stays done
    assert {row.name: row for row in progress().rows}["squash"].state == "done"


def test_progress_of_a_notebook_in_text_and_html():
    check("votes", find("votes").reference)
    of_notebook = progress("11")
    found = of_notebook.done, len(of_notebook.rows), of_notebook.points, of_notebook.max_points
    assert found == (1, 3, 2, 9)
    assert numbers_in(repr(of_notebook).splitlines()[0])[-4:] == ["1", "3", "2", "9"]
    assert "<th scope='col'" in of_notebook._repr_html_()
    assert progress("11_routing_by_agreement").rows == of_notebook.rows
    assert "no notebook '99'" in repr(progress("99"))
    assert progress().max_points == sum(exercise.points for exercise in ALL)


def test_two_kernels_do_not_forget_each_other(monkeypatch):
    one, other = Record(), Record()
    for record, name in ((one, "squash"), (other, "votes"), (one, "softmax")):
        entry = record.entry(name)
        entry.attempts = 2
        record.save(name, entry)
    assert [Record().entry(name).attempts for name in ("squash", "votes", "softmax")] == [2, 2, 2]


def test_a_folder_that_cannot_be_written_is_said_and_kept_in_memory(monkeypatch, tmp_path):
    (tmp_path / "a file").write_text("in the way")
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path / "a file"))
    result = check("squash", find("squash").reference)
    assert result.done
    assert result.note
    assert "CAPSLAB_HOME" in result._repr_html_()
    assert progress("10").done == 1


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"exercises": {"squash": 3}}', '{"exercises": {"squash": {"attempts": "x"}}}']
)
def test_a_damaged_file_is_put_aside_and_said(content):
    path = Record.path()
    path.parent.mkdir(parents=True)
    path.write_text(content)
    result = check("squash", find("squash").reference)
    assert result.done
    assert "progress.damaged" in result.note
    assert path.with_suffix(".damaged").read_text() == content
    assert json.loads(path.read_text())["exercises"]["squash"]["done"]


def test_without_a_home_of_its_own_progress_is_in_the_platform_folder(monkeypatch):
    monkeypatch.delenv("CAPSLAB_HOME")
    assert Record.path().name == "progress.json"
    assert "capslab" in str(Record.path().parent)


# --- a class


def test_autograde_gives_points_as_a_number(monkeypatch, fails):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    right, overflow = find("softmax").reference, find("softmax").mistakes[2].wrong
    assert check("softmax", right) == 2.0
    assert check("softmax", overflow) == 1.0
    assert check("softmax", overflow, seed=7, hard=True) == pytest.approx(2 * 4 / 7, abs=0.005)
    assert check("softmax", None) == 0.0
    assert type(check("softmax", right)) is float
    assert not Record.path().exists()
    with fails(ArgumentError, "name", received="sofmax", names="'softmax'?"):
        check("sofmax", right)


def test_validate_raises_words_alone_unless_complete(monkeypatch, fails):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert check("softmax", find("softmax").reference).done
    with fails(NotComplete, names=("softmax", "3", "6")) as caught:
        check("softmax", find("softmax").mistakes[2].wrong)
    assert caught.value._render_traceback_() == [str(caught.value)]
    with fails(NotComplete, names=find("softmax").task):
        check("softmax", ...)
    assert not Record.path().exists()


def test_an_interrupt_reaches_the_grader(monkeypatch):
    def squash(s):
        raise KeyboardInterrupt

    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(KeyboardInterrupt):
        check("squash", squash)


def test_public_names_reach_the_exercises():
    assert cl.check is check
    assert cl.hint is hint
    assert cl.solution is solution
    assert cl.progress is progress


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_no_difference_from_itself_and_some_from_another(values):
    array = np.array(values)
    assert difference(array.tolist(), array, 1e-5) == ""
    assert difference(array + 1 + np.abs(array), array, 1e-5) != ""
    assert difference(array[None], array, 1e-5) != ""


def test_a_case_gives_copies():
    kept = np.zeros(2)
    exercise = Exercise(
        "x", "00", "", "", 1, ("", "", ""), lambda *a: [Case("zeros", (kept,))], lambda a: a + 1, ()
    )

    def spoil(a):
        a += 1
        return a

    assert judge(exercise, lambda a: a + 1).complete
    verdict = judge(exercise, spoil)  # the right answer, in the array that it was given
    assert not verdict.complete
    assert "a += b" in verdict.message
    assert (kept == 0).all()
