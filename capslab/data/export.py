"""Clusters as folders of pictures or as a table, never over anything that is there."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from capslab.data.images import Images
from capslab.errors import ArgumentError, DataUnavailable, unknown_name

WAYS = ("folders", "csv")


def export_clusters(
    clustering: Any,
    images: Images,
    path: str | os.PathLike[str],
    how: str | None = None,
    originals: bool = False,
) -> Path:
    """Save which image is in which cluster.

    Parameters
    ----------
    clustering : a `Clustering` (`path.at(10)`), or a cluster number for each image `(n,)`.
    images : the images that were clustered, in the same order.
    path : a new folder, or a new file that ends in `.csv`.
    how : "folders" (a folder a cluster, with the pictures as PNG) or "csv" (columns position,
        file, label, cluster); None tells by the ending.
    originals : into folders, copy the files that the images came from, in their own size.

    Returns
    -------
    The path. It appears whole or not at all.

    Raises
    ------
    ArgumentError : there is something at `path` already; numbers that do not fit the images; …
    DataUnavailable : the disk is full or cannot be written, or an original is gone.
    """
    labels = np.asarray(getattr(clustering, "labels", clustering))
    if labels.ndim != 1 or len(labels) != len(images) or labels.dtype.kind not in "iu":
        step = "Export the same selection that was clustered."
        raise ArgumentError("clustering", f"{len(images):,} cluster numbers, one an image", labels, step)
    target = Path(path).expanduser()
    how = how or ("csv" if target.suffix.lower() == ".csv" else "folders")
    if how not in WAYS:
        raise unknown_name("how", how, WAYS)
    if originals and (how == "csv" or images.origin is None or images.origin.folder is None):
        step = "Leave it out: the images are saved as the networks saw them."
        raise ArgumentError("originals", "used with folders, for images from a folder or a CSV", True, step)
    if os.path.lexists(target):
        raise ArgumentError(
            "path", "new: nothing is ever overwritten", str(target), "Choose a name that is not taken."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
        try:
            made = part / "clusters"
            if how == "csv":
                _write_table(made, labels, images)
            else:
                _write_folders(made, labels, images, originals)
            _move(made, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise DataUnavailable(
            f"{target} cannot be written ({error.strerror or error}); nothing was left there. "
            "Choose a folder of yours with enough room."
        ) from None
    return target


def _move(made: Path, target: Path) -> None:
    """Into place in one step, and not over what has come there in the meantime."""
    if made.is_dir():
        os.rename(made, target)  # fails on anything but an empty folder
        return
    os.link(made, target) if hasattr(os, "link") else os.rename(made, target)


def _write_table(file: Path, labels: np.ndarray, images: Images) -> None:
    with file.open("x", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["position", "file", "label", "cluster"])
        for i, cluster in enumerate(labels):
            name = "" if images.origin is None else str(images.origin.names[i])
            label = "" if images.labels is None else images.classes[images.labels[i]]
            writer.writerow([i, _harmless(name), _harmless(label), int(cluster)])


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _write_folders(folder: Path, labels: np.ndarray, images: Images, originals: bool) -> None:
    from PIL import Image

    wide = len(str(len(labels) - 1))
    for cluster in np.unique(labels):
        (folder / f"cluster {cluster:02d}").mkdir(parents=True)
    for i, cluster in enumerate(labels):
        known = f"image {i}" if images.origin is None else str(images.origin.names[i])
        stem = _safe(Path(known.rpartition("/")[2]).stem)
        place = folder / f"cluster {cluster:02d}" / f"{i:0{wide}d} {stem}"
        if originals:
            assert images.origin is not None
            assert images.origin.folder is not None
            shutil.copyfile(images.origin.folder / known, f"{place}{Path(known).suffix.lower()}")
        else:
            pixels = images.images[i]
            pixels = pixels[..., 0] if pixels.shape[2] < 3 else pixels[..., :3]
            Image.fromarray(np.ascontiguousarray(pixels)).save(f"{place}.png")


def _safe(stem: str) -> str:
    """A file's name that every system takes."""
    return "".join(c if c.isalnum() or c in " -_()" else "_" for c in stem)[:80].strip() or "image"
