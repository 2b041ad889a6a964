"""The colours and shapes of groups, for light and for dark ground; `js/src/shared/colours.js` has the same.

The first twelve colours of a ground can be told apart with normal vision, protanopia, deuteranopia and
tritanopia (CIEDE2000 of at least 15 between every two), and every colour has a contrast of at least 3 : 1
with its ground. `tools/palette.py` found them, and `tests/plots/test_colours.py` measures them. Beside its
colour a group of points has a shape, and a cluster a letter.
"""

from __future__ import annotations

from typing import Any

from capslab.errors import ArgumentError

_LIGHT = (
    "024392 ef5a01 027855 921f06 2496f8 c071a2 7a9c69 5e5d6e 7131f7 450a00 393438 120b34 "
    "0f000f 000087 967878 c32d4b 785a96 3c3c5a e1002d f04bd2 3c00d2 4b3c2d 787887 2d1e1e "
    "3c1e5a 002d3c b41ec3 690f00 5a4b78 965a1e 4b9687 d2784b "
)
_DARK = (
    "878ff9 ea9907 20b17f d54400 d0c5fe a95e87 fff635 b6a2b2 8150d6 786a5c 99ffec e1ffbb "
    "96d278 8787b4 f0b4b4 69874b a5a5d2 699687 00870f e16969 6969a5 e1d23c 7878d2 69d2d2 "
    "e1f087 c3f0ff 2d8796 c3a5ff c3964b d2d2a5 c3a596 c34b69 "
)
_BOTH = (
    "386cbb d67b00 009777 c73c0e b078f0 73707f 5f7b48 bf79ad 87965a c31ea5 a58796 ff0087 "
    "4b7869 a54bff f01e3c 9678c3 c34b69 87692d a56996 78874b a500ff e16996 b42dd2 3c8778 "
    "788787 699669 00a587 b45aa5 6996b4 d25a00 69785a d22de1 "
)
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
    ([2, 67, 146], True)
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
