"""Lesson 17: the network that reads two digits at once, and what decides whether it misses one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy.ndimage import distance_transform_edt

from capslab.data.digit_pairs import INK as INK_LEVEL
from capslab.data.digit_pairs import Pairs, overlapping_pairs, pairs_elsewhere
from capslab.models import detection
from capslab.models.overlap_network import OverlapNet, Separated
from capslab.models.pretrained import manifest, pretrained
from capslab.models.scene_network import SceneNet
from capslab.training.fit import fit

FIFTHS = 5
SMALL = 20  # images with a shorter side are those of the digits
OVERLAP, COVERED, STROKE, INK = (
    "how far the boxes of the two overlap",
    "how much of its ink the other covers",
    "how thin its stroke is, compared with the other's",
    "how little ink it has, compared with the other",
)


def trained(images: Any, steps: int | None = None, seed: int = 0) -> OverlapNet:
    """A network for pairs of these images: the bundled one for MNIST, otherwise one that is trained here.

    Parameters
    ----------
    images : labelled `Images`.
    steps : how many batches of pairs to train on, the same on every machine; None takes the bundled
        network if there is one, and otherwise trains for less than a minute.

    Prints in one line where it comes from.
    """
    small = min(images.image_shape[:2]) < SMALL
    if steps is None and images.name == "mnist":
        facts = manifest()["capsnet-overlap"]
        print(f"bundled: {facts['examples']:,} pairs in {facts['cpu seconds'] / 60:.0f} CPU-minutes")
        return pretrained("capsnet-overlap")
    margin = max(2, round(min(images.image_shape[:2]) / 7))
    height, width, channels = images.image_shape
    net = OverlapNet(
        (height + 2 * margin, width + 2 * margin, channels),
        images.classes,
        preset="overlap-digits" if small else "overlap-quick",
        seed=seed,
    )
    seconds = (16 if small else 40) if steps is None else None
    net.recipe = replace(net.recipe, steps=steps or net.recipe.steps)
    history = fit(net, images, seconds=seconds, seed=seed, show=False)
    print(f"trained here on {images.name}: {history.examples:,} pairs")
    return net


def scanner(images: Any) -> SceneNet:
    """A `SceneNet` for these images: the bundled one for MNIST, otherwise one that is trained here."""
    if images.name == "mnist":
        return pretrained("capsnet-scenes")
    small = min(images.image_shape[:2]) < SMALL
    net = SceneNet((12, 12, 1) if small else images.image_shape, images.classes)
    fit(net, images, seconds=8 if small else 25, show=False)
    return net


def with_iterations(net: OverlapNet, pairs: Pairs, iterations: int) -> np.ndarray:
    """What a network with the same weights and another number of routing iterations detects, `(n, 2)`."""
    other = OverlapNet(net.image_shape, net.classes, net.preset, iterations=iterations)
    other.set_weights(net.get_weights())
    return other.detect(pairs)


@dataclass(frozen=True, eq=False)
class Twins:
    """Pairs of two images of one class, and how long the capsules are.

    Attributes
    ----------
    named : share of these pairs whose class is among the two longest.
    longest, second : mean length of the longest capsule and the next.
    second_of_pairs : mean length of the second longest capsule for pairs of two classes.
    """

    named: float
    longest: float
    second: float
    second_of_pairs: float

    @property
    def words(self) -> str:
        """What was seen, in two sentences."""
        return (
            "There is one capsule for 3, with one length and one pose, wherever the 3s are. Shown 300 pairs "
            f"of one class, the network names that class for {self.named:.0%}; its longest capsule has "
            f"length {self.longest:.2f} and the second one {self.second:.2f} (with two classes: "
            f"{self.second_of_pairs:.2f}), so it says that there is one digit."
        )


def twins(net: OverlapNet, images: Any, n: int = 300, seed: int = 2) -> Twins:
    """Show a network n pairs of one class each, and n pairs of two classes."""
    margin = (net.image_shape[0] - images.image_shape[0]) // 2
    same, different = (
        overlapping_pairs(images, n, shift=margin, same=same, seed=seed) for same in (True, False)
    )
    named = (net.detect(same) == same.labels[:, :1]).any(axis=1).mean()
    one, two = (np.sort(net.lengths(pairs), axis=1)[:, ::-1].mean(axis=0) for pairs in (same, different))
    return Twins(float(named), float(one[0]), float(one[1]), float(two[1]))


@dataclass(frozen=True, eq=False)
class Division:
    """The pixels of pairs, divided among their two digits.

    Attributes
    ----------
    owner : the digit, 0 or 1, to which each pixel is given, `(n, h, w)`.
    masks : the pixels that each digit covers, bool `(n, 2, h, w)`.
    """

    owner: np.ndarray
    masks: np.ndarray


def divided(images: Any, pairs: Pairs, apart: Separated) -> dict[str, Division]:
    """The pixels of the pairs, divided in three ways.

    Parameters
    ----------
    images : the data set of which the pairs are made; its training images are averaged.
    apart : what the network makes of these pairs.

    Returns
    -------
    "masks": by the network's output for them. "reconstructions": by which reconstruction is brighter.
    "average images of the classes": by which of the two average images is brighter there, for the classes
    that the network named, each average moved to where the two together fit the image best. Only pixels with
    ink are given to a digit.
    """
    ink = (pairs.images.max(axis=-1) >= INK_LEVEL)[:, None]  # (n, 1, h, w)
    means = _fitted_averages(images, pairs, apart.labels)  # (n, 2, h, w)
    owner = means.argmax(axis=1)
    of_means = np.stack([owner == 0, owner == 1], axis=1)
    return {
        "masks": Division(apart.owner, apart.masks & ink),
        "reconstructions": Division(
            apart.owner_by_reconstruction, (apart.reconstructions.max(axis=-1) >= 0.5) & ink
        ),
        "average images of the classes": Division(owner, of_means & ink),
    }


def right_pixels(pairs: Pairs, owner: np.ndarray) -> np.ndarray:
    """For each pair, the share of the pixels of one digit alone that are given to the right one, `(n,)`."""
    alone = pairs.exclusive  # (n, h, w)
    right = (alone & (pairs.masks[:, 1] == owner)).sum(axis=(1, 2))
    return right[alone.any(axis=(1, 2))] / alone.sum(axis=(1, 2))[alone.any(axis=(1, 2))]


def _fitted_averages(images: Any, pairs: Pairs, named: np.ndarray) -> np.ndarray:
    """The average images of the two named classes, each moved to where both together fit the image best.

    Every place on the canvas is tried for both, and the sum of the two is compared with the image by
    least squares: |x − a − b|² = |x|² + |a|² + |b|² − 2 x·a − 2 x·b + 2 a·b.

    Returns floats `(n, 2, h, w)`.
    """
    placed = _placed_averages(images, pairs.image_shape)  # (classes, places, h, w)
    classes, places = placed.shape[:2]
    flat = placed.reshape(classes, places, -1)
    own = (flat**2).sum(axis=2)  # (classes, places)
    seen = pairs.images.max(axis=-1).reshape(len(pairs), -1) / np.float32(255)
    cost = own - 2 * np.einsum("np,csp->ncs", seen, flat, optimize=True)  # (n, classes, places)
    best = np.empty((len(pairs), 2), int)
    for one, other in {(int(a), int(b)) for a, b in named}:
        these = (named == (one, other)).all(axis=1)
        both = cost[these, one][:, :, None] + cost[these, other][:, None] + 2 * flat[one] @ flat[other].T
        best[these] = np.stack(np.divmod(both.reshape(these.sum(), -1).argmin(axis=1), places), axis=1)
    return placed[named, best]


def _placed_averages(images: Any, shape: tuple[int, int, int]) -> np.ndarray:
    """Each class's average training image at every place of the canvas, 0…1, `(classes, places, h, w)`."""
    height, width, _ = shape
    rows, columns = images.image_shape[:2]
    train = images.train
    means = np.stack(
        [train.images[train.labels == c].mean(axis=(0, 3)) / 255 for c in range(len(images.classes))]
    )
    corners = [(top, left) for top in range(height - rows + 1) for left in range(width - columns + 1)]
    placed = np.zeros((len(means), len(corners), height, width), np.float32)
    for place, (top, left) in enumerate(corners):
        placed[:, place, top : top + rows, left : left + columns] = means
    return placed


@dataclass(frozen=True, eq=False)
class Misses:
    """Which of the digits in pairs were missed, and what might explain it.

    Attributes
    ----------
    pairs : the pairs, n of them.
    missed : whether each digit is not among the two that were detected, bool `(n, 2)`.
    """

    pairs: Pairs
    missed: np.ndarray

    @cached_property
    def explanations(self) -> dict[str, np.ndarray]:
        """For each possible explanation one number per digit, `(n, 2)`: the larger, the more of it."""
        masks = self.pairs.masks
        ink = np.maximum(masks.sum(axis=(2, 3)), 1)  # (n, 2)
        shared = (masks[:, 0] & masks[:, 1]).sum(axis=(1, 2))
        stroke = np.array([[_stroke(mask) for mask in two] for two in masks])
        return {
            OVERLAP: np.repeat(self.pairs.overlap[:, None], 2, axis=1),
            COVERED: shared[:, None] / ink,
            STROKE: stroke[:, ::-1] / stroke,
            INK: ink[:, ::-1] / ink,
        }

    def fifths(self, explanation: str) -> np.ndarray:
        """Share of digits missed in each fifth, from the fifth with the least of it to that with the most."""
        values = self.explanations[explanation].ravel()
        edges = np.quantile(values, np.linspace(0, 1, FIFTHS + 1)[1:-1])
        group = np.searchsorted(edges, values, side="right")
        return np.array(
            [self.missed.ravel()[group == g].mean() if (group == g).any() else np.nan for g in range(FIFTHS)]
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row per explanation, for `plots.table`, with the share of digits missed in each fifth."""
        heads = ("least", "2nd fifth", "3rd fifth", "4th fifth", "most")
        return [
            {"fifths of all digits by …": name} | dict(zip(heads, self.fifths(name), strict=True))
            for name in self.explanations
        ]

    @property
    def strongest(self) -> str:
        """The explanation whose last fifth is missed the most times as often as its first."""
        ratio = {name: fifths[-1] / max(fifths[0], 1e-3) for name, fifths in self._all_fifths().items()}
        return max(ratio, key=lambda name: ratio[name])

    @property
    def words(self) -> str:
        """What was seen, in three sentences."""
        least, most = self.fifths(self.strongest)[[0, -1]]
        other = INK if self.strongest == OVERLAP else OVERLAP
        from_, to = self.fifths(other)[[0, -1]]
        by_class = self.per_class()
        easy, hard = (choose(by_class, key=lambda name: by_class[name]) for choose in (min, max))
        return (
            "From the fifth with the least of it to the fifth with the most, the share of digits missed goes "
            f"from {least:.1%} to {most:.1%}; for “{other}”, only from {from_:.1%} to {to:.1%}. "
            f"The class counts, too: “{hard}” is missed most ({by_class[hard]:.1%}), "
            f"“{easy}” least ({by_class[easy]:.1%}). In {self.only_one:.0%} of the failures one of the "
            "two is right."
        )

    @property
    def only_one(self) -> float:
        """Of the pairs that are not read right, the share in which one digit is."""
        per_pair = self.missed.sum(axis=1)
        return float((per_pair[per_pair > 0] == 1).mean()) if per_pair.any() else 1.0

    def per_class(self) -> Mapping[str, float]:
        """For each class, the share of its digits that were missed."""
        labels = self.pairs.labels
        return {
            name: float(self.missed[labels == c].mean()) if (labels == c).any() else np.nan
            for c, name in enumerate(self.pairs.classes)
        }

    def _all_fifths(self) -> dict[str, np.ndarray]:
        return {name: self.fifths(name) for name in self.explanations}


def misses(pairs: Pairs, detected: np.ndarray) -> Misses:
    """Which digits of the pairs are not among those detected, `(n, 2)`."""
    return Misses(pairs, ~(pairs.labels[:, :, None] == np.asarray(detected)[:, None, :]).any(axis=2))


@dataclass(frozen=True, eq=False)
class Moved:
    """The same two images on top of each other, again and again at other places.

    Attributes
    ----------
    images : positions of the two images of each pair, `(n, 2)`.
    right : whether both were named, at each place, bool `(n, times)`.
    """

    images: np.ndarray
    right: np.ndarray

    @property
    def failures(self) -> np.ndarray:
        """For each pair the share of places at which it is not read right, `(n,)`."""
        return 1 - self.right.mean(axis=1)

    @property
    def hardest(self) -> np.ndarray:
        """The pairs, hardest first, as positions of two images each, `(n, 2)`."""
        return self.images[np.argsort(-self.failures, kind="stable")]

    @property
    def share_of_hardest_tenth(self) -> float:
        """How many of all failures the hardest tenth of the pairs accounts for, 0…1."""
        failures = np.sort(self.failures)[::-1]
        return float(failures[: max(1, len(failures) // 10)].sum() / max(failures.sum(), 1e-12))

    @property
    def words(self) -> str:
        """What was seen, in one sentence."""
        return (
            f"{np.mean(self.failures == 0):.0%} of the {len(self.images)} pairs are read right at all "
            f"{self.right.shape[1]} places; a tenth of the pairs makes "
            f"{self.share_of_hardest_tenth:.0%} of all failures."
        )


def moved(net: OverlapNet, images: Any, pairs: int = 100, times: int = 25, seed: int = 0) -> Moved:
    """Read the same pairs of images at `times` random places each."""
    placed, chosen = pairs_elsewhere(
        images, pairs, times, shift=(net.image_shape[0] - images.image_shape[0]) // 2, seed=seed
    )
    right = detection.both_right(placed.labels, net.detect(placed)).reshape(pairs, times)
    return Moved(chosen, right)


def _stroke(mask: np.ndarray) -> float:
    """Width of a digit's stroke in pixels: twice the mean distance of its pixels from the ground."""
    return 2 * float(distance_transform_edt(mask)[mask].mean()) if mask.any() else 1.0
