"""The folder of a class: nbgrader's layout, its gradebook, and what only the grader may know.

DIR/source, release, submitted, autograded, feedback     nbgrader's folders
DIR/downloaded                                           what the learning platform exported
DIR/gradebook.db, nbgrader_config.py, students.csv
DIR/.capslab                                             the hidden checks' seed; records of grades
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import os
import secrets
import shlex
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

from capslab.course.editions import STUB
from capslab.course.make_assignment import PREDICTION_STUB
from capslab.course.paths import named, notebooks, unused
from capslab.errors import ArgumentError, DataUnavailable, Verbatim, unknown_name

CONFIG = '''"""nbgrader's settings for this class, written by `capslab assignment release`."""

import os

c = get_config()  # noqa: F821
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.ClearSolutions.code_stub = {{"python": {stub!r}}}
c.ClearSolutions.text_stub = {text!r}
c.HTMLExporter.sanitize_html = True  # neither a submission's outputs may run in a teacher's browser
c.HTMLExporter.filters = {filters!r}  # nor its text
c.Execute.timeout = 600  # on a slow machine TensorFlow alone takes longer than nbgrader's 30 seconds
c.Execute.iopub_timeout = 120
c.Execute.startup_timeout = 120
'''
#: nbgrader's pages pass all Markdown through this filter of nbconvert; ours also sanitizes it
FILTERS = {"strip_files_prefix": "capslab.classroom.sanitize.sanitize_html"}

FIRST_FILTER = "capslab.grading.pages.cleaned"  # what the first edition wrote into a class's settings

#: by Unicode category: every kind of space becomes a plain one; what cannot be printed becomes a mark
REPLACEMENTS = {"Zs": " ", "Zl": " ", "Zp": " ", "Cc": "�", "Cs": "�"}


def normalize_name(name: str) -> str:
    """A name in one spelling, without HTML. (Archives from other systems write "é" as two characters.)

    >>> normalize_name(" Zoe\\u0308\\xa0<b> ")
    'Zoë ‹b›'
    """
    composed = unicodedata.normalize("NFC", name.translate({ord("<"): "‹", ord(">"): "›"}))
    return "".join(REPLACEMENTS.get(unicodedata.category(letter), letter) for letter in composed).strip()


class Classroom:
    """The folder of a class.

    Attributes
    ----------
    root : absolute path of the folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().absolute()

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

    @classmethod
    def open(cls, root: Path) -> Classroom:
        """The class in a folder that `release` made.

        Raises
        ------
        ArgumentError : the folder holds no class.
        """
        classroom = cls(root)
        if not (classroom.root / ".capslab" / "class.json").is_file():
            raise ArgumentError(
                "DIR",
                "the folder of a class",
                str(root),
                f"Make one with `capslab assignment release 04 {_new_class(root)}`.",
            )
        return classroom

    def make(self) -> None:
        """Creates the folder if it does not exist. Only its owner may look into it."""
        if self.root.exists() and not self.root.is_dir():
            step = f"Choose another name, for example {unused('class')}."
            raise ArgumentError("DIR", "a folder", Verbatim(f"the file {self.root}"), step)
        is_class = (self.root / ".capslab").is_dir()
        if self.root.is_dir() and any(self.root.iterdir()) and not is_class:
            raise ArgumentError(
                "DIR",
                "a new folder, an empty one, or the folder of a class",
                Verbatim(f"{self.root}, which holds other files"),
                f"Choose another name, for example {unused('class')}.",
            )
        private = self.root / ".capslab"
        private.mkdir(parents=True, exist_ok=True)
        for folder in (self.root, private):
            os.chmod(folder, 0o700)
        if not (private / "class.json").exists():
            write_file(private / "class.json", json.dumps({"seed": secrets.token_hex(16)}), mode=0o600)
        settings = self.root / "nbgrader_config.py"
        if not settings.exists():
            write_file(settings, CONFIG.format(stub=STUB, text=PREDICTION_STUB, filters=FILTERS))
        elif FIRST_FILTER in (text := settings.read_text("utf-8")):
            write_file(settings, text.replace(FIRST_FILTER, FILTERS["strip_files_prefix"]))
        for name in ("source", "release", "submitted", "downloaded"):
            (self.root / name).mkdir(exist_ok=True)

    def seed(self, assignment: str) -> int:
        """The seed of an assignment's hidden checks. Every class has its own."""
        secret = json.loads((self.root / ".capslab" / "class.json").read_text("utf-8"))["seed"]
        return int(hashlib.sha256(f"{secret}/{assignment}".encode()).hexdigest()[:8], 16) + 1

    def assignments(self, only: tuple[str, ...] = ()) -> list[str]:
        """The assignments that were released; with `only`, those of them ("13", or a whole name)."""
        names = sorted(p.name for p in (self.root / "release").glob("*") if self.release(p.name).is_file())
        if not only:
            return names
        wanted = {name.zfill(2) if name.isdecimal() else name for name in only}
        chosen = [name for name in names if name in wanted or name[:2] in wanted]
        if len(chosen) < len(wanted):
            if names:
                raise unknown_name("--assignment", " ".join(only), names)
            known = named(only[0], notebooks())
            first = (
                f"it first: `capslab assignment release {only[0]}"
                if known
                else ("a notebook first: `capslab assignment release 04")
            )
            step = f"Release {first} {shlex.quote(str(self.root))}`"
            raise ArgumentError("--assignment", "one that was released", " ".join(only), step)
        return chosen

    def released(self, assignment: str) -> nbformat.NotebookNode:
        """The notebook that students were given."""
        return nbformat.read(self.release(assignment), as_version=4)

    def students(self) -> list[str]:
        """Everybody in students.csv, then everybody else who handed something in."""
        listed = [row["id"] for row in self.roster()]
        folders = sorted(p.name for p in (self.root / "submitted").glob("*") if p.is_dir())
        return list(dict.fromkeys([*listed, *(normalize_name(name) for name in folders)]))

    def roster(self) -> list[dict[str, str]]:
        """The rows of students.csv: `id`, and first_name, last_name, email where the table has them."""
        path = self.root / "students.csv"
        if not path.is_file():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        if rows and "id" not in rows[0]:
            raise ArgumentError(
                "students.csv",
                "a table with a column named `id`",
                Verbatim(f"the columns {', '.join(rows[0])}"),
                "Name the column of the students' names on your learning platform `id`.",
            )
        columns = ("id", "first_name", "last_name", "email")
        return [
            {name: normalize_name(row[name] or "") for name in columns if name in row}
            for row in rows
            if (row["id"] or "").strip()
        ]

    def nbgrader_api(self) -> Any:
        """nbgrader's programming interface, set up for this folder."""
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
        """nbgrader's gradebook for this class."""
        _nbgrader()
        from nbgrader.api import Gradebook

        with Gradebook(self.db_url) as gradebook:
            yield gradebook

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"


def _new_class(root: Path) -> str:
    """A folder that `release` accepts for a new class: this one if it can be, otherwise a new one."""
    taken = root.exists() and not (root.is_dir() and not any(root.iterdir()))
    return shlex.quote(unused("class") if taken or named(root.name, notebooks()) else str(root))


def _nbgrader() -> tuple[Any, Any, Any]:
    try:
        from nbgrader.apps.api import NbGraderAPI
        from nbgrader.coursedir import CourseDirectory
        from traitlets.config import Config
    except ImportError:
        raise DataUnavailable("Grading needs nbgrader. Run: `pip install 'capslab[grading]'`") from None
    scripts = os.path.dirname(sys.executable)  # nbgrader calls `alembic`, which is installed next to Python
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", "")])
    return NbGraderAPI, Config, CourseDirectory


def write_file(path: Path, text: str, mode: int = 0o644) -> None:
    """Writes a file completely or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
