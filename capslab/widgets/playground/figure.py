"""The network sandbox as a still picture: what the network says, what its units say, the loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.widgets.playground.arithmetic import (
    Layers,
    forward,
    predicted,
    probabilities,
)
from capslab.widgets.playground.points import PointSet

SIDE = 60  # places along one side of a map
WRONG = 8


def draw(points: PointSet, layers: Layers, activation: str, history: list[list[Any]]) -> Any:
    """The maps and the loss curve as a Figure."""
    from capslab.plots.style import new_figure

    figure = new_figure(10.5, 3.6)
    parts: Any = figure.subfigures(1, 3, width_ratios=[1, 1, 0.9])
    units, main, loss = parts
    if points.train.shape[1] == 2:
        _plane(units, main, points, layers, activation)
    else:
        _digits(units, main, points, layers, activation)
    _curve(loss, history)
    return figure


def _plane(units: Any, main: Any, points: PointSet, layers: Layers, activation: str) -> None:
    from capslab.plots.colours import palette, sign
    from capslab.plots.style import DIVERGING, plain

    reach = 1.08 * float(max(np.abs(part).max(initial=0) for part in (points.train, points.held_out)))
    line = np.linspace(-reach, reach, SIDE)
    places = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)  # (places, 2)
    values = forward(layers, places, activation)
    shown = values[1] if len(layers) > 1 else places
    name = "unit" if len(layers) > 1 else "input"
    titles = [f"{name} {j + 1}" for j in range(shown.shape[1])]
    _maps(units, shown.T.reshape(-1, SIDE, SIDE), titles, "lower")
    axes = plain(main.subplots())
    answer = probabilities(values[-1])
    size = (-reach, reach, -reach, reach)
    options: dict[str, Any] = {"origin": "lower", "extent": size, "interpolation": "bilinear"}
    if answer.shape[1] == 1:
        axes.imshow(2 * answer.reshape(SIDE, SIDE) - 1, cmap=DIVERGING, vmin=-1, vmax=1, alpha=0.7, **options)
        colours: list[Any] = [DIVERGING(0.03), DIVERGING(0.97)]
    else:
        colours = [palette(j) for j in range(answer.shape[1])]
        best = answer.argmax(axis=1)
        axes.imshow((0.4 * np.array(colours)[best] + 0.6).reshape(SIDE, SIDE, 3), **options)
    for j, name in enumerate(points.classes):
        style: dict[str, Any] = {"marker": sign(j), "s": 16}
        inside = points.train[points.train_labels == j]
        axes.scatter(*inside.T, color=colours[j], edgecolor="white", linewidth=0.4, label=name, **style)
        outside = points.held_out[points.held_out_labels == j]
        axes.scatter(*outside.T, facecolor="white", edgecolor=colours[j], linewidth=0.8, **style)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
    axes.set_title("answer; hollow points are held out", fontsize=10)
    axes.legend(fontsize=8, loc="upper right", framealpha=0.9)


def _digits(units: Any, main: Any, points: PointSet, layers: Layers, activation: str) -> None:
    from capslab.plots.style import plain

    W = layers[0][0]  # (64, units)
    names = [f"unit {j + 1}" for j in range(W.shape[1])] if len(layers) > 1 else list(points.classes)
    _maps(units, W.T.reshape(-1, 8, 8), names, "upper")
    answers = predicted(forward(layers, points.held_out, activation)[-1])
    wrong = np.flatnonzero(answers != points.held_out_labels)
    main.suptitle(f"{len(wrong)} of {len(answers)} held-out images are wrong", fontsize=10)
    grid = main.subplots(2, WRONG // 2)
    for axes, i in zip(grid.flat, wrong, strict=False):
        plain(axes).imshow(points.held_out[i].reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        truth, answer = points.classes[points.held_out_labels[i]], points.classes[answers[i]]
        axes.set_title(f"{truth}, said {answer}", fontsize=8)
    for axes in grid.flat[len(wrong) :]:
        axes.axis("off")


def _maps(figure: Any, maps: np.ndarray, names: list[str], origin: Any) -> None:
    """Small maps (n, side, side), each on its own scale: blue below zero, vermilion above."""
    from capslab.plots.style import DIVERGING, plain

    columns = int(np.ceil(np.sqrt(len(maps))))
    grid = np.atleast_1d(figure.subplots(int(np.ceil(len(maps) / columns)), columns)).ravel()
    for axes, values, name in zip(grid, maps, names, strict=False):
        most = max(float(np.abs(values).max()), 1e-9)
        plain(axes).imshow(values, cmap=DIVERGING, vmin=-most, vmax=most, origin=origin)
        axes.set_title(name, fontsize=8)
    for axes in grid[len(maps) :]:
        axes.axis("off")


def _curve(figure: Any, history: list[list[Any]]) -> None:
    from capslab.plots.colours import palette
    from capslab.plots.style import open_axes

    axes = open_axes(figure.subplots(), "epoch", "loss")
    epochs = [row[0] for row in history]
    marker = "o" if len(history) == 1 else ""
    axes.plot(epochs, [row[1] for row in history], marker=marker, color=palette(0), label="training")
    if history[0][2] is not None:
        after = [row[2] for row in history]
        axes.plot(epochs, after, "--", marker=marker, color=palette(3), label="held out")
    axes.set_ylim(0, None)
    axes.legend(fontsize=8, frameon=False)
