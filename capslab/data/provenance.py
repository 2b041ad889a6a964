"""Where images come from: the file of each image, the files that were skipped, and what was changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class SkippedFile:
    """A file that gave no image.

    Attributes
    ----------
    name : its name, safe to print.
    reason : why it was skipped, in words.
    housekeeping : whether it is what a system or a program leaves behind, so that nobody misses it.
    """

    name: str
    reason: str
    housekeeping: bool = False


@dataclass(frozen=True, eq=False)
class Provenance:
    """Which files a set of images was read from.

    Attributes
    ----------
    names : names of the files `(n,)`, relative to the folder, the zip or the table.
    sizes : int64 `(n, 2)`: height and width in the file, in pixels.
    skipped : files that gave no image.
    notes : what was assumed, and what was changed so that all pictures have one size and format, in words.
    folder : the folder that `names` are relative to; None for a zip.
    paths : the files' paths relative to `folder`, as the operating system spells them `(n,)`; None where
        `names` are these paths. A name is safe to print; the path of the same file may not be.
    """

    names: np.ndarray
    sizes: np.ndarray
    skipped: tuple[SkippedFile, ...] = ()
    notes: tuple[str, ...] = ()
    folder: Path | None = field(default=None, repr=False)
    paths: np.ndarray | None = field(default=None, repr=False)

    def __getitem__(self, index: Any) -> Provenance:
        """The provenance of a selection of the images; the list of skipped files stays complete."""
        paths = None if self.paths is None else self.paths[index]
        return Provenance(self.names[index], self.sizes[index], self.skipped, self.notes, self.folder, paths)


def printable(name: str) -> str:
    """A file name that can be printed anywhere: undecodable bytes and control characters are escaped.

    >>> printable("caf\\udce9 1.png"), printable("two\\nlines.png")
    ('caf\\\\xe9 1.png', 'two\\\\x0alines.png')
    """
    readable = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in readable)
