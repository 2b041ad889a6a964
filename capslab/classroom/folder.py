"""A class as a folder: nbgrader's layout, its gradebook, and what only the grader may know.

DIR/source, release, submitted, autograded, feedback     nbgrader's folders
DIR/downloaded                                           what a learning platform gave
DIR/gradebook.db, nbgrader_config.py, students.csv
DIR/.capslab                                             the seed of the hidden checks; what is graded
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
import secrets
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from capslab.course.assignment import PREDICTION_STUB
from capslab.course.editions import STUB
from capslab.errors import ArgumentError, DataUnavailable, Verbatim

CONFIG = '''"""nbgrader's settings for this class, written by `capslab assignment release`."""

import os

c = get_config()  # noqa: F821
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.ClearSolutions.code_stub = {{"python": {stub!r}}}
c.ClearSolutions.text_stub = {text!r}
c.HTMLExporter.sanitize_html = True  # what a submission shows must not run in a teacher's browser,
c.HTMLExporter.filters = {filters!r}  # nor what it says
c.Execute.timeout = 600  # TensorFlow alone takes longer than nbgrader's 30 seconds on a slow machine
c.Execute.iopub_timeout = 120
c.Execute.startup_timeout = 120
'''
#: nbgrader's pages pass all Markdown through this filter of nbconvert's; ours cleans it as well
FILTERS = {"strip_files_prefix": "capslab.classroom.sanitize.cleaned"}

FIRST_FILTER = "capslab.grading.pages.cleaned"  # its name in the settings that the first edition wrote

STAND_IN = {"Zs": " ", "Zl": " ", "Zp": " ", "Cc": "�", "Cs": "�"}  # for spaces; for what nobody can print


def plain_name(name: str) -> str:
    """A name in one spelling (an archive from another system writes "é" as two characters), and no HTML.

    >>> plain_name(" Zoe\\u0308\\xa0<b> ")
    'Zoë ‹b›'
    """
    spelt = unicodedata.normalize("NFC", name.translate({ord("<"): "‹", ord(">"): "›"}))
    return "".join(STAND_IN.get(unicodedata.category(letter), letter) for letter in spelt).strip()


class Classroom:
    """A class's folder.

    Attributes
    ----------
    root : the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().absolute()

    # --- what is where

    def source(self, assignment: str) -> Path:
        return self.root / "source" / assignment / f"{assignment}.ipynb"

    def release(self, assignment: str) -> Path:
        return self.root / "release" / assignment / f"{assignment}.ipynb"

    def submitted(self, student: str, assignment: str) -> Path:
        return self.root / "submitted" / student / assignment

    def autograded(self, student: str, assignment: str) -> Path:
        return self.root / "autograded" / student / assignment / f"{assignment}.ipynb"

    def record(self, student: str, assignment: str) -> Path:
        name = hashlib.sha256(student.encode("utf-8", "surrogateescape")).hexdigest()[:20]
        return self.root / ".capslab" / "graded" / assignment / f"{name}.json"

    # --- making and opening

    @classmethod
    def opened(cls, root: Path) -> Classroom:
        """The class in a folder that `release` made; an error in words where there is none."""
        room = cls(root)
        if not (room.root / ".capslab" / "class.json").is_file():
            raise ArgumentError(
                "DIR",
                "the folder of a class",
                str(root),
                "Make one: capslab assignment release 04 DIR",
            )
        return room

    def make(self) -> None:
        """Makes the folder where it is not there; nobody else may look into it."""
        if self.root.exists() and not self.root.is_dir():
            raise ArgumentError("DIR", "a folder", Verbatim(f"the file {self.root}"), "Give another name.")
        mine = (self.root / ".capslab").is_dir()
        if self.root.is_dir() and any(self.root.iterdir()) and not mine:
            raise ArgumentError(
                "DIR",
                "a new or empty folder, or that of a class",
                Verbatim(f"{self.root}, which holds other files"),
                "Give another name.",
            )
        private = self.root / ".capslab"
        private.mkdir(parents=True, exist_ok=True)
        for folder in (self.root, private):
            os.chmod(folder, 0o700)
        if not (private / "class.json").exists():
            write(private / "class.json", json.dumps({"seed": secrets.token_hex(16)}), mode=0o600)
        settings = self.root / "nbgrader_config.py"
        if not settings.exists():
            write(settings, CONFIG.format(stub=STUB, text=PREDICTION_STUB, filters=FILTERS))
        elif FIRST_FILTER in (text := settings.read_text("utf-8")):
            write(settings, text.replace(FIRST_FILTER, FILTERS["strip_files_prefix"]))
        for name in ("source", "release", "submitted", "downloaded"):
            (self.root / name).mkdir(exist_ok=True)

    # --- what is known

    def seed(self, assignment: str) -> int:
        """The seed of the hidden checks of an assignment: another one in every class."""
        secret = json.loads((self.root / ".capslab" / "class.json").read_text("utf-8"))["seed"]
        return int(hashlib.sha256(f"{secret}/{assignment}".encode()).hexdigest()[:8], 16) + 1

    def assignments(self, only: tuple[str, ...] = ()) -> list[str]:
        """The assignments that were released, or those of them that a caller names ("04")."""
        known = sorted(p.name for p in (self.root / "release").glob("*") if self.release(p.name).is_file())
        if not only:
            return known
        chosen = [name for name in known if name in only or name[:2] in only]
        if len(chosen) < len(set(only)):
            raise ArgumentError("--assignment", f"one of {', '.join(known) or 'none yet'}", " ".join(only))
        return chosen

    def released(self, assignment: str) -> nbformat.NotebookNode:
        return nbformat.read(self.release(assignment), as_version=4)

    def students(self) -> list[str]:
        """Everybody in students.csv, then whoever handed something in."""
        listed = [row["id"] for row in self.roster()]
        folders = sorted(p.name for p in (self.root / "submitted").glob("*") if p.is_dir())
        return list(dict.fromkeys([*listed, *(plain_name(name) for name in folders)]))

    def roster(self) -> list[dict[str, str]]:
        """The rows of students.csv: id, and as far as there are such columns first_name, last_name, email."""
        path = self.root / "students.csv"
        if not path.is_file():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        if rows and "id" not in rows[0]:
            raise ArgumentError(
                "students.csv", "a table with a column `id`", Verbatim(f"the columns {', '.join(rows[0])}")
            )
        kept = ("id", "first_name", "last_name", "email")
        return [
            {k: plain_name(row[k] or "") for k in kept if k in row}
            for row in rows
            if (row["id"] or "").strip()
        ]

    # --- nbgrader

    def api(self) -> Any:
        """nbgrader's own programming interface for this folder."""
        api, config, directory = _nbgrader()
        settings = config()
        settings.CourseDirectory.root = str(self.root)
        settings.ClearSolutions.code_stub = {"python": STUB}
        settings.ClearSolutions.text_stub = PREDICTION_STUB
        settings.HTMLExporter.sanitize_html = True
        settings.HTMLExporter.filters = FILTERS
        settings.NbGrader.log_level = 40
        return api(coursedir=directory(config=settings), config=settings)

    @contextlib.contextmanager
    def gradebook(self) -> Iterator[Any]:
        """nbgrader's gradebook of this class."""
        _nbgrader()
        from nbgrader.api import Gradebook

        with Gradebook(self.db_url) as book:
            yield book

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"


def _nbgrader() -> tuple[Any, Any, Any]:
    try:
        from nbgrader.apps.api import NbGraderAPI
        from nbgrader.coursedir import CourseDirectory
        from traitlets.config import Config
    except ImportError:
        raise DataUnavailable("Grading needs nbgrader: pip install 'capslab[grading]'") from None
    beside = os.path.dirname(sys.executable)  # nbgrader calls `alembic`, which stands beside Python
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([beside, os.environ.get("PATH", "")])
    return NbGraderAPI, Config, CourseDirectory


def write(path: Path, text: str, mode: int = 0o644) -> None:
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        os.chmod(part, mode)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise
