"""Finds picture files in a folder or a zip, and never outside of it. Nothing is written."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from capslab.data.decode_image_file import MOST_BYTES, SUFFIXES, how_to_convert
from capslab.data.folder_classes import name_parts
from capslab.data.housekeeping_files import housekeeping, left_out
from capslab.data.provenance import SkippedFile, printable
from capslab.data.zip_member_names import member_names
from capslab.errors import DataUnavailable

#: files that hold a whole set, or a list of one: `cl.load` takes them by their own name
SETS = (".npy", ".npz", ".csv", ".tsv", ".csv.gz", ".tsv.gz")
MOST_UNPACKED = 4_000_000_000  # bytes of all members of a zip together
MOST_RATIO = 200  # a member above a megabyte that is compressed more strongly is no picture


@dataclass(frozen=True)
class ImageFile:
    """A file that may be a picture.

    Attributes
    ----------
    name : its path relative to the folder or zip, with `/`, as the operating system spells it.
    open : a function that opens the file for reading bytes.
    label : its class according to a table, or None.
    part : the part of the split according to a table, or "".
    """

    name: str
    open: Callable[[], BinaryIO]
    label: str | None = None
    part: str = ""


@dataclass
class ImageSearch:
    """The files that may be pictures, in a fixed order, and the files that were skipped.

    Attributes
    ----------
    files : the files that may be pictures.
    skipped : the others, and why.
    notes : what was assumed while looking for them, in words, for the one printed line.
    folders_are_classes : whether files without a label of their own have that of their folder.
    advice : what to do if there is no picture, in a sentence.
    """

    files: list[ImageFile] = field(default_factory=list)
    skipped: list[SkippedFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    folders_are_classes: bool = True
    advice: str = "Pictures end in .png, .jpg, .tif, …; each class has its own sub-folder."

    def skip(self, name: str, reason: str, is_housekeeping: bool = False) -> None:
        self.skipped.append(SkippedFile(printable(name), reason, is_housekeeping))


def in_folder(root: Path) -> ImageSearch:
    """Every picture in a folder and its sub-folders; links that lead out of it are not followed.

    Hidden folders and what systems leave behind are not looked into, whatever the folder itself is called.
    """
    search = ImageSearch()

    def unreadable(error: OSError) -> None:
        place = os.path.relpath(str(error.filename), root)
        search.skip(place + "/", f"the folder cannot be read ({error.strerror})")

    for place, folders, files in os.walk(root, onerror=unreadable):
        base = Path(place).relative_to(root)
        for folder in list(folders):
            _, reason, tidy = left_out((folder, ""))
            if not reason and Path(place, folder).is_symlink():
                reason, tidy = "a link to a folder, so it is not followed", False
            if reason:
                search.skip((base / folder).as_posix() + "/", reason.replace("in a", "a"), tidy)
                folders.remove(folder)
        folders.sort()
        for name in files:
            path = Path(place, name)
            relative = path.relative_to(root).as_posix()
            parts = name_parts(relative)
            _, reason, tidy = left_out(parts)
            reason = reason or name_problem((parts or (name,))[-1]) or file_problem(path, root)
            if reason:
                search.skip(relative, reason, tidy)
            else:
                search.files.append(ImageFile(relative, opener(path)))
    search.files.sort(key=lambda file: name_parts(file.name))
    search.skipped.sort(key=lambda file: file.name)
    if not search.files and (name := _first_set(search)):
        search.advice = f"Load it by its own name: cl.load({str(root / name)!r})."
    if any("\\" in file.name for file in search.files):
        search.notes.append("backslashes in file names read as folders")
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
        members = archive.infolist()
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
    names, search.notes = member_names(members)
    names = [name if not member.is_dir() else f"{name}/" for name, member in zip(names, members, strict=True)]
    root = _hidden_root(names)
    seen: set[str] = set()
    for name, member in sorted(zip(names, members, strict=True), key=lambda pair: name_parts(pair[0])):
        if name.endswith("/"):
            continue
        parts = name_parts(name)
        depth, reason, tidy = left_out(parts[root:])
        if depth and root + depth < len(parts):  # one entry for everything in such a folder
            folder = "/".join(parts[: root + depth]) + "/"
            if folder not in seen:
                search.skip(folder, reason.replace("in a", "a"), tidy)
            seen.add(folder)
            continue
        repeated = "a second file of this name" if name in seen else ""
        reason = reason or _member_problem(name, member) or repeated
        seen.add(name)
        if reason:
            search.skip(name, reason, tidy)
        else:
            search.files.append(ImageFile(name, _unpacker(archive, member)))
    if name := _first_set(search):
        if search.files:
            search.notes.append(f"{printable(name)} not read: unpack the zip to load it")
        else:
            search.advice = f"Unpack the zip and load {printable(name)}, which is an array or a table."
    return search


def _first_set(search: ImageSearch) -> str:
    """The first of the skipped files that holds a whole set or lists one; "" if there is none."""
    names = (file.name for file in search.skipped if not file.housekeeping)
    return next((name for name in names if name.lower().endswith(SETS)), "")


def _hidden_root(names: list[str]) -> int:
    """1 if a hidden folder lies around everything in a zip, so that somebody must have meant it; else 0."""
    firsts = {
        name_parts(name)[0] for name in names if name_parts(name) and not housekeeping(name_parts(name)[0])
    }
    inside = all(len(name_parts(name)) > 1 or name.endswith("/") for name in names)
    return int(len(firsts) == 1 and inside and next(iter(firsts)).startswith("."))


def outside(name: str) -> str:
    """Why a path leads out of the folder; "" if it stays inside."""
    parts = name_parts(name)
    drive = parts and (re.fullmatch("[A-Za-z]:", parts[0]) or (os.name == "nt" and ":" in parts[0]))
    if name.startswith(("/", "\\")) or ".." in parts or drive:
        return "its name leads out of the folder, so it is not read"
    return ""


def name_problem(name: str) -> str:
    """Why a file with this name cannot be a picture; "" if it may be one."""
    suffix = PurePosixPath(name).suffix.lower()
    if name.startswith("."):
        return "a hidden file"
    if name.lower().endswith(SETS):
        return "an array or a table, not a picture"
    if suffix in (".zip", ".tar", ".gz", ".7z", ".rar"):
        return "an archive: unpack it first"
    if advice := how_to_convert(suffix):
        return advice
    return "" if suffix in SUFFIXES else f"not the name of a picture ({suffix or 'no ending'})"


def file_problem(path: Path, root: Path) -> str:
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


def _member_problem(name: str, member: zipfile.ZipInfo) -> str:
    """Why a member of a zip cannot be used; "" if it can."""
    if member.flag_bits & 0x1:
        return "encrypted"
    if member.file_size > 1_000_000 and member.file_size > MOST_RATIO * max(member.compress_size, 1):
        return f"compressed {member.file_size // max(member.compress_size, 1):,} to 1, like a zip bomb"
    return outside(name) or name_problem((name_parts(name) or ("",))[-1]) or _size_problem(member.file_size)


def opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _unpacker(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def unpack() -> BinaryIO:
        with archive.open(member) as packed:
            return io.BytesIO(packed.read(member.file_size + 1))

    return unpack
