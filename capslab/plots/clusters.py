"""Figures of clusters: where their points lie, what they look like, and how they score for every k."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
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


def score_curves(scores: ScoreCurves, k: int | None = None) -> Figure:
    """Every score over k, with one k marked."""
    figure = new_figure(6, 4.5)
    above, below = figure.subplots(2, 1, sharex=True)
    _draw_scores(below, scores, k)
    open_axes(above, "", "inertia").plot(scores.ks, scores.inertia, "-", color=palette(7))
    above.set_ylim(bottom=0)
    if k is not None:
        above.axvline(k, color=palette(3), linewidth=1)
    return figure


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


def _draw_scores(axes: Axes, scores: ScoreCurves, k: int | None) -> None:
    lines = [
        ("silhouette", scores.silhouette, "-"),
        ("ARI", scores.ari, "--"),
        ("NMI", scores.nmi, "-."),
        ("matched accuracy", scores.matched_accuracy, ":"),
    ]
    for i, (name, values, style) in enumerate(lines):
        if values is not None:  # line styles tell the scores apart without colour
            axes.plot(
                scores.ks, values, style, color=palette(i), label=name, marker="o" if len(values) == 1 else ""
            )
    if k is not None:
        axes.axvline(k, color="#888888", linewidth=1, label=f"k = {k}")
    open_axes(axes, "k, number of clusters", "score")
    axes.set_ylim(min(0, float(np.nan_to_num(scores.silhouette).min()) - 0.05), 1)
    axes.legend(fontsize=8, frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 1))
