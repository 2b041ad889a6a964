"""Arrays larger than memory: rows are read, and converted, only when they are needed.

A large `.npy` stays on the disk, and a selection of it is a list of positions instead of a copy.
Pixels as float32 take four times the bytes of uint8, so they too are made one block at a time.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from capslab.errors import DataUnavailable, is_whole

#: bytes; a larger file is read only where it is needed, and a larger selection of it stays on the disk
LARGE_FILE = 64_000_000
#: bytes of float32; larger sets of vectors are computed, or read from a temporary file, in blocks
LARGE = 256_000_000
#: bytes of a block as float32
BLOCK_BYTES = 16_000_000
#: rows in a block: 2,000 images of 28×28 as float32 take 6 MB and fit into the processor's cache
ROWS = 2000
#: bytes that the operating system reads around a single row
READ_AROUND_BYTES = 65_536


class LazyRows(NDArrayOperatorsMixin):
    """Rows of an array, read only when indexed: `rows[10:20]`, `rows[[3, 1]]`, `rows[mask]`, `rows[7]`.

    The result is an ordinary array. Everything else that an array can do (`rows.mean()`,
    `rows / 255`) works too, but reads all rows first.

    Parameters
    ----------
    source : `(n, …)`, mapped from a file or in memory, or `LazyRows`.
    positions : int64 `(m,)`, the rows of `source` to use; None for all.
    convert : a function from rows `(b, …)` to rows `(b, …)`, applied to what is read.

    Examples
    --------
    >>> halves = LazyRows(np.arange(6, dtype=np.uint8).reshape(3, 2), np.array([2, 0]), lambda rows: rows / 2)
    >>> halves.shape, halves[0], halves.sum()
    ((2, 2), array([2. , 2.5]), np.float64(5.0))
    """

    def __init__(
        self,
        source: Any,
        positions: np.ndarray | None = None,
        convert: Callable[[np.ndarray], np.ndarray] | None = None,
    ) -> None:
        self.source, self.positions, self.convert = source, positions, convert
        self._read_bytes = 0
        self._length = len(source) if positions is None else len(positions)
        first = self[:1]
        self.shape: tuple[int, ...] = (self._length, *first.shape[1:])
        self.dtype = first.dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    @property
    def nbytes(self) -> int:
        """Bytes that all rows would take in memory."""
        return self.size * self.dtype.itemsize

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> np.ndarray:
        if isinstance(index, tuple) and index and not (index[0] is None or index[0] is Ellipsis):
            rows = self[index[0]]
            return rows[index[1:] if is_whole(index[0]) else (slice(None), *index[1:])]
        if is_whole(index):
            i = range(len(self))[index]
            return self[i : i + 1][0]
        if isinstance(index, slice):
            return self._read(index if self.positions is None else self.positions[index])
        if isinstance(index, (list, np.ndarray)):
            where = np.arange(len(self))[np.asarray(index)]  # resolves masks and negative positions
            where = where if self.positions is None else self.positions[where]
            rows = self._read(where.ravel())
            return rows.reshape(*where.shape, *rows.shape[1:])
        return np.asarray(self)[index]

    def __iter__(self) -> Iterator[np.ndarray]:
        for part in parts(self):
            yield from self[part]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("Rows that lie in a file cannot be had without a copy. Leave out copy=False.")
        whole = np.empty(self.shape, self.dtype if dtype is None else dtype)
        for part in parts(self):
            whole[part] = self[part]
        return whole

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        arrays = [np.asarray(value) if isinstance(value, LazyRows) else value for value in inputs]
        return getattr(ufunc, method)(*arrays, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or not hasattr(np.ndarray, name) or "_length" not in self.__dict__:
            raise AttributeError(name)
        return getattr(np.asarray(self), name)

    def __repr__(self) -> str:
        return f"LazyRows of shape {self.shape} and type {self.dtype}, {self.nbytes / 1e6:,.0f} MB in memory"

    def take(self, where: np.ndarray) -> LazyRows:
        """The rows at positions `(m,)`, without reading them."""
        return LazyRows(self.source, where if self.positions is None else self.positions[where], self.convert)

    def map(self, convert: Callable[[np.ndarray], np.ndarray]) -> LazyRows:
        """The same rows with one more conversion, without reading them."""
        return LazyRows(self, None, convert)

    def _read(self, where: slice | np.ndarray) -> np.ndarray:
        if not is_mapped(self.source):
            rows = self.source[where]
        elif isinstance(where, slice):
            rows = np.array(self.source[where])
            self._release(rows.nbytes)
        else:
            rows = np.empty((len(where), *self.source.shape[1:]), self.source.dtype)
            for part in parts(where, size=4 * max(1, BLOCK_BYTES // READ_AROUND_BYTES)):
                rows[part] = self.source[where[part]]
                self._release(max(rows[part].nbytes, len(rows[part]) * READ_AROUND_BYTES))
        return rows if self.convert is None else self.convert(rows)

    def _release(self, n_bytes: int) -> None:
        """Tell the operating system, now and then, that the pages just read need not stay in memory."""
        self._read_bytes += n_bytes
        if self._read_bytes > BLOCK_BYTES and hasattr(mmap, "MADV_DONTNEED"):
            self._read_bytes = 0
            base = self.source
            while isinstance(base, np.ndarray):
                if getattr(base, "mode", "r") == "c":
                    return  # a private copy: its changes exist nowhere else
                base = base.base
            if isinstance(base, mmap.mmap):
                base.madvise(mmap.MADV_DONTNEED)


def is_mapped(array: Any) -> bool:
    """Whether an array is mapped from a file instead of held in memory."""
    while isinstance(array, np.ndarray):
        if isinstance(array, np.memmap):
            return True
        array = array.base
    return False


def stay(array: Any) -> Any:
    """The array itself, or `LazyRows` if it is a large one that is mapped from a file."""
    return LazyRows(array) if array.nbytes > LARGE_FILE and is_mapped(array) else array


def float32(array: Any) -> LazyRows:
    """Any array of numbers as `LazyRows` of float32."""
    rows = array if isinstance(array, LazyRows) else LazyRows(array)
    return rows if rows.dtype == np.float32 else rows.map(_as_float32)


def _as_float32(rows: np.ndarray) -> np.ndarray:
    return rows.astype(np.float32)


def select_rows(array: Any, where: Any) -> Any:
    """`array[where]` for a slice, a mask or positions; a large selection of `LazyRows` stays on the disk."""
    if not isinstance(array, LazyRows):
        return array[where]
    positions = np.arange(len(array))[where]
    if len(positions) * (array.nbytes // len(array)) > LARGE_FILE:
        return array.take(positions)
    return array[positions]


def parts(array: Any, size: int = BLOCK_BYTES, most: int = 1_000_000) -> Iterator[slice]:
    """Slices that cover an array in order, each with at most `size` bytes of float32 and `most` rows.

    A row that is larger than `size` gets a slice of its own.

    >>> [(part.start, part.stop) for part in parts(np.zeros((5, 2)), size=16)]
    [(0, 2), (2, 4), (4, 5)]
    """
    n = len(array)
    rows = max(1, min(most, size // (4 * max(array.size // max(n, 1), 1))))
    return (slice(start, min(start + rows, n)) for start in range(0, n, rows))


def blocks(n: int, rows: int = ROWS) -> Iterator[slice]:
    """Slices that cover 0…n−1 in order, each with at most `rows` rows.

    >>> [(part.start, part.stop) for part in blocks(5, rows=2)]
    [(0, 2), (2, 4), (4, 5)]
    """
    return (slice(start, min(start + rows, n)) for start in range(0, n, rows))


def gather(blocks_of_rows: Iterable[np.ndarray], n: int) -> np.ndarray:
    """Blocks of rows joined into one array of n rows; above `LARGE` bytes it lies in a temporary file.

    Raises
    ------
    DataUnavailable : if the disk is full.

    Examples
    --------
    >>> gather((np.full((2, 1), i) for i in range(2)), 4).ravel()
    array([0, 0, 1, 1])
    """
    remaining = iter(blocks_of_rows)
    first = np.ascontiguousarray(next(remaining))
    shape = (n, *first.shape[1:])
    if int(np.prod(shape)) * first.dtype.itemsize <= LARGE:
        whole = np.empty(shape, first.dtype)
        start = 0
        for part in chain([first], remaining):
            whole[start : start + len(part)] = part
            start += len(part)
        return whole
    try:
        with tempfile.TemporaryFile(prefix="capslab-") as file:
            for part in chain([first], remaining):
                file.write(np.ascontiguousarray(part).data)
            file.flush()
            return np.memmap(file, first.dtype, "r", shape=shape)
    except OSError as error:
        raise DataUnavailable(
            f"{n:,} rows of {first.nbytes // len(first):,} bytes cannot be stored in {tempfile.gettempdir()} "
            f"({error.strerror or error}). Free some space there, or set the environment variable TMPDIR "
            "to another folder."
        ) from None
