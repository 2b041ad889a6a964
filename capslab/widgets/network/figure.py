"""The network view without a browser: its line of words and its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.widgets.network.content import Content, drawn_edges
from capslab.widgets.network.parts import part_words
from capslab.widgets.routing.figure import place, prediction

#: dark to bright, for feature maps and lengths of primary capsules; the same in js/src/network/colours.js
RAMP = ("#0b1026", "#17406d", "#1b7fa8", "#5cc3b4", "#f3f3c4")
FRAME = "#c24100"  # round what a capsule sees
WIDTH, HEIGHT = 10.5, 5.2  # inches
MIDDLE = 0.46  # of the height


def words(content: Content, iteration: int, part: tuple, fields: Any) -> str:
    """What is on screen, in one line; `networkWords` in js/src/network/caption.js says the same."""
    trace = content.trace
    text = f"{prediction(trace, iteration)} {_edge_words(trace, iteration)}"
    return f"{text} {part_words(part, content, iteration, fields)}" if part else text


def _edge_words(trace: Any, iteration: int) -> str:
    couplings = trace.couplings[iteration - 1]  # (I, J)
    count, all_of_them = len(drawn_edges(trace)), couplings.size
    text = f"{all_of_them:,} couplings as lines"
    if count < all_of_them:
        text = f"The {count:,} strongest of {all_of_them:,} couplings as lines"
    even = f"1/{couplings.shape[1]}"
    if iteration == 1:
        return f"{text}: each is still an even share, c = {even}."
    i, j = np.unravel_index(couplings.argmax(), couplings.shape)
    grid = trace.grid or (1, 1, len(couplings))
    where = f"capsule {place(int(i), grid)} → {trace.classes[j]}"
    return f"{text}: the strongest is {where}, c = {couplings[i, j]:.2f} (an even share is {even})."


def draw(content: Content, iteration: int, layers: list[dict[str, Any]], part: tuple, fields: Any) -> Any:
    """Image, feature maps, primary capsules, couplings, digit capsules and reconstruction, as a Figure.

    The frame on the image is what the chosen primary capsule sees, or else the one that adds most.
    """
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.patches import Rectangle

    from capslab.plots.style import NotebookFigure

    ramp = LinearSegmentedColormap.from_list("capslab maps", RAMP)
    figure = NotebookFigure(figsize=(WIDTH, HEIGHT))
    trace, step = content.trace, iteration - 1
    winner = int(trace.lengths[step].argmax())
    _titles(figure, content, layers, winner)
    assert trace.image is not None
    image = _picture(figure, 0.01, 0.115, trace.image)
    seen = part[1] if part[:1] == ("primary",) else int(trace.contributions[-1][:, trace.predicted].argmax())
    top, left, bottom, right = (int(edge) for edge in fields[seen])
    box = Rectangle((left - 0.5, top - 0.5), right - left, bottom - top, fill=False, edgecolor=FRAME)
    image.add_patch(box)
    stages = [i for i, layer in enumerate(layers) if layer["drawn"]]
    for column, i in enumerate(stages):
        _stage(figure, 0.155 + 0.058 * column, content.maps[i][..., layers[i]["drawn"]], ramp)
    cells = _primary(figure, 0.35, content, ramp)
    rows = _digits(figure, content, step, winner)
    _edges(figure, content, step, winner, cells, rows)
    slot = content.rows.tolist().index(winner) if winner in content.rows else 0
    _picture(figure, 0.88, 0.115, content.decoded[step, slot])
    return figure


def _titles(figure: Any, content: Content, layers: list[dict[str, Any]], winner: int) -> None:
    trace = content.trace
    assert trace.image is not None
    capsules, digits, pose = trace.votes.shape
    lengths = np.linalg.norm(content.primary, axis=-1)  # (I,)
    height, width = trace.image.shape[:2]
    maps = len(layers) - 1
    titles = [
        (0.0675, "image", f"{height} × {width}"),
        (0.235, "feature maps", f"{maps} convolution{'s' if maps > 1 else ''}"),
        (0.435, "primary capsules", f"{capsules:,} of length {lengths.min():.2f}–{lengths.max():.2f}"),
        (0.755, "digit capsules", f"{digits} poses of {pose} numbers"),
        (0.9375, "reconstruction", f"from {trace.classes[winner]}"),
    ]
    for x, title, below in titles:
        figure.text(x, 0.955, title, ha="center", fontsize=10, weight="bold")
        figure.text(x, 0.91, below, ha="center", fontsize=8.5, color="#666666")


def _axes(figure: Any, left: float, width: float, shape: tuple[int, ...], middle: float = MIDDLE) -> Any:
    """Bare axes of a picture's shape around the middle of the figure, `width` of it wide at most."""
    rows, columns = shape[:2]
    most = width * WIDTH / max(columns, rows)  # inches of a pixel
    wide, high = columns * most / WIDTH, rows * most / HEIGHT
    axes = figure.add_axes((left + (width - wide) / 2, middle - high / 2, wide, high))
    axes.set_axis_off()
    return axes


def _picture(figure: Any, left: float, width: float, image: np.ndarray) -> Any:
    axes = _axes(figure, left, width, image.shape)
    axes.imshow(image[..., 0] if image.shape[-1] == 1 else image, cmap="gray", vmin=0, vmax=255)
    return axes


def _stage(figure: Any, left: float, maps: np.ndarray, ramp: Any) -> None:
    """The drawn maps of one convolution `(rows, columns, maps)` below each other, on one scale."""
    count, most = maps.shape[-1], max(float(maps.max()), 1e-9)
    for k in range(count):
        middle = MIDDLE + 0.132 * ((count - 1) / 2 - k)
        axes = _axes(figure, left, 0.05, maps.shape, middle)
        axes.imshow(maps[..., k], cmap=ramp, vmin=0, vmax=most)


def _primary(figure: Any, left: float, content: Content, ramp: Any) -> np.ndarray:
    """The lengths of the primary capsules on their grid; returns the middle of each cell, figure shares."""
    from capslab.widgets.routing.figure import capsule_map

    lengths = np.linalg.norm(content.primary, axis=-1)  # (I,)
    grid = content.trace.grid
    cells = capsule_map(lengths, grid)
    squares = grid[:2] if grid and grid[0] * grid[1] > 1 else cells.shape  # a place is square
    axes = _axes(figure, left, 0.17, squares)
    spread = max(float(np.ptp(lengths)), 1e-9)
    # Most are long: the third power tells them apart.
    axes.imshow(((cells - lengths.min()) / spread) ** 3, cmap=ramp, vmin=0, vmax=1, aspect="auto")
    if grid:
        for name, count, size in (("axvline", grid[1], cells.shape[1]), ("axhline", grid[0], cells.shape[0])):
            for k in range(1, count):
                getattr(axes, name)(k * size / count - 0.5, color="white", linewidth=1)
    box = axes.get_position()
    order = capsule_map(np.arange(len(lengths)), grid).astype(int)  # which capsule each cell is
    rows, columns = np.indices(order.shape)
    middles = np.empty((len(lengths), 2))
    middles[order.ravel(), 0] = box.x0 + (columns.ravel() + 0.5) / order.shape[1] * box.width
    middles[order.ravel(), 1] = box.y1 - (rows.ravel() + 0.5) / order.shape[0] * box.height
    return middles


def _digits(figure: Any, content: Content, step: int, winner: int) -> dict[int, float]:
    """A row per drawn digit capsule: name, pose, length; returns the height of each row, figure shares."""
    from capslab.plots.colours import palette
    from capslab.plots.style import DIVERGING

    trace, rows = content.trace, content.rows.tolist()
    pitch = min(0.075, 0.82 / len(rows))
    most = max(float(np.abs(trace.outputs[step]).max()), 1e-9)
    heights = {}
    for k, j in enumerate(rows):
        y = heights[j] = MIDDLE + pitch * ((len(rows) - 1) / 2 - k)
        strong = {"weight": "bold"} if j in (winner, trace.label) else {}
        figure.text(0.678, y, trace.classes[j][:7], ha="right", va="center", fontsize=9, **strong)
        pose = figure.add_axes((0.685, y - pitch * 0.3, 0.085, pitch * 0.6))
        pose.imshow(trace.outputs[step, [j]], cmap=DIVERGING, vmin=-most, vmax=most, aspect="auto")
        pose.set_axis_off()
        bar = figure.add_axes((0.775, y - pitch * 0.3, 0.05, pitch * 0.6))
        bar.barh([0], [trace.lengths[step, j]], color=palette(0) if j == winner else "#9a9a9a", height=1)
        bar.set(xlim=(0, 1), ylim=(-0.5, 0.5))
        bar.patch.set_facecolor("#eeeeee")
        bar.spines[:].set_visible(False)
        bar.set(xticks=[], yticks=[])
        sign = ""
        if j == trace.label:
            sign = " ✓" if j == winner else " ◂ true"
        elif j == winner and trace.label is not None:
            sign = " ✗"
        figure.text(0.83, y, f"{trace.lengths[step, j]:.2f}{sign}", va="center", fontsize=8.5, **strong)
    return heights


def _edges(
    figure: Any, content: Content, step: int, winner: int, cells: np.ndarray, rows: dict[int, float]
) -> None:
    """The drawn couplings as lines: the further above an even share, the stronger."""
    from matplotlib.collections import LineCollection

    trace = content.trace
    digits = trace.couplings.shape[-1]
    scale = max(float(np.abs(trace.deviation).max()), 1e-9)
    drawn = drawn_edges(trace)[::-1]  # the strongest lie above the others
    i, j = np.divmod(drawn, digits)
    strength = trace.deviation[step, i, j] / scale  # −1…1
    t = np.linspace(0, 1, 24)[:, None]
    ease = t * t * (3 - 2 * t)
    lines = [
        np.hstack([cells[a, 0] + (0.655 - cells[a, 0]) * t, cells[a, 1] + (rows[b] - cells[a, 1]) * ease])
        for a, b in zip(i, j, strict=True)
    ]
    alpha = np.where(strength > 0, 0.1 + 0.8 * strength, 0.1 * (1 + strength))
    colours = np.tile([0.45, 0.45, 0.45, 1.0], (len(lines), 1))
    colours[j == winner, :3] = np.array([0, 114, 178]) / 255
    colours[:, 3] = alpha
    widths = 0.5 + 2.5 * np.maximum(strength, 0)
    figure.add_artist(
        LineCollection(lines, colors=colours, linewidths=widths, transform=figure.transFigure, zorder=-1)
    )
