"""`capslab lab` opens the course, or a class, in JupyterLab."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from capslab._home import temporary_folders
from capslab.course.paths import FIRST

#: our options; each is left out if the caller gives one of these spellings
OPTIONS = {
    "--ServerApp.ip=localhost": ("--ip", "--ServerApp.ip"),
    "--ServerApp.root_dir={folder}": ("--notebook-dir", "--ServerApp.root_dir", "--ServerApp.notebook_dir"),
    f"--LabApp.default_url=/lab/tree/{FIRST}": ("--LabApp.default_url", "--ServerApp.default_url"),
}


def command(folder: Path, options: tuple[str, ...], *, classroom: bool = False) -> list[str]:
    """The command line of JupyterLab: on loopback, with its token, on the first notebook or on a class.

    `options` are options of Jupyter and take precedence over ours.
    """
    named = {option.split("=", 1)[0] for option in options}
    ours = [
        text.format(folder=folder)
        for text, spellings in OPTIONS.items()
        if not named & set(spellings) and not (classroom and FIRST in text)
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in named:
        ours.append("--allow-root")  # in a container, for example: Jupyter refuses otherwise
    return [sys.executable, "-m", "jupyterlab", *ours, *options]


def start(folder: Path, options: tuple[str, ...], *, classroom: bool = False) -> int:
    """Replaces this process by JupyterLab, so that Ctrl-C and signals reach it. Returns only on Windows.

    For a class it starts in the class's folder, where Formgrader looks for nbgrader's settings.
    """
    line = command(folder, options, classroom=classroom)
    if elsewhere := temporary_folders():
        os.environ.update(elsewhere)
        place = Path(next(iter(elsewhere.values()))).parent
        print(f"Your home folder cannot be written, so JupyterLab keeps its settings in {place}.")
    if classroom:
        os.chdir(folder)
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(line[0], line)
    return subprocess.call(line)
