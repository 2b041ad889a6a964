"""Five kinds of toys: car, truck, plane, animal and person. Each instance has proportions of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from capslab.data.toy_solids import Toy, Workbench, X, Y

INSTANCES = 10  # toys of each kind
SEED = 20  # of their proportions
LIGHT, MIDDLE, DARK = 0.95, 0.7, 0.28  # paints

Between = Callable[[float, float], float]


def _car(bench: Workbench, between: Between) -> None:
    """A low body, a cabin of glass with slanted windows and a roof, four wheels, two lamps."""
    length, width = between(0.82, 0.98), between(0.36, 0.44)
    height, glass = between(0.13, 0.18), between(0.2, 0.3)
    middle, half = between(-0.22, -0.02), between(0.4, 0.52)
    top = height - 0.08
    bench.box((0, 0, -0.08), (length, width, height), between(0.7, 0.95))
    front, rear = between(0.5, 0.9), between(0.4, 1.1)
    cuts = (
        ((1, 0, front), (middle + half, 0, top)),
        ((-1, 0, rear), (middle - half, 0, top)),
    )
    bench.box((middle, 0, top + glass / 2), (half, width - 0.05, glass / 2), DARK, cuts)
    at, to = middle + half - front * glass, middle - half + rear * glass
    bench.box(((at + to) / 2, 0, top + glass), (max(0.12, (at - to) / 2), width - 0.04, 0.03), LIGHT)
    wheel, axle = between(0.17, 0.22), between(0.52, 0.6) * length
    for x in (axle, -axle):
        for y in (width, -width):
            bench.cylinder(Y, (x, y, -0.1 - height), wheel, 0.07, DARK)
            bench.cylinder(Y, (x, y, -0.1 - height), 0.45 * wheel, 0.09, MIDDLE)
    for y in (0.6 * width, -0.6 * width):
        bench.box((length, y, -0.05), (0.03, 0.08, 0.06), 1.0)


def _truck(bench: Workbench, between: Between) -> None:
    """A cab with a windscreen, a tall box behind it, a frame, six wheels."""
    width, floor = between(0.3, 0.37), between(-0.22, -0.16)
    cab, gap = between(0.2, 0.27), between(0.03, 0.08)
    cab_top, box_top = between(0.2, 0.3), between(0.36, 0.5)
    end = 0.95 - 2 * cab
    bench.box((0, 0, floor - 0.05), (0.93, width - 0.08, 0.06), DARK)
    bench.box((0.95 - cab, 0, (floor + cab_top) / 2), (cab, width, (cab_top - floor) / 2), MIDDLE)
    bench.box((0.95 - 0.6 * cab, 0, 0.65 * cab_top), (0.62 * cab, width - 0.05, 0.09), DARK)
    bench.box((0.95 - 0.6 * cab, 0, 0.65 * cab_top), (0.4 * cab, width + 0.02, 0.08), DARK)
    bench.box(
        ((end - gap - 0.95) / 2, 0, (floor + box_top) / 2),
        ((end - gap + 0.95) / 2, width + 0.02, (box_top - floor) / 2),
        between(0.8, 1.0),
    )
    wheel = between(0.15, 0.19)
    for x in (0.95 - cab, -0.42, -0.78):
        for y in (width, -width):
            bench.cylinder(Y, (x, y, floor - 0.14), wheel, 0.07, DARK)


def _plane(bench: Workbench, between: Between) -> None:
    """A tube with a nose, swept wings with engines, a tailplane and a fin."""
    radius, span = between(0.12, 0.17), between(0.72, 0.88)
    chord, sweep = between(0.15, 0.22), between(0.15, 0.5)
    bench.cylinder(X, (-0.08, 0, 0), radius, 0.72, between(0.8, 0.95))
    bench.ball((0.62, 0, 0), (0.3, 0.96 * radius, 0.96 * radius), LIGHT)
    bench.box((0.62, 0, 0.6 * radius), (0.1, 0.6 * radius, 0.4 * radius), DARK)
    root = between(0.05, 0.2)
    for side in (1, -1):
        edge = (1, side * sweep, 0)  # leading and trailing edge run back along y
        bench.solid(
            MIDDLE,
            [
                ((0, 0, 1), -0.5 * radius, -0.5 * radius + 0.06),
                ((0, side, 0), 0, span),
                (edge, root - chord, root + chord),
            ],
        )
        bench.solid(
            MIDDLE,
            [((0, 0, 1), 0.02, 0.07), ((0, side, 0), 0, 0.42 * span), (edge, -0.78, -0.78 + 0.9 * chord)],
        )
        y = between(0.35, 0.45) * span
        bench.cylinder(X, (root - sweep * y + 0.1, side * y, -radius), 0.075, 0.17, 0.5)
    bench.solid(
        between(0.45, 0.9),
        [
            ((0, 1, 0), -0.03, 0.03),
            ((0, 0, 1), 0, between(0.36, 0.46)),
            ((1, 0, 0.6), -0.66, -0.66 + 1.2 * chord),
        ],
    )


def _animal(bench: Workbench, between: Between) -> None:
    """A round body on four legs, a neck, a head with a snout and ears, a tail."""
    length, wide, deep = between(0.42, 0.54), between(0.19, 0.27), between(0.2, 0.28)
    legs, thick = between(0.5, 0.66), between(0.06, 0.09)
    coat = between(0.6, 0.9)
    bench.ball((-0.05, 0, 0.05), (length, wide, deep), coat)
    for x, way in ((0.62 * length, 0.04), (-0.8 * length, -0.05)):
        for y in (0.6 * wide, -0.6 * wide):
            bench.beam((x, y, 0), (x + way, 1.1 * y, -legs), (thick, thick), 0.75 * coat)
    neck = between(0.15, 0.42)
    top = (length + between(0.06, 0.2), 0.0, 0.25 + neck)
    bench.beam((0.6 * length, 0, 0.05), top, (0.09, 0.1), coat)
    bench.ball((top[0] + 0.06, 0, top[2]), (0.19, 0.12, 0.13), LIGHT)
    snout = between(0.08, 0.17)
    bench.box((top[0] + 0.2 + snout / 2, 0, top[2] - 0.04), (snout, 0.07, 0.065), MIDDLE)
    ear = between(0.06, 0.13)
    for y in (0.08, -0.08):
        bench.box((top[0], y, top[2] + 0.1 + ear / 2), (0.035, 0.035, ear), DARK)
    hang = between(-0.35, 0.3)
    bench.beam((-length, 0, 0.12), (-length - 0.28, 0, 0.12 + hang), (0.04, 0.04), DARK)


def _person(bench: Workbench, between: Between) -> None:
    """A head with a nose and hair, a torso, arms held away from it, legs that stride."""
    shoulder, hips = between(0.2, 0.28), between(0.13, 0.18)
    waist, neck = between(-0.08, 0.02), between(0.42, 0.5)
    cloth, trousers, skin = between(0.6, 0.9), between(0.42, 0.6), 1.0
    cuts = tuple(
        ((0, side, -(shoulder - hips) / (neck - waist)), (0, side * hips, waist)) for side in (1, -1)
    )
    half = (neck - waist) / 2 + 0.04
    bench.box((0, 0, (neck + waist) / 2 - 0.04), (0.12, shoulder, half), cloth, cuts)
    head = between(0.16, 0.2)
    bench.cylinder((0.0, 0.0, 1.0), (0, 0, neck + 0.02), 0.07, 0.06, skin)
    bench.ball((0, 0, neck + 0.05 + head), (head, 0.9 * head, 1.1 * head), skin)
    bench.box((-0.4 * head, 0, neck + 0.08 + 1.5 * head), (0.72 * head, 0.8 * head, 0.5 * head), DARK)
    bench.box((head, 0, neck + 0.04 + head), (0.05, 0.035, 0.04), skin)
    stride, foot = between(0.02, 0.2), between(-0.98, -0.9)
    for side in (1, -1):
        x, y = side * stride, side * (hips + 0.02)
        bench.beam((0, side * 0.55 * hips, waist), (x, y, foot), (0.085, 0.09), trousers)
        bench.box((x + 0.07, y, foot), (0.16, 0.08, 0.05), DARK)
        out, forward, reach = between(0.12, 0.4), -side * stride + between(-0.05, 0.2), between(-0.15, 0.1)
        hand = (forward, side * (shoulder + out), reach)
        bench.beam((0, side * (shoulder + 0.03), neck - 0.06), hand, (0.06, 0.065), 0.85 * cloth)
        bench.box(hand, (0.065, 0.065, 0.065), skin)


MAKERS: dict[str, Callable[[Workbench, Between], None]] = {
    "car": _car,
    "truck": _truck,
    "plane": _plane,
    "animal": _animal,
    "person": _person,
}
KINDS = tuple(MAKERS)
#: the middle and the scale of a kind that would not fit the picture as it was put together
FITTED = {"animal": ((0.12, 0.0, 0.12), 0.88)}


@cache
def make_toy(kind: str, instance: int) -> Toy:
    """The solids of one toy; all instances of a kind have the same number of slabs.

    Examples
    --------
    >>> len(make_toy("car", 0).slabs) == len(make_toy("car", 9).slabs)
    True
    """
    rng = np.random.default_rng([SEED, KINDS.index(kind), instance])
    bench = Workbench()
    MAKERS[kind](bench, lambda low, high: low + (high - low) * float(rng.random()))
    return bench.toy(*FITTED.get(kind, ((0.0, 0.0, 0.0), 1.0)))
