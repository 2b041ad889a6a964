"""The training view as a still matplotlib figure, for pages without a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np


def draw(view: Any) -> Any:
    """A panel of curves for each metric; below them reconstructions, beside them points."""
    from matplotlib.figure import Figure

    pictured = view.pictures is not None and "examples" not in view.hide
    dotted = view.points is not None and "examples" not in view.hide
    count = max(len(view.metrics), 1) + dotted
    figure = Figure(figsize=(3.6 * count, 2.6 + 1.5 * pictured), layout="constrained")
    rows: Any = figure.subfigures(1 + pictured, 1, squeeze=False, height_ratios=[2.6, 1.5][: 1 + pictured])
    axes = rows[0, 0].subplots(1, count, squeeze=False)[0]
    for axis, metric in zip(axes, view.metrics, strict=False):
        _curves(axis, view, metric)
    if dotted:
        _points(axes[-1], view)
    if pictured:
        _pictures(rows[1, 0], view)
    return figure


def _curves(axis: Any, view: Any, metric: str) -> None:
    for name, key, line in (("training", metric, "-"), ("validation", f"validation {metric}", "--")):
        values = view.curves.get(key, [])
        if values:
            told = f"{name} {values[-1]:.4g}"
            axis.plot(range(1, len(values) + 1), values, f"o{line}", markersize=3, label=told)
    axis.set_title(metric, fontsize=9)
    axis.set_xlabel("epoch", fontsize=8)
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.tick_params(labelsize=8)
    if axis.lines:
        axis.legend(fontsize=8)


def _pictures(figure: Any, view: Any) -> None:
    """Images above, what the model makes of them below."""
    from capslab.plots.style import draw_image, mosaic

    _, n, *size = view.pictures.shape
    sheet = mosaic(view.pictures.reshape(-1, *size) / np.float32(255), columns=n)
    axis = figure.subplots()
    draw_image(axis, sheet)
    axis.set_title(f"images, and below what the model makes of them {view.after()}", fontsize=9)


def _points(axis: Any, view: Any) -> None:
    from capslab.plots.style import badge, palette

    labels = view.point_labels
    axis.scatter(*view.points.T, c=["#666666" if k < 0 else palette(k) for k in labels], s=8)
    for k in np.unique(labels[labels >= 0]):
        name = view.point_names[k] if view.point_names else None
        badge(axis, np.median(view.points[labels == k], axis=0), int(k), name, size=8)
    axis.set(xticks=[], yticks=[], xlim=(-1.1, 1.1), ylim=(-1.1, 1.1))
    axis.set_title(f"features of {len(labels)} images {view.after()}", fontsize=9)
