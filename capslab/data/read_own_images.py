"""Loads your own images: NumPy files, or pictures in a folder, in a zip, or listed in a table."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from capslab.data import read_array_files, read_pixel_tables
from capslab.data.class_names import clean_name, distinct_names, in_order, shape_key, shortened
from capslab.data.decode_image_file import NOT_READ, UnusableImage, decode, image_size
from capslab.data.decode_image_file import SUFFIXES as PICTURES
from capslab.data.find_images import ImageFile, ImageSearch, in_folder, in_zip
from capslab.data.folder_classes import NO_CLASS, Assignment, by_folder
from capslab.data.grey_levels import pictures_as_uint8
from capslab.data.guess_code_page import EAST_ASIAN, guess_code_page
from capslab.data.images import Images
from capslab.data.provenance import Provenance, printable
from capslab.data.read_path_tables import in_table
from capslab.data.splits import DEFAULT_PATTERN, PARTS, stratified_split
from capslab.data.summary_line import print_summary
from capslab.errors import ArgumentError, DataUnavailable, is_whole

#: default for the pixels of the longer side: the size that the course's networks are made for
LARGEST = 32
SUFFIXES = (*read_array_files.SUFFIXES, ".zip", ".csv", ".tsv", *read_pixel_tables.PACKED)
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
    path = _as_spelled(path)
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


def _as_spelled(path: Path) -> Path:
    """The path as the disk spells it: é may be one character or two, and nobody sees which."""
    if os.path.lexists(path) or not path.parent.is_dir():
        return path
    same = [entry for entry in path.parent.iterdir() if shape_key(entry.name) == shape_key(path.name)]
    return same[0] if len(same) == 1 else path


def from_search(search: ImageSearch, name: str, seed: int, size: Any, folder: Path | None = None) -> Images:
    """The pictures that a search found, with one size and one number of channels."""
    assigned = _assigned(search, search.files)
    expected = {each.label for each in assigned} | _labels_of_skipped(search)
    measured: list[tuple[ImageFile, Assignment, tuple[int, int]]] = []
    for file, each in zip(list(search.files), assigned, strict=True):
        if each.problem:
            search.skip(file.name, each.problem)
        elif extent := _read(search, file, image_size):
            measured.append((file, each, extent))
    shape = _shape([extent for _, _, extent in measured], size)
    notes: Counter[str] = Counter()
    decoded: list[_DecodedImage] = []
    for file, each, extent in measured:
        changes: list[str] = []
        pixels = _read(search, file, lambda stream: decode(stream, shape, changes.append))  # noqa: B023
        if pixels is not None:
            decoded.append(_DecodedImage(file.name, extent, pixels, each.part, each.label))
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
    changed = [*(f"{count:,} {change}" for change, count in notes.most_common()), *level_notes]
    classes, labels, class_notes = _classes([image.label for image in decoded])
    paths = np.array([image.name for image in decoded], dtype=object)
    names = np.array([printable(image.name) for image in decoded], dtype=object)
    notes_said = (
        _on_labels(search, labels, folder),
        _lost(expected, decoded),
        search.notes,
        class_notes,
        changed,
    )
    summary = tuple(note for group in notes_said for note in group)
    origin = Provenance(
        names, sizes, tuple(search.skipped), summary, folder, None if folder is None else paths
    )
    parts = _parts([image.part for image in decoded], labels)
    images = Images(pixels, labels, classes, clean_name(name) or "images", seed, parts, origin)
    skipped = sum(not file.housekeeping for file in origin.skipped)
    plural = "s" if skipped > 1 else ""
    print_summary(
        images, [*summary, f"{skipped:,} file{plural} skipped, images.report() says why" if skipped else ""]
    )
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


def _assigned(search: ImageSearch, files: list[ImageFile]) -> list[Assignment]:
    """Part and class of each file, from a table's columns or from its folders."""
    if search.folders_are_classes:
        assigned = by_folder([file.name for file in files])
        assigned = [
            Assignment(file.part or each.part, each.label, each.problem)
            for file, each in zip(files, assigned, strict=True)
        ]
    else:
        assigned = [Assignment(file.part, file.label or "") for file in files]
    if any(each.label for each in assigned):
        return [each if each.label or each.problem else Assignment(problem=NO_CLASS) for each in assigned]
    return assigned


def _classes(label_names: list[str]) -> tuple[tuple[str, ...], np.ndarray | None, tuple[str, ...]]:
    """The class names in order, the labels `(n,)`, and notes on what was changed in the names."""
    if not any(label_names):
        return (), None, ()
    spelled, numbers, counts = np.unique(
        np.array(label_names, dtype=object), return_inverse=True, return_counts=True
    )
    readable, guessed = _decoded(list(spelled))
    named = distinct_names(readable, counts.tolist())
    names = in_order(named.names)
    position = np.array([names.index(name) for name in named.names], np.int64)
    notes = (*guessed, *named.notes, *named.look_alikes)
    return tuple(names), position[named.numbers][numbers.reshape(-1)], notes


def _on_labels(search: ImageSearch, labels: np.ndarray | None, folder: Path | None) -> list[str]:
    """A note if there are no labels, and a table beside the pictures that may hold them."""
    if labels is not None:
        return []
    tables = [file.name for file in search.skipped if file.name.lower().endswith((".csv", ".tsv"))]
    if not tables:
        return ["no labels"]
    step = "load that" if folder else "unpack the zip, and load that"
    return [f"no labels (does {tables[0]} hold them? {step})"]


def _labels_of_skipped(search: ImageSearch) -> set[str]:
    """The classes of pictures that were skipped already, empty or of a format that is not read."""
    if not search.folders_are_classes:
        return set()
    skipped = [file.name for file in search.skipped if file.name.lower().endswith((*PICTURES, *NOT_READ))]
    names = [file.name for file in search.files]
    return {each.label for each in by_folder(names + skipped)[len(names) :]}


def _lost(expected: set[str], decoded: list[_DecodedImage]) -> list[str]:
    """A note on classes of which no picture could be used."""
    lost = (
        sorted(expected - {image.label for image in decoded} - {""}) if any(i.label for i in decoded) else []
    )
    if not lost:
        return []
    more = f" and {len(lost) - 3:,} more" if len(lost) > 3 else ""
    return [f"no picture of {', '.join(shortened(printable(name)) for name in lost[:3])}{more} can be used"]


def _decoded(names: list[str]) -> tuple[list[str], list[str]]:
    """Folders' names whose bytes are not UTF-8, read in the code page that gives plausible letters."""
    raw = {name: os.fsencode(name) for name in names if any("\udc80" <= c <= "\udcff" for c in name)}
    if not raw:
        return names, []
    codec, said = guess_code_page(raw.values())
    if codec in EAST_ASIAN:  # 猫 in GBK happens to be è in UTF-8
        raw |= {name: os.fsencode(name) for name in names if not name.isascii() and max(name) < "\u0800"}
    readable = [raw[name].decode(codec, "replace") if name in raw else name for name in names]
    return readable, [f"folder names read as {said}"]


def _parts(parts: list[str], labels: np.ndarray | None) -> np.ndarray | None:
    """The part number of each image `(n,)`; None if nothing defines the parts."""
    if not any(parts):
        return None
    numbers = np.array([PARTS[part] for part in parts], np.uint8)
    if not (numbers == PARTS["validation"]).any():  # then one in eight of the training images
        rows = np.flatnonzero(numbers == PARTS["train"])
        train_labels = None if labels is None else labels[rows]
        numbers[rows] = stratified_split(train_labels, len(rows), 0, WITHOUT_TEST)
    return numbers


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


def _no_pictures(search: ImageSearch, name: str) -> str:
    """The error for a search that found no usable picture."""
    first = "; ".join(f"{file.name}: {file.reason}" for file in search.skipped[:3])
    more = f" (and {len(search.skipped) - 3:,} more)" if len(search.skipped) > 3 else ""
    return (
        f"{printable(name)} contains no picture that can be used"
        + (f". {first}{more}. " if first else ": it is empty. ")
        + search.advice
    )
