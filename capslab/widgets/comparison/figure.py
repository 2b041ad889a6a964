"""The comparison as a still matplotlib figure, for pages without a kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

#: the scatter draws at most this many points; more would only hide each other
MOST_POINTS = 10_000


def draw(
    points: np.ndarray,
    labels: np.ndarray,
    k: int,
    names: list[str],
    supervised: list[bool],
    scores: dict[str, list[list[float | None]]],
) -> Any:
    """A scatter for each representation, with its scores below, at one k.

    Parameters
    ----------
    points : float `(embeddings, m, 2)`; labels : the clusters of these points `(embeddings, m)`.
    names, supervised : of each embedding, what it is called and whether it was made with labels.
    scores : title of the measure → `[embedding][seed]`, None where there is no score.
    """
    from capslab.plots.point_cloud import draw_points
    from capslab.plots.style import badges, cluster_names, new_figure

    some = np.arange(labels.shape[1])
    if len(some) > MOST_POINTS:
        some = np.random.default_rng(0).choice(some, MOST_POINTS, replace=False)
    size = float(np.clip(16_000 / len(some), 3, 24))
    figure = new_figure(3.6 * len(names), 4.2)
    for e, axes in enumerate(figure.subplots(1, len(names), squeeze=False)[0]):
        draw_points(axes, points[e, some], labels[e, some], size)
        axes.set(xticks=[], yticks=[], box_aspect=0.9)
        axes.set_aspect("equal", adjustable="datalim")
        axes.set_title(f"{names[e]}\n(made {'with' if supervised[e] else 'without'} labels)", fontsize=9)
        lines = [f"{title} {score_with_range(by_embedding[e])}" for title, by_embedding in scores.items()]
        axes.set_xlabel("\n".join(lines), fontsize=8)
    figure.suptitle(f"k = {k}", fontsize=10)
    for e, axes in enumerate(figure.axes):
        groups = np.unique(labels[e])
        middles = [points[e][labels[e] == c].mean(axis=0) for c in groups]
        badges(axes, middles, groups, cluster_names(groups), size=8)
    return figure


def score_with_range(seeds: list[float | None]) -> str:
    """The first seed's score, and the range over all seeds if there are several.

    >>> score_with_range([0.97, 0.95]), score_with_range([0.97]), score_with_range([None])
    ('0.97 (0.95–0.97)', '0.97', '–')
    """
    values = [value for value in seeds if value is not None]
    if not values or seeds[0] is None:
        return "–"
    spread = f" ({min(values):.2f}–{max(values):.2f})" if len(values) > 1 else ""
    return f"{seeds[0]:.2f}{spread}"
