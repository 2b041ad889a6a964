"""Pictures of toys against a slow renderer, against symmetry, and against bad input."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capslab.data import render_toy
from capslab.data.render_toys import EXTENT, render_toys
from capslab.data.toy_kinds import KINDS, make_toy
from capslab.errors import ArgumentError

POSES = {
    "azimuth": st.integers(0, 359),
    "elevation": st.integers(0, 90),
    "light": st.integers(-90, 90),
}


def shadow(kind, instance, azimuth, elevation, size):
    """Which of size × size lines of sight meet the toy, by marching along them through the toy's slabs."""
    toy = make_toy(kind, instance)
    a, e = np.radians(azimuth), np.radians(elevation)
    right = np.array([np.cos(a), -np.sin(a), 0])
    back = np.array([np.sin(a), np.cos(a), 0])
    up = np.array([0, 0, np.cos(e)]) + np.sin(e) * back
    toward = np.array([0, 0, np.sin(e)]) - np.cos(e) * back
    at = (2 * np.arange(size) + 1 - size) * EXTENT / size
    depth = np.linspace(-1.2, 1.2, 481)
    spots = at[None, :, None, None] * right - at[:, None, None, None] * up + depth[:, None] * toward
    met = np.zeros(spots.shape[:3], bool)  # (rows, columns, depths)
    for start, end in zip(toy.starts, (*toy.starts[1:], len(toy.slabs)), strict=True):
        along = spots @ toy.slabs[start:end, :3].T
        met |= ((toy.slabs[start:end, 3] <= along) & (along <= toy.slabs[start:end, 4])).all(axis=-1)
    return met.any(axis=-1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 0), (37, 25), (160, 60), (270, 90)])
def test_the_outline_is_that_of_marching_along_each_line_of_sight(kind, azimuth, elevation):
    size = 20
    picture = render_toy(kind, 1, azimuth, elevation, size=size)[..., 0]
    met = shadow(kind, 1, azimuth, elevation, 2 * size).reshape(size, 2, size, 2).sum(axis=(1, 3))
    full, empty = met == 4, met == 0
    assert (picture[full] > 0).all()
    assert (picture[empty] > 0).mean() < 0.03  # edges seen end-on, thinner than a step of the march
    assert full.sum() > 10


@settings(deadline=None, max_examples=20)
@given(kind=st.sampled_from(KINDS), instance=st.integers(0, 9), **POSES)
def test_one_picture_is_as_in_a_batch_and_a_whole_turn_changes_nothing(
    kind, instance, azimuth, elevation, light
):
    one = render_toy(kind, instance, azimuth, elevation, light, strength=0.8)
    poses = np.array([[azimuth, elevation, light, 0.8], [0, 20, 0, 1]] * 20, float)
    many = render_toys(kind, np.array([instance, 3] * 20), poses)
    assert (many[0::2] == one).all()
    assert (render_toy(kind, instance, azimuth - 720, elevation, light, strength=0.8) == one).all()


@settings(deadline=None, max_examples=20)
@given(instance=st.integers(0, 9), azimuth=st.integers(0, 17), elevation=st.integers(0, 89))
def test_the_mirror_image_of_a_car_is_the_car_from_its_other_side(instance, azimuth, elevation):
    picture = render_toy("car", instance, 10 * azimuth, elevation, 40).astype(int)
    mirrored = render_toy("car", instance, 180 - 10 * azimuth, elevation, -40)[:, ::-1].astype(int)
    assert np.abs(picture - mirrored).mean() < 4  # of 255; rounding may move an edge by half a pixel


def test_a_car_from_its_other_side_is_another_picture():
    one, other = (render_toy("car", 0, azimuth, 40).astype(int) for azimuth in (40, 140))
    assert np.abs(one - other).mean() > 8


def test_a_lamp_half_as_strong_gives_half_the_grey():
    bright = render_toy("truck", 2, strength=1.0).astype(int)
    dim = render_toy("truck", 2, strength=0.5).astype(int)
    assert np.abs(bright - 2 * dim).max() <= 3
    assert bright.max() > 200


def test_the_side_that_the_lamp_shines_on_is_brighter():
    left = render_toy("person", 0, 270, 10, -80)[..., 0].astype(float)
    right = render_toy("person", 0, 270, 10, 80)[..., 0].astype(float)
    across = np.arange(28) - 13.5

    def centre(picture):
        return (picture * across).sum() / picture.sum()

    assert centre(left) < centre(right)


def test_five_pictures_are_the_same_to_the_byte_on_every_machine():
    pictures = [render_toy(kind, 4, 33.3, 41.7, -12.5, strength=0.9) for kind in KINDS]
    assert hashlib.sha256(np.stack(pictures).tobytes()).hexdigest()[:16] == "3d80fd09e804839d"


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("kind", {"kind": "cart"}),
        ("kind", {"kind": 3}),
        ("instance", {"instance": 10}),
        ("instance", {"instance": 1.5}),
        ("azimuth", {"azimuth": float("nan")}),
        ("azimuth", {"azimuth": "left"}),
        ("azimuth", {"azimuth": True}),
        ("elevation", {"elevation": 91}),
        ("elevation", {"elevation": float("nan")}),
        ("light", {"light": -91}),
        ("strength", {"strength": 0}),
        ("size", {"size": 7}),
        ("size", {"size": 1000}),
        ("size", {"size": None}),
    ],
)
def test_bad_input_is_refused(argument, options):
    with pytest.raises(ArgumentError) as refused:
        render_toy(**{"kind": "car", **options})
    assert refused.value.argument == argument
