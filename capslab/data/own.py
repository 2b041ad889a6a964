"""Your own images from `data.npy` or `data.npz`, never unpickled."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from capslab.data.images import Images
from capslab.data.pixels import as_uint8, shaped
from capslab.errors import ArgumentError, DataUnavailable, Said

SUFFIXES = (".npy", ".npz")


def load_file(path: Path, seed: int = 0) -> Images:
    """The images in a NumPy file.

    Parameters
    ----------
    path : `.npy` with images alone, or `.npz` with `images`, and `labels` and `classes`
        if it likes. Images are `(n, h, w)`, `(n, h, w, c)` or `(n, s·s)`; uint8, or
        numbers in 0…1 or 0…255. Labels are class numbers or class names.
    seed : decides the split.

    Raises
    ------
    DataUnavailable : no such file, or it cannot be read or is not what it says.
    ArgumentError : an array that is not images.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise ArgumentError("name", "a data set or a file that ends in .npy or .npz", str(path), "")
    if not path.is_file():
        raise DataUnavailable(
            f"There is no file {path.name!r} in {str(path.parent.resolve())!r}. "
            "Give the whole path, or move the file beside the notebook."
        )
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            found = {"images": loaded}
        else:
            with loaded:
                found = {name: loaded[name] for name in loaded.files}
    except (ValueError, EOFError, OSError, KeyError, MemoryError, zlib.error, zipfile.BadZipFile) as error:
        raise DataUnavailable(_why(path, error)) from None
    if "images" not in found:
        names = ", ".join(sorted(found)) or "nothing"
        step = "Save it again: np.savez('data.npz', images=…, labels=…)."
        raise ArgumentError("name", "an .npz file with an array `images`", Said(f"one with {names}"), step)
    labels, classes = _named(found.get("labels"), found.get("classes"))
    pixels, note = _pixels(found["images"])
    images = Images(pixels, labels, classes, name=path.stem, seed=seed)
    if note:
        print(f"{path.name}: {note}.")
    return images


def _why(path: Path, error: Exception) -> str:
    said = str(error).lower()
    if "pickle" in said or "object array" in said:
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


def _pixels(array: np.ndarray) -> tuple[np.ndarray, str]:
    """uint8 `(n, h, w, c)` and a note on anything worth a second look."""
    array = shaped(array)
    pixels, note = as_uint8(array)
    brightest = int(pixels.max())
    if array.dtype == np.uint8 and brightest == 1:
        return pixels * np.uint8(255), "pixels of 0 and 1 were multiplied by 255"
    if 1 < brightest < 64 and not note:
        note = f"the brightest pixel is {brightest} of 255, so the images look dark; scale them before saving"
    return pixels, note
