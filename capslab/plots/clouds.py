"""Small scatters side by side: the steps of k-means, constructed cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.style import new_figure, palette, plain

MARKS = "os^DvPX*"  # a cluster has a shape as well as a colour


def clouds(panels: Mapping[str, tuple[Any, ...]], columns: int = 4, title: str = "") -> Figure:
    """One small scatter a panel, all on the same axes' limits where the points are the same.

    Parameters
    ----------
    panels : for each title `(points, labels)` or `(points, labels, centers)`: `(n, 2)`, `(n,)`, `(k, 2)`.
        Centres are drawn as large crosses.
    columns : panels in a row.
    title : words above all of them.
    """
    if not panels:
        raise ArgumentError("panels", "at least one panel", panels, 'Write {"a title": (points, labels)}.')
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    figure = new_figure(2.5 * columns, 2.45 * rows + 0.3 * bool(title))
    for axes in figure.subplots(rows, columns, squeeze=False).ravel()[len(panels) :]:
        axes.set_visible(False)
    for axes, (name, panel) in zip(figure.axes, panels.items(), strict=False):
        points, labels = np.asarray(panel[0]), np.asarray(panel[1])
        if points.ndim != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
            raise ArgumentError(
                f"panels[{name!r}]", "points (n, 2) and labels (n,)", points, "Project first."
            )
        size = float(np.clip(2500 / len(points), 2, 18))
        for label in np.unique(labels):
            own = labels == label
            x, y = points[own].T
            axes.scatter(x, y, s=size, color=palette(label), marker=MARKS[label % 8], alpha=0.7, linewidths=0)
        for i, (x, y) in enumerate(panel[2] if len(panel) > 2 else ()):
            axes.plot(
                x, y, "X", markersize=11, color=palette(i), markeredgecolor="black", markeredgewidth=1.2
            )
        plain(axes).set_title(name, fontsize=9)
        axes.spines[:].set(visible=True, color="#bbbbbb")
    if title:
        figure.suptitle(title, fontsize=10)
    return figure
