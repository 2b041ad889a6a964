"""Where the notebooks are: in a checkout beside the package, installed inside it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from capslab.errors import ArgumentError, unknown_name

PACKAGE = Path(__file__).parents[1]
FIRST = "00_start_here.ipynb"


def checkout() -> Path | None:
    """The `notebooks` folder of the checkout that this package is part of, or None."""
    folder = PACKAGE.parent / "notebooks"
    return folder if (folder / "src").is_dir() and (PACKAGE.parent / "pyproject.toml").is_file() else None


def course_folder() -> Path:
    """The folder with the built notebooks."""
    return checkout() or PACKAGE / "_course"


def sources(folder: Path | None = None) -> list[Path]:
    """The sources `NN_name.py` in the order of the course; none where only built notebooks are."""
    home = folder or checkout()
    return sorted((home / "src").glob("[0-9][0-9]_*.py")) if home else []


def notebooks() -> list[Path]:
    """What the course is made of here: sources in a checkout, built notebooks elsewhere."""
    return sources() or sorted(course_folder().glob("[0-9][0-9]_*.ipynb"))


def find(names: tuple[str, ...], known: list[Path] | None = None) -> list[Path]:
    """The notebooks a caller means: by number ("04"), by name, or by the path of any notebook.

    Without names: the whole course. A path that is one of the course's built notebooks
    means its source.
    """
    known = notebooks() if known is None else known
    if not names:
        if not known:
            raise ArgumentError(
                "NOTEBOOK", "a notebook of the course", "none here", "Give the path of a notebook."
            )
        return known
    by_name = {path.stem: path for path in known}
    by_number = {path.stem[:2]: path for path in known}
    found = []
    for name in names:
        stem = re.sub(r"\.(ipynb|py)$", "", os.path.basename(name))
        path = Path(name).expanduser()
        of_course = path.suffix == "" or path.resolve().parent in {course_folder(), course_folder() / "src"}
        if of_course and (stem in by_name or stem in by_number):
            found.append(by_name.get(stem) or by_number[stem])
        elif path.is_file() and path.suffix in (".ipynb", ".py"):
            found.append(path)
        else:
            raise unknown_name("NOTEBOOK", name, by_name, "A path must end in .ipynb and exist.")
    return list(dict.fromkeys(found))
