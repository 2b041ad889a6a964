"""Two clouds of votes, split by routing and by k-means from the same start."""

import numpy as np
import pytest

from capslab.errors import ArgumentError
from capslab.exercises.routing_exercises import routing_loop
from capslab.lessons.vote_clouds import CHILDREN, compare, kmeans_owners, two_clouds
from capslab.widgets.sandbox.votes import cluster_votes


def test_the_copies_of_a_point_differ_by_as_much_as_was_asked():
    votes, clouds = two_clouds(apart=0.0, seed=3)
    assert np.array_equal(votes[:, 0], votes[:, 1])
    assert np.bincount(clouds).tolist() == [CHILDREN // 2] * 2
    moved, same_clouds = two_clouds(apart=0.1, seed=3)
    assert np.array_equal(clouds, same_clouds)
    assert 0.05 < np.std(moved - votes) < 0.15


def test_the_clouds_are_clouds():
    for seed in range(20):
        votes, clouds = two_clouds(apart=0.0, seed=seed)
        centres = np.array([votes[clouds == one, 0].mean(axis=0) for one in (0, 1)])
        nearest = ((votes[:, 0, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        assert np.array_equal(nearest, clouds)


@pytest.mark.parametrize("iterations", [2, 3, 10])
def test_k_means_is_the_sandboxs(iterations):
    for seed in range(5):
        votes, _ = two_clouds(seed=seed)
        kept = votes.copy()
        assert np.array_equal(kmeans_owners(votes, iterations), cluster_votes(votes, iterations).owners[-1])
        assert np.array_equal(votes, kept)


def test_a_loop_that_knows_the_clouds_gets_all_right_and_one_that_knows_nothing_half():
    def even(votes, iterations):
        return np.full(votes.shape[:2], 0.5), None

    found = compare(even, 3, sets=5)
    assert found["routing"].tolist() == [0.5] * 5
    assert found["uneven"].tolist() == [0.0] * 5

    def knows(votes, iterations):
        return np.repeat(np.eye(2), CHILDREN // 2, axis=0), None

    assert compare(knows, 3, sets=5)["routing"].tolist() == [1.0] * 5


def test_equal_copies_are_never_split():
    found = compare(routing_loop, 20, apart=0.0, sets=5)
    assert found["uneven"].max() < 1e-9


def test_routing_is_behind_after_three_iterations_and_ahead_after_fifty():
    few, many = compare(routing_loop, 3), compare(routing_loop, 50)
    assert few["routing"].mean() < few["k-means"].mean() - 0.02
    assert many["routing"].mean() > many["k-means"].mean() + 0.02


@pytest.mark.parametrize("apart", [-0.1, float("nan")])
def test_a_distance_below_zero_is_refused(apart, fails):
    with fails(ArgumentError, "apart"):
        two_clouds(apart)


def test_k_means_needs_two_iterations(fails):
    with fails(ArgumentError, "iterations"):
        compare(routing_loop, 1)
