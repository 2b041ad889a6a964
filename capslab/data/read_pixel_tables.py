"""Reads images from a table of pixels, such as `mnist_train.csv`: one row per image, one number per pixel."""

from __future__ import annotations

from pathlib import Path

from capslab.data.images import Images

PACKED = (".csv.gz", ".tsv.gz")


def is_pixel_table(path: Path) -> bool:
    """Whether a table holds pixels rather than the names of picture files."""
    return False


def load_pixel_table(path: Path, seed: int = 0) -> Images:
    """The images in a table of pixels."""
    raise NotImplementedError
