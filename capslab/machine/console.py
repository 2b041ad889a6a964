"""Printing on consoles that lack some of the characters that we print.

Python ends a program with a UnicodeEncodeError when it prints a ✓ on a console that has none: cp1252 and
cp936 under Windows (whenever the output goes to a file or a pipe), ASCII in the locale C. This module
gives such a console the nearest characters that it has instead: `ok` for ✓, `x` for ×, `e` for é.
"""

from __future__ import annotations

import codecs
import sys
import unicodedata
from typing import Any, TextIO

#: how we write the characters that have no nearest one
TWINS = {
    "✓": "ok",
    "✗": "x",
    "×": "x",
    "·": "*",
    "•": "*",
    "…": "...",
    "–": "-",
    "—": "-",
    "−": "-",
    "→": "->",
    "←": "<-",
    "↔": "<->",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "≠": "!=",
    "±": "+-",
    "′": "'",
    "‖": "||",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "‘": "'",
    "’": "'",
    "°": " degrees",
    "√": "sqrt",
    "∞": "inf",
    "Σ": "sum",
    "∑": "sum",
    "★": "*",
    "○": "o",
    "◐": "~",
    "●": "*",
    "✔": "ok",
    "✘": "x",
    "÷": "/",
    "∂": "d",
    "∝": "~",
    "∠": "angle ",
    "‹": "<",
    "›": ">",
    "▶": ">",
    "■": "[]",
    "█": "#",
    "⚠": "!",
    "€": "EUR",
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "ı": "i",
    "œ": "oe",
    "Œ": "OE",
    "⟨": "<",
    "⟩": ">",
    "\N{NO-BREAK SPACE}": " ",
    "\N{NARROW NO-BREAK SPACE}": " ",
    "\N{THIN SPACE}": " ",
    "\N{VARIATION SELECTOR-16}": "",
}
ESCAPED_BYTES = range(0xDC80, 0xDD00)  # how Python keeps the bytes of a name that it could not decode


def twin(character: str) -> str:
    """The nearest characters in ASCII.

    Letters lose their accents, Greek ones are spelled out, and what has no likeness at all (猫) becomes its
    number, so that two different names stay different.

    >>> [twin(c) for c in "✓é₂σ猫"]
    ['ok', 'e', '2', 'sigma', '\\\\u732b']
    """
    if character in TWINS:
        return TWINS[character]
    if unicodedata.combining(character):
        return ""
    plain = unicodedata.normalize("NFKD", character).replace("\N{FRACTION SLASH}", "/")
    kept = "".join(TWINS.get(c, c) for c in plain if not unicodedata.combining(c))
    if kept.isascii() and kept.strip():
        return ("^" if unicodedata.decomposition(character).startswith("<super>") else "") + kept
    name = unicodedata.name(character, "")
    if name.startswith("GREEK") and " LETTER " in name:
        spelled = name.split(" LETTER ")[1].split(" WITH ")[0].removeprefix("FINAL ").lower()
        spelled = spelled.replace("lamda", "lambda")  # as Unicode, but nobody else, spells it
        return spelled.capitalize() if "CAPITAL" in name else spelled
    return character.encode("ascii", "backslashreplace").decode("ascii")


def _twins(error: UnicodeError) -> tuple[str | bytes, int]:
    """A codec's error handler: the twins of the characters that the console lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(twin, error.object[error.start : error.end])), error.end


def _twins_or_bytes(error: UnicodeError) -> tuple[str | bytes, int]:
    """The same, but the bytes of names that could not be decoded are printed as they were."""
    if isinstance(error, UnicodeEncodeError) and ord(error.object[error.start]) in ESCAPED_BYTES:
        return bytes([ord(error.object[error.start]) - 0xDC00]), error.start + 1
    return _twins(error)


#: for each of Python's own ways to meet a missing character, ours
HANDLERS = {
    "strict": "capslab.twins",
    "surrogateescape": "capslab.twins-or-bytes",
    "backslashreplace": "capslab.twins",
    "replace": "capslab.twins",
}
codecs.register_error("capslab.twins", _twins)
codecs.register_error("capslab.twins-or-bytes", _twins_or_bytes)


def print_readably(*streams: TextIO | Any) -> None:
    """From now on, missing characters become readable ones on these streams (stdout and stderr if none).

    The encoding stays as it is, and so does everything that it can express. A stream whose owner chose
    another way (`errors="ignore"`, say), or that is no ordinary text stream, is left alone.
    """
    for stream in streams or (sys.stdout, sys.stderr):
        errors = getattr(stream, "errors", None)
        if errors in HANDLERS and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=HANDLERS[errors])


def readable(text: str, stream: TextIO | Any) -> str:
    """The text as a stream can print it: the same, but for characters that it lacks."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "capslab.twins").decode(encoding)


def missing_characters(stream: TextIO | Any, wanted: str = "✓×…–→") -> str:
    """Which of these characters a stream cannot print."""
    encoding = getattr(stream, "encoding", None) or "utf-8"

    def is_there(character: str) -> bool:
        try:
            character.encode(encoding)
        except UnicodeEncodeError:
            return False
        return True

    return "".join(c for c in wanted if not is_there(c))
