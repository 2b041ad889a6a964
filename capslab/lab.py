"""`capslab lab`: JupyterLab on the course's first notebook."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

from capslab.course.places import FIRST, PACKAGE, checkout
from capslab.errors import ArgumentError, DataUnavailable, Said

RECORD = ".capslab-course.json"  # the versions of the notebooks that a folder was given
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
    shipped = here or PACKAGE / "_course"
    if not sorted(shipped.glob("*.ipynb")):
        raise DataUnavailable(f"{shipped} holds no notebooks. Install capslab again, or run `capslab build`.")
    if folder.exists() and not folder.is_dir():
        raise ArgumentError("--dir", "a folder", Said(f"the file {folder}"), "Name another place.")
    try:
        return folder, copy(shipped, folder)
    except OSError as error:
        raise DataUnavailable(
            f"{folder} cannot be written ({error.strerror or error}). Name another place with --dir."
        ) from None


def copy(shipped: Path, folder: Path) -> list[str]:
    """Copies notebooks into a folder, never over a learner's work; says what it did, a line each.

    What the folder lacks is copied. A notebook that the learner never touched is brought
    up to date. Next to one that they changed, a newer version is set as `NAME.new.ipynb`, once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / RECORD
    given = _read(record)
    said, copied = [], 0
    for source in sorted(shipped.glob("*.ipynb")):
        target, version = folder / source.name, _version(source)
        if not target.exists():
            shutil.copyfile(source, target)
            copied += 1
        elif (theirs := _version(target)) != version and given.get(source.name) != version:
            if theirs == given.get(source.name):
                shutil.copyfile(source, target)
                said.append(f"{source.name} is brought up to date.")
            else:
                beside = _beside(target, version)
                shutil.copyfile(source, beside)
                said.append(f"{source.name} is yours and stays; beside it is the newer {beside.name}.")
        given[source.name] = version
    record.write_text(json.dumps(given, indent=1, sort_keys=True) + "\n", "utf-8")
    if copied:
        said.insert(0, f"{copied} notebook{'s' * (copied > 1)} copied to {folder}.")
    return said


def _beside(target: Path, version: str) -> Path:
    """NAME.new.ipynb, or NAME.new2.ipynb and so on where that is taken by something else."""
    number = 1
    while True:
        beside = target.with_name(f"{target.stem}.new{number if number > 1 else ''}.ipynb")
        if not beside.exists() or _version(beside) == version:
            return beside
        number += 1


def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(record: Path) -> dict[str, str]:
    try:
        read = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


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
    if classroom:
        os.chdir(folder)
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(line[0], line)
    import subprocess

    return subprocess.call(line)
