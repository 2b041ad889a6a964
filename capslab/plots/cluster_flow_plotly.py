"""A flow of images between clusters as plotly draws it; whoever points at a stream sees images in it.

What plotly shows beside the pointer is text, so the images are written in Braille, whose letters have two
by four dots each: one dot is one pixel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.plots.chart_plotly import CONFIG, GREY, safe
from capslab.plots.colours import palette
from capslab.plots.flow import GAP, Flow
from capslab.plots.style import cluster_names

#: images of a stream beside the pointer
MOST_IMAGES = 3
#: an image has at most so many dots in a row
MOST_DOTS = 28
#: the bits of a Braille letter's dots, rows from above
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_BLANK = chr(0x2800)


def as_json(flow: Flow, height: float) -> dict[str, Any]:
    """The flow for `plotly.graph_objects.Figure`: a dict with "data", "layout" and "config".

    Parameters
    ----------
    height : of the figure, in CSS pixels.
    """
    numbers: dict[tuple[int, int], int] = {}
    node: dict[str, list[Any]] = {"x": [], "y": [], "color": [], "label": [], "customdata": []}
    for column, ends in enumerate(flow.places):
        for cluster, (top, bottom) in ends.items():
            numbers[column, cluster] = len(numbers)
            which = np.flatnonzero(flow.clusters[column] == cluster)
            node["x"].append(_inside(column / (len(flow.ks) - 1)))
            node["y"].append(_inside((top + bottom) / 2))
            node["color"].append(_colour(cluster))
            node["label"].append(_name(cluster))
            node["customdata"].append(_told(flow, f"k = {flow.ks[column]}, cluster {_name(cluster)}", which))
    link: dict[str, list[Any]] = {"source": [], "target": [], "value": [], "color": [], "customdata": []}
    for column, start, end, which in flow.streams:
        way = f"k = {flow.ks[column]} → {flow.ks[column + 1]}, cluster {_name(start)} → {_name(end)}"
        link["source"].append(numbers[column, start])
        link["target"].append(numbers[column + 1, end])
        link["value"].append(len(which))
        link["color"].append(_colour(start, 0.4))
        link["customdata"].append(_told(flow, way, which) + _in_dots(flow, which))
    shown = {"hovertemplate": "%{customdata}<extra></extra>"}
    trace = {
        "type": "sankey",
        "arrangement": "fixed",
        "node": {**node, **shown, "thickness": 16, "pad": round(GAP * (height - 60)), "line": {"width": 0}},
        "link": {**link, **shown},
        "domain": {"x": [0, 0.98], "y": [0, 1]},
    }
    return {"data": [trace], "layout": _layout(flow, height), "config": dict(CONFIG)}


def dots(image: np.ndarray) -> list[str]:
    """An image `(h, w)` of 0…1 as lines of Braille: a dot is a pixel that is brighter than half.

    >>> dots(np.eye(4))
    ['⠑⢄']
    """
    step = -(-max(image.shape) // MOST_DOTS)
    image = np.pad(image, [(0, -side % step) for side in image.shape])
    coarse = image.reshape(image.shape[0] // step, step, image.shape[1] // step, step).mean(axis=(1, 3))
    on = coarse > 0.5
    on = np.pad(on, [(0, -on.shape[0] % 4), (0, -on.shape[1] % 2)])
    rows, columns = on.shape[0] // 4, on.shape[1] // 2
    letters = on.reshape(rows, 4, columns, 2).swapaxes(1, 2)  # (rows, columns, 4, 2)
    codes = 0x2800 + (letters * _DOTS).sum(axis=(2, 3))
    return ["".join(map(chr, row)) for row in codes]


def _told(flow: Flow, where: str, which: np.ndarray) -> str:
    classes = flow.by_class(which, 4)
    return f"<b>{where}</b><br>{len(which):,} images" + f"<br>{safe(classes)}" * bool(classes)


def _in_dots(flow: Flow, which: np.ndarray) -> str:
    """Some images of a stream side by side, as lines of text."""
    if flow.pixels is None:
        return ""
    pictures = [dots(flow.pixels[i].mean(axis=-1)) for i in which[:MOST_IMAGES]]
    rows = (_BLANK.join(row) for row in zip(*pictures, strict=True))
    return "".join(f"<br>{row}" for row in rows)


def _layout(flow: Flow, height: float) -> dict[str, Any]:
    heads = [
        {"text": f'<span style="color:currentColor">k = {k}</span>', "x": 0.98 * column / (len(flow.ks) - 1)}
        for column, k in enumerate(flow.ks)
    ]
    place = {"y": 1.01, "xref": "paper", "yref": "paper", "yanchor": "bottom", "showarrow": False}
    return {
        "height": round(height),
        "margin": {"l": 10, "r": 20, "t": 40, "b": 20},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 15, "color": GREY, "family": "system-ui, sans-serif"},
        "hoverlabel": {
            "bgcolor": "#ffffff",
            "bordercolor": GREY,
            "font": {"size": 15, "color": "#222222"},
            "align": "left",
        },
        "annotations": [{**place, **head} for head in heads],
    }


def _inside(share: float) -> float:
    """A place that plotly takes as given: it reads 0 and 1 as "anywhere"."""
    return round(float(np.clip(share, 0.001, 0.999)), 4)


def _colour(cluster: int, alpha: float = 1) -> str:
    red, green, blue = (round(255 * part) for part in palette(cluster, "both"))
    return f"rgba({red},{green},{blue},{alpha:g})"


def _name(cluster: int) -> str:
    return cluster_names([cluster])[0]
