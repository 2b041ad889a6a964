"""The overlap view without a browser: its line of words and its still picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.models import detection
from capslab.plots.detections import FIRST, SECOND

ON_WHITE = ("#0072b2", "#b87700")  # the same two, dark enough for lines


def words(
    pair: Any, lengths: np.ndarray, labels: np.ndarray, owner: np.ndarray, shift: int, trained: int
) -> str:
    """What the network makes of one pair at one shift, in one line.

    Parameters
    ----------
    pair : `Pairs` of one.
    lengths : of the capsules, `(j,)`; labels : the two predicted classes; owner : the digit that each pixel
        was given to, `(h, w)`.
    shift, trained : the shift in pixels, and the largest that the network was trained on.
    """
    names, truth = pair.classes, pair.labels[0]
    first, second = (names[label] for label in truth)
    side = f"{abs(shift)} px apart, {second} on the {'right' if shift > 0 else 'left'}"
    text = f"{first} and {second}, {side if shift else 'one right on top of the other'}"
    text += f"; boxes overlap by {pair.overlap[0]:.2f}"
    text += ", further apart than any pair it was trained on. " if abs(shift) > trained else ". "
    text += "Longest capsules: " + " and ".join(f"{names[k]} ({lengths[k]:.2f})" for k in labels)
    wrong = [names[k] for k in labels if k not in truth]
    text += ", both correct" if not wrong else f", but there is no {' and no '.join(wrong)}"
    if not pair.exclusive.any():
        return f"{text}."
    share = detection.exclusive_accuracy(pair.masks, owner[None])
    return f"{text}. {share:.0%} of the pixels that belong to one digit only are given to the right one."


def divided(masks: np.ndarray) -> np.ndarray:
    """Masks `(2, h, w)` as a picture `(h, w, 3)`: one colour per mask, white where they overlap."""
    first, second = (mask[..., None].astype(float) for mask in masks)
    both = first * second
    return (first - both) * FIRST + (second - both) * SECOND + both


@dataclass(frozen=True)
class OverlapSnapshot:
    """What the still picture of the overlap view shows: one pair at one shift, and its lengths at all shifts.

    Attributes
    ----------
    pair : `Pairs` of one.
    classes : names of the network's classes.
    labels : the two predicted classes, `(2,)`.
    reconstructions : what each of the two capsules decodes to, uint8 `(2, h, w, c)`.
    owner : the digit, 0 or 1, that each pixel was given to, `(h, w)`.
    lengths : of all capsules at all shifts, `(s, j)`, from −reach to reach.
    shift, trained : the current shift in pixels, and the largest that the network was trained on.
    """

    pair: Any
    classes: list[str]
    labels: np.ndarray
    reconstructions: np.ndarray
    owner: np.ndarray
    lengths: np.ndarray
    shift: int
    trained: int


def draw(now: OverlapSnapshot) -> Any:
    """The image, both reconstructions, the divided pixels, the truth, and the lengths at all shifts."""
    from capslab.plots.style import draw_image, new_figure, plain

    pair, truth, names = now.pair, now.pair.labels[0], now.classes
    reach = len(now.lengths) // 2
    figure = new_figure(11, 2.5)
    *left, right = figure.subplots(1, 6, width_ratios=[1, 1, 1, 1, 1, 2])
    draw_image(left[0], pair.images[0] / 255)
    left[0].set_title(" + ".join(names[k] for k in truth), fontsize=9)
    for axes, label, pixels in zip(left[1:3], now.labels, now.reconstructions, strict=True):
        draw_image(axes, pixels / 255)
        axes.set_title(f"capsule {names[label]}: {now.lengths[now.shift + reach, label]:.2f}", fontsize=9)
    ink = pair.masks[0].any(axis=0)
    plain(left[3]).imshow(divided(np.stack([(now.owner == digit) & ink for digit in (0, 1)])))
    left[3].set_title("pixels divided", fontsize=9)
    plain(left[4]).imshow(divided(pair.masks[0]))
    left[4].set_title("truth", fontsize=9)
    _lengths(right, now, truth, reach)
    return figure


def _lengths(axes: Any, now: OverlapSnapshot, truth: np.ndarray, reach: int) -> None:
    """The lengths of the two true capsules and of the longest other one, over all shifts."""
    from capslab.plots.style import open_axes

    shifts = np.arange(-reach, reach + 1)
    marker = "o" if reach == 0 else ""  # a single shift is a point and no curve
    axes.axvspan(-now.trained, now.trained, color="0.94", linewidth=0)
    for label, colour, dash in zip(truth, ON_WHITE, ("-", "--"), strict=True):
        name = now.classes[label]
        axes.plot(shifts, now.lengths[:, label], dash, color=colour, label=name, marker=marker)
    other = np.delete(now.lengths, truth, axis=1).max(axis=1)
    axes.plot(shifts, other, ":", color="0.4", label="longest other", marker=marker)
    axes.axvline(now.shift, color="0.5", linewidth=0.8)
    open_axes(axes, "shift in pixels (grey: trained on)", "length").legend(fontsize=7, frameon=False)
    axes.set_ylim(0, 1.05)
