"""Figures of clusters: where their points lie, what they look like, and how they score for every k."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots import chart_still
from capslab.plots.chart import Chart, Line, Panel, lines_of
from capslab.plots.chart_figure import ChartFigure, figure_of
from capslab.plots.style import badge, draw_image, new_figure, open_axes, palette, pixels

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath, ScoreCurves

#: a scatter plot shows at most this many points; more would only hide each other
MOST_POINTS = 10_000


def scatter(points: Any, labels: Any, names: Any = None, title: str = "") -> Figure:
    """A scatter plot of points coloured by label, with each label's name in the middle of its points.

    Parameters
    ----------
    points : `(n, 2)`.
    labels : whole numbers ≥ 0, `(n,)`.
    names : a text for each label; by default the number itself.
    title : text above the figure.
    """
    figure = new_figure(5.5, 5)
    axes = figure.subplots()
    _draw_points(axes, points, labels, names)
    axes.set_title(title, fontsize=10)
    return figure


def score_curves(scores: ScoreCurves, k: int | None = None) -> ChartFigure:
    """Every score over k, with one k marked; in JupyterLab, point at a line to read its values.

    Parameters
    ----------
    scores : the scores of a path, from `path.curves()`.
    k : a number of clusters to mark.
    """
    ks = np.asarray(scores.ks, dtype=float)
    inertia = Line("inertia", ks, np.asarray(scores.inertia, dtype=float), 7)
    below = _score_panel(scores, k)
    above = replace(below, y_label="inertia", lines=(inertia,), y_limits=(0, None))
    return figure_of(Chart((above, below), stacked=True), 8, 6)


def cluster_overview(path: KMeansPath, k: int, points: Any) -> Figure:
    """One k of a path: a scatter plot, the mean image of each cluster, and the scores over k.

    Parameters
    ----------
    path : a fitted `KMeansPath`; mean images are shown if it was fitted on an `Embedding` with images.
    k : a k of the path.
    points : `(n, 2)`, from `clustering.project`.
    """
    clustering = path.at(k)
    means = clustering.mean_images
    figure = new_figure(10, 5)
    left, right = figure.subfigures(1, 2, squeeze=False)[0]
    _draw_points(left.subplots(), points, clustering.labels, None)
    if means is None:
        lower = right
    else:
        upper, lower = right.subfigures(2, 1, squeeze=False, height_ratios=[3, 2])[:, 0]
        across = min(k, max(5, -(-k // 3)))
        grid = upper.subplots(-(-k // across), across, squeeze=False).ravel()
        for i, axes in enumerate(grid):
            if i >= k:
                axes.set_visible(False)
                continue
            draw_image(axes, pixels(means[i : i + 1])[0])
            axes.set_title(f"{i}: {clustering.sizes[i]:,}", fontsize=7, pad=2)
            axes.spines[:].set(visible=True, color=palette(i), linewidth=2)
    _draw_scores(lower.subplots(), path.curves(), k)
    figure.suptitle(f"k = {k}: {clustering.scores}", fontsize=10)
    return figure


def _draw_points(axes: Axes, points: Any, labels: Any, names: Any) -> None:
    points, labels = np.asarray(points), np.asarray(labels)
    if points.ndim != 2 or points.shape[1] != 2 or len(points) != len(labels) or not len(points):
        raise ArgumentError(
            "points",
            f"of shape ({len(labels)}, 2), one for each label",
            points,
            "Take cl.clustering.project(embedding), and labels of the same images.",
        )
    sample = np.arange(len(points))
    if len(points) > MOST_POINTS:
        sample = np.random.default_rng(0).choice(len(points), MOST_POINTS, replace=False)
    colours = np.array([palette(i) for i in range(int(labels.max()) + 1)])
    size = float(np.clip(6000 / len(sample), 2, 30))
    open_axes(axes, "first coordinate", "second coordinate")
    x, y = points[sample].T
    axes.scatter(x, y, c=colours[labels[sample]], s=size, alpha=0.6, linewidths=0, rasterized=True)
    for i in np.unique(labels):
        badge(axes, np.median(points[labels == i], axis=0), i, None if names is None else str(names[i]))


def _score_panel(scores: ScoreCurves, k: int | None) -> Panel:
    named = {
        "silhouette": scores.silhouette,
        "ARI": scores.ari,
        "NMI": scores.nmi,
        "matched accuracy": scores.matched_accuracy,
    }
    lines = lines_of({name: values for name, values in named.items() if values is not None}, scores.ks)
    lowest = min(0.0, float(np.nan_to_num(scores.silhouette).min()) - 0.05)
    mark = None if k is None else (float(k), f"k = {k}")
    label = "k, number of clusters"
    return Panel(label, "score", lines, "k = ", y_limits=(lowest, 1.0), mark_x=mark, whole_x=True)


def _draw_scores(axes: Axes, scores: ScoreCurves, k: int | None) -> None:
    chart_still.draw_panel(axes, _score_panel(scores, k), size=10)
    axes.legend(fontsize=8, frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 1))
