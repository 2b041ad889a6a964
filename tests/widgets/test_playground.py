"""The network sandbox on the Python side: its points, its arithmetic, its words and its code."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from common import ROOT, numbers_in
from hypothesis import given, settings
from hypothesis import strategies as st

import capslab as cl
from capslab.errors import ArgumentError
from capslab.widgets.playground import arithmetic
from capslab.widgets.playground.caption import dead_units
from capslab.widgets.playground.learners_points import MOST_POINTS, own_points
from capslab.widgets.playground.points import (
    PLANES,
    PointSet,
    best_line,
    digit_points,
    plane_points,
)

REFERENCE = json.loads((ROOT / "js/test/reference.json").read_text("utf-8"))["networks"]
ACTIVATIONS = st.sampled_from(["relu", "tanh", "none"])


def blobs(n=60, classes=3, seed=0):
    """Points around the corners of a polygon, and their labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    angles = 2 * np.pi * labels / classes
    return 3 * np.stack([np.cos(angles), np.sin(angles)], axis=1) + rng.normal(0, 0.5, (n, 2)), labels


def of_reference(case):
    x, labels, train = np.array(case["points"]), np.array(case["labels"]), case["train"]
    return PointSet(x[:train], labels[:train], x[train:], labels[train:], ("a", "b", "c"))


@pytest.mark.parametrize("case", REFERENCE, ids=lambda case: f"{case['sizes']} {case['activation']}")
def test_four_epochs_are_an_independent_implementations(case):
    points, sizes, activation = of_reference(case), case["sizes"], case["activation"]
    weights = arithmetic.initial_weights(sizes, 11)
    np.testing.assert_allclose(weights, case["start"], atol=1e-8)
    for epoch in range(4):
        order = arithmetic.epoch_order(11, epoch, case["train"])
        weights = arithmetic.train_epoch(weights, sizes, points, activation, case["rate"], order)
    np.testing.assert_allclose(weights, case["weights"], atol=1e-7)
    now = arithmetic.outcome(weights, sizes, points, activation)
    np.testing.assert_allclose([now.loss, now.held_out_loss], case["losses"], atol=1e-7)
    np.testing.assert_allclose([now.accuracy, now.held_out_accuracy], case["accuracies"], atol=1e-7)


@given(
    hidden=st.integers(0, 5),
    layers=st.integers(1, 2),
    classes=st.integers(2, 4),
    activation=ACTIVATIONS,
    seed=st.integers(0, 999),
)
@settings(max_examples=40)
def test_backpropagation_is_what_nudging_shows(hidden, layers, classes, activation, seed):
    sizes = arithmetic.sizes_of(2, hidden, layers, classes)
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=(7, 2)), rng.integers(0, classes, 7)
    weights = rng.normal(size=arithmetic.count(sizes))

    def loss(moved):
        scores = arithmetic.forward(arithmetic.layers_of(moved, sizes), x, activation)[-1]
        return arithmetic.losses(scores, labels).mean()

    slopes = arithmetic.gradient(weights, sizes, x, labels, activation)
    along = rng.normal(size=len(weights))
    nudge = 1e-6
    seen = (loss(weights + nudge * along) - loss(weights - nudge * along)) / (2 * nudge)
    assert slopes @ along == pytest.approx(seen, abs=1e-4, rel=1e-4)


@given(n=st.integers(2, 9), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_no_line_is_better_than_the_best(n, seed):
    rng = np.random.default_rng(seed)
    points, labels = rng.normal(size=(n, 2)), rng.integers(0, 2, n)
    found = best_line(points, labels)
    assert max(labels.mean(), 1 - labels.mean()) - 1e-9 <= found <= 1
    w, b = rng.normal(size=(2, 300)), rng.normal(size=300)
    right = ((points @ w + b > 0) == labels[:, None]).mean(axis=0)
    assert right.max() <= found + 1 / n + 1e-9  # of 720 directions one is near
    assert found == pytest.approx(best_line(points, 1 - labels))


@pytest.mark.parametrize("name", PLANES)
def test_planes_can_be_learned_and_only_blobs_by_a_line(name):
    points = plane_points(name)
    assert points.train.shape == (200, 2)
    assert points.held_out.shape == (100, 2)
    assert 0.4 < points.train_labels.mean() < 0.6
    np.testing.assert_array_equal(points.train, points.train.astype(np.float32))  # as the browser gets them
    assert (points.line > 0.95) == (name == "two blobs")


def test_digits_are_split_as_everywhere():
    points, images = digit_points(), cl.load("digits")
    assert len(points.train) == len(images.train)
    np.testing.assert_array_equal(points.held_out_labels, images.test.labels)
    assert points.train.min() == 0
    assert points.train.max() == 1


def run(code, **known):
    """What the view's code prints."""
    printed = []
    exec(code, {"print": lambda *parts: printed.append(parts), **known})
    return dict(printed)


@pytest.mark.parametrize(
    "options",
    [
        {"data": "xor", "hidden": 0},
        {"data": "spiral", "hidden": 5, "layers": 2, "activation": "tanh", "learning_rate": 0.3},
        {"data": "two circles", "hidden": 3, "activation": "none", "seed": 4},
        {"data": "digits", "hidden": 6},
        {"points": blobs(), "hidden": 3, "seed": 2},
    ],
)
def test_the_code_trains_the_same_network(options):
    view = cl.network_sandbox(**options, epochs=3)
    view.learning_rate = 0.03
    view.train(2)
    view.seed, view.hidden = view.seed + 1, view.hidden  # another seed than that of the split
    view.train(3)
    view.learning_rate = 0.1
    view.train(1)
    printed = run(view.code, points=options.get("points"))
    assert printed["training"] == view.outcome.accuracy
    assert printed["held out"] == view.outcome.held_out_accuracy
    assert "[(3, 0.03), (1, 0.1)]" in view.code


def test_words_say_how_good_it_is():
    view = cl.network_sandbox(data="xor", hidden=8, epochs=60)
    now = view.outcome
    assert now.accuracy > 0.97
    numbers = numbers_in(view.words)
    assert numbers[:3] == ["60", f"{now.loss:.3f}", f"{now.held_out_loss:.3f}"]
    assert int(numbers[3]) == pytest.approx(100 * now.accuracy, abs=0.51)


def test_without_a_hidden_layer_a_line_is_the_best_it_can_do():
    view = cl.network_sandbox(data="two circles", hidden=0, epochs=30)
    best = view.points.line
    assert view.outcome.accuracy <= best < 0.75
    assert re.search(rf"straight line.*\b{round(100 * best)} %", view.words)
    view.hidden = 8
    assert view.epoch == 0
    view.train(60)
    assert view.outcome.accuracy > 0.95
    assert "straight" not in view.words


def test_training_that_blows_up_stops_and_says_so():
    x, labels = blobs(40, 2)
    view = cl.network_sandbox((x, labels), hidden=16, layers=2, activation="none", learning_rate=10)
    rng = np.random.default_rng(0)
    view.network = {
        **view.network,
        "weights": (rng.normal(0, 400, arithmetic.count(view.sizes))).tolist(),
        "history": [[0, 1.0, 1.0], [1, 1.0, 1.0]],
        "trained": [[1, 10]],
    }
    before = view.network["weights"]
    view.train(50)
    failed = view.network["failed"]
    assert failed
    assert np.isfinite(view.network["weights"]).all()
    assert str(failed) in numbers_in(view.words)
    assert view.epoch == failed - 1
    view.train(5)
    assert view.epoch == failed - 1
    view.seed = 1  # a new start
    assert not view.network["failed"]
    assert view.network["weights"] is None
    assert before is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [("hidden", 3), ("layers", 2), ("activation", "tanh"), ("data", "digits"), ("seed", 7)],
)
def test_another_setting_starts_from_new_weights(name, value):
    view = cl.network_sandbox(epochs=3)
    setattr(view, name, value)
    assert view.epoch == 0
    assert sum(W.size + b.size for W, b in view.weights) == arithmetic.count(view.sizes)
    view.train(2)
    weights = view.network["weights"]
    setattr(view, name, value)  # what it is already
    view.learning_rate = 0.3
    assert view.network["weights"] is weights


def test_the_same_again_from_its_state():
    view = cl.network_sandbox(data="spiral", hidden=5, layers=2, activation="tanh", seed=3, epochs=7)
    again = cl.network_sandbox(state=view.state)
    assert again.words == view.words
    assert again.code == view.code
    again.train(2)
    view.train(2)
    assert again.outcome == view.outcome


def test_training_in_parts_is_training_in_one_go():
    one, other = cl.network_sandbox(epochs=12), cl.network_sandbox()
    for _ in range(4):
        other.train(3)
    assert one.network == other.network


def test_dead_units_are_counted():
    values = [np.ones((3, 2)), np.array([[0.0, 1], [0, 0], [0, 2]]), np.zeros((3, 1)), np.ones((3, 1))]
    assert dead_units(values, "relu") == 2
    assert dead_units(values, "tanh") == 0


@given(n=st.integers(2, 40), classes=st.integers(2, 8), seed=st.integers(0, 99), scale=st.floats(1e-6, 1e150))
@settings(max_examples=30, deadline=None)
def test_own_points_are_scaled_and_every_class_is_trained_on(n, classes, seed, scale):
    x, labels = blobs(max(n, classes), classes, seed)
    points = own_points((scale * x + 5 * scale, labels), seed)
    assert set(points.train_labels) == set(range(classes))
    assert len(points.train) + len(points.held_out) == len(x)
    both = np.concatenate([points.train, points.held_out])
    np.testing.assert_allclose(both.mean(axis=0), 0, atol=1e-5)
    assert np.isfinite(both).all()
    assert (points.line is None) == (classes > 2)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["in", "out"] * 10, ("in", "out")),
        ([True, False] * 10, ("False", "True")),
        ([0.0, 3.0] * 10, ("0", "3")),
        ([5, -1] * 10, ("-1", "5")),
    ],
)
def test_labels_may_be_names_or_numbers(labels, classes):
    x, _ = blobs(20, 2)
    view = cl.network_sandbox((x, labels), epochs=20)
    assert view.data == "your points"
    assert view.points.classes == classes
    assert view.outcome.accuracy == 1


def test_of_very_many_points_a_sample_is_taken_and_no_class_is_lost():
    x, labels = blobs(70_001, 2)
    labels[17] = 2  # a class of one point
    view = cl.network_sandbox((x, labels))
    assert len(view.points.train) + len(view.points.held_out) == MOST_POINTS
    assert len(view.points.classes) == 3
    assert set(view.points.train_labels) == {0, 1, 2}
    assert numbers_in(view.words)[-2:] == ["2,000", "70,001"]


def test_two_points_are_enough_and_none_is_held_out():
    view = cl.network_sandbox(([[0, 0], [1, 1]], ["a", "b"]), epochs=5)
    assert view.outcome.held_out_loss is None
    assert view.outcome.accuracy == 1
    assert view.picture(dpi=40).startswith(b"\x89PNG")
    run(view.code, points=([[0, 0], [1, 1]], ["a", "b"]))


X = [[0, 0], [1, 1], [0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("points", {"points": X}),
        ("points", {"points": (X,)}),
        ("points", {"points": "moons"}),
        ("points", {"points": (X, [0, 1])}),
        ("points", {"points": (X, [0, 0, 0, 0])}),
        ("points", {"points": ([[0, 0]], [0])}),
        ("points", {"points": ([], [])}),
        ("points", {"points": ([[0, 0, 0], [1, 1, 1]], [0, 1])}),
        ("points", {"points": ([0, 1], [0, 1])}),
        ("points", {"points": ([[0, 0], [1]], [0, 1])}),
        ("points", {"points": ([[0, np.nan], [1, 1]], [0, 1])}),
        ("points", {"points": ([[0, np.inf], [1, 1]], [0, 1])}),
        ("points", {"points": ([[0, "a"], [1, 1]], [0, 1])}),
        ("points", {"points": (X, [0.5, 0.1, 0.2, 0.7])}),
        ("points", {"points": (X, [0, 1, np.nan, 0])}),
        ("points", {"points": (X, [0, 1, None, 0])}),
        ("points", {"points": (np.zeros((9, 2)), np.arange(9))}),
        ("data", {"data": "moons"}),
        ("data", {"data": "your points"}),
        ("data", {"data": 3}),
        ("hidden", {"hidden": 17}),
        ("hidden", {"hidden": -1}),
        ("layers", {"layers": 3}),
        ("activation", {"activation": "ReLu6"}),
        ("learning_rate", {"learning_rate": 0}),
        ("learning_rate", {"learning_rate": 11}),
        ("learning_rate", {"learning_rate": float("nan")}),
        ("epochs", {"epochs": -1}),
        ("epochs", {"epochs": 10_001}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": 1.5}),
        ("state", {"state": "{}"}),
        ("hide", {"hide": ("everything",)}),
    ],
)
def test_bad_input_is_refused(argument, options):
    with pytest.raises(ArgumentError) as refused:
        cl.network_sandbox(**options)
    assert refused.value.argument == argument
    assert refused.value.next_step


def network_with(**news):
    view = cl.network_sandbox(epochs=1)
    return view, {**view.network, **news}


@pytest.mark.parametrize(
    "news",
    [
        {"weights": [0.0]},
        {"weights": None},
        {"weights": "many"},
        {"weights": [float("nan")] * 33},
        {"of": ["xor", 8, 1, "relu", 0]},
        {"trained": [[1]]},
        {"trained": [[0.5, 0.1]]},
        {"history": []},
        {"history": [1, 2]},
        {"more": 1},
    ],
)
def test_a_network_that_does_not_belong_here_is_refused(news):
    view, network = network_with(**news)
    words = view.words
    with pytest.raises(ArgumentError) as refused:
        view.network = network
    assert refused.value.argument == "network"
    assert view.words == words


def test_wrong_values_from_python_leave_the_view_as_it_was():
    view = cl.network_sandbox(epochs=2)
    before = view.state, view.words
    for name, value in (("hidden", 99), ("data", "spirals"), ("seed", -2), ("learning_rate", 0)):
        with pytest.raises(ArgumentError) as refused:
            setattr(view, name, value)
        assert refused.value.argument == name
    with pytest.raises(ArgumentError, match="epochs"):
        view.train(0)
    assert (view.state, view.words) == before
