"""`explore_clusters`: k-means for every k at once under one slider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim
from capslab.widgets.base import Array, fill, module, shown, style
from capslab.widgets.clusters import figure as clusters_figure
from capslab.widgets.shared import cluster_captions, cluster_images, projection
from capslab.widgets.shared.path_view import (
    PathView,
    check_embedding,
    cluster_up_to,
    count_different,
    first_k,
    named_classes,
)
from capslab.widgets.traits import Bool, Float

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath
    from capslab.embedding import Embedding

RECIPE = """import capslab as cl

⟨path⟩clusters = path.at(⟨k⟩)
print(clusters.scores)
view = cl.explore_clusters(
    embedding, ⟨k⟩, path, color="⟨color⟩", moved=⟨moved⟩, method="⟨method⟩", seed=⟨seed⟩
)"""

SCORES = {
    "matched_accuracy": "matched accuracy",
    "silhouette": "silhouette",
    "ari": "adjusted Rand",
    "nmi": "mutual information",
    "inertia": "inertia",
}


class ClusterView(PathView):
    """One slider for k over clusterings that were computed beforehand.

    Attributes
    ----------
    k : number of clusters; set it and the slider in the browser moves.
    color : what the colours of the points mean, "cluster" or "label".
    moved : whether the images that change cluster from k to the next k are highlighted.
    selection : positions in the embedding of the images selected with the lasso, `(m,)`.
    zoom : centre of the picture and magnification, `[x, y, times]`.
    path : the `KMeansPath`; `clusters` is its clustering at the current k.
    """

    _esm = module("clusters")
    _css = style("clusters")
    STATE = ("k", "color", "moved", "zoom", "selected")
    CONTROLS = ("k", "color", "moved", "tools", "members", "scores", "table", "code", "screen")

    moved = Bool(False).tag(sync=True)
    zoom = t.List(Float(), [0.0, 0.0, 1.0], minlen=3, maxlen=3).tag(sync=True)

    labels = Array(help="cluster of each drawn image for each k, uint8 (len(ks), m)")
    points = Array(help="coordinates of each drawn image, float32 (m, 2)")
    centers = Array(help="mean or decoded image of each cluster of each k, uint8 (Σ k, h, w, c)")
    members = Array(help="rows in thumbnails for each cluster of each k, int32 (Σ k, 12), −1 for none")

    def __init__(self, embedding: Embedding, path: KMeansPath, **traits: Any) -> None:
        self.path = path
        super().__init__(embedding, ks=[int(k) for k in path.ks_], **traits)

    @property
    def clusters(self) -> Any:
        """The clustering at the current k."""
        return self.path.at(self.k)

    @t.observe("k", "color", "moved", "zoom", "selection", "about")
    @shown
    def _update_words(self, change: Any = None) -> None:
        if not self.about:
            return
        i = self.ks.index(self.k)
        sentences = [
            self.about["phrases"][i],
            self.about["moves"][i] if self.moved else "",
            cluster_captions.selected(len(self.selection)),
        ]
        self.words = cluster_captions.join(sentences)
        code = fill(self.about["recipe"], k=self.k, color=self.color, moved=self.moved)
        if self.selection.size or self.zoom != [0, 0, 1]:
            code += f"\nview.state = {self.state!r}"
        self.code = code

    def figure(self) -> Any:
        """The view as a still figure: scatter, clusters, scores."""
        return self._in_words(clusters_figure.draw(self.path, self.k, self.points, self.drawn, self.words))


def explore_clusters(
    embedding: Embedding,
    k: int | None = None,
    path: KMeansPath | None = None,
    *,
    color: str = "cluster",
    moved: bool = False,
    method: str = "pca",
    state: str | None = None,
    hide: tuple[str, ...] = (),
    seed: int = 0,
) -> ClusterView:
    """A live view of k-means on an embedding: drag k and look at what each cluster contains.

    Parameters
    ----------
    embedding : the vectors to cluster, with their images. If there are labels, they are used for scores
        and colours only.
    k : where the slider starts; 10 by default, or the largest k if that is smaller.
    path : the clusterings for every k, from `cluster`. If it is left out, k = 2…30 are computed.
    color : "cluster" or "label".
    moved : highlight the images that change cluster from k to the next k.
    method : how to draw more than two dimensions in a plane: "pca", "tsne" or "umap" (if installed).
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "k", "color", "moved", "tools", "members", "scores", "table", "code", "screen".
    seed : of the clustering, of random samples, and of t-SNE and UMAP.

    Returns
    -------
    ClusterView : `view.k`, `view.selection` and `view.clusters` follow what you do in the browser.

    Raises
    ------
    ArgumentError : if there are fewer than two different vectors; if k is not on the path or the path is
        of other images; for an unknown method, colour or control; or for the state of another view.
    """
    check_embedding(embedding)
    if path is None:
        path = cluster_up_to(embedding, count_different(embedding), seed)
    check_path(embedding, path)
    k = first_k(k, tuple(int(value) for value in path.ks_))
    drawn, note = projection.sample_positions(len(embedding), method, embedding.dimension, seed)
    points, plane_note = projection.project_to_plane(embedding.vectors[drawn], method, seed)
    numbers, classes = named_classes(embedding)
    many_classes = len(classes) > 256
    pictures, pictures_note = cluster_pictures(embedding, path, drawn, seed)
    about = {
        "source": cluster_captions.origin(embedding.source, embedding.supervised),
        "classes": [] if many_classes else classes,
        "pictures": "Decoded centre" if embedding.decode else "Mean image",
        "notes": cluster_captions.join(
            [plane_note, note, pictures_note, "More than 256 classes: no colours by label." * many_classes]
        ),
        **sentences(embedding, path, numbers, classes, len(drawn)),
        "curves": curves(path),
        "recipe": fill(RECIPE, path=path_code(path, seed), method=method, seed=seed),
    }
    view = ClusterView(
        embedding,
        path,
        k=k,
        color=color,
        moved=moved,
        hide=list(hide),
        labels=np.ascontiguousarray(path.path_labels_[:, drawn]),
        points=points,
        drawn=drawn.astype(np.int32) if note else None,
        truth=None if numbers is None or many_classes else numbers[drawn].astype(np.uint8),
        about=about,
        **pictures,
    )
    if state is not None:
        view.state = state
    return view


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


def path_code(path: KMeansPath, seed: int) -> str:
    """The line of code that computes the path again."""
    first, last = int(path.ks_[0]), int(path.ks_[-1])
    whole = len(path.ks_) == last - first + 1
    ks = f"range({first}, {last + 1})" if whole else str([int(k) for k in path.ks_])
    seed = getattr(path, "seed", seed)
    return f"path = cl.cluster(embedding, n_clusters={ks}, seed={seed})\n"


def curves(path: KMeansPath) -> list[dict[str, Any]]:
    """The scores over all k, as the browser draws them; None if a score is not defined."""
    scores = path.curves()
    lines = []
    for name, title in SCORES.items():
        values = getattr(scores, name)
        if values is not None:
            numbers = [float(v) if np.isfinite(v) else None for v in values]
            lines.append(
                {"name": title, "values": numbers, "labelled": name in ("ari", "nmi", "matched_accuracy")}
            )
    return lines


def sentences(
    embedding: Embedding, path: KMeansPath, numbers: np.ndarray | None, classes: list[str], drawn: int
) -> dict[str, list[str]]:
    """What the view says at every k, and what it says about the images that move to the next k."""
    ks, labels = [int(k) for k in path.ks_], path.path_labels_
    moves = [cluster_captions.moves(labels[i], labels[i + 1], ks[i], ks[i + 1]) for i in range(len(ks) - 1)]
    return {
        "phrases": [describe(embedding, path, i, numbers, classes, drawn) for i in range(len(ks))],
        "moves": [*moves, f"k = {ks[-1]} is the last of the path."],
    }


def describe(
    embedding: Embedding, path: KMeansPath, i: int, numbers: np.ndarray | None, classes: list[str], drawn: int
) -> str:
    """What the view says at the k at position `i` of the path.

    Parameters
    ----------
    numbers, classes : what `named_classes` returned.
    drawn : how many of the images are drawn.
    """
    from capslab.clustering import contingency

    k, labels = int(path.ks_[i]), path.path_labels_[i]
    scores = path.curves().at(k)
    parts = [f"matched accuracy {scores.matched_accuracy:.2f}"] if scores.matched_accuracy is not None else []
    parts += [f"silhouette {scores.silhouette:.2f}"] if scores.silhouette is not None else []
    if numbers is None:
        contents = cluster_captions.largest_and_smallest(np.bincount(labels, minlength=k))
    else:
        contents = cluster_captions.composition(contingency(labels, numbers), classes)
    some = f" ({drawn:,} of {len(embedding):,} images drawn)" if drawn < len(embedding) else ""
    source = cluster_captions.origin(embedding.source, embedding.supervised)
    return f"k = {k} on {source}{some}: {', '.join(parts)}{'; ' if parts else ''}{contents}."


def cluster_pictures(
    embedding: Embedding, path: KMeansPath, drawn: np.ndarray, seed: int
) -> tuple[dict[str, Any], str]:
    """Thumbnails, centres and members for every k, as traits, and a note on what was left out."""
    if embedding.images is None:
        return {}, "There are no images to show."
    ks = tuple(int(k) for k in path.ks_)
    small = cluster_images.thumbnails(embedding.images.images[drawn], seed=seed)
    with_picture = drawn[small.positions]
    labels = path.path_labels_[:, with_picture]
    if embedding.decode:
        factor = max(1, round(max(embedding.images.image_shape[:2]) / max(small.pixels.shape[1:3])))
        centers = cluster_images.decoded_centers(embedding, path.path_centers_, factor)
    else:
        centers = cluster_images.mean_images(small.pixels, labels, ks)
    traits = {
        "thumbnails": small.pixels,
        "thumbnail_of": small.rows(len(drawn)),
        "centers": centers,
        "members": cluster_images.member_rows(embedding.vectors[with_picture], labels, path.path_centers_),
    }
    return traits, small.note
