"""`explore_clusters`: k-means for every k at once under one slider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim
from capslab.widgets.base import Array, fill, module, shown, style
from capslab.widgets.shared import phrases, preparation
from capslab.widgets.shared.path_view import PathView, check_embedding, different, first_k, full_path

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
    """A slider for k over a precomputed path of clusterings.

    Attributes
    ----------
    k : number of clusters shown; set it and the slider in the browser moves.
    color : what the points' colours mean, "cluster" or "label".
    moved : whether the images that change cluster from k to the next k stand out.
    selection : positions in the embedding of the images chosen by lasso, `(m,)`.
    zoom : middle of the picture and magnification, `[x, y, times]`.
    path : the `KMeansPath`; `clusters` its clustering at the current k.
    """

    _esm = module("scatter", "tiles", "cluster_parts", "path_parts", "clusters")
    _css = style("scatter", "clusters")
    STATE = ("k", "color", "moved", "zoom", "selected")
    CONTROLS = ("k", "color", "moved", "tools", "members", "scores", "table", "code")

    moved = t.Bool(False).tag(sync=True)
    zoom = t.List(t.Float(), [0.0, 0.0, 1.0], minlen=3, maxlen=3).tag(sync=True)

    labels = Array(help="cluster of each drawn image for each k, uint8 (len(ks), m)")
    points = Array(help="the plane, float32 (m, 2)")
    centers = Array(help="mean or decoded image of each cluster of each k, uint8 (Σ k, h, w, c)")
    members = Array(help="rows in thumbnails for each cluster of each k, int32 (Σ k, 12), −1 where none")

    def __init__(self, embedding: Embedding, path: KMeansPath, **traits: Any) -> None:
        self.path = path
        super().__init__(embedding, ks=[int(k) for k in path.ks_], **traits)

    @property
    def clusters(self) -> Any:
        """The clustering at the current k."""
        return self.path.at(self.k)

    @t.observe("k", "color", "moved", "zoom", "selection", "about")
    @shown
    def _tell(self, change: Any = None) -> None:
        if not self.about:
            return
        i = self.ks.index(self.k)
        told = [self.about["phrases"][i], self.about["moves"][i] if self.moved else ""]
        self.words = " ".join(filter(None, [*told, phrases.selected(len(self.selection))]))
        code = fill(self.about["recipe"], k=self.k, color=self.color, moved=self.moved)
        if self.selection.size or self.zoom != [0, 0, 1]:
            code += f"\nview.state = {self.state!r}"
        self.code = code

    def figure(self) -> Any:
        """The view as a still figure: scatter, clusters, scores."""
        from capslab import plots

        if self.drawn is None:
            return plots.cluster_overview(self.path, self.k, self.points)
        return plots.scatter(
            self.points, self.path.path_labels_[self.ks.index(self.k)][self.drawn], title=self.words
        )


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
    """A live view of k-means on an embedding: drag k, look at what each cluster holds.

    Parameters
    ----------
    embedding : the vectors to cluster, with their images. Labels, where there are any,
        are only used to score and to colour.
    k : where the slider starts; 10, or the largest k there is.
    path : every k, precomputed by `cluster`; computed for k = 2…30 where it is left out.
    color : "cluster" or "label".
    moved : let the images that change cluster from k to the next k stand out.
    method : how more than two dimensions become two: "pca", "tsne" or "umap" (if installed).
    state : a string that `view.state` gave, to see the same again.
    hide : controls not to show, among "k", "color", "moved", "tools", "members", "scores", "table", "code".
    seed : of the path, of what is sampled, and of t-SNE and UMAP.

    Returns
    -------
    ClusterView : `view.k`, `view.selection`, `view.clusters` follow what is done in the browser.

    Raises
    ------
    ArgumentError : fewer than two different vectors, a k beyond the path, a path of other
        images, an unknown method, colour or control, the state of another view.
    """
    check_embedding(embedding)
    if path is None:
        path = full_path(embedding, different(embedding), seed)
    check_path(embedding, path)
    ks = tuple(int(value) for value in path.ks_)
    k = first_k(k, ks)

    drawn, sampled = preparation.drawn_positions(len(embedding), method, embedding.dimension, seed)
    points, plane = preparation.plane(embedding.vectors[drawn], method, seed)
    numbers, classes = preparation.named_classes(embedding)
    many_classes = len(classes) > 256
    pictures = pictures_of(embedding, path, drawn, seed)
    notes = [
        plane,
        sampled,
        pictures.pop("note"),
        "More than 256 classes: no colours by label." * many_classes,
    ]
    about = {
        "source": phrases.origin(embedding.source, embedding.supervised),
        "classes": [] if many_classes else classes,
        "pictures": "Decoded centre" if embedding.decode else "Mean image",
        "notes": " ".join(filter(None, notes)),
        "phrases": [phrase(embedding, path, i, numbers, classes, len(drawn)) for i in range(len(ks))],
        "moves": [
            phrases.moves(path.path_labels_[i], path.path_labels_[i + 1], ks[i], ks[i + 1])
            for i in range(len(ks) - 1)
        ]
        + [f"k = {ks[-1]} is the last of the path."],
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
        drawn=drawn.astype(np.int32) if sampled else None,
        truth=None if numbers is None or many_classes else numbers[drawn].astype(np.uint8),
        about=about,
        **pictures,
    )
    if state is not None:
        view.state = state
    return view


def check_path(embedding: Embedding, path: Any) -> None:
    """Raise in words unless the path is one of this embedding's images."""
    if not hasattr(path, "labels_"):
        raise ArgumentError("path", "what cluster(embedding) gives", path, "Leave it out.")
    if path.path_labels_.shape[1] != len(embedding):
        raise ArgumentError(
            "path",
            f"a path of the same {len(embedding):,} images",
            Verbatim(f"one of {path.path_labels_.shape[1]:,}"),
            "Write path=cl.cluster(embedding).",
        )


def path_code(path: KMeansPath, seed: int) -> str:
    """The line of code that makes a path again."""
    first, last = int(path.ks_[0]), int(path.ks_[-1])
    whole = len(path.ks_) == last - first + 1
    ks = f"range({first}, {last + 1})" if whole else str([int(k) for k in path.ks_])
    seed = getattr(path, "seed", seed)
    return f"path = cl.cluster(embedding, n_clusters={ks}, seed={seed})\n"


def curves(path: KMeansPath) -> list[dict[str, Any]]:
    """The scores over all k, as the browser draws them; None where there is no number."""
    found = path.curves()
    lines = []
    for name, title in SCORES.items():
        values = getattr(found, name)
        if values is not None:
            numbers = [float(v) if np.isfinite(v) else None for v in values]
            lines.append(
                {"name": title, "values": numbers, "labelled": name in ("ari", "nmi", "matched_accuracy")}
            )
    return lines


def phrase(
    embedding: Embedding, path: KMeansPath, i: int, numbers: np.ndarray | None, classes: list[str], drawn: int
) -> str:
    """What the view says at one k."""
    from capslab.clustering import contingency

    k, labels = int(path.ks_[i]), path.path_labels_[i]
    scores = path.curves().at(k)
    told = [f"matched accuracy {scores.matched_accuracy:.2f}"] if scores.matched_accuracy is not None else []
    told += [f"silhouette {scores.silhouette:.2f}"] if scores.silhouette is not None else []
    if numbers is None:
        holds = phrases.sizes_told(np.bincount(labels, minlength=k))
    else:
        holds = phrases.composition(contingency(labels, numbers), classes)
    some = f" ({drawn:,} of {len(embedding):,} images drawn)" if drawn < len(embedding) else ""
    where = phrases.origin(embedding.source, embedding.supervised)
    return f"k = {k} on {where}{some}: {', '.join(told)}{'; ' if told else ''}{holds}."


def pictures_of(embedding: Embedding, path: KMeansPath, drawn: np.ndarray, seed: int) -> dict[str, Any]:
    """Thumbnails, centre images and members for every k, with a note on what was left out."""
    if embedding.images is None:
        return {"note": "There are no images to show."}
    ks = tuple(int(k) for k in path.ks_)
    small = preparation.thumbnails(embedding.images.images[drawn], seed=seed)
    with_picture = drawn[small.positions]
    labels = path.path_labels_[:, with_picture]
    if embedding.decode:
        factor = max(1, round(max(embedding.images.image_shape[:2]) / max(small.pixels.shape[1:3])))
        centers = preparation.decoded_centers(embedding, path.path_centers_, factor)
    else:
        centers = preparation.mean_images(small.pixels, labels, ks)
    row = None
    if len(small.positions) < len(drawn):
        row = np.full(len(drawn), -1, np.int32)
        row[small.positions] = np.arange(len(small.positions))
    return {
        "thumbnails": small.pixels,
        "thumbnail_of": row,
        "centers": centers,
        "members": preparation.member_rows(embedding.vectors[with_picture], labels, path.path_centers_),
        "note": small.note,
    }
