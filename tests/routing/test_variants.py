"""Each way of routing against loops that follow its paper, and against its properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from capslab.errors import ArgumentError
from capslab.routing import RoutingWeights, route, routing_by_agreement, squash
from capslab.routing.ablation import route_all
from capslab.routing.variants import (
    ROUTINGS,
    attention_routing,
    em_routing,
    inverse_temperature,
    route_votes,
    uniform_routing,
)
from capslab.routing.variants.em import VARIANCE

VOTES = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=3, max_dims=3, max_side=5).filter(lambda s: s[1] > 1),
    elements=st.floats(-3, 3),
)
rng = np.random.default_rng(0)


def spread_votes(primary=7, digit=3, pose=4, seed=0):
    return np.random.default_rng(seed).normal(size=(primary, digit, pose))


def plain_em(votes, activations, beta_a, beta_u, iterations):
    """Procedure 1 of Hinton et al. 2018 in loops, written from its formulas."""
    I, J, D = votes.shape  # noqa: E741  # the paper's letters
    R = [[1 / J] * J for _ in range(I)]
    steps = []
    for t in range(1, iterations + 1):
        used = [row[:] for row in R]
        means, variances, active = [], [], []
        for j in range(J):
            r = [R[i][j] * activations[i] for i in range(I)]
            total = sum(r)
            mean = [sum(r[i] * votes[i][j][d] for i in range(I)) / total for d in range(D)]
            variance = [
                sum(r[i] * (votes[i][j][d] - mean[d]) ** 2 for i in range(I)) / total + VARIANCE
                for d in range(D)
            ]
            cost = sum((beta_u[j] + math.log(math.sqrt(s))) * total for s in variance)
            temperature = inverse_temperature(t, votes.shape)
            active.append(1 / (1 + math.exp(-temperature * (beta_a[j] - cost))))
            means.append(mean)
            variances.append(variance)
        for i in range(I):
            p = []
            for j in range(J):
                squares = sum((votes[i][j][d] - means[j][d]) ** 2 / (2 * variances[j][d]) for d in range(D))
                scale = math.prod(2 * math.pi * s for s in variances[j])
                p.append(active[j] * math.exp(-squares) / math.sqrt(scale))
            R[i] = [value / sum(p) for value in p]
        lengths = [math.sqrt(sum(m * m for m in mean)) for mean in means]
        outputs = [[active[j] * m / lengths[j] if lengths[j] else 0.0 for m in means[j]] for j in range(J)]
        steps.append((used, outputs))
    return [np.array(x) for x in zip(*steps, strict=True)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("iterations", [1, 2, 4])
def test_em_routing_is_the_papers_procedure(seed, iterations):
    generator = np.random.default_rng(seed)
    votes = spread_votes(seed=seed)
    a = generator.uniform(0.1, 1, len(votes))
    beta_a, beta_u = generator.normal(size=(2, votes.shape[1]))
    trace = em_routing(votes, iterations, a, beta_a, beta_u)
    couplings, outputs = plain_em(votes, a, beta_a, beta_u, iterations)
    np.testing.assert_allclose(trace.couplings, couplings, atol=1e-5)
    np.testing.assert_allclose(trace.outputs, outputs, atol=1e-5)


def plain_attention(votes, prior):
    """C = softmax(Σ_k A_ikj) + B with the matrices A of Mazzia et al. 2021 written out, in loops."""
    I, J, D = votes.shape  # noqa: E741  # the paper's letters
    dots = [
        [[sum(votes[i][j] * votes[k][j]) / math.sqrt(D) for k in range(I)] for j in range(J)]
        for i in range(I)
    ]
    couplings = []
    for i in range(I):
        powers = [math.exp(sum(dots[i][j])) for j in range(J)]
        couplings.append([powers[j] / sum(powers) + prior[i][j] for j in range(J)])
    s = [[sum(couplings[i][j] * votes[i][j][d] for i in range(I)) for d in range(D)] for j in range(J)]
    return np.array(couplings), squash(np.array(s))


@pytest.mark.parametrize("seed", range(4))
def test_attention_routing_is_the_papers_formula(seed):
    votes = spread_votes(seed=seed)
    prior = np.random.default_rng(seed).normal(0, 0.1, votes.shape[:2])
    couplings, outputs = plain_attention(votes, prior)
    trace = attention_routing(votes, prior=prior)
    np.testing.assert_allclose(trace.couplings[0], couplings, atol=1e-10)
    np.testing.assert_allclose(trace.outputs[0], outputs, atol=1e-10)


def test_uniform_routing_is_a_dense_layer_over_j_then_squash_whatever_the_iterations():
    weights, u = rng.normal(size=(6, 4, 5, 3)), rng.normal(size=(6, 3))
    votes = RoutingWeights(weights, np.zeros((4, 5)), 1).votes(u)
    dense = np.tensordot(weights.transpose(1, 2, 0, 3).reshape(4, 5, 18), u.reshape(18), 1) / 4
    for outputs in uniform_routing(votes, 3).outputs:
        np.testing.assert_allclose(outputs, squash(dense), atol=1e-12)
    np.testing.assert_array_equal(route_votes(votes, "one").outputs[0], uniform_routing(votes, 2).outputs[1])


@given(VOTES, st.sampled_from(sorted(ROUTINGS)))
def test_every_way_of_routing_gives_shares_lengths_below_one_and_finite_numbers(votes, routing):
    trace = route_votes(votes, routing, 4)
    np.testing.assert_allclose(trace.couplings.sum(axis=2), 1, atol=1e-9)
    assert (trace.couplings >= 0).all()
    assert (trace.lengths < 1 + 1e-12).all()
    for name in ("logits", "couplings", "outputs", "agreement", "contributions", "entropy"):
        assert np.isfinite(getattr(trace, name)).all(), name
    T, (I, J, D) = trace.iterations, votes.shape  # noqa: E741
    assert (trace.logits.shape, trace.couplings.shape, trace.agreement.shape) == ((T, I, J),) * 3
    assert trace.outputs.shape == (T, J, D)
    powers = np.exp(trace.logits - trace.logits.max(axis=2, keepdims=True))
    np.testing.assert_allclose(trace.couplings, powers / powers.sum(axis=2, keepdims=True), atol=1e-9)
    np.testing.assert_allclose(trace.agreement, np.einsum("ijd,tjd->tij", votes, trace.outputs), atol=1e-9)


@given(VOTES, st.sampled_from(sorted(ROUTINGS)), st.randoms(use_true_random=False))
def test_the_order_of_the_parts_does_not_matter(votes, routing, random):
    order = list(range(len(votes)))
    random.shuffle(order)
    one, other = route_votes(votes, routing, 2), route_votes(votes[order], routing, 2)
    np.testing.assert_allclose(one.outputs, other.outputs, atol=1e-6)
    np.testing.assert_allclose(one.couplings[:, order], other.couplings, atol=1e-6)


@pytest.mark.parametrize("routing", ROUTINGS)
def test_the_order_of_the_parents_does_not_matter(routing):
    votes, order = spread_votes(), [2, 0, 1]
    one, other = route_votes(votes, routing), route_votes(votes[:, order], routing)
    np.testing.assert_allclose(one.outputs[:, order], other.outputs, atol=1e-9)


@pytest.mark.parametrize("routing", ROUTINGS)
def test_images_of_a_batch_are_routed_each_by_itself(routing):
    votes = rng.normal(size=(5, 7, 3, 4))
    a = rng.uniform(0.1, 1, (5, 7))
    bias = rng.normal(0, 0.1, (3, 4))
    together = route_votes(votes, routing, 3, bias, a)
    for n in range(5):
        alone = route_votes(votes[n], routing, 3, bias, a[n])
        for name in ("logits", "couplings", "outputs", "agreement", "lengths", "contributions"):
            np.testing.assert_allclose(getattr(together, name)[:, n], getattr(alone, name), atol=1e-9)
        np.testing.assert_allclose(together.entropy[:, n], alone.entropy)
        assert together.predicted[n] == alone.predicted
    assert "5 images" in str(together)


def test_em_finds_two_separated_clusters_that_routing_by_agreement_does_not():
    clouds = np.concatenate([rng.normal([3, 0], 0.1, (6, 2)), rng.normal([0, 3], 0.1, (6, 2))])
    votes = np.repeat(clouds[:, None], 2, axis=1) + rng.normal(0, 0.05, (12, 2, 2))
    shares = em_routing(votes, 20).couplings[-1, :, 0]
    first, second = shares[:6], shares[6:]
    assert abs(first.mean() - second.mean()) > 0.95
    assert np.minimum(shares, 1 - shares).max() < 0.05
    by_agreement = routing_by_agreement(votes, 3).couplings[-1, :, 0]
    assert abs(by_agreement[:6].mean() - by_agreement[6:].mean()) < 0.5


def test_a_parent_whose_votes_lie_close_together_is_more_active():
    votes = rng.normal(size=(20, 2, 4))
    votes[:, 0] = [1, 2, 0, -1] + 0.1 * votes[:, 0]
    for iterations in (1, 3):
        lengths = em_routing(votes, iterations).lengths[-1]
        assert lengths[0] > lengths[1] + 0.1


def test_a_part_that_is_not_there_does_not_count_in_em():
    votes = spread_votes()
    a = np.ones(7)
    a[2] = 0
    without = np.delete(votes, 2, axis=0)
    one = em_routing(votes, 1, a, beta_u=0.0)
    other = em_routing(without, 1, beta_u=0.0)
    directions = [x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (one.outputs[0], other.outputs[0])]
    np.testing.assert_allclose(*directions, atol=1e-5)


def test_more_attention_goes_to_the_parent_on_which_the_parts_agree():
    votes = rng.normal(0, 0.3, (8, 2, 4))
    votes[:, 1] = [1.0, 0.5, 0, 0]
    couplings = attention_routing(votes).couplings[0]
    assert (couplings[:, 1] > 0.9).all()


def test_the_temperature_rises_and_does_not_depend_on_the_size():
    values = [inverse_temperature(t, (8, 5, 4)) for t in (1, 2, 3)]
    assert values == sorted(values)
    assert values[0] > 0
    assert inverse_temperature(2, (16, 5, 4)) == pytest.approx(values[1] / 2)
    assert inverse_temperature(2, (9, 8, 5, 4)) == values[1]


def test_route_can_route_a_network_in_another_way(trained):
    model, image = trained
    own = route(model, image)
    assert own.iterations == 3
    for name in ROUTINGS:
        trace = route(model, image, routing=name)
        np.testing.assert_array_equal(trace.votes, own.votes)
        assert trace.image is not None
        assert trace.grid == own.grid
    np.testing.assert_array_equal(route(model, image, routing="dynamic").couplings, own.couplings)


class Model:
    """A capsule network of random numbers."""

    grid, classes = (1, 2, 3), ("a", "b")

    def __init__(self, routing="dynamic", learned=None):
        weights = np.random.default_rng(1).normal(size=(6, 2, 4, 3))
        self.weights = RoutingWeights(weights, np.full((2, 4), 0.1), 3, routing, learned or {})

    def primary(self, images):
        return 0.5 * np.random.default_rng(2).uniform(-1, 1, (len(images), 6, 3))

    def routing_weights(self):
        return self.weights


@pytest.fixture
def trained():
    return Model(), np.zeros((8, 8), np.uint8)


def test_route_uses_what_the_network_learned():
    image = np.zeros((8, 8), np.uint8)
    prior = np.zeros((6, 2))
    prior[:, 1] = 5
    with_prior = route(Model("attention", {"prior": prior}), image)
    without = route(Model("attention"), image)
    np.testing.assert_allclose(with_prior.couplings, without.couplings + prior)
    betas = {"beta_a": np.array([30.0, -30.0]), "beta_u": np.zeros(2)}
    lengths = route(Model("em", betas), image).lengths[-1]
    assert lengths[0] > lengths[1]


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda v: route_votes(v, "dynamics"), "routing"),
        (lambda v: route_votes(v, None), "routing"),
        (lambda v: route_votes(v, learned=[1]), "learned"),
        (lambda v: route_votes(v[0], "em"), "votes"),
        (lambda v: route_votes(v * np.nan, "attention"), "votes"),
        (lambda v: route_votes(v, "uniform", 0), "iterations"),
        (lambda v: route_votes(v, "em", 2.5), "iterations"),
        (lambda v: em_routing(v, activations=np.ones(3)), "activations"),
        (lambda v: em_routing(v, activations=np.full(7, 1.5)), "activations"),
        (lambda v: em_routing(v, activations=np.full(7, np.nan)), "activations"),
        (lambda v: attention_routing(v, prior=np.zeros((2, 2))), "prior"),
        (lambda v: route(Model(), np.zeros((8, 8), np.uint8), routing="EM"), "routing"),
        (lambda v: route_all(np.ones((1, 6, 3)), Model("em").weights), "learned"),
    ],
)
def test_bad_input_is_refused_in_words(call, argument, fails):
    with fails(ArgumentError, argument):
        call(spread_votes())
