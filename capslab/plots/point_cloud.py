"""Many points, each in the colour and the shape of its group."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from capslab.plots.colours import SIGNS, palette


@cache
def _shapes() -> tuple[Path, ...]:
    """The shapes of `SIGNS`, all as large as a disc of diameter 1, so that no group looks heavier."""
    shapes = []
    for marker in SIGNS:
        style = MarkerStyle(marker)
        path = style.get_path().transformed(style.get_transform())
        x, y = np.concatenate(path.to_polygons()).T
        area = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2  # shoelace formula
        shapes.append(path.transformed(Affine2D().scale(np.sqrt(np.pi / 4 / area))))
    return tuple(shapes)


def draw_points(
    axes: Axes, points: Any, groups: Any, size: float, alpha: float | None = None
) -> PathCollection:
    """Draw points so that their groups can be told apart by colour and, where there is room, by shape.

    The points keep their order: where they overlap, no group lies on top of all others.

    Parameters
    ----------
    points : `(n, 2)`.
    groups : whole numbers, `(n,)`; those below 0 belong to no group, and are grey.
    size : of a point, in square points.
    alpha : 0…1.

    Examples
    --------
    >>> from capslab.plots.style import new_figure
    >>> cloud = draw_points(new_figure(2, 2).subplots(), [[0, 0], [1, 1], [2, 0]], [0, 1, -1], 20)
    >>> len(cloud.get_paths()), cloud.get_offsets().shape
    (3, (3, 2))
    """
    groups = np.asarray(groups)
    x, y = np.asarray(points).T
    colours = np.array([palette(i) for i in range(int(groups.max(initial=0)) + 1)] + [(0.5, 0.5, 0.5)])
    chosen = np.where(groups < 0, len(colours) - 1, groups)
    cloud = axes.scatter(x, y, c=colours[chosen], s=size, alpha=alpha, linewidths=0, rasterized=True)
    shapes = _shapes()  # scatter() itself takes one marker for all
    cloud.set_paths([shapes[max(0, int(i)) % len(shapes)] for i in groups])
    return cloud
