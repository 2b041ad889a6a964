"""Finds picture files in a folder, a zip or a table, and never outside of it. Nothing is written."""

from __future__ import annotations

import csv
import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from capslab.data.decode_image_file import MOST_BYTES, SUFFIXES, how_to_convert
from capslab.data.provenance import SkippedFile, printable
from capslab.errors import ArgumentError, DataUnavailable, Verbatim

MOST_UNPACKED = 4_000_000_000  # bytes of all members of a zip together
MOST_RATIO = 200  # a member above a megabyte that is compressed more strongly is no picture
PATH_COLUMNS = ("path", "file", "filename", "file_name", "image", "name")
LABEL_COLUMNS = ("label", "class", "category", "target")


@dataclass(frozen=True)
class ImageFile:
    """A file that may be a picture.

    Attributes
    ----------
    name : its path relative to the folder or zip, with `/`, as the operating system spells it.
    open : a function that opens the file for reading bytes.
    label : its class according to a table, or None.
    """

    name: str
    open: Callable[[], BinaryIO]
    label: str | None = None


@dataclass
class ImageSearch:
    """The files that may be pictures, sorted by name, and the files that were skipped."""

    files: list[ImageFile] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)

    def skip(self, name: str, reason: str) -> None:
        self.skipped.append(SkippedFile(printable(name), reason))


def in_folder(root: Path) -> ImageSearch:
    """Every picture in a folder and its sub-folders; links that lead out of it are not followed."""
    search = ImageSearch()

    def unreadable(error: OSError) -> None:
        place = os.path.relpath(str(error.filename), root)
        search.skip(place + "/", f"the folder cannot be read ({error.strerror})")

    for place, folders, files in os.walk(root, onerror=unreadable):
        folders.sort()
        for name in sorted(files):
            path = Path(place, name)
            relative = path.relative_to(root).as_posix()
            reason = _name_problem(name) or _file_problem(path, root)
            if reason:
                search.skip(relative, reason)
            else:
                search.files.append(ImageFile(relative, _opener(path)))
    return search


def in_zip(path: Path) -> ImageSearch:
    """Every picture in a zip, read directly from it: nothing is unpacked to the disk.

    Raises
    ------
    DataUnavailable : the file is not a zip, is damaged, or is larger than 4 GB unpacked.
    """
    search = ImageSearch()
    try:
        archive = zipfile.ZipFile(path)
        members = sorted(archive.infolist(), key=lambda member: member.filename)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataUnavailable(
            f"{path.name} is truncated or not a zip ({error}). Pack the folder again."
        ) from None
    total = sum(member.file_size for member in members)
    if total > MOST_UNPACKED:
        raise DataUnavailable(
            f"{path.name} would unpack to {total / 1e9:,.0f} GB, more than the allowed "
            f"{MOST_UNPACKED / 1e9:.0f}. If you trust it, unpack it yourself and load the folder."
        )
    seen: set[str] = set()
    for member in members:
        if member.is_dir():
            continue
        repeated = "a second file of this name" if member.filename in seen else ""
        reason = _member_problem(member) or repeated
        seen.add(member.filename)
        if reason:
            search.skip(member.filename, reason)
        else:
            search.files.append(ImageFile(member.filename, _unpacker(archive, member)))
    return search


def in_table(path: Path) -> ImageSearch:
    """The pictures that a CSV lists, with paths relative to its own folder and inside it.

    The columns are `path` and, if there are classes, `label`; without a header, the first two columns.

    Raises
    ------
    DataUnavailable : the file cannot be read as a table of text.
    ArgumentError : the table does not list paths.
    """
    search, root = ImageSearch(), path.parent
    rows = list(_rows(path))
    for name, label in rows:
        relative = PurePosixPath(name.replace("\\", "/"))
        reason = _outside(relative) or _name_problem(relative.name)
        file = root / relative
        reason = reason or ("no such file" if not os.path.lexists(file) else _file_problem(file, root))
        if reason:
            search.skip(name, reason)
        else:
            search.files.append(ImageFile(str(relative), _opener(file), label))
    return search


def _rows(path: Path) -> Iterator[tuple[str, str | None]]:
    """(path, label) of each row; the label is None if there is no such column."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DataUnavailable(f"{path.name} is not text in UTF-8. Save it as “CSV UTF-8”.") from None
    except OSError as error:
        raise DataUnavailable(f"{path.name} cannot be read ({error.strerror}).") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]
    except csv.Error as error:
        raise DataUnavailable(f"{path.name} cannot be read as a table ({error}).") from None
    if not rows:
        raise DataUnavailable(f"{path.name} is empty. It needs one row per image: path,label.")
    header = [cell.strip().lower() for cell in rows[0]]
    path_column = next((header.index(name) for name in PATH_COLUMNS if name in header), None)
    label_column = next((header.index(name) for name in LABEL_COLUMNS if name in header), None)
    if path_column is None:
        if not rows[0][0].lower().endswith(SUFFIXES):
            step = "A table of pixels: np.loadtxt, then reshape, then np.savez('data.npz', images=…)."
            columns = Verbatim(f"columns {', '.join(header[:4])}{', …' if len(header) > 4 else ''}")
            raise ArgumentError("name", "a CSV with columns path and label", columns, step)
        path_column, label_column = 0, (1 if len(header) > 1 else None)
    else:
        rows = rows[1:]
    for row in rows:
        name = row[path_column].strip() if path_column < len(row) else ""
        if label_column is None:
            yield name, None
        else:
            yield name, row[label_column].strip() if label_column < len(row) else ""


def _outside(name: PurePosixPath) -> str:
    """Why a path leads out of the folder; "" if it stays inside."""
    if name.is_absolute() or ".." in name.parts or (name.parts and ":" in name.parts[0]) or "\0" in str(name):
        return "its name leads out of the folder, so it is not read"
    return ""


def _name_problem(name: str) -> str:
    """Why a file with this name cannot be a picture; "" if it may be one."""
    suffix = PurePosixPath(name).suffix.lower()
    if name.startswith("."):
        return "a hidden file"
    if suffix in (".zip", ".tar", ".gz", ".7z", ".rar"):
        return "an archive: unpack it first"
    if advice := how_to_convert(suffix):
        return advice
    return "" if suffix in SUFFIXES else f"not the name of a picture ({suffix or 'no ending'})"


def _file_problem(path: Path, root: Path) -> str:
    """Why a file cannot be used; "" if it can."""
    try:
        if path.is_symlink() or path.parent != root:
            target, folder = os.path.realpath(path), os.path.realpath(root)
            if not target.startswith(folder + os.sep):
                return "a link that leads out of the folder, so it is not followed"
        status = path.stat()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not stat.S_ISREG(status.st_mode):
        return "not an ordinary file"
    return _size_problem(status.st_size)


def _size_problem(size: int) -> str:
    """Why a file of this many bytes cannot be used; "" if it can."""
    if size > MOST_BYTES:
        return f"{size / 1e6:,.0f} MB, more than {MOST_BYTES / 1e6:.0f}: scale it down"
    return "" if size else "an empty file"


def _member_problem(member: zipfile.ZipInfo) -> str:
    """Why a member of a zip cannot be used; "" if it can."""
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if member.flag_bits & 0x1:
        return "encrypted"
    if member.file_size > 1_000_000 and member.file_size > MOST_RATIO * max(member.compress_size, 1):
        return f"compressed {member.file_size // max(member.compress_size, 1):,} to 1, like a zip bomb"
    hidden = "a hidden file of macOS" if name.parts[:1] == ("__MACOSX",) else ""
    return _outside(name) or hidden or _name_problem(name.name) or _size_problem(member.file_size)


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _unpacker(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def unpack() -> BinaryIO:
        with archive.open(member) as packed:
            return io.BytesIO(packed.read(member.file_size + 1))

    return unpack
