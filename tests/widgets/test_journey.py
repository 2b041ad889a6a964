"""The travel view on the Python side: how planes are turned, what it says, what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from views import embedding

import capslab as cl
from capslab.errors import ArgumentError
from capslab.widgets.shared import projection


def test_a_plane_that_was_only_turned_and_mirrored_comes_back():
    rng = np.random.default_rng(0)
    plane = rng.normal(size=(50, 2))
    plane -= plane.mean(axis=0)
    angle = 2.1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    mirror = np.diag([1, -1])
    np.testing.assert_allclose(
        projection.aligned(np.stack([plane, plane @ turn @ mirror]))[1], plane, atol=1e-5
    )


def test_turning_keeps_distances_and_never_makes_the_way_longer():
    planes = np.random.default_rng(1).normal(size=(3, 40, 2))
    planes -= planes.mean(axis=1, keepdims=True)
    turned = projection.aligned(planes)
    for plane, after in zip(planes, turned, strict=True):
        apart = np.linalg.norm(plane[:, None] - plane, axis=-1)
        np.testing.assert_allclose(np.linalg.norm(after[:, None] - after, axis=-1), apart, atol=1e-4)
    for e in (1, 2):
        assert np.square(turned[e] - turned[e - 1]).sum() <= np.square(planes[e] - turned[e - 1]).sum() + 1e-4


@pytest.fixture
def view():
    return cl.travel(embedding(0), embedding(1), embedding(2), k=4)


def test_words_at_a_stop_and_on_the_way(view):
    at = view.ks.index(4)
    accuracy = view.paths[0].at(4).scores.matched_accuracy
    assert view.words.startswith("At numbers 0 (made without labels): k = 4")
    assert f"{accuracy:.2f}" in view.words
    view.position = 1.25
    changed = int((view.matched[1, at] != view.matched[2, at]).sum())
    assert view.words.startswith("25 % of the way from numbers 1 to numbers 2")
    assert f"{changed} of 40 images" in view.words
    assert "position=1.25" in view.code


def test_the_still_moves_with_the_slider(view):
    before = view.picture()
    view.position = 0.5
    assert view.picture() != before


def test_the_same_again_from_its_state(view):
    view.position, view.k, view.selection = 1.5, 3, [2, 5]
    again = cl.travel(embedding(0), embedding(1), embedding(2), state=view.state)
    assert (again.position, again.k, again.selection.tolist()) == (1.5, 3, [2, 5])
    assert again.words == view.words


@pytest.mark.parametrize("position", [-0.1, 2.1, float("nan")])
def test_a_position_off_the_way_is_refused(view, position):
    with pytest.raises(ArgumentError) as refused:
        view.position = position
    assert refused.value.argument == "position"


@pytest.mark.parametrize("embeddings", [[embedding()], [embedding()] * 5, [embedding(), embedding()[:20]]])
def test_other_embeddings_are_refused(embeddings):
    with pytest.raises(ArgumentError) as refused:
        cl.travel(*embeddings)
    assert refused.value.argument == "embeddings"
