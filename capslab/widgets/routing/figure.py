"""The routing view without a browser: its line of words and its still picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from capslab.routing import RoutingTrace
from capslab.widgets.shared.format_text import signed

#: what the maps can show, and its name in the picture
QUANTITIES = {"coupling": "coupling c − 1/J", "agreement": "agreement ⟨û, v⟩", "contribution": "contribution"}
#: what the view calls the other ways to route; `BY` in js/src/routing/caption.js says the same
BY = {"one": "agreement, once", "uniform": "even shares", "attention": "self-attention", "em": "EM"}
#: at most this many maps in a row
ACROSS = 5
#: under a map, the brightest ink of the image: colours stand out from it
DIM = 0.55


def followed(trace: RoutingTrace, iteration: int, digit: int | None) -> int:
    """The digit capsule that is explained: the chosen one, or else the longest at this iteration."""
    return int(trace.lengths[iteration - 1].argmax()) if digit is None else digit


def place(capsule: int, grid: tuple[int, int, int]) -> str:
    """The position of a primary capsule in words.

    >>> place(7, (2, 3, 2)), place(5, (1, 1, 8))
    ('at row 2, column 1, type 2', 'of type 6')
    """
    rows, columns, types = grid
    if rows * columns == 1:
        return f"of type {capsule + 1}"
    at, kind = divmod(capsule, types)
    text = f"at row {at // columns + 1}, column {at % columns + 1}"
    return f"{text}, type {kind + 1}" if types > 1 else text


def prediction(trace: RoutingTrace, iteration: int) -> str:
    """What the network says at an iteration, and whether that is right, in words."""
    lengths, names = trace.lengths[iteration - 1], trace.classes  # (J,)
    winner = int(lengths.argmax())
    text = f"Iteration {iteration} of {trace.iterations}: predicted {names[winner]}"
    text += f" (length {lengths[winner]:.2f})"
    if trace.label is None:
        return f"{text}."
    if trace.label == winner:
        return f"{text}, true {names[winner]}."
    return f"{text}, but true {names[trace.label]} (length {lengths[trace.label]:.2f})."


def words(trace: RoutingTrace, iteration: int, capsule: int | None, digit: int | None, quantity: str) -> str:
    """The line of words; `routingWords` in js/src/routing/caption.js says the same."""
    step, grid = iteration - 1, trace.grid or (1, 1, len(trace.votes))
    couplings, names = trace.couplings[step], trace.classes  # (I, J)
    parents = len(names)
    text = prediction(trace, iteration)
    entropy, even = float(trace.entropy[step]), 1 / parents
    bounds = [(0.9995, "uniform"), (0.95, "almost uniform"), (0.7, "uneven"), (-np.inf, "concentrated")]
    how = next(word for bound, word in bounds if entropy > bound)
    text += f" Couplings are {how}: entropy {entropy:.3f} of 1"
    if step == 0 and trace.routing != "attention":
        text += f"; every capsule still gives each of the {parents} the same share, {even:.2f}."
    else:
        i, j = np.unravel_index(couplings.argmax(), couplings.shape)
        text += f"; strongest pull: capsule {place(int(i), grid)} → {names[j]}"
        text += f" (c = {couplings[i, j]:.2f} against {even:.2f})."
    if capsule is not None:
        j = followed(trace, iteration, digit)
        text += f" Chosen: capsule {place(capsule, grid)} → {names[j]}: c = {couplings[capsule, j]:.3f},"
        text += f" agreement {signed(trace.agreement[step, capsule, j], 3)}."
    if trace.routing != "dynamic":
        text = f"{text} Routed by {BY[trace.routing]}."
    return text if quantity == "coupling" else f"{text} The maps show the {quantity}."


def values(trace: RoutingTrace, quantity: str) -> np.ndarray:
    """The quantity of the maps for every iteration, `(T, I, J)`."""
    quantities = {
        "coupling": trace.deviation,
        "agreement": trace.agreement,
        "contribution": trace.contributions,
    }
    return quantities[quantity]


def draw(trace: RoutingTrace, iteration: int, quantity: str, box: Sequence[float] | None = None) -> Any:
    """The input, a map for each digit capsule, their lengths and the entropy, as a Figure.

    `box` is where the grid of primary capsules lies in the image (see `grid_on_image`): the maps are drawn
    there, over the image. None draws them alone.
    """
    from capslab.plots.style import NotebookFigure

    down = -(-len(trace.classes) // ACROSS)
    figure = NotebookFigure(figsize=(10.5, 1.1 + 1.35 * max(down, 2)), layout="constrained")
    panels: Any = figure.subfigures(1, 3, width_ratios=[1.5, 5.2, 2.3])
    left, middle, right = panels
    image, entropy = left.subplots(2, 1)
    assert trace.image is not None
    image.imshow(trace.image.squeeze(), cmap="gray", vmin=0, vmax=255)
    image.set_axis_off()
    image.set_title("input", fontsize=9)
    _draw_entropy(entropy, trace, iteration)
    _draw_maps(middle, trace, iteration, quantity, box)
    _draw_lengths(right.subplots(), trace, iteration)
    return figure


def _draw_entropy(axis: Any, trace: RoutingTrace, iteration: int) -> None:
    axis.plot(range(1, trace.iterations + 1), trace.entropy, "o-", color="#0072b2", markersize=4)
    axis.plot(iteration, trace.entropy[iteration - 1], "o", color="#0072b2", markersize=9)
    axis.set_ylim(0, 1.05)
    axis.set_xticks(range(1, trace.iterations + 1))
    axis.set_title("entropy / ln J", fontsize=9)
    axis.set_xlabel("iteration", fontsize=8)
    axis.tick_params(labelsize=8)


def _draw_maps(
    figure: Any, trace: RoutingTrace, iteration: int, quantity: str, box: Sequence[float] | None
) -> None:
    """One map for each digit capsule, all with the same scale."""
    parents = len(trace.classes)
    across = min(ACROSS, parents)
    every = values(trace, quantity)  # (T, I, J)
    scale = max(float(np.abs(every).max()), 1e-3)
    axes = figure.subplots(-(-parents // across), across, squeeze=False).ravel()
    winner = followed(trace, iteration, None)
    for j, axis in enumerate(axes):
        axis.set_axis_off()
        if j < parents:
            map_ = capsule_map(every[iteration - 1, :, j], trace.grid)
            if box is None:
                picture = axis.imshow(map_, cmap="RdBu_r", vmin=-scale, vmax=scale)
            else:
                picture = _draw_over(axis, trace, map_, scale, box)
            axis.set_title(marked(trace, j, winner), fontsize=8)
    bar = figure.colorbar(picture, ax=list(axes), shrink=0.8, aspect=30).ax
    bar.tick_params(labelsize=7)
    if box is not None:
        bar.set_facecolor("black")  # the image's paper
    figure.suptitle(f"{QUANTITIES[quantity]}, iteration {iteration} of {trace.iterations}", fontsize=9)


def _draw_over(axis: Any, trace: RoutingTrace, map_: np.ndarray, scale: float, box: Sequence[float]) -> Any:
    """A map over the image; the less there is to show, the more of the image shows through."""
    from matplotlib.colors import LinearSegmentedColormap

    assert trace.image is not None
    pixels = np.asarray(trace.image, float)
    grey = pixels.mean(-1) if pixels.ndim == 3 else pixels  # (h, w); colours belong to the map
    axis.imshow(grey, cmap="gray", vmin=0, vmax=255 / DIM)
    top, left, bottom, right = (edge - 0.5 for edge in box)  # pixel 0 reaches from −0.5 to 0.5
    ends = {"less": (96, 178, 255), "more": (255, 138, 66)}
    depth = np.abs(np.linspace(-1, 1, 257)) ** 0.75
    colours = np.ones((257, 4))
    colours[:128, :3], colours[128:, :3] = np.array(ends["less"]) / 255, np.array(ends["more"]) / 255
    colours[:, 3] = 0.92 * depth
    veil = LinearSegmentedColormap.from_list("veil", colours, N=257)
    picture = axis.imshow(
        map_, cmap=veil, vmin=-scale, vmax=scale, extent=(left, right, bottom, top), aspect="auto"
    )
    _draw_signs(axis, map_ / scale, (left, right, bottom, top))
    height, width = grey.shape
    axis.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5), aspect="equal")
    return picture


def _draw_signs(axis: Any, values: np.ndarray, extent: tuple[float, float, float, float]) -> None:
    """A plus or a minus where a map is deep, as in the live view: no value is told by its colour alone."""
    left, right, bottom, top = extent
    rows, columns = values.shape
    for row, column in np.argwhere(np.abs(values) > 0.4):
        x = left + (column + 0.5) * (right - left) / columns
        y = top + (row + 0.5) * (bottom - top) / rows
        sign = "+" if values[row, column] > 0 else "_"
        axis.plot(x, y, sign, color="black", markersize=3, markeredgewidth=0.8)


def _draw_lengths(axis: Any, trace: RoutingTrace, iteration: int) -> None:
    parents, winner = len(trace.classes), followed(trace, iteration, None)
    colours = ["#0072b2" if j == winner else "#aaaaaa" for j in range(parents)]
    axis.barh(range(parents), trace.lengths[iteration - 1], color=colours)
    axis.set_yticks(range(parents), [marked(trace, j, winner) for j in range(parents)], fontsize=8)
    axis.set_xlim(0, 1)
    axis.invert_yaxis()
    axis.set_title("length", fontsize=9)
    axis.tick_params(axis="x", labelsize=8)


def marked(trace: RoutingTrace, digit: int, winner: int) -> str:
    """A class name, marked as predicted or true if it is."""
    name = trace.classes[digit]
    if digit == winner:
        return f"{name} predicted" + ("" if trace.label is None else " ✓" if trace.label == digit else " ✗")
    return f"{name} true" if digit == trace.label else name


def capsule_map(values: np.ndarray, grid: tuple[int, int, int] | None) -> np.ndarray:
    """One number per primary capsule `(I,)` as a picture; each place of the grid is split by type."""
    rows, columns, types = grid or (1, 1, len(values))
    across = next(n for n in range(int(np.ceil(np.sqrt(types))), types + 1) if types % n == 0)
    cells = values.reshape(rows, columns, types // across, across)
    return cells.transpose(0, 2, 1, 3).reshape(rows * (types // across), columns * across)
