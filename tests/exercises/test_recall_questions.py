"""The recall questions: well made, about earlier lessons, answered with a click and as text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

import capslab as cl
from capslab.course import paths
from capslab.course.editions import edition
from capslab.errors import ArgumentError
from capslab.exercises.recall_questions import Recall, RecallQuestion, all_questions, recall

ALL = [pytest.param(lesson, one, id=lesson) for lesson, three in all_questions().items() for one in three]


@pytest.mark.parametrize(("lesson", "one"), ALL)
def test_a_question_is_about_an_earlier_lesson_and_can_be_answered(lesson: str, one: RecallQuestion) -> None:
    assert re.fullmatch(r"\d\d_\w+", one.lesson)
    assert one.lesson[:2] < lesson
    assert 2 <= len(one.choices) <= 6
    assert len(set(one.choices)) == len(one.choices)
    assert 0 <= one.answer < len(one.choices)
    assert one.question.endswith("?")
    assert one.why.endswith(".")


def test_each_lesson_asks_three_and_the_right_answer_is_not_always_in_one_place() -> None:
    assert list(all_questions()) == sorted(all_questions())
    for lesson, three in all_questions().items():
        assert len(three) == 3, lesson
        assert len({one.question for one in three}) == 3
        assert len({one.answer for one in three}) > 1, lesson


def test_a_lesson_with_a_file_is_named_by_it() -> None:
    by_number = {path.stem[:2]: path.stem for path in paths.sources()}
    for three in all_questions().values():
        for one in three:
            assert one.lesson == by_number.get(one.lesson[:2], one.lesson)


def test_a_lesson_asks_its_own_questions_once_at_its_top() -> None:
    for source in paths.sources():
        cells = [cell.source for cell in edition(source).cells if cell.cell_type == "code"]
        asked = [n for n, text in enumerate(cells) if "cl.recall(" in text]
        if asked:
            assert asked in ([0], [1]), source.name
            assert f'cl.recall("{source.stem[:2]}")' in cells[asked[0]]


class Read(HTMLParser):
    """Collects what a fold says, by its summary."""

    def __init__(self) -> None:
        super().__init__()
        self.folds: list[list[str]] = []
        self.groups: list[str] = []
        self.links: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "details":
            self.folds.append(["", ""])
            self.groups.append(given["name"] or "")
            assert "open" not in given
        self.links += [given["href"] or ""] if tag == "a" else []
        self.inside = tag if tag in ("details", "summary") else self.inside

    def handle_endtag(self, tag: str) -> None:
        self.inside = {"summary": "details", "details": ""}.get(tag, self.inside)

    def handle_data(self, text: str) -> None:
        if self.inside:
            self.folds[-1][self.inside == "details"] += text


def test_each_choice_is_a_fold_that_says_whether_it_is_right() -> None:
    question = RecallQuestion(
        "Is 1 < 2?", ("<b>no</b>", "yes & so on"), 1, "Because 2 > 1.", "01_kmeans_by_hand"
    )
    page = Read()
    page.feed(Recall("03", (question, question))._repr_html_())
    assert [fold[0] for fold in page.folds] == ["<b>no</b>", "yes & so on"] * 2
    assert ["Because 2 > 1." in fold[1] for fold in page.folds] == [False, True] * 2
    assert page.groups[0] == page.groups[1] != page.groups[2]  # one answer open at a time, per question
    assert set(page.links) == {"01_kmeans_by_hand.ipynb"}


def test_as_text_the_answers_stand_below() -> None:
    question = RecallQuestion("Is 1 < 2?", ("no", "yes"), 1, "Because.", "01_kmeans_by_hand")
    assert repr(Recall("03", (question,))).splitlines() == [
        "1. Is 1 < 2?", "   A. no", "   B. yes", "Answers: 1B."
    ]  # fmt: skip


def test_a_lesson_is_named_by_number_or_name() -> None:
    assert cl.recall("03") == recall(3) == recall("3") == recall("03_a_layer_that_learns")


@pytest.mark.parametrize("lesson", ["00", "", "xyz", None, 99])
def test_a_lesson_without_questions_names_those_that_have_some(lesson: object, fails) -> None:
    with fails(ArgumentError, "lesson", received=lesson, names='cl.recall("03")'):
        cl.recall(lesson)
