"""The record of guesses: first ones are kept, over restarts, other kernels, damage and full disks."""

from __future__ import annotations

import json

import pytest

from capslab.errors import ArgumentError
from capslab.exercises.ask_question import ask_question
from capslab.exercises.guess_record import VERSION, GuessRecord
from capslab.exercises.guess_words import CHANGED, guess_words

pytestmark = pytest.mark.usefixtures("learner")

NUMBER = ask_question("zeros", "How many of 100?", between=(0, 100))
CHANGED_NUMBER = ask_question("zeros", "How many of 100?", between=(0, 50))
CHOICE = ask_question("score", "Which one?", choices=["this", "that"])


@pytest.fixture
def record():
    return GuessRecord()


def content():
    return json.loads(GuessRecord.path().read_text("utf-8"))


def test_the_first_guess_is_kept_over_a_restart(record):
    record.ask(NUMBER, "01", "cell")
    assert record.keep(NUMBER, 60.0).answer == 60.0
    assert record.keep(NUMBER, 70.0).answer == 60.0
    record.reveal(NUMBER, 93.0, "Seen.")
    new = GuessRecord()  # the kernel was restarted between guess and reveal
    assert new.find("zeros").question == NUMBER
    assert (new.find("zeros").answer, new.find("zeros").truth, new.find("zeros").lesson) == (60.0, 93.0, "01")
    guess, changed = new.ask(NUMBER, "", "another cell id")
    assert (guess.answer, guess.lesson, changed) == (60.0, "01", False)


def test_two_kernels_lose_nothing_of_each_other(record):
    other = GuessRecord()
    record.ask(NUMBER, "", None)
    other.ask(CHOICE, "", None)
    other.keep(CHOICE, "this")
    record.keep(NUMBER, 60.0)
    assert [one.answer for one in GuessRecord().all()] == [60.0, "this"]
    assert record.keep(CHOICE, "that").answer == "this"


def test_a_question_that_has_changed_asks_again_and_the_old_guess_stays(record):
    record.ask(NUMBER, "", "a")
    record.keep(NUMBER, 60.0)
    guess, changed = record.ask(CHANGED_NUMBER, "", "a")
    assert changed
    assert guess.answer is None
    assert CHANGED in guess_words(CHANGED_NUMBER, guess.answer, guess.seen, changed)
    assert record.find("zeros").question == CHANGED_NUMBER
    assert set(content()["guesses"]["zeros"]) == {NUMBER.version, CHANGED_NUMBER.version}
    guess, changed = record.ask(NUMBER, "", "a")
    assert (guess.answer, changed) == (60.0, False)


def test_two_questions_under_one_name_are_refused(record, fails):
    record.ask(NUMBER, "", "cell 1")
    record.ask(NUMBER, "", "cell 1")
    with fails(ArgumentError, "name", names=("zeros", "How many of 100?")):
        record.ask(CHANGED_NUMBER, "", "cell 2")
    record.ask(CHANGED_NUMBER, "", None)  # where it is not known which cell asks, it counts as edited
    record.ask(NUMBER, "", "cell 3")


def test_an_unknown_name_gets_a_hint(record, fails):
    with fails(ArgumentError, "name", received="zeros"):
        record.find("zeros")
    record.ask(NUMBER, "", None)
    with fails(ArgumentError, "name", received="zeroes", names="Did you mean 'zeros'?"):
        record.find("zeroes")
    with fails(ArgumentError, "name", received=3):
        record.find(3)


def test_looking_first_is_noted_and_ends_the_question(record):
    record.ask(NUMBER, "", None)
    record.look(NUMBER)
    assert GuessRecord().find("zeros").seen
    record.ask(CHOICE, "", None)
    record.keep(CHOICE, "this")
    record.look(CHOICE)
    assert not GuessRecord().find("score").seen


def test_a_damaged_file_is_put_aside_in_words(record, wording):
    path = GuessRecord.path()
    path.parent.mkdir(parents=True)
    path.write_text("{ this is not")
    record.ask(NUMBER, "", None)
    wording(record.note)
    assert path.with_suffix(".damaged").read_text() == "{ this is not"
    assert list(content()["guesses"]) == ["zeros"]


@pytest.mark.parametrize(
    "text", ["[]", "3", '{"version": "x", "guesses": {}}', '{"version": 1, "guesses": [1]}']
)
def test_other_content_is_put_aside_too(record, text):
    path = GuessRecord.path()
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert record.all() == []
    assert path.with_suffix(".damaged").read_text() == text


def test_what_we_do_not_understand_stays_in_the_file(record):
    path = GuessRecord.path()
    path.parent.mkdir(parents=True)
    odd = {"zeros": {"0123": {"question": {"kind": "a sculpture"}}}, "old": {"4567": None}}
    path.write_text(json.dumps({"version": VERSION, "guesses": odd}))
    record.ask(NUMBER, "", None)
    kept = content()["guesses"]
    assert kept["zeros"]["0123"] == odd["zeros"]["0123"]
    assert kept["old"] == odd["old"]
    assert NUMBER.version in kept["zeros"]


@pytest.mark.parametrize("answer", ["sixty", 600, [1], {"x": 1}])
def test_an_answer_that_does_not_fit_its_question_is_no_guess(record, answer):
    record.ask(NUMBER, "", None)
    spoilt = content()
    spoilt["guesses"]["zeros"][NUMBER.version]["answer"] = answer
    GuessRecord.path().write_text(json.dumps(spoilt))
    assert GuessRecord().all() == []


def test_a_file_of_a_newer_capslab_is_left_as_it_is(record, wording):
    path = GuessRecord.path()
    path.parent.mkdir(parents=True)
    newer = json.dumps({"version": VERSION + 1, "guesses": {}})
    path.write_text(newer)
    record.ask(NUMBER, "", None)
    assert record.keep(NUMBER, 60.0).answer == 60.0
    assert record.find("zeros").answer == 60.0
    assert path.read_text() == newer
    wording(record.note)


def test_a_folder_that_cannot_be_written_is_said(record, monkeypatch, tmp_path, wording):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path / "a file"))
    record.ask(NUMBER, "", None)
    assert record.keep(NUMBER, 60.0).answer == 60.0
    assert record.keep(NUMBER, 70.0).answer == 60.0
    wording(record.note)


def test_the_file_stands_beside_the_progress(monkeypatch, tmp_path):
    assert GuessRecord.path().name == "guesses.json"
    monkeypatch.setenv("CAPSLAB_PROGRESS", str(tmp_path / "anna.json"))
    assert GuessRecord.path() == tmp_path / "anna-guesses.json"
