"""Points for taking part in the guesses of a notebook, read from its source and not from a run.

A guess that was clicked in a browser is in the student's own record. What counts stands in the notebook, as
`answer=` in the cell of `cl.guess`. So nothing of the submission has to run, and being right earns nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from capslab.classroom.needed_cells import MAX_PARSED, PARSE_ERRORS, as_python
from capslab.exercises.look_back import GUESS_POINTS

GUESSES = "guesses"  # the graded cell is called check-guesses


def guesses_in(sources: Iterable[str]) -> dict[str, bool]:
    """The questions that cells ask, by name, and whether an answer stands with each.

    >>> guesses_in(['cl.guess("a", "How many?", between=(0, 9), answer=4)', 'cl.guess("b", "?", answer=...)'])
    {'a': True, 'b': False}
    """
    answered: dict[str, bool] = {}
    for source in sources:
        for call in _calls(as_python(source)):
            match call.args:
                case [ast.Constant(value=str(name)), *_]:
                    given = [one.value for one in call.keywords if one.arg == "answer"]
                    answered[name] = answered.get(name, False) or any(_says_something(one) for one in given)
    return answered


def guess_points(submitted: Any, released: Any) -> tuple[float, str]:
    """Points of a submission for its guesses, and what the student reads about them.

    Parameters
    ----------
    submitted, released : notebooks; the released one says which questions there are.
    """
    asked, answered = (
        guesses_in(cell.source for cell in book.cells if cell.cell_type == "code")
        for book in (released, submitted)
    )
    missing = [name for name in asked if not answered.get(name)]
    points = round(GUESS_POINTS * (len(asked) - len(missing)) / max(1, len(asked)), 2)
    head = f"{points:g} of {GUESS_POINTS} point for taking part."
    if not missing:
        return points, f"{head} All {len(asked)} guesses are there."
    step = "Write each into its cell, for example answer=60."
    return points, f"{head} Guesses that are missing: {', '.join(missing)}. {step}"


def _calls(source: str) -> list[ast.Call]:
    """The calls of `guess` in a cell; none if it is not Python or too long to be parsed."""
    if len(source) > MAX_PARSED:
        return []
    try:
        tree = ast.parse(source)
    except PARSE_ERRORS:
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) == "guess"]


def _says_something(value: ast.expr) -> bool:
    """Whether an answer is anything but None, `...` or empty. It may be an expression, which nobody runs."""
    try:
        answer = ast.literal_eval(value)
    except PARSE_ERRORS:
        return True
    return answer is not None and answer is not ... and answer not in ("", [], (), {})
