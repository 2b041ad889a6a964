"""Picture files in a folder, a zip or a table, and nothing outside of it. Nothing is written."""

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

from capslab.data.decode import MOST_BYTES, SUFFIXES
from capslab.data.provenance import SkippedFile, printable
from capslab.errors import ArgumentError, DataUnavailable, Verbatim

MOST_UNPACKED = 4_000_000_000  # bytes of all members of a zip together
MOST_RATIO = 200  # a member of more than a megabyte that is packed tighter is no picture
PATH_COLUMNS = ("path", "file", "filename", "file_name", "image", "name")
LABEL_COLUMNS = ("label", "class", "category", "target")


@dataclass(frozen=True)
class ImageFile:
    """A file that may be a picture.

    Attributes
    ----------
    name : relative to where it was found, with `/`, as the system spells it.
    open : gives its bytes as a file.
    label : the class that a table gives it, or None.
    """

    name: str
    open: Callable[[], BinaryIO]
    label: str | None = None


@dataclass
class ImageSearch:
    """What was found, in order of name, and what was passed over."""

    files: list[ImageFile] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)

    def skip(self, name: str, why: str) -> None:
        self.skipped.append(SkippedFile(printable(name), why))


def in_folder(root: Path) -> ImageSearch:
    """Every picture below a folder; links that lead out of it are not followed."""
    search = ImageSearch()

    def unreadable(error: OSError) -> None:
        place = os.path.relpath(str(error.filename), root)
        search.skip(place + "/", f"the folder cannot be read ({error.strerror})")

    for place, folders, files in os.walk(root, onerror=unreadable):
        folders.sort()
        for name in sorted(files):
            path = Path(place, name)
            relative = path.relative_to(root).as_posix()
            why = _no_picture(name) or _no_file(path, root)
            if why:
                search.skip(relative, why)
            else:
                search.files.append(ImageFile(relative, _opener(path)))
    return search


def in_zip(path: Path) -> ImageSearch:
    """Every picture in a zip, read from where it lies: nothing is unpacked to the disk.

    Raises
    ------
    DataUnavailable : not a zip, damaged, or larger than 4 GB unpacked.
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
            f"{path.name} would unpack to {total / 1e9:,.0f} GB, more than {MOST_UNPACKED / 1e9:.0f}: it is "
            "refused. Unpack it yourself if you trust it, and give the folder."
        )
    seen: set[str] = set()
    for member in members:
        if member.is_dir():
            continue
        why = _no_member(member) or ("a second file of this name" if member.filename in seen else "")
        seen.add(member.filename)
        if why:
            search.skip(member.filename, why)
        else:
            search.files.append(ImageFile(member.filename, _unpacker(archive, member)))
    return search


def in_table(path: Path) -> ImageSearch:
    """The pictures that a CSV names, relative to its own folder and within it.

    Columns `path` and, where there are classes, `label`; without a header the first two columns.

    Raises
    ------
    DataUnavailable : a file that cannot be read as a table of text.
    ArgumentError : a table of something else.
    """
    search, root = ImageSearch(), path.parent
    rows = list(_rows(path))
    for name, label in rows:
        inside = PurePosixPath(name.replace("\\", "/"))
        why = _outside(inside) or _no_picture(inside.name)
        place = root / inside
        why = why or ("no such file" if not os.path.lexists(place) else _no_file(place, root))
        if why:
            search.skip(name, why)
        else:
            search.files.append(ImageFile(str(inside), _opener(place), label))
    return search


def _rows(path: Path) -> Iterator[tuple[str, str | None]]:
    """(path, label) of each row; label None where there is no such column."""
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
        raise DataUnavailable(f"{path.name} is empty. It needs a row an image: path,label.")
    header = [cell.strip().lower() for cell in rows[0]]
    where = next((header.index(name) for name in PATH_COLUMNS if name in header), None)
    label = next((header.index(name) for name in LABEL_COLUMNS if name in header), None)
    if where is None:
        if not rows[0][0].lower().endswith(SUFFIXES):
            step = "A table of pixels: np.loadtxt, then reshape, then np.savez('data.npz', images=…)."
            got = Verbatim(f"columns {', '.join(header[:4])}{', …' if len(header) > 4 else ''}")
            raise ArgumentError("name", "a CSV with columns path and label", got, step)
        where, label = 0, (1 if len(header) > 1 else None)
    else:
        rows = rows[1:]
    for row in rows:
        cell = row[label].strip() if label is not None and label < len(row) else ""
        yield (row[where].strip() if where < len(row) else ""), (None if label is None else cell)


def _outside(name: PurePosixPath) -> str:
    if name.is_absolute() or ".." in name.parts or (name.parts and ":" in name.parts[0]) or "\0" in str(name):
        return "its name leads out of the folder, so it is not read"
    return ""


def _no_picture(name: str) -> str:
    """Why a name is not one of a picture; "" if it is."""
    suffix = PurePosixPath(name).suffix.lower()
    if name.startswith("."):
        return "a hidden file"
    if suffix in (".zip", ".tar", ".gz", ".7z", ".rar"):
        return "an archive inside: unpack it first"
    return "" if suffix in SUFFIXES else f"not a picture's name ({suffix or 'no ending'})"


def _no_file(path: Path, root: Path) -> str:
    """Why a path is not a file to read; "" if it is."""
    try:
        if path.is_symlink() or path.parent != root:
            real, home = os.path.realpath(path), os.path.realpath(root)
            if not real.startswith(home + os.sep):
                return "a link that leads out of the folder, so it is not followed"
        kind = path.stat()
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not stat.S_ISREG(kind.st_mode):
        return "not an ordinary file"
    return _no_size(kind.st_size)


def _no_size(size: int) -> str:
    if size > MOST_BYTES:
        return f"{size / 1e6:,.0f} MB, more than {MOST_BYTES / 1e6:.0f}: scale it down"
    return "" if size else "an empty file"


def _no_member(member: zipfile.ZipInfo) -> str:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if member.flag_bits & 0x1:
        return "encrypted"
    if member.file_size > 1_000_000 and member.file_size > MOST_RATIO * max(member.compress_size, 1):
        return f"packed {member.file_size // max(member.compress_size, 1):,} to 1 like a zip bomb, not opened"
    hidden = "a Mac's shadow file" if name.parts[:1] == ("__MACOSX",) else ""
    return _outside(name) or hidden or _no_picture(name.name) or _no_size(member.file_size)


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _unpacker(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def unpack() -> BinaryIO:
        with archive.open(member) as packed:
            return io.BytesIO(packed.read(member.file_size + 1))

    return unpack
