"""Texts of a figure in scripts that matplotlib's own font lacks: Chinese class names, for instance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter

from capslab.machine.fonts import families_for, missing, spelled, warn_of


@contextmanager
def fallback_fonts(figure: Figure) -> Iterator[None]:
    """While the figure is drawn, each of its texts has fonts that have its characters.

    matplotlib looks a character up in a text's families one after another, so families are added to those
    that the text has. Characters that no font has are written as numbers, and `warnings` says so once. The
    texts themselves stay as they were: a figure's titles are its alternative text.
    """
    with ExitStack() as afterwards:
        for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
            _prepare_ticks(axis, afterwards)
        for text in figure.findobj(Text):
            _prepare(text, afterwards)
        yield


def _prepare(text: Any, afterwards: ExitStack) -> None:
    """Give a text its fonts, and for the time being other words for what cannot be drawn."""
    words = text.get_text()
    lacking = missing(words)
    if not lacking:
        return
    families, left = families_for(lacking)
    present = text.get_fontfamily()
    text.set_fontfamily([*present, *(family for family in families if family not in present)])
    if left:
        warn_of(left)
        text.set_text(spelled(words, left))
        afterwards.callback(text.set_text, words)


def _prepare_ticks(axis: Axis, afterwards: ExitStack) -> None:
    """An axis writes the texts of its ticks anew each time, so their words are changed where it gets them."""
    words: Any = axis.get_major_formatter()
    if not isinstance(words, (FixedFormatter, FuncFormatter)):
        return
    lacking = missing("".join(label.get_text() for label in axis.get_majorticklabels()))
    left = families_for(lacking)[1] if lacking else ""
    if left:
        warn_of(left)
        axis.set_major_formatter(FuncFormatter(lambda value, place: spelled(words(value, place), left)))
        afterwards.callback(axis.set_major_formatter, words)
