"""Reads your own images from `data.npy` or `data.npz`; pickled objects are never loaded."""

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
MOST_UNPACKED = 4_000_000_000  # bytes of all arrays in an .npz together


def load_file(path: Path, seed: int = 0) -> Images:
    """The images in a NumPy file.

    Parameters
    ----------
    path : a `.npy` file that holds only images, or a `.npz` file with `images` and, if you
        like, `labels` and `classes`. Images are `(n, h, w)`, `(n, h, w, c)` or `(n, s·s)`;
        uint8, or numbers in 0…1 or 0…255. Labels are class numbers or class names. A large
        `.npy`, or `.npz` from `np.savez`, stays on the disk (`capslab.data.lazy_rows`).
    seed : decides the split.

    Raises
    ------
    DataUnavailable : the file does not exist, cannot be read, or is damaged.
    ArgumentError : the array does not hold images.
    """
    try:
        arrays = {"images": _array(path)} if path.suffix.lower() == ".npy" else _arrays(path)
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
        raise DataUnavailable(_reason(path, error)) from None
    if "images" not in arrays:
        names = ", ".join(sorted(arrays)) or "nothing"
        step = "Save it again: np.savez('data.npz', images=…, labels=…)."
        raise ArgumentError(
            "name", "an .npz file with an array `images`", Verbatim(f"one with {names}"), step
        )
    labels, classes = _numbered(arrays.get("labels"), arrays.get("classes"))
    pixels, note = _pixels(arrays["images"])
    images = Images(pixels, labels, classes, name=path.stem, seed=seed)
    if note:
        print(f"{path.name}: {note}.")
    return images


def _array(path: Path) -> np.ndarray:
    """The array in a `.npy` file; a large one is mapped instead of read."""
    with path.open("rb") as file:
        if file.read(6) != b"\x93NUMPY":
            np.load(path, allow_pickle=False)  # raises an error that says what it is instead
    mapped = np.lib.format.open_memmap(path, mode="r")
    return mapped if mapped.nbytes > lazy_rows.LARGE_FILE else np.array(mapped)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays in an `.npz` file; a large one is mapped instead of read, if it is not compressed."""
    mapped: dict[str, np.ndarray] = {}
    with zipfile.ZipFile(path) as archive:
        unpacked = 0
        for member in archive.infolist():
            array = _mapped(path, archive, member)
            if array is None:
                unpacked += member.file_size
            else:
                mapped[member.filename.removesuffix(".npy")] = array
    if unpacked > MOST_UNPACKED:
        raise DataUnavailable(
            f"{path.name} would unpack to {unpacked / 1e9:,.0f} GB, more than {MOST_UNPACKED / 1e9:.0f}. "
            "Save it with np.savez, which does not compress: then images are read from the disk as needed."
        )
    with np.load(path, allow_pickle=False) as loaded:
        return {name: mapped[name] if name in mapped else loaded[name] for name in loaded.files}


def _mapped(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray | None:
    """A large uncompressed array, mapped from where it lies in the file; None for any other array.

    Raises ValueError if the header says that the array is larger than its bytes.
    """
    with archive.open(member) as packed:
        if packed.read(6) != b"\x93NUMPY":
            return None
        packed.seek(0)
        version = np.lib.format.read_magic(packed)
        read_header = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, fortran_order, dtype = read_header(packed)
        header = packed.tell()
    if not dtype.hasobject and math.prod(shape) * dtype.itemsize > member.file_size - header:
        raise ValueError(f"{member.filename} is shorter than its header says")
    if (
        dtype.hasobject
        or member.compress_type != zipfile.ZIP_STORED
        or member.file_size <= lazy_rows.LARGE_FILE
    ):
        return None
    with path.open("rb") as file:  # skip the zip's header of this member: 30 bytes, a name, extras
        file.seek(member.header_offset + 26)
        name, extra = struct.unpack("<HH", file.read(4))
    start = member.header_offset + 30 + name + extra + header
    return np.memmap(path, dtype, "r", start, shape, "F" if fortran_order else "C")


def _reason(path: Path, error: Exception) -> str:
    """Why a file cannot be read, and what to do."""
    message = str(error).lower()
    if any(words in message for words in ("pickle", "object array", "python objects")):
        return (
            f"{path.name} holds pickled Python objects, which can run any code when they are opened, so it "
            "is refused. Save one array of numbers: np.save('data.npy', np.stack(images))."
        )
    if isinstance(error, PermissionError):
        return f"{path.name} cannot be read: {error.strerror}. Change its permissions."
    return f"{path.name} is truncated or not a NumPy file ({type(error).__name__}: {error}). Save it again."


def _numbered(labels: Any, classes: Any) -> tuple[Any, tuple[str, ...]]:
    """Class numbers and class names; labels that are names are numbered in alphabetical order."""
    names = () if classes is None else tuple(str(name) for name in np.ravel(classes))
    if labels is None or labels.dtype.kind not in "US":
        return labels, names
    words = np.char.decode(labels, "utf-8") if labels.dtype.kind == "S" else labels
    unique, numbers = np.unique(words, return_inverse=True)
    if names and not set(map(str, unique)) <= set(names):
        unknown = next(str(word) for word in unique if str(word) not in names)
        raise ArgumentError(
            "labels", "among the names in `classes`", unknown, "Correct the label, or add it to `classes`."
        )
    if not names:
        return numbers.reshape(words.shape), tuple(map(str, unique))
    position = np.array([names.index(str(word)) for word in unique])
    return position[numbers].reshape(words.shape), names


def _pixels(array: np.ndarray) -> tuple[Any, str]:
    """Pixels as uint8 `(n, h, w, c)`, and a note on anything that the user should check."""
    array = as_nhwc(array)
    pixels, note = (as_uint8 if array.nbytes <= lazy_rows.LARGE_FILE else large_as_uint8)(array)
    highest = brightest(pixels)
    if array.dtype == np.uint8 and highest == 1:
        note = "pixels of 0 and 1 were multiplied by 255"
        return (pixels.map(_times_255) if isinstance(pixels, LazyRows) else _times_255(pixels)), note
    if 1 < highest < 64 and not note:
        note = f"the brightest pixel is {highest} of 255, so the images look dark; scale them before saving"
    return pixels, note


def _times_255(pixels: np.ndarray) -> np.ndarray:
    return pixels * np.uint8(255)
