"""`capslab lab`: JupyterLab on the course's first notebook; `capslab update`: a learner's folder made new."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from capslab._home import stand_ins
from capslab.course.paths import FIRST, PACKAGE, checkout
from capslab.course.update import RECORD, NotebookUpdate, update_folder
from capslab.errors import ArgumentError, DataUnavailable, Verbatim

DEFAULT_FOLDER = "capslab-course"


def folder_to_open(wanted: Path | None) -> tuple[Path, list[str]]:
    """The folder to open, with the notebooks in it, and what was done, a line each.

    A checkout's own notebooks are opened where they are. Otherwise (or where `wanted`
    names a folder) they are copied, never over a learner's work.
    """
    here = checkout()
    if wanted is None and here is not None:
        return here, []
    folder = (wanted or Path(DEFAULT_FOLDER)).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise ArgumentError("--dir", "a folder", Verbatim(f"the file {folder}"), "Name another place.")
    with _in_words(folder):
        done = update_folder(_shipped(), folder)
    copied = sum(one.state == "copied" for one in done)
    said = [f"{copied} notebook{'s' * (copied > 1)} copied to {folder}."] if copied else []
    return folder, said + [str(one) for one in done if one.state in ("renewed", "beside")]


def update(wanted: Path | None, told: Callable[[NotebookUpdate], None]) -> Path:
    """Brings a learner's folder to this version of the course and returns it.

    Parameters
    ----------
    wanted : the folder; None is the current one, or `./capslab-course`, whichever holds a course.
    told : called with what became of each notebook.

    Raises
    ------
    ArgumentError : no course is there.
    DataUnavailable : the folder cannot be written.
    """
    places = [wanted] if wanted is not None else [Path(), Path(DEFAULT_FOLDER)]
    folder = next((p.expanduser().absolute() for p in places if (p.expanduser() / RECORD).is_file()), None)
    if folder is None:
        received, advice = Verbatim(str(wanted or "none")), "`capslab lab` makes one, or name another place."
        if wanted is None and (here := checkout()) is not None:
            received = Verbatim("none, and this course is a checkout")
            advice = f"There `git pull` brings newer notebooks, and overwrites none of yours.{_own(here)}"
        raise ArgumentError("--dir", "a folder that `capslab lab` copied the course to", received, advice)
    with _in_words(folder):
        update_folder(_shipped(), folder, told)
    return folder


def _own(here: Path) -> str:
    """Which of a checkout's notebooks the learner has changed, and what to do before a pull."""
    ask = ["git", "-C", str(here), "status", "--porcelain", "--", "*.ipynb"]
    try:
        said = subprocess.run(ask, capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    names = [Path(line[3:]).name for line in said.splitlines() if line[1] == "M"]
    if not names:
        return ""
    return (
        f" Yours are {', '.join(names)}: copy them to other names, `git checkout` the originals, pull. "
        "`capslab lab --dir FOLDER` works in a copy that `capslab update` keeps new."
    )


def _shipped() -> Path:
    """The folder of this version's notebooks."""
    shipped = checkout() or PACKAGE / "_course"
    if not sorted(shipped.glob("*.ipynb")):
        raise DataUnavailable(f"{shipped} holds no notebooks. Install capslab again, or run `capslab build`.")
    return shipped


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, DataUnavailable):
            raise
        raise DataUnavailable(
            f"{folder} cannot be written ({error.strerror or error}). Name another place with --dir, or make "
            "room there. Your notebooks are as they were."
        ) from None


#: our options: left out where the caller gives one of these spellings
DEFAULTS = {
    "--ServerApp.ip=localhost": ("--ip", "--ServerApp.ip"),
    "--ServerApp.root_dir={folder}": ("--notebook-dir", "--ServerApp.root_dir", "--ServerApp.notebook_dir"),
    f"--LabApp.default_url=/lab/tree/{FIRST}": ("--LabApp.default_url", "--ServerApp.default_url"),
}


def command(folder: Path, options: tuple[str, ...], *, classroom: bool = False) -> list[str]:
    """The command line of JupyterLab: on loopback, with its token, on the first notebook or on a class.

    `options` are Jupyter's own and win over ours.
    """
    named = {option.split("=", 1)[0] for option in options}
    ours = [
        text.format(folder=folder)
        for text, spellings in DEFAULTS.items()
        if not named & set(spellings) and not (classroom and FIRST in text)
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in named:
        ours.append("--allow-root")  # as in a container: Jupyter refuses otherwise
    return [sys.executable, "-m", "jupyterlab", *ours, *options]


def start(folder: Path, options: tuple[str, ...], *, classroom: bool = False) -> int:
    """Becomes JupyterLab, so that Ctrl-C and signals reach it; returns only on Windows.

    For a class it starts in the class's folder, where Formgrader looks for nbgrader's settings.
    """
    line = command(folder, options, classroom=classroom)
    if elsewhere := stand_ins():
        os.environ.update(elsewhere)
        place = Path(next(iter(elsewhere.values()))).parent
        print(f"Your home folder cannot be written: JupyterLab keeps its settings in {place} meanwhile.")
    if classroom:
        os.chdir(folder)
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(line[0], line)
    return subprocess.call(line)
