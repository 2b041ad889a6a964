"""A guess and the truth as a still picture."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from capslab.exercises.guess_question import GuessQuestion
from capslab.exercises.guess_words import number_text, with_unit

GUESS, TRUTH, SOFT = "#0072b2", "#c24100", "#888888"


def draw(question: GuessQuestion, answer: Any, truth: Any, words: str = "") -> Any:
    """Draws the question, and the guess and the truth as far as they are given.

    Parameters
    ----------
    answer : the guess as plain data, or None; truth : what came, or None.
    words : what was seen and why; it stands below, so that a page without live views has it, too.
    """
    from capslab.plots.style import NotebookFigure

    rows = len(question.items)
    height = {"number": 2.1, "curve": 3.6}.get(question.kind, 1.0 + 0.4 * rows)
    below = textwrap.wrap(words, 84)
    figure = NotebookFigure(figsize=(6.5, height + 0.19 * len(below)), layout="constrained")
    if below:
        figure.supxlabel("\n".join(below), x=0.01, ha="left", fontsize=10, parse_math=False)
    axes = figure.subplots()
    axes.set_title("\n".join(textwrap.wrap(question.text, 72)), fontsize=11, loc="left", x=0.0)
    axes.spines[["top", "right"]].set_visible(False)
    paint = {"number": _scale, "choice": _choices, "order": _orders, "curve": _curves}[question.kind]
    paint(axes, question, answer, truth)
    return figure


def _scale(axes: Any, question: GuessQuestion, answer: Any, truth: Any) -> None:
    axes.set_xlim(question.low, question.high)
    axes.set_ylim(-1.4, 1.4)
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_position(("data", 0))
    axes.set_yticks([])
    for value, colour, name, side in ((answer, GUESS, "you said", 1), (truth, TRUTH, "it is", -1)):
        if value is not None:
            at = float(np.clip(value, question.low, question.high))
            axes.plot([at], [0], "v" if side > 0 else "^", color=colour, markersize=11, clip_on=False)
            text = f"{name} {with_unit(number_text(value, question.span), question)}"
            share = (at - question.low) / question.span
            align = "left" if share < 0.2 else "right" if share > 0.8 else "center"
            axes.text(at, 0.75 * side, text, color=colour, ha=align, va="bottom" if side > 0 else "top")
    axes.tick_params(axis="x", direction="inout", labelbottom=False)
    for value, align in ((question.low, "left"), (question.high, "right")):
        text = number_text(value, question.span)
        text = with_unit(text, question) if value == question.high else text
        axes.text(value, -1.4, text, ha=align, va="top", color="#222222")


def _choices(axes: Any, question: GuessQuestion, answer: Any, truth: Any) -> None:
    axes.set_axis_off()
    axes.set_ylim(len(question.items) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    for row, item in enumerate(question.items):
        marks = [(item == answer, "your guess", GUESS), (item == truth, "the answer", TRUTH)]
        text = ", ".join(name for is_it, name, _ in marks if is_it)
        colour = next((colour for is_it, _, colour in reversed(marks) if is_it), "#222222")
        sign = "●" if text else "○"
        axes.text(0, row, f"{sign} {item}" + (f"   ({text})" if text else ""), color=colour, va="center")


def _orders(axes: Any, question: GuessQuestion, answer: Any, truth: Any) -> None:
    axes.set_axis_off()
    axes.set_ylim(len(question.items) - 0.5, -1.3)
    axes.set_xlim(0, 1)
    columns = [("your guess", answer, 0.0, "left", GUESS), ("the answer", truth, 0.58, "left", TRUTH)]
    for title, items, x, align, colour in columns:
        if items is not None:
            axes.text(x, -0.9, title, color=colour, ha=align, va="center")
            for row, item in enumerate(items):
                text = "\n".join(textwrap.wrap(f"{row + 1}. {item}", 32))
                axes.text(x, row, text, ha=align, va="center", linespacing=0.95)
    if answer is None and truth is None:
        for row, item in enumerate(question.items):
            axes.text(0, row, f"• {item}", va="center")
    if answer is not None and truth is not None:
        for row, item in enumerate(answer):
            axes.plot([0.43, 0.56], [row, truth.index(item)], color=SOFT)


def _curves(axes: Any, question: GuessQuestion, answer: Any, truth: Any) -> None:
    axes.set_xlim(*question.x)
    axes.set_ylim(question.low, question.high)
    axes.set_xlabel(question.x_label)
    axes.set_ylabel(f"{question.y_label}{f' ({question.unit})' if question.unit else ''}")
    if answer is not None:
        axes.plot(np.linspace(*question.x, len(answer)), answer, "--", color=GUESS, label="your guess")
    if truth is not None:
        heights = np.clip(truth["y"], question.low, question.high)
        axes.plot(truth["x"], heights, color=TRUTH, label="what came", linewidth=2)
    if answer is not None or truth is not None:
        axes.legend(frameon=False)
