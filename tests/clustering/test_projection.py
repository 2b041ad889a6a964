"""`project`: a plane to draw in."""

import numpy as np
import pytest

from capslab.clustering import project
from capslab.embedding import Embedding
from capslab.errors import ArgumentError


def test_the_plane_of_largest_spread_is_found():
    rng = np.random.default_rng(0)
    plane = np.linalg.qr(rng.normal(size=(9, 2)))[0].T  # (2, 9)
    flat = rng.normal(size=(300, 2)) * [5, 2]
    X = flat @ plane + 3
    apart = lambda points: np.linalg.norm(points[:, None] - points, axis=-1)  # noqa: E731
    found = project(X)
    assert found.shape == (300, 2)
    assert found.dtype == np.float32
    np.testing.assert_allclose(apart(found), apart(flat), atol=1e-3)
    assert found[:, 0].var() > found[:, 1].var()


def test_two_dimensions_are_shown_as_they_are():
    X = np.random.default_rng(0).normal(size=(10, 2)).astype(np.float32)
    np.testing.assert_array_equal(project(X), X)


def test_an_embedding_may_be_given():
    X = np.random.default_rng(0).normal(size=(10, 5)).astype(np.float32)
    embedding = Embedding(X, None, X, "test", supervised=False)
    np.testing.assert_array_equal(project(embedding), project(X))


def test_neighbours_stay_together_in_tsne():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(30, 5)), rng.normal(size=(30, 5)) + 30])
    flat = project(X, method="tsne")
    left, right = flat[:30], flat[30:]
    assert np.linalg.norm(left.mean(axis=0) - right.mean(axis=0)) > left.std() + right.std()
    np.testing.assert_array_equal(flat, project(X, method="tsne"))


@pytest.mark.parametrize("X", [np.ones((5, 1)), np.ones((1, 7)), np.ones((2, 7)), np.ones((6, 7))])
def test_sets_without_a_plane_are_drawn_all_the_same(X):
    found = project(X)
    assert found.shape == (len(X), 2)
    assert np.isfinite(found).all()


def test_an_unknown_method_is_named():
    with pytest.raises(ArgumentError, match=r"one of 'pca', 'tsne'. Received: 'tsnee'. Did you mean 'tsne'"):
        project(np.eye(5), method="tsnee")


@pytest.mark.parametrize("X", [np.ones(4), np.full((4, 4), np.nan), np.ones((0, 4))])
def test_what_are_not_vectors_is_refused(X):
    with pytest.raises(ArgumentError, match="`vectors` should be"):
        project(X)
