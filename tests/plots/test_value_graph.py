"""A small graph of images: edges, colours and signs by value, one scale per panel."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from capslab import plots
from capslab.errors import ArgumentError

THREE = np.zeros((3, 8, 8))
CHAIN = np.array([[0, 2.0, 0], [2, 0, 1], [0, 1, 0]])
PLACES = np.array([[0.0, 0], [1, 0], [2, 1]])


def test_each_edge_is_drawn_once_and_a_heavier_one_is_thicker() -> None:
    axes = plots.value_graph(THREE, CHAIN, PLACES, {"v": [1, 0, -1]}).axes[0]
    (edges,) = [one for one in axes.collections if isinstance(one, LineCollection)]
    assert len(edges.get_segments()) == 2
    heavy, light = edges.get_linewidths()
    assert heavy > light


def test_signs_stand_at_large_values_and_colours_follow_them() -> None:
    axes = plots.value_graph(THREE, CHAIN, PLACES, {"v": [3, 0.5, -3]}).axes[0]
    assert [text.get_text() for text in axes.texts] == ["+", "−"]
    ground = [picture.get_array()[0, 0] for picture in axes.images]
    assert ground[0][0] > ground[0][2], "vermilion"
    assert ground[2][2] > ground[2][0], "blue"


def test_every_panel_has_its_own_scale() -> None:
    figure = plots.value_graph(THREE, CHAIN, PLACES, {"small": [0.01, 0, 0], "large": [100, 0, 0]})
    small, large = (axes.images[0].get_array()[0, 0] for axes in figure.axes)
    np.testing.assert_allclose(small, large)


def test_images_in_one_place_are_moved_apart() -> None:
    axes = plots.value_graph(THREE, CHAIN, np.zeros((3, 2)), {"v": [1, 2, 3]}).axes[0]
    middles = np.array([picture.get_extent() for picture in axes.images]).reshape(3, 2, 2).mean(axis=2)
    gaps = np.abs(middles[:, None] - middles).max(axis=2)[np.triu_indices(3, 1)]
    assert gaps.min() > 0.29


def test_the_words_count_edges_and_signs() -> None:
    words = plots.value_graph(THREE, CHAIN, PLACES, {"start": [1, 0, -2]}, title="A chain").alt_text
    assert words == (
        "A chain. A graph of 3 images with 2 edges. start: 1 image above zero and 1 below, from −2 to 1."
    )


@pytest.mark.parametrize(
    ("argument", "change"),
    [
        ("weights", {"weights": np.triu(CHAIN)}),
        ("weights", {"weights": -CHAIN}),
        ("weights", {"weights": np.zeros((2, 2))}),
        ("places", {"places": PLACES[:2]}),
        ("values", {"values": {}}),
        ("values", {"values": {"v": [1, 2]}}),
    ],
)
def test_what_is_not_there_for_every_image_is_refused(argument: str, change: dict, fails) -> None:
    given = {"weights": CHAIN, "places": PLACES, "values": {"v": [1, 2, 3]}, **change}
    with fails(ArgumentError, argument):
        plots.value_graph(THREE, **given)
