"""Which images change cluster as k grows: one column per k, and a stream from cluster to cluster."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from capslab.errors import ArgumentError, Verbatim, instance_of
from capslab.plots import cluster_flow_plotly
from capslab.plots.chart_figure import ChartFigure
from capslab.plots.chart_still import TEXT
from capslab.plots.colours import ink_on, palette
from capslab.plots.figure_words import listed, plural
from capslab.plots.flow import GAP, Flow
from capslab.plots.style import cluster_names, pixels

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath

#: more columns would leave no room for the streams between them
MOST_COLUMNS = 8
BAR = 0.16  # the width of a cluster's bar; a column is 1 wide


class FlowFigure(ChartFigure):
    """The still of a flow, beside which stands a plotly figure to hover over.

    Attributes
    ----------
    flow : what is drawn.
    """

    flow: Flow

    @property
    def alt_text(self) -> str:
        """How many images move, and to which new clusters."""
        flow, parts = self.flow, []
        for column, (k, after) in enumerate(pairwise(flow.ks)):
            new = set(flow.clusters[column + 1].tolist()) - set(flow.clusters[column].tolist())
            moves = [s for s in flow.streams if s[0] == column and s[2] in new]
            moves = sorted(moves, key=lambda one: -len(one[3]))[:2]
            told = listed(f"{len(which)} of {_name(a)} to {_name(b)}" for _, a, b, which in moves)
            moved = sum(len(s[3]) for s in flow.streams if s[0] == column and s[1] != s[2])
            parts.append(f"from k = {k} to {after} {moved} images change cluster" + f", {told}" * bool(moves))
        text = f"Flow of {plural(flow.clusters.shape[1], 'image')} between clusters: {'; '.join(parts)}."
        return text if len(text) <= 600 else text[:599] + "…"

    @property
    def values(self) -> list[dict[str, Any]]:
        """One dict per stream, for `plots.table`."""
        flow, rows = self.flow, []
        for column, start, end, which in flow.streams:
            rows.append({"k": flow.ks[column], "cluster": _name(start), "next k": flow.ks[column + 1]})
            rows[-1] |= {"next cluster": _name(end), "images": len(which)}
            rows[-1] |= {"classes": flow.by_class(which)} if flow.labels is not None else {}
        return rows

    def _as_json(self) -> dict[str, Any]:
        return cluster_flow_plotly.as_json(self.flow, 80 * self.get_figheight())


def cluster_flow(path: KMeansPath, ks: Sequence[int], images: Any = None) -> FlowFigure:
    """Which images change cluster as k grows.

    Each column is one k, each bar a cluster with its mean image, and each stream the images that two
    clusters have in common. A cluster keeps its letter and colour along the path; a new one splits off where
    streams of several clusters meet. In JupyterLab, point at a stream to see some of the images in it.

    Parameters
    ----------
    path : a fitted `KMeansPath`, from `cl.cluster`.
    ks : two to eight k of the path.
    images : the `Images` that were clustered, in the same order; those of the path, if left out.

    Raises
    ------
    ArgumentError : for something else than a path, a k that is not on it, or other images.

    Examples
    --------
    >>> import capslab as cl
    >>> path = cl.cluster(cl.embed(cl.load("digits")[:300]), n_clusters=range(2, 11))
    >>> figure = cluster_flow(path, [2, 3, 10])
    >>> sum(row["images"] for row in figure.values)  # all 300, from 2 to 3 and from 3 to 10
    600
    """
    flow = _flow(path, ks, images)
    figure = FlowFigure(figsize=(max(4.0, 1.55 * len(flow.ks)), 6))
    figure.flow = flow
    _draw(figure, flow)
    figure._drawn = figure._state()
    return figure


def _flow(path: Any, ks: Any, images: Any) -> Flow:
    if not hasattr(path, "path_labels_"):
        step = "Write cl.plots.cluster_flow(cl.cluster(embedding), [8, 10, 12])."
        raise ArgumentError("path", "a fitted KMeansPath, from cl.cluster", instance_of(path), step)
    chosen = [] if isinstance(ks, str) else _sorted(ks)
    on_path, first = len(path.ks_), [int(k) for k in path.ks_[:3]]
    step = f"Try ks={first}."
    if on_path == 1:
        step = "Fit the path with several: cl.cluster(embedding, n_clusters=range(2, 11))."
    if not 2 <= len(chosen) <= MOST_COLUMNS:
        raise ArgumentError("ks", f"2 to {MOST_COLUMNS} different numbers of clusters", ks, step)
    if not set(chosen) <= set(path.ks_):
        raise ArgumentError(
            "ks", f"numbers of clusters that are on the path ({listed(path.ks_, 12)})", ks, step
        )
    clusters = np.stack([path.at(k).labels for k in chosen])
    embedding = path.embedding_
    shown = images if images is not None else None if embedding is None else embedding.images
    labels = getattr(shown, "labels", None)
    if shown is not None and len(shown) != clusters.shape[1]:
        step = "Leave it out: a path of an embedding knows its images."
        if embedding is None:
            step = "Cluster an embedding instead of an array, cl.cluster(cl.embed(images)), and leave it out."
        received = Verbatim(f"{len(shown)} of them")
        raise ArgumentError("images", f"the {clusters.shape[1]} images of the path", received, step)
    classes = getattr(shown, "classes", ())
    drawn = None if shown is None else pixels(shown)
    return Flow(tuple(map(int, chosen)), clusters, labels, classes, drawn)


def _sorted(ks: Any) -> list[Any]:
    """The different numbers in ascending order; nothing if there are none."""
    try:
        return sorted(set(ks))
    except TypeError:
        return []


def _name(cluster: int) -> str:
    return cluster_names([cluster])[0]


def _draw(figure: FlowFigure, flow: Flow) -> None:
    axes = figure.add_axes((0.01, 0.01, 0.98, 0.92))
    last = len(flow.ks) - 1
    axes.set(xlim=(0, last + 0.62), ylim=(1, 0))
    axes.set_axis_off()
    used = [{c: ends[0] for c, ends in column.items()} for column in flow.places]  # where a bar is free
    scale = (1 - GAP * (max(map(len, flow.places)) - 1)) / flow.clusters.shape[1]
    arriving = [dict(column) for column in used]
    for column, start, end, which in _in_order(flow):
        height = len(which) * scale
        top, bottom = used[column][start], arriving[column + 1][end]
        used[column][start] += height
        arriving[column + 1][end] += height
        stream = _stream(column + BAR, column + 1, top, bottom, height)
        axes.add_patch(PathPatch(stream, facecolor=palette(start), alpha=0.35, linewidth=0))
    for column, (k, ends) in enumerate(zip(flow.ks, flow.places, strict=True)):
        axes.text(column, -0.015, f"k = {k}", fontsize=TEXT, va="bottom", clip_on=False)
        for cluster, (top, bottom) in ends.items():
            colour = palette(cluster)
            axes.add_patch(Rectangle((column, top), BAR, bottom - top, facecolor=colour, linewidth=0))
            middle = (top + bottom) / 2
            if bottom - top > 0.02:
                style: dict[str, Any] = {
                    "ha": "center",
                    "va": "center",
                    "weight": "bold",
                    "color": ink_on(colour),
                }
                axes.text(column + BAR / 2, middle, _name(cluster), fontsize=10, **style)
            _draw_mean(axes, flow, column, cluster, middle, min(0.4, 5.5 * (bottom - top + 0.9 * GAP)))


def _stream(left: float, right: float, top: float, bottom: float, height: float) -> Path:
    """A band from `top` at the left to `bottom` at the right, of the same height everywhere."""
    middle, curve = (left + right) / 2, [Path.CURVE4] * 3
    above = [(left, top), (middle, top), (middle, bottom), (right, bottom)]
    below = [(x, y + height) for x, y in above[::-1]]
    return Path([*above, *below, above[0]], [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])


def _in_order(flow: Flow) -> list[tuple[int, int, int, np.ndarray]]:
    """The streams from top to bottom, so that those of a bar do not cross each other beside it."""
    at = flow.places
    return sorted(flow.streams, key=lambda s: (s[0], at[s[0]][s[1]], at[s[0] + 1][s[2]]))


def _draw_mean(axes: Any, flow: Flow, column: int, cluster: int, y: float, inches: float) -> None:
    """The mean image of a cluster beside its bar, at most so many inches wide and high."""
    if flow.pixels is None:
        return
    mean = flow.pixels[flow.clusters[column] == cluster].mean(axis=0)  # (h, w, c)
    drawn = OffsetImage(
        mean[..., 0] if mean.shape[-1] == 1 else mean,
        zoom=72 * inches / max(mean.shape[:2]),
        cmap="gray",
        interpolation="nearest",
    )
    place = AnnotationBbox(
        drawn, (column + BAR + 0.03, y), box_alignment=(0, 0.5), frameon=False, pad=0, annotation_clip=False
    )
    axes.add_artist(place)
