"""Your own images from `data.npy` or `data.npz`, never unpickled."""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from capslab.data import lazy_rows
from capslab.data.grey_levels import as_nhwc, as_uint8, brightest, large_as_uint8
from capslab.data.images import Images
from capslab.data.lazy_rows import LazyRows
from capslab.errors import ArgumentError, DataUnavailable, Verbatim

SUFFIXES = (".npy", ".npz")
MOST_UNPACKED = 4_000_000_000  # bytes of all arrays of an .npz that are read


def load_file(path: Path, seed: int = 0) -> Images:
    """The images in a NumPy file.

    Parameters
    ----------
    path : `.npy` with images alone, or `.npz` with `images`, and `labels` and `classes`
        if it likes. Images are `(n, h, w)`, `(n, h, w, c)` or `(n, s·s)`; uint8, or
        numbers in 0…1 or 0…255. Labels are class numbers or class names. A large `.npy`,
        or `.npz` of `np.savez`, stays on the disk (`capslab.data.lazy_rows`).
    seed : decides the split.

    Raises
    ------
    DataUnavailable : no such file, or it cannot be read or is not what it says.
    ArgumentError : an array that is not images.
    """
    try:
        found = {"images": _array(path)} if path.suffix.lower() == ".npy" else _arrays(path)
    except DataUnavailable:
        raise
    except (
        ValueError,
        EOFError,
        OSError,
        KeyError,
        MemoryError,
        zlib.error,
        struct.error,
        zipfile.BadZipFile,
    ) as error:
        raise DataUnavailable(_why(path, error)) from None
    if "images" not in found:
        names = ", ".join(sorted(found)) or "nothing"
        step = "Save it again: np.savez('data.npz', images=…, labels=…)."
        raise ArgumentError(
            "name", "an .npz file with an array `images`", Verbatim(f"one with {names}"), step
        )
    labels, classes = _named(found.get("labels"), found.get("classes"))
    pixels, note = _pixels(found["images"])
    images = Images(pixels, labels, classes, name=path.stem, seed=seed)
    if note:
        print(f"{path.name}: {note}.")
    return images


def _array(path: Path) -> np.ndarray:
    """The array in a `.npy`; a large one is mapped, not read."""
    with path.open("rb") as file:
        if file.read(6) != b"\x93NUMPY":
            np.load(path, allow_pickle=False)  # says what else it is
    mapped = np.lib.format.open_memmap(path, mode="r")
    return mapped if mapped.nbytes > lazy_rows.LARGE_FILE else np.array(mapped)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays in an `.npz`, none larger than its own header and the whole say; a large one is mapped."""
    mapped: dict[str, np.ndarray] = {}
    with zipfile.ZipFile(path) as archive:
        unpacked = 0
        for member in archive.infolist():
            found = _mapped(path, archive, member)
            if found is None:
                unpacked += member.file_size
            else:
                mapped[member.filename.removesuffix(".npy")] = found
    if unpacked > MOST_UNPACKED:
        raise DataUnavailable(
            f"{path.name} would unpack to {unpacked / 1e9:,.0f} GB, more than {MOST_UNPACKED / 1e9:.0f}. "
            "Save it with np.savez, which does not compress: the images are read from the disk then."
        )
    with np.load(path, allow_pickle=False) as loaded:
        return {name: mapped[name] if name in mapped else loaded[name] for name in loaded.files}


def _mapped(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray | None:
    """A large array that is stored as it is, mapped where it lies in the file; None for any other.

    Raises ValueError where an array says that it is larger than its bytes.
    """
    with archive.open(member) as packed:
        if packed.read(6) != b"\x93NUMPY":
            return None
        packed.seek(0)
        version = np.lib.format.read_magic(packed)
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, columns_first, kind = read(packed)
        header = packed.tell()
    if not kind.hasobject and math.prod(shape) * kind.itemsize > member.file_size - header:
        raise ValueError(f"{member.filename} is shorter than its header says")
    if (
        kind.hasobject
        or member.compress_type != zipfile.ZIP_STORED
        or member.file_size <= lazy_rows.LARGE_FILE
    ):
        return None
    with path.open("rb") as file:  # the zip's own header before the member: 30 bytes, a name, extras
        file.seek(member.header_offset + 26)
        name, extra = struct.unpack("<HH", file.read(4))
    start = member.header_offset + 30 + name + extra + header
    return np.memmap(path, kind, "r", start, shape, "F" if columns_first else "C")


def _why(path: Path, error: Exception) -> str:
    said = str(error).lower()
    if any(words in said for words in ("pickle", "object array", "python objects")):
        return (
            f"{path.name} holds pickled Python objects, which can run any code when they are opened, so it "
            "is refused. Save one array of numbers: np.save('data.npy', np.stack(images))."
        )
    if isinstance(error, PermissionError):
        return f"{path.name} cannot be read: {error.strerror}. Change its permissions."
    return f"{path.name} is truncated or not a NumPy file ({type(error).__name__}: {error}). Save it again."


def _named(labels: Any, classes: Any) -> tuple[Any, tuple[str, ...]]:
    """Class numbers and names; labels that are words become numbers in alphabetical order."""
    names = () if classes is None else tuple(str(name) for name in np.ravel(classes))
    if labels is None or labels.dtype.kind not in "US":
        return labels, names
    words = np.char.decode(labels, "utf-8") if labels.dtype.kind == "S" else labels
    found, numbers = np.unique(words, return_inverse=True)
    if names and not set(map(str, found)) <= set(names):
        unknown = next(str(word) for word in found if str(word) not in names)
        raise ArgumentError("labels", "among the names in `classes`", unknown, "Correct the label.")
    if not names:
        return numbers.reshape(words.shape), tuple(map(str, found))
    place = np.array([names.index(str(word)) for word in found])
    return place[numbers].reshape(words.shape), names


def _pixels(array: np.ndarray) -> tuple[Any, str]:
    """uint8 `(n, h, w, c)` and a note on anything worth a second look."""
    array = as_nhwc(array)
    pixels, note = (as_uint8 if array.nbytes <= lazy_rows.LARGE_FILE else large_as_uint8)(array)
    highest = brightest(pixels)
    if array.dtype == np.uint8 and highest == 1:
        note = "pixels of 0 and 1 were multiplied by 255"
        return (pixels.map(_stretched) if isinstance(pixels, LazyRows) else _stretched(pixels)), note
    if 1 < highest < 64 and not note:
        note = f"the brightest pixel is {highest} of 255, so the images look dark; scale them before saving"
    return pixels, note


def _stretched(pixels: np.ndarray) -> np.ndarray:
    return pixels * np.uint8(255)
