r"""Formulas as pictures that are part of the page: no MathJax, no fonts, no network.

matplotlib's mathtext understands most of TeX's mathematics and returns outlines. We turn these into
an inline SVG in the colour and size of the surrounding text. What mathtext does not understand stays
visible as TeX.
"""

from __future__ import annotations

import html
import re

import capslab.machine.usable_matplotlib  # noqa: F401  # first

from matplotlib.font_manager import FontProperties  # isort: skip
from matplotlib.mathtext import MathTextParser
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath

SIZE = 20.0  # points per em of the page; only ratios matter
SPACE = 0.6  # points around the outline, so that antialiasing is not cut off

#: commands that have another name in mathtext
SPELLINGS = (
    (r"\\[lr]Vert(?![a-zA-Z])", r"\\|"),
    (r"\\[lr]vert(?![a-zA-Z])", "|"),
    (r"\\le(?![a-zA-Z])", r"\\leq"),
    (r"\\ge(?![a-zA-Z])", r"\\geq"),
    (r"\\ne(?![a-zA-Z])", r"\\neq"),
    (r"\\to(?![a-zA-Z])", r"\\rightarrow"),
    (r"\\tfrac(?![a-zA-Z])", r"\\frac"),
    (r"\\(d?frac)\s*(\w)\s*(\w)", r"\\\1{\2}{\3}"),  # \frac12 is short for \frac{1}{2}
    (r"\\sum((?:[_^](?:\{[^{}]*\}|\w))*)", r"\\sum\1\\,"),
    (r"(?<=[a-zA-Z0-9})])\s*\\(sum|max|min|log|exp)(?![a-zA-Z])", r"\\,\\\1"),
)


def svg(tex: str, display: bool = False) -> str | None:
    r"""A formula as one line of SVG, or None if mathtext cannot read it.

    Parameters
    ----------
    tex : the formula without dollar signs; screen readers read it aloud.
    display : whether the formula has a line of its own, with fractions in full size.

    >>> svg(r"\frac12")[:23], svg(r"\begin{cases}") is None
    ('<svg class="formula" ro', True)
    """
    source = tex.strip()
    for pattern, replacement in SPELLINGS:
        source = re.sub(pattern, replacement, source)
    if display:
        source = re.sub(r"\\frac\b", r"\\dfrac", source)
    source = f"${' '.join(source.split())}$"
    font = FontProperties(math_fontfamily="stix", size=SIZE)
    try:
        width, height, depth, *_ = MathTextParser("path").parse(source, 72, font)
        outline = TextPath((0, 0), source, prop=font)
    except ValueError:  # how mathtext says that it cannot read something
        return None
    box = [-SPACE, -height - SPACE, width + 2 * SPACE, height + depth + 2 * SPACE]
    size = f"width:{box[2] / SIZE:.3f}em;height:{box[3] / SIZE:.3f}em"
    view = " ".join(f"{number:.1f}" for number in box)
    return (
        f'<svg class="formula" role="img" aria-label="{html.escape(tex.strip())}" viewBox="{view}" '
        f'style="{size};vertical-align:{-(depth + SPACE) / SIZE:.3f}em">'
        f'<path fill="currentColor" d="{_path_data(outline)}"/></svg>'
    )


def _path_data(outline: Outline) -> str:
    """An outline as SVG path data, with y pointing down."""
    letters = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C"}
    parts = []
    for points, code in outline.iter_segments(simplify=False, curves=True):
        if code == Outline.CLOSEPOLY:
            parts.append("Z")
        else:
            x, y = points[0::2], -points[1::2]
            parts.append(letters[code] + " ".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True)))
    return "".join(parts)
