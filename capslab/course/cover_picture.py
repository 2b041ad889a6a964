"""The picture of a lesson on the index: a part of one of its figures, large enough to be read.

A whole figure would be shrunk to a third. So we cut out the part with most to see, nearly at full size.
"""

from __future__ import annotations

import base64
import html
import io
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

#: of the part that is cut out, in the pixels of a page: the cards of the index are a little narrower
WIDTH, HEIGHT = 420, 236
#: a figure that is lower or narrower than this is no cover: a strip of thumbnails, a line of text
LOWEST, NARROWEST = 150, 260
STEP = 4  # pixels between places that are tried
COLOUR_WORTH = 2.0  # of a coloured pixel, against one on an edge: a picture tells more than a table
EDGE_COST = 30.0  # of what an edge of the part cuts through, against what is inside
IMG = re.compile(r'<img src="data:image/(?:png|jpeg);base64,([^"]+)" alt="([^"]*)"(?: width="([\d.]+)")?')


@dataclass(frozen=True)
class Cover:
    """A picture that may stand for a lesson.

    Attributes
    ----------
    picture : the HTML element that shows it on the page.
    kind : the kind of live view that it is a still of; "figure" for any other figure.
    wanted : whether its cell has the tag `cover`.
    """

    picture: str
    kind: str = "figure"
    wanted: bool = False


def choose(lessons: list[list[Cover]]) -> list[str]:
    """One cover per lesson, as HTML: a wanted one, else the first of a kind that no lesson before has shown.

    Live views come before other figures. A lesson without a picture gets an empty text.

    >>> choose([[Cover("a", "Clusters")], [Cover("b", "Clusters"), Cover("c")], [Cover("d", "Clusters")], []])
    ['a', 'c', 'd', '']
    """
    seen: set[str] = set()
    chosen = []
    for covers in lessons:
        order = sorted(covers, key=lambda cover: (not cover.wanted, cover.kind == "figure"))
        fresh = (cover for cover in order if cover.wanted or cover.kind not in seen)
        cover = next(fresh, order[0] if order else Cover(""))
        seen |= {cover.kind} - {"figure"}
        chosen.append(cover.picture)
    return chosen


def fits(picture: str) -> bool:
    """Whether a picture is large enough for a cover. An SVG can be drawn at any size."""
    image = _image(picture)
    if image is None:
        return bool(picture)
    shown = _scale(picture, image)
    return image.width * shown >= NARROWEST and image.height * shown >= LOWEST


def thumbnail(picture: str) -> str:
    """The part of a picture that the index shows, as an HTML element with the same words.

    A picture that is no PNG or JPEG, or that is as small as the part would be, is returned as it is.
    """
    image = _image(picture)
    if image is None:
        return picture
    scale = _scale(picture, image)
    width, height = (
        min(size, round(side / scale)) for size, side in zip(image.size, (WIDTH, HEIGHT), strict=True)
    )
    if (width, height) == image.size:
        return picture
    left, top = _place(image, width, height)
    part = image.crop((left, top, left + width, top + height))
    part.thumbnail((2 * WIDTH, 2 * HEIGHT))
    file = io.BytesIO()
    part.save(file, "PNG", optimize=True)
    words = html.unescape(IMG.match(picture)[2])  # type: ignore[index]  # _image found it
    data = base64.b64encode(file.getvalue()).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{html.escape(words)}">'


def _image(picture: str) -> Image.Image | None:
    """The pixels of an `<img>` element on white; None if there are none or they cannot be read."""
    match = IMG.match(picture)
    try:
        image = Image.open(io.BytesIO(base64.b64decode(match[1]))).convert("RGBA") if match else None
    except (OSError, ValueError):
        return None
    if image is None:
        return None
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def _scale(picture: str, image: Image.Image) -> float:
    """Pixels of the page per pixel of the image: a figure drawn for dense screens is shown smaller."""
    match = IMG.match(picture)
    return float(match[3]) / image.width if match and match[3] else 1.0


def _place(image: Image.Image, width: int, height: int) -> tuple[int, int]:
    """The left and the top of the part with most edges and colours in it and least on its border."""
    pixels = np.asarray(image, float)  # (rows, columns, 3)
    grey = pixels.mean(2)
    ink = COLOUR_WORTH * (np.ptp(pixels, axis=2) > 60)  # (rows, columns)
    ink[:, 1:] += np.abs(np.diff(grey, axis=1)) > 24
    ink[1:] += np.abs(np.diff(grey, axis=0)) > 24
    total = np.pad(ink.cumsum(0).cumsum(1), ((1, 0), (1, 0)))

    tops = np.arange(0, image.height - height + 1, STEP)[:, None]  # (places down, 1)
    lefts = np.arange(0, image.width - width + 1, STEP)[None]  # (1, places across)

    def inside(left: Any, top: Any, right: Any, bottom: Any) -> Any:  # (places down, places across)
        return total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]

    rights, bottoms = lefts + width, tops + height
    border = inside(lefts, tops, lefts + 1, bottoms) + inside(rights - 1, tops, rights, bottoms)
    border += inside(lefts, tops, rights, tops + 1) + inside(lefts, bottoms - 1, rights, bottoms)
    worth = inside(lefts, tops, rights, bottoms) - EDGE_COST * border
    down, across = np.unravel_index(worth.argmax(), worth.shape)
    return int(lefts[0, across]), int(tops[down, 0])
