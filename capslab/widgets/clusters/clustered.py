"""What a view of one embedding under the slider for k needs: a path, a k, the images that are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from capslab.data import lazy_rows
from capslab.errors import ArgumentError, Verbatim
from capslab.widgets.base import fill
from capslab.widgets.clusters import contents
from capslab.widgets.shared import cluster_captions, projection
from capslab.widgets.shared.path_view import (
    check_embedding,
    cluster_up_to,
    count_different,
    first_k,
    named_classes,
)

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath
    from capslab.data.lazy_rows import LazyRows
    from capslab.embedding import Embedding

#: more classes than this have no colours of their own, and do not fit into a byte
MOST_CLASSES = 256


@dataclass(frozen=True)
class Clustered:
    """An embedding with its path, and the sample of it that is drawn.

    Attributes
    ----------
    k : the number of clusters at first.
    drawn : positions in the embedding of the images that are drawn, `(m,)`.
    note : says that they are a sample; "" if all are drawn.
    rows : their vectors, `(m, d)`.
    numbers, classes : the label of each image of the embedding, and the names of the classes; None and []
        without labels.
    """

    embedding: Embedding
    path: KMeansPath
    k: int
    drawn: np.ndarray
    note: str
    rows: np.ndarray | LazyRows
    numbers: np.ndarray | None
    classes: list[str]

    @property
    def many_classes(self) -> bool:
        return len(self.classes) > MOST_CLASSES

    def about(self, pictures_note: str, recipe: str, seed: int) -> dict[str, Any]:
        """The view's words and names. `recipe` is the code that shows it again, with ⟨path⟩ and ⟨seed⟩."""
        without_colours = f"More than {MOST_CLASSES} classes: no colours by label." * self.many_classes
        return {
            "source": cluster_captions.origin(self.embedding.source, self.embedding.supervised),
            "classes": [] if self.many_classes else self.classes,
            "notes": cluster_captions.join([self.note, pictures_note, without_colours]),
            **contents.sentences(self.embedding, self.path, self.numbers, self.classes, len(self.drawn)),
            "recipe": fill(recipe, path=contents.path_code(self.path, seed), seed=seed),
        }

    def traits(self) -> dict[str, Any]:
        """What the browser gets: clusters for each k, and labels, of the images drawn."""
        truth = None if self.numbers is None or self.many_classes else self.numbers[self.drawn]
        return {
            "k": self.k,
            "labels": np.ascontiguousarray(self.path.path_labels_[:, self.drawn]),
            "drawn": self.drawn.astype(np.int32) if self.note else None,
            "truth": None if truth is None else truth.astype(np.uint8),
        }


def clustered(embedding: Embedding, k: int | None, path: KMeansPath | None, seed: int) -> Clustered:
    """Check a view's arguments, cluster for every k if there is no path yet, choose what is drawn."""
    check_embedding(embedding)
    if path is None:
        path = cluster_up_to(embedding, count_different(embedding), seed)
    check_path(embedding, path)
    k = first_k(k, tuple(int(value) for value in path.ks_))
    drawn, note = projection.sample_positions(len(embedding), "pca", embedding.dimension, seed)
    rows = lazy_rows.select_rows(embedding.vectors, drawn) if note else embedding.vectors
    return Clustered(embedding, path, k, drawn, note, rows, *named_classes(embedding))


def check_path(embedding: Embedding, path: Any) -> None:
    """Raise an error unless the path clusters the images of this embedding."""
    if not hasattr(path, "labels_"):
        raise ArgumentError(
            "path", "what cl.cluster(embedding) returns", path, "Leave it out, or take cl.cluster(embedding)."
        )
    if path.path_labels_.shape[1] != len(embedding):
        raise ArgumentError(
            "path",
            f"a path of the same {len(embedding):,} images",
            Verbatim(f"one of {path.path_labels_.shape[1]:,}"),
            "Try path=cl.cluster(embedding).",
        )
