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

SUFFIXES = (
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jif", ".jfif", ".jfi", ".mpo", ".bmp", ".dib", ".gif", ".tif",
    ".tiff", ".webp", ".ppm", ".pgm", ".pbm", ".pnm",
)  # fmt: skip
#: the formats that Pillow may try; some of its other formats start other programs
FORMATS = ("PNG", "JPEG", "BMP", "DIB", "GIF", "TIFF", "WEBP", "PPM")
#: pictures that are not read, by the ending of their name: what they are
NOT_READ = {
    **dict.fromkeys((".heic", ".heif", ".hif"), "a picture as iPhones save it (HEIC)"),
    ".avif": "an AVIF picture",
    **dict.fromkeys((".svg", ".svgz", ".eps", ".ai", ".wmf", ".emf"), "a drawing of lines, not of pixels"),
    **dict.fromkeys((".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2"), "a camera's raw data"),
    **dict.fromkeys((".psd", ".xcf", ".kra"), "a picture with layers"),
    **dict.fromkeys((".jp2", ".j2k", ".jxl", ".jxr"), "a kind of JPEG that is rare"),
    **dict.fromkeys((".dcm", ".nii", ".mha", ".czi", ".lif", ".nd2"), "from a scanner or a microscope"),
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv", ".webm"), "a video"),
    ".pdf": "a document",
}  # fmt: skip
CONVERT = "convert it: open it and export it as PNG or JPEG"
MOST_PIXELS = 50_000_000
MOST_BYTES = 200_000_000
SMALLEST = 4  # pixels of a side; anything smaller shows nothing
#: what several pictures in one file are, if not an animation
SEVERAL = {
    "MPO": "with further pictures in the file (depth, or a second eye), the main one used",
    "TIFF": "with several pages, first page used",
}
PHOTOMETRIC = 262  # the TIFF tag for what 0 means: 0 for white, 1 for black
ORIENTATION = 0x0112  # the EXIF tag for how the camera was held


class UnusableImage(Exception):
    """A picture that cannot be used; the message is the reason."""


def how_to_convert(suffix: str) -> str:
    """What a file is whose name ends like this, and how it becomes a picture; "" for other endings.

    >>> how_to_convert(".HEIC")
    'a picture as iPhones save it (HEIC); convert it: open it and export it as PNG or JPEG'
    """
    kind = NOT_READ.get(suffix.lower(), "")
    return f"{kind}; {CONVERT}" if kind else ""


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

    The camera's orientation is applied. Of an animation the first frame is used, of a TIFF the first
    page. A transparent picture is placed on black or white, whichever it stands out from. The margins
    are filled with the colour of the border. Levels of more than 8 bits stay as they are: which of
    them are black and white is decided for all pictures together (`capslab.data.grey_levels`).

    Parameters
    ----------
    stream : the file.
    shape : (height, width) to fit into.
    note : called with a description of every change that was made to the picture.

    Returns
    -------
    uint8 `(height, width)` for grey, `(height, width, 3)` for colour; for more than 8 bits int32
    `(height, width)`, and for fractions float32.

    Raises
    ------
    UnusableImage : the file is truncated, damaged, too large, …
    """
    from PIL import ImageOps

    with _opened(stream) as picture:
        if getattr(picture, "n_frames", 1) > 1:
            note(SEVERAL.get(picture.format or "", "animated, first frame used"))
        picture.draft(
            picture.mode, (4 * shape[1], 4 * shape[0])
        )  # a large JPEG is decoded at a lower resolution
        picture.load()
        upright: Image = picture
        if _is_white_zero(picture):  # of 16 bits, Pillow leaves them as they are
            upright = _white_is_highest(picture)
        if _orientation(picture) > 1:
            note("rotated as the camera was held")
            upright.getexif()[ORIENTATION] = _orientation(picture)
            upright = ImageOps.exif_transpose(upright)
        return _fitted(_grey_or_colour(upright, note), shape)


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
        raise UnusableImage(_unidentified(stream)) from None
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


def _unidentified(stream: BinaryIO) -> str:
    """Why Pillow does not know a file; phones give HEIC pictures names that end in .jpg."""
    stream.seek(0)
    start = stream.read(512)
    if start[4:8] == b"ftyp":
        brand = start[8:12]
        suffix = (
            ".avif" if brand.startswith(b"avi") else ".heic" if brand[:2] in (b"he", b"mi", b"ms") else ".mp4"
        )
        return how_to_convert(suffix)
    if start[:4] in (b"II*\0", b"MM\0*"):
        return "a kind of TIFF that is not read, such as 16 bits in colour, or it is damaged; save it as PNG"
    if start.lstrip()[:4] in (b"<svg", b"<?xm") and b"<svg" in start:
        return how_to_convert(".svg")
    if start[:4] == b"8BPS":
        return how_to_convert(".psd")
    if start[:4] == b"%PDF":
        return how_to_convert(".pdf")
    return "not a picture, or its beginning is damaged"


def _is_white_zero(picture: Image) -> bool:
    """Whether a TIFF of 16 bits says that 0 is white."""
    tags = getattr(picture, "tag_v2", {})
    return picture.mode.startswith("I;16") and tags.get(PHOTOMETRIC) == 0


def _white_is_highest(picture: Image) -> Image:
    from PIL import Image

    levels = np.asarray(picture).astype(np.uint16)
    return Image.fromarray(np.uint16(65535) - levels)


def _grey_or_colour(picture: Image, note: Callable[[str], Any]) -> Image:
    """The picture in mode L or RGB, or F if it has more than 8 bits."""
    mode = picture.mode
    if mode.startswith(("I", "F")):
        return picture
    if picture.has_transparency_data:
        return _on_background(picture.convert("RGBA"), note)
    if mode in ("1", "L"):
        return picture.convert("L")
    if mode == "CMYK":
        note("print colours (CMYK) converted")
    return picture if mode == "RGB" else picture.convert("RGB")


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
    levels = None
    if picture.mode not in ("L", "RGB"):  # more than 8 bits
        levels = np.asarray(picture)
        if not np.isfinite(levels).all():
            raise UnusableImage("some of its pixels are NaN or infinity")
        picture = Image.fromarray(levels.astype(np.float32))
    if (across, down) != picture.size:
        picture = picture.resize((across, down), Image.Resampling.BICUBIC, reducing_gap=3.0)
    pixels = np.asarray(picture)
    if levels is not None:  # whole numbers stay whole, and resizing leaves their range as it was
        pixels = np.clip(pixels, levels.min(), levels.max())
        pixels = np.rint(pixels).astype(np.int32) if levels.dtype.kind in "iu" else pixels
    if (down, across) == shape:
        return pixels.copy()
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    filled = np.empty((height, width, *pixels.shape[2:]), pixels.dtype)
    filled[:] = np.median(border, axis=0)
    top, left = (height - down) // 2, (width - across) // 2
    filled[top : top + down, left : left + across] = pixels
    return filled
