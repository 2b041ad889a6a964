"""Decodes one picture file to grey or colour pixels of a given size; the file is not trusted."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".pbm")
#: the formats that Pillow may try; some of its other formats start other programs
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
MOST_PIXELS = 50_000_000
MOST_BYTES = 200_000_000
SMALLEST = 4  # pixels of a side; anything smaller shows nothing
ORIENTATION = 0x0112  # the EXIF tag for how the camera was held


class UnusableImage(Exception):
    """A picture that cannot be used; the message is the reason."""


def image_size(stream: BinaryIO) -> tuple[int, int]:
    """Height and width of the picture as displayed, from the header alone.

    Raises
    ------
    UnusableImage : the file is not a picture, or it is too large or too small.
    """
    with _opened(stream) as picture:
        width, height = picture.size
        return (width, height) if _orientation(picture) >= 5 else (height, width)


def decode(stream: BinaryIO, shape: tuple[int, int], note: Callable[[str], Any]) -> np.ndarray:
    """The pixels of a picture, scaled to fit into a shape without changing its aspect ratio.

    The camera's orientation is applied. Of an animation the first frame is used, and 16 bits are
    converted to 8. A transparent picture is placed on black or white, whichever it stands out
    from. The margins are filled with the colour of the border.

    Parameters
    ----------
    stream : the file.
    shape : (height, width) to fit into.
    note : called with a description of every change that was made to the picture.

    Returns
    -------
    uint8 `(height, width)` for grey, `(height, width, 3)` for colour.

    Raises
    ------
    UnusableImage : the file is truncated, damaged, too large, …
    """
    from PIL import ImageOps

    with _opened(stream) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            note("animated, first frame used")
        picture.draft(
            picture.mode, (4 * shape[1], 4 * shape[0])
        )  # a large JPEG is decoded at a lower resolution
        picture.load()
        if _orientation(picture) > 1:
            note("rotated as the camera was held")
            picture = ImageOps.exif_transpose(picture)
        return _fitted(_eight_bits(picture, note), shape)


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[Image]:
    """The opened picture, with its header checked; every error in the block becomes `UnusableImage`."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of much that is refused or repaired here
            with Image.open(stream, formats=FORMATS) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise UnusableImage(
                        f"{height:,}×{width:,} pixels, more than {MOST_PIXELS:,}: scale it down"
                    )
                if min(width, height) < SMALLEST:
                    raise UnusableImage(f"{height}×{width} pixels, too small to show anything")
                yield picture
    except UnusableImage:
        raise
    except UnidentifiedImageError:
        raise UnusableImage("not a picture, or its beginning is damaged") from None
    except Image.DecompressionBombError as error:
        match = re.search(r"(\d+) pixels", str(error))
        many = f"{int(match[1]):,} pixels, " if match else ""
        raise UnusableImage(f"{many}more than {MOST_PIXELS:,}: scale it down") from None
    except MemoryError:
        raise UnusableImage("it needs more memory than there is") from None
    except Exception as error:  # a decoder may raise anything on damaged bytes
        message = " ".join(str(error).split())[:80]
        raise UnusableImage(f"truncated or damaged ({message or type(error).__name__})") from None


def _orientation(picture: Image) -> int:
    """The EXIF orientation, 1…8; 1 if there is none or it cannot be read."""
    try:
        orientation = picture.getexif().get(ORIENTATION, 1)
    except Exception:  # with damaged EXIF data, the picture itself may still be intact
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _eight_bits(picture: Image, note: Callable[[str], Any]) -> Image:
    """The picture with 8 bits per channel, in mode L or RGB."""
    from PIL import Image

    mode = picture.mode
    if mode.startswith(("I", "F")):
        note("16 bits or more, scaled to 8")
        return Image.fromarray(_scaled(np.asarray(picture)))
    if picture.has_transparency_data:
        return _on_background(picture.convert("RGBA"), note)
    if mode in ("1", "L"):
        return picture.convert("L")
    if mode == "CMYK":
        note("print colours (CMYK) converted")
    return picture if mode == "RGB" else picture.convert("RGB")


def _scaled(levels: np.ndarray) -> np.ndarray:
    """uint8 from 16-bit levels or levels in 0…1; any others are scaled from darkest to brightest."""
    values = np.nan_to_num(levels.astype(np.float64), posinf=0, neginf=0)
    low, high = values.min(), values.max()
    if levels.dtype.kind in "iu" and low >= 0 and high <= 65535:
        low, high = 0, 65535
    elif low >= 0 and high <= 1:
        low, high = 0, 1
    return np.rint((values - low) * (255 / (high - low or 1))).astype(np.uint8)


def _on_background(picture: Image, note: Callable[[str], Any]) -> Image:
    """A transparent picture on black or white, whichever its visible part stands out from."""
    from PIL import Image

    pixels = np.asarray(picture)  # (h, w, 4)
    alpha = pixels[..., 3].astype(np.float64)
    if alpha.min() == 255:
        return picture.convert("RGB")
    brightness = (pixels[..., :3].mean(axis=2) * alpha).sum() / max(alpha.sum(), 1.0)
    background = "black" if brightness > 127.5 else "white"
    note(f"transparent, placed on {background}")
    canvas = Image.new("RGBA", picture.size, background)
    return Image.alpha_composite(canvas, picture).convert("RGB")


def _fitted(picture: Image, shape: tuple[int, int]) -> np.ndarray:
    """Pixels `(h, w)` or `(h, w, 3)`: the whole picture, as large as possible, in the middle."""
    from PIL import Image

    height, width = shape
    scale = min(height / picture.height, width / picture.width)
    across, down = (max(1, round(side * scale)) for side in picture.size)
    if (across, down) != picture.size:
        picture = picture.resize((across, down), Image.Resampling.BICUBIC, reducing_gap=3.0)
    pixels = np.asarray(picture)
    if (down, across) == shape:
        return pixels.copy()
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    filled = np.empty((height, width, *pixels.shape[2:]), np.uint8)
    filled[:] = np.median(border, axis=0)
    top, left = (height - down) // 2, (width - across) // 2
    filled[top : top + down, left : left + across] = pixels
    return filled
