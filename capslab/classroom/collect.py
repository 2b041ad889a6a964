"""Collecting: what a learning platform gave becomes nbgrader's `submitted/STUDENT/ASSIGNMENT`.

Platforms name files in their own ways. Understood are a folder for each student, files called
STUDENT__NOTEBOOK.ipynb or STUDENT_NOTEBOOK.ipynb, and archives (.zip) of either.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from capslab.classroom.folder import Classroom, plain_name

MOST_FILES, MOST_BYTES = 5000, 2 * 2**30  # in an archive


@dataclass(frozen=True)
class Collected:
    """One file: whose, of which assignment, and whether it was new; words where it has no place."""

    file: str
    student: str = ""
    assignment: str = ""
    new: bool = False
    words: str = ""


def collect(room: Classroom, given: Path | None = None) -> list[Collected]:
    """Sorts every file below `given` (default: DIR/downloaded); the newest of two submissions counts."""
    home = given or room.root / "downloaded"
    found: list[Collected] = []
    if home.is_file():
        found += _archive(room, home)
    for path in sorted(home.rglob("*"), key=lambda p: p.stat().st_mtime if p.exists() else 0):
        if not path.is_file() or path.is_symlink() or _ignored(path.relative_to(home)):
            continue
        if path.suffix.lower() == ".zip":
            found += _archive(room, path, path.relative_to(home).parts[:-1] or _owner(room, path))
        else:
            found.append(_place(room, path, path.relative_to(home).parts))
    return found


def _owner(room: Classroom, path: Path) -> tuple[str, ...]:
    """Whose an archive is, where its name begins with that of a student in students.csv."""
    name = plain_name(path.stem)
    found = [row["id"] for row in room.roster() if name == row["id"] or name.startswith(f"{row['id']}_")]
    return (max(found, key=len),) if found else ()


def _archive(room: Classroom, path: Path, before: tuple[str, ...] = ()) -> list[Collected]:
    """The files of an archive, unpacked under names that cannot leave their folder."""
    found = []
    try:
        with zipfile.ZipFile(path) as archive, TemporaryDirectory(prefix="capslab-collect-") as place:
            inside = [one for one in archive.infolist() if not one.is_dir()]
            if len(inside) > MOST_FILES or sum(one.file_size for one in inside) > MOST_BYTES:
                return [Collected(path.name, words="The archive is too large.")]
            for number, one in enumerate(inside):
                parts = PurePosixPath(one.filename.replace("\\", "/")).parts
                if _ignored(PurePosixPath(*parts)):
                    continue
                unpacked = Path(place, str(number))
                with archive.open(one) as source, unpacked.open("wb") as target:
                    shutil.copyfileobj(source, target)
                found.append(_place(room, unpacked, (*before, *parts)))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        found.append(Collected(path.name, words="The archive cannot be read."))
    return found


def _ignored(path: Path | PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _place(room: Classroom, path: Path, parts: tuple[str, ...]) -> Collected:
    """Copies a file to where its name says it belongs."""
    shown = "/".join(parts)
    names = [plain_name(part) for part in parts]
    assignment = next((a for a in room.assignments() if any(a in part for part in names)), "")
    if not assignment and len(room.assignments()) == 1:
        assignment = room.assignments()[0]
    assignment = assignment or _says(path, room)
    if not assignment:
        names_ = ", ".join(f"{one}.ipynb" for one in room.assignments())
        return Collected(shown, words=f"Nothing says which assignment it is; students hand in {names_}.")
    file = names[-1]
    folders = [part for part in names[:-1] if part != assignment and part not in ("submitted", "downloaded")]
    student = folders[0] if folders else _before(file, assignment)
    student = student.replace("/", "_").replace("\\", "_").replace("\0", "").strip(" .")
    if not student:
        return Collected(shown, assignment=assignment, words="Nothing in its name says whose it is.")
    known = {row["id"]: row["id"] for row in room.roster()}
    starts = [one for one in known if student == one or student.startswith((f"{one}_", f"{one} "))]
    student = max(starts, key=len, default=student)
    right = f"{assignment}.ipynb"
    name = right if not folders and file.endswith(right) else file
    target = room.submitted(student, assignment) / name
    if any(one.is_symlink() for one in (target, target.parent, target.parent.parent)):
        return Collected(shown, student, assignment, words="Its place in the class is a link.")
    new = not (target.is_file() and target.read_bytes() == path.read_bytes())
    if new:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return Collected(shown, student, assignment, new)


def _says(path: Path, room: Classroom) -> str:
    """The assignment that a notebook was made from, whatever its file is called."""
    try:
        about = json.loads(path.read_bytes())["metadata"]["capslab"]["notebook"]
    except (ValueError, KeyError, TypeError, RecursionError, OSError):
        return ""
    return about if about in room.assignments() else ""


def _before(file: str, assignment: str) -> str:
    """The student's name in front of a file's: STUDENT__NAME.ipynb, STUDENT_NAME.ipynb."""
    if assignment in file:
        return file[: file.index(assignment)].rstrip("_- ")
    return file.partition("__")[0] if "__" in file else file.partition("_")[0] if "_" in file else ""
