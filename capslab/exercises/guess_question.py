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
                    f"a number from {self.low:g} to {self.high:g}",
                    value,
                    f"Try answer={self._middle:g}.",
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
                f"heights from {self.low:g} to {self.high:g}",
                Verbatim(f"heights from {min(y):g} to {max(y):g}"),
                f"Try answer={[float(f'{self._middle:g}')] * 5}.",
            )
        grid = np.linspace(*self.x, SAMPLES)
        return [float(f"{height:.6g}") for height in np.interp(grid, x, y)]

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
                f"a curve that lies somewhere between {self.x_label} = {self.x[0]:g} and {self.x[1]:g}",
                Verbatim(f"one from {min(x):g} to {max(x):g}"),
                f'Change the first range in the curve= of cl.guess("{self.name}", …).',
            )
        if len(x) > MOST_POINTS:
            thinned = np.linspace(x[0], x[-1], MOST_POINTS)
            x, y = thinned.tolist(), np.interp(thinned, x, y).tolist()
        return {"x": x, "y": [float(f"{height:.6g}") for height in y]}

    @property
    def _middle(self) -> float:
        return (self.low + self.high) / 2

    def _other_kind(self, argument: str, value: Any) -> ArgumentError:
        example = {
            "number": f"{self._middle:g}",
            "choice": repr(self.items[0]) if self.items else "",
            "order": repr(list(self.items)),
            "curve": f"[{self.low:g}, {self.high:g}]",
        }[self.kind]
        wanted = f"{A_THING[self.kind]}, because that is what {self.name!r} asks for"
        call = f'cl.reveal("{self.name}", {example})' if argument == "value" else f"answer={example}"
        return ArgumentError(argument, wanted, value, f"Try {call}.")

    def _number(self, argument: str, value: Any) -> float:
        number = as_number(value)
        if number is None:
            raise self._other_kind(argument, value)
        if not math.isfinite(number):
            raise ArgumentError(argument, "a finite number", value, _FIND_NAN)
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
            bad = int((~np.isfinite(array)).sum())
            raise ArgumentError(argument, "finite numbers", Verbatim(f"{bad} that are not"), _FIND_NAN)
        x, y = array[:, np.argsort(array[0], kind="stable")].tolist()
        return x, y

    def _unequal(self, argument: str, value: Any) -> ArgumentError:
        """The error for what is no curve: something else, one point, or x and y of different length."""
        try:
            lengths = [len(part) for part in value]
        except TypeError:
            lengths = []
        if len(lengths) == 2 and lengths[0] != lengths[1] and not isinstance(value, (str, Mapping)):
            received: Any = Verbatim(f"{lengths[0]} values of x and {lengths[1]} of y")
            step = f"Give heights alone, for example [{self.low:g}, {self.high:g}]: they are spread evenly."
            return ArgumentError(argument, "as many heights as values of x", received, step)
        return self._other_kind(argument, value)


_FIND_NAN = "np.isnan finds the values that are not numbers."


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
