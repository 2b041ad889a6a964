"""Where images came from: which file each was, which were left out and why, what was done."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class SkippedFile:
    """A file that is not among the images.

    Attributes
    ----------
    name : its name, fit to be shown.
    why : the reason in words.
    """

    name: str
    why: str


@dataclass(frozen=True, eq=False)
class Provenance:
    """What is known of images that were read from files.

    Attributes
    ----------
    names : `(n,)` of the files' names, relative to the folder, the zip or the table.
    sizes : int64 `(n, 2)`, height and width in the file.
    skipped : files that gave no image.
    notes : what was done to pictures so that they are of one kind, in words.
    folder : what `names` are relative to; None where that is no folder (a zip).
    """

    names: np.ndarray
    sizes: np.ndarray
    skipped: tuple[SkippedFile, ...] = ()
    notes: tuple[str, ...] = ()
    folder: Path | None = field(default=None, repr=False)

    def __getitem__(self, chosen: Any) -> Provenance:
        """The origin of a selection; what was left out stays on the list."""
        return Provenance(self.names[chosen], self.sizes[chosen], self.skipped, self.notes, self.folder)


def shown(name: str) -> str:
    """A file's name as it can be printed anywhere: nothing unreadable, no control characters.

    >>> shown("caf\\udce9 1.png"), shown("two\\nlines.png")
    ('caf\\\\xe9 1.png', 'two\\\\x0alines.png')
    """
    readable = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in readable)
