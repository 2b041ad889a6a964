"""Decides which grey levels an array uses (0…1, 0…16, 12 bits, …) and converts them to uint8.

Nothing in an array says which number is black and which is white, so it has to be worked out from
the type and the values. Every door asks the one function here, `grey_scale`: `Images(…)`, NumPy
files, tables of pixels, pictures of 16 bits. What it assumed is in the note that is printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from capslab.data import lazy_rows
from capslab.data.lazy_rows import LazyRows
from capslab.errors import ArgumentError, Verbatim

#: numbers for white that are common: fractions, scikit-learn's digits, percent, 8 bits
FRACTIONS, DIGITS, PERCENT, BYTES = 1.0, 16.0, 100.0, 255.0
#: and 10, 12, 14 and 16 bits
DEEP = (1023.0, 4095.0, 16383.0, 65535.0)
#: sharp resizing (bicubic, Lanczos) leaves the range of the pixels by at most about this share of it …
OVERSHOOT = 0.14
#: … and takes at most this share of the pixels below black; of standardised pixels it is more
BELOW_BLACK = 0.35
#: of what lies further out, up to half the range, at most this share: splines overshoot more than others
FURTHER, SOME = 0.5, 0.02
#: beyond even that, at most this share of the pixels may lie: outliers …
FEW = 0.001
#: … and for each of them at least this many pixels must lie inside the range
WELL_INSIDE = 100
#: signed bytes are judged by their commonest level (the ground) if at least this share has it
GROUND = 0.2
#: if the brightest pixel is below this, of 255, the images look dark
DARK = 64


@dataclass(frozen=True)
class GreyScale:
    """Which number is black and which is white.

    Attributes
    ----------
    black, white : the numbers that become 0 and 255.
    note : what was assumed, in words; "" if there was nothing to assume.
    wrapped : signed bytes in which 128…255 are written as −128…−1.
    """

    black: float
    white: float
    note: str = ""
    wrapped: bool = False

    def apply(self, array: np.ndarray) -> np.ndarray:
        """The same pixels as uint8; what lies beyond black or white becomes black or white."""
        if self.wrapped:
            return array.astype(np.int8).view(np.uint8)
        if (self.black, self.white) == (0, BYTES) and array.dtype.kind in "iu":
            return np.clip(array, 0, 255).astype(np.uint8)
        is_short = array.dtype.itemsize <= (4 if array.dtype.kind == "f" else 2)  # exact enough as float32
        levels = array.astype(np.float32 if is_short else np.float64)
        levels -= self.black
        levels *= BYTES / (self.white - self.black)
        np.clip(levels, 0, BYTES, out=levels)
        return np.rint(levels, out=levels).astype(np.uint8)


def as_uint8(array: Any, argument: str = "images") -> tuple[Any, str]:
    """The same pixels as uint8, and a note that says what was assumed ("" if nothing was).

    An array of any size is checked and converted one block at a time. An array in a file stays
    there, as `LazyRows` that are converted when they are read. uint8 stays as it is.

    Raises
    ------
    ArgumentError : for NaN, infinity, text, and numbers that no scale fits.

    Examples
    --------
    >>> as_uint8(np.array([[0.0, 0.5, 1.0]]))
    (array([[  0, 128, 255]], dtype=uint8), 'grey levels 0…1 taken as black…white')
    >>> as_uint8(np.array([[0, 8, 16]]))
    (array([[  0, 128, 255]], dtype=uint8), 'grey levels 0…16 taken as black…white')
    """
    if array.dtype == np.uint8:
        return lazy_rows.stay(array), ""
    scale = grey_scale([array], argument)
    return converted(array, scale), scale.note


def from_file_as_uint8(arrays: Sequence[Any], argument: str = "images") -> tuple[list[Any], str]:
    """Like `as_uint8`, for arrays that belong together and come from a file: they get one scale.

    Here even uint8 is looked at. A selection of images may happen to be dark, but a whole file whose
    highest level is 1 or 16 was not made for 0…255.
    """
    scale = grey_scale(arrays, argument)
    return [converted(array, scale) for array in arrays], scale.note


def dark_bytes(pixels: Any) -> str:
    """A note on uint8 pixels that were probably not made for 0…255; "" if they were, or are all black.

    >>> dark_bytes(np.array([[0, 8, 16]], np.uint8))
    'the brightest pixel is 16 of 255; if 16 is white, pass images * (255 / 16)'
    """
    highest = 0
    for part in lazy_rows.parts(pixels):
        highest = max(highest, int(pixels[part].max()))
        if highest > DIGITS:  # seen enough
            return ""
    if not highest:
        return ""
    return f"the brightest pixel is {highest} of 255; if {highest} is white, pass images * (255 / {highest})"


def pictures_as_uint8(pictures: Sequence[np.ndarray]) -> tuple[list[np.ndarray], list[str]]:
    """Decoded pictures of any depth as uint8, and notes on what was assumed.

    Those of 8 bits get one scale together, and the deeper ones another: each on its own, a dark picture
    of 12 bits could not be told from a bright one of 10.
    """
    together: dict[str, list[int]] = {}
    for i, picture in enumerate(pictures):
        together.setdefault(picture.dtype.kind, []).append(i)
    result, notes = list(pictures), []
    for where in together.values():
        scale = grey_scale([pictures[i] for i in where])
        if scale.note and pictures[where[0]].dtype != np.uint8:
            scale = replace(scale, note=f"{len(where):,} of more than 8 bits: {scale.note}")
        notes += [scale.note] if scale.note else []
        for i in where:
            result[i] = converted(pictures[i], scale)
    return result, notes


def converted(array: Any, scale: GreyScale) -> Any:
    """The array as uint8 on a scale that was decided; what is mapped from a file stays there."""
    if array.dtype == np.uint8 and (scale.black, scale.white) == (0, BYTES):
        return lazy_rows.stay(array)
    convert = partial(GreyScale.apply, scale)
    if isinstance(array, LazyRows):
        return array.map(convert)
    if lazy_rows.is_mapped(array) and array.nbytes > lazy_rows.LARGE_FILE:
        return LazyRows(array, convert=convert)
    pixels = np.empty(array.shape, np.uint8)
    for part in lazy_rows.parts(array):
        pixels[part] = convert(array[part])
    return pixels


def grey_scale(arrays: Sequence[Any], argument: str = "images") -> GreyScale:
    """Work out from types and values which number is black and which is white.

    Parameters
    ----------
    arrays : arrays `(n, …)` of numbers that belong together, for example training and test images.
    argument : the name to use in errors.

    Raises
    ------
    ArgumentError : for NaN, infinity, text, and numbers that no scale fits.

    Examples
    --------
    >>> scale = grey_scale([np.linspace(-0.02, 1.02, 100)])
    >>> scale.note
    'grey levels 0…1 taken as black…white, 4 pixels beyond it (−0.02…1.02) were clipped'
    """
    for array in arrays:
        if array.dtype.kind not in "biuf":
            step = "Save pixels as numbers from 0 to 255, or from 0 to 1."
            raise ArgumentError(argument, "numbers from 0 to 1 or from 0 to 255", array, step)
    if all(array.dtype.kind == "b" for array in arrays):
        return GreyScale(0, 1, "true and false became 255 and 0")
    values = _Values(arrays)
    if values.strange:
        raise ArgumentError(
            argument,
            "finite pixels",
            Verbatim(f"{values.strange:,} of {values.rows:,} images with NaN or infinity"),
            "Drop those images, or replace the pixels: np.nan_to_num(array, posinf=0, neginf=0).",
        )
    scale = _below_black(values) if _is_signed(values) else _from_black(values)
    if scale is None:
        raise ArgumentError(
            argument,
            "pixels from 0 to 1 or from 0 to 255",
            Verbatim(f"values from {values.low:g} to {values.high:g}"),
            "Scale them to 0…1: (array - array.min()) / (array.max() - array.min()).",
        )
    return scale


class _Values:
    """What there is to know about the numbers in some arrays, read block by block."""

    def __init__(self, arrays: Sequence[Any]) -> None:
        self.arrays = arrays
        self.rows = sum(len(array) for array in arrays)
        self.size = sum(int(array.size) for array in arrays)
        self.types = {array.dtype.str[1:] for array in arrays}  # without the order of the bytes
        self.integers = all(array.dtype.kind in "biu" for array in arrays)
        self.strange = 0  # images with NaN or infinity
        self.low, self.high, self.whole = np.inf, -np.inf, True
        for block in self.blocks():
            finite = np.isfinite(block) if block.dtype.kind == "f" else np.True_
            if not finite.all():
                self.strange += int((~finite).reshape(len(block), -1).any(axis=1).sum())
                continue
            self.low, self.high = min(self.low, float(block.min())), max(self.high, float(block.max()))
            self.whole = self.whole and (self.integers or bool((block == np.rint(block)).all()))

    def blocks(self) -> Iterator[np.ndarray]:
        for array in self.arrays:
            for part in lazy_rows.parts(array):
                block = array[part]  # float16 is too coarse to compute with
                yield block.astype(np.float32) if block.dtype == np.float16 else block

    def below(self, level: float) -> int:
        """How many pixels lie below a level."""
        return sum(int((block < level).sum()) for block in self.blocks()) if self.low < level else 0

    def above(self, level: float) -> int:
        """How many pixels lie above a level."""
        return sum(int((block > level).sum()) for block in self.blocks()) if self.high > level else 0

    def are_outliers(self, count: int, white: float) -> bool:
        """Whether `count` pixels far outside 0…white are few beside those inside; never for whole numbers."""
        if self.integers:
            return False
        if -FURTHER * white <= self.low and self.high <= (1 + FURTHER) * white:
            return count <= SOME * self.size
        if count > FEW * self.size:
            return False
        return self.above(0.05 * white) - self.above(white) >= WELL_INSIDE * count

    def note(self, black: float, white: float, as_written: str = "") -> str:
        """The note on a scale, and on how many pixels lie beyond it."""
        words = f"grey levels {as_written or _range(black, white)} taken as black…white"
        hair = (white - black) / 1000  # less than rounding does
        if self.low >= black - hair and self.high <= white + hair:
            return words
        beyond = self.below(black) + self.above(white)
        pixels = "1 pixel" if beyond == 1 else f"{beyond:,} pixels"
        verb = "was" if beyond == 1 else "were"
        return f"{words}, {pixels} beyond it ({_range(self.low, self.high)}) {verb} clipped"


def _is_signed(values: _Values) -> bool:
    """Whether negative numbers are levels of their own, and not just what resizing or rounding left."""
    if values.low >= 0:
        return False
    white = _white(values) or 0.0
    if values.low >= -0.001 * white:
        return False
    if values.below(0) > BELOW_BLACK * values.size or white not in (FRACTIONS, DIGITS, PERCENT, BYTES, *DEEP):
        return True
    far_below = values.below(-OVERSHOOT * white)
    return far_below > 0 and not values.are_outliers(far_below, white)


def _white(values: _Values) -> float | None:
    """Which number is white, where 0 is black; None if there is no telling."""
    for white in (FRACTIONS, DIGITS, BYTES):
        beyond = values.above(white * (1 + OVERSHOOT))
        is_near = white != DIGITS or values.high <= (1 + FURTHER) * DIGITS
        if beyond and is_near and values.are_outliers(beyond, white):
            return white
    high, whole = values.high, values.whole
    if high <= FRACTIONS * (1 + OVERSHOOT):
        twice = FRACTIONS / BYTES  # divided by 255, and then once more
        return FRACTIONS if whole or high > twice * 1.01 else twice
    if high <= DIGITS / 2 or (whole and high == 15):  # 1 to 4 bits, or nothing common
        return high
    if high <= DIGITS or (not whole and high <= DIGITS * (1 + OVERSHOOT)):
        return DIGITS
    if "u1" not in values.types and (high == PERCENT or (not whole and 0.95 * PERCENT < high <= PERCENT)):
        return PERCENT
    if values.types == {"i1"}:
        return 127.0
    if high <= BYTES * (1 + OVERSHOOT):
        return BYTES
    for white in DEEP:
        if high <= white * (1 if values.integers else 1.05):
            return white
    return None


def _from_black(values: _Values) -> GreyScale | None:
    """The scale of numbers from 0 up."""
    white = _white(values)
    if white is None:
        return None
    note = ""
    if values.high <= 0:
        return GreyScale(0, BYTES, "every pixel is black")
    if white != BYTES or values.high > BYTES or values.low < 0:
        note = values.note(0, white, "0…1/255 (divided by 255 twice)" if white == FRACTIONS / BYTES else "")
    elif not values.whole:
        note = "grey levels 0…255 rounded to whole numbers"
    brightest = round(min(values.high / white, 1) * BYTES)
    if brightest < DARK:
        dark = f"the brightest pixel is {brightest} of 255, so the images look dark"
        note = f"{note}; {dark}" if note else dark
    return GreyScale(0, white, note)


def _below_black(values: _Values) -> GreyScale | None:
    """The scale of numbers that are negative too: shifted, or standardised."""
    low, high = values.low, values.high
    if values.types == {"i1"} and _is_wrapped(values):
        return GreyScale(0, BYTES, "signed bytes: −128…−1 taken as 128…255", wrapped=True)
    scales = [(-0.5, 0.5), (-1.0, 1.0), (-128.0, 127.0)]
    if values.types == {"i2"}:
        scales.append((-32768.0, 32767.0))
    for black, white in scales:
        margin = OVERSHOOT * (white - black) / 2
        beyond = values.below(black - margin) + values.above(white + margin)
        if low < black / 2 and beyond <= (0 if values.integers else FEW * values.size):
            return GreyScale(black, white, values.note(black, white))
    if max(-low, high) > 2 * DEEP[-1]:
        return None
    mean, std = _mean_and_std(values)
    standardised = " (standardised)" if abs(mean) < 0.2 and abs(std - 1) < 0.2 else ""
    note = f"grey levels {_range(low, high)}{standardised}: the lowest taken as black, the highest as white"
    return GreyScale(low, high if high > low else low + 1, note)


def _is_wrapped(values: _Values) -> bool:
    """Whether signed bytes stand for 0…255 rather than for a shifted −128…127.

    The ground of most images is black or white. If no level is that common, they are photographs, whose
    neighbouring pixels are mostly alike: then the reading in which these differ less is the right one.
    """
    counts = np.zeros(256, np.int64)
    shifted = wrapped = 0
    for block in values.blocks():
        counts += np.bincount(block.view(np.uint8).ravel(), minlength=256)
        rows = block if block.ndim < 4 else np.moveaxis(block, -1, 1)  # (…, w)
        shifted += int(abs(np.diff(rows.astype(np.int16), axis=-1)).sum(dtype=np.int64))
        wrapped += int(abs(np.diff(rows.view(np.uint8).astype(np.int16), axis=-1)).sum(dtype=np.int64))
    if counts.max() >= GROUND * values.size:
        ground = int(counts.argmax())  # read as unsigned: 0 and 255 are black and white if it is wrapped
        return min(ground, 255 - ground) < abs(ground - 127.5)
    return wrapped < 0.9 * shifted


def _mean_and_std(values: _Values) -> tuple[float, float]:
    total = squares = 0.0
    for block in values.blocks():
        total += float(block.sum(dtype=np.float64))
        squares += float(np.square(block, dtype=np.float64).sum())
    mean = total / values.size
    return mean, max(squares / values.size - mean**2, 0.0) ** 0.5


def _range(low: float, high: float) -> str:
    return f"{low:.6g}…{high:.6g}".replace("-", "−")
