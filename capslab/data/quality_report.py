"""`QualityReport`: checks a data set before a network is trained on it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from capslab.data import lazy_rows
from capslab.data.light_ground import MOSTLY, border_level, has_light_ground
from capslab.data.provenance import SkippedFile
from capslab.data.splits import DEFAULT_PATTERN, PARTS, stratified_split
from capslab.errors import ArgumentError, Verbatim

#: two images are near copies if their pixels correlate at least this strongly. A copy saved as
#: JPEG, brightened, or with a little noise stays above it; two different
#: handwritten digits or clothes in the course's data sets are above it once in a thousand.
NEAR_COPY = 0.99
#: an image with a range of grey levels up to this shows nothing
BLANK_RANGE = 8
#: at most this many images are compared with each other; from a larger set, a random sample
MOST_COMPARED = 20_000
NEIGHBOURS = 10
#: a label is suspicious if at most one neighbour shares it and at least this many agree on another
AGREEING = 8


@dataclass(frozen=True, eq=False)
class QualityReport:
    """The problems in a data set; positions count from 0 in `images`.

    Attributes
    ----------
    images : the `Images` that were checked.
    counts : number of images per class name, for every class; empty without labels.
    levels : lowest, mean and highest grey level.
    blank : positions of images that show nothing, int64 `(b,)`.
    inverted : positions of the odd ones out, which have a light border where most are dark, or the reverse,
        int64 `(i,)`; none where all are light.
    light : positions of images with a light background, like ink on paper, int64 `(l,)`.
    copies : groups of positions with exactly the same pixels, each group in ascending order.
    near_copies : pairs of positions that are almost the same but not exactly, int64 `(m, 2)`.
    leaks : positions of validation and test images with an exact or near copy among the training images.
    suspicious : positions of images whose label few of their neighbours share, int64 `(s,)`.
    suggested : the label that most of their neighbours have, int64 `(s,)`.
    contradicting : groups of exact copies that have different labels, as in `copies`.
    skipped : files that could not be used, and why.
    notes : what was changed in the pictures when they were read.
    compared : number of images that were compared with each other.
    """

    images: Any = field(repr=False)
    counts: dict[str, int]
    levels: tuple[int, float, int]
    blank: np.ndarray
    inverted: np.ndarray
    light: np.ndarray
    copies: tuple[tuple[int, ...], ...]
    near_copies: np.ndarray
    leaks: np.ndarray
    suspicious: np.ndarray
    suggested: np.ndarray
    contradicting: tuple[tuple[int, ...], ...]
    skipped: tuple[SkippedFile, ...]
    notes: tuple[str, ...]
    compared: int

    @property
    def is_dark_on_light(self) -> bool:
        """Whether most images are grey, and dark on light, unlike MNIST: `images.inverted()` helps."""
        shown = len(self.images) - len(self.blank)
        return self.images.image_shape[2] == 1 and len(self.light) >= max(1, MOSTLY * shown)

    @property
    def imbalance(self) -> float:
        """Size of the largest class divided by that of the smallest non-empty one; 1 without labels."""
        sizes = [count for count in self.counts.values() if count]
        return max(sizes) / min(sizes) if sizes else 1.0

    def cleaned(self, relabel: bool = False) -> Any:
        """The images without blank ones and copies, split again so that no test image has a copy in training.

        Of each group of exact copies the first stays, or none if their labels contradict each
        other. Near copies stay, but all of them go to the same part of the split.

        Parameters
        ----------
        relabel : give suspicious images the label of their neighbours. By default no label is
            changed, because only a person can say whether a label is wrong.

        Raises
        ------
        ArgumentError : if nothing would be left.
        """
        images = self.images
        labels = None if images.labels is None else images.labels.copy()
        if relabel and labels is not None:
            labels[self.suspicious] = self.suggested
        keep = np.ones(len(images), bool)
        keep[self.blank] = False
        for same in self.copies:
            keep[list(same if same in self.contradicting else same[1:])] = False
        if not keep.any():
            step = "Look at some of them: cl.plots.image_grid(images[:10])."
            raise ArgumentError(
                "images", "more than blank images and contradicting copies", Verbatim("nothing else"), step
            )
        group_of = _connected_groups(len(images), self.near_copies)[keep]
        pixels = lazy_rows.select_rows(images.images, keep)
        cleaned = replace(
            images,
            images=pixels,
            labels=None if labels is None else labels[keep],
            parts=None,
            origin=None if images.origin is None else images.origin[keep],
        )
        parts = stratified_split(cleaned.labels, len(cleaned), cleaned.seed, DEFAULT_PATTERN)
        _, first, group = np.unique(group_of, return_index=True, return_inverse=True)
        return replace(cleaned, parts=parts[first][group])  # every near copy in the part of the first

    def __repr__(self) -> str:
        from capslab.data.quality_report_html import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from capslab.data.quality_report_html import as_html

        return as_html(self)


def report(images: Any, seed: int = 0) -> QualityReport:
    """Check images for problems that distort training and scores.

    Parameters
    ----------
    images : `Images`, with or without labels.
    seed : for the random sample that is compared, if there are more than 20,000 images.
    """
    pixels = images.images
    n = len(images)
    extremes = [_extremes(pixels[part]) for part in lazy_rows.parts(pixels)]
    lowest, highest = (np.concatenate(levels) for levels in zip(*extremes, strict=True))  # (n,) each
    total = sum(int(pixels[part].sum(dtype=np.int64)) for part in lazy_rows.parts(pixels))
    blank = np.flatnonzero(highest.astype(int) - lowest <= BLANK_RANGE)
    compared = np.arange(n)
    if n > MOST_COMPARED:
        compared = np.sort(np.random.default_rng(seed).choice(n, MOST_COMPARED, replace=False))
    compared = np.setdiff1d(compared, blank)
    copies = _copies(pixels)
    near_copies = _near_copies(pixels, compared, copies)
    suspicious, suggested = _suspicious(images, compared)
    labels = images.labels
    contradicting = () if labels is None else tuple(same for same in copies if np.ptp(labels[list(same)]))
    origin = images.origin
    return QualityReport(
        images=images,
        counts={} if labels is None else _counts(images),
        levels=(int(lowest.min()), total / pixels.size, int(highest.max())),
        blank=blank,
        inverted=np.setdiff1d(_inverted(pixels), blank),
        light=np.setdiff1d(np.flatnonzero(has_light_ground(pixels)), blank),
        copies=copies,
        near_copies=near_copies,
        leaks=_leaks(images, copies, near_copies),
        suspicious=suspicious,
        suggested=suggested,
        contradicting=contradicting,
        skipped=() if origin is None else origin.skipped,
        notes=() if origin is None else origin.notes,
        compared=len(compared),
    )


def _counts(images: Any) -> dict[str, int]:
    counts = np.bincount(images.labels, minlength=len(images.classes))
    return {name: int(count) for name, count in zip(images.classes, counts, strict=True)}


def _extremes(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest level of each image, `(n,)` each, in the channel with the widest range."""
    flat = pixels.reshape(len(pixels), -1, pixels.shape[3])
    low, high = flat.min(axis=1), flat.max(axis=1)  # (n, c)
    widest = (high.astype(int) - low).argmax(axis=1)[:, None]
    lowest, highest = (np.take_along_axis(levels, widest, axis=1)[:, 0] for levels in (low, high))
    return lowest, highest


def _inverted(pixels: np.ndarray) -> np.ndarray:
    """Positions of images whose border is light where most borders are dark, or the other way round.

    None unless borders come in two clear kinds: at least nine in ten near black or near white.
    """
    level = np.concatenate([border_level(pixels[part]) for part in lazy_rows.parts(pixels)])  # (n,)
    light, dark = level > 191, level < 64
    if (light | dark).mean() < 0.9:
        return np.empty(0, np.int64)
    return np.flatnonzero(light if dark.sum() >= light.sum() else dark)


def _copies(pixels: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """Groups of positions with the same pixels, compared by a 128-bit cryptographic hash of each image."""
    hashes = np.empty((len(pixels), 2), np.uint64)
    for i, image in enumerate(pixels):
        hashes[i] = np.frombuffer(hashlib.blake2b(image.tobytes(), digest_size=16).digest(), np.uint64)
    _, which, count = np.unique(hashes, axis=0, return_inverse=True, return_counts=True)
    which = which.ravel()
    groups: dict[int, list[int]] = {}
    for i in np.flatnonzero(count[which] > 1).tolist():
        groups.setdefault(int(which[i]), []).append(i)
    return tuple(map(tuple, groups.values()))


def _near_copies(pixels: np.ndarray, compared: np.ndarray, copies: tuple[tuple[int, ...], ...]) -> np.ndarray:
    """Pairs `(m, 2)` whose pixels correlate at least as strongly as `NEAR_COPY`, without exact copies."""
    from capslab.data.neighbours import nearest_neighbours

    repeated = [i for group in copies for i in group[1:]]
    compared = np.setdiff1d(compared, repeated)
    if len(compared) < 2:
        return np.empty((0, 2), np.int64)
    flat = pixels[compared].reshape(len(compared), -1).astype(np.float32)  # (n, h·w·c)
    flat -= flat.mean(axis=1, keepdims=True)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)  # ‖a − b‖² = 2 − 2·correlation
    neighbours = nearest_neighbours(flat, min(5, len(compared) - 1))
    rows, which = np.nonzero(neighbours.distances**2 <= 2 - 2 * NEAR_COPY)
    pairs = np.sort(np.stack([compared[rows], compared[neighbours.indices[rows, which]]], axis=1), axis=1)
    return np.unique(pairs, axis=0).reshape(-1, 2)


def _suspicious(images: Any, compared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of images whose ten nearest neighbours have another label, and that label."""
    from capslab.data.neighbours import nearest_neighbours
    from capslab.data.pca import principal_components

    nothing = np.empty(0, np.int64)
    labels = images.labels
    if labels is None or len(np.unique(labels)) < 2 or len(compared) < 5 * NEIGHBOURS:
        return nothing, nothing
    vectors = principal_components(images.images[compared], 50)  # (n, 50)
    neighbours = labels[compared[nearest_neighbours(vectors, NEIGHBOURS).indices]]  # (n, 10)
    votes = np.stack([(neighbours == c).sum(axis=1) for c in range(len(images.classes))], axis=1)
    own = votes[np.arange(len(compared)), labels[compared]]
    doubtful = (own <= 1) & (votes.max(axis=1) >= AGREEING)
    return compared[doubtful], votes.argmax(axis=1)[doubtful]


def _connected_groups(n: int, pairs: Any) -> np.ndarray:
    """A group number for each position `(n,)`; positions joined by a chain of pairs share a group."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = np.asarray(pairs, np.int64).reshape(-1, 2)
    edges = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(edges, directed=False)[1]


def _leaks(images: Any, copies: tuple[tuple[int, ...], ...], near_copies: np.ndarray) -> np.ndarray:
    """Positions of validation and test images that are copies of training images."""
    pairs = [(group[0], i) for group in copies for i in group[1:]] + near_copies.tolist()
    group = _connected_groups(len(images), pairs)
    parts = np.asarray(images.parts)
    trained_on = np.isin(group, np.unique(group[parts == PARTS["train"]]))
    return np.flatnonzero((parts != PARTS["train"]) & trained_on)
