"""`explore_clusters`: k-means for every k at once under one slider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, is_whole, spelling_hint
from capslab.widgets.base import Array, fill, module, shown, style
from capslab.widgets.clusters import captions, contents, neighbours
from capslab.widgets.clusters import figure as clusters_figure
from capslab.widgets.clusters.clustered import clustered
from capslab.widgets.clusters.map_worker import MapWorker
from capslab.widgets.clusters.maps import TITLES, Maps, caution
from capslab.widgets.shared import cluster_captions
from capslab.widgets.shared.path_view import (
    PathView,
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


class ClusterView(PathView):
    """One slider for k over clusterings that were computed beforehand.

    Attributes
    ----------
    k : number of clusters; set it and the slider in the browser moves.
    color : what the colours of the points mean, "cluster" or "label".
    moved : whether the images that change cluster from k to the next k are highlighted.
    method : the map: "pca", "tsne" or "umap". A map that is not yet there is computed when you set it, which
        takes seconds; chosen in the browser, it is computed in the background.
    find : the class whose images are highlighted, by its name; "" or None for none.
    image : position in the embedding of the image whose nearest neighbours are shown, or None.
    selection : positions in the embedding of the images selected with the lasso, `(m,)`.
    zoom : centre of the picture and magnification, `[x, y, times]`.
    path : the `KMeansPath`; `clusters` is its clustering at the current k.
    points : coordinates of the drawn images on the map, `(m, 2)`.
    """

    _esm = module("clusters")
    _css = style("clusters")
    STATE = ("k", "color", "moved", "method", "zoom", "find", "image", "selected")
    CONTROLS = (
        "k",
        "color",
        "moved",
        "method",
        "tools",
        "find",
        "image",
        "members",
        "scores",
        "table",
        "code",
        "screen",
    )

    moved = Bool(False).tag(sync=True)
    zoom = t.List(Float(), [0.0, 0.0, 1.0], minlen=3, maxlen=3).tag(sync=True)
    method = t.Unicode("pca").tag(sync=True)
    find = t.Any("").tag(sync=True)
    image = t.Any(None).tag(sync=True)

    labels = Array(help="cluster of each drawn image for each k, uint8 (len(ks), m)")
    pca = Array(help="coordinates of each drawn image, float32 (m, 2)")
    tsne = Array(help="the same by t-SNE, once it is computed")
    umap = Array(help="the same by UMAP, once it is computed")
    centers = Array(help="mean or decoded image of each cluster of each k, uint8 (Σ k, h, w, c)")
    members = Array(help="rows in thumbnails for each cluster of each k, int32 (Σ k, 12), −1 for none")
    near = Array(help="the nearest drawn images of each, int32 (m, 8); None if Python is asked for each")
    distances = Array(help="how far they are, float32 (m, 8)")
    nearest = t.Dict().tag(sync=True)  # those of `image` alone, where Python is asked: image, near, distances
    maps_notes = t.Dict().tag(sync=True)  # method → what its map shows
    wanted = t.Unicode("").tag(
        sync=True
    )  # the map that somebody chose in the browser and that is not there yet
    progress = t.Unicode("").tag(sync=True)  # how far it is, in words

    def __init__(self, embedding: Embedding, path: KMeansPath, maps: Maps, **traits: Any) -> None:
        self.path, self.maps = path, maps
        self.worker = MapWorker(maps, self._map_progress, self._map_end)
        super().__init__(embedding, ks=[int(k) for k in path.ks_], **traits)

    @property
    def clusters(self) -> Any:
        """The clustering at the current k."""
        return self.path.at(self.k)

    @property
    def points(self) -> np.ndarray:
        """Coordinates of the drawn images on the present map, float32 `(m, 2)`."""
        return self.maps.get(self.method)

    @t.validate("method")
    def _has_a_map(self, proposal: Any) -> str:
        self.maps.get(proposal["value"])  # an unknown method, or one that is not installed, is refused here
        return proposal["value"]

    @t.observe("method")
    def _send_map(self, change: Any = None) -> None:
        if self.maps.dimension > 2:
            setattr(self, self.method, self.maps.get(self.method))
        self.maps_notes = dict(self.maps.notes)

    @t.observe("wanted")
    def _start_map(self, change: Any = None) -> None:
        self.progress = ""
        if not self.wanted:
            self.worker.stop()
        elif self.wanted in self.maps.points:
            self._map_end(self.wanted, None)
        elif self.wanted in TITLES:
            self.progress, self.error = f"{TITLES[self.wanted]}: starting", ""
            self.worker.start(self.wanted)

    def _map_progress(self, method: str, share: float) -> None:
        self.progress = f"{TITLES[method]}: {round(100 * share)} %"

    def _map_end(self, method: str, failure: Exception | None) -> None:
        with self.hold_sync():
            self.progress = self.wanted = ""
            if failure is None:
                self.method, self.error = method, ""
            else:
                self.error = f"{type(failure).__name__}: {failure}"

    @t.validate("find")
    def _known_class(self, proposal: Any) -> str:
        name, classes = proposal["value"], self.about.get("classes", []) if self.about else []
        if name == "":
            return ""
        if str(name) not in classes:
            expected = f"the name of a class, {classes[0]!r} to {classes[-1]!r}" if classes else '""'
            hint = spelling_hint(str(name), classes) or (f"Try {classes[0]!r}." if classes else "")
            raise ArgumentError("find", expected, name, hint or 'Leave find="": there are no classes here.')
        return str(name)

    @t.validate("image")
    def _is_an_image(self, proposal: Any) -> int | None:
        image, n = proposal["value"], len(self.embedding)
        if image is None:
            return None
        if not is_whole(image) or not -n <= image < n:
            raise ArgumentError("image", f"a position from 0 to {n - 1}, or None", image, "Try 0.")
        return int(image) % n

    @t.observe("image")
    @shown
    def _find_neighbours(self, change: Any = None) -> None:
        place = self._place(self.image)
        if self.near is not None or place is None:
            return
        near, distances = neighbours.neighbours_of(self.maps.vectors, place)
        self.nearest = {"image": self.image, "near": near.tolist(), "distances": distances.tolist()}

    def _place(self, image: int | None) -> int | None:
        """Where an image is among those drawn; None if it is not."""
        if image is None or self.drawn is None:
            return image
        place = int(np.searchsorted(self.drawn, image))
        return place if place < len(self.drawn) and self.drawn[place] == image else None

    def _class_words(self, labels: np.ndarray) -> str:
        if not self.find or self.truth is None:
            return ""
        found = self.truth == self.about["classes"].index(self.find)
        counts = np.bincount(labels[found], minlength=self.k)
        return captions.class_sentence(self.find, counts.tolist(), self.drawn is None)

    def _image_words(self, labels: np.ndarray) -> str:
        if self.image is None:
            return ""
        place = self._place(self.image)
        if place is None:
            return captions.not_drawn(self.image)
        answer = self.nearest if self.nearest.get("image") == self.image else {}
        near = np.array(answer.get("near", []), int) if self.near is None else self.near[place]
        names = self.about["classes"]
        named = self.truth is not None
        return captions.image_sentence(
            self.image,
            int(labels[place]),
            len(near),
            int((labels[near] == labels[place]).sum()),
            names[self.truth[place]] if named else "",
            int((self.truth[near] == self.truth[place]).sum()) if named else 0,
        )

    @t.observe("k", "color", "moved", "zoom", "selection", "method", "find", "image", "nearest", "about")
    @shown
    def _update_words(self, change: Any = None) -> None:
        if not self.about:
            return
        i = self.ks.index(self.k)
        sentences = [
            self.about["phrases"][i],
            self.about["moves"][i] if self.moved else "",
            self._class_words(self.labels[i]),
            self._image_words(self.labels[i]),
            caution(self.method, self.maps.dimension),
            cluster_captions.selected(len(self.selection)),
        ]
        self.words = cluster_captions.join(sentences)
        values = {"k": self.k, "color": self.color, "moved": self.moved, "method": self.method}
        code = fill(self.about["recipe"], **values)
        if self.selection.size or self.zoom != [0, 0, 1] or self.find or self.image is not None:
            code += f"\nview.state = {self.state!r}"
        self.code = code

    def close(self) -> None:
        """Also stops a map that is being computed."""
        self.worker.stop()
        super().close()

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
    embedding : the vectors to cluster, with their images; labels, if any, serve scores and colours only.
    k : where the slider starts; 10 by default, or the largest k if that is smaller.
    path : the clusterings for every k, from `cluster`. If it is left out, k = 2…30 are computed.
    color : "cluster" or "label".
    moved : highlight the images that change cluster from k to the next k.
    method : the map that is shown first, where there are more than two dimensions: "pca"; "tsne", which takes
        seconds but is bundled for the lessons' vectors; or "umap" (`pip install capslab[layouts]`).
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "k", "color", "moved", "method", "tools", "find", "image", "members", "scores",
        "table", "code", "screen".
    seed : of the clustering, of random samples, and of t-SNE and UMAP.

    Returns
    -------
    ClusterView : `view.k`, `view.selection` and `view.clusters` follow what you do in the browser.

    Raises
    ------
    ArgumentError : if there are fewer than two different vectors; if k is not on the path or the path is
        of other images; for an unknown method, colour or control; or for the state of another view.

    Examples
    --------
    A view is an ordinary widget, so it works together with those of ipywidgets. A slider of your own, whose
    link needs no kernel to move the view:

    >>> import capslab as cl
    >>> import ipywidgets
    >>> view = cl.explore_clusters(cl.embed(cl.load("digits")[:100]), hide=("k",))
    >>> slider = ipywidgets.IntSlider(value=10, min=2, max=30, description="clusters")
    >>> link = ipywidgets.jslink((slider, "value"), (view, "k"))
    >>> both = ipywidgets.VBox([slider, view])  # the last line of a cell shows both

    Likewise `ipywidgets.interact(f, k=(2, 30))` calls your f at every move; it may set `view.k`.
    """
    found = clustered(embedding, k, path, seed)
    maps = Maps(found.rows, seed)
    maps.get(method)
    pictures, pictures_note = contents.cluster_pictures(embedding, found.path, found.drawn, seed)
    near, distances = neighbours.all_neighbours(found.rows)
    view = ClusterView(
        embedding,
        found.path,
        maps,
        color=color,
        moved=moved,
        method=method,
        hide=list(hide),
        about={
            **found.about(pictures_note, RECIPE, seed),
            **maps.about(),
            "pictures": "Decoded centre" if embedding.decode else "Mean image",
            "curves": contents.curves(found.path),
            "total": len(embedding),
        },
        near=near,
        distances=distances,
        **found.traits(),
        **maps.traits(),
        **pictures,
    )
    if state is not None:
        view.state = state
    return view
