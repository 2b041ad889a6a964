"""From the arguments of `cl.guess` to a question, with an error in words for what cannot be asked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim
from capslab.exercises.guess_question import AN_EXAMPLE, MOST_ITEMS, GuessQuestion, as_number, as_text, typed


def ask_question(
    name: Any,
    text: Any,
    *,
    between: Any = None,
    choices: Any = None,
    order: Any = None,
    curve: Any = None,
    unit: Any = "",
) -> GuessQuestion:
    """The question that these arguments ask; exactly one of the four kinds has to be given.

    Raises
    ------
    ArgumentError : if the name or the text is empty, none or two of the kinds are given, a scale has no
        length, or choices are fewer than two, more than twelve or not all different.

    Examples
    --------
    >>> ask_question("zeros", "Of 100 images, how many are right?", between=(0, 100)).kind
    'number'
    """
    if not isinstance(name, str) or not name.strip():
        raise ArgumentError("name", "a short name", name, 'Try "my_first_guess".')
    if not isinstance(text, str) or not text.strip():
        raise ArgumentError("question", "the question, as text", text, 'Try "How many are right?".')
    if not isinstance(unit, str):
        raise ArgumentError("unit", "text", unit, 'Try unit="%".')
    given = {"between": between, "choices": choices, "order": order, "curve": curve}
    chosen = [kind for kind, value in given.items() if value is not None]
    if len(chosen) != 1:
        received = Verbatim(" and ".join(chosen) if chosen else "none of them")
        ways = ", ".join(f"{way}=" for way in given)
        superfluous = " and ".join(f"`{kind}`" for kind in chosen[1:])
        step = f"Leave {superfluous} out." if chosen else f"Try {AN_EXAMPLE['number']}."
        raise ArgumentError(ways, "exactly one of them", received, step)
    text, unit = " ".join(text.split()), unit.strip()
    if between is not None:
        low, high = _range("between", between)
        return GuessQuestion(name, text, "number", low, high, unit)
    if curve is not None:
        return _curve(name, text, curve, unit)
    kind = "choice" if choices is not None else "order"
    argument = "choices" if kind == "choice" else "order"
    return GuessQuestion(
        name, text, kind, items=_items(argument, given[argument], AN_EXAMPLE[kind]), unit=unit
    )


def _curve(name: str, text: str, curve: Any, unit: str) -> GuessQuestion:
    example = f"Try {AN_EXAMPLE['curve']}."
    if not isinstance(curve, Mapping) or len(curve) != 2 or not all(isinstance(key, str) for key in curve):
        expected = "what its two axes show, each with its range: {x: (from, to), y: (from, to)}"
        raise ArgumentError("curve", expected, curve, example)
    (x_label, x), (y_label, y) = curve.items()
    low, high = _range("curve", y)
    return GuessQuestion(
        name,
        text,
        "curve",
        low,
        high,
        unit,
        x=_range("curve", x),
        x_label=" ".join(x_label.split()),
        y_label=" ".join(y_label.split()),
    )


def _range(argument: str, value: Any) -> tuple[float, float]:
    """Two finite numbers, the smaller one first."""
    example = AN_EXAMPLE["number" if argument == "between" else "curve"]
    numbers = [as_number(one) for one in value] if isinstance(value, (Sequence, np.ndarray)) else []
    if len(numbers) == 2 and not isinstance(value, str):
        low, high = numbers
        if low is not None and high is not None and math.isfinite(high - low):
            if low < high:
                return low, high
            if low > high and argument == "between":  # the right numbers, the wrong way round
                example = f"between=({typed(high)}, {typed(low)})"
    raise ArgumentError(argument, "two numbers, the smaller one first", value, f"Try {example}.")


def _items(argument: str, value: Any, example: str) -> tuple[str, ...]:
    if isinstance(value, (str, Mapping)) or not isinstance(value, (Sequence, np.ndarray)):
        raise ArgumentError(argument, "a list of texts", value, f"Try {example}.")
    texts = [as_text(one) for one in value]
    items = [" ".join(text.split()) for text in texts if text is not None]
    if len(items) != len(texts) or not all(items):
        raise ArgumentError(argument, "a list of texts", value, f"Try {example}.")
    repeated = sorted({item for item in items if items.count(item) > 1})
    if repeated:
        different = list(dict.fromkeys(items))
        step = f"Try {argument}={different}." if 2 <= len(different) <= MOST_ITEMS else f"Try {example}."
        raise ArgumentError(argument, "all different", Verbatim(f"{repeated[0]!r} more than once"), step)
    if not 2 <= len(items) <= MOST_ITEMS:
        raise ArgumentError(
            argument, f"2 to {MOST_ITEMS} of them", Verbatim(str(len(items))), f"Try {example}."
        )
    return tuple(items)
