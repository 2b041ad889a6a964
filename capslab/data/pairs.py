"""Pairs of overlapping digits, made as they are needed.

Sixty thousand digits make billions of pairs, so none is stored: `overlapping_pairs` makes as many
as are asked for, `stream_pairs` makes them for ever. Two digits of a pair always have **different
labels**: a network with one capsule a class could not say "two threes", and a score that counted
such pairs would ask for what cannot be answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, whole_number

INK = 128  # a pixel belongs to a digit when it is at least half inked
ROUNDS = 200  # of drawing again what does not overlap as asked


@dataclass(frozen=True, eq=False, repr=False)
class Pairs:
    """Images of two digits each, and the truth about them.

    Attributes
    ----------
    images : uint8 `(n, h, w, c)`: the two digits added and clipped at 255.
    labels : int64 `(n, 2)`, different in each row.
    digits : uint8 `(n, 2, h, w, c)`: each digit alone, where it stands in the image.
    classes : names of the classes.
    """

    images: np.ndarray
    labels: np.ndarray
    digits: np.ndarray
    classes: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """`(n, height, width, channels)`, as any array's shape starts with its length."""
        return tuple(self.images.shape)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """`(height, width, channels)` of one image."""
        height, width, channels = self.images.shape[1:]
        return height, width, channels

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: Any) -> Pairs:
        """A selection: a position, a slice, a mask or an array of positions."""
        chosen = np.atleast_1d(np.arange(len(self))[index])
        return Pairs(self.images[chosen], self.labels[chosen], self.digits[chosen], self.classes)

    @cached_property
    def masks(self) -> np.ndarray:
        """Which pixels each digit covers (at least half inked), bool `(n, 2, h, w)`."""
        return self.digits.max(axis=-1) >= INK

    @property
    def exclusive(self) -> np.ndarray:
        """The pixels that belong to one digit alone, bool `(n, h, w)`."""
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
    """Two digits of different classes on one canvas, each moved by chance, n times.

    Parameters
    ----------
    images : labelled `Images`, of two classes or more (`images.train` to train on, `.test` to measure).
    n : how many pairs.
    shift : each digit moves up to this many pixels each way; the canvas is larger by twice that.
        None: a seventh of the side, at least 2 (28×28 moves by 4 on 36×36, 8×8 by 2 on 12×12).
    overlap : keep pairs whose bounding boxes overlap from … to … only (`Pairs.overlap`).
    same : two different images of **one** class instead, to see what a network says of them.
    seed : the same seed gives the same pairs.

    Raises
    ------
    ArgumentError : without two classes, or for an overlap that hardly any pair has.

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
    maker = _PairMaker(images, shift, same)
    composite, labels, digits = maker(rng, n)
    for _ in range(ROUNDS):
        if (low, high) == (0.0, 1.0):
            break
        share = box_overlap(digits.max(axis=-1) > 0)
        wrong = np.flatnonzero((share < low) | (share > high))
        if not len(wrong):
            break
        composite[wrong], labels[wrong], digits[wrong] = maker(rng, len(wrong))
    else:
        raise ArgumentError(
            "overlap",
            f"a range that pairs moved by up to {shift} pixels have",
            Verbatim(f"{low} to {high}, which {len(wrong):,} of {n:,} pairs never met in {ROUNDS} draws"),
            "Widen it, or allow a larger shift.",
        )
    return Pairs(composite, labels, digits, images.classes)


def shifted_pairs(
    images: Any, first: int, second: int, shifts: Sequence[int], shape: Sequence[int] | None = None
) -> Pairs:
    """Two images on one canvas, once for every shift: the second moves to the right, the first to the left.

    Parameters
    ----------
    images : labelled `Images`.
    first, second : positions of the two images.
    shifts : pixels from the first image's middle to the second's; negative ones put it on the left.
    shape : (height, width, channels) of the canvas, a network's `shape`; None: as `overlapping_pairs` has it.

    Returns
    -------
    Pairs : one for each shift. What leaves the canvas is cut off; `largest_shift` says from where on.

    Raises
    ------
    ArgumentError : without labels, or for a canvas smaller than the images.

    Examples
    --------
    >>> import capslab as cl
    >>> from capslab import data
    >>> pairs = data.shifted_pairs(cl.load("digits"), 3, 8, range(-4, 5))
    >>> pairs.labels[0].tolist(), [round(float(share), 1) for share in pairs.overlap[[0, 4, 8]]]
    ([3, 8], [0.3, 1.0, 0.3])
    """
    if images.labels is None:
        raise ArgumentError(
            "images", "labelled images", Verbatim("images without labels"), "Load a data set."
        )
    height, width, channels = images.image_shape
    margin = max(2, round(min(height, width) / 7))
    tall, wide, _ = shape or (height + 2 * margin, width + 2 * margin, channels)
    if tall < height or wide < width:
        raise ArgumentError(
            "shape", f"a canvas of {height}×{width} or more", (tall, wide), "Give the network's own shape."
        )
    each = np.asarray(shifts, int).tolist()
    digits = np.zeros((len(each), 2, tall, wide + 2 * width, channels), np.uint8)
    top, middle = (tall - height) // 2, width + (wide - width) // 2
    for at, shift in enumerate(each):
        left = middle - shift // 2, middle + shift - shift // 2
        for which, (position, start) in enumerate(zip((first, second), left, strict=True)):
            start = min(max(start, 0), wide + width)  # beyond the canvas it is gone, wherever it stands
            digits[at, which, top : top + height, start : start + width] = images.images[position]
    digits = np.ascontiguousarray(digits[:, :, :, width : width + wide])
    composite = digits[:, 0] + np.minimum(digits[:, 1], 255 - digits[:, 0])
    labels = np.tile(np.asarray(images.labels[[first, second]], np.int64), (len(each), 1))
    return Pairs(composite, labels, digits, tuple(images.classes))


def largest_shift(images: Any, width: int) -> int:
    """How far apart any two of these images may be moved before ink leaves a canvas of this width."""
    columns = np.flatnonzero(images.images.any(axis=(0, 1, 3)))
    if not len(columns):
        return 0
    side = images.image_shape[1]
    margin = (width - side) // 2
    return int(2 * min(margin + columns[0], width - margin - 1 - columns[-1]))


def stream_pairs(
    images: Any, batch_size: int, *, shift: int | None = None, seed: int = 0
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Batches of new pairs without end, as Keras's `fit` takes them.

    Yields
    ------
    uint8 images `(batch, h, w, c)`, and a dict of "labels" int32 `(batch, 2)` and "digits" uint8
    `(batch, 2, h, w, c)`.
    """
    images.require_classes("a pair")
    maker = _PairMaker(images, _shift(shift, images.image_shape), same=False)
    rng = np.random.default_rng(seed)
    while True:
        composite, labels, digits = maker(rng, batch_size)
        yield composite, {"labels": labels.astype(np.int32), "digits": digits}


class ClassOrder:
    """Images in the order of their classes: a partner of another class is a draw that skips one's own.

    Attributes
    ----------
    order : positions of the images, class by class, `(n,)`.
    starts, counts : where each class begins in `order`, and how many it has, `(classes,)`.
    """

    def __init__(self, labels: np.ndarray, classes: int) -> None:
        self.order = np.argsort(labels, kind="stable")
        self.counts = np.bincount(labels, minlength=classes)
        self.starts = np.cumsum(self.counts) - self.counts


class _PairMaker:
    """Draws pairs by whole arrays: no loop over images, no draw refused."""

    def __init__(self, images: Any, shift: int, same: bool) -> None:
        partners = ClassOrder(images.labels, len(images.classes))
        self.pixels, self.labels = images.images, images.labels
        self.order, self.shift, self.same = partners.order, shift, same
        self.counts, self.starts = partners.counts, partners.starts
        self.place = np.empty(len(self.order), np.int64)  # where each image stands in `order`
        self.place[self.order] = np.arange(len(self.order))
        # One class of a single image has no partner of its own class.
        self.first = np.flatnonzero(self.counts[self.labels] > 1) if same else np.arange(len(self.order))

    def __call__(self, rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        a = self.first[rng.integers(len(self.first), size=n)]
        of = self.labels[a]
        start, count = self.starts[of], self.counts[of]
        if self.same:  # any other image of the class: skip one place in it
            draw = (rng.random(n) * (count - 1)).astype(np.int64)
            b = self.order[start + draw + (start + draw >= self.place[a])]
        else:  # any image of another class: skip the places of the class
            draw = (rng.random(n) * (len(self.order) - count)).astype(np.int64)
            b = self.order[draw + np.where(draw >= start, count, 0)]
        both = np.stack([a, b], axis=1)  # (n, 2)
        digits = randomly_shifted(self.pixels[both.reshape(-1)], self.shift, rng)
        digits = digits.reshape(n, 2, *digits.shape[1:])
        # Added and clipped without leaving uint8: at most what is left up to 255.
        composite = digits[:, 0] + np.minimum(digits[:, 1], 255 - digits[:, 0])
        return composite, self.labels[both], digits


def randomly_shifted(pixels: np.ndarray, shift: int, rng: np.random.Generator) -> np.ndarray:
    """Each image on a canvas larger by `shift` on every side, moved by up to `shift` each way."""
    n, height, width, channels = pixels.shape
    padded = np.zeros((n, height + 4 * shift, width + 4 * shift, channels), np.uint8)
    padded[:, 2 * shift : 2 * shift + height, 2 * shift : 2 * shift + width] = pixels
    size = (height + 2 * shift, width + 2 * shift)
    windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=(1, 2))
    top, left = rng.integers(0, 2 * shift + 1, size=(2, n))
    chosen = windows[np.arange(n), top, left]  # (n, channels, h, w)
    return np.ascontiguousarray(np.moveaxis(chosen, 1, -1))


def box_overlap(ink: np.ndarray) -> np.ndarray:
    """Bounding boxes' common area over the smaller one's, `(n,)`, from bool `(n, 2, h, w)`."""
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
