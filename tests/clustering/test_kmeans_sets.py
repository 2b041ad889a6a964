"""Lloyd steps for several sets of centres at once, against one set and one point at a time."""

import doctest

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capslab.clustering import kmeans_sets
from capslab.clustering.kmeans_sets import in_other_dimensions, moved, nearest, rough_inertias
from capslab.data.lazy_rows import LazyRows


def some(seed, n=50, d=3, ks=(1, 4, 2)):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(n, d)).astype(np.float32)
    return points, [points[rng.choice(n, k, replace=False)] for k in ks]


def by_hand(points, centers):
    """Labels, means and inertia by their definitions, in double precision."""
    points, centers = points.astype(np.float64), centers.astype(np.float64)
    squares = ((points[:, None] - centers) ** 2).sum(axis=-1)  # (n, k)
    labels = squares.argmin(axis=1)
    means = [
        points[labels == c].mean(axis=0) if (labels == c).any() else centers[c] for c in range(len(centers))
    ]
    return labels, np.array(means), squares.min(axis=1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_each_set_gets_what_it_would_get_alone(seed):
    points, sets = some(seed)
    weights = np.random.default_rng(seed).integers(1, 5, len(points)).astype(np.float32)
    labels, inertia = nearest(points, sets)
    steps, rough = moved(points, sets), rough_inertias(points, sets, weights)
    for i, centers in enumerate(sets):
        expected, means, squares = by_hand(points, centers)
        np.testing.assert_array_equal(labels[i], expected)
        np.testing.assert_allclose(steps[i], means, atol=1e-5)
        assert inertia[i] == pytest.approx(squares.sum(), rel=1e-5, abs=1e-5)
        assert rough[i] == pytest.approx((squares * weights).sum(), rel=1e-4, abs=1e-3)


@pytest.mark.parametrize("most", [7, 50])
def test_neither_blocks_nor_groups_change_anything(most, monkeypatch):
    points, sets = some(1)
    labels, inertia = nearest(points, sets)
    steps = moved(points, sets)
    monkeypatch.setattr(kmeans_sets, "POINTS", most)
    monkeypatch.setattr(kmeans_sets, "CENTERS", 3)
    for same in (points, LazyRows(points)):
        again, total = nearest(same, sets)
        np.testing.assert_array_equal(again, labels)
        np.testing.assert_allclose(total, inertia, rtol=1e-6)
        for one, other in zip(moved(same, sets), steps, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)


def test_whole_weights_are_copies():
    points, sets = some(2)
    copies = np.random.default_rng(2).integers(1, 4, len(points))
    once = moved(points, sets, copies.astype(np.float32), steps=3)
    for one, other in zip(once, moved(np.repeat(points, copies, axis=0), sets, steps=3), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1.0, 1.5, 1.9]))
def test_a_longer_step_never_raises_the_inertia(seed, stretch):
    points, sets = some(seed)
    before, after = nearest(points, sets)[1], nearest(points, moved(points, sets, stretch=stretch))[1]
    assert (after <= before * (1 + 1e-5) + 1e-6).all()


def test_the_first_of_equally_near_centres_and_the_256th_are_numbered_right():
    points = np.arange(256, dtype=np.float32)[:, None]
    twice = np.concatenate([points[:3], points[:3]])
    labels, inertia = nearest(points, [points, twice])
    np.testing.assert_array_equal(labels[0], np.arange(256))
    np.testing.assert_array_equal(labels[1], np.minimum(np.arange(256), 2))
    assert inertia[0] == 0


def test_a_centre_without_points_stays_and_is_zero_in_other_dimensions():
    points = np.array([[0.0], [1.0]], np.float32)
    sets = [np.array([[0.5], [9.0]], np.float32)]
    np.testing.assert_array_equal(moved(points, sets, stretch=1.9)[0], sets[0])
    others = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    np.testing.assert_array_equal(in_other_dimensions(points, sets, others)[0], [[2, 3], [0, 0]])


def test_the_inertia_of_tight_clusters_is_exact():
    """‖x‖² is a million times what is left of it."""
    rng = np.random.default_rng(0)
    places = rng.integers(0, 2, 400)
    points = (np.where(places, 1, -1)[:, None] + 1e-3 * rng.normal(size=(400, 2))).astype(np.float32)
    centers = np.stack([points[places == 0].mean(axis=0), points[places == 1].mean(axis=0)])
    assert nearest(points, [centers])[1][0] == pytest.approx(by_hand(points, centers)[2].sum(), rel=1e-4)


def test_examples_in_docstrings_give_what_they_show():
    failed, tried = doctest.testmod(kmeans_sets)
    assert tried > 0
    assert failed == 0
