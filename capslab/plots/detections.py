"""Figures of what was found: digits drawn by their capsules, pixels divided, boxes in a scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from capslab.plots.style import INK, as_many, draw_image, new_figure, palette, pixels, plain

FIRST, SECOND = np.array(palette(4)), np.array(palette(1))  # sky blue, orange


def taken_apart(
    images: Any, drawn: Any, owner: Any, masks: Any, titles: Sequence[str] = (), names: Any = None
) -> Figure:
    """A row a pair: the image, the digit that each capsule draws, the pixels divided, and the truth.

    Parameters
    ----------
    images : `(n, h, w, c)`.
    drawn : `(n, 2, h, w, c)` in 0…1: what the two capsules draw.
    owner : 0 or 1 `(n, h, w)`: the digit each pixel was given to.
    masks : bool `(n, 2, h, w)`: the truth; what both cover is white.
    titles : n short texts.
    names : for each pair the two names of the classes that were found.
    """
    shown = pixels(images)
    n = len(shown)
    told = as_many("titles", titles, n) if len(titles) else [""] * n
    figure = new_figure(8, 1.55 * n + 0.3)
    heads = ("image", "first capsule draws", "second capsule draws", "pixels divided", "truth")
    covered: np.ndarray = np.any(np.asarray(masks), axis=1)  # (n, h, w)
    for i, row in enumerate(figure.subplots(n, 5, squeeze=False)):
        draw_image(row[0], shown[i])
        for k in (0, 1):
            draw_image(row[1 + k], pixels(np.asarray(drawn[i])[k][None])[0])
            if names is not None:
                row[1 + k].set_xlabel(str(names[i][k]), fontsize=9, color=INK)
        divided = np.stack([np.asarray(owner[i]) == k for k in (0, 1)]) & covered[i]
        plain(row[3]).imshow(_two_colours(divided))
        plain(row[4]).imshow(_two_colours(np.asarray(masks[i])))
        row[0].set_ylabel(told[i], fontsize=8, rotation=0, ha="right", va="center", color=INK)
        if i == 0:
            for axes, head in zip(row, heads, strict=True):
                axes.set_title(head, fontsize=9, color=INK)
    return figure


def boxed(images: Any, found: Sequence[Any], truth: Sequence[Any], classes: Sequence[str]) -> Figure:
    """Scenes with what was found (solid, with its class and length) and what is there (dashed).

    Parameters
    ----------
    images : `(n, h, w, c)`.
    found : for each scene `Boxes`.
    truth : for each scene its boxes `(m, 4)`.
    classes : names of the classes.
    """
    shown = pixels(images)
    n = len(shown)
    columns = min(3, n)
    figure = new_figure(3.1 * columns, 3.2 * -(-n // columns))
    for i, axes in enumerate(figure.subplots(-(-n // columns), columns, squeeze=False).ravel()):
        if i >= n:
            axes.set_visible(False)
            continue
        draw_image(axes, shown[i])
        for box in truth[i]:
            axes.add_patch(_frame(box, "white", linestyle="--", linewidth=1))
        for box, label, score in zip(found[i].boxes, found[i].labels, found[i].scores, strict=True):
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
    figure.suptitle("solid: found, with class and length · dashed: there", fontsize=9)
    return figure


def _two_colours(masks: np.ndarray) -> np.ndarray:
    """Masks `(2, h, w)` as a picture: one colour each, white where both are, black where none is."""
    first, second = (mask[..., None].astype(float) for mask in masks)
    both = first * second
    return (first - both) * FIRST + (second - both) * SECOND + both


def _frame(box: Any, colour: Any, **style: Any) -> Rectangle:
    top, left, bottom, right = (float(side) - 0.5 for side in box)  # pixel centres are whole numbers
    return Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=colour, **style)
