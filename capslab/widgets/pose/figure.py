"""The pose view without a browser: its line of words and its still picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.widgets.shared.format_text import signed


@dataclass(frozen=True)
class PoseSnapshot:
    """What the pose view shows at one moment.

    Attributes
    ----------
    classes : names of the digit capsules; capsule, predicted : positions among them; label : the true one,
        or −1.
    pose, start : the capsule's pose now and as read from the image, `(D,)`.
    moved : the dimension that was moved last, or None.
    change : mean absolute difference between the two decoded pictures, in 0…1.
    """

    classes: list[str]
    capsule: int
    predicted: int
    label: int
    pose: np.ndarray
    start: np.ndarray
    moved: int | None
    change: float


def words(now: PoseSnapshot) -> str:
    """The line of words; `poseWords` in js/src/pose/caption.js says the same."""
    was, length = np.linalg.norm(now.start), np.linalg.norm(now.pose)
    role = ["predicted"] if now.capsule == now.predicted else []
    role += ["true"] if now.capsule == now.label else []
    about = ", ".join([*role, f"length {was:.2f} as read"])
    text = f"Capsule {now.classes[now.capsule]} ({about})"
    changed = np.flatnonzero(np.abs(now.pose - now.start) > 5e-5)
    if not len(changed):
        return f"{text}: every pose dimension as read from the image."
    moved = now.moved
    if moved is None or moved not in changed:
        count = len(changed)
        text += f": {count} pose dimension{'s' if count > 1 else ''} moved."
    else:
        others = len(changed) - 1
        rest = f"{others} other{'s' if others > 1 else ''} moved too" if others else "the rest as read"
        by = signed(now.pose[moved] - now.start[moved])
        text += f", pose[{moved}] at {signed(now.pose[moved])}, moved by {by}; {rest}."
    text += f" The picture differs by {100 * now.change:.1f} % of full grey on average."
    text += f" Length now {length:.2f}"
    return text + (", which no image can give: squash keeps it below 1." if length >= 1 else ".")


def draw(
    now: PoseSnapshot, original: np.ndarray, decoded: np.ndarray, effects: np.ndarray, order: list[int]
) -> Any:
    """The image, what the pose decodes to, and the pose as bars, as a Figure.

    Parameters
    ----------
    original : uint8 `(h, w, c)`; decoded : `(h, w, c)` in 0…1.
    effects : how much each dimension changes the picture, `(D,)`; order : the dimensions, largest first.
    """
    from capslab.plots.style import NotebookFigure

    figure = NotebookFigure(figsize=(9, max(2.6, 0.5 + 0.21 * len(order))), layout="constrained")
    panels: Any = figure.subfigures(1, 2, width_ratios=[1, 1.6])
    left, right = panels
    pictures = [("the image", original / 255), (f"pose of {now.classes[now.capsule]}", decoded)]
    for axis, (title, pixels) in zip(left.subplots(1, 2), pictures, strict=True):
        axis.imshow(pixels.squeeze(), cmap="gray", vmin=0, vmax=1)
        axis.set_title(title, fontsize=9)
        axis.set_axis_off()
    bars, rows = right.subplots(), np.arange(len(order))
    bars.axvline(0, color="#999999", linewidth=0.8)
    bars.barh(rows, now.pose[order], color="#0072b2")
    bars.plot(now.start[order], rows, "|", color="black", markersize=9)
    names = [f"pose[{k}]  (changes {100 * effects[k]:.1f} %)" for k in order]
    bars.set_yticks(rows, names, fontsize=7)
    bars.set_xlim(-1, 1)
    bars.set_xlabel("pose; | as read from the image", fontsize=8)
    bars.invert_yaxis()
    bars.tick_params(axis="x", labelsize=8)
    return figure
