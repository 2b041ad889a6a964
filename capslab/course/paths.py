"""Where the notebooks are: beside the package in a checkout, inside it when installed."""

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
    """The sources `NN_name.py` in the order of the course; an empty list outside a checkout."""
    home = folder or checkout()
    return sorted((home / "src").glob("[0-9][0-9]_*.py")) if home else []


def notebooks() -> list[Path]:
    """The files of the course: sources in a checkout, otherwise built notebooks."""
    return sources() or sorted(course_folder().glob("[0-9][0-9]_*.ipynb"))


def find(names: tuple[str, ...], known: list[Path] | None = None) -> list[Path]:
    """Finds notebooks by number ("04"), by name, or by the path of any notebook.

    Without names it returns the whole course. The path of one of the course's built notebooks
    stands for its source.
    """
    known = notebooks() if known is None else known
    if not names:
        if not known:
            raise ArgumentError(
                "NOTEBOOK", "a notebook of the course", "none here", "Pass the path of a notebook."
            )
        return known
    by_name = {path.stem: path for path in known}
    by_number = {path.stem[:2]: path for path in known}
    matches = []
    for name in names:
        stem = re.sub(r"\.(ipynb|py)$", "", os.path.basename(name))
        path = Path(name).expanduser()
        of_course = path.suffix == "" or path.resolve().parent in {course_folder(), course_folder() / "src"}
        if of_course and (stem in by_name or stem in by_number):
            matches.append(by_name.get(stem) or by_number[stem])
        elif path.is_file() and path.suffix in (".ipynb", ".py"):
            matches.append(path)
        else:
            raise unknown_name("NOTEBOOK", name, by_name, "A path must end in .ipynb and exist.")
    return list(dict.fromkeys(matches))
