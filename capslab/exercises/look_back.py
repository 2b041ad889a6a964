"""What the learner guessed and what came: a table at the end of a lesson, and the biggest surprise."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from capslab.errors import ArgumentError
from capslab.exercises import guess_record
from capslab.exercises.guess_record import Guess
from capslab.exercises.guess_words import answer_text, how_far, reveal_words, share_off

GUESS_POINTS = 1  # for taking part, in each lesson with guesses
TITLES = ("The question", "You said", "What came", "How far off")


@dataclass(frozen=True)
class LookBack:
    """The guesses of a lesson, of several, or of the whole course; the biggest surprise first.

    As text and as HTML it is a still, in which nothing is covered.

    Attributes
    ----------
    guesses : made and unmade ones.
    note : says if guesses cannot be saved.
    """

    guesses: tuple[Guess, ...]
    note: str = ""

    @property
    def surprises(self) -> list[Guess]:
        """Guesses that were made and whose truth is known, the one that was furthest off first."""
        return sorted(
            (one for one in self.guesses if one.answer is not None and one.truth is not None),
            key=lambda one: -share_off(one.question, one.answer, one.truth),
        )

    def head(self) -> str:
        """The biggest surprise in one sentence."""
        surprises = self.surprises
        if not surprises:
            return "None of the guesses has been made and revealed yet." if self.guesses else NOTHING
        first = surprises[0]
        if share_off(first.question, first.answer, first.truth) == 0:
            return "Nothing surprised you: every guess was right."
        came = reveal_words(first.question, first.answer, first.truth)
        return f"Your biggest surprise: “{first.question.text}” {came}"

    @property
    def summary(self) -> str:
        """How many guesses were made, and how far off the one in the middle was."""
        made = [one for one in self.guesses if one.answer is not None]
        line = f"You made {len(made)} of the {len(self.guesses)} guesses that were asked here."
        if not self.surprises:
            return line if self.guesses else NOTHING
        return f"{line} {_typical(self.surprises)}"

    def by_lesson(self) -> list[dict[str, Any]]:
        """One row per lesson: how many guesses were asked and made, and how far off the middle one was.

        Distances are shares of the question's scale: 0 is right, 1 is its other end, or another choice. Where
        nothing has been asked, there is one row that says so.
        """
        rows: list[dict[str, Any]] = []
        lessons = sorted({one.lesson for one in self.guesses}) or [""]
        for lesson in lessons:
            of_lesson = LookBack(tuple(one for one in self.guesses if one.lesson == lesson))
            far = [share_off(one.question, one.answer, one.truth) for one in of_lesson.surprises]
            made = sum(one.answer is not None for one in of_lesson.guesses)
            row = {"lesson": lesson or "–", "asked": len(of_lesson.guesses), "guessed": made}
            rows.append({**row, "how far off": f"{median(far):.2f}" if far else "–"})
        return rows

    def rows(self, covered: bool = True) -> list[tuple[str, str, str, str]]:
        """Question, guess, truth and distance as text.

        Parameters
        ----------
        covered : whether truths that nobody has guessed or uncovered stay hidden, as in the live view.
        """
        rows = []
        for one in self.surprises:
            said, came = (answer_text(one.question, value) for value in (one.answer, one.truth))
            rows.append((one.question.text, said, came, how_far(one.question, one.answer, one.truth)))
        for one in self.guesses:
            if one.answer is not None and one.truth is None:
                rows.append(
                    (one.question.text, answer_text(one.question, one.answer), "not revealed yet", "")
                )
            elif one.answer is None:
                shown = one.truth is not None and (one.seen or not covered)
                came = answer_text(one.question, one.truth) if shown else "still covered"
                rows.append((one.question.text, "not guessed", came, ""))
        return rows

    def __repr__(self) -> str:
        lines = [self.head()]
        for question, said, came, far in self.rows(covered=False):
            lines.append(f"  {question}  {said} → {came}" + (f"  ({far})" if far else ""))
        return "\n".join([*lines, *([self.note] if self.note else [])])

    def _repr_html_(self) -> str:
        def row(kind: str, cells: tuple[str, ...]) -> str:
            start, end = f"<{kind} style='text-align:left'>", f"</{kind.split()[0]}>"
            return f"<tr>{''.join(start + html.escape(cell) + end for cell in cells)}</tr>"

        body = "".join(row("td", cells) for cells in self.rows(covered=False))
        table = (
            f"<table><thead>{row('th scope=col', TITLES)}</thead><tbody>{body}</tbody></table>"
            if body
            else ""
        )
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return f"<div style='font-size:15px'><p>{html.escape(self.head())}</p>{table}{note}</div>"


NOTHING = "No guess has been asked here yet."


def _typical(surprises: Sequence[Guess]) -> str:
    """How far off guesses were, in a sentence."""
    far = [share_off(one.question, one.answer, one.truth) for one in surprises]
    right = sum(share == 0 for share in far)
    return (
        f"{right} of the {len(far)} that were revealed {'was' if right == 1 else 'were'} right; half of them "
        f"were off by at most {median(far):.0%} of the question's scale."
    )


def look_back(lesson: str | int | Sequence[str | int] | None = None) -> LookBack:
    """The guesses of one lesson ("01", 1 or its full name), of a list of lessons, or all of them.

    Questions of this kernel whose lesson nobody named count to the lesson that is looked back at.

    Raises
    ------
    ArgumentError : if the lesson is no number and no name.
    """
    record = guess_record.record
    if lesson is None:
        return LookBack(tuple(record.all()), record.note)
    if isinstance(lesson, (list, tuple)) and lesson:
        names = [lesson_name(each) for each in lesson]
    else:
        names = [lesson_name(lesson)]
        record.adopt(names[0])
    chosen = [one for one in record.all() if one.lesson and any(_same(one.lesson, name) for name in names)]
    return LookBack(tuple(chosen), record.note)


def lesson_name(lesson: Any) -> str:
    """A lesson's number in two digits, or its name as it is.

    >>> lesson_name(1), lesson_name("01"), lesson_name("01_kmeans_by_hand")
    ('01', '01', '01_kmeans_by_hand')
    """
    text = str(lesson).strip() if isinstance(lesson, (str, int)) and not isinstance(lesson, bool) else ""
    if not text:
        raise ArgumentError("lesson", 'the number of a lesson, such as "01"', lesson, 'Try lesson="01".')
    return text.zfill(2) if text.isdecimal() else text


def _same(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def taking_part() -> float:
    """Points for taking part: the share of this kernel's questions whose answer stands in their cell.

    What was guessed in a browser is in the learner's own record and not in the notebook that is handed in.
    So in an assignment a guess counts if it is given as `answer=`. Being right earns nothing.
    """
    asked = guess_record.record.current
    return GUESS_POINTS * len(asked.keys() & guess_record.record.given) / max(1, len(asked))


def unanswered() -> list[str]:
    """Names of this kernel's questions that have no answer in their cell."""
    return [name for name in guess_record.record.current if name not in guess_record.record.given]


def graded_run() -> str:
    """`autograde` or `validate` if nbgrader runs the notebook, otherwise ""."""
    return os.environ.get("NBGRADER_EXECUTION", "")
