"""`explore_cloud`: vectors as points in space that one can turn, with the k slider of the cluster view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim
from capslab.widgets.base import Array, fill, module, shown, style
from capslab.widgets.cloud import figure as cloud_figure
from capslab.widgets.clusters.clustered import clustered
from capslab.widgets.shared import cluster_captions, cluster_images
from capslab.widgets.shared.path_view import (
    PathView,
    check_embedding,
)
from capslab.widgets.traits import Bool

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath
    from capslab.embedding import Embedding

RECIPE = """import capslab as cl

⟨path⟩print(path.at(⟨k⟩).scores)
view = cl.explore_cloud(
    embedding, ⟨k⟩, path, color="⟨color⟩", moved=⟨moved⟩, angles=(⟨turn⟩, ⟨tilt⟩), seed=⟨seed⟩
)"""
FRONT = (30.0, 20.0)


class Angles(t.TraitType):
    """Two angles in degrees, from where a cloud is seen; they travel to the browser and back as a list."""

    default_value = FRONT

    def __init__(self) -> None:
        super().__init__()
        self.tag(sync=True, to_json=lambda value, widget: list(value))

    def validate(self, obj: Any, value: Any) -> tuple[float, float]:
        try:
            turn, tilt = np.asarray(value, float)
        except (TypeError, ValueError):
            turn = tilt = np.nan
        if not np.isfinite([turn, tilt]).all() or abs(tilt) > 90:
            expected = "two angles in degrees, the second from −90 to 90"
            raise ArgumentError("angles", expected, value, "Try (30, 20).")
        return round(float((turn + 180) % 360 - 180), 1), round(float(tilt), 1)


class CloudView(PathView):
    """A cloud of points in three dimensions under one slider for k.

    Attributes
    ----------
    k : number of clusters.
    color : what the colours of the points mean, "cluster" or "label".
    moved : whether the images that change cluster from k to the next k are highlighted.
    angles : by how many degrees the cloud is turned about its upright axis, −180…180, and tilted, −90…90.
    selection : positions of the images selected with the lasso, `(m,)`.
    path : the `KMeansPath`.
    points : the coordinates of the drawn images, float32 `(m, 3)`.
    """

    _esm = module("cloud")
    _css = style("cloud")
    STATE = ("k", "color", "moved", "angles", "selected")
    CONTROLS = ("k", "color", "moved", "turn", "tools", "code", "screen")

    moved = Bool(False).tag(sync=True)
    angles = Angles()

    labels = Array(help="cluster of each drawn image for each k, uint8 (len(ks), m)")
    points = Array(help="coordinates of each drawn image, float32 (m, 3)")

    def __init__(self, embedding: Embedding, path: KMeansPath, **traits: Any) -> None:
        self.path = path
        super().__init__(embedding, ks=[int(k) for k in path.ks_], **traits)

    @t.observe("k", "color", "moved", "angles", "selection", "about")
    @shown
    def _update_words(self, change: Any = None) -> None:
        if not self.about:
            return
        i = self.ks.index(self.k)
        sentences = [
            self.about["phrases"][i],
            self.about["moves"][i] if self.moved else "",
            cloud_figure.angle_words(self.about["space"], self.angles),
            cluster_captions.selected(len(self.selection)),
        ]
        self.words = cluster_captions.join(sentences)
        turn, tilt = (f"{angle:g}" for angle in self.angles)
        code = fill(self.about["recipe"], k=self.k, color=self.color, moved=self.moved, turn=turn, tilt=tilt)
        self.code = code + (f"\nview.state = {self.state!r}" if self.selection.size else "")

    def figure(self) -> Any:
        """The cloud as it is seen now, as a still figure."""
        labels = self.labels[self.ks.index(self.k)]
        return self._in_words(cloud_figure.draw(self.points, labels, self.angles, f"k = {self.k}"))

    def plotly(self) -> Any:
        """The same cloud drawn by plotly, which follows this view's k and colours.

        Returns
        -------
        An `ipywidgets.HBox` of a `plotly.graph_objects.FigureWidget` and the picture of the image that the
        mouse points at. It needs a running kernel, and a browser with WebGL; this view needs neither.

        Examples
        --------
        >>> import capslab as cl
        >>> cloud = cl.explore_cloud(cl.embed(cl.load("digits")[:100]), 4)
        >>> figure, picture = cloud.plotly().children
        >>> cloud.k = 5
        >>> len(set(figure.data[0].marker.color))
        5
        """
        from capslab.widgets.cloud.plotly_cloud import plotly_cloud

        return plotly_cloud(self)


def explore_cloud(
    embedding: Embedding,
    k: int | None = None,
    path: KMeansPath | None = None,
    *,
    color: str = "cluster",
    moved: bool = False,
    angles: tuple[float, float] = FRONT,
    state: str | None = None,
    hide: tuple[str, ...] = (),
    seed: int = 0,
) -> CloudView:
    """Look at an embedding in three dimensions: a cloud of points that you turn, under the slider for k.

    A plane shows two directions; points that lie on each other there may be far apart in the third. Drag the
    cloud, or use the arrow keys, and the depth appears.

    Parameters
    ----------
    embedding : vectors of three dimensions or more. Of more than three, the first three principal components
        (PCA) are drawn; the view says how much of the variance they hold.
    k : where the slider starts; 10 by default, or the largest k if that is smaller.
    path : the clusterings for every k, from `cluster`. If it is left out, k = 2…30 are computed.
    color : "cluster" or "label".
    moved : highlight the images that change cluster from k to the next k.
    angles : from where the cloud is seen at first: turned about its upright axis and tilted, in degrees.
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "k", "color", "moved", "turn", "tools", "code", "screen".
    seed : of the clustering, of PCA, and of random samples.

    Returns
    -------
    CloudView : `view.k`, `view.angles` and `view.selection` follow what you do in the browser;
        `view.plotly()` is the same as a plotly `FigureWidget`.

    Raises
    ------
    ArgumentError : for vectors of one or two dimensions, and for whatever `explore_clusters` refuses.

    Examples
    --------
    Two views under one slider; the link needs no kernel:

    >>> import capslab as cl
    >>> import ipywidgets
    >>> z = cl.embed(cl.load("digits")[:200])
    >>> path = cl.cluster(z, n_clusters=range(2, 13))
    >>> plane, cloud = cl.explore_clusters(z, 5, path), cl.explore_cloud(z, 5, path, hide=("k",))
    >>> link = ipywidgets.jslink((plane, "k"), (cloud, "k"))
    >>> both = ipywidgets.VBox([plane, cloud])  # the last line of a cell shows both
    """
    check_embedding(embedding)
    check_dimensions(embedding)
    found = clustered(embedding, k, path, seed)
    points, space, axes = in_space(found.rows, seed)
    pictures, pictures_note = pictures_of(embedding, found.drawn, seed)
    view = CloudView(
        embedding,
        found.path,
        color=color,
        moved=moved,
        angles=angles,
        hide=list(hide),
        points=points,
        about={**found.about(pictures_note, RECIPE, seed), "axes": axes, "space": space},
        **found.traits(),
        **pictures,
    )
    if state is not None:
        view.state = state
    return view


def check_dimensions(embedding: Embedding) -> None:
    """Raise an error for vectors that have no third dimension."""
    d = embedding.dimension
    if d < 3:
        raise ArgumentError(
            "embedding",
            "of at least three dimensions",
            Verbatim(f"{len(embedding):,} vectors of {'one dimension' if d == 1 else 'two dimensions'}"),
            "Write cl.explore_clusters(embedding) to see them in a plane.",
        )


def in_space(vectors: Any, seed: int) -> tuple[np.ndarray, str, list[str]]:
    """Three coordinates `(n, 3)` around 0, at most 1 from it; what they are; and the names of the axes."""
    from capslab.data.pca import principal_components

    if vectors.shape[1] == 3:
        space, note = np.asarray(vectors[:], np.float64), "Drawn in its own three dimensions"
        names = ["dimension 1", "dimension 2", "dimension 3"]
    else:
        found = principal_components(vectors, 3, seed=seed)
        space = np.pad(found, ((0, 0), (0, 3 - found.shape[1]))).astype(np.float64)
        total = float(vectors.var(axis=0, dtype=np.float64).sum())
        share = float(space.var(axis=0).sum()) / total if total > 0 else 1.0
        note = f"Drawn by its first three principal components (PCA, {round(100 * share)} % of the variance)"
        names = ["PC 1", "PC 2", "PC 3"]
    space = space - (space.max(axis=0) + space.min(axis=0)) / 2
    space /= max(float(np.sqrt((space**2).sum(axis=1)).max()), 1e-12)
    return np.ascontiguousarray(space, np.float32), note, names


def pictures_of(embedding: Embedding, drawn: np.ndarray, seed: int) -> tuple[dict[str, Any], str]:
    """The thumbnails as traits, and a note on what was left out."""
    if embedding.images is None:
        return {}, "There are no images to show."
    small = cluster_images.thumbnails(embedding.images.images[drawn], seed=seed)
    return {"thumbnails": small.pixels, "thumbnail_of": small.rows(len(drawn))}, small.note
