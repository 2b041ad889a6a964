"""A strip of thumbnails with class names, which Jupyter shows for `Images`."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

MOST_THUMBNAILS = 10
SIDE = 128  # pixels of the longer side of a thumbnail; the page shows it at half the size
GAP = 12
LINE_HEIGHT = 34


def thumbnail_strip(images: Any) -> tuple[bytes, dict[str, Any]]:
    """Up to ten images, one of each class in turn, above their class names.

    Returns
    -------
    PNG bytes, and metadata for Jupyter: the width on the page and the alternative text.
    """
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    chosen = representatives(images)
    height, width, channels = images.image_shape
    scale = SIDE / max(height, width)
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    step = max(wide, SIDE // 2) + GAP
    # Pillow's own font has no ×; the one that comes with matplotlib has it, and most alphabets
    text = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", 22)
    caption = repr(images)
    needed = max(step * len(chosen), int(text.getlength(caption))) + 2 * GAP
    picture = Image.new("RGB", (needed, tall + 2 * LINE_HEIGHT + 3 * GAP), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((GAP, GAP), caption, fill="#333333", font=text)
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
            name = images.classes[images.labels[i]]
            while text.getlength(name) > step - 4 and len(name) > 2:
                name = name[:-2] + "…"
            draw.text((left, LINE_HEIGHT + tall + GAP + 4), name, fill="#333333", font=text)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue(), {"width": needed // 2, "alt": caption}


def representatives(images: Any) -> np.ndarray:
    """Positions of up to ten images: the first of each class, then the second, and so on."""
    if images.labels is None:
        return np.arange(min(MOST_THUMBNAILS, len(images)))
    by_class = np.argsort(images.labels, kind="stable")
    _, starts, sizes = np.unique(images.labels[by_class], return_index=True, return_counts=True)
    rank = np.arange(len(images)) - np.repeat(starts, sizes)  # 0 for the first image of its class
    return by_class[np.lexsort((images.labels[by_class], rank))][:MOST_THUMBNAILS]
