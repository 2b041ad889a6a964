"""Exports clusters as folders of pictures or as a table; nothing is ever overwritten."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from capslab.data.class_names import file_names
from capslab.data.images import Images
from capslab.errors import ArgumentError, DataUnavailable, unknown_name

FORMATS = ("folders", "csv")


def export_clusters(
    clustering: Any,
    images: Images,
    path: str | os.PathLike[str],
    how: str | None = None,
    originals: bool = False,
) -> Path:
    """Save the images of each cluster in a folder, or the cluster of each image in a table.

    Parameters
    ----------
    clustering : a `Clustering` (`path.at(10)`), or a cluster number for each image `(n,)`.
    images : the images that were clustered, in the same order.
    path : a new folder, or a new file that ends in `.csv`.
    how : "folders" (one folder per cluster, with PNG pictures) or "csv" (columns position,
        file, label, cluster); None decides by the ending of `path`.
    originals : with "folders", copy the files that the images were read from, in their full size.

    Returns
    -------
    The path. It is complete, or not there at all.

    Raises
    ------
    ArgumentError : `path` exists already, the cluster numbers do not fit the images, …
    DataUnavailable : the disk is full or cannot be written, or an original file no longer exists.
    """
    labels = np.asarray(getattr(clustering, "labels", clustering))
    if labels.ndim != 1 or len(labels) != len(images) or labels.dtype.kind not in "iu":
        step = "Export the same selection that was clustered."
        raise ArgumentError("clustering", f"{len(images):,} cluster numbers, one per image", labels, step)
    target = Path(path).expanduser()
    how = how or ("csv" if target.suffix.lower() == ".csv" else "folders")
    if how not in FORMATS:
        raise unknown_name("how", how, FORMATS)
    if originals and (how == "csv" or images.origin is None or images.origin.folder is None):
        step = "Leave it out: then the images are saved as the networks see them."
        raise ArgumentError("originals", "used with folders, for images from a folder or a CSV", True, step)
    if os.path.lexists(target):
        raise ArgumentError(
            "path", "a new path, because nothing is overwritten", str(target), "Choose another name."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
        try:
            result = part / "clusters"
            if how == "csv":
                _write_table(result, labels, images)
            else:
                _write_folders(result, labels, images, originals)
            _move(result, target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise DataUnavailable(
            f"{target} cannot be written ({error.strerror or error}); no files were left there. "
            "Choose a folder of your own with enough free space."
        ) from None
    return target


def _move(source: Path, target: Path) -> None:
    """Rename in one step, and fail if something has appeared at the target in the meantime."""
    if source.is_dir():
        os.rename(source, target)  # fails on anything but an empty folder
        return
    os.link(source, target) if hasattr(os, "link") else os.rename(source, target)


def _write_table(file: Path, labels: np.ndarray, images: Images) -> None:
    with file.open("x", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["position", "file", "label", "cluster"])
        for i, cluster in enumerate(labels):
            name = "" if images.origin is None else str(images.origin.names[i])
            label = "" if images.labels is None else images.classes[images.labels[i]]
            writer.writerow([i, _no_formula(name), _no_formula(label), int(cluster)])


def _no_formula(text: str) -> str:
    """Text that no spreadsheet program mistakes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _write_folders(folder: Path, labels: np.ndarray, images: Images, originals: bool) -> None:
    from PIL import Image

    n_digits = len(str(len(labels) - 1))
    for cluster in np.unique(labels):
        (folder / f"cluster {cluster:02d}").mkdir(parents=True)
    for i, cluster in enumerate(labels):
        name = f"image {i}" if images.origin is None else str(images.origin.names[i])
        stem = file_names([Path(name.replace("\\", "/").rpartition("/")[2]).stem])[0]
        place = folder / f"cluster {cluster:02d}" / f"{i:0{n_digits}d} {stem}"
        if originals:
            assert images.origin is not None
            assert images.origin.folder is not None
            source = name if images.origin.paths is None else str(images.origin.paths[i])
            shutil.copyfile(images.origin.folder / source, f"{place}{Path(source).suffix.lower()}")
        else:
            pixels = images.images[i]
            pixels = pixels[..., 0] if pixels.shape[2] < 3 else pixels[..., :3]
            Image.fromarray(np.ascontiguousarray(pixels)).save(f"{place}.png")
