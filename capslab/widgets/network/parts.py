"""The parts of the picture that one can choose: a place of a feature map, a capsule, the reconstruction.

A part is a tuple of its kind and of positions:

| part                                    | what it is                                                |
|-----------------------------------------|-----------------------------------------------------------|
| `()`                                    | nothing; the whole network                                |
| `("map", layer, filter, row, column)`   | one number of a feature map                               |
| `("primary", capsule, digit)`           | a primary capsule and what it tells a digit capsule       |
| `("digit", digit)`                      | a digit capsule                                           |
| `("reconstruction", digit)`             | what a digit capsule decodes to                           |
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, is_whole, unknown_name
from capslab.widgets.network.content import Content
from capslab.widgets.routing.figure import place
from capslab.widgets.shared.format_text import plain, signed

KINDS: dict[str, tuple[str, ...]] = {
    "map": ("layer", "filter", "row", "column"),
    "primary": ("capsule", "digit"),
    "digit": ("digit",),
    "reconstruction": ("digit",),
}


def check_part(value: Any, layers: list[dict[str, Any]], capsules: int, digits: int, followed: int) -> tuple:
    """A part as a tuple of its kind and whole numbers, or an error that says which number is wrong.

    `followed` is the digit capsule that is meant where a part names none.
    """
    if isinstance(value, str):
        value = (value,)
    if value is None or (isinstance(value, (list, tuple)) and not len(value)):
        return ()
    if not isinstance(value, (list, tuple)):
        raise ArgumentError("part", "a tuple that begins with a kind of part", value, 'Try ("digit", 0).')
    kind, *numbers = value
    if not isinstance(kind, str) or kind not in KINDS:
        raise unknown_name("part", kind, KINDS, 'Try ("digit", 0).')
    names = KINDS[kind]
    if names[-1] == "digit" and len(numbers) == len(names) - 1:
        numbers.append(followed)
    example = (kind, *(layers[0]["drawn"][0] if name == "filter" else 0 for name in names))
    if len(numbers) != len(names) or not all(map(is_whole, numbers)):
        raise ArgumentError(
            "part", f"{kind!r} and whole numbers: {', '.join(names)}", value, f"Try {example}."
        )
    if kind == "map":
        _check_map(numbers, layers, value, example)
    else:
        limits = {"capsule": capsules, "digit": digits}
        for name, number in zip(names, numbers, strict=True):
            if not 0 <= number < limits[name]:
                expected = f"a part whose {name} is from 0 to {limits[name] - 1}"
                raise ArgumentError("part", expected, value, f"Try {example}.")
    return (kind, *(int(number) for number in numbers))


def _check_map(numbers: list[Any], layers: list[dict[str, Any]], value: Any, example: tuple) -> None:
    """Raise an error unless the place is on a map that is drawn."""
    layer, number, row, column = numbers
    drawn = {i: one["drawn"] for i, one in enumerate(layers) if one["drawn"]}
    if layer not in drawn or number not in drawn[layer]:
        listed = "; ".join(f"layer {i}: {', '.join(map(str, maps))}" for i, maps in drawn.items())
        raise ArgumentError("part", f"a map that is drawn ({listed})", value, f"Try {example}.")
    rows, columns, _ = layers[layer]["maps"]
    if not (0 <= row < rows and 0 <= column < columns):
        expected = f"a place on a map of {rows} rows and {columns} columns"
        raise ArgumentError("part", expected, value, f"Try {(*example[:1], layer, number, 0, 0)}.")


def part_words(part: tuple, content: Content, iteration: int, fields: Any) -> str:
    """The chosen part in a sentence with its numbers, as `partWords` in js/src/network/caption.js."""
    trace, step = content.trace, iteration - 1
    names, kind, *numbers = trace.classes, *part
    if kind == "map":
        layer, number, row, column = numbers
        value = content.maps[layer][row, column, number]
        where = f"Map {number + 1} of convolution {layer + 1}, row {row + 1}, column {column + 1}"
        return f"{where}: {plain(value, 3)}."
    if kind == "primary":
        i, j = numbers
        top, left, bottom, right = fields[i]
        sees = f"sees rows {top + 1}–{bottom} and columns {left + 1}–{right} of the image"
        adds = signed(float(trace.contributions[step, i, j]), 3)
        where = place(i, trace.grid or (1, 1, len(trace.votes)))
        return (
            f"Primary capsule {where} {sees}; to {names[j]} it gives "
            f"c = {share(float(trace.couplings[step, i, j]))} of itself, which adds {adds} to ‖s‖."
        )
    (j,) = numbers
    if kind == "digit":
        summed = np.linalg.norm(content.summed(step)[j])
        return f"Digit capsule {names[j]}: ‖s‖ = {summed:.3f}, squashed to {trace.lengths[step, j]:.3f}."
    error = reconstruction_error(content, j, iteration)
    if error is None:
        return f"Digit capsule {names[j]} is not drawn for this image."
    return f"Reconstruction from the pose of {names[j]}: mean squared error {error:.4f} per grey level."


def share(value: float) -> str:
    """A coupling with four decimals; halves are rounded up, as in JavaScript, for 1/32 is one.

    >>> share(1 / 32), f"{1 / 32:.4f}"
    ('0.0313', '0.0312')
    """
    return str(Decimal(value).quantize(Decimal("0.0001"), ROUND_HALF_UP))


def reconstruction_error(content: Content, digit: int, iteration: int) -> float | None:
    """Mean of (image − reconstruction)², grey levels 0…1; None for a digit capsule that is not drawn."""
    at = content.rows.tolist()
    if digit not in at:
        return None
    apart = content.decoded[iteration - 1, at.index(digit)].astype(float) - content.trace.image
    return float(((apart / 255) ** 2).mean())
