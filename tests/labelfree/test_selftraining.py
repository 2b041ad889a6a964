"""`selftrain`: small networks that learn the labels of a clustering."""

import keras
import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.labelfree.selftraining import Jitter, SmallNet, selftrain


@pytest.fixture(scope="module")
def digits():
    return cl.load("digits")


@pytest.fixture(scope="module")
def noisy(digits):
    """Labels of which one in ten is wrong."""
    rng = np.random.default_rng(0)
    labels = digits.train.labels.copy()
    wrong = rng.random(len(labels)) < 0.1
    labels[wrong] = rng.integers(0, 10, wrong.sum())
    return labels


@pytest.fixture(scope="module")
def network(digits, noisy):
    return selftrain(digits.train, noisy, steps=300, batch_size=128)


def test_the_student_is_more_accurate_than_its_labels(digits, noisy, network):
    label_accuracy = (noisy == digits.train.labels).mean()
    assert label_accuracy < 0.93
    assert (network.classify(digits.train) == digits.train.labels).mean() > label_accuracy + 0.03
    assert (network.classify(digits.test) == digits.test.labels).mean() > 0.95
    assert (network.classify(digits.test, views=3) == digits.test.labels).mean() > 0.94


def test_the_same_seed_gives_the_same_network(digits, noisy):
    one, two, other = (selftrain(digits.train, noisy, steps=5, batch_size=32, seed=s) for s in (3, 3, 4))
    same, different = (
        np.abs(one.probabilities(digits.test) - net.probabilities(digits.test)).max() for net in (two, other)
    )
    assert same < 1e-5 < different


def test_it_saves_and_loads_and_embeds(network, digits, tmp_path):
    network.save(tmp_path / "net.keras")
    loaded = keras.models.load_model(tmp_path / "net.keras")
    np.testing.assert_array_equal(loaded.classify(digits.test), network.classify(digits.test))
    z = cl.embed(network, digits.test)
    assert z.vectors.shape == (len(digits.test), 96)
    assert not z.supervised
    np.testing.assert_array_equal(network.classify_features(z.vectors), network.classify(digits.test))


def test_batch_normalisation_ends_with_the_averages_of_plain_images(network, digits):
    first, norm = network.trunk.layers[:2]
    plain = keras.ops.convert_to_numpy(first(digits.train.images.astype("float32") / 255))
    np.testing.assert_allclose(norm.moving_mean, plain.mean(axis=(0, 1, 2)), atol=0.03)
    np.testing.assert_allclose(norm.moving_variance, plain.var(axis=(0, 1, 2)), rtol=0.1, atol=1e-3)


def test_probabilities_sum_to_one(network, digits):
    for views in (0, 2):
        np.testing.assert_allclose(network.probabilities(digits.test[:9], views).sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("labels", [np.zeros(3, int), np.full(1293, -1), np.zeros(1293), None])
def test_labels_that_do_not_fit_are_refused(digits, labels):
    with pytest.raises(ArgumentError, match="labels"):
        selftrain(digits.train[:1293] if len(digits.train) >= 1293 else digits.train, labels, steps=1)


def test_a_single_cluster_is_refused(digits):
    with pytest.raises(ArgumentError, match="two clusters"):
        selftrain(digits.train, np.zeros(len(digits.train), int), steps=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0),
        ("batch_size", 1.5),
        ("learning_rate", 0),
        ("learning_rate", "fast"),
        ("widths", (8, 8)),
        ("widths", (8, 8, 0)),
        ("widths", 8),
    ],
)
def test_numbers_out_of_range_are_refused(digits, name, value, fails):
    with fails(ArgumentError, name):
        selftrain(digits.train, digits.train.labels, **{"steps": 1, name: value})


def test_jitter_moves_images_only_when_training_and_each_differently():
    images = np.zeros((4, 28, 28, 1), np.float32)
    images[:, 8:20, 12:16] = 1
    jitter = Jitter(seed=0)
    np.testing.assert_array_equal(jitter(images), images)
    moved = np.asarray(jitter(images, training=True))
    assert moved.shape == images.shape
    assert all(np.abs(moved[i] - moved[j]).max() > 0.3 for i in range(4) for j in range(i))
    assert 0.6 < moved.sum() / images.sum() < 1.7


def test_jitter_of_nothing_is_the_image_and_a_shift_is_a_shift():
    rng = np.random.default_rng(0)
    images = rng.random((2, 9, 12, 1), dtype=np.float32)
    still = Jitter(turn=0, scale=0, shear=0, shift=0)
    np.testing.assert_allclose(still(images, training=True), images, atol=1e-5)
    spot = np.zeros((300, 21, 21, 1), np.float32)
    spot[:, 10, 10] = 1
    moved = np.asarray(Jitter(turn=0, scale=0, shear=0, shift=0.1)(spot, training=True))
    rows = (moved.sum(axis=(2, 3)) * np.arange(21)).sum(axis=1) - 10
    assert np.abs(rows).max() == pytest.approx(2.1, abs=0.15)
    turned = np.asarray(Jitter(turn=0.5, scale=0, shear=0.5, shift=0)(spot, training=True))
    np.testing.assert_allclose(turned[:, 10, 10], 1, atol=1e-4)  # the middle stays


def test_images_stay_uint8(monkeypatch, digits, noisy):
    seen = []
    call = SmallNet.call

    def watched(self, images, training=False):
        seen.append(images.dtype)
        return call(self, images, training=training)

    monkeypatch.setattr(SmallNet, "call", watched)
    selftrain(digits.train, noisy, steps=2, batch_size=16)
    assert "uint8" in {getattr(dtype, "name", dtype) for dtype in seen}


def test_numpy_numbers_are_numbers(digits):
    labels = digits.train.labels
    amounts = {"turn": np.float32(0.25)}
    ours = selftrain(
        digits.train, labels, steps=np.int64(2), batch_size=np.int32(16), jitter=amounts, seed=np.uint8(1)
    )
    theirs = selftrain(digits.train, labels, steps=2, batch_size=16, jitter={"turn": 0.25}, seed=1)
    np.testing.assert_allclose(ours.probabilities(digits.test), theirs.probabilities(digits.test), atol=1e-6)
    with pytest.raises(ArgumentError, match="seed"):
        selftrain(digits.train, labels, steps=1, seed=-1)
