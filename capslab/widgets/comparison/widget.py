"""`compare`: the same images in two to four representations, one k for all."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim
from capslab.widgets.base import Array, fill, module, shown, style
from capslab.widgets.comparison import figure as comparison_figure
from capslab.widgets.shared import cluster_captions, cluster_images, projection
from capslab.widgets.shared.path_view import (
    LAST_K,
    PathView,
    check_embedding,
    cluster_up_to,
    count_different,
    first_k,
    named_classes,
)
from capslab.widgets.traits import Bool

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath
    from capslab.embedding import Embedding

#: the spread over seeds is computed on at most this many images
SPREAD_IMAGES = 5_000
MEASURES = {
    "matched_accuracy": "matched accuracy",
    "ari": "adjusted Rand",
    "nmi": "mutual information",
    "silhouette": "silhouette",
}
RECIPE = """import capslab as cl

for embedding in embeddings:
    print(embedding.source, cl.cluster(embedding, n_clusters=range(2, ⟨end⟩), seed=⟨seed⟩).at(⟨k⟩).scores)
view = cl.compare(
    *embeddings, k=⟨k⟩, color="⟨color⟩", differ=⟨differ⟩, seeds=⟨seeds⟩, method="⟨method⟩", seed=⟨seed⟩
)"""


class CompareView(PathView):
    """Scatters side by side with one k for all, linked hover and linked selection.

    Attributes
    ----------
    k : number of clusters in every representation.
    color : what the colours of the points mean, "cluster" or "label".
    differ : whether the images that are in different clusters are highlighted.
    selection : positions of the images selected in any of the scatters, `(m,)`.
    embeddings, paths : what is compared, and how it was clustered.
    matched : uint8 `(embeddings, len(ks), n)`: the clusters of each, numbered like the clusters of the
        first that they share most images with, so that a colour means the same everywhere.
    """

    _esm = module("comparison")
    _css = style("comparison")
    STATE: tuple[str, ...] = ("k", "color", "differ", "selected")
    CONTROLS: tuple[str, ...] = ("k", "color", "differ", "tools", "scores", "pairs", "code", "screen")

    differ = Bool(False).tag(sync=True)
    labels = Array(help="matched clusters of each drawn image, uint8 (embeddings, len(ks), m)")
    points = Array(help="coordinates for each embedding, float32 (embeddings, m, 2)")

    def __init__(
        self, embeddings: tuple[Embedding, ...], paths: list[KMeansPath], matched: np.ndarray, **traits: Any
    ) -> None:
        self.embeddings, self.paths, self.matched = embeddings, paths, matched
        super().__init__(embeddings[0], ks=[int(k) for k in paths[0].ks_], **traits)

    @t.observe("k", "color", "differ", "selection", "about")
    @shown
    def _update_words(self, change: Any = None) -> None:
        if not self.about:
            return
        sentence = self.about["phrases"][self.ks.index(self.k)]
        self.words = cluster_captions.join([sentence, cluster_captions.selected(len(self.selection))])
        code = fill(self.about["recipe"], k=self.k, color=self.color, differ=self.differ)
        self.code = code + (f"\nview.state = {self.state!r}" if self.selection.size else "")

    def figure(self) -> Any:
        """The scatters and the scores at the current k, as a still figure."""
        i, about = self.ks.index(self.k), self.about
        scores = {
            title: [[line[i] for line in seeds] for seeds in about["scores"][name]]
            for name, title in about["measures"].items()
        }
        return self._in_words(
            comparison_figure.draw(
                self.points, self.labels[:, i], self.k, about["names"], about["supervised"], scores
            )
        )


def compare(
    *embeddings: Embedding,
    k: int | None = None,
    color: str = "cluster",
    differ: bool = False,
    seeds: int = 3,
    method: str = "pca",
    state: str | None = None,
    hide: tuple[str, ...] = (),
    seed: int = 0,
) -> CompareView:
    """Compare two to four representations of the same images, clustered with one k, side by side.

    Parameters
    ----------
    embeddings : two to four, of the same images in the same order.
    k : where the slider starts; 10 by default, or the largest k if that is smaller.
    color : "cluster" or "label".
    differ : highlight the images that are not in the same cluster everywhere.
    seeds : number of k-means seeds for the spread in the table of scores.
    method : how to draw more than two dimensions in a plane: "pca", "tsne" or "umap" (if installed).
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "k", "color", "differ", "tools", "scores", "pairs", "code", "screen".
    seed : of the first clustering, of random samples, and of t-SNE and UMAP.

    Returns
    -------
    CompareView : `view.k` and `view.selection` follow what you do in the browser.

    Raises
    ------
    ArgumentError : if there are not two to four embeddings of the same images; if k is too large or
        `seeds` is below 1; or for the state of another view.
    """
    paths, matched, traits = compared(embeddings, k, seeds, method, seed)
    view = CompareView(embeddings, paths, matched, color=color, differ=differ, hide=list(hide), **traits)
    if state is not None:
        view.state = state
    return view


def compared(
    embeddings: tuple[Embedding, ...],
    k: int | None,
    seeds: int,
    method: str,
    seed: int,
    called: str = "compare",
) -> tuple[list[KMeansPath], np.ndarray, dict[str, Any]]:
    """Cluster the embeddings: the paths, their matched labels, and the traits that follow from them.

    Parameters and errors are those of `compare`; `called` is the function that advice names.
    """
    check_same_images(embeddings, called)
    if isinstance(seeds, bool) or not isinstance(seeds, (int, np.integer)) or seeds < 1:
        raise ArgumentError("seeds", "a whole number from 1", seeds, "Try seeds=3.")
    last = min(count_different(embedding) for embedding in embeddings)
    paths = [cluster_up_to(embedding, last, seed) for embedding in embeddings]
    k = first_k(k, tuple(int(value) for value in paths[0].ks_))
    matched = match_paths(paths)
    scores, spread_note = spreads(embeddings, paths, int(seeds), seed)

    first = embeddings[0]
    dimension = max(embedding.dimension for embedding in embeddings)
    drawn, sample_note = projection.sample_positions(len(first), method, dimension, seed)
    planes, plane_notes = zip(
        *(projection.project_to_plane(embedding.vectors[drawn], method, seed) for embedding in embeddings),
        strict=True,
    )
    numbers, classes = named_classes(first)
    classes = classes if len(classes) <= 256 else []
    pictures, pictures_note = thumbnail_traits(first, drawn, seed)
    about = {
        "planes": list(plane_notes),
        "classes": classes,
        "notes": cluster_captions.join([sample_note, spread_note, pictures_note]),
        **describe(embeddings, paths, matched, scores),
        "recipe": fill(RECIPE, end=min(last, LAST_K) + 1, seeds=int(seeds), method=method, seed=seed),
    }
    traits = {
        "k": k,
        "labels": np.ascontiguousarray(matched[:, :, drawn]),
        "points": np.stack(planes),
        "drawn": drawn.astype(np.int32) if sample_note else None,
        "truth": numbers[drawn].astype(np.uint8) if numbers is not None and classes else None,
        **pictures,
        "about": about,
    }
    return paths, matched, traits


def describe(
    embeddings: tuple[Embedding, ...],
    paths: list[KMeansPath],
    matched: np.ndarray,
    scores: dict[str, list[list[list[float | None]]]],
) -> dict[str, Any]:
    """Names, scores, the numbers of images in different clusters, and a sentence for every k."""
    ks = [int(value) for value in paths[0].ks_]
    names = distinct_names(embeddings)
    pairs = list(combinations(range(len(embeddings)), 2))
    counts = [[int((matched[a, i] != matched[b, i]).sum()) for a, b in pairs] for i in range(len(ks))]
    return {
        "names": names,
        "supervised": [embedding.supervised for embedding in embeddings],
        "dimensions": [embedding.dimension for embedding in embeddings],
        "measures": {name: MEASURES[name] for name in scores},
        "scores": scores,
        "pairs": [list(pair) for pair in pairs],
        "differing": counts,
        "total": len(embeddings[0]),
        "phrases": [
            cluster_captions.comparison(
                k, names, embeddings, scores, i, dict(zip(pairs, counts[i], strict=True))
            )
            for i, k in enumerate(ks)
        ],
    }


def thumbnail_traits(embedding: Embedding, drawn: np.ndarray, seed: int) -> tuple[dict[str, Any], str]:
    """The traits of the thumbnails, and a note on what was left out."""
    if embedding.images is None:
        return {}, "There are no images to show."
    small = cluster_images.thumbnails(embedding.images.images[drawn], seed=seed)
    return {"thumbnails": small.pixels, "thumbnail_of": small.rows(len(drawn))}, small.note


def check_same_images(embeddings: tuple[Any, ...], called: str) -> None:
    """Raise an error unless these are two to four embeddings of the same images."""
    if not 2 <= len(embeddings) <= 4:
        hint = f"Write cl.{called}(one, other)."
        if len(embeddings) == 1:
            hint = "Write cl.explore_clusters(embedding) to see a single one."
        raise ArgumentError("embeddings", "two to four of them", Verbatim(f"{len(embeddings)}"), hint)
    first = embeddings[0]
    for i, other in enumerate(embeddings):
        check_embedding(other, f"embeddings[{i}]")
        same = len(other) == len(first)
        for one, two in ((first.labels, other.labels), (_pixels(first), _pixels(other))):
            same = same and (one is None or two is None or one is two or np.array_equal(one, two))
        if not same:
            received = Verbatim(
                f"other images in embeddings[{i}] ({other.source}, {len(other):,}) than in the first"
            )
            hint = "Embed the same selection of images with every model."
            raise ArgumentError("embeddings", "of the same images in the same order", received, hint)


def _pixels(embedding: Any) -> np.ndarray | None:
    return None if embedding.images is None else embedding.images.images


def distinct_names(embeddings: tuple[Embedding, ...]) -> list[str]:
    """The sources of the embeddings, numbered if two have the same name."""
    sources = [embedding.source for embedding in embeddings]
    return [
        source if sources.count(source) == 1 else f"{source} ({sources[: i + 1].count(source)})"
        for i, source in enumerate(sources)
    ]


def match_paths(paths: list[KMeansPath]) -> np.ndarray:
    """The labels of every path, numbered like the clusters of the first: uint8 `(paths, len(ks), n)`."""
    from capslab.clustering import match_labels

    first, *rest = (path.path_labels_ for path in paths)
    others = [[match_labels(a, b) for a, b in zip(first, other, strict=True)] for other in rest]
    return np.stack([first, *(np.stack(lines).astype(np.uint8) for lines in others)])


def spreads(
    embeddings: tuple[Embedding, ...], paths: list[KMeansPath], seeds: int, seed: int
) -> tuple[dict[str, list[list[list[float | None]]]], str]:
    """Scores for every k, `[measure][embedding][seed][k]`, and a note on the sample they are computed on.

    The first seed is that of the path on screen. The others cluster at most 5,000 of the images.
    """
    n = len(embeddings[0])
    some = np.arange(n)
    note = f"Ranges are over {seeds} seeds of k-means." if seeds > 1 else ""
    if n > SPREAD_IMAGES and seeds > 1:
        some = np.sort(np.random.default_rng(seed).choice(n, SPREAD_IMAGES, replace=False))
        note = (
            f"Ranges are over {seeds} seeds of k-means; all but the first on {SPREAD_IMAGES:,} of the images."
        )
    last = int(paths[0].ks_[-1])
    scores: dict[str, list[list[list[float | None]]]] = {}
    for embedding, path in zip(embeddings, paths, strict=True):
        part = embedding if len(some) == n else embedding[some]
        part = part if count_different(part) >= last else embedding  # too few different ones: take all
        runs = [path.curves()] + [cluster_up_to(part, last, seed + s).curves() for s in range(1, seeds)]
        for name in MEASURES:
            if getattr(runs[0], name) is not None:
                lines = [[float(v) if np.isfinite(v) else None for v in getattr(run, name)] for run in runs]
                scores.setdefault(name, []).append(lines)
    return scores, note
