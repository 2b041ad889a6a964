"""Loads your own images: NumPy files, or pictures in a folder, in a zip, or listed in a table."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from capslab.data import read_array_files, read_pixel_tables
from capslab.data.decode_image_file import UnusableImage, decode, image_size
from capslab.data.find_images import ImageFile, ImageSearch, in_folder, in_table, in_zip
from capslab.data.grey_levels import pictures_as_uint8
from capslab.data.images import Images
from capslab.data.provenance import Provenance, printable
from capslab.data.splits import DEFAULT_PATTERN, PARTS, stratified_split
from capslab.errors import ArgumentError, DataUnavailable, is_whole

#: default for the pixels of the longer side: the size that the course's networks are made for
LARGEST = 32
SUFFIXES = (*read_array_files.SUFFIXES, ".zip", ".csv", ".tsv", *read_pixel_tables.PACKED)
#: folders with these names are parts of a split, not classes
SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
WITHOUT_TEST = tuple(part for part in DEFAULT_PATTERN if part != PARTS["test"])


@dataclass(frozen=True)
class _DecodedImage:
    """A picture that was read.

    Attributes
    ----------
    name : its path.
    size : height and width in the file, in pixels.
    pixels : `(h, w)` or `(h, w, 3)`, after resizing; uint8, or numbers of more than 8 bits.
    part : "train", "validation", "test", or "" if no folder says so.
    label : the name of its class, or "".
    """

    name: str
    size: tuple[int, int]
    pixels: np.ndarray
    part: str
    label: str


def load_own_images(path: Path, seed: int = 0, size: Any = None) -> Images:
    """Load images from a file or folder.

    Parameters
    ----------
    path : `.npy` or `.npz` (see `capslab.data.read_array_files`); a folder of pictures, with a sub-folder
        per class (or train/ and test/, each with one sub-folder per class); a zip of such a
        folder; a CSV with columns path and label; a CSV of pixels (`capslab.data.read_pixel_tables`).
    seed : decides the split, unless folders do.
    size : pixels of the longer side, or (height, width). None keeps the size if all pictures have
        the same and it is at most 32×32; otherwise pictures are scaled to fit into 32 pixels.

    Returns
    -------
    Images : `images.origin` names the file of each image; `images.report()` lists skipped files and why.

    Raises
    ------
    DataUnavailable : the file does not exist, or no picture in it can be read.
    ArgumentError : this kind of file holds no images, or the size is not valid.
    """
    _check_size(size)
    suffix = path.suffix.lower()
    if not path.is_dir() and not path.name.lower().endswith(SUFFIXES):
        step = "Put the pictures into a folder, and load the folder."
        raise ArgumentError(
            "name", f"a folder, or a file that ends in {', '.join(SUFFIXES)}", str(path), step
        )
    if not path.exists():
        raise DataUnavailable(
            f"There is no file {path.name!r} in {str(path.parent.resolve())!r}. "
            "Give the full path, or move the file next to the notebook."
        )
    if path.is_dir():
        return from_search(in_folder(path), path.resolve().name, seed, size, folder=path.resolve())
    if suffix == ".zip":
        return from_search(in_zip(path), path.stem, seed, size)
    is_text = suffix in (".csv", ".tsv")
    is_pixels = suffix == ".gz" or (is_text and read_pixel_tables.is_pixel_table(path))
    if is_text and not is_pixels:
        return from_search(in_table(path), path.stem, seed, size, folder=path.resolve().parent)
    if size is not None:
        step = "Leave `size` out, or resize the array before saving."
        raise ArgumentError("size", "used only with pictures; an array keeps its size", size, step)
    return (read_pixel_tables.load_pixel_table if is_pixels else read_array_files.load_file)(path, seed)


def from_search(search: ImageSearch, name: str, seed: int, size: Any, folder: Path | None = None) -> Images:
    """The pictures that a search found, with one size and one number of channels."""
    measured = [(file, extent) for file in search.files if (extent := _read(search, file, image_size))]
    assigned = _parts_and_labels([file for file, _ in measured])
    if any(label for _, label in assigned):
        for (file, _), (_, label) in zip(measured, assigned, strict=True):
            if not label:
                search.skip(file.name, "no class, although other files have one")
        measured = [pair for pair, (_, label) in zip(measured, assigned, strict=True) if label]
        assigned = [pair for pair in assigned if pair[1]]
    shape = _shape([extent for _, extent in measured], size)
    notes: Counter[str] = Counter()
    decoded: list[_DecodedImage] = []
    for (file, extent), (part, label) in zip(measured, assigned, strict=True):
        changes: list[str] = []
        pixels = _read(search, file, lambda stream: decode(stream, shape, changes.append))  # noqa: B023
        if pixels is not None:
            decoded.append(_DecodedImage(file.name, extent, pixels, part, label))
            notes.update(changes)
    if not decoded:
        raise DataUnavailable(_no_pictures(search, name))
    levels, level_notes = pictures_as_uint8([image.pixels for image in decoded])
    pixels, grey = _same_channels(levels)
    sizes = np.array([image.size for image in decoded])
    if 0 < grey < len(decoded):
        notes["grey among colour pictures, converted to colour"] = grey
    resized = int((sizes != shape).any(axis=1).sum())
    if resized:
        notes[f"resized to {shape[0]}×{shape[1]}"] = resized
    summary = (*(f"{count:,} {change}" for change, count in notes.most_common()), *level_notes)
    names = np.array([printable(image.name) for image in decoded], dtype=object)
    origin = Provenance(names, sizes, tuple(search.skipped), summary, folder)
    classes, labels, parts = _classes([image.part for image in decoded], [image.label for image in decoded])
    images = Images(pixels, labels, classes, name, seed, parts, origin)
    _print_summary(images)
    return images


def _read(search: ImageSearch, file: ImageFile, read: Any) -> Any:
    """The result of `read` for a file; None if the file cannot be used, and it is listed as skipped."""
    try:
        with file.open() as stream:
            return read(stream)
    except UnusableImage as error:
        reason = str(error)
    except OSError as error:
        reason = f"cannot be read ({error.strerror or error})"
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        reason = f"damaged in the zip ({error})"
    search.skip(file.name, reason)
    return None


def _parts_and_labels(files: list[ImageFile]) -> list[tuple[str, str]]:
    """(part, class) of each file; either may be ""."""
    if any(file.label is not None for file in files):
        return [("", file.label or "") for file in files]
    return _by_folder([file.name for file in files])


def _by_folder(names: list[str]) -> list[tuple[str, str]]:
    """(part, class) of each file according to its folders: `[all/][train/]class/…/picture.png`."""
    folders = [PurePosixPath(name).parts[:-1] for name in names]
    # a single folder around everything, as zips have it, is not a class unless there is no other
    while len({f[:1] for f in folders}) == 1 and any(len(f) > 1 for f in folders):
        folders = [f[1:] for f in folders]
    firsts = {f[0].lower() if f else "" for f in folders}
    if len(firsts) > 1 and firsts <= set(SPLITS):
        return [(SPLITS[f[0].lower()], f[1] if len(f) > 1 else "") for f in folders]
    return [("", f[0] if f else "") for f in folders]


def _classes(
    parts: list[str], label_names: list[str]
) -> tuple[tuple[str, ...], np.ndarray | None, np.ndarray | None]:
    """The class names in alphabetical order, the labels, and the parts if folders define them."""
    names: tuple[str, ...] = ()
    labels = None
    if any(label_names):
        unique, labels = np.unique(np.array(label_names, dtype=object), return_inverse=True)
        names = tuple(printable(str(name)) for name in unique)
    if not any(parts):
        return names, labels, None
    numbers = np.array([PARTS[part] for part in parts], np.uint8)
    if not (numbers == PARTS["validation"]).any():  # then one in eight of the training images
        rows = np.flatnonzero(numbers == PARTS["train"])
        train_labels = None if labels is None else labels[rows]
        numbers[rows] = stratified_split(train_labels, len(rows), 0, WITHOUT_TEST)
    return names, labels, numbers


def _shape(extents: list[tuple[int, int]], size: Any) -> tuple[int, int]:
    """The common (height, width) of all pictures."""
    if isinstance(size, tuple):
        return int(size[0]), int(size[1])
    if not extents:
        return LARGEST, LARGEST
    sides = np.array(extents, np.float64)  # (n, 2)
    aspects = sides[:, 0] / sides[:, 1]
    longest = int(np.median(sides.max(axis=1)))
    longest = min(longest, LARGEST) if size is None else int(size)
    if aspects.max() <= 1.02 * aspects.min():  # the same aspect ratio, whatever the size
        height, width = sides[0] * (longest / sides[0].max())
        return max(1, round(height)), max(1, round(width))
    return longest, longest


def _same_channels(pictures: list[np.ndarray]) -> tuple[np.ndarray, int]:
    """uint8 `(n, h, w, 1)` if no picture has colour, else `(n, h, w, 3)`; and the number of grey pictures."""
    grey = [p.ndim == 2 or bool((p == p[..., :1]).all()) for p in pictures]
    if all(grey):
        return np.stack([p if p.ndim == 2 else p[..., 0] for p in pictures])[..., None], len(grey)
    return np.stack([np.repeat(p[..., None], 3, axis=2) if p.ndim == 2 else p for p in pictures]), sum(grey)


def _check_size(size: Any) -> None:
    sides = size if isinstance(size, tuple) else (size,)
    whole = all(is_whole(side) and 4 <= side <= 1024 for side in sides)
    if size is not None and not (whole and len(sides) in (1, 2)):
        raise ArgumentError(
            "size", "pixels of the longer side, 4 to 1,024, or (height, width)", size, "Try size=28."
        )


def _print_summary(images: Images) -> None:
    """Print one line on what was loaded."""
    assert images.origin is not None
    height, width, channels = images.image_shape
    colour = "grey" if channels == 1 else "colour"
    line = f"{images.name}: {len(images):,} images of {height}×{width}, {colour}"
    line += "".join(f"; {note}" for note in images.origin.notes)
    skipped = len(images.origin.skipped)
    if skipped:
        line += f"; {skipped:,} file{'s' if skipped > 1 else ''} skipped, images.report() says why"
    print(line + ".")


def _no_pictures(search: ImageSearch, name: str) -> str:
    """The error for a search that found no usable picture."""
    first = "; ".join(f"{file.name}: {file.reason}" for file in search.skipped[:3])
    more = f" (and {len(search.skipped) - 3:,} more)" if len(search.skipped) > 3 else ""
    return (
        f"{printable(name)} contains no picture that can be used"
        + (f". {first}{more}. " if first else ": it is empty. ")
        + "Pictures end in .png, .jpg, .tif, …; each class has its own sub-folder."
    )
