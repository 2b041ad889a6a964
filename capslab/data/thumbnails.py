"""A strip of images with their class names, as a picture for Jupyter."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

SHOWN = 10
SIZE = 128  # pixels of the picture that an image's longer side fills, twice what a page shows
GAP = 12
LINE = 34


def thumbnail_strip(images: Any) -> tuple[bytes, dict[str, Any]]:
    """Up to ten images, one of each class in turn, above their names.

    Returns
    -------
    PNG bytes, and the metadata that Jupyter reads: width on the page and the words
    that stand for the picture.
    """
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    chosen = representatives(images)
    height, width, channels = images.image_shape
    scale = SIZE / max(height, width)
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    step = max(wide, SIZE // 2) + GAP
    # Pillow's own font has no ×; matplotlib brings one with most alphabets
    text = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", 22)
    caption = repr(images)
    needed = max(step * len(chosen), int(text.getlength(caption))) + 2 * GAP
    picture = Image.new("RGB", (needed, tall + 2 * LINE + 3 * GAP), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((GAP, GAP), caption, fill="#333333", font=text)
    for column, i in enumerate(chosen):
        pixels = images.images[i]  # (h, w, c)
        pixels = pixels[..., 0] if channels < 3 else pixels[..., :3]
        one = Image.fromarray(np.ascontiguousarray(pixels)).resize((wide, tall), Image.Resampling.NEAREST)
        left = GAP + column * step
        picture.paste(one.convert("RGB"), (left, LINE + GAP))
        draw.rectangle((left - 1, LINE + GAP - 1, left + wide, LINE + GAP + tall), outline="#bbbbbb")
        if images.labels is not None:
            name = images.classes[images.labels[i]]
            while text.getlength(name) > step - 4 and len(name) > 2:
                name = name[:-2] + "…"
            draw.text((left, LINE + tall + GAP + 4), name, fill="#333333", font=text)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue(), {"width": needed // 2, "alt": caption}


def representatives(images: Any) -> np.ndarray:
    """Positions of up to ten images: the first of each class, then the second, and so on."""
    if images.labels is None:
        return np.arange(min(SHOWN, len(images)))
    by_class = np.argsort(images.labels, kind="stable")
    _, starts, sizes = np.unique(images.labels[by_class], return_index=True, return_counts=True)
    turn = np.arange(len(images)) - np.repeat(starts, sizes)  # 0 for the first of its class
    return by_class[np.lexsort((images.labels[by_class], turn))][:SHOWN]
