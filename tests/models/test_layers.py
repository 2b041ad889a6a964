"""The layers that train against the NumPy that explains them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from capslab import routing
from capslab.models import layers, losses
from capslab.routing.variants import ROUTINGS, route_votes


def routed(primary=6, digits=4, pose=5, size=3, iterations=3, seed=0, how="dynamic"):
    """A routing layer with a bias that is not all alike, and its weights in the paper's layout."""
    layer = layers.RoutedCapsules(digits, pose, iterations, seed=seed, routing=how)
    layer.build((None, primary, size))
    layer.bias.assign(np.random.default_rng(seed).normal(0, 0.2, (digits, pose)))
    for weight in layer.extra.values():
        weight.assign(np.random.default_rng(seed + 1).normal(0, 0.2, weight.shape))
    kernel = (
        keras.ops.convert_to_numpy(layer.kernel).reshape(digits, primary, size, pose).transpose(1, 0, 3, 2)
    )
    return layer, routing.RoutingWeights(kernel, keras.ops.convert_to_numpy(layer.bias), iterations)


def inputs(batch=3, primary=6, size=3, seed=1):
    return np.random.default_rng(seed).normal(size=(batch, primary, size)).astype(np.float32)


@pytest.mark.parametrize("iterations", [1, 2, 3, 7])
def test_lazy_routing_equals_the_plain_loop(iterations):
    layer, weights = routed(iterations=iterations)
    u = inputs()
    expected = [
        routing.routing_by_agreement(weights.votes(x), iterations, weights.bias).outputs[-1] for x in u
    ]
    np.testing.assert_allclose(layer(u), expected, atol=1e-5)


@pytest.mark.parametrize("how", ROUTINGS)
@pytest.mark.parametrize("iterations", [1, 2, 4])
def test_each_way_of_routing_trains_what_the_plain_loops_compute(how, iterations):
    layer, weights = routed(iterations=iterations, how=how)
    extra = {name: keras.ops.convert_to_numpy(value) for name, value in layer.extra.items()}
    u = 0.4 * inputs()
    lengths = np.linalg.norm(u, axis=-1)
    plain = route_votes(weights.votes(u), how, iterations, weights.bias, np.minimum(lengths, 1), extra)
    np.testing.assert_allclose(layer(u), plain.outputs[-1], atol=2e-5)


def test_what_each_way_of_routing_learns_besides():
    learned = {
        how: {name: tuple(w.shape) for name, w in routed(how=how)[0].extra.items()} for how in ROUTINGS
    }
    assert learned == {
        "dynamic": {},
        "one": {},
        "uniform": {},
        "attention": {"prior": (6, 4)},
        "em": {"beta_a": (4,), "beta_u": (4,)},
    }


@pytest.mark.parametrize("how", ["attention", "em"])
def test_gradients_of_the_other_ways_of_routing_are_finite_and_reach_everything(how):
    for scale in (0.0, 0.3, 1e3):
        layer, _ = routed(how=how)
        u = tf.constant(inputs() * scale)
        with tf.GradientTape() as tape:
            tape.watch(u)
            loss = tf.reduce_sum(layers.length(layer(u)))
        trained = [weight.value for weight in layer.trainable_variables]
        gradients = tape.gradient(loss, [*trained, u])
        assert all(gradient is not None for gradient in gradients)
        assert all(np.isfinite(np.array(gradient)).all() for gradient in gradients)
        if scale == 0.3:
            assert all(np.abs(np.array(gradient)).max() > 0 for gradient in gradients)


@pytest.mark.parametrize("how", ROUTINGS)
@pytest.mark.parametrize("batch", [1, 5])
def test_images_of_a_batch_do_not_touch(batch, how):
    layer, _ = routed(how=how)
    u = inputs(batch)
    alone = np.concatenate([layer(u[i : i + 1]) for i in range(batch)])
    np.testing.assert_allclose(layer(u), alone, atol=1e-6)
    np.testing.assert_allclose(layer(u), alone, atol=1e-6)  # and nothing is left from the call before


def test_gradients_reach_kernel_bias_and_input_and_are_finite():
    layer, _ = routed()
    for scale in (0.0, 1.0, 1e4):
        u = tf.constant(inputs() * scale)
        with tf.GradientTape() as tape:
            tape.watch(u)
            loss = tf.reduce_sum(layers.length(layer(u)))
        for gradient in tape.gradient(loss, [layer.kernel.value, layer.bias.value, u]):
            assert np.isfinite(np.array(gradient)).all()


@pytest.mark.parametrize("size", [0.0, 1e-20, 1.0, 1e4])
def test_squash_and_length_have_finite_values_and_gradients(size):
    vector = tf.constant([[size, 0.0, 0.0]])
    for function in (layers.squash, layers.length):
        with tf.GradientTape() as tape:
            tape.watch(vector)
            value = function(vector)
        assert np.isfinite(np.array(value)).all()
        assert np.isfinite(np.array(tape.gradient(value, vector))).all()
    np.testing.assert_allclose(layers.squash(vector), routing.squash(np.array(vector)), atol=1e-7)


def test_primary_capsules_keep_their_place():
    layer = layers.PrimaryCapsules(types=2, dimension=4, kernel=1)
    maps = np.random.default_rng(0).normal(size=(1, 3, 5, 6)).astype(np.float32)
    u = np.array(layer(maps))
    assert u.shape == (1, 3 * 5 * 2, 4)
    assert layer.grid == (3, 5, 2)
    moved = maps.copy()
    moved[0, 1, 2] += 1  # row 1, column 2
    changed = np.abs(np.array(layer(moved)) - u).sum(axis=-1)[0] > 1e-6
    assert np.flatnonzero(changed).tolist() == [(1 * 5 + 2) * 2, (1 * 5 + 2) * 2 + 1]


def test_primary_capsules_may_be_negative():
    u = np.array(layers.PrimaryCapsules(2, 4, 1)(np.random.default_rng(0).normal(size=(2, 3, 3, 8))))
    assert (u < 0).any()
    assert (np.linalg.norm(u, axis=-1) < 1).all()


def test_mask_keeps_the_capsule_of_the_label_or_the_longest():
    poses = np.zeros((2, 3, 2), np.float32)
    poses[0, 1], poses[0, 2], poses[1, 0] = (0.1, 0.2), (0.5, 0.5), (0.3, 0.0)
    mask = layers.Mask()
    np.testing.assert_allclose(mask(poses, np.array([1, 0]))[0], [0, 0, 0.1, 0.2, 0, 0])
    np.testing.assert_allclose(mask(poses)[0], [0, 0, 0, 0, 0.5, 0.5])


def test_gaussian_sample_has_the_mean_and_deviation_it_was_given():
    mean, log_variance = np.full((20000, 1), 2.0, np.float32), np.full((20000, 1), np.log(0.25), np.float32)
    z = np.array(layers.GaussianSample(seed=0)(mean, log_variance))
    assert z.mean() == pytest.approx(2.0, abs=4 * 0.5 / np.sqrt(20000))
    assert z.std() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    "layer",
    [
        layers.PrimaryCapsules(2, 4, 3, 2, depthwise=True, padding="same", seed=3),
        layers.RoutedCapsules(5, 4, 2, seed=3),
        layers.RoutedCapsules(5, 4, 2, seed=3, routing="em"),
        layers.Mask(),
        layers.GaussianSample(seed=5),
    ],
)
def test_config_makes_the_same_layer(layer):
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert copy.get_config() == layer.get_config()


def test_margin_loss_by_hand():
    lengths = np.array([[0.95, 0.2, 0.05]], np.float32)
    # capsule 0 is long enough; capsule 1 is 0.1 too long; capsule 2 is short enough
    np.testing.assert_allclose(losses.margin(np.array([0]), lengths), [0.5 * 0.1**2], atol=1e-7)
    # the wrong capsule: 0.7 too short, and 0.85 too long
    np.testing.assert_allclose(losses.margin(np.array([1]), lengths), [0.7**2 + 0.5 * 0.85**2], rtol=1e-5)
    both = np.array([[1, 1, 0]])
    np.testing.assert_allclose(losses.margin(both, lengths), [0.7**2], rtol=1e-5)


def test_bernoulli_is_the_cross_entropy_summed_over_pixels():
    rng = np.random.default_rng(0)
    x, a = rng.random((2, 4, 4, 1)).astype(np.float32), rng.normal(size=(2, 4, 4, 1)).astype(np.float32)
    p = 1 / (1 + np.exp(-a.astype(np.float64)))
    expected = -(x * np.log(p) + (1 - x) * np.log(1 - p)).reshape(2, -1).sum(axis=1)
    np.testing.assert_allclose(losses.bernoulli(x, a), expected, rtol=1e-5)
    extreme = losses.bernoulli(x, np.full_like(a, 1e4))
    assert np.isfinite(np.array(extreme)).all()


def test_gaussian_is_the_negative_log_density():
    from scipy.stats import norm

    rng = np.random.default_rng(0)
    x, y = rng.random((2, 9)).astype(np.float32), rng.random((2, 9)).astype(np.float32)
    np.testing.assert_allclose(losses.gaussian(x, y, 0.3), -norm.logpdf(x, y, 0.3).sum(axis=1), rtol=1e-4)


def test_kl_is_zero_at_the_prior_positive_elsewhere_and_equals_monte_carlo():
    zeros = np.zeros((1, 3), np.float32)
    assert np.array(losses.kl_to_prior(zeros, zeros)).tolist() == [[0, 0, 0]]
    rng = np.random.default_rng(0)
    mean, log_variance = rng.normal(size=(1, 3)), rng.normal(size=(1, 3))
    kl = np.array(losses.kl_to_prior(mean.astype("f4"), log_variance.astype("f4")))
    assert (kl > 0).all()
    noise = rng.normal(size=(200_000, 3))
    z = mean + np.exp(log_variance / 2) * noise
    draws = 0.5 * (z**2 - noise**2 - log_variance)  # log q(z) − log p(z)
    error = draws.std(axis=0) / np.sqrt(len(draws))
    assert (np.abs(draws.mean(axis=0) - kl[0]) < 4 * error).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: layers.RoutedCapsules(3, iterations=-3),
            r"`iterations` should be a whole number from 1. Received: -3",
        ),
        (lambda: layers.RoutedCapsules(3, iterations=2.5), "`iterations` .* Received: 2.5"),
        (lambda: layers.RoutedCapsules(3, iterations=True), "`iterations` .* Received: True"),
        (lambda: layers.RoutedCapsules(0), "`digits`"),
        (lambda: layers.RoutedCapsules(3, "16"), "`dimension` .* Received: '16'"),
        (lambda: layers.RoutedCapsules(3, routing="dynamics"), "`routing` .* Did you mean 'dynamic'"),
        (lambda: layers.RoutedCapsules(3, seed=-1), "`seed` should be a whole number from 0"),
        (
            lambda: layers.RoutedCapsules(3).build((None, 6, 6, 4)),
            "`input_shape` should be .batch, primary, primary_dim",
        ),
        (lambda: layers.PrimaryCapsules(0), "`types`"),
        (lambda: layers.PrimaryCapsules(2, 4.5), "`dimension`"),
        (lambda: layers.PrimaryCapsules(2, 4, kernel=0), "`kernel`"),
        (lambda: layers.PrimaryCapsules(2, 4, strides=None), "`strides`"),
        (lambda: layers.PrimaryCapsules(2, 4, padding="smae"), "Did you mean 'same'"),
        (lambda: layers.PrimaryCapsules(2, 4, depthwise="no"), "`depthwise` should be True or False"),
        (lambda: layers.PrimaryCapsules(2, 4, 3, depthwise=True).build((None, 5, 5, 7)), "8 channels"),
        (lambda: layers.GaussianSample(seed=1.5), "`seed`"),
        (lambda: layers.Residual(-4), "`maps`"),
    ],
)
def test_layers_refuse_bad_arguments_in_words(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_integers_of_numpy_are_integers_and_are_saved_as_such():
    made = [
        layers.RoutedCapsules(np.int64(3), np.int32(4), np.int64(2), seed=np.uint8(1)),
        layers.PrimaryCapsules(np.int64(2), np.int64(4), np.int64(3), np.int64(1), seed=np.int64(0)),
    ]
    for layer in made:
        config = layer.get_config()
        assert all(type(config[name]) is int for name in ("dimension", "seed"))
        assert keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
