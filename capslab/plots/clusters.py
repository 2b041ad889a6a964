"""Figures of clusters: where their points lie, what they look like, and how they score for every k."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots import chart_still
from capslab.plots.chart import Chart, ChartLine, ChartPanel, lines_of
from capslab.plots.chart_figure import ChartFigure, figure_of
from capslab.plots.colours import palette
from capslab.plots.figure_words import listed, plural
from capslab.plots.fitted_text import in_lines
from capslab.plots.point_cloud import draw_points
from capslab.plots.style import badges, cluster_names, draw_image, new_figure, open_axes, pixels

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath, ScoreCurves

#: a scatter plot shows at most this many points; more would only hide each other
MOST_POINTS = 10_000
#: and an overview the mean images of at most this many clusters, the largest
MOST_MEANS = 40


def scatter(points: Any, labels: Any, names: Any = None, title: str = "") -> Figure:
    """A scatter plot of points coloured by label, with each label's name in the middle of its points.

    Parameters
    ----------
    points : `(n, 2)`.
    labels : whole numbers ≥ 0, `(n,)`.
    names : a text for each label, such as the names of classes; by default labels are clusters, and have
        letters.
    title : text above the figure.
    """
    figure = new_figure(5.5, 5)
    axes = figure.subplots()
    labels = _draw_points(axes, points, labels)
    axes.set_title(in_lines(title, 5.2, 10), fontsize=10)
    _name_groups(axes, points, labels, names)
    figure.words = f"{title + ': ' if title else ''}{_points_in_words(labels, names)}."
    return figure


def score_curves(scores: ScoreCurves, k: int | None = None) -> ChartFigure:
    """Every score over k, with one k marked; in JupyterLab, point at a line to read its values.

    Parameters
    ----------
    scores : the scores of a path, from `path.curves()`.
    k : a number of clusters to mark.
    """
    ks = np.asarray(scores.ks, dtype=float)
    inertia = ChartLine("inertia", ks, np.asarray(scores.inertia, dtype=float), 7)
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
    scattered = left.subplots()
    labels = _draw_points(scattered, points, clustering.labels)
    if means is None:
        lower = right
    else:
        upper, lower = right.subfigures(2, 1, squeeze=False, height_ratios=[3, 2])[:, 0]
        _draw_means(upper, means, clustering.sizes)
    _draw_scores(lower.subplots(), path.curves(), k)
    title = f"k = {k}: {clustering.scores}"
    figure.suptitle(in_lines(title, 9.5, 10), fontsize=10)
    _name_groups(scattered, points, labels, None)
    sizes = (f"{name} {size:,}" for name, size in zip(cluster_names(k), clustering.sizes, strict=True))
    pictures = "" if means is None else ", with the mean image of each cluster"
    figure.words = (
        f"{title}. {_points_in_words(labels, None)}{pictures}; images per cluster: {listed(sizes, 12)}."
    )
    return figure


def _draw_means(figure: Any, means: Any, sizes: Any) -> None:
    """The mean image of each cluster with its letter and its size, below each other in large grids."""
    order = np.arange(len(sizes))
    if len(sizes) > MOST_MEANS:
        order = np.sort(np.argsort(-np.asarray(sizes), kind="stable")[:MOST_MEANS])
        figure.suptitle(f"the {MOST_MEANS} largest of {len(sizes)} clusters", fontsize=8)
    count = len(order)
    across = min(count, max(5, -(-count // 4)))
    for place, axes in enumerate(figure.subplots(-(-count // across), across, squeeze=False).ravel()):
        if place >= count:
            axes.set_visible(False)
            continue
        i = int(order[place])
        draw_image(axes, pixels(means[i : i + 1])[0])
        between = "\n" if across > 6 else ": "
        axes.set_title(f"{cluster_names([i])[0]}{between}{sizes[i]:,}", fontsize=7, pad=2, linespacing=1)
        axes.spines[:].set(visible=True, color=palette(i), linewidth=2)


def _draw_points(axes: Axes, points: Any, labels: Any) -> np.ndarray:
    """Draw the points in the colours and shapes of their labels; returns the labels as an array."""
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
    size = float(np.clip(24_000 / len(sample), 5, 40))
    open_axes(axes, "first coordinate", "second coordinate")
    draw_points(axes, points[sample], labels[sample], size, alpha=0.9)
    return labels


def _name_groups(axes: Axes, points: Any, labels: np.ndarray, names: Any) -> None:
    """Each group's name in the middle of its points."""
    points, groups = np.asarray(points), np.unique(labels)
    middles = [np.median(points[labels == i], axis=0) for i in groups]
    badges(axes, middles, groups, _group_names(groups, names))


def _group_names(groups: Any, names: Any) -> list[str]:
    return cluster_names(groups) if names is None else [str(names[i]) for i in groups]


def _points_in_words(labels: np.ndarray, names: Any) -> str:
    groups, sizes = np.unique(labels, return_counts=True)
    texts = _group_names(groups, names)
    what = plural(len(groups), "cluster" if names is None else "class", "" if names is None else "classes")
    most, least = texts[int(sizes.argmax())], texts[int(sizes.argmin())]
    extremes = f": {most} has {sizes.max():,} of them, {least} {sizes.min():,}" if len(groups) > 1 else ""
    return f"Scatter plot of {plural(len(labels), 'point')} in {what}{extremes}"


def _score_panel(scores: ScoreCurves, k: int | None) -> ChartPanel:
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
    return ChartPanel(label, "score", lines, "k = ", y_limits=(lowest, 1.0), mark_x=mark, whole_x=True)


def _draw_scores(axes: Axes, scores: ScoreCurves, k: int | None) -> None:
    chart_still.draw_panel(axes, _score_panel(scores, k), size=10)
    axes.legend(fontsize=8, frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 1))
