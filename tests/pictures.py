"""Picture files, folders and zips of them, made for tests."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

import capslab as cl
from capslab.data.decode_image_file import decode

GREY = np.random.default_rng(0).integers(0, 256, (12, 12), dtype=np.uint8)


def encoded(pixels: np.ndarray, kind: str = "PNG", mode: str | None = None, **how) -> bytes:
    picture = Image.fromarray(pixels)
    buffer = io.BytesIO()
    (picture.convert(mode) if mode else picture).save(buffer, kind, **how)
    return buffer.getvalue()


def filled(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return root


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


class _NameInCodePage(zipfile.ZipInfo):
    """A member whose name is written as old programs do: in a code page, without saying which."""

    codec = "utf-8"

    def _encodeFilenameFlags(self):
        return self.filename.encode(self.codec), self.flag_bits & ~0x800


def zipped(path: Path, files: dict[str, bytes], codec: str = "") -> Path:
    """A zip; with `codec`, its names are in that code page and nothing says so."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name)
            if codec:
                member = _NameInCodePage(name)
                member.codec = codec
            archive.writestr(member, content)
    return path


def squares(*names: str, side: int = 12) -> dict[str, bytes]:
    """A different picture for each name."""
    return {
        name: encoded(np.random.default_rng(i).integers(0, 256, (side, side), dtype=np.uint8))
        for i, name in enumerate(names)
    }


def reasons(images: cl.Images) -> dict[str, str]:
    return {file.name: file.reason for file in images.origin.skipped}


def seen(content: bytes, shape=(12, 12)) -> tuple[np.ndarray, list[str]]:
    notes: list[str] = []
    return decode(io.BytesIO(content), shape, notes.append), notes
