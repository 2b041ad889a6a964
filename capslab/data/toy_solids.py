"""Solids that toys are put together from: each is what lies inside of several slabs.

A slab is the room between two parallel planes, lo ≤ n · p ≤ hi. A box is three slabs at right angles, a
cylinder with eight sides is five, and a ball is thirteen. For a solid made of slabs, the point that one sees
through a pixel needs no search: `capslab.data.render_toys`.

Points are (x, y, z): x to the front of the toy, y to its left, z up. A toy lies within 1.1 of the origin.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

FAR = 2.5  # further out than any toy reaches: the open side of a slab that has one side only
GRID = 4096  # numbers are whole multiples of 1/4096, so that float32 holds them exactly

Point = tuple[float, float, float]
X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
#: the directions in which a ball is cut: 3 faces, 6 edges and 4 corners of a cube
AROUND = np.array(
    [
        [1, 0, 0], [0, 1, 0], [0, 0, 1],
        [1, 1, 0], [1, -1, 0], [1, 0, 1], [1, 0, -1], [0, 1, 1], [0, 1, -1],
        [1, 1, 1], [1, 1, -1], [1, -1, 1], [-1, 1, 1],
    ],
    float,
)  # fmt: skip


@dataclass(frozen=True)
class Toy:
    """A toy as slabs, solid after solid.

    Attributes
    ----------
    slabs : float64 `(slabs, 6)`: the normal (three numbers), lo, hi, and the brightness of the paint, 0…1.
    starts : position of the first slab of each solid, in rising order.
    """

    slabs: np.ndarray
    starts: tuple[int, ...]


@dataclass
class Workbench:
    """Collects solids; `toy()` is what has been made.

    Examples
    --------
    >>> bench = Workbench()
    >>> bench.box((0, 0, 0), (0.5, 0.3, 0.2), paint=0.8)
    >>> bench.toy().slabs.shape, bench.toy().starts
    ((3, 6), (0,))
    """

    rows: list[list[float]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def solid(self, paint: float, slabs: list[tuple[Any, float, float]]) -> None:
        """What lies inside of all slabs (normal, lo, hi); a normal may have any length."""
        self.starts.append(len(self.rows))
        for normal, low, high in slabs:
            n = np.asarray(normal, float)
            length = float(np.sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]))
            self.rows.append([*(n / length), low / length, high / length, paint])

    def box(self, centre: Point, half: Point, paint: float, cuts: tuple[Any, ...] = ()) -> None:
        """A box from its centre and half its sides; `cuts` (normal, point) keep what is behind."""
        slabs = [
            (axis, middle - side, middle + side)
            for axis, middle, side in zip((X, Y, Z), centre, half, strict=True)
        ]
        self.solid(paint, slabs + [(n, -FAR * _norm(n), _dot(n, point)) for n, point in cuts])

    def cylinder(self, axis: Point, centre: Point, radius: float, half: float, paint: float) -> None:
        """A cylinder with eight sides along X, Y or Z."""
        middle = _dot(axis, centre)
        slabs: list[tuple[Any, float, float]] = [(axis, middle - half, middle + half)]
        one, other = [each for each in (X, Y, Z) if each != axis]
        for a, b in ((1.0, 0.0), (0.7071, 0.7071), (0.0, 1.0), (0.7071, -0.7071)):
            n = tuple(a * p + b * q for p, q in zip(one, other, strict=True))
            slabs.append((n, _dot(n, centre) - radius, _dot(n, centre) + radius))
        self.solid(paint, slabs)

    def ball(self, centre: Point, radii: Point, paint: float) -> None:
        """A ball, or an egg with three radii, cut flat on 26 sides."""
        slabs: list[tuple[Any, float, float]] = []
        for direction in AROUND:
            n = direction / radii / np.sqrt(np.count_nonzero(direction))
            slabs.append((n, _dot(n, centre) - 1, _dot(n, centre) + 1))  # the egg reaches n · p = 1
        self.solid(paint, slabs)

    def beam(self, start: Point, end: Point, half: tuple[float, float], paint: float) -> None:
        """A straight limb from one point to another; `half` its thickness along its width, then its depth."""
        along = np.subtract(end, start)
        across = (
            np.array([0.0, 1.0, 0.0]) if abs(along[1]) < 0.9 * _norm(along) else np.array([0.0, 0.0, 1.0])
        )
        third = _cross(along, across)
        across = _cross(third, along)
        slabs: list[tuple[Any, float, float]] = [(along, _dot(along, start), _dot(along, end))]
        for n, thick in ((across, half[0]), (third, half[1])):
            middle, length = _dot(n, start), _norm(n)
            slabs.append((n, middle - thick * length, middle + thick * length))
        self.solid(paint, slabs)

    def toy(self, middle: Point = (0.0, 0.0, 0.0), scale: float = 1.0) -> Toy:
        """The toy with `middle` moved to the origin, then scaled."""
        slabs = np.array(self.rows)  # (slabs, 6)
        slabs[:, 3:5] -= np.array([_dot(normal, middle) for normal in slabs[:, :3]])[:, None]
        slabs[:, 3:5] *= scale
        slabs = np.floor(slabs * GRID + 0.5) / GRID
        return Toy(slabs, tuple(self.starts))


def _dot(a: Any, b: Any) -> float:
    return float(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])  # written out: BLAS may add in another order


def _norm(a: Any) -> float:
    return float(np.sqrt(_dot(a, a)))


def _cross(a: Any, b: Any) -> np.ndarray:
    return np.array([a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]])
