"""A strip of thumbnails with class names, which Jupyter shows for `Images`."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import numpy as np

from capslab.machine.fonts import families_for, font_file, missing, spelled, warn_of

MOST_THUMBNAILS = 10
SIDE = 128  # pixels of the longer side of a thumbnail; the page shows it at half the size
GAP = 12
LINE_HEIGHT = 34
FONT_SIZE = 22
USUAL_FONT = "DejaVu Sans"


def thumbnail_strip(images: Any) -> tuple[bytes, dict[str, Any]]:
    """Up to ten images, one of each class in turn, above their class names.

    Returns
    -------
    PNG bytes, and metadata for Jupyter: the width on the page and the alternative text.
    """
    from PIL import Image, ImageDraw

    chosen = representatives(images)
    height, width, channels = images.image_shape
    scale = SIDE / max(height, width)
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    step = max(wide, SIDE // 2) + GAP
    caption = repr(images)
    title = _Line(_drawable(caption))
    needed = max(step * len(chosen), int(title.width)) + 2 * GAP
    picture = Image.new("RGB", (needed, tall + 2 * LINE_HEIGHT + 3 * GAP), "white")
    draw = ImageDraw.Draw(picture)
    title.draw(draw, GAP, GAP)
    for column, i in enumerate(chosen):
        pixels = images.images[i]  # (h, w, c)
        pixels = pixels[..., 0] if channels < 3 else pixels[..., :3]
        thumbnail = Image.fromarray(np.ascontiguousarray(pixels)).resize(
            (wide, tall), Image.Resampling.NEAREST
        )
        left = GAP + column * step
        picture.paste(thumbnail.convert("RGB"), (left, LINE_HEIGHT + GAP))
        draw.rectangle(
            (left - 1, LINE_HEIGHT + GAP - 1, left + wide, LINE_HEIGHT + GAP + tall), outline="#bbbbbb"
        )
        if images.labels is not None:
            name = _drawable(images.classes[images.labels[i]], prefix="")
            while _Line(name).width > step - 4 and len(name) > 2:
                name = name[:-2] + "…"
            _Line(name).draw(draw, left, LINE_HEIGHT + tall + GAP + 4)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue(), {"width": needed // 2, "alt": caption}


def _drawable(text: str, prefix: str = "U+") -> str:
    """The text, with numbers for characters that no font of this machine has."""
    lacking = missing(text)
    left = families_for(lacking)[1] if lacking else ""
    if left:
        warn_of(left)
    return spelled(text, left, prefix)


class _Line:
    """One line of text for Pillow, which takes one font at a time, in as many fonts as its characters need.

    Pillow's own font has no ×; DejaVu Sans, which comes with matplotlib, has it, and most alphabets.
    """

    def __init__(self, text: str) -> None:
        lacking = missing(text)
        families = [USUAL_FONT, *(families_for(lacking)[0] if lacking else [])]
        self.parts: list[tuple[str, Any]] = []
        for character in text:
            family = next((one for one in families if not missing(character, [one])), USUAL_FONT)
            if self.parts and self.parts[-1][1] is _font(family):
                self.parts[-1] = (self.parts[-1][0] + character, _font(family))
            else:
                self.parts.append((character, _font(family)))
        self.width = sum(font.getlength(part) for part, font in self.parts)

    def draw(self, canvas: Any, left: float, top: float) -> None:
        """Draw the line with its upper left corner here, all fonts on one baseline."""
        baseline = top + _font(USUAL_FONT).getmetrics()[0]
        for part, font in self.parts:
            canvas.text((left, baseline), part, fill="#333333", font=font, anchor="ls")
            left += font.getlength(part)


@cache
def _font(family: str) -> Any:
    from PIL import ImageFont

    path, index = font_file(family)
    return ImageFont.truetype(path, FONT_SIZE, index=index)


def representatives(images: Any) -> np.ndarray:
    """Positions of up to ten images: the first of each class, then the second, and so on."""
    if images.labels is None:
        return np.arange(min(MOST_THUMBNAILS, len(images)))
    by_class = np.argsort(images.labels, kind="stable")
    _, starts, sizes = np.unique(images.labels[by_class], return_index=True, return_counts=True)
    rank = np.arange(len(images)) - np.repeat(starts, sizes)  # 0 for the first image of its class
    return by_class[np.lexsort((images.labels[by_class], rank))][:MOST_THUMBNAILS]
