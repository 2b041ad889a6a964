"""The overlap view: one digit is pushed over another; a network names both, draws both, divides the pixels.

What the network says of every position is worked out once, when the view is made, and sent; a drag is
a lookup in the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets as t

from capslab.data.moving import moved_pairs, room
from capslab.data.pairs import Pairs
from capslab.errors import ArgumentError, Verbatim
from capslab.models import detection
from capslab.widgets.base import Array, View, fill, module, style
from capslab.widgets.overlap import figure as overlap_figure
from capslab.widgets.shared import strip

SHOWN = 6  # pairs in the strip
FAR = 16  # pixels: further apart nothing overlaps any more

RECIPE = """\
from capslab import data, plots
from capslab.models import detection

first, second, shift = ⟨first⟩, ⟨second⟩, ⟨shift⟩  # two images, and how far apart they stand
pair = data.moved_pairs(images, first, second, [shift], net.image_shape)
found = detection.aligned(pair.labels, net.detect(pair))  # the two longest capsules
parted = net.separate(pair, found)
print(*(f"{name}: {length:.2f}" for name, length in zip(net.classes, net.lengths(pair)[0], strict=True)))
print("pixels given to the right digit:", detection.exclusive_accuracy(pair.masks, parted.owner))
plots.taken_apart(pair.images, parted.reconstructions, parted.owner, pair.masks)
"""


class OverlapView(View):
    """Two digits at every distance from each other, as a network for overlapping digits sees them.

    Attributes
    ----------
    pair : which pair of the strip is shown.
    shift : pixels from the first digit's middle to the second's; below 0 the second is on the left.
    chosen : the pairs of the strip, as positions of two images each.
    reach : the largest shift.
    trained : the largest shift that the network's own training had.
    now : the shown pair at the shown shift, as `Pairs` of one.
    """

    _esm = module("strip", "routing_arithmetic", "routing_draw", "overlap_draw", "overlap")
    _css = style("strip", "overlap")
    STATE = ("pair", "shift")
    CONTROLS = ("pairs", "shift", "drawings", "pixels", "lengths", "distances", "code")

    pair = t.Int(0).tag(sync=True)
    shift = t.Int(0).tag(sync=True)
    reach = t.Int(0).tag(sync=True)
    trained = t.Int(0).tag(sync=True)
    classes = t.List(t.Unicode()).tag(sync=True)
    chosen: t.List[Any] = t.List().tag(sync=True)  # (m, 2)
    phrases: t.List[Any] = t.List().tag(sync=True)  # (m, s), the line of words
    recipe = t.Unicode(RECIPE).tag(sync=True)
    labels = Array()  # (m, 2)
    digits = Array()  # (m, s, 2, h, w, c), each digit alone
    drawn = Array()  # (m, s, 2, h, w, c)
    owner = Array()  # (m, s, h, w)
    lengths = Array()  # (m, s, j)
    found = Array()  # (m, s, 2), in the order of the truth where it is right

    def __init__(
        self, net: Any, images: Any, pairs: Any = None, shift: int = 0, seed: int = 0, **options: Any
    ) -> None:
        _check(net, images)
        chosen = _chosen(images, pairs, seed)
        self._count = len(chosen)
        self._reach = min(FAR, room(images[np.unique(chosen)], net.image_shape[1]))
        shifts = range(-self._reach, self._reach + 1)
        self._pairs = [
            moved_pairs(images, first, second, shifts, net.image_shape) for first, second in chosen.tolist()
        ]
        trained = net.image_shape[1] - images.image_shape[1]
        arrays, phrases = self._asked(net, trained)
        super().__init__(
            classes=strip.class_names(net.classes, None),
            chosen=chosen.tolist(),
            reach=self._reach,
            trained=trained,
            phrases=phrases,
            shift=shift,
            **arrays,
            **options,
        )
        self._follow()

    def _asked(self, net: Any, trained: int) -> tuple[dict[str, np.ndarray], list[list[str]]]:
        """What the network says of every pair at every shift: arrays for the browser, and lines of words."""
        kept: dict[str, list[np.ndarray]] = {
            name: [] for name in ("labels", "digits", "drawn", "owner", "lengths", "found")
        }
        phrases = []
        for pairs in self._pairs:
            lengths = np.asarray(net.lengths(pairs), np.float32)
            found = detection.aligned(pairs.labels, net.detect(pairs))
            parted = net.separate(pairs, found)
            kept["labels"].append(pairs.labels[0].astype(np.int32))
            kept["digits"].append(pairs.digits)
            kept["drawn"].append(np.round(255 * parted.reconstructions).astype(np.uint8))
            kept["owner"].append(parted.owner.astype(np.uint8))
            kept["lengths"].append(lengths)
            kept["found"].append(found.astype(np.int32))
            phrases.append(
                [
                    overlap_figure.words(pairs[i], lengths[i], found[i], parted.owner[i], shift, trained)
                    for i, shift in enumerate(range(-self._reach, self._reach + 1))
                ]
            )
        return {name: np.stack(values) for name, values in kept.items()}, phrases

    @property
    def now(self) -> Pairs:
        return self._pairs[self.pair][self.shift + self.reach]

    @t.validate("pair")
    def _valid_pair(self, proposal: Any) -> int:
        return strip.position("pair", proposal["value"], self._count)

    @t.validate("shift")
    def _valid_shift(self, proposal: Any) -> int:
        value = proposal["value"]
        if not -self._reach <= value <= self._reach:
            raise ArgumentError(
                "shift", f"pixels from -{self._reach} to {self._reach}", value, "Move the slider."
            )
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
        """The pair, what is drawn of it, the pixels and the lengths over all shifts, as a Figure."""
        return overlap_figure.draw(self)


def _check(net: Any, images: Any) -> None:
    if not all(hasattr(net, name) for name in ("detect", "separate", "lengths")):
        raise ArgumentError(
            "net",
            "a network for two overlapping digits",
            Verbatim(f"a {type(net).__name__}"),
            'Try capslab.pretrained("capsnet-overlap") on MNIST.',
        )
    if not (hasattr(images, "images") and hasattr(images, "require_classes")):
        raise ArgumentError(
            "images",
            "the Images to put over each other",
            Verbatim(f"a {type(images).__name__}"),
            "Try load().",
        )
    images.require_classes("a pair")
    if any(side < own for side, own in zip(net.image_shape[:2], images.image_shape[:2], strict=True)):
        raise ArgumentError(
            "images",
            f"no larger than the network's canvas {tuple(net.image_shape)}",
            Verbatim(f"images of size {tuple(images.image_shape)}"),
            "Load the data set that the network was trained on.",
        )


def _chosen(images: Any, pairs: Any, seed: int) -> np.ndarray:
    """Positions of two images for each pair `(m, 2)`: those asked for, or some of different classes."""
    if pairs is not None:
        given = np.asarray(pairs)
        if given.ndim != 2 or given.shape[1] != 2 or given.dtype.kind not in "iu" or not len(given):
            raise ArgumentError("pairs", "positions of two images each", pairs, "Try pairs=[(3, 8)].")
        rows = [[strip.position("pairs", int(place), len(images)) for place in two] for two in given]
        return np.array(rows)
    order = np.random.default_rng(seed).permutation(len(images))
    labels = np.asarray(images.labels)
    ahead, behind = (
        way[np.sort(np.unique(labels[way], return_index=True)[1])] for way in (order, order[::-1])
    )
    # One image of each class, and another of each: a step through the classes never meets its own.
    spots = np.arange(SHOWN)
    step = 1 + spots // len(ahead) % (len(ahead) - 1)
    partner = {int(labels[place]): place for place in behind}
    others = labels[ahead[(spots + step) % len(ahead)]]
    return np.stack([ahead[spots % len(ahead)], [partner[int(label)] for label in others]], axis=1)


def explore_overlap(
    net: Any,
    images: Any,
    pairs: Sequence[Sequence[int]] | None = None,
    shift: int = 0,
    seed: int = 0,
    state: str | None = None,
    hide: tuple[str, ...] = (),
) -> OverlapView:
    """Push one digit over another and see whether a network still names, draws and divides them.

    Parameters
    ----------
    net : an `OverlapNet`.
    images : labelled `Images` to take the digits from; the network's canvas must hold them.
    pairs : positions of two images for each pair of the strip; None takes six of different classes.
    shift : pixels from the first digit's middle to the second's, to begin with.
    seed : chooses the six.
    state : what `view.state` of another such view gave, to show the same.
    hide : parts to leave out: "pairs", "shift", "drawings", "pixels", "lengths", "distances", "code".

    Returns
    -------
    OverlapView : its `pair` and `shift` can be read, set and observed.

    Raises
    ------
    ArgumentError : for a network that takes no pairs apart, images without labels or too large, a pair or
        a shift out of range, or a state of another view.
    """
    view = OverlapView(net, images, pairs, shift, seed, hide=list(hide))
    if state is not None:
        view.state = state
    return view
