"""Figures of detections: overlapping digits reconstructed and segmented, boxes in a scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from capslab.plots.figure_words import listed, plural
from capslab.plots.fitted_text import in_lines
from capslab.plots.style import INK, as_many, draw_image, new_figure, pixels, plain

FIRST, SECOND = np.array([[86, 180, 233], [230, 159, 0]]) / 255  # sky blue and orange, as in js/src/overlap


def segmentation_grid(
    images: Any,
    reconstructions: Any,
    owner: Any,
    masks: Any,
    titles: Sequence[str] = (),
    names: Any = None,
) -> Figure:
    """One row per pair of digits: the image, what each capsule reconstructs, the segmentation, and the truth.

    Parameters
    ----------
    images : `(n, h, w, c)`.
    reconstructions : `(n, 2, h, w, c)` in 0…1, what the two capsules reconstruct.
    owner : 0 or 1, `(n, h, w)`, the digit that each pixel is assigned to.
    masks : bool `(n, 2, h, w)`, the true pixels of each digit; pixels of both are white.
    titles : n short texts.
    names : for each pair, the names of its two predicted classes.
    """
    grey = pixels(images)
    n = len(grey)
    row_titles = as_many("titles", titles, n) if len(titles) else [""] * n
    figure = new_figure(8, 1.55 * n + 0.3)
    heads = ("image", "first capsule", "second capsule", "segmentation", "truth")
    covered: np.ndarray = np.any(np.asarray(masks), axis=1)  # (n, h, w)
    for i, row in enumerate(figure.subplots(n, 5, squeeze=False)):
        draw_image(row[0], grey[i])
        for k in (0, 1):
            draw_image(row[1 + k], pixels(np.asarray(reconstructions[i])[k][None])[0])
            if names is not None:
                row[1 + k].set_xlabel(in_lines(str(names[i][k]), 1.1, 9), fontsize=9, color=INK)
        segmented = np.stack([np.asarray(owner[i]) == k for k in (0, 1)]) & covered[i]
        plain(row[3]).imshow(_two_colours(segmented))
        plain(row[4]).imshow(_two_colours(np.asarray(masks[i])))
        row[0].set_ylabel(
            in_lines(str(row_titles[i]), 1.6, 8), fontsize=8, rotation=0, ha="right", va="center", color=INK
        )
        if i == 0:
            for axes, head in zip(row, heads, strict=True):
                axes.set_title(in_lines(head, 1.1, 9), fontsize=9, color=INK)
    mine = np.asarray(masks)[:, 0] ^ np.asarray(masks)[:, 1]  # (n, h, w): pixels of one digit alone
    right = (np.asarray(owner) == np.where(np.asarray(masks)[:, 0], 0, 1))[mine].mean() if mine.any() else 1.0
    seen = "" if names is None else f" ({listed(f'{pair[0]} and {pair[1]}' for pair in names)})"
    figure.words = (
        f"{plural(n, 'pair')} of overlapping digits{seen}, each with the reconstruction of both capsules "
        f"and its segmentation: {right:.0%} of the pixels of one digit alone are given to the right one."
    )
    return figure


def detection_grid(
    images: Any, detections: Sequence[Any], truth: Sequence[Any], classes: Sequence[str]
) -> Figure:
    """Scenes with the detected boxes (solid, with class and length) and the true ones (dashed).

    Parameters
    ----------
    images : `(n, h, w, c)`.
    detections : for each scene, its `Boxes`.
    truth : for each scene, its true boxes `(m, 4)`.
    classes : names of the classes.
    """
    grey = pixels(images)
    n = len(grey)
    columns = min(3, n)
    figure = new_figure(3.1 * columns, 3.2 * -(-n // columns))
    for i, axes in enumerate(figure.subplots(-(-n // columns), columns, squeeze=False).ravel()):
        if i >= n:
            axes.set_visible(False)
            continue
        draw_image(axes, grey[i])
        for box in truth[i]:
            axes.add_patch(_frame(box, "white", linestyle="--", linewidth=1))
        for box, label, score in zip(
            detections[i].boxes, detections[i].labels, detections[i].scores, strict=True
        ):
            axes.add_patch(_frame(box, FIRST, linewidth=2))
            axes.text(
                box[1],
                box[0] - 1,
                f"{classes[label]} {score:.2f}",
                color="black",
                fontsize=7,
                va="bottom",
                bbox={"facecolor": FIRST, "edgecolor": "none", "pad": 1},
            )
    figure.suptitle(
        in_lines("solid: detected, with class and length · dashed: true", 3 * columns, 9), fontsize=9
    )
    found = sum(len(one.boxes) for one in detections[:n])
    real = sum(len(boxes) for boxes in truth[:n])
    scenes = (
        listed(f"{classes[label]} {score:.2f}" for label, score in zip(one.labels, one.scores, strict=True))
        if len(one.boxes)
        else "nothing"
        for one in detections[:n]
    )
    each = "; ".join(f"scene {i}: {words}" for i, words in enumerate(scenes, 1))
    boxes_found = plural(found, "detected box", "detected boxes")
    figure.words = f"{plural(n, 'scene')} with {boxes_found} and {real} true ones. {each}."
    return figure


def _two_colours(masks: np.ndarray) -> np.ndarray:
    """Masks `(2, h, w)` as a picture: one colour each, white for both, black for neither."""
    first, second = (mask[..., None].astype(float) for mask in masks)
    both = first * second
    return (first - both) * FIRST + (second - both) * SECOND + both


def _frame(box: Any, colour: Any, **style: Any) -> Rectangle:
    top, left, bottom, right = (float(side) - 0.5 for side in box)  # pixel centres are whole numbers
    return Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=colour, **style)
