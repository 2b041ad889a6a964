"""A chart as data: what is drawn twice, as matplotlib's still and as a plotly figure to hover over.

A function of `capslab.plots` says *what* there is to see (`ChartLine`, `ChartPanel`, `Bars`) and gets a
`ChartFigure`: the still in one picture, with the figure to hover over beside it. Both come from the same
numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim

#: the symbols of the still, and plotly's names for them
SYMBOLS = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond"}
#: the dashes of the still, and plotly's names for them
DASHES = {"-": "solid", "--": "dash", "-.": "dashdot", ":": "dot"}


@dataclass(frozen=True)
class ChartLine:
    """One line of a panel; with one finite point it is drawn as a symbol with its value.

    Attributes
    ----------
    name : what the legend says.
    x, y : float64 `(n,)`; NaN leaves a gap.
    colour : its number in the palette.
    dash : a key of `DASHES`, or "" for symbols alone.
    symbol : a key of `SYMBOLS`, or "" for a line alone.
    hollow : whether the symbols are hollow.
    thing : the name of the line that stands for this one in the legend, if it is another one.
    quiet : a line that helps the eye, such as a fitted law: it has no values to read off.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: int = 0
    dash: str = "-"
    symbol: str = ""
    hollow: bool = False
    thing: str = ""
    quiet: bool = False

    @property
    def finite(self) -> np.ndarray:
        """Which points can be drawn, bool `(n,)`."""
        return np.isfinite(self.x) & np.isfinite(self.y)

    @property
    def in_legend(self) -> bool:
        """Whether the legend names this line."""
        return not self.quiet and self.thing in ("", self.name)

    @property
    def is_point(self) -> bool:
        """Whether there is nothing to connect: exactly one point."""
        return int(self.finite.sum()) == 1


@dataclass(frozen=True)
class ChartPanel:
    """One pair of axes with its lines.

    Attributes
    ----------
    x_label, y_label : what the axes show.
    lines : in the order of the legend.
    x_word, y_word : how a value is read out: "n = " and " s" make "n = 3,000: 4.1 s". By default the labels.
    log : whether both axes are logarithmic; `log_x` for the horizontal one alone.
    y_limits : the ends of the vertical axis; None leaves an end free.
    mark_x : a value of x with a thin line and its text in the legend.
    mark_y : a value of y with a thin dashed line.
    whole_x : whether only whole numbers stand on the horizontal axis.
    """

    x_label: str
    y_label: str
    lines: tuple[ChartLine, ...]
    x_word: str = ""
    y_word: str = ""
    log: bool = False
    log_x: bool = False
    y_limits: tuple[float | None, float | None] = (None, None)
    mark_x: tuple[float, str] | None = None
    mark_y: float | None = None
    whole_x: bool = False


@dataclass(frozen=True)
class Chart:
    """Panels side by side, or one above the other with one horizontal axis (`stacked`)."""

    panels: tuple[ChartPanel, ...]
    stacked: bool = False


@dataclass(frozen=True)
class Bars:
    """One horizontal bar per name, its length the mean of its values.

    Attributes
    ----------
    values : for each name, its values, float64 `(n,)`.
    label : what the values are.
    limits : the ends of the axis, or None.
    """

    values: Mapping[str, np.ndarray]
    label: str
    limits: tuple[float, float] | None = None

    @property
    def means(self) -> list[float]:
        """The mean of each name's values."""
        return [float(own.mean()) for own in self.values.values()]


def in_words(value: float, digits: int = 3) -> str:
    """A number as one reads it: whole numbers whole, others with some digits, never "3e+03".

    >>> in_words(3000.0), in_words(0.12345), in_words(4123.4), in_words(1e-7), in_words(float("nan"))
    ('3,000', '0.123', '4,123', '1e-07', 'no value')
    """
    if not np.isfinite(value):
        return "no value" if np.isnan(value) else "∞" if value > 0 else "−∞"
    if value == round(value) and abs(value) < 1e15:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 10**digits else f"{value:.{digits}g}"


def numbers(argument: str, values: Any, n: int | None = None, whose: str = "") -> np.ndarray:
    """Values as float64 `(n,)`; an error in words if they are not that many numbers.

    >>> numbers("x", [1, 2])
    array([1., 2.])
    """
    wanted = f"{f'{n:,} ' if n is not None else ''}numbers{whose}"
    shown = values if n is None or not np.ndim(values) else Verbatim(f"{len(values):,} of them")
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ArgumentError(argument, wanted, values, "Give one number per point.") from None
    if array.ndim != 1 or not array.size or (n is not None and len(array) != n):
        raise ArgumentError(argument, wanted, shown, "Give one number per point of the line.")
    return array


def lines_of(named: Mapping[str, Any], x: Any) -> tuple[ChartLine, ...]:
    """One line per name over the same x, told apart by colour and dash.

    >>> [line.dash for line in lines_of({"a": [1, 2], "b": [2, 3]}, [1, 2])]
    ['-', '--']
    """
    places = numbers("x", x)
    styles: Sequence[str] = list(DASHES)
    return tuple(
        ChartLine(str(name), places, numbers("ys", y, len(places), f" for {name!r}"), i, styles[i % 4])
        for i, (name, y) in enumerate(named.items())
    )
