"""The views of guesses without a browser: what they say, how they follow each other, class and restart."""

from __future__ import annotations

import gc

import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.exercises import NotComplete, guess_record
from capslab.exercises.guess_record import GuessRecord
from capslab.exercises.guess_words import COVERED, LOOKED
from capslab.exercises.look_back import look_back

pytestmark = pytest.mark.usefixtures("learner")


def ask(**options):
    return cl.guess("zeros", "How many of 100?", between=(0, 100), unit="of 100", **options)


def restart(monkeypatch):
    """What a new kernel finds: the file, and nothing else."""
    monkeypatch.setattr(guess_record, "record", GuessRecord())


def test_a_guess_uncovers_the_truth_below_also_after_run_all():
    view, below = ask(), cl.reveal("zeros", 93, "More.")
    assert below.covered
    assert below.words == COVERED
    assert "93" not in below.words
    view.set_state({"answer": 60})  # as the browser sends it
    assert below.answer == 60
    assert not below.covered
    assert below.words == "You said 60; it is 93 of 100. More."
    assert cl.guesses().words.endswith("You said 60; it is 93 of 100.")


def test_nobody_has_to_guess():
    view, below = ask(), cl.reveal("zeros", 93)
    below.set_state({"seen": True})
    assert below.words == "It is 93 of 100."
    assert view.words == LOOKED
    assert [row[1:3] for row in look_back().rows()] == [("not guessed", "93 of 100")]


def test_the_still_is_never_covered():
    ask()
    data, meta = cl.reveal("zeros", 93)._repr_mimebundle_()
    assert data["text/plain"] == meta["image/png"]["alt"] == "It is 93 of 100."
    assert data["image/png"].startswith(b"\x89PNG")


def test_the_still_of_a_reveal_says_what_was_seen():
    ask()
    figure = cl.reveal("zeros", 93, "Most of the corners are black, at $0 each.").figure()
    words = figure.get_supxlabel().replace("\n", " ")
    assert words == "It is 93 of 100. Most of the corners are black, at $0 each."
    figure.draw_without_rendering()  # a dollar is no formula


def test_after_a_restart_the_guess_is_there_and_reveal_works(monkeypatch):
    ask(answer=60)
    restart(monkeypatch)
    assert cl.reveal("zeros", 93).answer == 60
    restart(monkeypatch)
    view = ask()
    assert view.answer == 60
    assert "60 of 100" in view.words
    assert not view.changed


def test_the_first_guess_counts_and_the_view_says_so():
    ask(answer=60)
    view = ask(answer=70)
    assert view.answer == 60
    assert "60 of 100" in view.note
    other = ask()
    other.answer = 80
    assert other.answer == 60


def test_what_the_browser_cannot_send_is_refused_in_words(wording):
    view = ask()
    view.set_state({"answer": 600})
    assert view.answer is None
    wording(view.error)
    assert guess_record.record.find("zeros").answer is None


@pytest.mark.parametrize("answer", [None, ...])
def test_no_answer_is_no_guess(answer):
    assert ask(answer=answer).answer is None
    assert ask(answer=0).answer == 0


def test_bad_arguments_are_refused_in_words(fails):
    with fails(ArgumentError, "name", received="zeros"):
        cl.reveal("zeros", 93)
    ask()
    with fails(ArgumentError, "name", names="Did you mean 'zeros'?"):
        cl.reveal("zeroes", 93)
    with fails(ArgumentError, "value"):
        cl.reveal("zeros", float("nan"))
    with fails(ArgumentError, "value"):
        cl.reveal("zeros", ...)
    with fails(ArgumentError, "words"):
        cl.reveal("zeros", 93, 5)
    with fails(ArgumentError, "answer"):
        ask(answer=101)
    with fails(ArgumentError, "lesson"):
        cl.guesses("")
    with fails(ArgumentError, "lesson"):
        ask(lesson=True)
    with fails(ArgumentError, "name", names="zeros"):
        cl.guess("zeros", "Another question?", between=(0, 100))


def test_a_refused_answer_leaves_no_question_behind():
    with pytest.raises(ArgumentError):
        ask(answer=101)
    assert guess_record.record.all() == []


def test_a_truth_outside_the_scale_is_drawn_at_the_edge_and_said():
    ask(answer=60)
    view = cl.reveal("zeros", 130)
    assert "130" in view.words
    assert "off the scale" in view.words
    axes = view.figure().axes[0]
    assert max(x for line in axes.lines for x in line.get_xdata()) == 100


def test_looking_back(monkeypatch):
    ask(answer=60)
    cl.reveal("zeros", 93)
    cl.guess("score", "Which one?", choices=["this", "that"], answer="that")
    cl.reveal("score", "that")
    cl.guess("later", "And then?", between=(0, 1), lesson="02", answer=0.5)
    cl.guess("skipped", "How?", order=["a", "b"])
    cl.reveal("skipped", ["b", "a"])
    view = cl.guesses("01")
    assert [one["question"]["name"] for one in view.guesses] == ["zeros", "score", "skipped"]
    assert view.words == "Your biggest surprise: “How many of 100?” You said 60; it is 93 of 100."
    data, _ = view._repr_mimebundle_()
    assert data["text/html"].count("<tr>") == 4
    assert "still covered" not in data["text/html"]  # it is a still
    assert look_back("01").rows()[-1][1:3] == ("not guessed", "still covered")
    assert "33 % of the scale" in data["text/plain"]
    restart(monkeypatch)
    assert len(cl.guesses(1).guesses) == len(cl.guesses("01_kmeans_by_hand").guesses) == 3
    assert len(cl.guesses().guesses) == 4
    assert cl.guesses("07").guesses == []
    several = cl.guesses(["01", 2])
    assert len(several.guesses) == 4
    assert several.code.endswith("cl.guesses(['01', '02'])\n")
    assert "And then?" in several._repr_mimebundle_()[0]["text/html"]


def test_guesses_of_several_lessons_are_summed_up():
    assert look_back().summary == "No guess has been asked here yet."
    assert look_back().by_lesson() == [{"lesson": "–", "asked": 0, "guessed": 0, "how far off": "–"}]
    ask(answer=60, lesson="03")
    assert look_back().summary == "You made 1 of the 1 guesses that were asked here."
    cl.reveal("zeros", 93)
    cl.guess("score", "Which one?", choices=["this", "that"], answer="that", lesson="01")
    cl.reveal("score", "that")
    cl.guess("skipped", "How?", choices=["a", "b"], lesson="01")
    assert look_back().by_lesson() == [
        {"lesson": "01", "asked": 2, "guessed": 1, "how far off": "0.00"},
        {"lesson": "03", "asked": 1, "guessed": 1, "how far off": "0.33"},
    ]
    made, right = look_back().summary.split(" asked here. ")
    assert made == "You made 2 of the 3 guesses that were"
    assert right.startswith("1 of the 2 that were revealed was right; ")


def test_the_lesson_is_the_notebooks_where_jupyter_tells_its_name(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "course/13_look_inside.ipynb")
    ask()
    assert guess_record.record.find("zeros").lesson == "13"
    ask(lesson=5)
    assert guess_record.record.find("zeros").lesson == "05"


def test_taking_part_gives_the_point_and_being_right_nothing(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert cl.guesses("01") == 0
    ask(answer=1)
    cl.reveal("zeros", 93)
    assert cl.guesses("01") == 1
    cl.guess("score", "Which one?", choices=["this", "that"], answer=...)
    assert cl.guesses("01") == 0.5
    guess_record.record.keep(
        guess_record.record.find("score").question, "this"
    )  # clicked, so not in the file
    assert cl.guesses("01") == 0.5
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(NotComplete, match="score"):
        cl.guesses("01")
    cl.guess("score", "Which one?", choices=["this", "that"], answer="this")
    assert cl.guesses("01").guesses


def test_views_that_are_gone_are_not_kept():
    ask()
    assert len(guess_record.record.watchers) >= 1
    for view in list(guess_record.record.watchers):
        view.close()
    del view
    gc.collect()
    assert len(guess_record.record.watchers) == 0
