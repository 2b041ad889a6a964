"""The cloud from Python: its three coordinates, words, state, code, plotly's figure, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from common import numbers_in
from fakes import some_images
from hypothesis import given
from hypothesis import strategies as st
from views import embedding

import capslab as cl
from capslab.data import Images
from capslab.embedding import Embedding
from capslab.errors import ArgumentError
from capslab.widgets.cloud import figure


def of_dimensions(d, n=40, labelled=True):
    images = some_images(n, labelled=labelled)
    return Embedding(
        np.random.default_rng(0).normal(size=(n, d)), images.labels, images, f"{d} numbers", False
    )


@pytest.fixture
def view():
    return cl.explore_cloud(embedding(), 4)


angle = st.floats(-180, 180)


@given(angle, st.floats(-90, 90))
def test_turning_keeps_the_distance_from_the_middle(a, b):
    points = np.random.default_rng(0).normal(size=(20, 3))
    points /= np.linalg.norm(points, axis=1).max()
    across, up, depth = figure.turned(points, (a, b)).T
    size = figure.DISTANCE / (figure.DISTANCE - depth)
    np.testing.assert_allclose(
        (across / size) ** 2 + (up / size) ** 2 + depth**2, (points**2).sum(axis=1), atol=1e-9
    )


def test_a_quarter_turn_by_hand():
    front, right, above = np.eye(3)[[2, 0, 1]]
    seen = figure.turned(np.stack([front, right, above]), (90, 0))
    np.testing.assert_allclose(seen, [[1, 0, 0], [0, 0, -1], [0, 1, 0]], atol=1e-12)
    tilted = figure.turned(above[None], (0, 90))
    np.testing.assert_allclose(tilted, [[0, 0, 1]], atol=1e-12)  # what was above is in front


def test_three_dimensions_are_drawn_as_they_are_and_more_by_pca(view):
    three = of_dimensions(3)
    own = cl.explore_cloud(three, 4)
    flat = np.linalg.norm(own.points[:, None] - own.points, axis=2)
    true = np.linalg.norm(three.vectors[:, None] - three.vectors, axis=2)
    np.testing.assert_allclose(flat / flat.max(), true / true.max(), atol=1e-5)
    assert np.linalg.norm(own.points, axis=1).max() == pytest.approx(1)
    assert own.about["axes"][0] == "dimension 1"
    variance = np.linalg.eigvalsh(np.cov(embedding().vectors.T))[::-1]
    assert f"{round(100 * variance[:3].sum() / variance.sum())} %" in view.words
    assert view.about["axes"] == ["PC 1", "PC 2", "PC 3"]


def test_the_words_name_k_and_where_one_looks_from(view):
    assert numbers_in(view.words)[0] == "4"
    view.angles = (200.0, -10)
    assert view.angles == (-160, -10)
    assert view.words.endswith(figure.angle_words(view.about["space"], (-160, -10)))
    view.k = 7
    assert numbers_in(view.words)[0] == "7"
    view.moved = True
    assert view.about["moves"][5] in view.words
    view.selection = [3]
    assert view.words.endswith("1 image selected.")


def test_the_code_runs_and_shows_the_same(view):
    view.angles, view.k, view.selection = (40.5, -20), 6, [1, 2]
    names = {"embedding": embedding()}
    exec(view.code, names)
    assert names["view"].state == view.state
    assert names["view"].words == view.words


def test_the_still_is_drawn_from_where_one_looks(view):
    before = view.picture(dpi=40)
    view.angles = (90, 0)
    assert view.picture(dpi=40) != before


def test_one_k_for_a_plane_and_a_cloud(view):
    import ipywidgets

    plane = cl.explore_clusters(embedding(), 4, view.path)
    ipywidgets.link((plane, "k"), (view, "k"))
    plane.k = 9
    assert view.k == 9
    np.testing.assert_array_equal(plane.labels, view.labels)
    assert ipywidgets.jslink((plane, "k"), (view, "k")).source == (plane, "k")


def test_plotlys_figure_follows_k_and_colour_and_shows_the_picture(view):
    import plotly.graph_objects as go

    drawn, picture = view.plotly().children
    assert isinstance(drawn, go.FigureWidget)
    np.testing.assert_allclose(np.stack([drawn.data[0][axis] for axis in "xyz"], axis=1), view.points)
    assert len(set(drawn.data[0].marker.color)) == 4
    view.k = 9
    assert len(set(drawn.data[0].marker.color)) == 9
    assert "cluster" in drawn.data[0].text[0]
    assert "class a" in drawn.data[0].text[0]
    view.color = "label"
    assert len(set(drawn.data[0].marker.color)) == 5
    hover = drawn.data[0]._hover_callbacks[0]
    hover(drawn.data[0], type("Points", (), {"point_inds": [3]}), None)
    assert bytes(picture.value).startswith(b"\x89PNG")
    assert picture.layout.visibility == "visible"


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: cl.explore_cloud(of_dimensions(2)), "embedding"),
        (lambda: cl.explore_cloud(of_dimensions(1)), "embedding"),
        (lambda: cl.explore_cloud(of_dimensions(3, 1)), "embedding"),
        (lambda: cl.explore_cloud(of_dimensions(3).vectors), "embedding"),
        (lambda: cl.explore_cloud(of_dimensions(3), 31), "k"),
        (lambda: cl.explore_cloud(of_dimensions(3), color="labels"), "color"),
        (lambda: cl.explore_cloud(of_dimensions(3, labelled=False), color="label"), "color"),
        (lambda: cl.explore_cloud(of_dimensions(3), path=cl.cluster(of_dimensions(3, 30))), "path"),
        (lambda: cl.explore_cloud(of_dimensions(3), angles=(0, 91)), "angles"),
        (lambda: cl.explore_cloud(of_dimensions(3), angles=(float("nan"), 0)), "angles"),
        (lambda: cl.explore_cloud(of_dimensions(3), angles=30), "angles"),
        (lambda: cl.explore_cloud(of_dimensions(3), angles="front"), "angles"),
        (lambda: cl.explore_cloud(of_dimensions(3), angles=(1, 2, 3)), "angles"),
        (lambda: cl.explore_cloud(of_dimensions(3), hide=("slider",)), "hide"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(make, argument, fails):
    with fails(ArgumentError, argument):
        make()


def test_nan_is_refused(fails):
    spoilt = of_dimensions(3)
    spoilt.vectors[3, 1] = np.nan
    with fails(ArgumentError, "embedding", names="1 of 40"):
        cl.explore_cloud(spoilt)


def test_70_001_points_draw_a_sample_and_say_so():
    rng = np.random.default_rng(0)
    n = 70_001
    images = Images(rng.integers(0, 255, (n, 2, 2, 1), dtype=np.uint8))
    kinds = rng.normal(size=(3, 3))[rng.integers(0, 3, n)]  # three different vectors: a short path
    view = cl.explore_cloud(Embedding(kinds, None, images, "kinds", False))
    assert view.points.shape == (70_000, 3)
    assert numbers_in(view.about["notes"])[:2] == ["70,000", "70,001"]


def test_equal_vectors_but_one_and_flat_clouds_are_drawn():
    flat = of_dimensions(3)
    flat.vectors[:, 2] = 5
    assert np.isfinite(cl.explore_cloud(flat, 2).points).all()
    wide = of_dimensions(6)
    wide.vectors[:, 1:] = 0
    points = cl.explore_cloud(wide, 2).points
    assert np.ptp(points[:, 1:]) == 0
    assert np.abs(points[:, 0]).max() == pytest.approx(1)
