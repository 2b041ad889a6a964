"""The drawing pad without a browser: its line of words and its still picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.routing import RoutingTrace
from capslab.widgets.routing import figure as routing_figure
from capslab.widgets.shared.format_text import signed, with_article


@dataclass(frozen=True)
class DrawingSnapshot:
    """What the networks make of a drawing.

    Attributes
    ----------
    classes : names of the classes.
    scores : their lengths or probabilities, `(J,)`; None if nothing is drawn.
    trace : how the drawing was routed; None without capsules.
    z : its latent code, `(d,)`, or None; axes : the dimensions of it that the view shows.
    missing : what this network cannot show, in words.
    """

    classes: list[str]
    scores: np.ndarray | None
    trace: RoutingTrace | None
    z: np.ndarray | None
    axes: list[int]
    missing: str


def words(now: DrawingSnapshot) -> str:
    """The line of words; `drawingWords` in js/src/draw/caption.js says the same."""
    scores, trace = now.scores, now.trace
    if scores is None:
        return "Nothing drawn yet: draw with a mouse, a pen or a finger, or with arrow keys and space."
    measure = "probability" if trace is None else "length"
    first, second = np.argsort(-scores, kind="stable")[:2]
    best = f"{with_article(now.classes[first])} ({measure} {scores[first]:.2f})"
    other = f"{now.classes[second]} ({scores[second]:.2f})"
    text = f"The network sees {best}; next is {other}."
    if scores[first] < 0.5:
        text = f"The network sees nothing clearly: at best {best}, then {other}."
    if trace is not None:
        text += f" Entropy of the couplings {trace.entropy[-1]:.2f} of 1."
    if now.z is not None:
        where = ", ".join(f"z{k} = {signed(float(now.z[k]))}" for k in now.axes)
        text += f" In the VAE's latent space at {where}."
    return f"{text} {now.missing}".strip()


def draw(now: DrawingSnapshot, image: np.ndarray, reconstruction: np.ndarray | None, capsules: bool) -> Any:
    """The image, the lengths or probabilities, the reconstruction and the last couplings, as a Figure.

    Parameters
    ----------
    image : the drawing, uint8 `(h, w, c)`; reconstruction : `(h, w, c)` in 0…1, or None.
    capsules : whether the network has capsules, and so lengths.
    """
    from capslab.plots.style import NotebookFigure

    trace, count = now.trace, len(now.classes)
    predicted = None if now.scores is None else int(now.scores.argmax())
    pictures = [("what the network sees", image / 255)]
    if reconstruction is not None and predicted is not None:
        pictures.append((f"decoded from the pose of {now.classes[predicted]}", reconstruction))
    figure = NotebookFigure(figsize=(9, 2.6), layout="constrained")
    panels = figure.subplots(1, len(pictures) + 1 + (trace is not None))
    for axis, (title, pixels) in zip(panels, pictures, strict=False):
        axis.imshow(pixels.squeeze(), cmap="gray", vmin=0, vmax=1)
        axis.set_title(title, fontsize=9)
        axis.set_axis_off()
    if now.scores is None:
        middle = {"ha": "center", "va": "center", "transform": panels[0].transAxes}
        panels[0].text(0.5, 0.5, "run the cell,\nthen draw here", color="#bbbbbb", fontsize=10, **middle)
    bars = panels[len(pictures)]
    scores = np.zeros(count) if now.scores is None else now.scores
    bars.barh(range(count), scores, color=["#0072b2" if j == predicted else "#aaaaaa" for j in range(count)])
    bars.set_yticks(range(count), now.classes, fontsize=8)
    bars.set_xlim(0, 1)
    bars.invert_yaxis()
    bars.set_title("length" if capsules else "probability", fontsize=9)
    bars.tick_params(axis="x", labelsize=8)
    if trace is not None and predicted is not None:
        deviations = trace.deviation[-1, :, predicted]  # (I,)
        scale = max(float(np.abs(trace.deviation).max()), 1e-3)
        map_ = routing_figure.capsule_map(deviations, trace.grid)
        panels[-1].imshow(map_, cmap="RdBu_r", vmin=-scale, vmax=scale)
        panels[-1].set_title(f"c − 1/J to {now.classes[predicted]}, ±{scale:.3f}", fontsize=9)
        panels[-1].set_axis_off()
    return figure
