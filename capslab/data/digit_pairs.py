"""Pairs of overlapping digits, made as they are needed.

Sixty thousand digits make billions of pairs, so none are stored: `overlapping_pairs` makes as many
as you ask for, `stream_pairs` makes them without end. The two digits of a pair always have
**different labels**. A network with one capsule per class has no way to say "two threes", so a
score that counted such pairs would ask for an answer that the network cannot give.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from capslab.data.image_shape import HasImageShape
from capslab.errors import ArgumentError, Verbatim, whole_number

INK = 128  # a pixel belongs to a digit if its level is at least this
MOST_ROUNDS = 200  # of replacing the pairs whose overlap is out of range


@dataclass(frozen=True, eq=False, repr=False)
class Pairs(HasImageShape):
    """Images of two overlapping digits, with the labels and the separate digits.

    Attributes
    ----------
    images : uint8 `(n, h, w, c)`: the sum of the two digits, clipped at 255.
    labels : int64 `(n, 2)`, two different classes in each row (unless made with `same`).
    digits : uint8 `(n, 2, h, w, c)`: each digit alone, at its place in the image.
    classes : names of the classes.
    """

    images: np.ndarray
    labels: np.ndarray
    digits: np.ndarray
    classes: tuple[str, ...]

    def __getitem__(self, index: Any) -> Pairs:
        """A selection: a position, a slice, a mask or an array of positions."""
        chosen = np.atleast_1d(np.arange(len(self))[index])
        return Pairs(self.images[chosen], self.labels[chosen], self.digits[chosen], self.classes)

    @cached_property
    def masks(self) -> np.ndarray:
        """The pixels that each digit covers, those with a level of at least 128, bool `(n, 2, h, w)`."""
        return self.digits.max(axis=-1) >= INK

    @property
    def exclusive(self) -> np.ndarray:
        """The pixels that belong to exactly one of the two digits, bool `(n, h, w)`."""
        return self.masks.sum(axis=1) == 1

    @cached_property
    def overlap(self) -> np.ndarray:
        """Share of the smaller digit's bounding box inside the other's, float `(n,)` in 0…1."""
        return box_overlap(self.digits.max(axis=-1) > 0)

    def __repr__(self) -> str:
        height, width, _ = self.image_shape
        return (
            f"{len(self):,} pairs on {height}×{width}, no two of one class; "
            f"boxes overlap by {self.overlap.mean():.2f} on average"
        )


def overlapping_pairs(
    images: Any,
    n: int,
    *,
    shift: int | None = None,
    overlap: tuple[float, float] = (0.0, 1.0),
    same: bool = False,
    seed: int = 0,
) -> Pairs:
    """n pairs: two digits of different classes on one canvas, each shifted at random.

    Parameters
    ----------
    images : labelled `Images` of at least two classes (`images.train` for training, `.test` for testing).
    n : number of pairs.
    shift : each digit is shifted by up to this many pixels in each direction, so the canvas is larger
        by twice that. None: a seventh of the shorter side, at least 2 (4 for 28×28, on a canvas of
        36×36; 2 for 8×8, on 12×12).
    overlap : (lowest, highest) overlap of the bounding boxes, 0…1 (see `Pairs.overlap`).
    same : pair two different images of the **same** class, to see how a network reacts to them.
    seed : the same seed gives the same pairs.

    Raises
    ------
    ArgumentError : for fewer than two classes, or a range of overlaps that hardly any pair has.

    Examples
    --------
    >>> import capslab as cl
    >>> from capslab import data
    >>> pairs = data.overlapping_pairs(cl.load("digits"), 100)
    >>> pairs.images.shape, bool((pairs.labels[:, 0] != pairs.labels[:, 1]).all())
    ((100, 12, 12, 1), True)
    """
    images.require_classes("a pair")
    n = whole_number("n", n, next_step="Try 1000.")
    low, high = _range(overlap)
    shift = _shift(shift, images.image_shape)
    rng = np.random.default_rng(seed)
    make = _PairMaker(images, shift, same)
    composite, labels, digits = make(rng, n)
    for _ in range(MOST_ROUNDS):
        if (low, high) == (0.0, 1.0):
            break
        share = box_overlap(digits.max(axis=-1) > 0)
        out = np.flatnonzero((share < low) | (share > high))  # pairs out of range
        if not len(out):
            break
        composite[out], labels[out], digits[out] = make(rng, len(out))
    else:
        raise ArgumentError(
            "overlap",
            f"a range that pairs shifted by up to {shift} pixels reach",
            Verbatim(f"{low} to {high}, not reached by {len(out):,} of {n:,} pairs in {MOST_ROUNDS} draws"),
            "Widen it, or allow a larger shift.",
        )
    return Pairs(composite, labels, digits, images.classes)


def shifted_pairs(
    images: Any, first: int, second: int, shifts: Sequence[int], shape: Sequence[int] | None = None
) -> Pairs:
    """Two images on one canvas, once per shift: the second moves to the right, the first to the left.

    Parameters
    ----------
    images : labelled `Images`.
    first, second : positions of the two images.
    shifts : pixels from the centre of the first image to that of the second; negative: to the left.
    shape : (height, width, channels) of the canvas, for example a network's `image_shape`; None: the
        canvas of `overlapping_pairs`.

    Returns
    -------
    Pairs : one pair per shift. Pixels beyond the canvas are cut off; `largest_shift` is the limit.

    Raises
    ------
    ArgumentError : for images without labels, or a canvas that is smaller than the images.

    Examples
    --------
    >>> import capslab as cl
    >>> from capslab import data
    >>> pairs = data.shifted_pairs(cl.load("digits"), 3, 8, range(-4, 5))
    >>> pairs.labels[0].tolist(), [round(float(share), 1) for share in pairs.overlap[[0, 4, 8]]]
    ([3, 8], [0.3, 1.0, 0.3])
    """
    if images.labels is None:
        raise ArgumentError("images", "labelled images", Verbatim("images without labels"), "Take cl.load().")
    height, width, channels = images.image_shape
    margin = max(2, round(min(height, width) / 7))
    tall, wide, _ = shape or (height + 2 * margin, width + 2 * margin, channels)
    if tall < height or wide < width:
        raise ArgumentError(
            "shape",
            f"a canvas of {height}×{width} or more",
            (tall, wide),
            "Take the network's `image_shape`.",
        )
    offsets = np.asarray(shifts, int).tolist()
    digits = np.zeros((len(offsets), 2, tall, wide + 2 * width, channels), np.uint8)
    top, middle = (tall - height) // 2, width + (wide - width) // 2
    for row, shift in enumerate(offsets):
        left = middle - shift // 2, middle + shift - shift // 2
        for which, (position, start) in enumerate(zip((first, second), left, strict=True)):
            start = min(max(start, 0), wide + width)  # beyond the canvas the exact place does not matter
            digits[row, which, top : top + height, start : start + width] = images.images[position]
    digits = np.ascontiguousarray(digits[:, :, :, width : width + wide])
    composite = digits[:, 0] + np.minimum(digits[:, 1], 255 - digits[:, 0])
    labels = np.tile(np.asarray(images.labels[[first, second]], np.int64), (len(offsets), 1))
    return Pairs(composite, labels, digits, tuple(images.classes))


def largest_shift(images: Any, width: int) -> int:
    """The largest shift in pixels at which no pair of these images loses ink at the edge of the canvas.

    Parameters
    ----------
    images : `Images`.
    width : width of the canvas in pixels.
    """
    columns = np.flatnonzero(images.images.any(axis=(0, 1, 3)))  # columns with ink
    if not len(columns):
        return 0
    side = images.image_shape[1]
    margin = (width - side) // 2
    return int(2 * min(margin + columns[0], width - margin - 1 - columns[-1]))


def stream_pairs(
    images: Any, batch_size: int, *, shift: int | None = None, seed: int = 0
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Endless batches of new pairs, in the form that Keras's `fit` accepts.

    Yields
    ------
    uint8 images `(batch, h, w, c)`, and a dict of "labels" int32 `(batch, 2)` and "digits" uint8
    `(batch, 2, h, w, c)`.
    """
    images.require_classes("a pair")
    make = _PairMaker(images, _shift(shift, images.image_shape), same=False)
    rng = np.random.default_rng(seed)
    while True:
        composite, labels, digits = make(rng, batch_size)
        yield composite, {"labels": labels.astype(np.int32), "digits": digits}


def pairs_elsewhere(
    images: Any, n: int, times: int, *, shift: int | None = None, seed: int = 0
) -> tuple[Pairs, np.ndarray]:
    """n pairs of images, each of them `times` times, at other random places.

    Parameters
    ----------
    images, shift, seed : as for `overlapping_pairs`.
    n : number of pairs of images.
    times : how often each is placed.

    Returns
    -------
    Pairs : n · times of them, the places of one pair after each other.
    positions : of the two images of each pair, `(n, 2)`.

    Examples
    --------
    >>> import capslab as cl
    >>> placed, positions = pairs_elsewhere(cl.load("digits"), 3, 4)
    >>> len(placed), positions.shape, bool((placed.labels[0] == placed.labels[3]).all())
    (12, (3, 2), True)
    """
    images.require_classes("a pair")
    n = whole_number("n", n, next_step="Try 100.")
    times = whole_number("times", times, next_step="Try 10.")
    shift = _shift(shift, images.image_shape)
    rng = np.random.default_rng(seed)
    positions = _PairMaker(images, shift, same=False).draw(rng, n)
    both = np.repeat(positions, times, axis=0)  # (n · times, 2)
    digits = _place(images.images, both, shift, rng)
    return Pairs(_added(digits), images.labels[both], digits, images.classes), positions


class ClassOrder:
    """Images sorted by class, so that a partner of another class can be drawn by skipping one range.

    Attributes
    ----------
    order : positions of the images, class by class, `(n,)`.
    starts : the index in `order` at which each class begins, `(classes,)`.
    counts : number of images in each class, `(classes,)`.
    """

    def __init__(self, labels: np.ndarray, classes: int) -> None:
        self.order = np.argsort(labels, kind="stable")
        self.counts = np.bincount(labels, minlength=classes)
        self.starts = np.cumsum(self.counts) - self.counts


class _PairMaker:
    """Draws many pairs at once, without a loop over images and without rejecting draws."""

    def __init__(self, images: Any, shift: int, same: bool) -> None:
        classes = ClassOrder(images.labels, len(images.classes))
        self.pixels, self.labels = images.images, images.labels
        self.order, self.shift, self.same = classes.order, shift, same
        self.counts, self.starts = classes.counts, classes.starts
        self.place = np.empty(len(self.order), np.int64)  # the index of each image in `order`
        self.place[self.order] = np.arange(len(self.order))
        # An image that is alone in its class has no partner of the same class.
        self.first = np.flatnonzero(self.counts[self.labels] > 1) if same else np.arange(len(self.order))

    def draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """Positions of the two images of n pairs, `(n, 2)`."""
        a = self.first[rng.integers(len(self.first), size=n)]
        label = self.labels[a]
        start, count = self.starts[label], self.counts[label]
        if self.same:  # any other image of the class: skip its own place
            draw = (rng.random(n) * (count - 1)).astype(np.int64)
            b = self.order[start + draw + (start + draw >= self.place[a])]
        else:  # any image of another class: skip all places of its class
            draw = (rng.random(n) * (len(self.order) - count)).astype(np.int64)
            b = self.order[draw + np.where(draw >= start, count, 0)]
        return np.stack([a, b], axis=1)

    def __call__(self, rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        both = self.draw(rng, n)
        digits = _place(self.pixels, both, self.shift, rng)
        return _added(digits), self.labels[both], digits


def _place(pixels: np.ndarray, both: np.ndarray, shift: int, rng: np.random.Generator) -> np.ndarray:
    """The images at positions `(n, 2)`, each alone on a canvas at a random place, `(n, 2, h, w, c)`."""
    digits = randomly_shifted(pixels[both.reshape(-1)], shift, rng)
    return digits.reshape(len(both), 2, *digits.shape[1:])


def _added(digits: np.ndarray) -> np.ndarray:
    """Both digits in one image: their sum, clipped at 255 without leaving uint8."""
    return digits[:, 0] + np.minimum(digits[:, 1], 255 - digits[:, 0])


def randomly_shifted(pixels: np.ndarray, shift: int, rng: np.random.Generator) -> np.ndarray:
    """Each image on a canvas that is larger by `shift` on every side, shifted by up to `shift` pixels."""
    n, height, width, channels = pixels.shape
    padded = np.zeros((n, height + 4 * shift, width + 4 * shift, channels), np.uint8)
    padded[:, 2 * shift : 2 * shift + height, 2 * shift : 2 * shift + width] = pixels
    size = (height + 2 * shift, width + 2 * shift)
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=(1, 2))
    top, left = rng.integers(0, 2 * shift + 1, size=(2, n))
    chosen = windows[np.arange(n), top, left]  # (n, channels, h, w)
    return np.ascontiguousarray(np.moveaxis(chosen, 1, -1))


def box_overlap(ink: np.ndarray) -> np.ndarray:
    """Common area of two bounding boxes divided by the smaller box's, `(n,)`, from bool `(n, 2, h, w)`."""
    sides = []
    for axis in (3, 2):  # rows, then columns
        line: np.ndarray = np.any(ink, axis=axis)  # (n, 2, side)
        first = line.argmax(axis=2)
        last = line.shape[2] - line[:, :, ::-1].argmax(axis=2)
        sides.append((first, last))
    (top, bottom), (left, right) = sides
    common = np.maximum(bottom.min(1) - top.max(1), 0) * np.maximum(right.min(1) - left.max(1), 0)
    smaller = ((bottom - top) * (right - left)).min(axis=1)
    return common / np.maximum(smaller, 1)


def _shift(shift: int | None, shape: tuple[int, int, int]) -> int:
    if shift is None:
        return max(2, round(min(shape[:2]) / 7))
    return whole_number("shift", shift, least=0, next_step="Leave it out.")


def _range(overlap: Any) -> tuple[float, float]:
    try:
        low, high = (float(value) for value in overlap)
    except (TypeError, ValueError):
        low, high = 1.0, 0.0
    if not 0 <= low < high <= 1:
        raise ArgumentError("overlap", "(low, high) with 0 ≤ low < high ≤ 1", overlap, "Try (0.8, 1).")
    return low, high
