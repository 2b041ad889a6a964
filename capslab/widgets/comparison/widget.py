"""`compare`: the same images in two to four representations, one k for all."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim
from capslab.widgets.base import Array, fill, module, shown, style
from capslab.widgets.shared import phrases, preparation
from capslab.widgets.shared.path_view import LAST_K, PathView, check_embedding, different, first_k, full_path

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath
    from capslab.embedding import Embedding

#: images that the spread over seeds is computed on
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
    """Scatters side by side under one k, with linked hover and selection.

    Attributes
    ----------
    k : number of clusters in every representation.
    color : what the points' colours mean, "cluster" or "label".
    differ : whether the images that sit in different clusters stand out.
    selection : positions of the images chosen in any of the scatters, `(m,)`.
    embeddings, paths : what is compared.
    matched : uint8 `(embeddings, len(ks), n)`: the clusters of each, named after those of
        the first that they share most images with, so that colours mean the same.
    """

    _esm = module("scatter", "tiles", "cluster_parts", "path_parts", "comparison")
    _css = style("scatter", "clusters", "comparison")
    STATE = ("k", "color", "differ", "selected")
    CONTROLS = ("k", "color", "differ", "tools", "scores", "pairs", "code")

    differ = t.Bool(False).tag(sync=True)
    labels = Array(help="matched clusters of each drawn image, uint8 (embeddings, len(ks), m)")
    points = Array(help="a plane for each embedding, float32 (embeddings, m, 2)")

    def __init__(
        self, embeddings: tuple[Embedding, ...], paths: list[KMeansPath], matched: np.ndarray, **traits: Any
    ) -> None:
        self.embeddings, self.paths, self.matched = embeddings, paths, matched
        super().__init__(embeddings[0], ks=[int(k) for k in paths[0].ks_], **traits)

    @t.observe("k", "color", "differ", "selection", "about")
    @shown
    def _tell(self, change: Any = None) -> None:
        if not self.about:
            return
        told = [self.about["phrases"][self.ks.index(self.k)], phrases.selected(len(self.selection))]
        self.words = " ".join(filter(None, told))
        code = fill(self.about["recipe"], k=self.k, color=self.color, differ=self.differ)
        self.code = code + (f"\nview.state = {self.state!r}" if self.selection.size else "")

    def figure(self) -> Any:
        """The scatters and the scores at the current k, as a still figure."""
        from capslab.widgets.comparison.figure import comparison_figure

        return comparison_figure(self)


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
    """Two to four representations of the same images side by side, clustered with one k.

    Parameters
    ----------
    embeddings : of the same images in the same order.
    k : where the slider starts; 10, or the largest k there is.
    color : "cluster" or "label".
    differ : let the images that do not sit in the same cluster everywhere stand out.
    seeds : number of k-means seeds behind the spread in the table of scores.
    method : how more than two dimensions become two: "pca", "tsne" or "umap" (if installed).
    state : a string that `view.state` gave, to see the same again.
    hide : controls not to show, among "k", "color", "differ", "tools", "scores", "pairs", "code".
    seed : of the first path, of what is sampled, and of t-SNE and UMAP.

    Returns
    -------
    CompareView : `view.k`, `view.selection` follow what is done in the browser.

    Raises
    ------
    ArgumentError : one or more than four embeddings, embeddings of other images, a k
        beyond the path, a number of seeds below 1, the state of another view.
    """
    check_same_images(embeddings)
    if not isinstance(seeds, int) or seeds < 1:
        raise ArgumentError("seeds", "a whole number from 1", seeds, "Try seeds=3.")
    last = min(different(embedding) for embedding in embeddings)
    paths = [full_path(embedding, last, seed) for embedding in embeddings]
    ks = tuple(int(value) for value in paths[0].ks_)
    k = first_k(k, ks)
    matched = same_names(paths)
    names = distinct_names(embeddings)
    scores, spread_note = spreads(embeddings, paths, seeds, seed)

    first = embeddings[0]
    widest = max(embedding.dimension for embedding in embeddings)
    drawn, sampled = preparation.drawn_positions(len(first), method, widest, seed)
    planes, told = zip(
        *(preparation.plane(embedding.vectors[drawn], method, seed) for embedding in embeddings), strict=True
    )
    numbers, classes = preparation.named_classes(first)
    classes = classes if len(classes) <= 256 else []
    small = (
        preparation.thumbnails(first.images.images[drawn], seed=seed) if first.images is not None else None
    )
    pairs = list(combinations(range(len(embeddings)), 2))
    counts = [[int((matched[a, i] != matched[b, i]).sum()) for a, b in pairs] for i in range(len(ks))]
    row = None
    if small is not None and len(small.positions) < len(drawn):
        row = np.full(len(drawn), -1, np.int32)
        row[small.positions] = np.arange(len(small.positions))
    notes = [sampled, spread_note, small.note if small else "There are no images to show."]
    view = CompareView(
        embeddings,
        paths,
        matched,
        k=k,
        color=color,
        differ=differ,
        hide=list(hide),
        labels=np.ascontiguousarray(matched[:, :, drawn]),
        points=np.stack(planes),
        drawn=drawn.astype(np.int32) if sampled else None,
        truth=numbers[drawn].astype(np.uint8) if numbers is not None and classes else None,
        thumbnails=None if small is None else small.pixels,
        thumbnail_of=row,
        about={
            "names": names,
            "supervised": [embedding.supervised for embedding in embeddings],
            "dimensions": [embedding.dimension for embedding in embeddings],
            "planes": list(told),
            "classes": classes,
            "measures": {name: MEASURES[name] for name in scores},
            "scores": scores,
            "pairs": [list(pair) for pair in pairs],
            "differing": counts,
            "total": len(first),
            "notes": " ".join(filter(None, notes)),
            "phrases": [
                phrases.comparison(
                    ks[i], names, embeddings, scores, i, dict(zip(pairs, counts[i], strict=True))
                )
                for i in range(len(ks))
            ],
            "recipe": fill(RECIPE, end=min(last, LAST_K) + 1, seeds=seeds, method=method, seed=seed),
        },
    )
    if state is not None:
        view.state = state
    return view


def check_same_images(embeddings: tuple[Any, ...]) -> None:
    """Raise in words unless these are two to four embeddings of the same images."""
    if not 2 <= len(embeddings) <= 4:
        again = "Write cl.compare(dense_z, caps_z); explore_clusters shows a single one."
        raise ArgumentError("embeddings", "two to four of them", Verbatim(f"{len(embeddings)}"), again)
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
            again = "Embed one and the same selection with every model."
            raise ArgumentError("embeddings", "of the same images in the same order", received, again)


def _pixels(embedding: Any) -> np.ndarray | None:
    return None if embedding.images is None else embedding.images.images


def distinct_names(embeddings: tuple[Embedding, ...]) -> list[str]:
    """The sources, numbered where two are called the same."""
    sources = [embedding.source for embedding in embeddings]
    return [
        source if sources.count(source) == 1 else f"{source} ({sources[: i + 1].count(source)})"
        for i, source in enumerate(sources)
    ]


def same_names(paths: list[KMeansPath]) -> np.ndarray:
    """Every path's labels under the names of the first path's clusters: uint8 `(paths, K, n)`."""
    from capslab.clustering import match_labels

    first = paths[0].path_labels_
    others = [
        [match_labels(a, b) for a, b in zip(first, path.path_labels_, strict=True)] for path in paths[1:]
    ]
    return np.stack([first, *(np.stack(lines).astype(np.uint8) for lines in others)])


def spreads(
    embeddings: tuple[Embedding, ...], paths: list[KMeansPath], seeds: int, seed: int
) -> tuple[dict[str, list[list[list[float | None]]]], str]:
    """Scores for every k: `[measure][embedding][seed][k]`, and a note on what was sampled.

    The first seed is the path that is drawn. The others cluster at most 5,000 of the images.
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
    found: dict[str, list[list[list[float | None]]]] = {}
    for embedding, path in zip(embeddings, paths, strict=True):
        part = embedding if len(some) == n else embedding[some]
        part = part if different(part) >= last else embedding  # nearly all copies: take them all
        runs = [path.curves()] + [full_path(part, last, seed + s).curves() for s in range(1, seeds)]
        for name in MEASURES:
            if getattr(runs[0], name) is not None:
                lines = [[float(v) if np.isfinite(v) else None for v in getattr(run, name)] for run in runs]
                found.setdefault(name, []).append(lines)
    return found, note
