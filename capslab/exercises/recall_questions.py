"""`recall`: three quick questions on earlier lessons, at the top of a lesson. They give no points.

The questions stand in `recall.json`, under the number of the lesson that asks them. A click on a choice opens
what there is to say about it. That is plain HTML, so it works without a kernel and on an exported page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from capslab.errors import ArgumentError

FILE = Path(__file__).with_name("recall.json")
LETTERS = "ABCDEF"


@dataclass(frozen=True)
class RecallQuestion:
    """One question with its choices.

    Attributes
    ----------
    question : what is asked.
    choices : two to six answers, one of which is right.
    answer : the position of the right one, from 0.
    why : one or two sentences on why it is right.
    lesson : the earlier lesson that explains it, by the name of its file ("01_kmeans_by_hand").
    """

    question: str
    choices: tuple[str, ...]
    answer: int
    why: str
    lesson: str

    @property
    def letter(self) -> str:
        """The letter of the right choice."""
        return LETTERS[self.answer]


@dataclass(frozen=True, repr=False)
class Recall:
    """The questions of one lesson, which a notebook shows as a cell's value.

    Attributes
    ----------
    lesson : the number of the lesson that asks them ("03").
    questions : three questions on earlier lessons.
    """

    lesson: str
    questions: tuple[RecallQuestion, ...]

    def __repr__(self) -> str:
        lines = []
        for number, one in enumerate(self.questions, start=1):
            lines.append(f"{number}. {one.question}")
            lines += [f"   {letter}. {text}" for letter, text in zip(LETTERS, one.choices, strict=False)]
        answers = ", ".join(f"{number}{one.letter}" for number, one in enumerate(self.questions, start=1))
        return "\n".join([*lines, f"Answers: {answers}."])

    def _repr_html_(self) -> str:
        items = "".join(self._item(number) for number in range(len(self.questions)))
        return (
            "<div style='border-left:5px solid #0072b2;padding:6px 12px;margin:4px 0;max-width:48em'>"
            "<b>Do you remember?</b> Click on the answer that you think is right."
            f"<ol style='margin:6px 0;padding-left:1.6em'>{items}</ol></div>"
        )

    def _item(self, number: int) -> str:
        one = self.questions[number]
        group = f"recall-{self.lesson}-{number}"  # of folds with one name, a browser keeps only one open
        choices = "".join(
            f"<details name='{group}' style='margin:2px 0'>"
            f"<summary style='cursor:pointer'>{escape(text, quote=False)}</summary>"
            f"<div style='padding:2px 0 6px 1.2em'>{said}</div></details>"
            for text, said in zip(one.choices, self._said(one), strict=True)
        )
        return f"<li style='margin:8px 0'>{escape(one.question, quote=False)}{choices}</li>"

    def _said(self, one: RecallQuestion) -> list[str]:
        """What there is to say about each choice."""
        link = f'<a href="{one.lesson}.ipynb">lesson {one.lesson[:2]}</a>'
        wrong = f"✘ Not this one. Choose again, or look it up in {link}."
        said = [wrong] * len(one.choices)
        said[one.answer] = f"✔ Yes. {escape(one.why, quote=False)} (From {link}.)"
        return said


@cache
def all_questions() -> dict[str, tuple[RecallQuestion, ...]]:
    """The questions of every lesson that asks some, by its number."""
    entries: dict[str, list[dict[str, Any]]] = json.loads(FILE.read_text("utf-8"))
    return {
        lesson: tuple(RecallQuestion(**{**one, "choices": tuple(one["choices"])}) for one in questions)
        for lesson, questions in entries.items()
    }


def recall(lesson: str | int) -> Recall:
    """Three quick questions on the lessons before this one. They give no points.

    Parameters
    ----------
    lesson : the number of the lesson that you are reading, such as "03", or its whole name.

    Returns
    -------
    Questions to click on. `print` shows them as text, with the answers below.

    Raises
    ------
    ArgumentError : if no lesson of that number asks questions.

    Examples
    --------
    >>> recall("04").questions[0].letter
    'B'
    """
    questions = all_questions()
    wanted = str(lesson).strip()
    number = wanted.zfill(2) if wanted.isdecimal() else wanted.partition("_")[0]
    if number not in questions:
        expected = f"a lesson that asks questions, which are {', '.join(questions)}"
        raise ArgumentError("lesson", expected, lesson, f'Try cl.recall("{next(iter(questions))}").')
    return Recall(number, questions[number])
