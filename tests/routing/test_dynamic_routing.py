"""Routing against a loop that follows the paper line by line, and against its properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from capslab.errors import ArgumentError
from capslab.routing import RoutingWeights, route, routing_by_agreement, squash

VOTES = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=3, max_dims=3, max_side=5).filter(lambda s: s[1] > 1),
    elements=st.floats(-3, 3),
)


def plain_squash(vector):
    length = math.sqrt(sum(x * x for x in vector))
    if length == 0:
        return [0.0] * len(vector)
    return [length**2 / (1 + length**2) * x / length for x in vector]


def plain_routing(votes, iterations):
    """Procedure 1 of the paper in Python loops: no array arithmetic shared with the package."""
    primary, digit, pose = votes.shape
    b = [[0.0] * digit for _ in range(primary)]
    steps = []
    for _ in range(iterations):
        c = []
        for i in range(primary):
            powers = [math.exp(x) for x in b[i]]
            c.append([p / sum(powers) for p in powers])
        v = [
            plain_squash([sum(c[i][j] * votes[i][j][d] for i in range(primary)) for d in range(pose)])
            for j in range(digit)
        ]
        a = [
            [sum(votes[i][j][d] * v[j][d] for d in range(pose)) for j in range(digit)] for i in range(primary)
        ]
        steps.append((b, c, v, a))
        b = [[b[i][j] + a[i][j] for j in range(digit)] for i in range(primary)]
    return [np.array(x) for x in zip(*steps, strict=True)]


@given(VOTES, st.integers(1, 5))
def test_routing_is_the_papers_procedure(votes, iterations):
    trace = routing_by_agreement(votes, iterations)
    expected = plain_routing(votes, iterations)
    for name, value in zip(("logits", "couplings", "outputs", "agreement"), expected, strict=True):
        np.testing.assert_allclose(getattr(trace, name), value, atol=1e-5, err_msg=name)


@given(VOTES)
def test_couplings_sum_to_one_over_parents_and_start_uniform(votes):
    trace = routing_by_agreement(votes, 4)
    np.testing.assert_allclose(trace.couplings.sum(axis=2), 1, atol=1e-12)
    np.testing.assert_allclose(trace.couplings[0], 1 / votes.shape[1], atol=1e-12)
    np.testing.assert_allclose(trace.deviation[0], 0, atol=1e-12)
    assert trace.entropy[0] == pytest.approx(1)
    assert (trace.entropy <= 1 + 1e-9).all()


def test_one_iteration_is_a_dense_layer_over_j_then_squash():
    rng = np.random.default_rng(0)
    weights, u = rng.normal(size=(6, 4, 5, 3)), rng.normal(size=(6, 3))
    trace = routing_by_agreement(RoutingWeights(weights, np.zeros((4, 5)), 1).votes(u), 1)
    dense = np.tensordot(weights.transpose(1, 2, 0, 3).reshape(4, 5, 18), u.reshape(18), 1) / 4
    np.testing.assert_allclose(trace.outputs[0], squash(dense), atol=1e-12)


@given(VOTES, st.randoms(use_true_random=False))
def test_order_of_primary_capsules_does_not_matter(votes, random):
    order = list(range(len(votes)))
    random.shuffle(order)
    one, other = routing_by_agreement(votes, 3), routing_by_agreement(votes[order], 3)
    np.testing.assert_allclose(one.outputs, other.outputs, atol=1e-9)
    np.testing.assert_allclose(one.couplings[:, order], other.couplings, atol=1e-9)


def test_contributions_add_up_to_the_length_before_squash():
    votes = np.random.default_rng(1).normal(size=(7, 3, 4))
    trace = routing_by_agreement(votes, 3)
    s = np.einsum("ij,ijd->jd", trace.couplings[-1], votes)
    np.testing.assert_allclose(trace.contributions[-1].sum(axis=0), np.linalg.norm(s, axis=1), atol=1e-5)


@pytest.mark.parametrize("length", [0.0, 1e-20, 1.0, 1e4])
def test_squash_is_finite_and_below_one(length):
    vector = squash(np.array([length, 0.0, 0.0], np.float32))
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(length**2 / (1 + length**2), abs=1e-4)


@pytest.mark.parametrize(
    ("votes", "iterations", "argument"),
    [
        (np.zeros((3, 4)), 3, "votes"),
        (np.full((2, 2, 2), np.nan), 3, "votes"),
        (np.zeros((2, 2, 2)), 0, "iterations"),
        (np.zeros((2, 2, 2)), 2.5, "iterations"),
    ],
)
def test_bad_input_is_refused_in_words(votes, iterations, argument, fails):
    with fails(ArgumentError, argument):
        routing_by_agreement(votes, iterations)


def test_route_refuses_a_model_without_routing(fails):
    with fails(ArgumentError, "model"):
        route(object(), np.zeros((8, 8), np.uint8))
