"""The routing sandbox without a browser: its line of words and its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.widgets.routing.figure import signed
from capslab.widgets.sandbox.votes import PARENTS

UNDECIDED = 1e-3  # couplings that differ by less are even


def listed(children: Any) -> str:
    """Children by number, counted from 1; "none" for none.

    >>> listed([0, 2, 4]), listed([])
    ('1, 3, 5', 'none')
    """
    return ", ".join(str(i + 1) for i in children) or "none"


def words(view: Any) -> str:
    """The line of words; `sandboxWords` in js/src/sandbox/words.js says the same."""
    step, votes, shown = view.iteration - 1, view.array, view.shown
    couplings, lengths = shown.couplings[step], shown.lengths[step]  # (I, J), (J,)
    owner = view.clusters.owners[step]  # (I,)
    children, parents = couplings.shape
    told = f"Iteration {view.iteration} of {shown.iterations}, {view.preset}: lengths "
    told += ", ".join(f"{PARENTS[j]} {lengths[j]:.2f}" for j in range(parents)) + "."
    even = 1 / (children if view.wrong_axis else parents)
    i, j = np.unravel_index(couplings.argmax(), couplings.shape)
    if couplings[i, j] - even < UNDECIDED:
        told += f" Every child gives every parent the same share, {even:.3f}."
    else:
        told += f" Strongest coupling: child {i + 1} → {PARENTS[j]}, c = {couplings[i, j]:.3f}"
        told += f" against an even {even:.3f}."
    if step == 0:
        told += " k-means starts from the mean of the votes."
    else:
        groups = [f"{PARENTS[j]}: {listed(np.flatnonzero(owner == j))}" for j in range(parents)]
        told += f" k-means gives {'; '.join(groups)}."
        undecided = np.ptp(couplings, axis=1) < UNDECIDED
        others = np.flatnonzero(np.where(undecided, -1, couplings.argmax(axis=1)) != owner)
        if len(others):
            told += f" Routing leans elsewhere or not at all for {listed(others)}."
        else:
            told += " Routing leans the same way."
    told += _broken(view, shown, step)
    if view.selected:
        i, j = view.selected
        x, y = votes[i, j]
        told += f" Chosen: the vote of child {i + 1} for {PARENTS[j]} ({x:.2f}, {y:.2f}):"
        told += f" c = {couplings[i, j]:.3f}, agreement {signed(shown.agreement[step, i, j], 3)}."
    return told


def _broken(view: Any, shown: Any, step: int) -> str:
    """What each switch that is on breaks, with the number that shows it."""
    told = ""
    if view.wrong_axis:
        sums = shown.couplings[step].sum(axis=1)  # (I,)
        i = int(np.abs(sums - 1).argmax())
        told += f" Wrong axis: the couplings of child {i + 1} sum to {sums[i]:.3f}, not 1."
        told += " Children compete for a parent, and no parent has to give way:"
        told += " nothing is decided between parents."
    if view.no_squash:
        j = int(shown.lengths[step].argmax())
        moved = np.abs(shown.agreement[step]).max()
        told += f" No squash: {PARENTS[j]} has length {shown.lengths[step, j]:.2f}; nothing holds it below 1,"
        told += f" so it is no degree of presence, and one step moves a logit by up to {moved:.2f}."
    if view.keep_logits and view.start is None:
        told += " Logits are kept: the next image will start from what this one leaves."
    elif view.keep_logits:
        c = shown.couplings[0]
        i, j = np.unravel_index(c.argmax(), c.shape)
        told += f" Logits were kept: before any of these votes was compared, child {i + 1} already gives"
        told += f" {PARENTS[j]} {c[i, j]:.3f}. The answer depends on the image before."
    return told


def draw(view: Any) -> Any:
    """The planes of routing above those of k-means, and the table of couplings, as a Figure."""
    from matplotlib.figure import Figure

    from capslab.plots.style import palette

    step, votes, shown, clusters = view.iteration - 1, view.array, view.shown, view.clusters
    children, parents = votes.shape[:2]
    figure = Figure(figsize=(2.6 * parents + 3.2, 5.6), layout="constrained")
    halves: Any = figure.subfigures(1, 2, width_ratios=[2.6 * parents, 3.2])
    left, right = halves
    planes = left.subplots(2, parents, squeeze=False)
    for j in range(parents):
        above, below = planes[:, j]
        for axes in (above, below):
            axes.set(xlim=(-1.7, 1.7), ylim=(-1.7, 1.7), aspect="equal")
            axes.axhline(0, color="#dddddd", lw=0.7, zorder=0)
            axes.axvline(0, color="#dddddd", lw=0.7, zorder=0)
            axes.tick_params(labelsize=7)
        around = np.linspace(0, 2 * np.pi, 100)
        above.plot(np.cos(around), np.sin(around), "--", color="#999999", lw=0.8)
        above.set_title(f"routing: {PARENTS[j]}, length {shown.lengths[step, j]:.2f}", fontsize=9)
        own = np.flatnonzero(clusters.owners[step] == j)
        below.set_title(f"k-means: {PARENTS[j]} has {listed(own) if step else 'nobody yet'}", fontsize=9)
        centre = clusters.centres[step, j]
        for i in range(children):
            colour, tip = palette(i), votes[i, j]
            _arrow(above, tip, colour, 0.6 + 6 * float(shown.couplings[step, i, j]))
            mine = i in own
            if mine:
                below.plot(*np.stack([centre, tip]).T, color=colour, lw=1.5)
            below.plot(*tip, "o", color=colour, ms=9, mfc=colour if mine else "white")
            for axes in (above, below):
                axes.annotate(str(i + 1), tip, xytext=(7, 5), textcoords="offset points", fontsize=8)
        _arrow(above, shown.outputs[step, j], "black", 2.5)
        below.plot(*centre, "s", color="black", ms=7)
    table = right.subplots()
    table.set_axis_off()
    cells = [[f"{c:.3f}" for c in row] + [f"{row.sum():.3f}"] for row in shown.couplings[step]]
    table.table(
        cells,
        rowLabels=[f"child {i + 1}" for i in range(children)],
        colLabels=[*PARENTS[:parents], "sum"],
        loc="upper center",
    )
    right.suptitle(f"couplings, iteration {view.iteration}", fontsize=9)
    return figure


def _arrow(axes: Any, tip: Any, colour: Any, width: float) -> None:
    # Long outputs (without a squash) are cut at the plane's edge.
    reach = max(1.0, float(np.abs(tip).max()) / 1.65)
    axes.annotate(
        "",
        np.asarray(tip) / reach,
        (0, 0),
        arrowprops={"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": 0, "shrinkB": 0},
    )
