"""One picture file, whatever it holds, to grey or colour pixels of one size. Nothing in it is trusted."""

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
#: what Pillow may try; among its others are formats that start other programs
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
MOST_PIXELS = 50_000_000
MOST_BYTES = 200_000_000
SMALLEST = 4  # pixels of a side; less is no picture
ROTATION = 0x0112  # EXIF: how the camera was held


class UnusableImage(Exception):
    """A picture that cannot be used; the message is the reason."""


def image_size(stream: BinaryIO) -> tuple[int, int]:
    """Height and width as one would see them, from the header alone.

    Raises
    ------
    UnusableImage : not a picture, too large, or too small.
    """
    with _opened(stream) as picture:
        width, height = picture.size
        return (width, height) if _rotation(picture) >= 5 else (height, width)


def decode(stream: BinaryIO, shape: tuple[int, int], note: Callable[[str], Any]) -> np.ndarray:
    """A picture's pixels, fitted into a shape with its aspect kept.

    The camera's rotation is applied; of an animation the first frame is taken; 16 bits become 8;
    what shows through is laid over black or white, whichever the picture stands out from; the
    edges are filled with the colour of the border.

    Parameters
    ----------
    stream : the file.
    shape : (height, width) to fit into.
    note : called with a word for everything that was done to this picture.

    Returns
    -------
    uint8 `(height, width)` for grey, `(height, width, 3)` for colour.

    Raises
    ------
    UnusableImage : truncated, damaged, too large, …
    """
    from PIL import ImageOps

    with _opened(stream) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            note("animated, the first frame taken")
        picture.draft(picture.mode, (4 * shape[1], 4 * shape[0]))  # a large JPEG is read coarsely
        picture.load()
        if _rotation(picture) > 1:
            note("rotated as the camera says")
            picture = ImageOps.exif_transpose(picture)
        return _fitted(_eight_bits(picture, note), shape)


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[Image]:
    """A picture with its header checked; whatever goes wrong in the block becomes `UnusableImage`."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of much that is refused or mended here
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
        told = re.search(r"(\d+) pixels", str(error))
        many = f"{int(told[1]):,} pixels, " if told else ""
        raise UnusableImage(f"{many}more than {MOST_PIXELS:,}: scale it down") from None
    except MemoryError:
        raise UnusableImage("it needs more memory than there is") from None
    except Exception as error:  # decoders of foreign bytes raise anything
        said = " ".join(str(error).split())[:80]
        raise UnusableImage(f"truncated or damaged ({said or type(error).__name__})") from None


def _rotation(picture: Image) -> int:
    """1…8 as EXIF counts; 1 where nothing readable is said."""
    try:
        found = picture.getexif().get(ROTATION, 1)
    except Exception:  # damaged EXIF: the picture itself may be whole
        return 1
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _eight_bits(picture: Image, note: Callable[[str], Any]) -> Image:
    """The picture in mode L or RGB."""
    from PIL import Image

    mode = picture.mode
    if mode.startswith(("I", "F")):
        note("16 bits or more, scaled to 8")
        return Image.fromarray(_scaled(np.asarray(picture)))
    if picture.has_transparency_data:
        return _over(picture.convert("RGBA"), note)
    if mode in ("1", "L"):
        return picture.convert("L")
    if mode == "CMYK":
        note("printing colours (CMYK) converted")
    return picture if mode == "RGB" else picture.convert("RGB")


def _scaled(levels: np.ndarray) -> np.ndarray:
    """uint8 from 16-bit levels, or from any others by the picture's own darkest and brightest."""
    values = np.nan_to_num(levels.astype(np.float64), posinf=0, neginf=0)
    low, high = values.min(), values.max()
    if levels.dtype.kind in "iu" and low >= 0 and high <= 65535:
        low, high = 0, 65535
    elif low >= 0 and high <= 1:
        low, high = 0, 1
    return np.rint((values - low) * (255 / (high - low or 1))).astype(np.uint8)


def _over(picture: Image, note: Callable[[str], Any]) -> Image:
    """A picture with transparent parts over black or white: whichever its visible part stands out from."""
    from PIL import Image

    pixels = np.asarray(picture)  # (h, w, 4)
    alpha = pixels[..., 3].astype(np.float64)
    if alpha.min() == 255:
        return picture.convert("RGB")
    light = (pixels[..., :3].mean(axis=2) * alpha).sum() / max(alpha.sum(), 1.0)
    ground = "black" if light > 127.5 else "white"
    note(f"transparent, laid over {ground}")
    under = Image.new("RGBA", picture.size, ground)
    return Image.alpha_composite(under, picture).convert("RGB")


def _fitted(picture: Image, shape: tuple[int, int]) -> np.ndarray:
    """Pixels `(h, w)` or `(h, w, 3)`: the whole picture, as large as fits, in the middle."""
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
