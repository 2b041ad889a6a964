"""Your own images: NumPy files, a folder, a zip or a table of pictures, to `Images`."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from capslab.data import array_files
from capslab.data.decode import UnusableImage, decode, image_size
from capslab.data.find_images import ImageFile, ImageSearch, in_folder, in_table, in_zip
from capslab.data.images import Images
from capslab.data.provenance import Provenance, printable
from capslab.data.splits import DEFAULT_PATTERN, PARTS, stratified_split
from capslab.errors import ArgumentError, DataUnavailable, is_whole

#: pixels of the longer side, where nothing else is asked for: what the course's networks are made for
LARGEST = 32
SUFFIXES = (*array_files.SUFFIXES, ".zip", ".csv", ".tsv")
#: folders of these names hold a split, not classes
SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
WITHOUT_TEST = tuple(part for part in DEFAULT_PATTERN if part != PARTS["test"])


@dataclass(frozen=True)
class _DecodedImage:
    """A picture that was read: its name, height and width in the file, pixels, and what folders say."""

    name: str
    extent: tuple[int, int]
    pixels: np.ndarray
    part: str
    label: str


def load_own_images(path: Path, seed: int = 0, size: Any = None) -> Images:
    """The images in a file or folder of one's own.

    Parameters
    ----------
    path : `.npy` or `.npz` (see `capslab.data.array_files`); a folder of pictures, with a sub-folder
        a class (or train/ and test/ with a sub-folder a class each); a zip of such a folder;
        a CSV with columns path and label.
    seed : decides the split, where folders do not.
    size : pixels of the longer side, or (height, width). None keeps pictures that all have one
        size of at most 32×32, and fits all others into 32 pixels.

    Returns
    -------
    Images : `images.origin` says which file each was; `images.report()` what was left out and why.

    Raises
    ------
    DataUnavailable : nothing there, nothing readable, or nothing that may be opened.
    ArgumentError : a kind of file that holds no images, or a size that is none.
    """
    _check_size(size)
    kind = path.suffix.lower()
    if not path.is_dir() and kind not in SUFFIXES:
        step = "Put pictures into a folder, and give the folder."
        raise ArgumentError(
            "name", f"a folder, or a file that ends in {', '.join(SUFFIXES)}", str(path), step
        )
    if not path.exists():
        raise DataUnavailable(
            f"There is no file {path.name!r} in {str(path.parent.resolve())!r}. "
            "Give the whole path, or move the file beside the notebook."
        )
    if path.is_dir():
        return from_search(in_folder(path), path.resolve().name, seed, size, folder=path.resolve())
    if kind == ".zip":
        return from_search(in_zip(path), path.stem, seed, size)
    if kind in (".csv", ".tsv"):
        return from_search(in_table(path), path.stem, seed, size, folder=path.resolve().parent)
    if size is not None:
        step = "Leave `size` out, or resize the array before saving."
        raise ArgumentError("size", "used with pictures; an array has the size it has", size, step)
    return array_files.load_file(path, seed)


def from_search(search: ImageSearch, name: str, seed: int, size: Any, folder: Path | None = None) -> Images:
    """All pictures that a search found, brought to one size and one number of channels."""
    measured = [(found, extent) for found in search.files if (extent := _read(search, found, image_size))]
    known = _known([found for found, _ in measured])
    if any(label for _, label in known):
        for (found, _), (_, label) in zip(measured, known, strict=True):
            if not label:
                search.skip(found.name, "no class, where others have one")
        measured = [pair for pair, (_, label) in zip(measured, known, strict=True) if label]
        known = [pair for pair in known if pair[1]]
    shape = _shape([extent for _, extent in measured], size)
    notes: Counter[str] = Counter()
    kept: list[_DecodedImage] = []
    for (found, extent), (part, label) in zip(measured, known, strict=True):
        done: list[str] = []
        pixels = _read(search, found, lambda stream: decode(stream, shape, done.append))  # noqa: B023
        if pixels is not None:
            kept.append(_DecodedImage(found.name, extent, pixels, part, label))
            notes.update(done)
    if not kept:
        raise DataUnavailable(_nothing(search, name))
    pixels, grey = _one_kind([one.pixels for one in kept])
    sizes = np.array([one.extent for one in kept])
    if 0 < grey < len(kept):
        notes["grey among colours, made colour"] = grey
    resized = int((sizes != shape).any(axis=1).sum())
    if resized:
        notes[f"brought to {shape[0]}×{shape[1]} from another size"] = resized
    told = tuple(f"{count:,} {what}" for what, count in notes.most_common())
    names = np.array([printable(one.name) for one in kept], dtype=object)
    origin = Provenance(names, sizes, tuple(search.skipped), told, folder)
    classes, labels, parts = _classes([one.part for one in kept], [one.label for one in kept])
    images = Images(pixels, labels, classes, name, seed, parts, origin)
    _say(images)
    return images


def _read(search: ImageSearch, found: ImageFile, read: Any) -> Any:
    """What `read` makes of a file; None, and a line in the list, where it cannot be used."""
    try:
        with found.open() as stream:
            return read(stream)
    except UnusableImage as refused:
        why = str(refused)
    except OSError as error:
        why = f"cannot be read ({error.strerror or error})"
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        why = f"damaged in the zip ({error})"
    search.skip(found.name, why)
    return None


def _known(found: list[ImageFile]) -> list[tuple[str, str]]:
    """(part, class) of each file; either may be ""."""
    if any(file.label is not None for file in found):
        return [("", file.label or "") for file in found]
    return _by_folder([file.name for file in found])


def _by_folder(names: list[str]) -> list[tuple[str, str]]:
    """(part, class) by the folders that a file is in: `[all/][train/]class/…/picture.png`."""
    folders = [PurePosixPath(name).parts[:-1] for name in names]
    # one folder around everything, as zips have, says nothing, unless it is all there is
    while len({f[:1] for f in folders}) == 1 and any(len(f) > 1 for f in folders):
        folders = [f[1:] for f in folders]
    firsts = {f[0].lower() if f else "" for f in folders}
    if len(firsts) > 1 and firsts <= set(SPLITS):
        return [(SPLITS[f[0].lower()], f[1] if len(f) > 1 else "") for f in folders]
    return [("", f[0] if f else "") for f in folders]


def _classes(
    parts: list[str], words: list[str]
) -> tuple[tuple[str, ...], np.ndarray | None, np.ndarray | None]:
    """Names of the classes, in alphabetical order; labels; and parts, where folders tell them."""
    names: tuple[str, ...] = ()
    labels = None
    if any(words):
        found, labels = np.unique(np.array(words, dtype=object), return_inverse=True)
        names = tuple(printable(str(word)) for word in found)
    if not any(parts):
        return names, labels, None
    numbers = np.array([PARTS[part] for part in parts], np.uint8)
    if not (numbers == PARTS["validation"]).any():  # one in eight of those to train on
        rows = np.flatnonzero(numbers == PARTS["train"])
        dealt = stratified_split(None if labels is None else labels[rows], len(rows), 0, WITHOUT_TEST)
        numbers[rows] = dealt
    return names, labels, numbers


def _shape(extents: list[tuple[int, int]], size: Any) -> tuple[int, int]:
    """(height, width) to bring all pictures to."""
    if isinstance(size, tuple):
        return int(size[0]), int(size[1])
    if not extents:
        return LARGEST, LARGEST
    sides = np.array(extents, np.float64)  # (n, 2)
    aspects = sides[:, 0] / sides[:, 1]
    longest = int(np.median(sides.max(axis=1)))
    longest = min(longest, LARGEST) if size is None else int(size)
    if aspects.max() <= 1.02 * aspects.min():  # the same shape, whatever the size
        height, width = sides[0] * (longest / sides[0].max())
        return max(1, round(height)), max(1, round(width))
    return longest, longest


def _one_kind(pictures: list[np.ndarray]) -> tuple[np.ndarray, int]:
    """uint8 `(n, h, w, 1)` if no picture has colour, else `(n, h, w, 3)`; and how many are grey."""
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


def _say(images: Images) -> None:
    """One line on what came of it."""
    assert images.origin is not None
    height, width, channels = images.image_shape
    told = (
        f"{images.name}: {len(images):,} images of {height}×{width}, {'grey' if channels == 1 else 'colour'}"
    )
    told += "".join(f"; {note}" for note in images.origin.notes)
    left = len(images.origin.skipped)
    if left:
        told += f"; {left:,} file{'s' if left > 1 else ''} left out, images.report() says why"
    print(told + ".")


def _nothing(search: ImageSearch, name: str) -> str:
    first = "; ".join(f"{file.name}: {file.reason}" for file in search.skipped[:3])
    more = f" (and {len(search.skipped) - 3:,} more)" if len(search.skipped) > 3 else ""
    return (
        f"{printable(name)} holds no picture that can be used"
        + (f". {first}{more}. " if first else ": it is empty. ")
        + "Pictures end in .png, .jpg, .tif, …; each class has its own sub-folder."
    )
