"""Reads IDX files, the format in which MNIST and its relatives are published.

An IDX file starts with two zero bytes, one byte for the type of the numbers, one byte for the
number of axes, and the length of each axis as a big-endian 32-bit integer. Then come the numbers.
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
    """A file whose content is wrong; downloading it again may help."""


def parse(content: bytes, source: str = "the data") -> np.ndarray:
    """The array that an IDX file holds.

    Parameters
    ----------
    content : the bytes of the file, decompressed.
    source : the name of the file in error messages.

    Raises
    ------
    DamagedFile : for anything but a complete IDX file; the message says what is wrong.

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
    header_bytes = 4 + 4 * axes
    if axes < 1 or len(content) < header_bytes:
        raise DamagedFile(f"{source} is not a complete IDX file: its header should name {axes} axes.")
    shape = struct.unpack(f">{axes}I", content[4:header_bytes])
    dtype = np.dtype(TYPES[content[2]])
    needed = header_bytes + math.prod(shape) * dtype.itemsize
    if len(content) != needed:
        problem = "truncated" if len(content) < needed else "longer than its header says"
        raise DamagedFile(f"{source} is {problem}: it has {len(content):,} bytes instead of {needed:,}.")
    return (
        np.frombuffer(content, dtype, offset=header_bytes)
        .reshape(shape)
        .astype(dtype.newbyteorder("="), copy=False)
    )


def read(path: Path, sha256: str | None = None) -> np.ndarray:
    """The array in an IDX file, plain or `.gz`, checked against its SHA-256.

    Parameters
    ----------
    path : the file.
    sha256 : checksum of the *decompressed* file, because mirrors compress it differently.

    Raises
    ------
    DamagedFile : the file is truncated, corrupt, or has another checksum.
    DataUnavailable : the file cannot be read at all.
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
        checksum = hashlib.sha256(content).hexdigest()
        if checksum != sha256:
            try:
                parse(content, path.name)  # raises a clearer error if the file is truncated
            except DamagedFile as error:
                raise DamagedFile(f"{error} Its checksum is wrong too.") from None
            raise DamagedFile(
                f"{path.name} is not the published file: its SHA-256 starts with {checksum[:12]}, "
                f"where {sha256[:12]} is expected."
            )
    return parse(content, path.name)
