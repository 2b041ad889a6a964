"""Draw with a few words (box, arrow, text …) and get an SVG for light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import matplotlib

from capslab.machine.fonts import families_for, missing, spelled
from capslab.plots.svg_picture import SvgPicture

Point = tuple[float, float]
TEXT = 15.0  # pixels: the size of text

#: name of a colour → on a light page, on a dark page. The hues are Okabe and Ito's; each is
#: dark enough (light enough) to be read as text on its page.
COLOURS = {
    "paper": ("#ffffff", "#1b1f24"),
    "ink": ("#222222", "#e8eaed"),
    "quiet": ("#5a626b", "#a9b1bb"),
    "line": ("#8b949e", "#7d8690"),
    "soft": ("#eef1f4", "#2b3138"),
    "blue": ("#00639b", "#6cb8ee"),
    "orange": ("#9a5b00", "#f0b03c"),
    "green": ("#00765a", "#45c9a1"),
    "red": ("#a84200", "#ff8a4c"),
    "pink": ("#9c4577", "#e59ac4"),
    "blue-soft": ("#d9ecf8", "#163a52"),
    "orange-soft": ("#fcecca", "#4d3a10"),
    "green-soft": ("#d3f0e6", "#10423a"),
    "red-soft": ("#fbe0d0", "#54290f"),
    "pink-soft": ("#f6e1ee", "#4a2a3e"),
    "white": ("#ffffff", "#ffffff"),
    "black": ("#111111", "#111111"),
}
FONT = "system-ui, 'Segoe UI', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"


@cache
def _font(bold: bool) -> Any:
    from matplotlib.ft2font import FT2Font

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    font = FT2Font(str(Path(matplotlib.get_data_path(), "fonts/ttf", name)))
    font.set_size(100, 72)
    return font


@cache
def text_width(text: str, size: float = TEXT, bold: bool = False) -> float:
    """Pixels that a text takes at most: measured in DejaVu Sans, the widest of the fonts that are asked for.

    Characters that it lacks count as wide as they are high; those that no font of this machine has, as the
    numbers that stand for them in a figure.

    >>> text_width("iii") < text_width("WWW")
    True
    """
    lacking = missing(text)
    if lacking:
        text = spelled(text, families_for(lacking)[1])
    drawn = "".join(char for char in text if char not in lacking)
    font = _font(bold)
    font.set_text(drawn, 0.0)
    return float(font.get_width_height()[0]) / 64 * size / 100 + size * (len(text) - len(drawn))


def wrapped(text: str, width: float, size: float = TEXT, bold: bool = False) -> list[str]:
    """The words of a text in lines of at most `width` pixels; a word that is longer has a line of its own."""
    lines: list[str] = []
    for word in filter(None, text.split(" ")):  # a no-break space stays where it is
        if lines and text_width(f"{lines[-1]} {word}", size, bold) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


class Canvas:
    """A sheet of `width` × `height` pixels; x grows to the right, y down.

    Colours are names in `COLOURS`, or "none". Every text is remembered with the box that it takes, so that
    `overlaps()` can say which texts lie on each other.
    """

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.parts: list[str] = []
        self.texts: list[tuple[str, float, float, float, float]] = []

    def box(self, x: float, y: float, width: float, height: float, fill: str = "paper", **style: Any) -> None:
        """A rectangle; `radius` rounds its corners."""
        radius = style.pop("radius", 6)
        shape = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{radius}"'
        self._add("rect", shape, fill, **style)

    def circle(self, centre: Point, radius: float, fill: str = "paper", **style: Any) -> None:
        """A circle around a point."""
        self._add("circle", f'cx="{centre[0]:.1f}" cy="{centre[1]:.1f}" r="{radius:.1f}"', fill, **style)

    def polygon(self, corners: Sequence[Point], fill: str = "paper", **style: Any) -> None:
        """A closed shape."""
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        self._add("polygon", f'points="{points}"', fill, **style)

    def line(self, *points: Point, colour: str = "line", thick: float = 1.5, **style: Any) -> None:
        """A line through points."""
        listed = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._add("polyline", f'points="{listed}"', "none", stroke=colour, thick=thick, **style)

    def path(self, d: str, colour: str = "line", thick: float = 1.5, **style: Any) -> None:
        """A curve in SVG's own words."""
        self._add("path", f'd="{d}"', "none", stroke=colour, thick=thick, **style)

    def arrow(self, *points: Point, colour: str = "line", thick: float = 1.8, **style: Any) -> None:
        """A line through points with a head at its end; the head's tip is the last point."""
        (x0, y0), (x1, y1) = points[-2:]
        head = style.pop("head", 4.5 + 2.2 * thick)
        angle = math.atan2(y1 - y0, x1 - x0)
        back = (x1 - head * math.cos(angle), y1 - head * math.sin(angle))
        self.line(*points[:-1], back, colour=colour, thick=thick, **style)
        half = 0.45 * head
        sides = [
            (back[0] + sign * half * math.sin(angle), back[1] - sign * half * math.cos(angle))
            for sign in (1, -1)
        ]
        self.polygon([(x1, y1), *sides], colour, stroke="none")

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str = "ink",
        anchor: str = "middle",
        size: float = TEXT,
        bold: bool = False,
    ) -> None:
        """One line of text; y is its middle."""
        wide = text_width(words, size, bold)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        self.texts.append((words, left, y - 0.5 * size, left + wide, y + 0.5 * size))
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text class="f-{colour}" x="{x:.1f}" y="{y + 0.35 * size:.1f}" text-anchor="{anchor}" '
            f'font-size="{size:g}"{weight}>{escape(words)}</text>'
        )

    def label(self, x: float, y: float, words: str, colour: str = "ink", fill: str = "paper") -> None:
        """A line of text on a patch of its own, to stand on a line or an arrow."""
        wide = text_width(words) + 10
        self.box(x - wide / 2, y - 0.7 * TEXT, wide, 1.4 * TEXT, fill, stroke="none", radius=4)
        self.text(x, y, words, colour)

    def lines_of_text(self, x: float, y: float, lines: Sequence[str], **style: Any) -> float:
        """Lines of text below each other, the first with its middle at y; returns the y below the last."""
        step = 1.25 * style.get("size", TEXT)
        for i, line in enumerate(lines):
            self.text(x, y + i * step, line, **style)
        return y + len(lines) * step

    def grid(
        self, x: float, y: float, cell: float, tones: Sequence[Sequence[float]], border: str = "line"
    ) -> None:
        """A small picture: a square for each number, 0 (black) to 1 (white)."""
        for i, row in enumerate(tones):
            for j, tone in enumerate(row):
                grey = round(255 * min(max(float(tone), 0), 1))
                self.parts.append(
                    f'<rect x="{x + j * cell:.1f}" y="{y + i * cell:.1f}" width="{cell:.1f}" '
                    f'height="{cell:.1f}" fill="rgb({grey},{grey},{grey})"/>'
                )
        self.box(x, y, cell * len(tones[0]), cell * len(tones), "none", stroke=border, radius=0)

    def _add(self, kind: str, shape: str, fill: str, **style: Any) -> None:
        stroke, thick = style.get("stroke", "line"), style.get("thick", 1.5)
        classes = [f"f-{fill}" if fill != "none" else "", f"s-{stroke}" if stroke != "none" else ""]
        words = " ".join(filter(None, classes))
        more = "" if fill != "none" else ' fill="none"'
        if stroke != "none":
            more += f' stroke-width="{thick:g}"'
        if style.get("dash"):
            more += f' stroke-dasharray="{style["dash"]}"'
        if style.get("opacity", 1) != 1:
            more += f' opacity="{style["opacity"]:g}"'
        self.parts.append(f'<{kind} class="{words}" {shape}{more}/>')

    def overlaps(self) -> list[tuple[str, str]]:
        """Pairs of texts whose boxes share more than a pixel each way; ("", text) for one beyond the edge."""
        found = []
        for i, (words, *a) in enumerate(self.texts):
            if min(a[:2]) < 0 or a[2] > self.width or a[3] > self.height:
                found.append(("", words))
            for other, *b in self.texts[:i]:
                across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
                if across > 1 and down > 1:
                    found.append((other, words))
        return found

    def picture(self, title: str, description: str, text: str = "") -> SvgPicture:
        """The finished picture; `text` is what a terminal shows, by default the title and the description."""
        body = "\n".join(self.parts)
        used = [name for name in COLOURS if f"f-{name}" in body or f"s-{name}" in body or name == "paper"]
        styles = [
            " ".join(
                f".f-{name}{{fill:{COLOURS[name][dark]}}} .s-{name}{{stroke:{COLOURS[name][dark]}}}"
                for name in used
            )
            for dark in (0, 1)
        ]
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="capslab-drawing" role="img" '
            f'viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}" '
            f'font-family="{FONT}" stroke-linejoin="round" stroke-linecap="round">'
            f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
            f"<style>{styles[0]} @media (prefers-color-scheme: dark) {{ {styles[1]} }}</style>\n"
            f'<rect class="f-paper" width="{self.width:g}" height="{self.height:g}" rx="8"/>\n{body}\n</svg>'
        )
        return SvgPicture(
            svg, f"{title}: {description}", text or f"{title}\n{description}", round(self.width)
        )
