"""The convolution view on the Python side: its arithmetic, what it accepts, its words and its code."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from common import numbers_in
from fakes import some_images
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate2d

from capslab.errors import ArgumentError
from capslab.widgets.convolution.arithmetic import KERNELS, feature_map, side_of_map
from capslab.widgets.convolution.widget import explore_convolution


@given(
    height=st.integers(3, 12),
    width=st.integers(3, 12),
    rows=st.integers(1, 3),
    columns=st.integers(1, 3),
    stride=st.integers(1, 3),
    seed=st.integers(0, 1000),
)
def test_a_map_is_what_scipy_computes(height, width, rows, columns, stride, seed):
    rng = np.random.default_rng(seed)
    levels, kernel = rng.random((height, width)), rng.normal(size=(rows, columns))
    got = feature_map(levels, kernel, stride)
    np.testing.assert_allclose(got, correlate2d(levels, kernel, "valid")[::stride, ::stride], atol=1e-12)
    assert got.shape == (side_of_map(height, rows, stride), side_of_map(width, columns, stride))


def test_an_image_that_moves_moves_its_map():
    levels = np.zeros((12, 12))
    levels[3:6, 4:7] = np.random.default_rng(0).random((3, 3))
    moved = np.roll(levels, (2, 1), axis=(0, 1))
    for kernel in KERNELS.values():
        before, after = feature_map(levels, np.array(kernel)), feature_map(moved, np.array(kernel))
        np.testing.assert_allclose(np.roll(before, (2, 1), axis=(0, 1)), after, atol=1e-12)


def test_the_kernels_do_what_they_are_called_after():
    stripe = np.zeros((5, 5))
    stripe[2] = 1  # a horizontal stroke
    along, across = (np.array(KERNELS[f"{name} edges"]) for name in ("horizontal", "vertical"))
    assert np.abs(feature_map(stripe, along)).max() == 3
    assert np.abs(feature_map(stripe, across)).max() == 0
    np.testing.assert_array_equal(feature_map(stripe, np.array(KERNELS["copy"])), stripe[1:-1, 1:-1])
    assert feature_map(np.ones((5, 5)), np.array(KERNELS["blur"])) == pytest.approx(1, abs=1e-3)


@pytest.fixture
def view():
    return explore_convolution(some_images(), index=7)


def test_words_and_code_follow(view):
    view.kernel, view.stride, view.row, view.column = [[0, 2], [0, 0]], 2, 1, 2
    image = some_images().images[7].mean(axis=-1) / 255
    assert view.feature_map[1, 2] == pytest.approx(2 * image[2, 5])
    assert f"+{2 * image[2, 5]:.2f}" in view.words
    assert numbers_in(view.words)[:4] == ["2", "3", "4", "5"]  # rows and columns under the window
    made = {}
    lines = view.code.split("plots.image_grid")[0]
    exec(compile(ast.parse(lines), "code", "exec"), {"images": some_images(), "print": lambda *_: None}, made)
    np.testing.assert_allclose(made["feature_map"], view.feature_map)


def test_the_window_stays_inside_when_the_map_shrinks(view):
    rows, columns = view.feature_map.shape
    view.row, view.column = rows - 1, columns - 1
    view.stride = 3
    assert (view.row, view.column) == tuple(side - 1 for side in view.feature_map.shape)


def test_the_same_again_from_its_state(view):
    view.kernel, view.stride, view.row = [[1, -1]], 2, 2
    again = explore_convolution(some_images(), state=view.state)
    assert again.words == view.words


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("kernel", {"kernel": "edgy"}),
        ("kernel", {"kernel": [1, 2, 3]}),
        ("kernel", {"kernel": []}),
        ("kernel", {"kernel": [[1, 2], [3]]}),
        ("kernel", {"kernel": np.zeros((8, 8))}),
        ("kernel", {"kernel": [[float("nan")]]}),
        ("stride", {"stride": 4}),
        ("stride", {"stride": 0}),
        ("index", {"index": 10_000}),
        ("state", {"state": "{}"}),
        ("hide", {"hide": ("everything",)}),
    ],
)
def test_bad_input_is_refused(argument, options):
    with pytest.raises(ArgumentError) as refused:
        explore_convolution(some_images(), **options)
    assert refused.value.argument == argument


def test_places_outside_the_map_are_refused(view):
    with pytest.raises(ArgumentError) as refused:
        view.row = view.feature_map.shape[0]
    assert refused.value.argument == "row"


def test_no_images_is_refused():
    with pytest.raises(ArgumentError) as refused:
        explore_convolution(np.zeros((3, 8, 8, 1)))
    assert refused.value.argument == "images"
