"""`QualityReport`: what a careful look at images finds before any network sees them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from capslab.data import lazy_rows
from capslab.data.provenance import SkippedFile
from capslab.data.splits import DEFAULT_PATTERN, PARTS, stratified_split
from capslab.errors import ArgumentError, Verbatim

#: correlation of two images' pixels from which one is called nearly a copy of the other.
#: A copy saved as JPEG, brightened or with a little noise stays above it; two different
#: handwritten digits or clothes of the course's data sets are above it once in a thousand.
NEAR = 0.99
#: a range of grey levels that shows nothing
BLANK = 8
#: images whose neighbours are looked up; of more, so many drawn by chance
COMPARED = 20_000
NEIGHBOURS = 10
#: a label is doubted where at most one neighbour has it and at least so many agree on another
AGREE = 8


@dataclass(frozen=True, eq=False)
class QualityReport:
    """What was found; positions are those in `images`.

    Attributes
    ----------
    images : what was looked at.
    counts : images of each class by name, all of them; empty without labels.
    levels : lowest, mean and highest grey level.
    blank : positions of images that show nothing, int64 `(b,)`.
    inverted : positions of those that are light where most are dark, or dark where most are light.
    copies : groups of positions with exactly the same pixels, each ascending.
    near_copies : pairs of positions that are nearly the same but not exactly, int64 `(m, 2)`.
    leaks : held-out positions with a copy, exact or near, among the images to train on.
    suspicious : positions whose label few neighbours share.
    suggested : the label that most of their neighbours have.
    contradicting : groups of exact copies that bear different labels, as in `copies`.
    skipped : files that gave no image, and why.
    notes : what was done to pictures when they were read.
    compared : number of images whose neighbours were looked up.
    """

    images: Any = field(repr=False)
    counts: dict[str, int]
    levels: tuple[int, float, int]
    blank: np.ndarray
    inverted: np.ndarray
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
    def imbalance(self) -> float:
        """Images of the largest class for one of the smallest that has any; 1 without labels."""
        some = [count for count in self.counts.values() if count]
        return max(some) / min(some) if some else 1.0

    def cleaned(self, relabel: bool = False) -> Any:
        """The images without blank ones and copies, so that none of what is held out was trained on.

        Of exact copies the first stays, or none where their labels contradict each other. Near
        copies stay, all in the same part. The split is made anew, except where folders or a
        published test set gave it.

        Parameters
        ----------
        relabel : give suspicious images the label of their neighbours. False drops nothing and
            changes nothing: whether a label is wrong is for a person to say.
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
            step = "Look at a few of them: capslab.plots.image_grid(images[:10])."
            raise ArgumentError("images", "more than blank ones and copies", Verbatim("nothing else"), step)
        first = _first_of_group(len(images), self.near_copies)[keep]
        pixels = lazy_rows.select_rows(images.images, keep)
        left = replace(
            images,
            images=pixels,
            labels=None if labels is None else labels[keep],
            parts=None,
            origin=None if images.origin is None else images.origin[keep],
        )
        parts = stratified_split(left.labels, len(left), left.seed, DEFAULT_PATTERN)
        _, where, group = np.unique(first, return_index=True, return_inverse=True)
        return replace(left, parts=parts[where][group])

    def __repr__(self) -> str:
        from capslab.data.quality_page import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from capslab.data.quality_page import as_html

        return as_html(self)


def report(images: Any, seed: int = 0) -> QualityReport:
    """Look at images for what spoils training and scores.

    Parameters
    ----------
    images : with or without labels.
    seed : for the images that are compared where there are more than 20,000.
    """
    pixels = images.images
    n = len(images)
    levels = [_extremes(pixels[part]) for part in lazy_rows.parts(pixels)]
    lowest, highest = (np.concatenate(one) for one in zip(*levels, strict=True))
    total = sum(int(pixels[part].sum(dtype=np.int64)) for part in lazy_rows.parts(pixels))
    blank = np.flatnonzero(highest.astype(int) - lowest <= BLANK)
    chosen = np.arange(n)
    if n > COMPARED:
        chosen = np.sort(np.random.default_rng(seed).choice(n, COMPARED, replace=False))
    chosen = np.setdiff1d(chosen, blank)
    copies = _copies(pixels)
    near = _near(pixels, chosen, copies)
    suspicious, suggested = _suspicious(images, chosen)
    labels = images.labels
    contradicting = () if labels is None else tuple(g for g in copies if np.ptp(labels[list(g)]))
    origin = images.origin
    return QualityReport(
        images=images,
        counts={} if labels is None else _counts(images),
        levels=(int(lowest.min()), total / pixels.size, int(highest.max())),
        blank=blank,
        inverted=np.setdiff1d(_inverted(pixels), blank),
        copies=copies,
        near_copies=near,
        leaks=_leaks(images, copies, near),
        suspicious=suspicious,
        suggested=suggested,
        contradicting=contradicting,
        skipped=() if origin is None else origin.skipped,
        notes=() if origin is None else origin.notes,
        compared=len(chosen),
    )


def _counts(images: Any) -> dict[str, int]:
    found = np.bincount(images.labels, minlength=len(images.classes))
    return {name: int(count) for name, count in zip(images.classes, found, strict=True)}


def _extremes(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest level of each image, `(n,)` each; of channels, the widest range counts."""
    flat = pixels.reshape(len(pixels), -1, pixels.shape[3])
    low, high = flat.min(axis=1), flat.max(axis=1)  # (n, c)
    widest = (high.astype(int) - low).argmax(axis=1)[:, None]
    lowest, highest = (np.take_along_axis(a, widest, axis=1)[:, 0] for a in (low, high))
    return lowest, highest


def _inverted(pixels: np.ndarray) -> np.ndarray:
    """Positions whose border is light where most borders are dark, or the other way round.

    Only where borders come in two clear kinds: all but a tenth of them near black or near white.
    """
    level = np.concatenate([_border(pixels[part]) for part in lazy_rows.parts(pixels)])  # (n,)
    light, dark = level > 191, level < 64
    if (light | dark).mean() < 0.9:
        return np.empty(0, np.int64)
    return np.flatnonzero(light if dark.sum() >= light.sum() else dark)


def _border(pixels: np.ndarray) -> np.ndarray:
    """Median level of each image's border, `(n,)`."""
    grey = pixels.mean(axis=3, dtype=np.float32)  # (n, h, w)
    border = np.concatenate([grey[:, 0], grey[:, -1], grey[:, :, 0], grey[:, :, -1]], axis=1)
    return np.median(border, axis=1)


def _copies(pixels: np.ndarray) -> tuple[tuple[int, ...], ...]:
    """Groups of positions with the same pixels, told by 128 bits of a cryptographic hash of each."""
    told = np.empty((len(pixels), 2), np.uint64)
    for i, image in enumerate(pixels):
        told[i] = np.frombuffer(hashlib.blake2b(image.tobytes(), digest_size=16).digest(), np.uint64)
    _, which, count = np.unique(told, axis=0, return_inverse=True, return_counts=True)
    which = which.ravel()
    groups: dict[int, list[int]] = {}
    for i in np.flatnonzero(count[which] > 1).tolist():
        groups.setdefault(int(which[i]), []).append(i)
    return tuple(map(tuple, groups.values()))


def _near(pixels: np.ndarray, chosen: np.ndarray, copies: tuple[tuple[int, ...], ...]) -> np.ndarray:
    """Pairs `(m, 2)` whose pixels correlate with at least `NEAR`, exact copies aside."""
    from capslab.clustering.neighbours import nearest_neighbours

    again = [i for group in copies for i in group[1:]]
    chosen = np.setdiff1d(chosen, again)
    if len(chosen) < 2:
        return np.empty((0, 2), np.int64)
    flat = pixels[chosen].reshape(len(chosen), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)  # ‖a − b‖² = 2 − 2·correlation
    found = nearest_neighbours(flat, min(5, len(chosen) - 1))
    rows, which = np.nonzero(found.distances**2 <= 2 - 2 * NEAR)
    pairs = np.sort(np.stack([chosen[rows], chosen[found.indices[rows, which]]], axis=1), axis=1)
    return np.unique(pairs, axis=0).reshape(-1, 2)


def _suspicious(images: Any, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions whose ten nearest neighbours disagree with their label, and what these say."""
    from capslab.clustering.neighbours import nearest_neighbours
    from capslab.clustering.pca import principal_components

    nothing = np.empty(0, np.int64)
    labels = images.labels
    if labels is None or len(np.unique(labels)) < 2 or len(chosen) < 5 * NEIGHBOURS:
        return nothing, nothing
    spread = principal_components(images.images[chosen], 50)
    around = labels[chosen[nearest_neighbours(spread, NEIGHBOURS).indices]]  # (n, 10)
    votes = np.stack([(around == c).sum(axis=1) for c in range(len(images.classes))], axis=1)
    own = votes[np.arange(len(chosen)), labels[chosen]]
    doubted = (own <= 1) & (votes.max(axis=1) >= AGREE)
    return chosen[doubted], votes.argmax(axis=1)[doubted]


def _first_of_group(n: int, pairs: Any) -> np.ndarray:
    """For each of n positions a number that all positions tied by pairs share, `(n,)`."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = np.asarray(pairs, np.int64).reshape(-1, 2)
    ties = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return connected_components(ties, directed=False)[1]


def _leaks(images: Any, copies: tuple[tuple[int, ...], ...], near: np.ndarray) -> np.ndarray:
    """Test and validation positions that are copies of images to train on."""
    pairs = [(group[0], i) for group in copies for i in group[1:]] + near.tolist()
    group = _first_of_group(len(images), pairs)
    parts = np.asarray(images.parts)
    taught = np.isin(group, np.unique(group[parts == PARTS["train"]]))
    alone = np.bincount(group)[group] == 1
    return np.flatnonzero((parts != PARTS["train"]) & taught & ~alone)
