"""Reads your own images from `data.npy` or `data.npz`; pickled objects are never loaded."""

from __future__ import annotations

import math
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from capslab.data import lazy_rows
from capslab.data.grey_levels import from_file_as_uint8
from capslab.data.image_axes import as_nhwc
from capslab.data.images import Images
from capslab.data.lazy_rows import LazyRows
from capslab.data.npz_names import SortedArrays, sort_arrays
from capslab.data.number_labels import NumberedLabels, numbered
from capslab.data.splits import official_split
from capslab.data.summary_line import print_summary
from capslab.errors import ArgumentError, DataUnavailable

SUFFIXES = (".npy", ".npz")
MOST_UNPACKED = 4_000_000_000  # bytes of all arrays in an .npz together


def load_file(path: Path, seed: int = 0) -> Images:
    """The images in a NumPy file; one printed line says what was assumed.

    Parameters
    ----------
    path : a `.npy` file that holds only images, or a `.npz` file with images and, if you like, labels
        and names of classes, under any of the usual names (`capslab.data.npz_names`): `images`, `labels`,
        `classes`; `x_train`, `y_train`, `x_test`, `y_test`; … Axes may be in any of the usual orders
        (`capslab.data.image_axes`), grey levels in any of the usual ranges (`capslab.data.grey_levels`).
        A large `.npy`, or `.npz` from `np.savez`, stays on the disk (`capslab.data.lazy_rows`).
    seed : decides the split, or with an official test set which training images are for validation.

    Raises
    ------
    DataUnavailable : the file does not exist, cannot be read, or is damaged.
    ArgumentError : the array does not hold images.
    """
    try:
        arrays = {"images": _array(path)} if path.suffix.lower() == ".npy" else _arrays(path)
    except DataUnavailable:
        raise
    except Exception as error:  # a damaged header may raise anything, from KeyError to TokenError
        raise DataUnavailable(_reason(path, error)) from None
    found = sort_arrays({name: array.shape for name, array in arrays.items()})
    _leave_out_unlabelled(found)
    pixels, notes = _pixels(list(found.images.values()), arrays)
    notes = found.notes + notes
    if list(found.images) in (["test"], ["validation"]):
        notes.append(f"only {next(iter(found.images))} images, split anew")
    classes = arrays.get(found.classes)
    lengths = [len(array) for array in pixels]
    labels = _labels(found, arrays, classes, lengths)
    if labels is not None:
        notes.append(labels.note)
    if found.unused:
        notes.append(f"not used: {', '.join(found.unused)}")
    numbers = None if labels is None else labels.numbers
    images = Images(
        _joined(pixels),
        numbers,
        () if labels is None else labels.names,
        name=path.stem,
        seed=seed,
        parts=official_split(list(found.images), lengths, numbers, seed),
    )
    print_summary(images, notes)
    return images


def _leave_out_unlabelled(found: SortedArrays) -> None:
    """Parts without labels go, if other parts have labels."""
    for part in [part for part in found.images if found.labels and part not in found.labels]:
        found.notes.append(f"{found.images.pop(part)!r} has no labels and was left out")


def _pixels(names: list[str], arrays: dict[str, Any]) -> tuple[list[Any], list[str]]:
    """The pixels of each part as uint8 `(n, h, w, c)` on one scale, and notes on what was assumed."""
    shaped, notes = [], []
    for name in names:
        pixels, note = as_nhwc(arrays[name], "images" if len(names) == 1 else name)
        notes.append(note)
        shaped.append(pixels)
        if pixels.shape[1:] != shaped[0].shape[1:]:
            expected = f"images of {shaped[0].shape[1:]}, as in `{names[0]}`"
            raise ArgumentError(name, expected, arrays[name], "Bring them to one size.")
    converted: list[Any] = list(shaped)
    for dtype in dict.fromkeys(pixels.dtype for pixels in shaped):
        where = [i for i, pixels in enumerate(shaped) if pixels.dtype == dtype]
        levels, note = from_file_as_uint8([shaped[i] for i in where])
        notes.append(note)
        for i, pixels in zip(where, levels, strict=True):
            converted[i] = pixels
    opaque, note = _without_opaque_alpha(converted)
    return opaque, list(dict.fromkeys([*notes, note]))


def _without_opaque_alpha(arrays: list[Any]) -> tuple[list[Any], str]:
    """The arrays without a last channel that says nothing; any other second or fourth channel is said."""
    channels = arrays[0].shape[-1]
    if channels not in (2, 4):
        return arrays, ""
    if all(bool((array[part][..., -1] == 255).all()) for array in arrays for part in lazy_rows.parts(array)):
        arrays = [
            array.map(_first_channels) if isinstance(array, LazyRows) else _first_channels(array)
            for array in arrays
        ]
        return arrays, "opaque alpha channel left out"
    return arrays, f"all {channels} channels kept: if the last is transparency, leave it out before saving"


def _first_channels(pixels: np.ndarray) -> np.ndarray:
    return pixels[..., :-1]


def _labels(
    found: SortedArrays, arrays: dict[str, Any], classes: Any, lengths: list[int]
) -> NumberedLabels | None:
    """The labels of all parts together; None if there are none."""
    if not found.labels:
        return None
    names = [found.labels[part] for part in found.images]
    for name, n in zip(names, lengths, strict=True):
        if arrays[name].size < n or arrays[name].size % n:
            step = "Save images and labels from the same selection."
            raise ArgumentError(name, f"{n:,} labels, one per image", arrays[name], step)
    together = [
        arrays[name].reshape(n, -1) if len(names) > 1 else arrays[name]
        for name, n in zip(names, lengths, strict=True)
    ]
    if len({part.shape[1:] for part in together}) > 1:
        step = "Save both in one form: class numbers of shape (n,)."
        raise ArgumentError(names[-1], f"labels like those in `{names[0]}`", arrays[names[-1]], step)
    return numbered(np.concatenate(together), classes, sum(lengths), names[0] if len(names) > 1 else "labels")


def _joined(arrays: list[Any]) -> Any:
    """All parts in one array; above 256 MB it lies in a temporary file."""
    if len(arrays) == 1:
        return arrays[0]
    blocks = (array[part] for array in arrays for part in lazy_rows.parts(array))
    return lazy_rows.gather(blocks, sum(map(len, arrays)))


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
        return {name: mapped[name] if name in mapped else _unpacked(loaded, name) for name in loaded.files}


def _unpacked(loaded: Any, name: str) -> np.ndarray:
    try:
        return np.asarray(loaded[name])
    except ValueError as error:
        if "pickle" not in str(error) and "Object arrays" not in str(error):
            raise
        raise ValueError(f"pickled: the array {name!r}") from None


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
        array = f" ({str(error).removeprefix('pickled: ')})" if str(error).startswith("pickled: ") else ""
        return (
            f"{path.name} holds pickled Python objects{array}, which can run any code when they are opened, "
            "so it is refused. Save images as one array of numbers, np.save('data.npy', np.stack(images)), "
            "and names as text: np.array(names, dtype=str)."
        )
    if isinstance(error, PermissionError):
        return f"{path.name} cannot be read: {error.strerror}. Change its permissions."
    return f"{path.name} is truncated or not a NumPy file ({type(error).__name__}: {error}). Save it again."
