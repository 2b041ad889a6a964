"""The IDX format, in which MNIST and its relatives are published.

Two zero bytes, a byte for the type of number, a byte for the number of axes, the
length of each axis as a big-endian 32-bit number, then the numbers themselves.
Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
"""

from __future__ import annotations

import gzip
import hashlib
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from capslab.errors import DataUnavailable

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


class DamagedFile(DataUnavailable):
    """A file that is not what it should be; a fresh copy may help."""


def parse(content: bytes, source: str = "the data") -> np.ndarray:
    """The array that an IDX file holds.

    Parameters
    ----------
    content : the bytes of the file, decompressed.
    source : what to call it in an error.

    Raises
    ------
    DamagedFile : for anything but a complete IDX file, saying what is wrong.

    Examples
    --------
    >>> parse(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
    array([5, 0, 4], dtype=uint8)
    """
    if len(content) < 4:
        raise DamagedFile(f"{source} is too short to be an IDX file ({len(content)} bytes).")
    if content[:2] != b"\0\0" or content[2] not in TYPES:
        start = content[:4].hex(" ")
        raise DamagedFile(f"{source} is not an IDX file: it starts with {start} instead of 00 00 and a type.")
    axes = content[3]
    begin = 4 + 4 * axes
    if axes < 1 or len(content) < begin:
        raise DamagedFile(f"{source} is not a complete IDX file: its header should name {axes} axes.")
    shape = struct.unpack(f">{axes}I", content[4:begin])
    kind = np.dtype(TYPES[content[2]])
    needed = begin + math.prod(shape) * kind.itemsize
    if len(content) != needed:
        what = "truncated" if len(content) < needed else "longer than it says"
        raise DamagedFile(f"{source} is {what}: {len(content):,} bytes where its header needs {needed:,}.")
    return (
        np.frombuffer(content, kind, offset=begin).reshape(shape).astype(kind.newbyteorder("="), copy=False)
    )


def read(path: Path, sha256: str | None = None) -> np.ndarray:
    """The array in an IDX file, plain or `.gz`, checked against its SHA-256.

    Parameters
    ----------
    path : the file.
    sha256 : checksum of the *decompressed* file, since mirrors compress differently.

    Raises
    ------
    DamagedFile : truncated, corrupt, or with another checksum.
    DataUnavailable : cannot be read at all.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DamagedFile(
            f"{path.name} is truncated or corrupt and cannot be decompressed ({error})."
        ) from None
    except OSError as error:
        raise DataUnavailable(f"{path} cannot be read ({error.strerror or error}).") from None
    if sha256 is not None:
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            try:
                parse(content, path.name)  # says "truncated" where that is what happened
            except DamagedFile as error:
                raise DamagedFile(f"{error} Its checksum is wrong too.") from None
            raise DamagedFile(
                f"{path.name} is not the published file: its SHA-256 starts with {found[:12]}, "
                f"where {sha256[:12]} is expected."
            )
    return parse(content, path.name)
