"""How the views write numbers and class names; the browser writes them in the same way."""

from __future__ import annotations


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, a true minus included.

    >>> signed(0.123), signed(-0.123)
    ('+0.12', '−0.12')
    """
    return ("−" if value < 0 else "+") + f"{abs(value):.{digits}f}"


def plain(value: float, digits: int = 2) -> str:
    """A number with a true minus only where it is negative after rounding.

    >>> plain(0.123), plain(-0.123), plain(-0.001)
    ('0.12', '−0.12', '0.00')
    """
    return ("−" if value <= -0.5 * 10**-digits else "") + f"{abs(value):.{digits}f}"


def percent(share: float) -> str:
    """A share in 0…1 as a whole percentage: never 100 % unless it is all, never 0 % unless it is none.

    >>> percent(0.97), percent(0.999), percent(0.001)
    ('97 %', '99 %', '1 %')
    """
    whole = round(100 * share)
    return f"{whole if share in (0, 1) else min(99, max(1, whole))} %"


def with_article(name: str) -> str:
    """A class name with its article.

    >>> with_article("3"), with_article("8"), with_article("ankle boot")
    ('a 3', 'an 8', 'an ankle boot')
    """
    vowel = name[:1].lower() in ("8", "a", "e", "i", "o", "u") or name in ("11", "18")
    return f"an {name}" if vowel else f"a {name}"


def plural(name: str) -> str:
    """A class in the plural: 4s for a digit, any other name in quotation marks.

    >>> plural("4"), plural("ankle boot")
    ('4s', '“ankle boot”')
    """
    return f"{name}s" if len(name) == 1 else f"“{name}”"
