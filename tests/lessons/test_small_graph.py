"""The graph of a few images: connected, symmetric, and drawn so that neighbours are near."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components, shortest_path

import capslab as cl
from capslab.data import Images
from capslab.errors import ArgumentError
from capslab.lessons import small_graph


def test_the_graph_is_one_piece_and_has_so_many_of_each_class() -> None:
    graph = small_graph.join(cl.load("digits"), (0, 4, 7), per_class=6, m=3)
    assert graph.images.labels.tolist() == [0] * 6 + [4] * 6 + [7] * 6
    np.testing.assert_array_equal(graph.weights, graph.weights.T)
    assert (graph.weights.diagonal() == 0).all()
    assert connected_components(graph.weights > 0)[0] == 1
    assert ((graph.weights > 0).sum(axis=1) >= 3).all()


def test_images_with_few_edges_between_them_are_near_each_other() -> None:
    graph = small_graph.join(cl.load("digits"), (0, 1), per_class=8, m=3)
    steps = shortest_path(graph.weights > 0, unweighted=True)
    apart = np.linalg.norm(graph.places[:, None] - graph.places, axis=2)
    assert np.corrcoef(steps.ravel(), apart.ravel())[0, 1] > 0.85


def test_the_same_seed_gives_the_same_graph() -> None:
    one, other = (small_graph.join(cl.load("digits"), (0, 1), 5, 2, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.places, other.places)


@pytest.mark.parametrize("m", [0, 10, 2.5])
def test_the_number_of_neighbours_is_checked(m: object) -> None:
    with pytest.raises(ArgumentError, match="m=4"):
        small_graph.join(cl.load("digits"), (0, 1), per_class=5, m=m)


def test_images_without_labels_are_refused() -> None:
    with pytest.raises(ArgumentError, match="labels"):
        small_graph.join(Images(np.zeros((20, 8, 8), np.uint8)))
