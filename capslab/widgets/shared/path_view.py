"""`PathView`: what the views share that put one k over precomputed clusterings."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim, unknown_name
from capslab.widgets.base import Array, Positions, View

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath
    from capslab.embedding import Embedding

#: the path that is computed where none is given reaches this far
LAST_K = 30
COLORS = ("cluster", "label")


class PathView(View):
    """One k, one selection, and the images they speak of.

    Attributes
    ----------
    k : number of clusters shown.
    color : what the points' colours mean, "cluster" or "label".
    selection : positions of the chosen images, ascending, `(m,)`.
    """

    k = t.Int(10).tag(sync=True)
    color = t.Unicode("cluster").tag(sync=True)
    selection = Positions()

    ks = t.List(t.Int()).tag(sync=True)
    drawn = Array(help="which images are drawn, int32 (m,); None where all are")
    truth = Array(help="class of each drawn image, uint8 (m,); None without labels")
    thumbnails = Array(help="uint8 (t, h, w, c)")
    thumbnail_of = Array(
        help="row of each drawn image in thumbnails or −1, int32 (m,); None where all have one"
    )
    about = t.Dict().tag(sync=True)  # what is fixed: names, notes, curves, one phrase for every k

    def __init__(self, embedding: Embedding, **traits: Any) -> None:
        self.embedding = embedding
        super().__init__(**traits)

    @t.validate("k")
    def _on_path(self, proposal: Any) -> int:
        if proposal["value"] not in self.ks:
            raise beyond(proposal["value"], self.ks)
        return proposal["value"]

    @t.validate("color")
    def _known_color(self, proposal: Any) -> str:
        if proposal["value"] not in COLORS:
            raise unknown_name("color", proposal["value"], COLORS)
        if proposal["value"] == "label" and self.embedding.labels is None:
            raise ArgumentError(
                "color", '"cluster", as these images have no labels', "label", 'Leave color="cluster".'
            )
        return proposal["value"]

    @t.validate("selection")
    def _are_images(self, proposal: Any) -> np.ndarray:
        chosen, n = proposal["value"], len(self.embedding)
        if chosen.size and (chosen.min() < 0 or chosen.max() >= n):
            outside = chosen[(chosen < 0) | (chosen >= n)][0]
            raise ArgumentError("selection", f"positions from 0 to {n - 1}", int(outside), "Leave it out.")
        return np.unique(chosen)

    @property
    def selected(self) -> str:
        """The selection as a short string: which images, one bit each, compressed."""
        if not self.selection.size:
            return ""
        mask = np.zeros(len(self.embedding), bool)
        mask[self.selection] = True
        return base64.b64encode(zlib.compress(np.packbits(mask).tobytes(), 9)).decode()

    @selected.setter
    def selected(self, text: str) -> None:
        n = len(self.embedding)
        try:
            packed = zlib.decompress(base64.b64decode(text)) if text else b""
            mask = np.unpackbits(np.frombuffer(packed, np.uint8))[:n]
        except (ValueError, TypeError, zlib.error):
            raise ArgumentError("state", "an undamaged selection", text, "Copy the whole string.") from None
        self.selection = np.flatnonzero(mask)


def check_embedding(embedding: Any, name: str = "embedding") -> None:
    """Raise in words unless this is an Embedding of numbers (its array may have been changed since)."""
    if not hasattr(embedding, "vectors"):
        again = "cl.embed(images) makes one of pixels, cl.embed(model, images) of what a model sees."
        raise ArgumentError(name, "an Embedding", embedding, again)
    broken = int((~np.isfinite(embedding.vectors).all(axis=1)).sum())
    if broken:
        received = Verbatim(f"{broken:,} of {len(embedding):,} rows with NaN or infinity")
        raise ArgumentError(name, "finite numbers", received, "Leave those rows out: embedding[mask].")


def beyond(k: Any, ks: Any) -> ArgumentError:
    """The error for a k that the path does not have."""
    expected = f"one of the path's values, {ks[0]} to {ks[-1]}"
    again = "Compute another path: path=cl.cluster(embedding, n_clusters=range(2, 41))."
    return ArgumentError("k", expected, k, again)


def first_k(k: int | None, ks: Any) -> int:
    """Where a slider starts: where it was asked to, 10, or the last k there is."""
    if k is None:
        return 10 if 10 in ks else ks[-1]
    if k not in ks:
        raise beyond(k, ks)
    return k


def different(embedding: Embedding) -> int:
    """How many different vectors there are, counted as far as a path goes."""
    seen: set[bytes] = set()
    for vector in embedding.vectors:
        seen.add((vector + 0).tobytes())  # + 0: −0.0 and 0.0 are the same number
        if len(seen) == LAST_K:
            break
    if len(seen) < 2:
        n = len(embedding)
        received = Verbatim("one vector" if n == 1 else f"{n:,} copies of the same one")
        raise ArgumentError("embedding", "at least two different vectors", received, "Embed more images.")
    return len(seen)


def full_path(embedding: Embedding, last: int, seed: int) -> KMeansPath:
    """Every k from 2 to the last."""
    from capslab.clustering import cluster

    return cluster(embedding, n_clusters=range(2, last + 1), seed=seed)
