"""Guess, see, look back: a question first, then the result beside the guess, and all guesses at the end.

The three views are one module in the browser (`js/src/guessing`). There a guess uncovers the truth below at
once, also where no kernel runs; in a kernel the record of guesses joins them too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets as t

from capslab.errors import ArgumentError
from capslab.exercises import NotComplete, guess_record
from capslab.exercises.ask_question import ask_question
from capslab.exercises.asked_where import current_lesson, place
from capslab.exercises.guess_question import GuessQuestion
from capslab.exercises.guess_record import Guess
from capslab.exercises.guess_words import COVERED, answer_text, guess_words, reveal_words
from capslab.exercises.look_back import (
    LookBack,
    graded_run,
    lesson_name,
    look_back,
    taking_part,
    unanswered,
)
from capslab.widgets.base import View, module, shown, style
from capslab.widgets.guessing import figure as guess_figure
from capslab.widgets.traits import Bool

GUESS_CODE = "import capslab as cl\n\ncl.guess({arguments})\n"
REVEAL_CODE = "import capslab as cl\n\ncl.reveal({name!r}, {value!r})\n"
LOOK_CODE = "import capslab as cl\n\ncl.guesses({lesson})\n"


class _GuessPart(View):
    """What the three views share: the module in the browser, and that they hear of every guess."""

    _esm = module("guessing")
    _css = style("guessing")
    CONTROLS = ("code", "screen")

    part = t.Unicode("").tag(sync=True)
    note = t.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self._update_words()
        guess_record.record.watchers.add(self)

    def guess_changed(self, guess: Guess) -> None:
        """Follows what was guessed or uncovered, in whichever view."""

    def _update_words(self) -> None:
        self.note = guess_record.record.note


class _QuestionView(_GuessPart):
    """A view of one question: the guess, and whether the truth was uncovered.

    Attributes
    ----------
    question : the question as plain data.
    answer : the guess that is kept, as plain data; None before there is one.
    seen : whether somebody asked to see the truth before guessing.
    """

    question = t.Dict().tag(sync=True)
    answer = t.Any(None, allow_none=True).tag(sync=True)
    seen = Bool(False).tag(sync=True)

    def __init__(self, question: GuessQuestion, guess: Guess, **traits: Any) -> None:
        self._question = question
        super().__init__(question=question.plain(), answer=guess.answer, seen=guess.seen, **traits)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Takes what the browser sends; an answer that does not fit is refused under the view."""
        try:
            if sync_data.get("answer") is not None:
                self._question.answer(sync_data["answer"])
        except ArgumentError as error:
            self.error = str(error)
            sync_data = {name: value for name, value in sync_data.items() if name != "answer"}
            self.send_state("answer")
        super().set_state(sync_data)

    @t.validate("answer")
    def _valid_answer(self, proposal: Any) -> Any:
        value = proposal["value"]
        return None if value is None else self._question.answer(value)

    def guess_changed(self, guess: Guess) -> None:
        mine = self._question.name, self._question.version
        if mine == (guess.question.name, guess.question.version):
            self.answer, self.seen = guess.answer, guess.seen
            self._update_words()


class GuessView(_QuestionView):
    """A question, and the place to guess its answer. Setting `answer` is a guess too; the first is kept.

    Attributes
    ----------
    changed : whether the question has changed since it was answered, so that it asks again.
    """

    changed = Bool(False).tag(sync=True)

    def __init__(self, question: GuessQuestion, guess: Guess, **traits: Any) -> None:
        super().__init__(question, guess, part="guess", **traits)

    @t.observe("answer")
    @shown
    def _keep(self, change: Any) -> None:
        if self.answer is not None:
            kept = guess_record.record.keep(self._question, self.answer)
            self.answer = kept.answer
            self._update_words()

    def _update_words(self) -> None:
        super()._update_words()
        self.words = guess_words(self._question, self.answer, self.seen, self.changed)
        self.code = GUESS_CODE.format(arguments=_arguments(self._question))

    @property
    def still_words(self) -> str:
        return f"{self._question.text} {self.words}"

    def figure(self) -> Any:
        """The question and its scale as a still picture, with the guess if there is one."""
        return self._in_words(guess_figure.draw(self._question, self.answer, None))


class RevealView(_QuestionView):
    """The guess and the truth in one picture; covered until somebody has guessed or asks to see it.

    A still picture of it is never covered.

    Attributes
    ----------
    truth : what came, as plain data.
    more : what the lesson says about it.
    """

    truth = t.Any().tag(sync=True)
    more = t.Unicode("").tag(sync=True)

    def __init__(self, question: GuessQuestion, guess: Guess, **traits: Any) -> None:
        super().__init__(question, guess, part="reveal", truth=guess.truth, more=guess.more, **traits)

    @property
    def covered(self) -> bool:
        """Whether the truth is still hidden."""
        return self.answer is None and not self.seen

    @t.observe("seen")
    @shown
    def _look(self, change: Any) -> None:
        if self.seen:
            guess_record.record.look(self._question)
        self._update_words()

    def _update_words(self) -> None:
        super()._update_words()
        self.words = COVERED if self.covered else self.still_words
        value = self.truth
        if isinstance(value, dict):
            value = (value["x"], value["y"])
        self.code = REVEAL_CODE.format(name=self._question.name, value=value)

    @property
    def still_words(self) -> str:
        return reveal_words(self._question, self.answer, self.truth, self.more)

    def figure(self) -> Any:
        """Guess and truth as a still picture."""
        return self._in_words(guess_figure.draw(self._question, self.answer, self.truth, self.still_words))


class GuessesView(_GuessPart):
    """All guesses of a lesson beside what came, as a table that follows what is guessed later.

    Attributes
    ----------
    lesson : the lesson, several with commas between, or "" for the whole course.
    guesses : questions, guesses and truths as plain data.
    """

    lesson = t.Unicode("").tag(sync=True)
    guesses = t.List(t.Dict()).tag(sync=True)

    def __init__(self, lesson: str, **traits: Any) -> None:
        super().__init__(part="guesses", lesson=lesson, **traits)

    def guess_changed(self, guess: Guess) -> None:
        self._update_words()

    def _update_words(self) -> None:
        super()._update_words()
        table = self._table()
        self.guesses = [one.plain() for one in table.guesses]
        self.words = table.head()
        lessons = self.lesson.split(",")
        self.code = LOOK_CODE.format(
            lesson=repr(lessons if len(lessons) > 1 else self.lesson) if self.lesson else ""
        )

    def _table(self) -> LookBack:
        lessons = self.lesson.split(",")
        return look_back(lessons if len(lessons) > 1 else self.lesson or None)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super(View, self)._repr_mimebundle_(**kwargs)
        data, meta = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        table = self._table()
        return {**data, "text/html": table._repr_html_(), "text/plain": repr(table)}, meta


def _arguments(question: GuessQuestion) -> str:
    """The arguments of `cl.guess` that ask a question again."""
    scale = f"({question.low:g}, {question.high:g})"
    kinds = {
        "number": f"between={scale}",
        "choice": f"choices={list(question.items)!r}",
        "order": f"order={list(question.items)!r}",
        "curve": f"curve={{{question.x_label!r}: ({question.x[0]:g}, {question.x[1]:g}), "
        f"{question.y_label!r}: {scale}}}",
    }
    unit = f", unit={question.unit!r}" if question.unit else ""
    return f"{question.name!r}, {question.text!r}, {kinds[question.kind]}{unit}"


def guess(
    name: str,
    question: str,
    *,
    between: Any = None,
    choices: Any = None,
    order: Any = None,
    curve: Any = None,
    unit: str = "",
    lesson: str | int | None = None,
    answer: Any = None,
) -> GuessView:
    """Ask for a guess, before the result is there to be seen. `reveal` shows both.

    The first guess is kept, with its lesson, in a file beside the one with the progress, and is there again
    after a restart of the kernel. A question that has changed since asks again. Nobody has to guess.

    Parameters
    ----------
    name : what `reveal` is called with; each question has a name of its own.
    question : one sentence.
    between : `(low, high)`: the guess is a number on this scale.
    choices : two to twelve texts: the guess is one of them.
    order : two to twelve texts: the guess is the order that they belong in. They are shown as they are
        listed, so do not list them in the right order.
    curve : `{"k": (1, 20), "inertia": (0, 100)}`: the guess is a curve over these two axes.
    unit : what follows a number: "%", "of 100".
    lesson : the lesson that it belongs to, such as "01"; by default the one whose notebook runs, as far as
        Jupyter tells its name, and otherwise the one that `guesses` is called with.
    answer : the guess itself, for those who would rather type it than click. For a curve these are heights at
        equal steps, for example five. An answer that is handed in for points has to stand here: what was
        clicked is in the learner's own record, and not in the notebook that the grader gets.

    Returns
    -------
    GuessView : `view.answer` is the guess, None before it is made.

    Raises
    ------
    ArgumentError : if the question cannot be asked, or the answer does not fit it, or another cell asks
        something else under the same name.

    Examples
    --------
    >>> guess("zeros", "Of 100 images, how many does it get right?", between=(0, 100), answer=60).words
    'Your guess: 60. What came stands below.'
    """
    asked = ask_question(
        name, question, between=between, choices=choices, order=order, curve=curve, unit=unit
    )
    record = guess_record.record
    given = answer is not None and answer is not ...
    typed = asked.answer(answer) if given else None
    belongs = current_lesson() if lesson is None else lesson_name(lesson)
    known, changed = record.ask(asked, belongs, place())
    record.given.discard(name)
    view_note = ""
    if given:
        record.given.add(name)
        known = record.keep(asked, typed)
        if known.answer != typed:
            view_note = f"Your first guess is the one that is kept: {answer_text(asked, known.answer)}."
    view = GuessView(asked, known, changed=changed and not given, hide=["code", "screen"])
    view.note = " ".join(filter(None, [view_note, record.note]))
    return view


def reveal(name: str, value: Any, words: str = "") -> RevealView:
    """Show the guess and the truth in one picture.

    In a live notebook the truth stays covered until the learner has guessed or presses "Show me", also after
    *Run All*. In a still picture, as in the notebook on GitHub or in print, it is shown.

    Parameters
    ----------
    name : the name of the question.
    value : what came: a number, one of the choices, all items in their order, or a curve. A curve is an array
        of heights at equal steps of x, `(n,)`, or x and heights, `(2, n)`, or a dictionary from x to height.
        A number or a curve may leave the scale; it is then drawn at the edge.
    words : one or two sentences on what was seen, with computed numbers.

    Returns
    -------
    RevealView : `view.covered` says whether the truth is still hidden.

    Raises
    ------
    ArgumentError : if no question of that name was asked, or the value is of another kind than the question.

    Examples
    --------
    >>> _ = guess("zeros", "Of 100 images, how many does it get right?", between=(0, 100), answer=60)
    >>> reveal("zeros", 93).words
    'You said 60; it is 93.'
    """
    if not isinstance(words, str):
        raise ArgumentError("words", "text", words, 'Try words="One image in ten is a 0.".')
    record = guess_record.record
    question = record.find(name).question
    known = record.reveal(question, question.truth(value), " ".join(words.split()))
    return RevealView(question, known, hide=["code", "screen"])


def guesses(lesson: str | int | Sequence[str | int] | None = None) -> GuessesView | float:
    """Look back: what you guessed, what came, and how far off it was, the biggest surprise first.

    Parameters
    ----------
    lesson : the lesson, such as "01", or a list of lessons; by default the whole course.

    Returns
    -------
    GuessesView : a table. It follows guesses that are made later.
    float : while nbgrader grades, the points for taking part: one per lesson, shared evenly between its
        questions. A guess counts if it stands in its cell as `answer=`; being right earns nothing.

    Raises
    ------
    NotComplete : while nbgrader validates, if a guess is missing.
    """
    mode = graded_run()
    if mode == "autograde":
        return taking_part()
    if mode == "validate" and (missing := unanswered()):
        names = ", ".join(missing)
        raise NotComplete(f"Not guessed yet: {names}. Write your guess into its cell, for example answer=60.")
    if lesson is None:
        return GuessesView("", hide=["code", "screen"])
    lessons = lesson if isinstance(lesson, (list, tuple)) and lesson else [lesson]
    return GuessesView(",".join(map(lesson_name, lessons)), hide=["code", "screen"])
