"""The travel view without a browser: its words and its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np


def stop_phrase(k: int, name: str, supervised: bool, accuracy: float | None) -> str:
    """What is seen at a stop, in one sentence."""
    score = "" if accuracy is None else f", matched accuracy {accuracy:.2f}"
    return f"At {name} (made {'with' if supervised else 'without'} labels): k = {k}{score}."


def leg_phrase(one: str, other: str, changed: int, total: int) -> str:
    """What happens on the way between two stops; the browser puts the share of the way before it."""
    verb = "changes" if changed == 1 else "change"
    return f"of the way from {one} to {other}, where {changed:,} of {total:,} images {verb} cluster."


def words(phrases: list[str], legs: list[str], position: float) -> str:
    """The line of words at a position from 0 to the last stop; `words` in js/src/journey writes the same."""
    at = int(position)
    if position == at:
        return phrases[at]
    return f"{int(100 * (position - at) + 0.5)} % {legs[at]}"


def draw(points: np.ndarray, labels: np.ndarray, k: int, names: list[str], position: float) -> Any:
    """The points where they are at a position, and how they got there, as a Figure.

    Parameters
    ----------
    points : (stops, m, 2); labels : clusters at each stop (stops, m).
    """
    from capslab.plots.point_cloud import draw_points
    from capslab.plots.style import badges, cluster_names, new_figure

    at = min(int(position), len(points) - 2)
    share = position - at
    here = (1 - share) * points[at] + share * points[at + 1]  # (m, 2)
    groups = labels[int(position + 0.5)]
    some = np.arange(len(here))
    if len(some) > 5000:
        some = np.random.default_rng(0).choice(some, 5000, replace=False)
    figure = new_figure(6, 5)
    axes = figure.subplots()
    size = float(np.clip(24_000 / len(some), 5, 36))
    draw_points(axes, here[some], groups[some], size)
    axes.set(xticks=[], yticks=[])
    axes.set_aspect("equal", adjustable="datalim")
    stops = (
        f"{names[at]} → {names[at + 1]}, {share:.0%} of the way" if 0 < share < 1 else names[int(position)]
    )
    axes.set_title(f"{stops}; k = {k}", fontsize=10)
    present = np.unique(groups)
    badges(axes, [here[groups == c].mean(axis=0) for c in present], present, cluster_names(present), size=8)
    return figure
