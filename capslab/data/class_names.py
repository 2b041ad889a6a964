"""Decides what classes are called: the one place for names from folders, zips, tables and arrays.

Two names that a person cannot tell apart are never two classes without a word. They become one class,
and a note says so, whatever the images were read from.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

#: what a class is called if its name shows nothing
NO_NAME = "(no name)"
MOST_MERGES_SAID = 3
MOST_LETTERS_SAID = 24

# Characters without a shape that Unicode does not count among the format characters (category Cf).
_BLANK = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x2800, 0x3164, 0xFFA0, *range(0xFFF0, 0xFFF9)}
# Format characters that do have a shape: signs that Arabic, Syriac and Kaithi put around a number.
_VISIBLE_FORMATS = {*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD}
_JOINERS = {0x200C, 0x200D}
_VARIATIONS = {*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
_TAGS = range(0xE0020, 0xE0080)
# Other spellings of the same letters. Superscripts and circled digits are not among them: 10² is not 102.
_SAME_SHAPE = {
    "<compat>",
    "<wide>",
    "<narrow>",
    "<noBreak>",
    "<initial>",
    "<medial>",
    "<final>",
    "<isolated>",
}
# Names that Windows keeps for devices.
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{i}" for port in ("COM", "LPT") for i in range(10))}
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅаеорсухіјѕԁһԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο‐‑‒–—―−‘’ʼ“”",
    "ABEKMHOPCTYXIJSaeopcyxijsdhqwABEZHIKMNOPTYXo-------'''\"\"",
)


@dataclass(frozen=True)
class DistinctNames:
    """Class names of which no two look the same.

    Attributes
    ----------
    names : the names, each once, in the order of their first appearance.
    numbers : int64 `(k,)`: for each of the k given names, its position in `names`.
    notes : what was changed, in words.
    look_alikes : which single letters look alike and stay classes of their own, in words.
    """

    names: tuple[str, ...]
    numbers: np.ndarray
    notes: tuple[str, ...] = ()
    look_alikes: tuple[str, ...] = ()


def clean_name(name: object) -> str:
    """A class name as it is shown: composed letters (NFC), single blanks, no invisible characters.

    Bytes are read as UTF-8. What cannot be decoded is escaped. "" if nothing visible is left.

    >>> clean_name(" big\\tcat\\u200b "), clean_name("cafe\\u0301") == "caf\\u00e9"
    ('big cat', True)
    """
    text = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else str(name)
    text = text.encode("utf-8", "surrogateescape" if _undecoded(text) else "replace").decode(
        "utf-8", "backslashreplace"
    )
    shown: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if character.isspace():
            shown.append(" ")
        elif not _is_invisible(character) or _joins(character, "".join(shown[-1:])):
            shown.append(character)
    text = re.sub("[\u200c\u200d]+(?= |$)", "", "".join(shown))  # joiners at the end of a word join nothing
    return unicodedata.normalize("NFC", " ".join(text.split()))


def distinct_names(given: Sequence[object], counts: Sequence[int] | None = None) -> DistinctNames:
    """Clean the names, and make one class of those that look the same.

    Names look the same if they differ only in blanks, invisible characters or the way in which Unicode
    spells a letter. Names that differ only in case, or in letters of another alphabet that have the same
    shape, are one class too, unless each is a single letter: A and a may well be two classes.

    Parameters
    ----------
    given : names `(k,)`.
    counts : number of images of each name `(k,)`; the commonest spelling becomes the name of the class; of
        several as common, one in plain small letters.

    Examples
    --------
    >>> distinct_names(["cat", "dog", "Cat "]).names
    ('cat', 'dog')
    >>> distinct_names(["cat", "dog", "Cat "]).notes
    ('classes ‘Cat’ and ‘cat’ taken as one',)
    """
    names = [clean_name(name) for name in given]
    notes = []
    changed = sum(_lost_something(raw, name) for raw, name in zip(given, names, strict=True))
    if changed:
        notes.append(f"invisible characters removed from {changed:,} class name{'s' if changed > 1 else ''}")
    nameless = names.count("")
    names = [name or NO_NAME for name in names]
    if nameless:
        notes.append(f"a class whose name shows nothing is called ‘{NO_NAME}’")
    group = _grouped(names)  # (k,)
    weights = [1] * len(names) if counts is None else [int(count) for count in counts]
    spellings: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    members: dict[int, list[str]] = defaultdict(list)
    for name, number, weight in zip(names, group, weights, strict=True):
        spellings[number][name] += weight
        members[number].append(name)
    distinct = [_commonest(spellings[number]) for number in sorted(spellings)]
    notes += _said([same for same in members.values() if len(same) > 1], "taken as one")
    look_alikes = _said(_look_alikes_kept(distinct), "look alike, and stay apart")
    return DistinctNames(tuple(distinct), np.array(group, np.int64), tuple(notes), tuple(look_alikes))


def in_order(names: Sequence[str]) -> list[str]:
    """Class names in alphabetical order, or in order of size if all of them are whole numbers.

    >>> in_order(["10", "9", "11"]), in_order(["b", "a", "10"])
    (['9', '10', '11'], ['10', 'a', 'b'])
    """
    if all(name.isascii() and name.isdigit() for name in names):
        return sorted(names, key=lambda name: (int(name), name))
    return sorted(names)


def shortened(name: str) -> str:
    """A name in quotation marks, short enough for a line that says more than this."""
    text = name if len(name) <= MOST_LETTERS_SAID else name[: MOST_LETTERS_SAID - 1] + "…"
    return f"‘{text}’"


def file_names(names: Sequence[str], most_bytes: int = 120) -> list[str]:
    """A name for a file or folder for each name, all different, that every operating system accepts.

    Letters and marks of every alphabet stay; signs that some system forbids become `_`. Names that a system
    without a difference between capitals and small letters would confuse are numbered.

    >>> file_names(["T-shirt/top", "a?", "a*", "Straße"])
    ['T-shirt_top', 'a_', 'a_ (2)', 'Straße']
    """
    chosen: list[str] = []
    taken: set[str] = set()
    for name in names:
        letters = (
            c if c in " -_()" or unicodedata.category(c)[0] in "LMN" else "_" for c in clean_name(name)
        )
        text = "".join(letters).encode("utf-8")[:most_bytes].decode("utf-8", "ignore").strip() or "image"
        if text.upper() in _RESERVED:
            text += "_"
        unique, count = text, 1
        while shape_key(unique).casefold() in taken:
            count += 1
            unique = f"{text} ({count})"
        taken.add(shape_key(unique).casefold())
        chosen.append(unique)
    return chosen


@lru_cache(maxsize=10_000)
def shape_key(name: object) -> str:
    """Equal for two names exactly if they look the same: no case and no other alphabets are considered."""
    text = "".join(c for c in clean_name(name) if not _is_invisible(c) or ord(c) in _TAGS)
    spelled = (
        unicodedata.normalize("NFKC", c)
        if unicodedata.decomposition(c).partition(" ")[0] in _SAME_SHAPE
        else c
        for c in text
    )
    return " ".join(unicodedata.normalize("NFC", "".join(spelled)).split())


def _undecoded(text: str) -> bool:
    """Whether a text holds bytes that could not be decoded, and no other lone surrogates."""
    lone = [ord(c) for c in text if 0xD800 <= ord(c) <= 0xDFFF]
    return bool(lone) and all(0xDC80 <= code <= 0xDCFF for code in lone)


def _is_invisible(character: str) -> bool:
    code = ord(character)
    if code in _VISIBLE_FORMATS:
        return False
    return (
        unicodedata.category(character) in ("Cc", "Cf")
        or code in _BLANK
        or code in _VARIATIONS
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
        or 0xE0000 <= code <= 0xE0FFF
    )


def _joins(character: str, before: str) -> bool:
    """Whether an invisible character shapes the one before it, as in Persian words, emoji and flags."""
    code = ord(character)
    if not before or before == " ":
        return False
    if code in _JOINERS:
        return ord(before) >= 0x0600 and ord(before) not in _JOINERS
    if code in _VARIATIONS:
        return ord(before) >= 0x0600 and ord(before) not in _VARIATIONS
    return code in _TAGS and (before == "\U0001f3f4" or ord(before) in _TAGS)


def _lost_something(raw: object, name: str) -> bool:
    """Whether cleaning took out more than blanks."""
    text = raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else str(raw)
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        return False
    return unicodedata.normalize("NFC", " ".join(text.split())) != name


def _grouped(names: Sequence[str]) -> list[int]:
    """A group number for each name, from 0 in order of appearance; names that look the same share it."""
    keys: list[Callable[[str], str]] = [
        lambda shape: shape,
        lambda shape: shape.lower() if len(shape) > 1 else shape,
        lambda shape: shape.translate(_LOOKALIKES) if len(shape) > 1 else shape,
    ]
    group = list(range(len(names)))
    shapes = [shape_key(name) for name in names]
    for key in keys:
        first: dict[str, int] = {}
        for i, shape in enumerate(shapes):
            same = first.setdefault(key(shape), i)
            old, new = max(group[i], group[same]), min(group[i], group[same])
            if old != new:
                group = [new if number == old else number for number in group]
    return [int(number) for number in np.unique(group, return_inverse=True)[1]]


def _commonest(counts: dict[str, int]) -> str:
    """The spelling of most images; of several as common, one in plain small letters."""
    return min(counts, key=lambda name: (-counts[name], not name.isascii(), not name.islower(), name))


def _look_alikes_kept(names: Sequence[str]) -> list[list[str]]:
    """Groups of single letters that differ only in case or in the alphabet."""
    same: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if len(shape_key(name)) == 1:
            same[shape_key(name).translate(_LOOKALIKES).lower()].append(name)
    return [group for group in same.values() if len(group) > 1]


def _said(groups: list[list[str]], verb: str) -> list[str]:
    """One note on groups of names; names that read the same differ in what cannot be seen."""
    if not groups:
        return []
    texts = []
    for group in sorted(map(sorted, groups))[:MOST_MERGES_SAID]:
        unlike = list(dict.fromkeys(group))
        shown = " and ".join(shortened(name) for name in unlike[:MOST_MERGES_SAID])
        texts.append(shown if len(unlike) > 1 else f"{len(group)} spellings of {shown}")
    more = f", and {len(groups) - MOST_MERGES_SAID:,} more groups" if len(groups) > MOST_MERGES_SAID else ""
    return [f"classes {', '.join(texts)}{more} {verb}"]
