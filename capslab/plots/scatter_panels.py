"""Small scatter plots side by side, for example the steps of k-means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from capslab.errors import ArgumentError
from capslab.plots.colours import palette
from capslab.plots.figure_words import listed, plural
from capslab.plots.fitted_text import in_lines
from capslab.plots.point_cloud import draw_points
from capslab.plots.style import new_figure, plain


def scatter_panels(panels: Mapping[str, tuple[Any, ...]], columns: int = 4, title: str = "") -> Figure:
    """One small scatter plot per panel.

    Parameters
    ----------
    panels : for each title, `(points, labels)` or `(points, labels, centers)` of shapes `(n, 2)`,
        `(n,)` and `(k, 2)`. Centres are drawn as large crosses.
    columns : panels per row.
    title : text above all of them.
    """
    if not panels:
        raise ArgumentError("panels", "at least one panel", panels, 'Try {"a title": (points, labels)}.')
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    titles = [in_lines(str(name), 2.3, 9) for name in panels]
    lines = max(name.count("\n") for name in titles)
    heading = in_lines(title, 2.5 * columns - 0.2, 10)
    above = 0.2 * (heading.count("\n") + 1) + 0.1 if title else 0
    figure = new_figure(2.5 * columns, (2.45 + 0.15 * lines) * rows + above)
    described = []
    for axes in figure.subplots(rows, columns, squeeze=False).ravel()[len(panels) :]:
        axes.set_visible(False)
    for axes, (name, panel), short in zip(figure.axes, panels.items(), titles, strict=False):
        points, labels = np.asarray(panel[0]), np.asarray(panel[1])
        if points.ndim != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
            raise ArgumentError(
                f"panels[{name!r}]",
                "points (n, 2) and labels (n,)",
                points,
                "Take cl.clustering.project(vectors) as the points.",
            )
        size = float(np.clip(6000 / len(points), 3, 20))
        draw_points(axes, points, labels, size, alpha=0.9)
        for i, (x, y) in enumerate(panel[2] if len(panel) > 2 else ()):
            axes.plot(
                x, y, "X", markersize=11, color=palette(i), markeredgecolor="black", markeredgewidth=1.2
            )
        plain(axes).set_title(short, fontsize=9)
        axes.set_aspect("equal", adjustable="datalim")  # a distance is one in every direction
        described.append(f"{name} ({len(points):,} points, {plural(len(np.unique(labels)), 'group')})")
        axes.spines[:].set(visible=True, color="#bbbbbb")
    if title:
        figure.suptitle(heading, fontsize=10)
    start = f"{title}. " if title else ""
    figure.words = f"{start}{plural(len(panels), 'scatter plot')}: {listed(described, 12)}."
    return figure
