"""The colours and shapes of groups, for light and for dark ground; `js/src/shared/colours.js` has the same.

The first twelve colours of a ground can be told apart with normal vision, protanopia, deuteranopia and
tritanopia (CIEDE2000 of at least 15 between every two), and every colour has a contrast of at least 3 : 1
with its ground. `tools/palette.py` found them, and `tests/plots/test_colours.py` measures them. Beside its
colour a group of points has a shape, and a cluster a letter.
"""

from __future__ import annotations

from typing import Any

from capslab.errors import ArgumentError

_LIGHT = "003f94 eb5c00 017754 951e0a 2c97ef 935f8b 7b9b69 949193 722df9 3e0e00 4b4952 140a32 "
_DARK = "5e9bff e49503 0b8b60 d23f00 bbceff a35681 ffeb20 9ba0ae 8a4bd5 b4aa9a 8fffb7 edeef1 "
_BOTH = "0072b2 d55e00 007f5f "
_Colour = tuple[float, float, float]


def _listed(written: str) -> tuple[_Colour, ...]:
    """Colours 0…1 from "003f94 eb5c00"."""
    parts = (bytes.fromhex(colour) for colour in written.split())
    return tuple((red / 255, green / 255, blue / 255) for red, green, blue in parts)


_GROUNDS = {"light": _listed(_LIGHT), "dark": _listed(_DARK), "both": _listed(_BOTH)}

#: the shapes of groups in turn, as matplotlib calls them: disc, square, triangle, diamond, plus, cross, star
SIGNS = "os^DPX*"


def palette(i: int, ground: str = "light") -> _Colour:
    """The colour of cluster or class i, 0…1.

    Parameters
    ----------
    i : 0 or more; after 32 colours they begin again.
    ground : what it is drawn on: "light", "dark", or "both" for a picture that does not know its page. The
        colours of "both" show on either, and are nearer to each other: give them a second sign.

    Raises
    ------
    ArgumentError : if `ground` is none of these.

    Examples
    --------
    >>> [round(255 * part) for part in palette(0)], palette(0) == palette(32)
    ([0, 63, 148], True)
    """
    if ground not in _GROUNDS:
        raise ArgumentError("ground", '"light", "dark" or "both"', ground, 'Write palette(0, "dark").')
    colours = _GROUNDS[ground]
    return colours[i % len(colours)]


def sign(i: int) -> str:
    """The shape of cluster or class i, as matplotlib's `marker`.

    >>> sign(0), sign(8)
    ('o', 's')
    """
    return SIGNS[i % len(SIGNS)]


def ink_on(colour: Any) -> str:
    """Black or white, whichever is legible on a colour."""
    red, green, blue = (part / 12.92 if part <= 0.04 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue  # WCAG 2.2, relative luminance
    return "black" if luminance > 0.18 else "white"
