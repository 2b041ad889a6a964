"""What the last layer reads of dense features, what it ignores, and how both are measured."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capslab.data import Images, load
from capslab.errors import ArgumentError
from capslab.lessons import dense_mends, results
from capslab.models import ConvNet

sys.path.insert(0, str(Path(__file__).parents[2]))
from tools import remeasure  # authors' tools are not installed


@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 99))
def test_the_rest_changes_no_sum_and_is_at_right_angles(n, classes, seed):
    rng = np.random.default_rng(seed)
    features, weights = rng.normal(size=(n, 6)), rng.normal(size=(6, classes))
    read, rest = dense_mends.read_and_rest(features, weights)
    np.testing.assert_allclose(read + rest, features)
    np.testing.assert_allclose(read @ weights, features @ weights, atol=1e-8)
    np.testing.assert_allclose(rest @ weights, 0, atol=1e-8)
    assert np.linalg.matrix_rank(read) <= classes


def test_each_way_does_what_its_name_says():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(200, 20)) * np.arange(1, 21) + 3
    found = dense_mends.ways(features, rng.normal(size=(20, 3)))
    assert found["as they are"] is features
    np.testing.assert_allclose(np.linalg.norm(found["unit length"], axis=1), 1)
    np.testing.assert_allclose(found["scaled"].std(axis=0), 1)
    assert found["whitened"].shape == (200, dense_mends.DIMENSIONS)
    np.testing.assert_allclose(np.cov(found["whitened"].T), np.eye(dense_mends.DIMENSIONS), atol=1e-6)
    np.testing.assert_allclose(found["what is read"] + found["the rest"], features)


def lines(n=120, side=12):
    """Straight strokes, and the slant of each."""
    slants, pictures = np.linspace(-0.8, 0.8, n), np.zeros((n, side, side, 1), np.uint8)
    y = np.arange(side)
    for picture, slant in zip(pictures, slants, strict=True):
        picture[y, np.clip(np.rint(side / 2 + slant * (y - side / 2)), 0, side - 1).astype(int), 0] = 255
    return SimpleNamespace(images=pictures), slants


def test_slant_is_explained_by_vectors_that_hold_it_and_by_no_others():
    pictures, slants = lines()
    order = np.random.default_rng(0).permutation(len(slants))
    pictures, slants = SimpleNamespace(images=pictures.images[order]), slants[order]
    noise = np.random.default_rng(1).normal(size=(len(slants), 3))
    assert dense_mends.slant_explained(np.column_stack([slants, noise]), pictures) > 0.95
    assert dense_mends.slant_explained(noise, pictures) < 0.1


def test_the_variance_between_classes_is_what_their_means_leave():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 20)
    means = 10 * np.eye(3)[labels]
    assert dense_mends.between_classes(means, labels) == pytest.approx(1)
    noise = rng.normal(size=(60, 3))
    noise -= np.stack([noise[labels == one].mean(axis=0) for one in range(3)])[labels]
    share = dense_mends.between_classes(means + noise, labels)
    assert share == pytest.approx(means.var(axis=0).sum() / (means + noise).var(axis=0).sum())
    assert dense_mends.between_classes(noise, labels) == pytest.approx(0)


def test_a_slant_in_few_directions_is_hidden_from_the_first_components():
    pictures, slants = lines()
    order = np.random.default_rng(0).permutation(len(slants))
    pictures, slants = SimpleNamespace(images=pictures.images[order]), slants[order]
    loud = 100 * np.random.default_rng(1).normal(size=(len(slants), 2))
    vectors = np.column_stack([loud, slants])
    assert dense_mends.slant_explained(vectors, pictures) > 0.95
    assert dense_mends.slant_explained(vectors, pictures, dimensions=2) < 0.1


def test_the_features_of_a_convolutional_network_give_its_logits():
    images = load("digits").test[:30]
    network = ConvNet.for_images(images, seed=0)
    features, weights = dense_mends.features_and_weights(network, images)
    logits = features @ weights + network.network.layers[-1].get_weights()[1]
    assert (logits.argmax(axis=1) == network.classify(images)).all()


def test_a_network_that_reads_little_is_measured_by_hand_made_features():
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 20)
    corners = 10 * np.eye(3)[labels] + rng.normal(size=(60, 3)) * 0.1  # what is read: three tight groups
    nuisance = rng.normal(size=(60, 20)) * 100
    features = np.concatenate([corners, nuisance], axis=1)
    weights = np.eye(23)[:, :3]
    network = SimpleNamespace(
        features=lambda images: SimpleNamespace(vectors=features.astype(np.float32)),
        logits=SimpleNamespace(get_weights=lambda: [weights]),
        classify=lambda images: labels,
    )
    images = Images(np.zeros((60, 4, 4, 1), np.uint8), labels, ("a", "b", "c"), "made up")
    found = dense_mends.measure(network, images)
    assert found["own answer"] == found["what is read"] == 1
    assert found["as they are"] < 0.8
    assert found["share read"] < 0.01
    assert found["many clusters"] > found["few clusters"]


def test_five_networks_of_each_data_set_are_bundled_with_their_command():
    for data in ("digits", "mnist"):
        found, other = (dense_mends.measured(data, network) for network in dense_mends.NETWORKS)
        assert {len(each) for each in (*found.values(), *other.values())} == {5}
        assert (found["what is read"] > found["as they are"]).all()
        assert [row["network"] for row in dense_mends.compared(data)] == list(dense_mends.NETWORKS)
        rows = {row["features"]: row["gain"] for row in dense_mends.gains(data)}
        assert rows["what is read"].startswith("+")
        assert rows["as they are"] == rows["few clusters"] == ""
    assert results.load(dense_mends.NAME).command == dense_mends.COMMAND


def test_an_unmeasured_data_set_is_refused(fails):
    with fails(ArgumentError, "data", names="digits"):
        dense_mends.measured("toys")
    with fails(ArgumentError, "network", names="convolutional"):
        dense_mends.measured("digits", "conv")


@pytest.mark.slow
def test_networks_are_measured_once_each(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    first = remeasure.dense_networks("digits", size=400, seeds=1, epochs=1)
    rows = remeasure.dense_networks("digits", size=400, seeds=2, epochs=1)
    assert rows[:2] == first, "what is there is kept"
    assert [row["seed"] for row in rows if row["network"] == "dense"] == [0, 1]
    assert dense_mends.measured("digits")["scaled"].shape == (2,)
