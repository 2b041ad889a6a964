"""The pose view without a browser: its line of words and its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.widgets.routing.figure import signed


def words(view: Any) -> str:
    """The line of words; `poseWords` in js/src/pose/words.js says the same."""
    pose, start = np.array(view.pose), np.array(view.start)
    was, now = np.linalg.norm(start), np.linalg.norm(pose)
    role = ["predicted"] if view.capsule == view.predicted else []
    role += ["true"] if view.capsule == view.label else []
    about = ", ".join([*role, f"length {was:.2f} as read"])
    told = f"Capsule {view.classes[view.capsule]} ({about})"
    changed = np.flatnonzero(np.abs(pose - start) > 5e-5)
    if not len(changed):
        return f"{told}: every pose dimension as read from the image."
    moved = view.moved
    if moved is None or moved not in changed:
        count = len(changed)
        told += f": {count} pose dimension{'s' if count > 1 else ''} moved."
    else:
        others = len(changed) - 1
        rest = f"{others} other{'s' if others > 1 else ''} moved too" if others else "the rest as read"
        by = signed(pose[moved] - start[moved])
        told += f", pose[{moved}] at {signed(pose[moved])}, moved by {by}; {rest}."
    told += f" The picture differs by {100 * view.change:.1f} % of full grey on average."
    told += f" Length now {now:.2f}"
    return told + (", which no image can give: squash keeps it below 1." if now >= 1 else ".")


def draw(view: Any) -> Any:
    """The image, what the pose decodes to, and the pose as bars, as a Figure."""
    from matplotlib.figure import Figure

    order = view.order
    figure = Figure(figsize=(9, max(2.6, 0.5 + 0.21 * len(order))), layout="constrained")
    panels: Any = figure.subfigures(1, 2, width_ratios=[1, 1.6])
    left, right = panels
    pictures = [("the image", view.original / 255), (f"pose of {view.classes[view.capsule]}", view.image)]
    for axis, (title, pixels) in zip(left.subplots(1, 2), pictures, strict=True):
        axis.imshow(pixels.squeeze(), cmap="gray", vmin=0, vmax=1)
        axis.set_title(title, fontsize=9)
        axis.set_axis_off()
    bars, where = right.subplots(), np.arange(len(order))
    bars.axvline(0, color="#999999", linewidth=0.8)
    bars.barh(where, np.array(view.pose)[order], color="#0072b2")
    bars.plot(np.array(view.start)[order], where, "|", color="black", markersize=9)
    effects = 100 * view.effects[view.capsule]
    bars.set_yticks(where, [f"pose[{k}]  (changes {effects[k]:.1f} %)" for k in order], fontsize=7)
    bars.set_xlim(-1, 1)
    bars.set_xlabel("pose; | as read from the image", fontsize=8)
    bars.invert_yaxis()
    bars.tick_params(axis="x", labelsize=8)
    return figure
