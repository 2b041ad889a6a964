"""The latent view without a browser: its line of words and its still picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.widgets.shared.format_text import signed

UNUSED = 0.01  # nats of KL; a dimension with less says nothing about the image


@dataclass(frozen=True)
class LatentSnapshot:
    """What the latent view shows at one moment.

    Attributes
    ----------
    z, start : the point now, and where the last button or pick put it, `(d,)`.
    moved : the dimension that was moved last, or None.
    origin : what put z to `start`: one of the view's `ORIGINS`.
    image, other : names of the images picked as A and B, in words; or None.
    mix : how far from A to B, 0…1.
    order : the dimensions, most active first; kl : nats of each, `(d,)`, or None.
    in_browser : whether the browser decodes.
    """

    z: np.ndarray
    start: np.ndarray
    moved: int | None
    origin: str
    image: str | None
    other: str | None
    mix: float
    order: list[int]
    kl: np.ndarray | None
    in_browser: bool

    @property
    def source(self) -> str:
        """Where z came from before a slider was moved, in words."""
        if self.origin == "image":
            return f"the code of {self.image}"
        if self.origin == "between":
            return f"{self.mix:.2f} of the way from {self.image} to {self.other}"
        sources = {
            "centre": "the prior's centre",
            "random": "a random draw from the prior",
            "drawing": "the code of your drawing",
        }
        return sources.get(self.origin, "the point set from Python")


def words(now: LatentSnapshot) -> str:
    """The line of words; `latentWords` in js/src/latent/caption.js says the same."""
    z, start, moved, source = now.z, now.start, now.moved, now.source
    changed = np.flatnonzero(np.abs(z - start) > 5e-4)
    if not len(changed) or moved is None:
        text = f"{source}." if now.origin == "between" else f"At {source}."
    else:
        others = int((changed != moved).sum())
        rest = f"{others} other{'s' if others > 1 else ''} moved too." if others else "the rest as there."
        text = f"z{moved} = {signed(z[moved])}σ, moved by {signed(z[moved] - start[moved])} from {source}; "
        text += rest
    text += f" Distance from the prior's centre ‖z‖ = {np.linalg.norm(z):.2f}"
    text += f" (a random draw: about {np.sqrt(len(z) - 0.5):.1f})."
    if len(changed) and moved is not None and now.kl is not None:
        nats = f"{now.kl[moved]:.2f} nats"
        if now.kl[moved] < UNUSED:
            text += f" z{moved} is unused (KL {nats}): moving it changes nothing."
        else:
            text += f" z{moved} carries {nats}, number {now.order.index(moved) + 1} of {len(z)}."
    if not now.in_browser:
        text += " The kernel decodes: one call for the newest point, points in between are dropped."
    return text


def draw(now: LatentSnapshot, decoded: np.ndarray, picked: np.ndarray | None, plane: Plane | None) -> Any:
    """The decoded image, the picked one, and z as bars (or in the plane, if it has two dimensions).

    Parameters
    ----------
    decoded : `(h, w, c)` in 0…1; picked : uint8 `(h, w, c)`, or None.
    """
    from capslab.plots.style import NotebookFigure

    d = len(now.order)
    figure = NotebookFigure(
        figsize=(9, 3.6 if d == 2 else max(2.6, min(0.5 + 0.21 * d, 7))), layout="constrained"
    )
    panels: Any = figure.subfigures(1, 2, width_ratios=[1, 1.6])
    left, right = panels
    pictures = [("decoded", decoded)]
    if picked is not None:
        pictures.append((str(now.image), picked / 255))
    for axis, (title, pixels) in zip(
        left.subplots(1, len(pictures), squeeze=False)[0], pictures, strict=True
    ):
        axis.imshow(pixels.squeeze(), cmap="gray", vmin=0, vmax=1)
        axis.set_title(title, fontsize=9)
        axis.set_axis_off()

    if d == 2 and plane is not None:
        _draw_plane(right.subplots(), now.z, plane)
        return figure
    bars, rows = right.subplots(), np.arange(d)
    bars.axvline(0, color="#999999", linewidth=0.8)
    bars.barh(rows, now.z[now.order], color="#0072b2")
    names = [f"z{k}" if now.kl is None else f"z{k}  (KL {now.kl[k]:.2f})" for k in now.order]
    bars.set_yticks(rows, names, fontsize=7 if d > 12 else 8)
    bars.set_xlim(-3.2, 3.2)
    bars.set_xlabel("z in σ of the prior", fontsize=8)
    bars.invert_yaxis()
    bars.tick_params(axis="x", labelsize=8)
    return figure


@dataclass(frozen=True)
class Plane:
    """The codes of the images in a latent space of two dimensions, and how they are coloured.

    Attributes
    ----------
    codes : `(n, 2)`; groups : the class or cluster of each, `(n,)`, −1 for none.
    color : what the groups are, "label" or "cluster".
    names : names of the classes; clusters have letters.
    """

    codes: np.ndarray
    groups: np.ndarray
    color: str
    names: list[str]


def _draw_plane(axis: Any, z: np.ndarray, plane: Plane) -> None:
    """The codes, with a name on each class or cluster, and z."""
    from capslab.plots.point_cloud import draw_points
    from capslab.plots.style import cluster_names

    codes, groups = plane.codes, plane.groups
    draw_points(axis, codes, groups, size=8, alpha=0.9)
    for k in np.unique(groups[groups >= 0]):
        middle = np.median(codes[groups == k], axis=0)
        name = cluster_names([k])[0] if plane.color == "cluster" else plane.names[k]
        axis.text(*middle, name, weight="bold", ha="center", va="center", fontsize=9)
    axis.set_title(f"codes of {len(groups):,} images, coloured by {plane.color}", fontsize=9)
    axis.plot(*z, "o", markersize=11, markerfacecolor="none", color="black", markeredgewidth=2)
    axis.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2), aspect="equal")
    axis.set_xlabel("z0", fontsize=8)
    axis.set_ylabel("z1", fontsize=8)
    axis.tick_params(labelsize=8)
