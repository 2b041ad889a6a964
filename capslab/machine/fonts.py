"""Fonts for names in any script, from those that are installed on this machine.

matplotlib's own font, DejaVu Sans, has Latin, Greek, Cyrillic, Arabic and Hebrew letters, and no Chinese,
Japanese or Korean ones: those come out as boxes, all alike. Here such characters get a font that has them, if
there is one; otherwise they are written as their Unicode numbers, so that two names still look different,
and a warning says which font to install.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterable
from functools import cache
from typing import Any

#: fonts that systems bring for other scripts, by their families; the first that has a character is taken
KNOWN = (
    "Noto Sans CJK SC",
    "Noto Sans CJK TC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Noto Sans SC",
    "Noto Sans JP",
    "Noto Sans KR",
    "Source Han Sans SC",
    "Source Han Sans",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "Microsoft YaHei",
    "SimHei",
    "SimSun",
    "PingFang SC",
    "PingFang HK",
    "Hiragino Sans GB",
    "Hiragino Sans",
    "Heiti TC",
    "STHeiti",
    "Yu Gothic",
    "Meiryo",
    "MS Gothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "NanumGothic",
    "Arial Unicode MS",
    "Segoe UI Symbol",
    "Segoe UI Emoji",
    "Symbola",
    "FreeSans",
    "Unifont",
)
#: what to install, for the names of Unicode characters that begin like this
ADVICE = {
    ("CJK ", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH"): (
        "Noto Sans CJK",
        "fonts-noto-cjk",
    ),
    ("",): ("the Noto fonts, or Symbola for symbols and emoji,", "fonts-noto-core fonts-symbola"),
}
_warned: set[str] = set()


def invisible(character: str) -> bool:
    """Whether a character has no picture of its own: blanks, joiners, variation selectors."""
    return (
        unicodedata.category(character) in ("Cf", "Cc", "Zs", "Zl", "Zp") or "\ufe00" <= character <= "\ufe0f"
    )


@cache
def characters_of(path: str, index: int = 0) -> frozenset[int]:
    """The code points that a font file can draw at any size; empty for a file that matplotlib cannot use."""
    import capslab.machine.usable_matplotlib  # noqa: F401  # first
    from matplotlib.ft2font import FT2Font  # isort: skip

    try:
        font = FT2Font(path, face_index=index) if index else FT2Font(path)
        return frozenset(font.get_charmap()) if font.scalable else frozenset()
    except (OSError, RuntimeError, TypeError, ValueError):
        return frozenset()


def missing(text: str, families: Iterable[str] = ()) -> str:
    """Which characters of a text the fonts of these families lack (DejaVu Sans if none is given)."""
    entries = [_entry(family) for family in families or ("DejaVu Sans",)]
    drawable = [characters_of(entry.fname, getattr(entry, "index", 0)) for entry in entries if entry]
    return "".join(
        dict.fromkeys(
            c for c in text if not c.isascii() and not invisible(c) and not any(ord(c) in d for d in drawable)
        )
    )


def families_for(characters: str) -> tuple[list[str], str]:
    """Font families that have these characters between them, and the characters that no font has."""
    chosen: list[str] = []
    for character in characters:
        if not any(ord(character) in _characters_of_family(family) for family in chosen):
            family = _family_with(character)
            if family:
                chosen.append(family)
    left = [c for c in characters if not any(ord(c) in _characters_of_family(family) for family in chosen)]
    return chosen, "".join(left)


def font_file(family: str) -> tuple[str, int]:
    """The file of a family's upright font, and its place in that file."""
    entry = _entry(family)
    if entry is None:
        raise LookupError(family)
    return str(entry.fname), int(getattr(entry, "index", 0))


def spelled(text: str, characters: str, prefix: str = "U+") -> str:
    """The text with these characters replaced by their Unicode numbers.

    >>> spelled("猫 1", "猫")
    'U+732B 1'
    """
    pieces = re.split(f"([{re.escape(characters)}])", text) if characters else [text]
    pieces = [f"{prefix}{ord(p):04X}" if p and p in characters else p for p in pieces if p]
    glued = ""
    for piece in pieces:  # a number and what stands beside it need a blank between them
        glued += " " * (glued[-1:].isalnum() and piece[0].isalnum()) + piece
    return glued


def warn_of(characters: str) -> None:
    """Say once which characters cannot be drawn here, and what to install."""
    new = "".join(dict.fromkeys(c for c in characters if c not in _warned))
    if not new:
        return
    _warned.update(new)
    names = [unicodedata.name(c, "") for c in new]
    starts = next(starts for starts in ADVICE if any(name.startswith(starts) for name in names))
    font, package = ADVICE[starts]
    shown = " ".join(new[:8]) + (" …" if len(new) > 8 else "")
    warnings.warn(
        f"No font on this machine has {shown}, so pictures show such characters as their Unicode numbers "
        f"(U+{ord(new[0]):04X}). To see them, install {font} (Debian, Ubuntu: apt install {package}) and "
        "restart Python. The live views use the browser's fonts and need none.",
        stacklevel=4,
    )


def _entries() -> list[Any]:
    import capslab.machine.usable_matplotlib  # noqa: F401  # first
    from matplotlib.font_manager import fontManager  # isort: skip

    return [entry for entry in fontManager.ttflist if "LastResort" not in entry.name.replace(" ", "")]


def _entry(family: str) -> Any:
    """The most upright and regular font of a family, as matplotlib lists it; None if there is none."""
    same = [entry for entry in _entries() if entry.name == family]

    def fancy(entry: Any) -> tuple[bool, bool, bool, str]:
        regular = entry.weight in (400, "normal", "regular", "book", 500)
        return entry.style != "normal", not regular, entry.stretch not in ("normal", 400), str(entry.fname)

    return min(same, key=fancy, default=None)


@cache
def _characters_of_family(family: str) -> frozenset[int]:
    entry = _entry(family)
    return characters_of(str(entry.fname), getattr(entry, "index", 0)) if entry else frozenset()


@cache
def _family_with(character: str) -> str:
    """The family to draw a character with; "" if there is none, in fonts that were just installed either."""
    for look_again in (False, True):
        if look_again and not _add_new_fonts():
            break
        others = sorted({entry.name for entry in _entries()} - set(KNOWN))
        for family in (*KNOWN, *others):
            if ord(character) in _characters_of_family(family):
                return family
    return ""


@cache
def _add_new_fonts() -> int:
    """Tell matplotlib of fonts that were installed since it last looked; how many they are."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {str(entry.fname) for entry in fontManager.ttflist}
    added = 0
    for path in findSystemFonts():
        if path not in known:
            try:
                fontManager.addfont(path)
                added += 1
            except (OSError, RuntimeError, ValueError, KeyError):  # a font that matplotlib cannot read
                continue
    if added:
        _characters_of_family.cache_clear()
    return added
