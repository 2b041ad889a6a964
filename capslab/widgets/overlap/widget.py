"""The overlap view: push one digit over another while a network names both and divides the pixels.

The network looks at every position once, when the view is made; after that a drag is a lookup in the
browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets as t

from capslab.data.digit_pairs import Pairs, largest_shift, shifted_pairs
from capslab.errors import ArgumentError, Verbatim, instance_of
from capslab.models import detection
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.overlap import figure as overlap_figure
from capslab.widgets.shared import image_strip
from capslab.widgets.traits import Int

STRIP_PAIRS = 6
FARTHEST = 16  # pixels; beyond this nothing overlaps any more

RECIPE = """\
from capslab import data, plots
from capslab.models import detection

first, second, shift = ⟨first⟩, ⟨second⟩, ⟨shift⟩  # two images, and how far apart they stand
pair = data.shifted_pairs(images, first, second, [shift], net.image_shape)
labels = detection.aligned(pair.labels, net.detect(pair))  # the two longest capsules
parted = net.separate(pair, labels)
print(*(f"{name}: {length:.2f}" for name, length in zip(net.classes, net.lengths(pair)[0], strict=True)))
print("pixels given to the right digit:", detection.exclusive_accuracy(pair.masks, parted.owner))
plots.segmentation_grid(pair.images, parted.reconstructions, parted.owner, pair.masks)
"""


class OverlapView(View):
    """Two digits at every distance from each other, as seen by a network for overlapping digits.

    Attributes
    ----------
    pair : position of the current pair in the strip.
    shift : pixels from the centre of the first digit to that of the second; negative if the second is on
        the left.
    chosen : the pairs of the strip, as positions of two images each.
    reach : the largest shift.
    trained : the largest shift that the network was trained on.
    current_pair : the current pair at the current shift, as `Pairs` of one.
    """

    _esm = module("overlap")
    _css = style("overlap")
    STATE = ("pair", "shift")
    CONTROLS = ("pairs", "shift", "drawings", "pixels", "lengths", "distances", "code", "screen")

    pair = Int(0).tag(sync=True)
    shift = Int(0).tag(sync=True)
    reach = Int(0).tag(sync=True)
    trained = Int(0).tag(sync=True)
    classes = t.List(t.Unicode()).tag(sync=True)
    chosen: t.List[Any] = t.List().tag(sync=True)  # (m, 2)
    phrases: t.List[Any] = t.List().tag(sync=True)  # (m, s), lines of words
    recipe = t.Unicode(RECIPE).tag(sync=True)
    labels = Array()  # (m, 2)
    digits = Array()  # (m, s, 2, h, w, c), each digit alone
    drawn = Array()  # (m, s, 2, h, w, c), both reconstructions
    owner = Array()  # (m, s, h, w), which digit each pixel is given to
    lengths = Array()  # (m, s, j)
    found = Array()  # (m, s, 2), predicted classes, in the order of the truth if they are correct

    def __init__(
        self, net: Any, images: Any, pairs: Any = None, shift: int = 0, seed: int = 0, **options: Any
    ) -> None:
        _check(net, images)
        chosen = _choose_pairs(images, pairs, seed)
        self._count = len(chosen)
        self._reach = min(FARTHEST, largest_shift(images[np.unique(chosen)], net.image_shape[1]))
        shifts = range(-self._reach, self._reach + 1)
        self._pairs = [
            shifted_pairs(images, first, second, shifts, net.image_shape) for first, second in chosen.tolist()
        ]
        trained = net.image_shape[1] - images.image_shape[1]
        arrays, phrases = self._ask_network(net, trained)
        super().__init__(
            classes=image_strip.class_names(net.classes, None),
            chosen=chosen.tolist(),
            reach=self._reach,
            trained=trained,
            phrases=phrases,
            shift=shift,
            **arrays,
            **options,
        )
        self._follow()

    def _ask_network(self, net: Any, trained: int) -> tuple[dict[str, np.ndarray], list[list[str]]]:
        """Every pair at every shift: arrays for the browser, and lines of words."""
        arrays: dict[str, list[np.ndarray]] = {
            name: [] for name in ("labels", "digits", "drawn", "owner", "lengths", "found")
        }
        phrases = []
        for pairs in self._pairs:
            lengths = np.asarray(net.lengths(pairs), np.float32)
            labels = detection.aligned(pairs.labels, net.detect(pairs))
            parted = net.separate(pairs, labels)
            arrays["labels"].append(pairs.labels[0].astype(np.int32))
            arrays["digits"].append(pairs.digits)
            arrays["drawn"].append(np.round(255 * parted.reconstructions).astype(np.uint8))
            arrays["owner"].append(parted.owner.astype(np.uint8))
            arrays["lengths"].append(lengths)
            arrays["found"].append(labels.astype(np.int32))
            phrases.append(
                [
                    overlap_figure.words(pairs[i], lengths[i], labels[i], parted.owner[i], shift, trained)
                    for i, shift in enumerate(range(-self._reach, self._reach + 1))
                ]
            )
        return {name: np.stack(values) for name, values in arrays.items()}, phrases

    @property
    def current_pair(self) -> Pairs:
        return self._pairs[self.pair][self.shift + self.reach]

    @t.validate("pair")
    def _valid_pair(self, proposal: Any) -> int:
        return image_strip.check_position("pair", proposal["value"], self._count)

    @t.validate("shift")
    def _valid_shift(self, proposal: Any) -> int:
        value = proposal["value"]
        if not -self._reach <= value <= self._reach:
            raise ArgumentError("shift", f"pixels from -{self._reach} to {self._reach}", value, "Try 0.")
        return int(value)

    @t.observe("pair", "shift")
    def _moved(self, change: Any) -> None:
        if self.phrases:
            self._follow()

    def _follow(self) -> None:
        self.words = self.phrases[self.pair][self.shift + self.reach]
        first, second = self.chosen[self.pair]
        self.code = fill(self.recipe, first=first, second=second, shift=self.shift)

    def figure(self) -> Any:
        """The pair, its reconstructions, the pixels and the lengths at all shifts, as a Figure."""
        at = self.pair, self.shift + self.reach
        return self._in_words(
            overlap_figure.draw(
                overlap_figure.OverlapSnapshot(
                    pair=self.current_pair,
                    classes=self.classes,
                    labels=self.found[at],
                    reconstructions=self.drawn[at],
                    owner=self.owner[at],
                    lengths=self.lengths[self.pair],
                    shift=self.shift,
                    trained=self.trained,
                )
            )
        )


def _check(net: Any, images: Any) -> None:
    if not all(hasattr(net, name) for name in ("detect", "separate", "lengths")):
        raise ArgumentError(
            "net",
            "a network for two overlapping digits",
            instance_of(net),
            'Try cl.pretrained("capsnet-overlap"), with images of MNIST or of the digits.',
        )
    if not (hasattr(images, "images") and hasattr(images, "require_classes")):
        raise ArgumentError(
            "images",
            "the Images to put on top of each other",
            instance_of(images),
            "Try cl.load().",
        )
    images.require_classes("a pair")
    if any(side < own for side, own in zip(net.image_shape[:2], images.image_shape[:2], strict=True)):
        raise ArgumentError(
            "images",
            f"no larger than the network's canvas {tuple(net.image_shape)}",
            Verbatim(f"images of size {tuple(images.image_shape)}"),
            "Load the data set that the network was trained on, or smaller images.",
        )


def _choose_pairs(images: Any, pairs: Any, seed: int) -> np.ndarray:
    """Positions of two images for each pair `(m, 2)`: `pairs`, or six pairs of different classes."""
    if pairs is not None:
        given = np.asarray(pairs)
        if given.ndim != 2 or given.shape[1] != 2 or given.dtype.kind not in "iu" or not len(given):
            raise ArgumentError("pairs", "positions of two images each", pairs, "Try pairs=[(0, 1)].")
        rows = [
            [image_strip.check_position("pairs", int(place), len(images)) for place in pair] for pair in given
        ]
        return np.array(rows)
    order = np.random.default_rng(seed).permutation(len(images))
    labels = np.asarray(images.labels)
    first, last = (way[np.sort(np.unique(labels[way], return_index=True)[1])] for way in (order, order[::-1]))
    # One image of each class, and another image of each: stepping through the classes, none meets itself.
    spots = np.arange(STRIP_PAIRS)
    step = 1 + spots // len(first) % (len(first) - 1)
    partner = {int(labels[place]): place for place in last}
    others = labels[first[(spots + step) % len(first)]]
    return np.stack([first[spots % len(first)], [partner[int(label)] for label in others]], axis=1)


def explore_overlap(
    net: Any,
    images: Any,
    pairs: Sequence[Sequence[int]] | None = None,
    shift: int = 0,
    seed: int = 0,
    state: str | None = None,
    hide: tuple[str, ...] = (),
) -> OverlapView:
    """Push one digit over another and see whether a network can still tell them apart.

    Parameters
    ----------
    net : an `OverlapNet`.
    images : labelled `Images` to take the digits from; they must fit on the network's canvas.
    pairs : positions of two images for each pair of the strip; None chooses six pairs of different classes.
    shift : pixels from the centre of the first digit to that of the second, to start with.
    seed : of that choice.
    state : a string from `view.state`, to show the same again.
    hide : parts to hide: "pairs", "shift", "drawings", "pixels", "lengths", "distances", "code", "screen".

    Returns
    -------
    OverlapView : you can read, set and observe `view.pair` and `view.shift`.

    Raises
    ------
    ArgumentError : if the network does not separate pairs, the images are too large or have no labels,
        a pair or the shift is out of range, or the state is of another view.
    """
    view = OverlapView(net, images, pairs, shift, seed, hide=list(hide))
    if state is not None:
        view.state = state
    return view
