"""The overlap view without a browser: its line of words and its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.models import detection
from capslab.plots.detections import FIRST, SECOND


def words(
    pair: Any, lengths: np.ndarray, found: np.ndarray, owner: np.ndarray, shift: int, trained: int
) -> str:
    """What the network says of one pair at one shift, in one line."""
    names, labels = pair.classes, pair.labels[0]
    first, second = (names[label] for label in labels)
    side = f"{abs(shift)} px apart, {second} on the {'right' if shift > 0 else 'left'}"
    told = f"{first} and {second}, {side if shift else 'one right over the other'}"
    told += f"; boxes overlap by {pair.overlap[0]:.2f}"
    told += ", further apart than any pair it learned from. " if abs(shift) > trained else ". "
    told += "Longest capsules: " + " and ".join(f"{names[k]} ({lengths[k]:.2f})" for k in found)
    wrong = [names[k] for k in found if k not in labels]
    told += ", both right" if not wrong else f", but no {' and no '.join(wrong)} is there"
    if not pair.exclusive.any():
        return f"{told}."
    share = detection.exclusive_accuracy(pair.masks, owner[None])
    return f"{told}. {share:.0%} of the pixels of one digit alone go to the right one."


def divided(masks: np.ndarray) -> np.ndarray:
    """Masks `(2, h, w)` as a picture `(h, w, 3)`: a colour each, white where both are."""
    first, second = (mask[..., None].astype(float) for mask in masks)
    both = first * second
    return (first - both) * FIRST + (second - both) * SECOND + both


def draw(view: Any) -> Any:
    """The image, each capsule's drawing, the pixels divided, the truth, and lengths over all shifts."""
    from capslab.plots.style import draw_image, new_figure, open_axes, plain

    pair, m, s = view.now, view.pair, view.shift + view.reach
    figure = new_figure(11, 2.5)
    *left, right = figure.subplots(1, 6, width_ratios=[1, 1, 1, 1, 1, 2])
    draw_image(left[0], pair.images[0] / 255)
    left[0].set_title(" + ".join(view.classes[k] for k in view.labels[m]), fontsize=9)
    for which in (0, 1):
        k = view.found[m, s, which]
        draw_image(left[1 + which], view.drawn[m, s, which] / 255)
        left[1 + which].set_title(f"capsule {view.classes[k]}: {view.lengths[m, s, k]:.2f}", fontsize=9)
    ink = pair.masks[0].any(axis=0)
    owner = view.owner[m, s]
    plain(left[3]).imshow(divided(np.stack([(owner == which) & ink for which in (0, 1)])))
    left[3].set_title("pixels divided", fontsize=9)
    plain(left[4]).imshow(divided(pair.masks[0]))
    left[4].set_title("truth", fontsize=9)
    shifts = np.arange(-view.reach, view.reach + 1)
    lengths = view.lengths[m]
    other = np.delete(lengths, view.labels[m], axis=1).max(axis=1)
    right.axvspan(-view.trained, view.trained, color="0.94", linewidth=0)
    for which, (colour, dash) in enumerate(((FIRST, "-"), (SECOND, "--"))):
        k = view.labels[m, which]
        right.plot(shifts, lengths[:, k], dash, color=colour, label=view.classes[k])
    right.plot(shifts, other, ":", color="0.4", label="longest other")
    right.axvline(view.shift, color="0.5", linewidth=0.8)
    open_axes(right, "shift, pixels (grey: trained on)", "length").legend(fontsize=7, frameon=False)
    right.set_ylim(0, 1.05)
    return figure
