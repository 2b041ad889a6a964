"""Experiments on routing: against the routing of single images, and with the bundled weights."""

import time

import numpy as np
import pytest

import capslab as cl
from capslab.data.shift_and_rotate import rotated, shifted
from capslab.errors import ArgumentError
from capslab.models.network_cost import answering_time, answering_times, cost, weights_by_layer
from capslab.routing import RoutingWeights, routing_by_agreement, squash
from capslab.routing.ablation import nearest_mean, removal_mask, removal_test, route_all

rng = np.random.default_rng(0)
LEARNED = RoutingWeights(rng.normal(size=(6, 4, 5, 3)), rng.normal(0, 0.1, (4, 5)), 3)


@pytest.fixture(scope="module")
def trained():
    """The network bundled for the digits, the primary capsules of its test images, their labels."""
    images = cl.load("digits").test
    caps = cl.pretrained("capsnet-digits")
    return caps, caps.primary(images), images.labels


@pytest.mark.parametrize("n", [1, 7, 251])
def test_many_images_are_routed_as_each_alone(n):
    parts = np.random.default_rng(n).normal(size=(n, 6, 3))
    routed = route_all(parts, LEARNED, 4)
    for i in {0, n // 2, n - 1}:
        alone = routing_by_agreement(LEARNED.votes(parts[i]), 4, LEARNED.bias)
        np.testing.assert_allclose(routed.couplings[i], alone.couplings[-1], atol=1e-12)
        np.testing.assert_allclose(routed.agreement[i], alone.agreement[-1], atol=1e-12)
        np.testing.assert_allclose(routed.outputs[i], alone.outputs[-1], atol=1e-12)
        np.testing.assert_allclose(routed.lengths[:, i], alone.lengths, atol=1e-12)
        np.testing.assert_allclose(routed.entropy[:, i], alone.entropy, atol=1e-12)
        assert routed.predicted[i] == alone.predicted


def test_couplings_sum_to_one_over_digit_capsules():
    routed = route_all(rng.normal(size=(20, 6, 3)), LEARNED)
    np.testing.assert_allclose(routed.couplings.sum(axis=2), 1)
    np.testing.assert_allclose(routed.entropy[0], 1)
    assert routed.lengths.shape[0] == LEARNED.iterations


def test_one_iteration_is_a_dense_layer_over_j_then_squash():
    parts = rng.normal(size=(9, 6, 3))
    matrix = LEARNED.weights.transpose(0, 3, 1, 2).reshape(18, 20)  # every part to every number of a pose
    dense = (parts.reshape(9, 18) @ matrix).reshape(9, 4, 5) / 4 + LEARNED.bias
    lengths = np.linalg.norm(squash(dense), axis=-1)
    np.testing.assert_allclose(route_all(parts, LEARNED, 1).lengths[0], lengths, atol=1e-12)


@pytest.mark.parametrize(
    ("parts", "iterations", "argument"),
    [
        (np.zeros((2, 5, 3)), 3, "parts"),
        (np.zeros((0, 6, 3)), 3, "parts"),
        (np.zeros((2, 6, 3)), 0, "iterations"),
    ],
)
def test_bad_input_is_refused_in_words(parts, iterations, argument, fails):
    with fails(ArgumentError, argument):
        route_all(parts, LEARNED, iterations)


def test_a_mask_takes_out_the_highest_of_each_row():
    scores = np.array([[3.0, 1.0, 2.0], [0.0, 5.0, 5.0]])
    assert removal_mask(scores, 1).tolist() == [[False, True, True], [True, False, True]]
    assert removal_mask(scores, 0).all()
    assert not removal_mask(scores, 3).any()


def test_a_removed_capsule_casts_no_vote():
    parts = rng.normal(size=(3, 6, 3))
    keep = removal_mask(rng.random((3, 6)), 2)
    routed = route_all(parts * keep[..., None], LEARNED)
    assert (routed.agreement[~keep] == 0).all()
    without = LEARNED.votes(parts[0])[keep[0]]
    alone = routing_by_agreement(without, 3, LEARNED.bias)
    np.testing.assert_allclose(routed.lengths[:, 0], alone.lengths, atol=1e-12)


def test_the_nearest_mean_names_clouds_and_keeps_their_numbers():
    labels = np.arange(60) % 3 * 2
    points = rng.normal(0, 0.1, (60, 2, 2)) + labels[:, None, None]
    assert (nearest_mean(points, labels, points) == labels).all()


def test_shifts_go_in_four_directions_and_turns_in_two():
    dot = np.zeros((4, 7, 7), np.uint8)
    dot[:, 3, 3] = 255
    moved = shifted(cl.Images(dot, np.arange(4)), 2)
    assert np.argwhere(moved.images[..., 0])[:, 1:].tolist() == [[3, 5], [5, 3], [3, 1], [1, 3]]
    assert moved.labels.tolist() == [0, 1, 2, 3]
    dot[:, 3, 5] = 255
    about = rotated(cl.Images(dot), 90).images[..., 0]
    assert about[0, 1, 3] == 255
    assert about[1, 5, 3] == 255
    assert (rotated(cl.Images(dot), 0).images[..., 0] == dot).all()
    assert (shifted(cl.Images(dot), 0).images[..., 0] == dot).all()


@pytest.mark.parametrize(("move", "amount"), [(shifted, 7), (shifted, -1), (shifted, 1.5), (rotated, np.nan)])
def test_what_cannot_be_moved_is_refused_in_words(move, amount):
    with pytest.raises(ArgumentError, match=r"pixels|degrees"):
        move(cl.Images(np.zeros((2, 7, 7), np.uint8)), amount)


@pytest.mark.parametrize(("shape", "preset"), [((28, 28, 1), "visible"), ((8, 8, 1), "digits")])
def test_the_plain_network_is_as_large_as_the_capsule_network(shape, preset):
    from capslab.models import ConvNet

    plain, caps = ConvNet(shape, 10), cl.CapsNet(shape, 10, preset=preset)
    sizes = plain.count_params(), caps.trunk.count_params() + caps.digit_capsules.count_params()
    assert sizes[0] == pytest.approx(sizes[1], rel=0.03)
    images = cl.Images(rng.integers(0, 256, (3, *shape), np.uint8))
    assert plain.classify(images).shape == (3,)
    again = ConvNet.from_config(plain.get_config())
    again.set_weights(plain.get_weights())
    np.testing.assert_array_equal(again.classify(images), plain.classify(images))
    with pytest.raises(ArgumentError, match="visible"):
        ConvNet(shape, 10, preset="paper")


# What notebook 04 concludes, with the weights that come with the package


def test_routing_many_is_what_the_network_computes(trained):
    caps, parts, labels = trained
    routed = route_all(parts, caps.routing_weights())
    lengths = np.linalg.norm(caps.digit_capsules(parts), axis=-1)
    np.testing.assert_allclose(routed.lengths[-1], lengths, atol=1e-4)
    assert routed.accuracy(labels)[-1] > 0.98


def test_couplings_are_nearly_even_and_lengths_grow(trained):
    caps, parts, labels = trained
    routed = route_all(parts, caps.routing_weights())
    assert (np.diff(routed.entropy.mean(axis=1)) < 0).all()
    assert routed.entropy[-1].mean() > 0.9
    true = routed.lengths[:, np.arange(len(labels)), labels].mean(axis=1)
    assert (np.diff(true) > 0.05).all()


def test_removing_by_coupling_is_ordered_highest_random_lowest(trained):
    caps, parts, labels = trained
    for share in (0.1, 0.3):
        found = removal_test(parts, labels, caps.routing_weights(), [share])
        assert found["highest"][0] < found["random"][0] < found["lowest"][0], (share, found)


def test_couplings_alone_name_the_class(trained):
    caps, parts, labels = trained
    couplings = route_all(parts, caps.routing_weights()).couplings
    found = nearest_mean(couplings[::2], labels[::2], couplings[1::2])
    assert (found == labels[1::2]).mean() > 0.9


def test_without_a_bias_a_network_of_turned_capsules_says_the_same(trained):
    caps, parts, _ = trained
    learned = caps.routing_weights()
    free = RoutingWeights(learned.weights, np.zeros_like(learned.bias), learned.iterations)
    same, turned_round = route_all(parts, free), route_all(-parts, free)
    np.testing.assert_allclose(same.outputs, -turned_round.outputs, atol=1e-5)
    np.testing.assert_array_equal(same.predicted, turned_round.predicted)
    np.testing.assert_allclose(same.lengths, turned_round.lengths, atol=1e-5)
    np.testing.assert_allclose(same.couplings, turned_round.couplings, atol=1e-5)


@pytest.mark.parametrize("shape", [(28, 28, 1), (20, 32, 3)])
def test_weights_are_the_same_counted_by_a_learners_function(shape):
    calls = []

    def count_weights(side_in, channels, side_out, filters, kernel):
        calls.append((side_in, channels, side_out, filters, kernel))
        window = kernel**2 * channels * filters
        return window, window * side_out**2, side_in**2 * channels * side_out**2 * filters

    caps = cl.CapsNet(shape, 10, preset="visible")
    assert weights_by_layer(caps, count_weights) == weights_by_layer(caps)
    assert len(calls) == 4
    row = weights_by_layer(caps, lambda *sizes: (1, 2, 3))[0]
    assert [row[name] for name in ("shared over places", "one per place", "dense layer")] == [1, 2, 3]


def test_weights_are_counted_as_the_network_has_them():
    caps = cl.CapsNet((28, 28, 1), 10, preset="visible")
    rows = {row.pop("layer"): row for row in weights_by_layer(caps)}
    assert list(rows) == [
        "convolution 1",
        "convolution 2",
        "convolution 3",
        "primary capsules",
        "digit capsules",
    ]
    built = sum(int(np.prod(w.shape)) for w in caps.trunk.trainable_variables if len(w.shape) == 4)
    assert sum(row["as built"] for name, row in rows.items() if name != "digit capsules") == built
    assert rows["digit capsules"]["as built"] == int(np.prod(caps.digit_capsules.kernel.shape))
    assert rows["convolution 1"] == {
        "as built": 5 * 5 * 16,
        "shared over places": 5 * 5 * 16,
        "one per place": 14 * 14 * 5 * 5 * 16,
        "dense layer": 28 * 28 * 14 * 14 * 16,
    }
    assert rows["digit capsules"]["as built"] == rows["digit capsules"]["dense layer"] == 72 * 8 * 160
    assert rows["digit capsules"]["shared over places"] == 2 * 8 * 160


def test_a_larger_image_costs_the_routing_layer_weights_and_the_convolutions_none():
    networks = [cl.CapsNet((side, side, 1), 10, preset="digits") for side in (8, 16)]
    small, wide = map(cost, networks)
    children = [len(net.routing_weights().weights) for net in networks]
    pose = 10 * 8  # numbers in the poses of ten digit capsules
    assert small["routing: weights"] == children[0] * 8 * pose
    assert small["routing: products"] == children[0] * (8 * pose + 2 * 3 * pose)
    assert wide["convolutions: weights"] == small["convolutions: weights"]
    for name in ("routing: weights", "routing: products"):
        assert wide[name] * children[0] == small[name] * children[1]
    many = cost(cl.CapsNet((8, 8, 1), 30, preset="digits"))
    assert many["routing: weights"] == 3 * small["routing: weights"]


def test_the_first_turn_is_not_counted_and_the_quickest_other_is_told():
    class Busy:
        def __init__(self, *turns):
            self.turns = list(turns)

        def classify(self, images):
            assert images == "images"
            end = time.process_time() + self.turns.pop(0)
            while time.process_time() < end:
                pass

    took = answering_time({"slow": Busy(0.0, 0.2, 0.06), "quick": Busy(0.2, 0.01, 0.1)}, "images", tries=2)
    assert 0.06 <= took["slow"] < 0.2
    assert 0.01 <= took["quick"] < 0.06
    each = answering_times({"one": Busy(0.2, 0.01, 0.02)}, "images", tries=2)["one"]
    assert len(each) == 2
    assert max(each) < 0.2
