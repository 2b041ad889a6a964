"""Scenes: a few digits scattered on a larger canvas, with their bounding boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any

import numpy as np

from capslab.data.digit_pairs import INK
from capslab.data.image_shape import HasImageShape
from capslab.errors import ArgumentError, is_whole, whole_number

TRIES = 100  # places tried for each digit before the scene is started again
POOL = 400  # scenes from which windows are cut before new ones are made
WINDOWS = 32  # windows cut from each scene, on average


@dataclass(frozen=True, eq=False, repr=False)
class Scenes(HasImageShape):
    """Images of several digits each, with the place of every digit.

    Attributes
    ----------
    images : uint8 `(n, h, w, c)`.
    labels : per scene, the classes of its digits, int64 `(m,)`.
    boxes : per scene, the bounding box of each digit's ink, int64 `(m, 4)`: top, left, bottom and right
        in pixels; bottom and right are not included.
    places : per scene, the top left corner of each digit's image, int64 `(m, 2)`: row and column in pixels.
    sources : per scene, the positions of its digits in the images it was made from, int64 `(m,)`.
    classes : names of the classes.
    """

    images: np.ndarray
    labels: list[np.ndarray]
    boxes: list[np.ndarray]
    places: list[np.ndarray]
    sources: list[np.ndarray]
    classes: tuple[str, ...]

    def __getitem__(self, index: slice) -> Scenes:
        """A selection of the scenes by a slice."""
        parts = (self.labels[index], self.boxes[index], self.places[index], self.sources[index])
        return Scenes(self.images[index], *parts, self.classes)

    def __repr__(self) -> str:
        height, width, _ = self.image_shape
        counts = [len(labels) for labels in self.labels]
        return f"{len(self):,} scenes on {height}×{width} of {min(counts)} to {max(counts)} digits"


def scenes(
    images: Any,
    n: int,
    *,
    digits: tuple[int, int] = (3, 5),
    size: int | None = None,
    overlap: float = 0.1,
    seed: int = 0,
) -> Scenes:
    """n scenes, each with several digits scattered on a canvas.

    Parameters
    ----------
    images : labelled `Images` to take the digits from.
    n : number of scenes.
    digits : (fewest, most) digits in a scene; a class may occur more than once.
    size : side of the canvas in pixels; None: three times the side of an image (and 4 more for small ones).
    overlap : at most this share of a digit's bounding box lies inside another's, 0…1.
    seed : the same seed gives the same scenes.

    Raises
    ------
    ArgumentError : if the canvas is too small for so many digits.

    Examples
    --------
    >>> import capslab as cl
    >>> from capslab import data
    >>> data.scenes(cl.load("digits"), 20)
    20 scenes on 28×28 of 3 to 5 digits
    """
    images.require_classes("a scene")
    n = whole_number("n", n, next_step="Try 100.")
    try:
        fewest, most = digits
    except (TypeError, ValueError):  # one number, or three
        fewest, most = 0, 0
    if not (is_whole(fewest) and is_whole(most) and 1 <= fewest <= most):
        raise ArgumentError("digits", "(fewest, most) with 1 ≤ fewest ≤ most", digits, "Try (3, 5).")
    side = max(images.image_shape[:2])
    size = 3 * side + (4 if side < 20 else 0) if size is None else size
    if not is_whole(size) or size < side:
        raise ArgumentError(
            "size", f"a whole number from {side}, the side of one digit", size, "Leave it out."
        )
    rng = np.random.default_rng(seed)
    return _make_scenes(images, ink_boxes(images.images), n, (fewest, most), size, overlap, rng)


def _make_scenes(
    images: Any,
    ink: np.ndarray,
    n: int,
    digits: tuple[int, int],
    size: int,
    overlap: float,
    rng: np.random.Generator,
) -> Scenes:
    height, width, channels = images.image_shape
    canvas = np.zeros((n, size, size, channels), np.uint8)
    labels, boxes, places, sources = [], [], [], []
    for scene in range(n):
        source = rng.integers(len(images), size=rng.integers(digits[0], digits[1] + 1))
        spots = _positions(ink[source], (size - height, size - width), overlap, rng)
        for position, (top, left) in zip(source, spots, strict=True):
            area = canvas[scene, top : top + height, left : left + width]
            area += np.minimum(images.images[position], 255 - area)  # the sum, clipped at 255 within uint8
        labels.append(images.labels[source])
        places.append(spots)
        boxes.append(ink[source] + np.tile(spots, 2))
        sources.append(source)
    return Scenes(canvas, labels, boxes, places, sources, images.classes)


def _positions(
    ink: np.ndarray, room: tuple[int, int], overlap: float, rng: np.random.Generator
) -> np.ndarray:
    """The top left corner of each digit `(m, 2)`, so that no two boxes overlap by more than `overlap`."""
    for _ in range(20):
        spots = np.zeros((0, 2), np.int64)
        taken = np.zeros((0, 4), np.int64)
        for box in ink:
            tried = np.stack([rng.integers(0, side + 1, TRIES) for side in room], axis=1)
            candidates = box + np.tile(tried, 2)  # (tries, 4)
            fits = (overlap_fraction(candidates, taken) <= overlap).all(axis=1)
            if not fits.any():
                break
            spot = fits.argmax()
            spots = np.vstack([spots, tried[spot]])
            taken = np.vstack([taken, candidates[spot]])
        else:
            return spots
    side = int((ink[:, 2:] - ink[:, :2]).max())
    larger = max(room) + 2 * side * ceil(sqrt(len(ink)))
    step = f"Make the canvas larger: size={larger}."
    raise ArgumentError("digits", "as many as fit on the canvas", len(ink), step)


def overlap_fraction(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Common area of two boxes divided by the smaller one's area, `(a, b)`, from `(a, 4)` and `(b, 4)`."""
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    common = np.maximum(high - low, 0).prod(axis=2)
    areas = [np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1) for boxes in (some, others)]
    return common / np.minimum(areas[0][:, None], areas[1][None])


def ink_boxes(pixels: np.ndarray) -> np.ndarray:
    """Top, left, bottom, right of the pixels from 128 on, `(n, 4)`; of the whole image if there are none."""
    covered = pixels.max(axis=-1) >= INK  # (n, h, w)
    covered |= ~covered.any(axis=(1, 2), keepdims=True)
    ends = []
    for axis in (2, 1):
        line = covered.any(axis=axis)
        ends.append((line.argmax(axis=1), line.shape[1] - line[:, ::-1].argmax(axis=1)))
    (top, bottom), (left, right) = ends
    return np.stack([top, left, bottom, right], axis=1)


def stream_windows(
    images: Any, window: int, reach: int, batch_size: int, *, seed: int = 0
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Endless batches of windows cut from new scenes, in the form that Keras's `fit` accepts.

    Half of the windows are centred on a digit: its centre is at most `reach` pixels from the window's
    centre in each direction, and that digit is the label. A quarter are placed near a digit, so that
    they show parts of digits. The last quarter lie anywhere.

    Yields
    ------
    uint8 windows `(batch, window, window, c)`, and a dict: "present" float32 `(batch, classes)`, all 0
    if no digit is centred; "label" int32 `(batch,)`; "digit" uint8 like the windows, with only the
    centred digit.
    """
    images.require_classes("a scene")
    height, width, channels = images.image_shape
    rng = np.random.default_rng(seed)
    ink = ink_boxes(images.images)
    side = max(height, width)
    size = 3 * side + (4 if side < 20 else 0)
    around = np.arange(window)
    while True:
        made = _make_scenes(images, ink, POOL, (3, 5), size, 0.1, rng)
        padded = np.pad(made.images, ((0, 0), (window, window), (window, window), (0, 0)))
        most = max(map(len, made.labels))
        centres = np.full((POOL, most, 2), -10 * size)  # twice the coordinates, so that they are integers
        labels, sources = np.zeros((POOL, most), int), np.zeros((POOL, most), int)
        for i, places in enumerate(made.places):
            centres[i, : len(places)] = 2 * places + (height, width)
            labels[i, : len(places)], sources[i, : len(places)] = made.labels[i], made.sources[i]
        for _ in range(max(1, POOL * WINDOWS // batch_size)):
            scene = rng.integers(POOL, size=batch_size)
            rows = np.arange(batch_size)
            spot = rng.integers(-window // 2, size - window // 2 + 1, size=(batch_size, 2))
            counts = np.array([len(made.labels[i]) for i in scene])
            aimed = (rng.random(batch_size) * counts).astype(int)
            near = rng.integers(-reach, reach + 1, size=(batch_size, 2))
            far = rng.integers(-window // 2, window // 2 + 1, size=(batch_size, 2))
            aim = (centres[scene, aimed] - window) // 2
            kind = (rows % 4)[:, None]
            spot = np.where(kind < 2, aim + near, np.where(kind == 2, aim + far, spot))
            away = np.abs(centres[scene] - (2 * spot + window)[:, None]).max(axis=2)  # (batch, most)
            which = away.argmin(axis=1)
            centred = away.min(axis=1) <= 2 * reach
            here = spot + window
            x = padded[
                scene[:, None, None],
                here[:, 0, None, None] + around[:, None],
                here[:, 1, None, None] + around,
            ]
            label = labels[scene, which]
            present = np.zeros((batch_size, len(images.classes)), np.float32)
            present[rows[centred], label[centred]] = 1
            one = np.zeros((batch_size, 3 * window, 3 * window, channels), np.uint8)
            digit = images.images[sources[scene, which]]
            one[:, window : window + height, window : window + width] = digit
            offset = np.clip((2 * spot + height - centres[scene, which]) // 2 + window, 0, 2 * window)
            alone = one[
                rows[:, None, None],
                offset[:, 0, None, None] + around[:, None],
                offset[:, 1, None, None] + around,
            ]
            alone[~centred] = 0
            yield x, {"present": present, "label": label.astype(np.int32), "digit": alone}
