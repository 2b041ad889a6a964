"""Zips whose names are in old code pages, or carry their Unicode form beside them."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from pictures import squares, zipped

import capslab as cl


@pytest.mark.parametrize(
    ("codec", "classes"),
    [
        ("gbk", ("狗", "猫")),
        ("cp932", ("ソ", "表")),  # their second byte is a backslash
        ("euc-kr", ("강아지", "고양이")),
        ("big5", ("狗", "貓")),
        ("cp437", ("Bär", "Löwe")),
        ("cp850", ("Bär", "Löwe")),
        ("cp1252", ("Bär", "Löwe")),
        ("cp1251", ("кошка", "собака")),
        ("utf-8", ("狗", "猫")),
    ],
)
def test_names_in_any_code_page_are_readable_and_it_is_said(tmp_path, capsys, codec, classes):
    files = squares(*[f"{name}/{i}.png" for name in classes for i in range(3)])
    images = cl.load(zipped(tmp_path / "a.zip", files, codec))
    assert images.classes == classes
    assert "file names read as" in capsys.readouterr().out
    assert [name.rpartition("/")[0] for name in images.origin.names] == [classes[n] for n in images.labels]


def test_a_flag_or_plain_letters_need_no_word(tmp_path, capsys):
    assert cl.load(zipped(tmp_path / "a.zip", squares("猫/1.png", "狗/2.png"))).classes == ("狗", "猫")
    cl.load(zipped(tmp_path / "b.zip", squares("cat/1.png", "dog/2.png"), "cp850"))
    assert "read as" not in capsys.readouterr().out


@pytest.mark.parametrize("renamed", [False, True])
def test_the_unicode_field_counts_unless_the_file_was_renamed(tmp_path, renamed):
    path = tmp_path / "a.zip"
    zipped(path, squares("猫/1.png", "狗/2.png"), "gbk")
    rewritten = tmp_path / "b.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(rewritten, "w") as new:
        for member in old.infolist():
            raw = member.orig_filename.encode("cp437")
            check = 0 if renamed else zlib.crc32(raw)
            field = b"\1" + struct.pack("<L", check) + raw.decode("gbk").replace("猫", "貓").encode()
            member.extra = struct.pack("<HH", 0x7075, len(field)) + field
            content = old.read(member)
            member.filename = member.orig_filename
            new.writestr(_as_it_was(member, raw), content)
    assert set(cl.load(rewritten).classes) == ({"猫", "狗"} if renamed else {"貓", "狗"})


def _as_it_was(member: zipfile.ZipInfo, raw: bytes) -> zipfile.ZipInfo:
    class Same(zipfile.ZipInfo):
        def _encodeFilenameFlags(self):
            return raw, self.flag_bits & ~0x800

    same = Same(member.filename)
    same.extra = member.extra
    return same


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname != "Linux", reason="names of files as bytes")
def test_a_folder_unpacked_with_names_of_another_code_page_is_readable(tmp_path, capsys):
    for name, content in squares("猫/1.png", "狗/1.png").items():
        place = Path(os.fsdecode(os.fsencode(tmp_path / "p") + b"/" + name.encode("gbk")))
        place.parent.mkdir(parents=True)
        place.write_bytes(content)
    assert cl.load(tmp_path / "p").classes == ("狗", "猫")
    assert "folder names read as GBK" in capsys.readouterr().out
