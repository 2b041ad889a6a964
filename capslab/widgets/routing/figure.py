"""The routing view without a browser: its line of words and its still picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.routing import RoutingTrace

#: what the maps can show, and how it is called on the picture
QUANTITIES = {"coupling": "coupling c − 1/J", "agreement": "agreement ⟨û, v⟩", "contribution": "contribution"}


def followed(trace: RoutingTrace, iteration: int, digit: int | None) -> int:
    """The digit capsule that is looked at: the chosen one, else the longest at this iteration."""
    return int(trace.lengths[iteration - 1].argmax()) if digit is None else digit


def place(capsule: int, grid: tuple[int, int, int]) -> str:
    """Where a primary capsule sits, in words.

    >>> place(7, (2, 3, 2)), place(5, (1, 1, 8))
    ('at row 2, column 1, type 2', 'of type 6')
    """
    rows, columns, types = grid
    if rows * columns == 1:
        return f"of type {capsule + 1}"
    at, kind = divmod(capsule, types)
    told = f"at row {at // columns + 1}, column {at % columns + 1}"
    return f"{told}, type {kind + 1}" if types > 1 else told


def signed(value: float, digits: int = 2) -> str:
    """+0.12 or −0.12, with a true minus sign."""
    return ("−" if value < 0 else "+") + f"{abs(value):.{digits}f}"


def words(trace: RoutingTrace, iteration: int, capsule: int | None, digit: int | None, quantity: str) -> str:
    """The line of words; `routingWords` in js/src/routing/words.js says the same."""
    step, grid = iteration - 1, trace.grid or (1, 1, len(trace.votes))
    lengths, couplings = trace.lengths[step], trace.couplings[step]  # (J,), (I, J)
    parents, winner = len(lengths), int(lengths.argmax())
    names = trace.classes
    told = f"Iteration {iteration} of {trace.iterations}: predicted {names[winner]}"
    told += f" (length {lengths[winner]:.2f})"
    if trace.label is None:
        told += "."
    elif trace.label == winner:
        told += f", true {names[winner]}."
    else:
        told += f", but true {names[trace.label]} (length {lengths[trace.label]:.2f})."

    entropy, even = float(trace.entropy[step]), 1 / parents
    bounds = [(0.9995, "uniform"), (0.95, "almost uniform"), (0.7, "uneven"), (-np.inf, "concentrated")]
    how = next(word for bound, word in bounds if entropy > bound)
    told += f" Couplings are {how}: entropy {entropy:.3f} of 1"
    if step == 0:
        told += f"; every capsule still gives each of the {parents} the same share, {even:.2f}."
    else:
        i, j = np.unravel_index(couplings.argmax(), couplings.shape)
        told += f"; strongest pull: capsule {place(int(i), grid)} → {names[j]}"
        told += f" (c = {couplings[i, j]:.2f} against {even:.2f})."
    if capsule is not None:
        j = followed(trace, iteration, digit)
        told += f" Chosen: capsule {place(capsule, grid)} → {names[j]}: c = {couplings[capsule, j]:.3f},"
        told += f" agreement {signed(trace.agreement[step, capsule, j], 3)}."
    return told if quantity == "coupling" else f"{told} The maps show the {quantity}."


def values(trace: RoutingTrace, quantity: str) -> np.ndarray:
    """The quantity of the maps for every iteration, `(T, I, J)`."""
    found = {"coupling": trace.deviation, "agreement": trace.agreement, "contribution": trace.contributions}
    return found[quantity]


def draw(trace: RoutingTrace, iteration: int, quantity: str) -> Any:
    """The input, a map for each digit capsule, their lengths and the entropy, as a Figure."""
    from matplotlib.figure import Figure

    step, parents = iteration - 1, len(trace.classes)
    across = min(5, parents)
    down = -(-parents // across)
    figure = Figure(figsize=(10.5, 1.1 + 1.35 * max(down, 2)), layout="constrained")
    panels: Any = figure.subfigures(1, 3, width_ratios=[1.5, 5.2, 2.3])
    left, middle, right = panels

    image, entropy = left.subplots(2, 1)
    assert trace.image is not None
    image.imshow(trace.image.squeeze(), cmap="gray", vmin=0, vmax=255)
    image.set_axis_off()
    image.set_title("input", fontsize=9)
    entropy.plot(range(1, trace.iterations + 1), trace.entropy, "o-", color="#0072b2", markersize=4)
    entropy.plot(iteration, trace.entropy[step], "o", color="#0072b2", markersize=9)
    entropy.set_ylim(0, 1.05)
    entropy.set_xticks(range(1, trace.iterations + 1))
    entropy.set_title("entropy / ln J", fontsize=9)
    entropy.set_xlabel("iteration", fontsize=8)
    entropy.tick_params(labelsize=8)

    every = values(trace, quantity)  # (T, I, J)
    scale = max(float(np.abs(every).max()), 1e-3)
    axes = middle.subplots(down, across, squeeze=False).ravel()
    winner = followed(trace, iteration, None)
    for j, axis in enumerate(axes):
        axis.set_axis_off()
        if j < parents:
            picture = axis.imshow(
                tiled(every[step, :, j], trace.grid), cmap="RdBu_r", vmin=-scale, vmax=scale
            )
            axis.set_title(marked(trace, j, winner), fontsize=8)
    middle.colorbar(picture, ax=list(axes), shrink=0.8, aspect=30).ax.tick_params(labelsize=7)
    middle.suptitle(f"{QUANTITIES[quantity]}, iteration {iteration} of {trace.iterations}", fontsize=9)

    bars = right.subplots()
    lengths = trace.lengths[step]
    bars.barh(
        range(parents), lengths, color=["#0072b2" if j == winner else "#aaaaaa" for j in range(parents)]
    )
    bars.set_yticks(range(parents), [marked(trace, j, winner) for j in range(parents)], fontsize=8)
    bars.set_xlim(0, 1)
    bars.invert_yaxis()
    bars.set_title("length", fontsize=9)
    bars.tick_params(axis="x", labelsize=8)
    return figure


def marked(trace: RoutingTrace, digit: int, winner: int) -> str:
    """A class name, said to be predicted or true where it is."""
    name = trace.classes[digit]
    if digit == winner:
        return f"{name} predicted" + ("" if trace.label is None else " ✓" if trace.label == digit else " ✗")
    return f"{name} true" if digit == trace.label else name


def tiled(values: np.ndarray, grid: tuple[int, int, int] | None) -> np.ndarray:
    """One number a capsule `(I,)` as a picture: each place of the grid divided among its types."""
    rows, columns, types = grid or (1, 1, len(values))
    across = next(n for n in range(int(np.ceil(np.sqrt(types))), types + 1) if types % n == 0)
    cells = values.reshape(rows, columns, types // across, across)
    return cells.transpose(0, 2, 1, 3).reshape(rows * (types // across), columns * across)
