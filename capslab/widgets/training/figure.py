"""The training view as a still matplotlib figure, for pages without a kernel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class TrainingSnapshot:
    """What the training view shows at one moment.

    Attributes
    ----------
    metrics : a panel for each of these curves; curves : name → one value per epoch.
    pictures : uint8 `(2, n, h, w, c)`, images and what the model makes of them, or None.
    points : the features of some images in the plane, `(n, 2)`, or None.
    point_labels : their classes, `(n,)`, −1 for none; point_names : names of the classes, or [].
    after : when these examples were taken, in words.
    """

    metrics: list[str]
    curves: dict[str, list[float]]
    pictures: np.ndarray | None
    points: np.ndarray | None
    point_labels: np.ndarray | None
    point_names: list[str]
    after: str


def draw(now: TrainingSnapshot) -> Any:
    """A panel of curves for each metric, the points beside them, the pictures below, as a Figure."""
    from capslab.plots.style import NotebookFigure

    with_pictures, with_points = now.pictures is not None, now.points is not None
    count = max(len(now.metrics), 1) + with_points
    figure = NotebookFigure(figsize=(3.6 * count, 2.6 + 1.5 * with_pictures), layout="constrained")
    ratios = [2.6, 1.5][: 1 + with_pictures]
    rows: Any = figure.subfigures(1 + with_pictures, 1, squeeze=False, height_ratios=ratios)
    axes = rows[0, 0].subplots(1, count, squeeze=False)[0]
    for axis, metric in zip(axes, now.metrics, strict=False):
        _draw_curves(axis, now.curves, metric)
    if with_points:
        _draw_points(axes[-1], now)
    if with_pictures:
        _draw_pictures(rows[1, 0], now)
    return figure


def _draw_curves(axis: Any, curves: dict[str, list[float]], metric: str) -> None:
    for name, key, line in (("training", metric, "-"), ("validation", f"validation {metric}", "--")):
        values = curves.get(key, [])
        if values:
            label = f"{name} {values[-1]:.4g}"
            axis.plot(range(1, len(values) + 1), values, f"o{line}", markersize=3, label=label)
    axis.set_title(metric, fontsize=9)
    axis.set_xlabel("epoch", fontsize=8)
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.tick_params(labelsize=8)
    if axis.lines:
        axis.legend(fontsize=8)


def _draw_pictures(figure: Any, now: TrainingSnapshot) -> None:
    """Images above, what the model makes of them below."""
    from capslab.plots.style import draw_image, mosaic

    assert now.pictures is not None
    _, n, *size = now.pictures.shape
    sheet = mosaic(now.pictures.reshape(-1, *size) / np.float32(255), columns=n)
    axis = figure.subplots()
    draw_image(axis, sheet)
    axis.set_title(f"images, and below what the model makes of them {now.after}", fontsize=9)


def _draw_points(axis: Any, now: TrainingSnapshot) -> None:
    from capslab.plots.point_cloud import draw_points
    from capslab.plots.style import badges

    points, labels = now.points, now.point_labels
    assert points is not None
    assert labels is not None
    draw_points(axis, points, labels, size=12)
    axis.set(xticks=[], yticks=[], xlim=(-1.1, 1.1), ylim=(-1.1, 1.1))
    axis.set_title(f"features of {len(labels)} images {now.after}", fontsize=9)
    groups = np.unique(labels[labels >= 0])
    names = [now.point_names[k] if now.point_names else str(k) for k in groups]
    badges(axis, [np.median(points[labels == k], axis=0) for k in groups], groups, names, size=8)
