"""The latent view without a browser: its line of words and its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.widgets.routing.figure import signed

UNUSED = 0.01  # nats of KL below which a dimension says nothing about the image


def origin(view: Any) -> str:
    """Where z came from before a slider was moved, in words."""
    if view.origin == "image":
        return f"the code of {view.name(view.index)}"
    if view.origin == "between":
        return f"{view.mix:.2f} of the way from {view.name(view.index)} to {view.name(view.other)}"
    told = {
        "centre": "the prior's centre",
        "random": "a random draw from the prior",
        "drawing": "the code of your drawing",
    }
    return told.get(view.origin, "the point set from Python")


def words(view: Any) -> str:
    """The line of words; `latentWords` in js/src/latent/words.js says the same."""
    z, start, moved = np.array(view.z), np.array(view.start), view.moved
    changed = np.flatnonzero(np.abs(z - start) > 5e-4)
    source = origin(view)
    if not len(changed) or moved is None:
        told = f"{source}." if view.origin == "between" else f"At {source}."
    else:
        others = int((changed != moved).sum())
        rest = f"{others} other{'s' if others > 1 else ''} moved too." if others else "the rest as there."
        told = f"z{moved} = {signed(z[moved])}σ, moved by {signed(z[moved] - start[moved])} from {source}; "
        told += rest
    told += f" Distance from the prior's centre ‖z‖ = {np.linalg.norm(z):.2f}"
    told += f" (a random draw: about {np.sqrt(len(z) - 0.5):.1f})."
    if len(changed) and moved is not None and view.kl is not None:
        nats = f"{view.kl[moved]:.2f} nats"
        if view.kl[moved] < UNUSED:
            told += f" z{moved} is unused (KL {nats}): moving it changes nothing."
        else:
            told += f" z{moved} carries {nats}, number {view.order.index(moved) + 1} of {len(z)}."
    if not view.layers:
        told += " The kernel decodes: one call for the newest point, points in between are dropped."
    return told


def draw(view: Any, picked: np.ndarray | None) -> Any:
    """The decoded image, the picked one, z per dimension with its KL, as a Figure."""
    from matplotlib.figure import Figure

    d = len(view.order)
    figure = Figure(figsize=(9, 3.6 if d == 2 else max(2.6, min(0.5 + 0.21 * d, 7))), layout="constrained")
    panels: Any = figure.subfigures(1, 2, width_ratios=[1, 1.6])
    left, right = panels
    pictures = [("decoded", view.image)]
    if picked is not None:
        pictures.append((view.name(view.index), picked / 255))
    for axis, (title, pixels) in zip(
        left.subplots(1, len(pictures), squeeze=False)[0], pictures, strict=True
    ):
        axis.imshow(pixels.squeeze(), cmap="gray", vmin=0, vmax=1)
        axis.set_title(title, fontsize=9)
        axis.set_axis_off()

    numbers, where = np.array(view.z)[view.order], np.arange(d)
    if d == 2 and view.plane is not None:
        _plane(right.subplots(), view)
        return figure
    bars = right.subplots()
    bars.axvline(0, color="#999999", linewidth=0.8)
    bars.barh(where, numbers, color="#0072b2")
    names = [f"z{k}" if view.kl is None else f"z{k}  (KL {view.kl[k]:.2f})" for k in view.order]
    bars.set_yticks(where, names, fontsize=7 if d > 12 else 8)
    bars.set_xlim(-3.2, 3.2)
    bars.set_xlabel("z in σ of the prior", fontsize=8)
    bars.invert_yaxis()
    bars.tick_params(axis="x", labelsize=8)
    return figure


def _plane(axis: Any, view: Any) -> None:
    """The codes of the images in the plane, each class or cluster named where it lies, and z."""
    from capslab.plots import palette

    groups = view.plane_clusters if view.color == "cluster" else view.plane_labels
    axis.scatter(*view.plane.T, c=[palette(k) if k >= 0 else "#999999" for k in groups], s=4, alpha=0.6)
    for k in np.unique(groups[groups >= 0]):
        middle = np.median(view.plane[groups == k], axis=0)
        name = str(k) if view.color == "cluster" else view.classes[k]
        axis.text(*middle, name, weight="bold", ha="center", va="center", fontsize=9)
    axis.set_title(f"codes of {len(groups):,} images, coloured by {view.color}", fontsize=9)
    axis.plot(*view.z, "o", markersize=11, markerfacecolor="none", color="black", markeredgewidth=2)
    axis.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2), aspect="equal")
    axis.set_xlabel("z0", fontsize=8)
    axis.set_ylabel("z1", fontsize=8)
    axis.tick_params(labelsize=8)
