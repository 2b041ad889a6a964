"""What a guess asks for (a number, a choice, an order, a curve), and which answers and truths fit it."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, short, unknown_name

SAMPLES = 33  # heights of a guessed curve, at equal steps of x
MOST_POINTS = 201  # of a true curve; a longer one is thinned for the picture
MOST_ITEMS = 12
AN_EXAMPLE = {
    "number": "between=(0, 100)",
    "choice": 'choices=["yes", "no"]',
    "order": 'order=["first", "second", "third"]',
    "curve": 'curve={"epoch": (0, 10), "loss": (0, 2)}',
}
A_THING = {"number": "a number", "choice": "one of the choices", "order": "an order", "curve": "a curve"}


@dataclass(frozen=True)
class GuessQuestion:
    """A question that somebody guesses the answer to.

    Attributes
    ----------
    name : what `reveal` is called with.
    text : the question itself.
    kind : "number", "choice", "order" or "curve".
    low, high : the ends of the scale, for a curve those of its vertical axis.
    unit : what follows a number ("%", "of 100").
    items : the choices, or what has to be put in order.
    x : the ends of a curve's horizontal axis; x_label, y_label : what its axes show.
    """

    name: str
    text: str
    kind: str
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    items: tuple[str, ...] = ()
    x: tuple[float, float] = (0.0, 1.0)
    x_label: str = ""
    y_label: str = ""

    @property
    def version(self) -> str:
        """A hash of all that is asked: a guess belongs to the question that it was made for."""
        content = {**asdict(self), "name": ""}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def span(self) -> float:
        """The length of the scale."""
        return self.high - self.low

    def plain(self) -> dict[str, Any]:
        """The question as plain data, for the record and for the browser."""
        return {**asdict(self), "items": list(self.items), "x": list(self.x), "version": self.version}

    def answer(self, value: Any) -> Any:
        """A guess as plain data.

        Returns
        -------
        float, str, list of str, or list of 33 floats : by kind; a curve's heights stand at equal steps of x.

        Raises
        ------
        ArgumentError : if the value does not answer this question.

        Examples
        --------
        >>> GuessQuestion("zeros", "How many are right?", "number", 0, 100).answer(60)
        60.0
        """
        if self.kind == "number":
            number = self._number("answer", value)
            if not self.low <= number <= self.high:
                raise ArgumentError(
                    "answer",
                    f"a number from {typed(self.low)} to {typed(self.high)}",
                    value,
                    f"Try answer={self._middle}.",
                )
            return number
        if self.kind == "choice":
            return self._item("answer", value)
        if self.kind == "order":
            return self._order("answer", value)
        x, y = self._points("answer", value)
        if min(y) < self.low or max(y) > self.high:
            raise ArgumentError(
                "answer",
                f"heights from {typed(self.low)} to {typed(self.high)}",
                Verbatim(f"heights from {typed(min(y))} to {typed(max(y))}"),
                f"Try answer={self._level}.",
            )
        grid = np.linspace(*self.x, SAMPLES)
        heights = np.clip(self._rounded(np.interp(grid, x, y)), self.low, self.high)
        return [float(height) for height in heights]

    def truth(self, value: Any) -> Any:
        """What came, as plain data: as `answer`, but a number may lie outside the scale.

        A curve becomes `{"x": [...], "y": [...]}`, sorted by x.

        Raises
        ------
        ArgumentError : if the value is of another kind than the question.
        """
        if self.kind == "number":
            return self._number("value", value)
        if self.kind == "choice":
            return self._item("value", value)
        if self.kind == "order":
            return self._order("value", value)
        x, y = self._points("value", value)
        if max(x) < self.x[0] or min(x) > self.x[1]:
            raise ArgumentError(
                "value",
                f"a curve that lies somewhere between {self.x_label} = {typed(self.x[0])} and "
                f"{typed(self.x[1])}",
                Verbatim(f"one from {typed(min(x))} to {typed(max(x))}"),
                f"Change the first range of `curve` in cl.guess({quoted(self.name)}, …).",
            )
        if len(x) > MOST_POINTS:
            thinned = np.linspace(x[0], x[-1], MOST_POINTS)
            x, y = thinned.tolist(), np.interp(thinned, x, y).tolist()
        return {"x": x, "y": self._rounded(y).tolist()}

    def _rounded(self, heights: Any) -> np.ndarray:
        """Heights of a curve to a millionth of the scale, which no picture shows."""
        return np.round(np.asarray(heights, float), 6 - math.floor(math.log10(self.span)))

    @property
    def _middle(self) -> str:
        """The middle of the scale as one would type it: no more digits than needed to be on the scale."""
        middle = self.low + self.span / 2
        short_forms = (f"{middle:.{digits}g}" for digits in range(6, 18))
        return next((one for one in short_forms if self.low <= float(one) <= self.high), repr(middle))

    @property
    def _level(self) -> list[float]:
        """A curve that is on the scale."""
        return [float(self._middle)] * 5

    def _other_kind(self, argument: str, value: Any) -> ArgumentError:
        example = {
            "number": self._middle,
            "choice": repr(self.items[0]) if self.items else "",
            "order": repr(list(self.items)),
            "curve": f"[{typed(self.low)}, {typed(self.high)}]",
        }[self.kind]
        wanted = f"{A_THING[self.kind]}, because that is what {self.name!r} asks for"
        call = f"cl.reveal({quoted(self.name)}, {example})" if argument == "value" else f"answer={example}"
        return ArgumentError(argument, wanted, value, f"Try {call}.")

    def _number(self, argument: str, value: Any) -> float:
        number = as_number(value)
        if number is None:
            raise self._other_kind(argument, value)
        if not math.isfinite(number):
            raise self._not_finite(argument, "a finite number", value, self._middle)
        return number

    def _item(self, argument: str, value: Any) -> str:
        text = as_text(value)
        if text is None:
            raise self._other_kind(argument, value)
        if text not in self.items:
            raise unknown_name(argument, text, self.items)
        return text

    def _order(self, argument: str, value: Any) -> list[str]:
        if isinstance(value, (str, Mapping)) or not isinstance(value, (Sequence, np.ndarray)):
            raise self._other_kind(argument, value)
        texts = [as_text(one) for one in value]
        if None in texts:
            raise self._other_kind(argument, value)
        if sorted(map(str, texts)) != sorted(self.items):
            step = f"Try {'answer=' if argument == 'answer' else ''}{list(self.items)!r}."
            expected = f"all {len(self.items)} items of the question, each once"
            raise ArgumentError(argument, expected, Verbatim(short(texts)), step)
        return [str(text) for text in texts]

    def _points(self, argument: str, value: Any) -> tuple[list[float], list[float]]:
        """A curve's points, sorted by x: from heights alone, from x and y, or from a dictionary."""
        pair = list(value.items()) if isinstance(value, Mapping) else value
        try:
            array = np.asarray(pair, float)
        except (TypeError, ValueError):
            raise self._unequal(argument, value) from None
        if isinstance(value, Mapping) and array.ndim == 2:
            array = array.T  # (2, n)
        if array.ndim == 1 and len(array) >= 2:
            array = np.stack([np.linspace(*self.x, len(array)), array])
        if array.ndim != 2 or len(array) != 2 or array.shape[1] < 2:
            raise self._unequal(argument, value)
        if not np.isfinite(array).all():
            received = Verbatim(f"{int((~np.isfinite(array)).sum())} that are not")
            raise self._not_finite(argument, "finite numbers", received, self._level)
        x, y = array[:, np.argsort(array[0], kind="stable")].tolist()
        return x, y

    def _not_finite(self, argument: str, expected: str, received: Any, example: Any) -> ArgumentError:
        """The error for NaN and infinity: a guess is typed again, a result has to be looked for."""
        step = f"Try answer={example}."
        if argument == "value":
            step = "Look for the line that computes it wrongly: np.isfinite(value) is False from there on."
        return ArgumentError(argument, expected, received, step)

    def _unequal(self, argument: str, value: Any) -> ArgumentError:
        """The error for what is no curve: something else, one point, or x and y of different length."""
        try:
            lengths = [len(part) for part in value]
        except TypeError:
            lengths = []
        if len(lengths) == 2 and lengths[0] != lengths[1] and not isinstance(value, (str, Mapping)):
            received: Any = Verbatim(f"{lengths[0]} values of x and {lengths[1]} of y")
            heights = f"[{typed(self.low)}, {typed(self.high)}]"
            step = f"Give heights alone, for example {heights}: they are spread evenly."
            return ArgumentError(argument, "as many heights as values of x", received, step)
        return self._other_kind(argument, value)


def typed(number: float) -> str:
    """A number as one would type it, without losing any of its digits.

    >>> typed(100.0), typed(0.25), typed(1234567.0)
    ('100', '0.25', '1234567.0')
    """
    return text if float(text := f"{number:g}") == number else repr(float(number))


def quoted(name: str) -> str:
    """A name as one would type it, in double quotation marks.

    >>> print(quoted("zeros"), quoted('a "guess"'))
    "zeros" "a \\"guess\\""
    """
    return json.dumps(name, ensure_ascii=False)


def as_number(value: Any) -> float | None:
    """The value as a float; None for True, text, lists and whatever else is no single number."""
    if isinstance(value, (bool, np.bool_, str, bytes)) or value is None:
        return None
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError):
        return None
    return float(array) if array.ndim == 0 else None


def as_text(value: Any) -> str | None:
    """A choice as text: text stays, a whole number is written out; None for anything else."""
    if isinstance(value, str):
        return str(value)
    number = as_number(value)
    if number is not None and math.isfinite(number):
        return f"{int(number)}" if number == int(number) else f"{number:g}"
    return None
