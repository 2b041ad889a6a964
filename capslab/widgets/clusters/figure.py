"""The view of clusters as a still matplotlib figure, for pages without a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from capslab.clustering import KMeansPath


def draw(path: KMeansPath, k: int, points: np.ndarray, drawn: np.ndarray | None, title: str) -> Any:
    """Scatter, clusters and scores at one k; the scatter alone if only a sample is drawn.

    Parameters
    ----------
    points : coordinates of the drawn images, `(m, 2)`.
    drawn : their positions among all images, `(m,)`; None if all are drawn.
    """
    from capslab import plots

    if drawn is None:
        return plots.cluster_overview(path, k, points)
    row = [int(value) for value in path.ks_].index(k)
    return plots.scatter(points, path.path_labels_[row][drawn], title=title)
