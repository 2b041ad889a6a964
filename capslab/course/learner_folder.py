"""A learner's folder of notebooks: which one it is, copied to the first time, brought up to date later."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from capslab.course.paths import PACKAGE, checkout, unused
from capslab.course.update_notebooks import RECORD, NotebookUpdate, update_folder
from capslab.errors import ArgumentError, DataUnavailable, Verbatim

DEFAULT_FOLDER = "capslab-course"


def folder_to_open(chosen: Path | None) -> tuple[Path, list[str]]:
    """The folder to open, with the notebooks in it, and messages about what was done.

    A checkout's own notebooks are opened where they are. Otherwise, or if `chosen` names a folder, they
    are copied there, never over a learner's work.
    """
    checkout_folder = checkout()
    if chosen is None and checkout_folder is not None:
        return checkout_folder, []
    folder = (chosen or Path(DEFAULT_FOLDER)).expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        step = f"Choose another name, for example {unused(DEFAULT_FOLDER)}."
        raise ArgumentError("--dir", "a folder", Verbatim(f"the file {folder}"), step)
    with _explain_write_errors(folder):
        changes = update_folder(_shipped(), folder)
    copied = sum(one.state == "copied" for one in changes)
    messages = [f"{copied} notebook{'s' * (copied > 1)} copied to {folder}."] if copied else []
    return folder, messages + [str(one) for one in changes if one.state in ("renewed", "beside")]


def update(chosen: Path | None, on_change: Callable[[NotebookUpdate], None]) -> Path:
    """Brings a learner's folder to this version of the course and returns it.

    Parameters
    ----------
    chosen : the folder; None is the current one, or `./capslab-course`, whichever holds a course.
    on_change : called with what became of each notebook.

    Raises
    ------
    ArgumentError : there is no course.
    DataUnavailable : the folder cannot be written.
    """
    candidates = [chosen] if chosen is not None else [Path(), Path(DEFAULT_FOLDER)]
    folder = next(
        (p.expanduser().absolute() for p in candidates if (p.expanduser() / RECORD).is_file()), None
    )
    if folder is None:
        usable = chosen is not None and (chosen.expanduser().is_dir() or not chosen.expanduser().exists())
        new = chosen if usable else unused(DEFAULT_FOLDER)
        received, advice = (
            Verbatim(str(chosen or "none")),
            f"Make one: `capslab lab --dir {shlex.quote(str(new))}`.",
        )
        if chosen is None and (checkout_folder := checkout()) is not None:
            received = Verbatim("none, and this course is a checkout")
            advice = "There, `git pull` brings newer notebooks and overwrites none of yours."
            advice += _changed_notebooks(checkout_folder)
        raise ArgumentError("--dir", "a folder that `capslab lab` copied the course to", received, advice)
    with _explain_write_errors(folder):
        update_folder(_shipped(), folder, on_change)
    return folder


def _changed_notebooks(checkout_folder: Path) -> str:
    """What to do before a pull about the notebooks of a checkout that the learner has changed."""
    command_line = ["git", "-C", str(checkout_folder), "status", "--porcelain", "--", "*.ipynb"]
    try:
        output = subprocess.run(command_line, capture_output=True, text=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    names = [Path(line[3:]).name for line in output.splitlines() if line[1] == "M"]
    if not names:
        return ""
    return (
        f" You have changed {', '.join(names)}: copy them to other names, `git checkout` the originals, then "
        "pull. `capslab lab --dir FOLDER` works in a copy, which `capslab update` keeps up to date."
    )


def _shipped() -> Path:
    """The folder of this version's notebooks."""
    shipped = checkout() or PACKAGE / "_course"
    if not sorted(shipped.glob("*.ipynb")):
        raise DataUnavailable(f"{shipped} holds no notebooks. Install capslab again, or run `capslab build`.")
    return shipped


@contextmanager
def _explain_write_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, DataUnavailable):
            raise
        raise DataUnavailable(
            f"{folder} cannot be written ({error.strerror or error}). Choose another folder with --dir, or "
            "free some space, and run the command again. Your notebooks are as they were."
        ) from None
