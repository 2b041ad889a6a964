"""What is said about a guess: before it is made, when it is kept, beside the truth, and how far off it was.

`js/src/guessing/words.js` says the same in the browser; a test compares them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from capslab.exercises.guess_question import SAMPLES, GuessQuestion

PRESS = "then press “This is my guess”."
HOW = {
    "number": f"Move the slider or type a number, {PRESS}",
    "choice": f"Choose one, {PRESS}",
    "order": f"Drag the lines into order, or use their arrows, {PRESS}",
    "curve": f"Draw the curve, move its five points, or type five numbers, {PRESS}",
}
CHANGED = "This question has changed since you answered it, so it asks again."
LOOKED = "You have looked at the answer, so there is nothing left to guess here."
COVERED = "The answer is covered until you have guessed. Guess above, or press “Show me”."


def number_text(value: float, span: float) -> str:
    """A number with as many digits as its scale can tell apart: a thousandth of it.

    >>> number_text(93.04, 100), number_text(-0.5, 1), number_text(12000, 20000)
    ('93', '−0.5', '12,000')
    """
    size = abs(value)
    if size >= 1e15:
        return f"{value:.3e}".replace("-", "−")
    digits = min(12, max(0, 3 - math.floor(math.log10(span))))
    # Halves are rounded up, as in JavaScript.
    text = f"{math.floor(size * 10**digits + 0.5) / 10**digits:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if digits else text
    whole, _, rest = text.partition(".")
    whole = whole.replace(",", "") if size < 9999.5 else whole  # 5000, but 50,000
    text = f"{whole}.{rest}" if rest else whole
    return f"−{text}" if value < 0 and text != "0" else text


def with_unit(text: str, question: GuessQuestion) -> str:
    """A number and its unit.

    >>> with_unit("60", GuessQuestion("n", "?", "number", 0, 100, "%"))
    '60 %'
    """
    return f"{text} {question.unit}".strip()


def answer_text(question: GuessQuestion, answer: Any) -> str:
    """A guess or a truth in a few words."""
    if question.kind == "number":
        return with_unit(number_text(answer, question.span), question)
    if question.kind == "choice":
        return str(answer)
    if question.kind == "order":
        return ", ".join(answer)
    x, y = _points(question, answer)
    first, last = (with_unit(number_text(one, question.span), question) for one in (y[0], y[-1]))
    return f"from {first} at {_at(question, x[0])} to {last} at {_at(question, x[-1])}"


def guess_words(question: GuessQuestion, answer: Any, seen: bool, changed: bool) -> str:
    """What the view of a guess shows, in one line."""
    if answer is not None:
        return f"Your guess: {answer_text(question, answer)}. What came stands below."
    if seen:
        return LOOKED
    return f"{CHANGED} {HOW[question.kind]}" if changed else f"No guess yet. {HOW[question.kind]}"


def reveal_words(question: GuessQuestion, answer: Any, truth: Any, more: str = "") -> str:
    """The guess, the truth, and what the caller says about it, in one line."""
    sentence = {"number": _number, "choice": _choice, "order": _order, "curve": _curve}[question.kind]
    parts = [sentence(question, answer, truth)]
    if is_off_the_scale(question, truth):
        number = question.kind == "number"
        what = (
            "That is off the scale: its mark stands" if number else "Where it leaves the scale, it is drawn"
        )
        parts.append(f"{what} at the edge.")
    return " ".join([*parts, more]).strip()


def is_off_the_scale(question: GuessQuestion, truth: Any) -> bool:
    """Whether a true number, or a part of a true curve, lies outside what could be guessed."""
    if question.kind == "number":
        return not question.low <= truth <= question.high
    return question.kind == "curve" and not (
        question.low <= min(truth["y"]) and max(truth["y"]) <= question.high
    )


def share_off(question: GuessQuestion, answer: Any, truth: Any) -> float:
    """How far off a guess was: 0 for right, 1 for the whole scale (another choice, the reverse order)."""
    if question.kind == "number":
        return min(1.0, abs(answer - truth) / question.span)
    if question.kind == "choice":
        return float(answer != truth)
    if question.kind == "order":
        places = sum(abs(truth.index(item) - place) for place, item in enumerate(answer))
        return places / (len(truth) ** 2 // 2)
    _, drawn, came = compared(question, answer, truth)
    return min(1.0, float(np.abs(drawn - came).mean()) / question.span)


def how_far(question: GuessQuestion, answer: Any, truth: Any) -> str:
    """How far off, in a few words.

    >>> how_far(GuessQuestion("n", "?", "number", 0, 100), 60, 93)
    '33 % of the scale'
    """
    if question.kind == "choice":
        return "right" if answer == truth else "another choice"
    if question.kind == "order":
        return f"{_in_place(answer, truth)} of {len(truth)} in place"
    return f"{percent(share_off(question, answer, truth))} of the scale"


def percent(share: float) -> str:
    """A share in whole per cent.

    >>> percent(0.004), percent(0), percent(0.126)
    ('less than 1 %', '0 %', '13 %')
    """
    whole = math.floor(100 * share + 0.5)
    return "less than 1 %" if share > 0 and whole == 0 else f"{whole} %"


def compared(question: GuessQuestion, answer: Sequence[float], truth: Any) -> tuple[Any, Any, Any]:
    """Where a drawn and a true curve are compared: x, the drawn heights, the true ones, `(n,)` each."""
    grid = np.linspace(*question.x, SAMPLES)
    true_x, true_y = np.array(truth["x"]), np.array(truth["y"])
    x = true_x[(true_x >= question.x[0]) & (true_x <= question.x[1])]
    if len(x) < 2:
        x = grid[(grid >= true_x[0]) & (grid <= true_x[-1])]
    if len(x) == 0:
        x = np.clip(true_x[:1], *question.x)
    return x, np.interp(x, grid, answer), np.interp(x, true_x, true_y)


def _points(question: GuessQuestion, answer: Any) -> tuple[Any, Any]:
    if isinstance(answer, dict):
        return answer["x"], answer["y"]
    return np.linspace(*question.x, len(answer)), answer


def _at(question: GuessQuestion, x: float) -> str:
    return f"{question.x_label} = {number_text(x, question.x[1] - question.x[0])}"


def _number(question: GuessQuestion, answer: Any, truth: Any) -> str:
    came = answer_text(question, truth)
    if answer is None:
        return f"It is {came}."
    said = number_text(answer, question.span)
    if said == number_text(truth, question.span):
        return f"You said {came}, and so it is."
    return f"You said {said}; it is {came}."


def _choice(question: GuessQuestion, answer: Any, truth: Any) -> str:
    if answer is None:
        return f"It is {truth}."
    return f"You said {truth}, and so it is." if answer == truth else f"You said {answer}; it is {truth}."


def _order(question: GuessQuestion, answer: Any, truth: Any) -> str:
    came = f"The order is {', '.join(truth)}."
    if answer is None:
        return came
    if answer == truth:
        return f"You put all {len(truth)} in the right order: {', '.join(truth)}."
    right = _in_place(answer, truth)
    return (
        f"{right} of {len(truth)} {'is where you put it' if right == 1 else 'are where you put them'}. {came}"
    )


def _in_place(answer: Sequence[str], truth: Sequence[str]) -> int:
    return sum(one == other for one, other in zip(answer, truth, strict=True))


def _curve(question: GuessQuestion, answer: Any, truth: Any) -> str:
    if answer is None:
        return f"It goes {answer_text(question, truth)}."
    x, drawn, came = compared(question, answer, truth)
    worst = int(np.abs(drawn - came).argmax())
    said, is_ = (number_text(float(values[worst]), question.span) for values in (drawn, came))
    average = percent(float(np.abs(drawn - came).mean()) / question.span)
    if said == is_:
        return f"You drew it as it is: {answer_text(question, truth)}."
    return (
        f"Your curve is {average} of the scale away on average, most at {_at(question, float(x[worst]))}: "
        f"you drew {said}, it is {with_unit(is_, question)}."
    )
