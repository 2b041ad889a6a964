"""The drawing pad without a browser: its line of words and its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.widgets.routing import figure as routing_figure
from capslab.widgets.routing.figure import signed


def article(name: str) -> str:
    """A class name with its article.

    >>> article("3"), article("8"), article("ankle boot")
    ('a 3', 'an 8', 'an ankle boot')
    """
    vowel = name[:1].lower() in ("8", "a", "e", "i", "o", "u") or name in ("11", "18")
    return f"an {name}" if vowel else f"a {name}"


def words(view: Any) -> str:
    """The line of words; `drawingWords` in js/src/draw/words.js says the same."""
    scores, trace = view.scores, view.trace
    if scores is None:
        return "Nothing drawn yet: draw with a mouse, a pen or a finger, or with arrow keys and space."
    measure = "probability" if trace is None else "length"
    first, second = np.argsort(-scores, kind="stable")[:2]
    best = f"{article(view.classes[first])} ({measure} {scores[first]:.2f})"
    other = f"{view.classes[second]} ({scores[second]:.2f})"
    told = f"The network sees {best}; next is {other}."
    if scores[first] < 0.5:
        told = f"The network sees nothing clearly: at best {best}, then {other}."
    if trace is not None:
        told += f" Entropy of the couplings {trace.entropy[-1]:.2f} of 1."
    if view.z is not None:
        where = ", ".join(f"z{k} = {signed(float(view.z[k]))}" for k in view.axes)
        told += f" In the VAE's latent space at {where}."
    return f"{told} {view.missing}".strip()


def draw(view: Any) -> Any:
    """The image, the lengths, what is decoded and the last couplings, as a Figure."""
    from matplotlib.figure import Figure

    trace, scores = view.trace, view.scores
    pictures = [("what the network sees", view.image / 255)]
    if view.reconstruction is not None:
        pictures.append((f"decoded from the pose of {view.classes[view.predicted]}", view.reconstruction))
    figure = Figure(figsize=(9, 2.6), layout="constrained")
    panels = figure.subplots(1, len(pictures) + 1 + (trace is not None))
    for axis, (title, pixels) in zip(panels, pictures, strict=False):
        axis.imshow(pixels.squeeze(), cmap="gray", vmin=0, vmax=1)
        axis.set_title(title, fontsize=9)
        axis.set_axis_off()
    if scores is None:
        middle = {"ha": "center", "va": "center", "transform": panels[0].transAxes}
        panels[0].text(0.5, 0.5, "run the cell,\nthen draw here", color="#bbbbbb", fontsize=10, **middle)
    bars, count = panels[len(pictures)], len(view.classes)
    heights = np.zeros(count) if scores is None else scores
    bars.barh(
        range(count), heights, color=["#0072b2" if j == view.predicted else "#aaaaaa" for j in range(count)]
    )
    bars.set_yticks(range(count), view.classes, fontsize=8)
    bars.set_xlim(0, 1)
    bars.invert_yaxis()
    bars.set_title("length" if view.grid else "probability", fontsize=9)
    bars.tick_params(axis="x", labelsize=8)
    if trace is not None:
        values = trace.deviation[-1, :, view.predicted]  # (I,)
        scale = max(float(np.abs(trace.deviation).max()), 1e-3)
        tiles = routing_figure.tiled(values, trace.grid)
        panels[-1].imshow(tiles, cmap="RdBu_r", vmin=-scale, vmax=scale)
        panels[-1].set_title(f"c − 1/J to {view.classes[view.predicted]}, ±{scale:.3f}", fontsize=9)
        panels[-1].set_axis_off()
    return figure
