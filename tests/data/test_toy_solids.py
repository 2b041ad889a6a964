"""Solids made of slabs: what is inside of them, against the shapes that they stand for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capslab.data.toy_kinds import INSTANCES, KINDS, make_toy
from capslab.data.toy_solids import FAR, GRID, Workbench, X, Y, Z

PLACES = st.tuples(*[st.floats(-0.9, 0.9)] * 3)


def inside(toy, points):
    """Whether points (n, 3) lie inside of any solid."""
    result = np.zeros(len(points), bool)
    ends = (*toy.starts[1:], len(toy.slabs))
    for start, end in zip(toy.starts, ends, strict=True):
        slabs = toy.slabs[start:end]
        along = points @ slabs[:, :3].T
        result |= ((slabs[:, 3] <= along) & (along <= slabs[:, 4])).all(axis=1)
    return result


@given(point=PLACES)
def test_a_box_holds_what_lies_between_its_sides(point):
    bench = Workbench()
    centre, half = np.array([0.1, -0.2, 0.05]), np.array([0.4, 0.3, 0.2])
    bench.box(tuple(centre), tuple(half), 0.5)
    away = np.abs(np.subtract(point, centre)) - half
    if np.abs(away).min() > 2 / GRID:
        assert inside(bench.toy(), np.array([point]))[0] == (away < 0).all()


@pytest.mark.parametrize("axis", [X, Y, Z])
def test_a_cylinder_lies_between_two_round_ones(axis):
    bench = Workbench()
    bench.cylinder(axis, (0.1, 0.1, 0.1), 0.4, 0.5, 0.5)
    points = np.random.default_rng(0).uniform(-0.9, 0.9, (4000, 3))
    along = (points - 0.1) @ axis
    radius = np.sqrt(((points - 0.1) ** 2).sum(axis=1) - along**2)
    within = inside(bench.toy(), points)
    assert within[(radius < 0.399) & (np.abs(along) < 0.499)].all()
    assert not within[(radius > 0.4 / np.cos(np.pi / 8) + 0.002) | (np.abs(along) > 0.501)].any()


def test_an_egg_holds_the_ellipsoid_and_little_more():
    bench = Workbench()
    radii = np.array([0.6, 0.3, 0.4])
    bench.ball((0, 0, 0), tuple(radii), 0.5)
    points = np.random.default_rng(0).uniform(-0.9, 0.9, (4000, 3))
    size = np.sqrt(((points / radii) ** 2).sum(axis=1))
    within = inside(bench.toy(), points)
    assert within[size < 0.995].all()
    assert not within[size > 1.2].any()


@given(end=PLACES)
def test_a_beam_holds_its_middle_and_ends_at_its_ends(end):
    start = (0.95, 0.95, 0.95)
    bench = Workbench()
    bench.beam(start, end, (0.05, 0.05), 0.5)
    along = np.subtract(end, start)
    points = np.array(start) + np.array([[0.05], [0.5], [0.95], [-0.1], [1.1]]) * along
    assert inside(bench.toy(), points).tolist() == [True, True, True, False, False]


@pytest.mark.parametrize("kind", KINDS)
def test_toys_of_a_kind_differ_but_have_equally_many_slabs_and_fit_the_picture(kind):
    toys = [make_toy(kind, instance) for instance in range(INSTANCES)]
    assert len({toy.slabs.tobytes() for toy in toys}) == INSTANCES
    assert {(toy.starts, toy.slabs.shape) for toy in toys} == {(toys[0].starts, toys[0].slabs.shape)}
    side = np.linspace(-1.4, 1.4, 57)
    points = np.stack(np.meshgrid(side, side, side), -1).reshape(-1, 3)
    outside = points[np.sqrt((points**2).sum(axis=1)) > 1.12]
    for toy in toys:
        assert (toy.slabs == toy.slabs.astype(np.float32)).all()
        assert (np.abs(toy.slabs[:, 3:5]) <= FAR).all()
        assert not inside(toy, outside).any()
