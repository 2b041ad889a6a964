"""Reads the names of a zip's members as they were meant, whatever wrote them."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Sequence

from capslab.data.guess_code_page import guess_code_page

IN_UTF8 = 0x800  # the flag of a name that is in UTF-8
UNICODE_PATH = 0x7075  # Info-ZIP's extra field that repeats the name in UTF-8


def member_names(members: Sequence[zipfile.ZipInfo]) -> tuple[list[str], list[str]]:
    """The name of each member, with `/` between folders, and notes on what was assumed.

    A name counts as UTF-8 if its flag says so, or as its Unicode extra field gives it. All other names
    are taken to be in one code page, which is guessed. Python itself reads them as CP437.

    Returns
    -------
    names : one for each member; a folder's ends in `/`.
    notes : in words, for example "file names read as GBK".
    """
    raw = [_unsaid(member) for member in members]
    notes = []
    codec, said = guess_code_page(name for name in raw if name)
    if any(name and not name.isascii() for name in raw):
        notes.append(f"file names read as {said}")
    names = [
        (_unicode_path(member) or member.orig_filename) if name is None else name.decode(codec, "replace")
        for member, name in zip(members, raw, strict=True)
    ]
    if any("\\" in name for name in names):
        notes.append("backslashes in file names read as folders")
    return [name.replace("\\", "/") for name in names], notes


def _unsaid(member: zipfile.ZipInfo) -> bytes | None:
    """The bytes of a name of which nothing says how they are encoded; None for any other."""
    if member.flag_bits & IN_UTF8 or _unicode_path(member):
        return None
    try:
        return member.orig_filename.encode("cp437")  # what `zipfile` decoded it with
    except UnicodeEncodeError:
        return None


def _unicode_path(member: zipfile.ZipInfo) -> str:
    """The name in Info-ZIP's extra field; "" if there is none, or if the member was renamed since."""
    extra = member.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field = extra[4 : 4 + size]
        if kind == UNICODE_PATH and len(field) > 5 and field[0] == 1:
            try:
                checked = zlib.crc32(member.orig_filename.encode("cp437")) == int.from_bytes(
                    field[1:5], "little"
                )
                return field[5:].decode("utf-8") if checked else ""
            except UnicodeError:
                return ""
        extra = extra[4 + size :]
    return ""
