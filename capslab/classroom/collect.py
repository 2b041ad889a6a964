"""Collecting: what a learning platform exported becomes nbgrader's `submitted/STUDENT/ASSIGNMENT`.

Platforms name files in their own ways. Understood are one folder per student, files named
STUDENT__NOTEBOOK.ipynb or STUDENT_NOTEBOOK.ipynb, and archives (.zip) of either.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from capslab.classroom.folder import Classroom, normalize_name

MAX_FILES, MAX_BYTES = 5000, 2 * 2**30  # in an archive


@dataclass(frozen=True)
class CollectedFile:
    """One file: its student, its assignment, whether it is new; `problem` says why it has no place."""

    file: str
    student: str = ""
    assignment: str = ""
    is_new: bool = False
    problem: str = ""


def collect(classroom: Classroom, source: Path | None = None) -> list[CollectedFile]:
    """Sorts every file below `source` (default: DIR/downloaded). Of two submissions the newer one counts."""
    root = source or classroom.root / "downloaded"
    collected: list[CollectedFile] = []
    if root.is_file():
        collected += _unpack(classroom, root)
    for path in sorted(root.rglob("*"), key=lambda p: p.stat().st_mtime if p.exists() else 0):
        if not path.is_file() or path.is_symlink() or _is_ignored(path.relative_to(root)):
            continue
        parts = path.relative_to(root).parts
        if path.suffix.lower() == ".zip":
            collected += _unpack(classroom, path, parts[:-1] or _owner(classroom, path))
        else:
            collected.append(_place(classroom, path, parts))
    return collected


def _owner(classroom: Classroom, path: Path) -> tuple[str, ...]:
    """The student whose archive it is, if its name begins with one of students.csv."""
    name = normalize_name(path.stem)
    students = [row["id"] for row in classroom.roster()]
    matches = [student for student in students if name == student or name.startswith(f"{student}_")]
    return (max(matches, key=len),) if matches else ()


def _unpack(classroom: Classroom, path: Path, folders: tuple[str, ...] = ()) -> list[CollectedFile]:
    """The files of an archive, unpacked under names that cannot leave their folder."""
    collected = []
    try:
        with zipfile.ZipFile(path) as archive, TemporaryDirectory(prefix="capslab-collect-") as temporary:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
                limits = f"{MAX_FILES:,} files and {MAX_BYTES / 2**30:.0f} GB"
                return [CollectedFile(path.name, problem=f"The archive is too large: at most {limits}.")]
            for number, member in enumerate(members):
                parts = PurePosixPath(member.filename.replace("\\", "/")).parts
                if _is_ignored(PurePosixPath(*parts)):
                    continue
                unpacked = Path(temporary, str(number))
                with archive.open(member) as packed, unpacked.open("wb") as target:
                    shutil.copyfileobj(packed, target)
                collected.append(_place(classroom, unpacked, (*folders, *parts)))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        problem = "The archive cannot be read. Is it a .zip file, and without a password?"
        collected.append(CollectedFile(path.name, problem=problem))
    return collected


def _is_ignored(path: Path | PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _place(classroom: Classroom, path: Path, parts: tuple[str, ...]) -> CollectedFile:
    """Copies a file to where its name says it belongs."""
    label = "/".join(parts)
    names = [normalize_name(part) for part in parts]
    assignment = _assignment(classroom, path, names)
    if not assignment:
        expected = ", ".join(f"{name}.ipynb" for name in classroom.assignments())
        problem = f"Nothing says which assignment it is. Students hand in {expected}."
        return CollectedFile(label, problem=problem)
    file = names[-1]
    folders = [part for part in names[:-1] if part != assignment and part not in ("submitted", "downloaded")]
    student = _student(classroom, folders[0] if folders else _name_before(file, assignment))
    if not student:
        return CollectedFile(label, assignment=assignment, problem="Nothing in its name says whose it is.")
    expected = f"{assignment}.ipynb"
    name = expected if not folders and file.endswith(expected) else file
    target = classroom.submitted(student, assignment) / name
    if any(place.is_symlink() for place in (target, target.parent, target.parent.parent)):
        return CollectedFile(label, student, assignment, problem="Its place in the class is a link.")
    is_new = not (target.is_file() and target.read_bytes() == path.read_bytes())
    if is_new:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return CollectedFile(label, student, assignment, is_new)


def _assignment(classroom: Classroom, path: Path, names: list[str]) -> str:
    """The assignment that a file belongs to, by its name, the class, or the notebook's own metadata."""
    assignments = classroom.assignments()
    for name in assignments:
        if any(name in part for part in names):
            return name
    if len(assignments) == 1:
        return assignments[0]
    try:
        name = json.loads(path.read_bytes())["metadata"]["capslab"]["notebook"]
    except (ValueError, KeyError, TypeError, RecursionError, OSError):
        return ""
    return name if name in assignments else ""


def _student(classroom: Classroom, name: str) -> str:
    """A student's id as students.csv has it, from the name of a folder or file."""
    name = name.replace("/", "_").replace("\\", "_").replace("\0", "").strip(" .")
    students = [row["id"] for row in classroom.roster()] if name else []
    matches = [one for one in students if name == one or name.startswith((f"{one}_", f"{one} "))]
    return max(matches, key=len, default=name)


def _name_before(file: str, assignment: str) -> str:
    """The student's name at the beginning of a file's: STUDENT__NAME.ipynb, STUDENT_NAME.ipynb."""
    if assignment in file:
        return file[: file.index(assignment)].rstrip("_- ")
    return file.partition("__")[0] if "__" in file else file.partition("_")[0] if "_" in file else ""
