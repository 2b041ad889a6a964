"""Where the notebooks are: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

import re
import shlex
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
    """Finds notebooks by number ("04" or "4", "13"), by name, or by the path of any notebook.

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
    matches = []
    for name in names:
        path = Path(name).expanduser()
        of_course = _is_bare(path) or path.resolve().parent in {course_folder(), course_folder() / "src"}
        match = of_course and named(re.sub(r"\.(ipynb|py)$", "", path.name), known)
        if match:
            matches.append(match)
        elif path.is_file() and path.suffix in (".ipynb", ".py"):
            matches.append(path)
        else:
            step = f"Try {next(iter(by_name))[:2]}, or the path of an .ipynb that exists." if by_name else ""
            raise unknown_name("NOTEBOOK", name, by_name, step)
    return list(dict.fromkeys(matches))


def named(name: str, known: list[Path]) -> Path | None:
    """The notebook with this name or number; None if there is none.

    >>> named("4", [Path("04_backpropagation.py"), Path("13_look_inside.py")])
    PosixPath('04_backpropagation.py')
    """
    number = name.zfill(2) if name.isdecimal() else name
    return next((path for path in known if name == path.stem or number == path.stem[:2]), None)


def _is_bare(path: Path) -> bool:
    """Whether this is a name alone, without a folder or an ending: `04`, and not `work/04`."""
    return path.suffix == "" and path.parent == Path()


def destination(folder: Path, command: str, names: tuple[str, ...], proposal: str) -> Path:
    """Returns the folder that a command writes to, unless it is a notebook whose folder was forgotten.

    Raises
    ------
    ArgumentError : for `capslab export 04`, which would write the whole course into a folder `04`.
    """
    forgotten = _is_bare(folder) and named(folder.name, notebooks())
    if forgotten or folder.suffix in (".ipynb", ".py"):
        is_missing = not folder.exists() and named(folder.stem, notebooks())
        last = folder.stem if is_missing else str(folder)
        words = " ".join(shlex.quote(name) for name in (*names, last, unused(proposal)))
        raise ArgumentError("DIR", "a folder, given last", str(folder), f"Try: `capslab {command} {words}`")
    return folder


def unused(name: str) -> str:
    """A name for a new folder: `site`, or `site-2` if there is one already."""
    names = (name if number == 1 else f"{name}-{number}" for number in range(1, 1000))
    return next(one for one in names if not Path(one).exists())
