"""Numbers and places in a message: digits enough to differ, whole numbers as such, rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
SMALL = 20  # rows or columns up to which one counts them rather than types an index
_SIGNS = {"1/2": "½", "1/3": "⅓", "2/3": "⅔", "1/4": "¼", "3/4": "¾", "1/5": "⅕", "1/6": "⅙", "1/8": "⅛"}


def number(value: Any, digits: int = 4) -> str:
    """A number as one would write it by hand: 2 and not 2.0, 0 and not -0, True as True.

    >>> number(2.0), number(-0.0), number(1 / 3), number(True), number(np.float64(1e-7))
    ('2', '0', '0.3333', 'True', '1e-7')
    """
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    value = float(value)
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "infinity" if value > 0 else "−infinity"
    if value == round(value) and abs(value) < 1e15:
        return str(round(value))
    before_the_point = len(str(int(abs(value)))) if abs(value) < 1e15 else 0
    text = f"{value:.{max(digits, before_the_point + (before_the_point >= digits))}g}"
    if text in ("0", "-0"):
        return "0"
    if "e" in text:
        mantissa, exponent = text.split("e")
        return f"{mantissa}e{int(exponent)}"
    return text


def two_numbers(one: Any, other: Any) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to tell them apart.

    >>> two_numbers(8.7331, 8.73312)
    ('8.7331', '8.73312')
    >>> two_numbers(5.0, 10 / 13)
    ('5', '0.7692')
    """
    for digits in range(4, 18):
        first, second = number(one, digits), number(other, digits)
        if first != second:
            return first, second
    return number(one), number(other)


def fraction(value: float) -> str:
    """A factor in words: ⅓, 3/7, 1.443; a sign that nobody would miss in front."""
    size = abs(value)
    sign = "−" if value < 0 else ""
    near = Fraction(size).limit_denominator(12)
    if near and abs(float(near) - size) <= 1e-6 * size:
        text = str(near)
        return sign + _SIGNS.get(text, text)
    return sign + number(size)


def place(index: Sequence[int], shape: Sequence[int]) -> str:
    """Where an entry is, to follow another word: " in row 4, column 2 (counted from 0)"; "" for one number.

    >>> place((4, 2), (5, 3))
    ' in row 4, column 2 (counted from 0)'
    >>> place((4, 2), (500, 3)), place((), ())
    (' at [4, 2]', '')
    """
    if not index:
        return ""
    if max(shape) > SMALL or len(index) > 2:
        return f" at {[int(i) for i in index]}"
    if len(index) == 1:
        return f" at position {index[0]} (counted from 0)"
    return f" in row {index[0]}, column {index[1]} (counted from 0)"


def listed(items: Sequence[Any], most: int = 6) -> str:
    """ "1, 4 and 5", or "0, 1, 2, 3, 4, 5 and 14 more".

    >>> listed([1, 4, 5]), listed(range(9))
    ('1, 4 and 5', '0, 1, 2, 3, 4, 5 and 3 more')
    """
    words = [str(item) for item in items]
    if len(words) > most + 1:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def counted(many: float, noun: str) -> str:
    """ "1 point", "2 points".

    >>> counted(1, "point"), counted(2.0, "point"), counted(0.5, "point")
    ('1 point', '2 points', '0.5 points')
    """
    return f"{number(many)} {noun}{'' if many == 1 else 's'}"


def brief(value: Any, most: int = 48) -> str:
    """A small value on one line, numbers short: "[3, 4]"; "" if it does not fit.

    >>> brief(np.array([3.0, 4.0])), brief(np.arange(100)), brief("a")
    ('[3, 4]', '', "'a'")
    """
    if isinstance(value, str):
        text = repr(value)
    elif isinstance(value, (tuple, list)):
        parts = [brief(part, most) for part in value]
        text = "" if not all(parts) else f"({', '.join(parts)})"
    else:
        array = np.asarray(value)
        if array.size > 12 or array.dtype.kind not in "biuf" or array.ndim > 2:
            return ""
        text = _bracketed(array)
    return text if len(text) <= most else ""


def _bracketed(array: np.ndarray) -> str:
    if array.ndim == 0:
        return number(array[()])
    return f"[{', '.join(_bracketed(np.asarray(row)) for row in array)}]"
