"""The cloud as a plotly `FigureWidget` that follows the view's k: widgets of two makers work together."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

SYMBOLS = ("circle", "square", "diamond", "cross", "circle-open", "square-open", "diamond-open", "x")
SIDE = 112  # CSS pixels of the picture beside the figure


def plotly_cloud(view: Any) -> Any:
    """A box with the `FigureWidget` of a `CloudView` and the picture of the image that is pointed at."""
    import ipywidgets
    import plotly.graph_objects as go

    x, y, z = view.points.T
    trace = go.Scatter3d(x=x, y=y, z=z, mode="markers", hovertemplate="%{text}<extra></extra>")
    axes = {"showbackground": False, "zeroline": False}
    titles = {
        f"{name}axis": {**axes, "title": title} for name, title in zip("xyz", view.about["axes"], strict=True)
    }
    layout = {"height": 520, "margin": {"l": 0, "r": 0, "t": 0, "b": 0}, "scene": titles, "template": "none"}
    figure = go.FigureWidget(trace, layout)
    picture = ipywidgets.Image(format="png", width=SIDE, height=SIDE)
    picture.layout.visibility = "hidden"

    def colour(change: Any = None) -> None:
        groups, names = groups_of(view)
        with figure.batch_update():
            figure.data[0].marker = {
                "size": 3,
                "color": [css(group) for group in groups],
                "symbol": [SYMBOLS[group % len(SYMBOLS)] for group in groups],
            }
            figure.data[0].text = names

    def show(trace: Any, points: Any, state: Any) -> None:
        if points.point_inds and view.thumbnails is not None:
            picture.value = png(view, points.point_inds[0])
            picture.layout.visibility = "visible" if picture.value else "hidden"

    colour()
    view.observe(colour, ["k", "color"])
    figure.data[0].on_hover(show)
    return ipywidgets.HBox([figure, picture])


def groups_of(view: Any) -> tuple[np.ndarray, list[str]]:
    """The group that gives each point its colour, `(m,)`, and what is written beside it."""
    from capslab.clustering import cluster_name

    labels = view.labels[view.ks.index(view.k)]
    positions = np.arange(len(labels)) if view.drawn is None else view.drawn
    names = [
        f"image {int(i):,}<br>cluster {cluster_name(int(c))}" for i, c in zip(positions, labels, strict=True)
    ]
    if view.truth is not None:
        classes = [name.replace("<", "&lt;") for name in view.about["classes"]]
        names = [f"{name}<br>class {classes[c]}" for name, c in zip(names, view.truth, strict=True)]
    return (view.truth if view.color == "label" else labels), names


def css(group: int) -> str:
    """The colour of a group as plotly takes it."""
    from capslab.plots import palette

    red, green, blue = (round(255 * part) for part in palette(int(group)))
    return f"rgb({red},{green},{blue})"


def png(view: Any, place: int) -> bytes:
    """The thumbnail of a drawn image as PNG; empty if it has none."""
    from PIL import Image

    row = place if view.thumbnail_of is None else int(view.thumbnail_of[place])
    if row < 0:
        return b""
    pixels = view.thumbnails[row]
    made = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    buffer = io.BytesIO()
    made.resize((SIDE, SIDE), Image.Resampling.NEAREST).save(buffer, "png")
    return buffer.getvalue()
