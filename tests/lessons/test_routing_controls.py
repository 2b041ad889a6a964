"""The networks with and without iterations: what is bundled, and what is measured of each."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from fakes import some_images

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons import results, routing_controls
from capslab.lessons.routing_controls import KINDS, ink_at_each_place, load, pack, presence_auc, unpack

sys.path.insert(0, str(Path(__file__).parents[2]))
from tools import train_routing_controls  # authors' tools are not installed


def test_answers_are_packed_and_read_again() -> None:
    right = np.random.default_rng(0).random(359) < 0.9
    assert (unpack(pack(right), 359) == right).all()


def test_the_bundled_networks_are_complete_and_agree_with_their_accuracy() -> None:
    controls = load(cl.load("digits"))
    assert results.load("routing").command == routing_controls.COMMAND
    for kind in KINDS:
        right = controls.right(kind)
        assert right.shape == (5, 359)
        assert np.allclose(right.mean(axis=1), controls.accuracy(kind))
        assert controls.accuracy(kind).min() > 0.97, "converged"
    assert (controls.measured("entropy") > 0.9).all()


def test_networks_for_other_images_are_those_of_the_digits() -> None:
    assert load(some_images()).data == "digits"


def test_an_unknown_kind_or_measure_gets_a_hint() -> None:
    controls = load(cl.load("digits"))
    with pytest.raises(ArgumentError):
        controls.right("two iterations")
    with pytest.raises(ArgumentError):
        controls.measured("entropie")


def test_ink_is_looked_for_in_the_middle_of_what_a_capsule_sees() -> None:
    images = cl.load("digits").test[:2]
    caps = cl.CapsNet.for_images(images)
    pixels = np.zeros((2, 8, 8, 1), np.uint8)
    pixels[1, 0, 0] = 255  # a corner, which is in the middle of no field but the first
    ink = ink_at_each_place(caps, cl.Images(pixels, [0, 1], images.classes))
    assert ink.shape == (2, 64)
    assert not ink[0].any()
    assert not ink[1, 4:].any()
    pixels[:] = 255
    assert ink_at_each_place(caps, cl.Images(pixels, [0, 1], images.classes)).all()


def test_presence_by_hand() -> None:
    lengths, ink = np.array([[0.9, 0.5], [0.7, 0.1]]), np.array([[True, False], [False, True]])
    assert presence_auc(lengths, ink) == 0.5  # 0.9 beats both, 0.1 neither
    assert np.isnan(presence_auc(lengths, np.ones_like(ink)))


def test_a_matched_control_starts_with_capsules_as_long() -> None:
    images = cl.load("digits")
    three, _ = train_routing_controls.made("three iterations", images, 0)
    one, factor = train_routing_controls.made("one iteration, matched length", images, 0)
    few = images.train[:500]
    assert 1 < factor < 1.5
    assert abs(three.lengths(few).mean() - one.lengths(few).mean()) < 1e-3
    plain, _ = train_routing_controls.made("one iteration", images, 0)
    assert plain.lengths(few).mean() < three.lengths(few).mean() - 1e-3


def test_every_measure_is_a_share() -> None:
    images = cl.load("digits")
    caps = cl.CapsNet.for_images(images)
    found = routing_controls.measures(caps, images.test[:40], images.train[:60])
    assert set(found) == set(routing_controls.measures_in(load(images).rows[0]))
    assert all(0 <= value <= 1 for value in found.values())
