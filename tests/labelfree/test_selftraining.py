"""`selftrain` and `LabelFree`: small networks that learn from a clustering."""

import doctest
import subprocess
import sys

import keras
import numpy as np
import pytest

import capslab as cl
from capslab.clustering import matched_accuracy
from capslab.errors import ArgumentError
from capslab.labelfree import LabelFree
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


def test_the_network_knows_better_than_its_labels(digits, noisy, network):
    taught = (noisy == digits.train.labels).mean()
    assert taught < 0.93
    assert (network.classify(digits.train) == digits.train.labels).mean() > taught + 0.03
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


def test_jitter_moves_only_when_training_and_each_image_its_own_way():
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


# --- LabelFree


def test_clustering_digits_needs_no_label(digits):
    unlabelled = cl.Images(digits.train.images)
    model = LabelFree(steps=(200, 300)).fit(unlabelled)
    assert set(model.stages_) == {"graph of gradients", "first network", "both graphs", "final network"}
    np.testing.assert_array_equal(model.stages_["final network"], model.labels_)
    np.testing.assert_array_equal(model.predict(unlabelled), model.labels_)
    accuracy = {name: matched_accuracy(labels, digits.train.labels) for name, labels in model.stages_.items()}
    assert min(accuracy.values()) > 0.75
    assert matched_accuracy(model.predict(digits.test), digits.test.labels) > 0.75
    assert model.graphs_[1].eigenvalues_[0] <= 1


@pytest.mark.parametrize(
    ("model", "given", "words"),
    [
        (LabelFree(), np.zeros((5, 64)), "uint8 pixels"),
        (LabelFree(), np.zeros((0, 8, 8, 1), np.uint8), "no images"),
        (LabelFree(1), np.zeros((5, 8, 8, 1), np.uint8), "at least 2"),
        (LabelFree(3), np.zeros((5, 8, 8, 1), np.uint8), "the number of different vectors"),
        (LabelFree("ten"), np.zeros((5, 8, 8, 1), np.uint8), "n_clusters"),
    ],
)
def test_what_cannot_be_clustered_is_refused(model, given, words):
    with pytest.raises(ArgumentError, match=words):
        model.fit(given)


def test_predict_before_fit_says_so(digits):
    with pytest.raises(ValueError, match="not fitted"):
        LabelFree().predict(digits)


def test_the_steps_of_the_training_are_checked(digits):
    for steps in ((0, 5), (5,), 7, (1.5, 2)):
        with pytest.raises(ArgumentError, match="steps"):
            LabelFree(steps=steps).fit(digits)


def test_clustering_loads_no_tensorflow():
    said = (
        "import sys, capslab.clustering, capslab.labelfree; print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "set()"


def test_examples():
    from capslab.labelfree import estimator as labelfree

    result = doctest.testmod(labelfree)
    assert result.attempted > 2
    assert result.failed == 0
