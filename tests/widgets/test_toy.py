"""The turning toy on the Python side: what the network is asked, its words, its code, what it refuses."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import pytest
from common import numbers_in
from fakes import FakeClassifier, FakeToyNet, FakeVAE
from hypothesis import given
from hypothesis import strategies as st

import capslab as cl
from capslab.data import render_toy
from capslab.errors import ArgumentError
from capslab.widgets.toy.ring import ask_ring, seen_azimuths, shaded


class Lengths(FakeToyNet):
    """The same as a capsule network says it: lengths, no probabilities."""

    lengths = FakeToyNet.probabilities
    probabilities = property()  # hasattr is false


@pytest.fixture
def view():
    return cl.turn_toy("truck", FakeToyNet(), instance=7, azimuth=100, seen=[0, 18])


@pytest.mark.parametrize("network", [FakeToyNet(), Lengths(side=16)])
def test_each_degree_is_what_the_network_says_of_that_picture(network):
    ring = ask_ring(network, "plane", 3, 40, -20)
    side = network.image_shape[0]
    ask = getattr(network, "probabilities", None) or network.lengths
    for azimuth in (0, 77, 359):
        scores = ask(render_toy("plane", 3, azimuth, 40, -20, size=side)[None])[0]
        assert ring.score[azimuth] == pytest.approx(scores[2], abs=1e-6)
        assert ring.answer[azimuth] == scores.argmax()
    assert ring.score.shape == ring.answer.shape == (360,)


def test_words_say_the_pose_and_what_the_network_says(view):
    ring = view.answers
    right = int((ring.answer == 1).sum())
    shown = f"{ring.score[100]:.2f}"
    assert numbers_in(view.words) == ["100", "30", "30", shown, str(right), "360"]
    view.azimuth = 10
    assert numbers_in(view.words)[0] == "10"
    assert view.answers.score is ring.score  # turning asks nothing
    view.elevation = 60
    assert view.asked == ["truck", 60, 30]
    assert (view.answers.score == ask_ring(FakeToyNet(), "truck", 7, 60, 30).score).all()


def test_without_a_network_there_is_only_the_pose():
    view = cl.turn_toy("animal", light=-40)
    assert numbers_in(view.words) == ["30", "30", "40"]
    assert view.answers is None


def test_the_code_renders_what_is_on_screen(view):
    made = {}
    exec(view.code, made)
    assert (made["picture"] == render_toy("truck", 7, 100, 30, 30)).all()


def test_the_same_again_from_its_state(view):
    view.kind, view.azimuth, view.elevation, view.light = "car", 3, 45, -5
    again = cl.turn_toy(model=FakeToyNet(), instance=7, state=view.state)
    assert again.words == view.words


def test_only_kinds_that_the_network_knows_can_be_chosen(view):
    assert view.kinds == ["car", "truck", "plane"]
    assert cl.turn_toy(model=FakeToyNet()).kind == "car"
    with pytest.raises(ArgumentError):
        view.kind = "person"
    assert view.kind == "truck"


def test_a_network_that_fails_says_so_under_the_view(view):
    def fail(images):
        raise RuntimeError("out of memory")

    view._model.probabilities = fail
    view.elevation = 50
    assert "out of memory" in view.error


def test_azimuths_of_images_and_numbers_are_the_same():
    toys = cl.load("toys")
    some = toys[(toys.poses.azimuth < 90) & (toys.poses.instance == 0)]
    assert seen_azimuths(some) == seen_azimuths([378, 0, 36, 54, -288, 18]) == [0, 18, 36, 54, 72]


@given(st.lists(st.integers(0, 359), unique=True, max_size=40))
def test_shaded_bands_are_centred_and_do_not_overlap(seen):
    bands = shaded(sorted(map(float, seen)))
    for angle, (low, high) in zip(sorted(seen), bands, strict=True):
        assert (low + high) / 2 == angle
        assert 0 < high - low <= 18
    for (_, high), (low, _) in pairwise(bands):
        assert high <= low


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("kind", {"kind": "cart"}),
        ("kind", {"kind": 3}),
        ("kind", {"kind": "person", "model": FakeToyNet()}),
        ("instance", {"instance": 10}),
        ("instance", {"instance": None}),
        ("azimuth", {"azimuth": 360}),
        ("azimuth", {"azimuth": -1}),
        ("elevation", {"elevation": 91}),
        ("light", {"light": -91}),
        ("model", {"model": "capsnet"}),
        ("model", {"model": FakeVAE()}),
        ("model", {"model": FakeClassifier()}),
        ("model", {"model": SimpleNamespace(probabilities=len, classes=("car",), image_shape=(28, 28, 3))}),
        ("model", {"model": SimpleNamespace(probabilities=len, classes=("car",), image_shape=(28, 20, 1))}),
        ("seen", {"seen": [0, 18]}),
        ("seen", {"seen": [0, float("nan")], "model": FakeToyNet()}),
        ("seen", {"seen": "all", "model": FakeToyNet()}),
        ("seen", {"seen": [[0, 18]], "model": FakeToyNet()}),
        ("seen", {"seen": cl.load("digits"), "model": FakeToyNet()}),
        ("hide", {"hide": ("everything",)}),
        ("state", {"state": "{}"}),
    ],
)
def test_bad_input_is_refused(argument, options):
    with pytest.raises(ArgumentError) as refused:
        cl.turn_toy(**options)
    assert refused.value.argument == argument
