"""A capsule network for images of any size: how many cells its maps have, and which preset fits.

A convolution of stride 2 halves a side. "any-size" halves each side until it is at most `CELLS` long, so
the number of primary capsules is bounded however large the images are, and a strip of 4×40 pixels is
halved along one side only. "any-window" does the same without padding, for square windows of a scene.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from capslab.errors import ArgumentError
from capslab.models.capsnet_presets import PRESETS, Convolution, Pair, Preset

CELLS = 6  # the longest side of the primary capsules' grid in "any-size"
WINDOW_CELLS = 9  # likewise of the maps before the primary capsules in "any-window", which see them whole

Shape = tuple[int, int, int]
Step = tuple[int, int, str]  # window, stride and padding along one side


def design_for(preset: str, image_shape: Shape, instead: str = "any-size") -> Preset:
    """The numbers of a preset for images of this size.

    Parameters
    ----------
    preset : a name in `PRESETS`.
    image_shape : `(height, width, channels)` of the images.
    instead : the preset to recommend where this one does not fit.

    Raises
    ------
    ArgumentError : where the images are too small for its convolutions; it names a preset that fits.

    Examples
    --------
    >>> [c.strides for c in design_for("any-size", (40, 4, 3)).trunk]
    [(2, 1), (1, 1), (2, 1), (2, 1)]
    >>> cells(design_for("any-size", (40, 4, 3)), (40, 4, 3))
    (5, 4)
    """
    design = _SIZED[preset](image_shape) if preset in _SIZED else PRESETS[preset]
    if min(cells(design, image_shape)) >= 1:
        return design
    least = next(side for side in range(1, 1000) if min(cells(design, (side, side, 1))) >= 1)
    raise ArgumentError(
        "image_shape",
        f'large enough for the preset "{preset}", at least {least} × {least} pixels',
        image_shape,
        f'Take preset="{instead}", which fits images of every size.',
    )


def steps_along(design: Preset, axis: int) -> list[Step]:
    """All convolutions along the height (axis 0) or the width (1), that of the primary capsules last."""
    sizes = [(c.kernel, c.strides, c.padding) for c in design.trunk]
    sizes.append((design.kernel, design.strides, design.padding))
    return [(along(kernel, axis), along(strides, axis), padding) for kernel, strides, padding in sizes]


def along(size: int | Pair, axis: int) -> int:
    """A window's or stride's size along one axis."""
    return size[axis] if isinstance(size, tuple) else size


def cells(design: Preset, image_shape: Shape) -> Pair:
    """Rows and columns of the primary capsules' grid; below 1 where the images are too small."""
    rows, columns = (_last(image_shape[axis], steps_along(design, axis)) for axis in (0, 1))
    return rows, columns


def _last(side: int, steps: Iterable[Step]) -> int:
    """Cells along one side after all these convolutions; 0 or less as soon as a window does not fit."""
    for step in steps:
        side = after(side, *step)
        if side < 1:
            break
    return side


def after(side: int, kernel: int, strides: int, padding: str) -> int:
    """Cells along one side after a convolution."""
    return -(-side // strides) if padding == "same" else (side - kernel) // strides + 1


def field_of(cell: int, side: int, steps: list[Step]) -> Pair:
    """First pixel and one past the last that affect a cell of the last map, along one axis."""
    sides = [side]
    for step in steps:
        sides.append(after(sides[-1], *step))
    first = last = cell
    for (kernel, strides, padding), before in zip(reversed(steps), reversed(sides[:-1]), strict=True):
        count = after(before, kernel, strides, padding)
        pad = max((count - 1) * strides + kernel - before, 0) // 2 if padding == "same" else 0
        first, last = first * strides - pad, last * strides - pad + kernel - 1
    return max(first, 0), min(last + 1, side)


def _any_size(image_shape: Shape) -> Preset:
    """Convolutions that halve each side until it has at most `CELLS` cells; the second one halves nothing.

    From 15×15 to 24×24 pixels they are those of the preset "visible".
    """
    design = PRESETS["any-size"]
    rows, columns = (max(0, math.ceil(math.log2(side / CELLS))) for side in image_shape[:2])
    trunk, most = [], max(rows, columns)
    for i, number in enumerate(
        [0, most, *range(1, most)]
    ):  # which halving each convolution is; `most` is none
        halved = (2 if number < rows else 1, 2 if number < columns else 1)
        window = 5 if i == 0 and halved == (2, 2) else 3
        filters = design.trunk[min(i, len(design.trunk) - 1)].filters
        roomy = i == 1 and all(-(-side // 2) >= 8 for side in image_shape[:2])
        trunk.append(Convolution(filters, window, halved, "valid" if roomy else "same"))
    return replace(design, trunk=tuple(trunk))


def _any_window(image_shape: Shape) -> Preset:
    """Convolutions without padding, until the primary capsules' window covers what is left."""
    design = PRESETS["any-window"]
    side = min(image_shape[:2])
    first, second = design.trunk
    trunk = [first if side >= 20 else replace(first, kernel=3, strides=1)]
    left = _last(side, [(along(c.kernel, 0), along(c.strides, 0), c.padding) for c in trunk])
    while left > WINDOW_CELLS or (len(trunk) == 1 and left > 4):
        trunk.append(second)
        left = after(left, along(second.kernel, 0), along(second.strides, 0), second.padding)
    trunk[-1] = replace(trunk[-1], filters=design.types * design.primary_dim)
    return replace(design, trunk=tuple(trunk), kernel=max(left, 1))


_SIZED: dict[str, Callable[[Shape], Preset]] = {"any-size": _any_size, "any-window": _any_window}
