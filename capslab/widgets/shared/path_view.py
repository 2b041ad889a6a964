"""`PathView`: a view with one slider for k over precomputed clusterings, and checks of its arguments."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim, unknown_name
from capslab.widgets.base import Array, Positions, View
from capslab.widgets.traits import Int

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath
    from capslab.embedding import Embedding

#: the largest k of a path that is computed because none was given
LAST_K = 30
COLORS = ("cluster", "label")


class PathView(View):
    """A value of k, a selection of images, and the data that do not change with them.

    Attributes
    ----------
    k : number of clusters shown.
    color : what the points' colours mean, "cluster" or "label".
    selection : positions of the chosen images, ascending, `(m,)`.
    """

    k = Int(10).tag(sync=True)
    color = t.Unicode("cluster").tag(sync=True)
    selection = Positions()

    ks = t.List(t.Int()).tag(sync=True)
    drawn = Array(help="positions of the images that are drawn, int32 (m,); None if all are")
    truth = Array(help="class of each drawn image, uint8 (m,); None without labels")
    thumbnails = Array(help="uint8 (t, h, w, c)")
    thumbnail_of = Array(
        help="row of each drawn image in thumbnails, or −1, int32 (m,); None if all have one"
    )
    about = t.Dict().tag(sync=True)  # what never changes: names, notes, curves, and one sentence for every k

    def __init__(self, embedding: Embedding, **traits: Any) -> None:
        self.embedding = embedding
        super().__init__(**traits)

    @t.validate("k")
    def _on_path(self, proposal: Any) -> int:
        if proposal["value"] not in self.ks:
            raise not_on_path(proposal["value"], self.ks)
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
            raise ArgumentError("selection", f"positions from 0 to {n - 1}", int(outside), "Try [0].")
        return np.unique(chosen)

    @property
    def selected(self) -> str:
        """The selection as a short string: one bit per image, compressed."""
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
            raise ArgumentError(
                "state", "an undamaged selection", text, "Copy the whole string, or leave it out."
            ) from None
        self.selection = np.flatnonzero(mask)


def check_embedding(embedding: Any, name: str = "embedding") -> None:
    """Raise an error unless this is an Embedding of finite numbers (its array may have been changed)."""
    if not hasattr(embedding, "vectors"):
        hint = "Take cl.embed(images), or cl.embed(model, images) for a model's features."
        raise ArgumentError(name, "an Embedding", embedding, hint)
    broken = int((~np.isfinite(embedding.vectors).all(axis=1)).sum())
    if broken:
        received = Verbatim(f"{broken:,} of {len(embedding):,} rows with NaN or infinity")
        raise ArgumentError(name, "finite numbers", received, _without_nan(name))


def _without_nan(name: str) -> str:
    """What to do about rows of NaN; of several embeddings, all must keep the same rows."""
    if name == "embedding":
        return "Leave those rows out: embedding[np.isfinite(embedding.vectors).all(axis=1)]."
    return "Leave the same rows out of all of them, or train that model again with a lower learning rate."


def not_on_path(k: Any, ks: Any) -> ArgumentError:
    """The error for a k that is not on the path."""
    expected = f"one of the path's values, {ks[0]} to {ks[-1]}"
    hint = f"Try {min(10, ks[-1]) if min(10, ks[-1]) in ks else ks[0]}. Other values need another path."
    return ArgumentError("k", expected, k, hint)


def first_k(k: int | None, ks: Any) -> int:
    """Where the slider starts: at `k`, or else at 10, or at the last k if 10 is not on the path."""
    if k is None:
        return 10 if 10 in ks else ks[-1]
    if k not in ks:
        raise not_on_path(k, ks)
    return k


def count_different(embedding: Embedding) -> int:
    """Count the different vectors, up to `LAST_K`: k-means cannot make more clusters than that."""
    seen: set[bytes] = set()
    for vector in embedding.vectors:
        seen.add((vector + 0).tobytes())  # + 0: −0.0 and 0.0 are the same number
        if len(seen) == LAST_K:
            break
    if len(seen) < 2:
        n = len(embedding)
        received = Verbatim("one vector" if n == 1 else f"{n:,} copies of the same one")
        raise ArgumentError(
            "embedding", "at least two different vectors", received, "Embed images that differ."
        )
    return len(seen)


def cluster_up_to(embedding: Embedding, last: int, seed: int) -> KMeansPath:
    """Cluster with every k from 2 to `last`."""
    from capslab.clustering import cluster

    return cluster(embedding, n_clusters=range(2, last + 1), seed=seed)


def named_classes(embedding: Any) -> tuple[np.ndarray | None, list[str]]:
    """Each image's class, numbered from 0 without gaps `(n,)`, and the names of these classes.

    Without labels (None, []).
    """
    if embedding.labels is None:
        return None, []
    present, numbers = np.unique(embedding.labels, return_inverse=True)
    names = tuple(getattr(embedding.images, "classes", ()) or ())
    return numbers, [str(names[label]) if 0 <= label < len(names) else str(label) for label in present]
