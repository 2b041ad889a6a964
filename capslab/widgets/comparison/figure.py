"""The comparison as a still matplotlib figure, for pages without a kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from capslab.widgets.comparison.widget import CompareView

#: points that a still scatter draws; more only hide each other
MOST_POINTS = 10_000


def comparison_figure(view: CompareView) -> Any:
    """A scatter for each representation, its scores below, at the view's k."""
    from capslab.plots.style import badge, new_figure, palette

    i, about, labels = view.ks.index(view.k), view.about, view.labels[:, view.ks.index(view.k)]  # (e, m)
    some = np.arange(labels.shape[1])
    if len(some) > MOST_POINTS:
        some = np.random.default_rng(0).choice(some, MOST_POINTS, replace=False)
    colours = np.array([palette(c) for c in range(view.k)])
    figure = new_figure(3.6 * len(about["names"]), 4.2)
    for e, axes in enumerate(figure.subplots(1, len(about["names"]), squeeze=False)[0]):
        x, y = view.points[e].T
        size = float(np.clip(6000 / len(some), 1, 20))
        axes.scatter(x[some], y[some], c=colours[labels[e, some]], s=size, linewidths=0, rasterized=True)
        for c in np.unique(labels[e]):
            badge(axes, view.points[e][labels[e] == c].mean(axis=0), c, size=8)
        axes.set(xticks=[], yticks=[], box_aspect=0.9)
        axes.set_aspect("equal", adjustable="datalim")
        made = "with" if about["supervised"][e] else "without"
        axes.set_title(f"{about['names'][e]}\n(made {made} labels)", fontsize=9)
        told = [
            f"{title} {_ranged(about['scores'][name][e], i)}" for name, title in about["measures"].items()
        ]
        axes.set_xlabel("\n".join(told), fontsize=8)
    figure.suptitle(f"k = {view.k}", fontsize=10)
    return figure


def _ranged(seeds: list[list[float | None]], i: int) -> str:
    """ "0.97 (0.95–0.97)": the first seed's score, and the lowest and highest of all."""
    known = [value for line in seeds if (value := line[i]) is not None]
    if not known or seeds[0][i] is None:
        return "–"
    spread = f" ({min(known):.2f}–{max(known):.2f})" if len(known) > 1 else ""
    return f"{seeds[0][i]:.2f}{spread}"
