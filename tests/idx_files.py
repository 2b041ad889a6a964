"""A stand-in for MNIST in four small IDX files, so that no test depends on a connection or the real data."""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np

from capslab.data import datasets, idx

CODES = {np.dtype(kind).str.lstrip("<>|"): code for code, kind in idx.TYPES.items()}


def encoded(array: np.ndarray) -> bytes:
    """An independent writer of the format."""
    code = CODES[array.dtype.str.lstrip("<>|")]
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def small_set() -> dict[str, bytes]:
    rng = np.random.default_rng(0)
    made = {}
    for part, n in (("train", 240), ("t10k", 50)):
        made[f"{part}-images-idx3-ubyte"] = encoded(rng.integers(0, 256, (n, 28, 28), dtype=np.uint8))
        made[f"{part}-labels-idx1-ubyte"] = encoded((np.arange(n) % 10).astype(np.uint8))
    return made


SMALL = small_set()


def stand_in(monkeypatch, home):
    """A small MNIST with its own checksums, an empty cache, no network, no shared folder."""
    digests = tuple(hashlib.sha256(SMALL[file]).hexdigest() for file in datasets.FILES)
    small = {
        name: replace(found, sha256=digests, mirrors=("http://127.0.0.1:9/",))
        for name, found in datasets.PUBLISHED.items()
    }
    monkeypatch.setattr(datasets, "PUBLISHED", small)
    monkeypatch.setattr(datasets, "_failed", {})
    monkeypatch.setenv("CAPSLAB_HOME", str(home))
    monkeypatch.setenv("CAPSLAB_OFFLINE", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("CAPSLAB_DATA", raising=False)


def lay_out(folder: Path, name="mnist", compressed=True) -> Path:
    (folder / name).mkdir(parents=True)
    for file, content in SMALL.items():
        if compressed:
            (folder / name / f"{file}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name / file).write_bytes(content)
    return folder
