"""The turning toy without a browser: its line of words and its still picture."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from capslab.widgets.shared.format_text import with_article
from capslab.widgets.toy.ring import Ring, shaded


def words(
    kind: str,
    azimuth: int,
    elevation: int,
    light: int,
    ring: Ring | None = None,
    classes: list[str] | None = None,
    measure: str = "",
) -> str:
    """The pose, and what the network says, in one line; `toyWords` in js/src/toy writes the same."""
    name = with_article(kind)
    side = "straight ahead" if light == 0 else f"{abs(light)}° {'right' if light > 0 else 'left'}"
    turned = f"turned by {azimuth}° and seen from {elevation}° above"
    text = f"{name[0].upper()}{name[1:]}, {turned}, lit from {side}."
    if ring is None or classes is None:
        return text
    score = math.floor(100 * float(ring.score[azimuth]) + 0.5) / 100  # halves as in the browser
    answer = classes[ring.answer[azimuth]]
    verdict = "The network is right" if answer == kind else f"The network takes it for {with_article(answer)}"
    right = int(np.sum(ring.answer == classes.index(kind)))
    total = f"It is right at {right} of {len(ring.answer)} azimuths."
    return f"{text} {verdict}; {measure} of “{kind}”: {score:.2f}. {total}"


def draw(
    picture: np.ndarray,
    small: np.ndarray,
    kind: str,
    azimuth: int,
    ring: Ring | None,
    classes: list[str],
    measure: str,
    seen: list[float],
) -> Any:
    """The toy, the same as the network gets it, and the network's score over azimuth, as a Figure."""
    from capslab.plots.colours import palette
    from capslab.plots.style import new_figure, open_axes
    from capslab.plots.style import plain as bare

    figure = new_figure(5 if ring is None else 10, 3.2)
    axes = figure.subplots(1, 2 if ring is None else 3, width_ratios=[1, 1] if ring is None else [1, 1, 2])
    bare(axes[0]).imshow(picture, cmap="gray", vmin=0, vmax=255)
    axes[0].set_title(f"{kind}, {azimuth}°", fontsize=10)
    side = len(small)
    bare(axes[1]).imshow(small, cmap="gray", vmin=0, vmax=255)
    axes[1].set_title(f"in {side}×{side} pixels", fontsize=10)
    if ring is None:
        return figure
    curve = open_axes(axes[2], "azimuth in degrees", f"{measure} of “{kind}”")
    for low, high in shaded(seen):
        for turn in (-360, 0, 360):  # a band around 0° goes on below 360°
            curve.axvspan(low + turn, high + turn, color="0.9", linewidth=0)
    wrong = np.flatnonzero(ring.answer != classes.index(kind))
    curve.plot(ring.score, color=palette(0), linewidth=2)
    curve.plot(wrong, np.full(len(wrong), 0.02), "|", color=palette(1), label="wrong")
    curve.axvline(azimuth, color="0.4", linestyle="--")
    curve.set(xlim=(0, 360), ylim=(0, 1.02), xticks=[0, 90, 180, 270, 360])
    curve.set_title("grey: trained on; ticks: wrong" if seen else "ticks: wrong", fontsize=10)
    return figure
