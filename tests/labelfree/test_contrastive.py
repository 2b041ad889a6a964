"""`contrast`: a network that learns to recognise an image in different views."""

import doctest

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import capslab as cl
from capslab.clustering import SpectralPath, matched_accuracy
from capslab.errors import ArgumentError
from capslab.labelfree import contrast, contrastive
from capslab.labelfree.contrastive import ContrastiveNet, contrastive_loss

SHAPES = st.tuples(st.integers(2, 6), st.integers(0, 10_000), st.floats(0.1, 2.0))


@pytest.fixture(scope="module")
def digits():
    return cl.load("digits")


@pytest.fixture(scope="module")
def network(digits):
    return contrast(digits.train, steps=60, batch_size=128, erase=0.2, seed=1)


def loss_in_numpy(pairs, temperature):
    """Equation 1 of Chen et al. 2020, one view and one other view at a time."""
    n = len(pairs)
    views = [pairs[i, side] / np.linalg.norm(pairs[i, side]) for side in (0, 1) for i in range(n)]
    losses = np.zeros((2, n))
    for i in range(2 * n):
        other = (i + n) % (2 * n)
        total = sum(np.exp(views[i] @ views[k] / temperature) for k in range(2 * n) if k != i)
        losses[i // n, i % n] = -np.log(np.exp(views[i] @ views[other] / temperature) / total)
    return losses.mean(axis=0)


def random_pairs(n, seed, d=5):
    return np.random.default_rng(seed).normal(size=(n, 2, d)).astype(np.float32)


def loss(pairs, temperature=0.5):
    return keras.ops.convert_to_numpy(contrastive_loss(pairs, temperature))


# --- the loss


@settings(max_examples=25, deadline=None)
@given(SHAPES)
def test_the_loss_is_that_of_the_paper(case):
    n, seed, temperature = case
    pairs = random_pairs(n, seed)
    np.testing.assert_allclose(
        loss(pairs, temperature), loss_in_numpy(pairs, temperature), rtol=1e-4, atol=1e-4
    )


@settings(max_examples=25, deadline=None)
@given(SHAPES)
def test_neither_the_order_of_images_nor_that_of_views_nor_lengths_matter(case):
    n, seed, temperature = case
    pairs = random_pairs(n, seed)
    order = np.random.default_rng(seed).permutation(n)
    expected = loss(pairs, temperature)
    np.testing.assert_allclose(loss(pairs[order], temperature), expected[order], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(loss(pairs[:, ::-1], temperature), expected, rtol=1e-3, atol=1e-4)
    lengths = np.random.default_rng(seed).uniform(0.1, 9, (n, 2, 1)).astype(np.float32)
    np.testing.assert_allclose(loss(lengths * pairs, temperature), expected, rtol=1e-3, atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(SHAPES)
def test_the_loss_is_never_below_its_bound_and_two_opposite_images_reach_it(case):
    n, seed, temperature = case
    bound = np.log1p((2 * n - 2) * np.exp(-2 / temperature))
    assert (loss(random_pairs(n, seed), temperature) >= bound - 1e-5).all()
    one = random_pairs(1, seed)[:, :1]
    opposite = np.concatenate([one, -one]).repeat(2, axis=1)  # (2, 2, d)
    np.testing.assert_allclose(
        loss(opposite, temperature), np.log1p(2 * np.exp(-2 / temperature)), rtol=1e-3, atol=1e-5
    )


def test_identical_views_lose_least_among_images_that_differ():
    """With one orthogonal direction per image, turning the second views away costs more and more."""
    directions = np.eye(6, dtype=np.float32)
    losses = []
    for angle in (0.0, 0.3, 0.6, 1.0, 1.5):
        turned = np.cos(angle) * directions + np.sin(angle) * np.roll(directions, 1, axis=0)
        losses.append(loss(np.stack([directions, turned], axis=1)).mean())
    assert losses == sorted(losses)
    assert losses[0] == pytest.approx(np.log1p(10 * np.exp(-2)), rel=1e-4)


def test_a_vector_of_zeros_gives_a_finite_loss():
    assert np.isfinite(loss(np.zeros((3, 2, 4), np.float32))).all()
    assert np.isfinite(loss(random_pairs(8, 0), 0.01)).all()


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="differentiates with TensorFlow")
@pytest.mark.parametrize("pairs", [random_pairs(5, 3), np.zeros((3, 2, 4), np.float32)])
def test_gradients_are_finite_and_point_downhill(pairs):
    from capslab.models.backend import on_tensors

    def mean(values):
        return keras.ops.mean(contrastive_loss(values, 0.2))

    before, gradients = on_tensors(mean, (pairs,), [np.ones(())])
    assert np.isfinite(gradients[0]).all()
    assert loss(pairs - 0.01 * gradients[0], 0.2).mean() <= before + 1e-6


# --- the network


def test_it_learns_without_labels_what_they_would_say(digits, network):
    """Neighbours on the sphere mostly show the same digit, far more often than before training."""

    def agreement(model):
        vectors = model.features(digits.train).vectors
        similarity = vectors @ vectors.T
        np.fill_diagonal(similarity, -1)
        return (digits.train.labels[similarity.argmax(axis=1)] == digits.train.labels).mean()

    untrained = ContrastiveNet(digits.image_shape, seed=1)
    untrained.calibrate(digits.train)
    assert agreement(network) > max(0.9, agreement(untrained))


def test_features_have_unit_length_and_are_embedded(digits, network):
    z = cl.embed(network, digits.test)
    assert z.vectors.shape == (len(digits.test), 96)
    assert not z.supervised
    np.testing.assert_allclose(np.linalg.norm(z.vectors, axis=1), 1, atol=1e-5)


def test_it_saves_and_loads_with_all_its_settings(digits, tmp_path):
    jitter = {"turn": 0.1, "scale": 0.0, "shear": 0.2, "shift": 0.1}
    settings_ = {"jitter": jitter, "gamma": 0.5, "erase": 0.1, "flip": True, "temperature": 0.3}
    network = contrast(digits.train, steps=2, widths=(4, 6, 8), **settings_)
    network.save(tmp_path / "net.keras")
    loaded = keras.models.load_model(tmp_path / "net.keras")
    assert {name: loaded.get_config()[name] for name in settings_} == settings_
    np.testing.assert_array_equal(loaded.features(digits.test).vectors, network.features(digits.test).vectors)


def test_the_same_seed_gives_the_same_network_with_and_without_labels(digits):
    one, two, other = (
        contrast(images, steps=3, batch_size=32, seed=s).features(digits.test[:50]).vectors
        for s, images in ((3, digits.train), (3, digits.train.images), (4, digits.train))
    )
    assert np.abs(one - two).max() < 1e-4 < np.abs(one - other).max()


def test_two_images_suffice_and_numpy_numbers_are_numbers(digits):
    network = contrast(
        digits[:2], steps=np.int64(2), batch_size=np.int32(8), temperature=np.float32(0.5), seed=np.uint8(1)
    )
    assert network.features(digits[:3]).vectors.shape == (3, 96)
    assert network.temperature == 0.5
    assert ContrastiveNet.from_config(network.get_config()).seed == 1


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"steps": 0}, "steps"),
        ({"steps": 2.5}, "steps"),
        ({"batch_size": 1}, "batch_size"),
        ({"seed": -1}, "seed"),
        ({"temperature": 0}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"temperature": "cold"}, "temperature"),
        ({"gamma": -0.1}, "gamma"),
        ({"erase": 1.1}, "erase"),
        ({"erase": True}, "erase"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"widths": (8, 8)}, "widths"),
        ({"widths": (8, 8, 0)}, "widths"),
        ({"widths": 8}, "widths"),
        ({"flip": 3}, "flip"),
        ({"jitter": {"spin": 1}}, "jitter"),
    ],
)
def test_what_it_cannot_use_is_refused(digits, arguments, name, fails):
    with fails(ArgumentError, name):
        contrast(digits[:10], **{"steps": 1, **arguments})


@pytest.mark.parametrize(
    "images", ["digits", np.zeros((5, 64)), np.zeros((5, 8, 8, 1)), np.zeros((1, 8, 8, 1), np.uint8), None]
)
def test_what_are_no_images_is_refused(images, fails):
    with fails(ArgumentError, "images"):
        contrast(images, steps=1)


def test_examples():
    result = doctest.testmod(contrastive)
    assert result.attempted > 3
    assert result.failed == 0


@pytest.mark.rare
def test_its_graph_clusters_digits_better_than_that_of_pixels():
    images = cl.load("mnist").train.sample(10_000, seed=0)
    pixels = SpectralPath(10, straighten=False).fit_predict(images)
    vectors = contrast(images).features(images).vectors
    ours, theirs = (
        matched_accuracy(labels, images.labels) for labels in (SpectralPath(10).fit_predict(vectors), pixels)
    )
    assert ours > theirs + 0.04
