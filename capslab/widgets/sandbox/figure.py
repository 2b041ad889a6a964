"""The routing sandbox without a browser: its line of words and its still picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.routing import RoutingTrace
from capslab.widgets.sandbox.votes import PARENTS, VoteClusters
from capslab.widgets.shared.format_text import signed

UNDECIDED = 1e-3  # couplings that differ by less count as equal


def listed(children: Any) -> str:
    """Children by number, counted from 1; "none" for none.

    >>> listed([0, 2, 4]), listed([])
    ('1, 3, 5', 'none')
    """
    return ", ".join(str(i + 1) for i in children) or "none"


@dataclass(frozen=True)
class SandboxSnapshot:
    """What the routing sandbox shows at one moment.

    Attributes
    ----------
    votes : `(child, parent, 2)`; preset : their name.
    trace : the votes routed as on screen, with whatever is broken; clusters : k-means on the same votes.
    iteration : the iteration on screen, from 1.
    selected : `[child, parent]` of the chosen vote, or [].
    wrong_axis, no_squash, keep_logits : the switches that break routing.
    start : the logits that routing started from, if they were kept; otherwise None.
    """

    votes: np.ndarray
    preset: str
    trace: RoutingTrace
    clusters: VoteClusters
    iteration: int
    selected: list[int]
    wrong_axis: bool
    no_squash: bool
    keep_logits: bool
    start: np.ndarray | None

    @property
    def couplings(self) -> np.ndarray:
        """The couplings at the iteration on screen, `(child, parent)`."""
        return self.trace.couplings[self.iteration - 1]

    @property
    def lengths(self) -> np.ndarray:
        """The lengths of the parents at the iteration on screen, `(parent,)`."""
        return self.trace.lengths[self.iteration - 1]


def words(now: SandboxSnapshot) -> str:
    """The line of words; `sandboxWords` in js/src/sandbox/caption.js says the same."""
    step, couplings, lengths = now.iteration - 1, now.couplings, now.lengths
    children, parents = couplings.shape
    text = f"Iteration {now.iteration} of {now.trace.iterations}, {now.preset}: lengths "
    text += ", ".join(f"{PARENTS[j]} {lengths[j]:.2f}" for j in range(parents)) + "."
    even = 1 / (children if now.wrong_axis else parents)
    i, j = np.unravel_index(couplings.argmax(), couplings.shape)
    if couplings[i, j] - even < UNDECIDED:
        text += f" Every child gives every parent the same share, {even:.3f}."
    else:
        text += f" Strongest coupling: child {i + 1} → {PARENTS[j]}, c = {couplings[i, j]:.3f}"
        text += f" against an even {even:.3f}."
    text += _clusters_in_words(now)
    text += _mistakes_in_words(now)
    if now.selected:
        child, parent = now.selected
        x, y = now.votes[child, parent]
        agreement = now.trace.agreement[step, child, parent]
        text += f" Chosen: the vote of child {child + 1} for {PARENTS[parent]} ({x:.2f}, {y:.2f}):"
        text += f" c = {couplings[child, parent]:.3f}, agreement {signed(agreement, 3)}."
    return text


def _clusters_in_words(now: SandboxSnapshot) -> str:
    """Where k-means puts the children, and whether routing agrees."""
    if now.iteration == 1:
        return " k-means starts from the mean of the votes."
    owner = now.clusters.owners[now.iteration - 1]  # (I,)
    parents = now.couplings.shape[1]
    groups = [f"{PARENTS[j]}: {listed(np.flatnonzero(owner == j))}" for j in range(parents)]
    text = f" k-means gives {'; '.join(groups)}."
    undecided = np.ptp(now.couplings, axis=1) < UNDECIDED
    others = np.flatnonzero(np.where(undecided, -1, now.couplings.argmax(axis=1)) != owner)
    if len(others):
        return f"{text} Routing leans elsewhere or not at all for {listed(others)}."
    return f"{text} Routing leans the same way."


def _mistakes_in_words(now: SandboxSnapshot) -> str:
    """What each switch that is on breaks, with the number that shows it."""
    step, text = now.iteration - 1, ""
    if now.wrong_axis:
        sums = now.couplings.sum(axis=1)  # (I,)
        i = int(np.abs(sums - 1).argmax())
        text += f" Wrong axis: the couplings of child {i + 1} sum to {sums[i]:.3f}, not 1."
        text += " Children compete for a parent, and no parent has to give way:"
        text += " nothing is decided between parents."
    if now.no_squash:
        j = int(now.lengths.argmax())
        moved = np.abs(now.trace.agreement[step]).max()
        text += f" No squash: {PARENTS[j]} has length {now.lengths[j]:.2f}; nothing holds it below 1,"
        text += f" so it is no degree of presence, and one step moves a logit by up to {moved:.2f}."
    if now.keep_logits and now.start is None:
        text += " Logits are kept: the next image will start from what this one leaves."
    elif now.keep_logits:
        c = now.trace.couplings[0]
        i, j = np.unravel_index(c.argmax(), c.shape)
        text += f" Logits were kept: before any of these votes was compared, child {i + 1} already gives"
        text += f" {PARENTS[j]} {c[i, j]:.3f}. The answer depends on the image before."
    return text


def draw(now: SandboxSnapshot) -> Any:
    """The planes of routing above those of k-means, and the table of couplings, as a Figure."""
    from capslab.plots.style import NotebookFigure

    parents = now.votes.shape[1]
    figure = NotebookFigure(figsize=(2.6 * parents + 3.2, 5.6), layout="constrained")
    halves: Any = figure.subfigures(1, 2, width_ratios=[2.6 * parents, 3.2])
    left, right = halves
    planes = left.subplots(2, parents, squeeze=False)
    for j in range(parents):
        for axes in planes[:, j]:
            axes.set(xlim=(-1.7, 1.7), ylim=(-1.7, 1.7), aspect="equal")
            axes.axhline(0, color="#dddddd", lw=0.7, zorder=0)
            axes.axvline(0, color="#dddddd", lw=0.7, zorder=0)
            axes.tick_params(labelsize=7)
        _draw_routing(planes[0, j], now, j)
        _draw_kmeans(planes[1, j], now, j)
    table = right.subplots()
    table.set_axis_off()
    cells = [[f"{c:.3f}" for c in row] + [f"{row.sum():.3f}"] for row in now.couplings]
    table.table(
        cells,
        rowLabels=[f"child {i + 1}" for i in range(len(now.votes))],
        colLabels=[*PARENTS[:parents], "sum"],
        loc="upper center",
    )
    right.suptitle(f"couplings, iteration {now.iteration}", fontsize=9)
    return figure


def _draw_routing(axes: Any, now: SandboxSnapshot, parent: int) -> None:
    """The votes for one parent as arrows, as wide as their couplings, and the parent's output."""
    from capslab.plots.colours import palette

    around = np.linspace(0, 2 * np.pi, 100)
    axes.plot(np.cos(around), np.sin(around), "--", color="#999999", lw=0.8)
    axes.set_title(f"routing: {PARENTS[parent]}, length {now.lengths[parent]:.2f}", fontsize=9)
    for i, tip in enumerate(now.votes[:, parent]):
        _arrow(axes, tip, palette(i), 0.6 + 6 * float(now.couplings[i, parent]))
        _number(axes, i, tip)
    _arrow(axes, now.trace.outputs[now.iteration - 1, parent], "black", 2.5)


def _draw_kmeans(axes: Any, now: SandboxSnapshot, parent: int) -> None:
    """The votes for one parent as points, its own children joined to its centre."""
    from capslab.plots.colours import palette

    step = now.iteration - 1
    own = np.flatnonzero(now.clusters.owners[step] == parent)
    centre = now.clusters.centres[step, parent]
    axes.set_title(f"k-means: {PARENTS[parent]} has {listed(own) if step else 'nobody yet'}", fontsize=9)
    for i, tip in enumerate(now.votes[:, parent]):
        colour, mine = palette(i), i in own
        if mine:
            axes.plot(*np.stack([centre, tip]).T, color=colour, lw=1.5)
        axes.plot(*tip, "o", color=colour, ms=9, mfc=colour if mine else "white")
        _number(axes, i, tip)
    axes.plot(*centre, "s", color="black", ms=7)


def _number(axes: Any, child: int, tip: Any) -> None:
    axes.annotate(str(child + 1), tip, xytext=(7, 5), textcoords="offset points", fontsize=8)


def _arrow(axes: Any, tip: Any, colour: Any, width: float) -> None:
    # Without a squash outputs may be long; they end at the edge of the plane.
    reach = max(1.0, float(np.abs(tip).max()) / 1.65)
    axes.annotate(
        "",
        np.asarray(tip) / reach,
        (0, 0),
        arrowprops={"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": 0, "shrinkB": 0},
    )
