"""`Images`: pixels, labels and class names, with a fixed split into train, validation and test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from capslab.data import lazy_rows
from capslab.data.class_names import DistinctNames, distinct_names
from capslab.data.grey_levels import as_uint8, dark_bytes
from capslab.data.image_axes import as_nhwc
from capslab.data.image_shape import HasImageShape
from capslab.data.lazy_rows import LazyRows
from capslab.data.poses import Poses
from capslab.data.provenance import Provenance
from capslab.data.splits import DEFAULT_PATTERN, PARTS, stratified_split
from capslab.errors import ArgumentError, Verbatim, is_whole

if TYPE_CHECKING:
    from capslab.data.quality_report import QualityReport


@dataclass(frozen=True, eq=False, repr=False)
class Images(HasImageShape):
    """Images of one size, with or without labels.

    Attributes
    ----------
    images : uint8 array `(n, h, w, c)`, read-only. Other shapes and types are converted, and one
        printed line says what was assumed: see `capslab.data.image_axes` and `grey_levels`. A large
        array in a file stays on the disk, and so do large selections of it:
        `capslab.data.lazy_rows.LazyRows`.
    labels : int64 array `(n,)` of class numbers from 0, or None.
    classes : names of the classes; `()` without labels.
    name : name of the data set, for example "mnist".
    seed : decides the split.
    parts : uint8 array `(n,)`: 0 train, 1 validation, 2 test. An image stays in its part in
        every selection, so no held-out image can slip into training.
    origin : for your own pictures, which file each image comes from and which files were skipped; else None.
    poses : of rendered toys, how each is turned and lit: `capslab.data.Poses`; else None.

    Examples
    --------
    >>> images = Images(np.zeros((20, 8, 8), np.uint8), np.arange(20) % 2)
    >>> images
    images: 20 images of 8×8, 2 classes (0, 1); 14 train, 2 validation, 4 test
    >>> images[:3].image_shape, len(images[images.labels == 1])
    ((8, 8, 1), 10)
    """

    images: np.ndarray
    labels: np.ndarray | None = None
    classes: tuple[str, ...] = ()
    name: str = "images"
    seed: int = 0
    parts: np.ndarray | None = field(default=None, repr=False)
    origin: Provenance | None = field(default=None, repr=False)
    poses: Poses | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        pixels, shape_note = as_nhwc(self.images)  # (n, h, w, c)
        pixels, level_note = as_uint8(pixels)
        if self.parts is None and self.origin is None:  # made by a person, not a selection
            level_note = level_note or dark_bytes(pixels)
        if notes := [note for note in (shape_note, level_note) if note]:
            print(f"{self.name}: {'; '.join(notes)}.")
        labels = None if self.labels is None else _labels(self.labels, len(pixels))
        classes, labels = _classes(self.classes, labels, self.name if self.origin is None else "")
        _check_poses(self.poses, len(pixels))
        parts = self.parts
        if parts is None:
            parts = stratified_split(labels, len(pixels), self.seed, DEFAULT_PATTERN)
        for name, value in (("images", pixels), ("labels", labels), ("parts", parts)):
            if value is not None and not isinstance(value, LazyRows):
                value = value.view()
                value.flags.writeable = False
            object.__setattr__(self, name, value)
        object.__setattr__(self, "classes", classes)

    def __iter__(self) -> Iterator[Images]:
        return (self[i] for i in range(len(self)))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """The pixels `(n, h, w, c)`, for `np.asarray(images)`. As in NumPy 2, copy=False shares or raises."""
        if copy is False and (
            isinstance(self.images, LazyRows) or (dtype is not None and np.dtype(dtype) != self.images.dtype)
        ):
            raise ValueError("The pixels cannot be had without a copy. Leave out copy=False.")
        return np.array(self.images, dtype=dtype) if copy else np.asarray(self.images, dtype=dtype)

    def __getitem__(self, index: Any) -> Images:
        """A selection: a position, a slice, a mask or an array of positions."""
        try:
            chosen = np.atleast_1d(np.arange(len(self))[index])
        except (IndexError, TypeError, ValueError):
            chosen = None
        if chosen is None or chosen.ndim != 1:
            raise ArgumentError(
                "index",
                f"a position up to {len(self) - 1}, a slice, a mask of {len(self)} or an array of positions",
                index,
                "images[7], images[:100] and images[images.labels == 3] all work.",
            )
        if not len(chosen):
            step = (
                "Look at the labels there are: set(images.labels)."
                if self.labels is not None
                else "Take images[:10]."
            )
            raise ArgumentError("index", "a selection of at least one image", Verbatim("an empty one"), step)
        one_slice = index if isinstance(index, slice) else chosen  # a slice shares memory
        labels = None if self.labels is None else self.labels[one_slice]
        assert self.parts is not None
        origin = None if self.origin is None else self.origin[one_slice]
        return Images(
            lazy_rows.select_rows(self.images, one_slice),
            labels,
            self.classes,
            self.name,
            self.seed,
            self.parts[one_slice],
            origin,
            None if self.poses is None else self.poses[one_slice],
        )

    @property
    def counts(self) -> dict[str, int]:
        """Number of training, validation and test images."""
        return {name: int((np.asarray(self.parts) == part).sum()) for name, part in PARTS.items()}

    def _part(self, name: str) -> Images:
        in_part = np.asarray(self.parts) == PARTS[name]
        if not in_part.any():
            present = ", ".join(f"{count:,} {part}" for part, count in self.counts.items() if count)
            raise ArgumentError(
                "images",
                f"a set with {name} images",
                Verbatim(f"one with {present} only"),
                "An image stays in its part in every selection: take the part first, then select from it.",
            )
        return self if in_part.all() else self[in_part]

    @cached_property
    def train(self) -> Images:
        """The images to train on."""
        return self._part("train")

    @cached_property
    def validation(self) -> Images:
        """The images for choosing settings, such as the learning rate."""
        return self._part("validation")

    @cached_property
    def test(self) -> Images:
        """The images held out for the final evaluation; the official test set, if there is one."""
        return self._part("test")

    def sample(self, n: int | None = None, per_class: int | None = None, seed: int = 0) -> Images:
        """A random sample of the images, without replacement.

        Parameters
        ----------
        n : number of images to draw from the whole set; or
        per_class : number of images to draw from each class; they are returned class by class.
        seed : the same seed draws the same images.

        Raises
        ------
        ArgumentError : for more images than there are, or if both numbers or neither are given.

        Examples
        --------
        >>> import capslab as cl
        >>> cl.load("digits").sample(per_class=2).labels[:6]
        array([0, 0, 1, 1, 2, 2])
        """
        if (n is None) == (per_class is None):
            received = Verbatim("both" if n is not None else "neither")
            raise ArgumentError("n", "one number: sample(100) or sample(per_class=10)", received, "Give one.")
        rng = np.random.default_rng(seed)
        if per_class is None:
            _whole("n", n, len(self), "images")
            return self[rng.permutation(len(self))[:n]]
        if self.labels is None:
            raise ArgumentError(
                "per_class", "used with labelled images", per_class, "Write images.sample(10)."
            )
        of_class = [np.flatnonzero(self.labels == label) for label in np.unique(self.labels)]
        _whole("per_class", per_class, min(map(len, of_class)), "images in the smallest class")
        return self[np.concatenate([rng.permutation(where)[:per_class] for where in of_class])]

    def inverted(self) -> Images:
        """The same images with black and white exchanged: 255 − pixels.

        MNIST and scikit-learn's digits are light on dark. If yours are dark ink on light paper, invert
        them before you give them to a network that was trained on those. Transparency stays as it is.

        Examples
        --------
        >>> paper = Images(np.full((1, 8, 8), 250, np.uint8))
        >>> paper.inverted().images[0, 0, 0], paper.inverted().inverted().images[0, 0, 0]
        (array([5], dtype=uint8), array([250], dtype=uint8))
        """
        pixels = self.images.map(_negative) if isinstance(self.images, LazyRows) else _negative(self.images)
        origin = self.origin
        if origin is not None:
            origin = replace(origin, notes=(*origin.notes, "inverted: black and white exchanged"))
        return replace(self, images=pixels, origin=origin)

    def report(self, seed: int = 0) -> QualityReport:
        """Check the images: copies, blank images, doubtful labels, files that were skipped and why.

        See `capslab.data.quality_report.QualityReport` for everything it contains.
        """
        from capslab.data.quality_report import report

        return report(self, seed)

    def require_classes(self, purpose: str = "a classifier") -> None:
        """Raise an `ArgumentError` unless there are labels of at least two classes."""
        if self.labels is None:
            step = "Save images and labels together: np.savez('data.npz', images=…, labels=…)."
            raise ArgumentError(
                "images", f"labelled: {purpose} learns from labels", Verbatim("no labels"), step
            )
        used = np.unique(self.labels)
        if len(used) < 2:
            raise ArgumentError(
                "images",
                f"of two classes or more: {purpose} has nothing to tell apart with one",
                Verbatim(f"{len(self):,} images of class {self.classes[used[0]]!r} alone"),
                "Add images of another class, or use the VAE, which needs no classes.",
            )

    def __repr__(self) -> str:
        height, width, channels = self.image_shape
        size = f"{height}×{width}" + (f"×{channels}" if channels > 1 else "")
        classes = "no labels"
        if self.classes:
            names = ", ".join(self.classes)
            if len(self.classes) > 4:
                names = f"{self.classes[0]} … {self.classes[-1]}"
            classes = f"{len(self.classes)} class{'es' if len(self.classes) > 1 else ''} ({names})"
        parts = ", ".join(f"{count:,} {part}" for part, count in self.counts.items() if count)
        plural = "image" if len(self) == 1 else "images"
        return f"{self.name}: {len(self):,} {plural} of {size}, {classes}; {parts}"

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        from capslab.data.thumbnails import thumbnail_strip

        return thumbnail_strip(self)


def _negative(pixels: np.ndarray) -> np.ndarray:
    """255 − pixels `(n, h, w, c)`, but for the transparency of 2 or 4 channels."""
    inverted = 255 - pixels
    if pixels.shape[-1] in (2, 4):
        inverted[..., -1] = pixels[..., -1]
    return inverted


def _check_poses(poses: Any, n: int) -> None:
    """Raise an `ArgumentError` unless there are no poses, or one for each image."""
    if poses is None or (isinstance(poses, Poses) and len(poses) == n):
        return
    received = Verbatim(f"{len(poses):,} poses") if isinstance(poses, Poses) else poses
    step = "Leave `poses` out, or take images and poses from the same selection."
    raise ArgumentError("poses", f"a Poses with {n:,} poses, one per image", received, step)


def _labels(labels: Any, n: int) -> np.ndarray:
    """The labels as int64 class numbers `(n,)`; raises an `ArgumentError` for anything else."""
    array = np.asarray(labels)
    expected = f"{n:,} class numbers, one per image"
    if array.ndim == 2 and array.shape[1] > 1:
        raise ArgumentError(
            "labels", expected, array, "One-hot rows become numbers with labels.argmax(axis=1)."
        )
    array = array.reshape(-1) if array.ndim == 2 else array  # labels are often saved as (n, 1)
    if array.ndim != 1 or len(array) != n:
        raise ArgumentError("labels", expected, array, "Take images and labels from the same selection.")
    whole = array.dtype.kind in "iub" or (
        array.dtype.kind == "f" and bool(np.isfinite(array).all()) and bool((array == np.rint(array)).all())
    )
    if not whole:
        raise ArgumentError(
            "labels",
            "whole numbers from 0",
            array,
            "Try np.unique(labels, return_inverse=True)[1], which numbers them.",
        )
    array = array.astype(np.int64)
    if array.min() < 0:
        negative = int((array < 0).sum())
        raise ArgumentError(
            "labels",
            "class numbers from 0",
            Verbatim(f"{negative} negative ones, the lowest {array.min()}"),
            "Drop the images that have no class.",
        )
    return array


def _classes(classes: Any, labels: np.ndarray | None, name: str) -> tuple[tuple[str, ...], np.ndarray | None]:
    """The class names, checked to include every class number in the labels, and the labels.

    Names that look the same become one class (`capslab.data.class_names`), and a printed line says so. An
    empty `name` prints nothing about look-alikes: whoever read the files has said it.
    """
    if labels is None:
        return (), None
    highest = int(labels.max())
    if classes is None or not len(classes):
        if highest >= 10_000:
            step = "Try np.unique(labels, return_inverse=True)[1], which numbers them from 0."
            raise ArgumentError(
                "labels", "class numbers from 0 to 9,999", Verbatim(f"up to {highest:,}"), step
            )
        return tuple(str(number) for number in range(highest + 1)), labels
    given = tuple(each if isinstance(each, bytes) else str(each) for each in _listed(classes))
    if highest >= len(given):
        raise ArgumentError(
            "classes",
            f"a name for each class up to number {highest}",
            Verbatim(f"{len(given)} names"),
            f"Give {highest + 1} names, the first for class 0, or leave `classes` out.",
        )
    named = _distinct(given)
    if named.names == given:
        if name:
            _say_once(name, named.look_alikes)
        return named.names, labels
    named = distinct_names(given, np.bincount(labels, minlength=len(given)).tolist())
    if named.notes:
        print(f"{name or 'images'}: {'; '.join(named.notes)}.")
    return named.names, named.numbers[labels]


def _listed(classes: Any) -> Sequence[Any]:
    """The names in the order of the class numbers, from a list, or from a dict with a name per number."""
    if isinstance(classes, Mapping) and set(classes) == set(range(len(classes))):
        return [classes[number] for number in range(len(classes))]
    if isinstance(classes, (str, bytes, Mapping, Set)):
        expected = "a list of names, one for each class number from 0"
        raise ArgumentError("classes", expected, classes, 'Try classes=["cat", "dog"] for two.')
    return tuple(classes)


@lru_cache(maxsize=64)
def _distinct(names: tuple[str | bytes, ...]) -> DistinctNames:
    """The names as classes; every selection of a set of images asks for the same ones again."""
    return distinct_names(names)


@cache
def _say_once(name: str, notes: tuple[str, ...]) -> None:
    """Print notes on class names that stay as they are, not for each selection again."""
    if notes:
        print(f"{name}: {'; '.join(notes)}.")


def _whole(argument: str, value: Any, most: int, of_what: str) -> None:
    """Raise an `ArgumentError` unless the value is a whole number from 1 to `most`."""
    if not is_whole(value) or not 1 <= value <= most:
        raise ArgumentError(
            argument, f"a whole number from 1 to {most:,}, the number of {of_what}", value, f"Try {most}."
        )
