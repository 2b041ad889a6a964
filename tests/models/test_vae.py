"""The VAE's formulas against NumPy and Monte Carlo, its limits, and the collapse that it must show."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import capslab as cl
from capslab.errors import ArgumentError
from capslab.models import losses

rng = np.random.default_rng(0)
numbers = arrays(np.float32, (3, 4), elements=st.floats(-8, 8, width=32))


def noise(n, shape=(8, 8, 1)):
    return rng.integers(0, 256, (n, *shape), np.uint8)


def kl(mean, log_variance):
    return keras.ops.convert_to_numpy(losses.kl_to_prior(mean, log_variance))


@settings(max_examples=60, deadline=None)
@given(numbers, numbers)
def test_kl_is_never_negative(mean, log_variance):
    assert (kl(mean, log_variance) >= -1e-5).all()


def test_kl_is_zero_at_the_prior_and_nowhere_near_it():
    zero = np.zeros((1, 3), np.float32)
    assert (kl(zero, zero) == 0).all()
    for mean, log_variance in ((0.1, 0.0), (0.0, 0.1), (0.0, -0.1), (-0.1, 0.0)):
        assert (kl(zero + mean, zero + log_variance) > 1e-4).all()


@pytest.mark.parametrize(("mean", "log_variance"), [(0.8, -1.0), (-0.3, 0.2), (0.0, 1.5), (2.0, -3.0)])
def test_kl_is_what_draws_say(mean, log_variance):
    z = mean + np.exp(0.5 * log_variance) * np.random.default_rng(1).normal(size=200_000)
    draws = -0.5 * ((z - mean) ** 2 / np.exp(log_variance) + log_variance) + 0.5 * z**2
    error = draws.std() / len(draws) ** 0.5
    assert abs(draws.mean() - kl(np.float32([[mean]]), np.float32([[log_variance]]))[0, 0]) < 5 * error


@pytest.mark.parametrize("reconstruction", ["bernoulli", "gaussian"])
def test_reconstruction_is_the_sum_over_pixels(reconstruction):
    vae = cl.VAE((8, 8, 1), 2, reconstruction=reconstruction, sigma=0.3)
    images, z = noise(5), rng.normal(size=(5, 2)).astype("f4")
    x, y = (images / 255).reshape(5, -1), vae.decode(z).reshape(5, -1).astype(float)
    if reconstruction == "bernoulli":
        wanted = -(x * np.log(y) + (1 - x) * np.log(1 - y)).sum(axis=1)
    else:
        wanted = ((x - y) ** 2 / (2 * 0.3**2) + 0.5 * np.log(2 * np.pi * 0.3**2)).sum(axis=1)
    np.testing.assert_allclose(vae.reconstruction_nats(images, z), wanted, rtol=1e-4)


def test_loss_does_not_depend_on_the_size_of_the_batch():
    vae = cl.VAE((8, 8, 1), 2)
    image = noise(1)
    vae.log_variance.kernel.assign(0 * vae.log_variance.kernel)
    vae.log_variance.bias.assign(0 * vae.log_variance.bias - 40)  # no noise, so that batches compare
    vae.compile(optimizer="sgd")
    one, many = (
        vae.evaluate(np.repeat(image, n, axis=0), batch_size=n, verbose=0, return_dict=True) for n in (1, 16)
    )
    assert one["reconstruction"] == pytest.approx(many["reconstruction"], rel=1e-5)
    assert one["kl"] == pytest.approx(many["kl"], rel=1e-5)
    assert one["loss"] == pytest.approx(one["reconstruction"] + one["kl"], rel=1e-5)


def test_beta_weighs_the_kl_in_the_loss_and_nowhere_else():
    images = noise(8)
    plain, heavy = cl.VAE((8, 8, 1), 2, beta=1), cl.VAE((8, 8, 1), 2, beta=4)
    heavy.set_weights(plain.get_weights())
    told = []
    for vae in (plain, heavy):
        vae.compile(optimizer="sgd")
        told.append(vae.evaluate(images, verbose=0, return_dict=True))
    assert told[1]["kl"] == pytest.approx(told[0]["kl"], rel=1e-5)
    assert told[1]["loss"] == pytest.approx(told[1]["reconstruction"] + 4 * told[1]["kl"], rel=1e-5)
    np.testing.assert_allclose(plain.elbo(images).elbo, heavy.elbo(images).elbo, rtol=1e-5)


def test_deviation_is_positive_whatever_the_head_says():
    vae = cl.VAE((8, 8, 1), 3)
    for bias in (-50.0, 0.0, 50.0):
        vae.log_variance.bias.assign(np.full(3, bias, np.float32))
        deviation = vae.posterior(noise(4)).std
        assert (deviation > 0).all()
        assert np.isfinite(deviation).all()


def test_logits_pass_one_sigmoid():
    vae = cl.VAE((8, 8, 1), 2)
    z = 5 * rng.normal(size=(6, 2)).astype("f4")
    logits = keras.ops.convert_to_numpy(vae.decoder(z))
    assert logits.min() < 0
    np.testing.assert_allclose(vae.decode(z), 1 / (1 + np.exp(-logits)), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("logit", [-1e4, -50.0, 0.0, 50.0, 1e4])
@pytest.mark.parametrize("grey", [0.0, 0.5, 1.0])
def test_gradients_are_finite_for_extreme_logits(logit, grey):
    import tensorflow as tf

    a, x = tf.constant([[logit]]), tf.constant([[grey]])
    with tf.GradientTape() as tape:
        tape.watch(a)
        loss = losses.bernoulli(x, a)
    slope = tape.gradient(loss, a).numpy()
    assert np.isfinite(loss).all()
    assert slope[0, 0] == pytest.approx(1 / (1 + np.exp(-min(max(logit, -700), 700))) - grey, abs=1e-6)


def test_gradients_of_the_whole_network_are_finite_for_black_and_white():
    import tensorflow as tf

    images = np.stack([np.zeros((8, 8, 1), np.uint8), np.full((8, 8, 1), 255, np.uint8)])
    for architecture in ("dense", "convolutional", "deep"):
        vae = cl.VAE((8, 8, 1), 2, architecture=architecture)
        for weight in vae.trainable_weights:
            if weight.path.endswith("kernel") and not np.any(weight):  # a residual block begins as 0
                weight.assign(0.01 * rng.normal(size=weight.shape))
        with tf.GradientTape() as tape:
            loss = vae.compute_loss(x=images, y_pred=vae(images, training=True))
        gradients = tape.gradient(loss, [w.value for w in vae.trainable_weights])
        assert all(np.isfinite(g).all() for g in gradients)
        assert all(np.abs(g).max() > 0 for g in gradients)


def test_elbo_over_more_samples_is_the_same_bound_with_less_noise():
    vae = cl.VAE((8, 8, 1), 4)
    images = noise(6)
    few = np.stack([vae.elbo(images, samples=1, seed=seed).elbo for seed in range(12)])
    many = np.stack([vae.elbo(images, samples=20, seed=seed).elbo for seed in range(12)])
    assert many.std(axis=0).mean() < 0.5 * few.std(axis=0).mean()
    assert abs(few.mean() - many.mean()) < 5 * few.mean(axis=1).std() / 12**0.5 + 1e-3


def test_importance_bound_is_never_looser_than_the_elbo_beyond_its_error():
    vae = cl.pretrained("vae-digits")
    images = cl.load("digits").test[:100]
    loose = np.stack([vae.elbo(images, samples=40, seed=seed).elbo.mean() for seed in range(4)])
    tight = [
        np.mean([vae.log_likelihood(images, draws, seed=seed).mean() for seed in range(4)])
        for draws in (1, 10, 60)
    ]
    error = 3 * loose.std() + 0.2
    assert tight[0] == pytest.approx(loose.mean(), abs=error + 0.3)  # one draw is the ELBO
    assert tight[0] < tight[1] < tight[2]
    assert tight[2] > loose.mean() - error


def test_both_bounds_come_from_the_same_draws():
    vae = cl.VAE((8, 8, 1), 3)
    images = noise(7)
    bound = vae.elbo(images, samples=5, seed=2)
    np.testing.assert_array_equal(
        bound.importance_weighted_bound, vae.log_likelihood(images, samples=5, seed=2)
    )
    codes, one = vae.posterior(images), vae.elbo(images, seed=4)
    drawn = np.random.default_rng(4).normal(size=codes.mean.shape).astype("f4")
    z = codes.mean + codes.std * drawn
    log_q = -0.5 * (drawn**2 + codes.log_variance)  # the constants cancel
    by_hand = (-0.5 * z**2 - log_q).sum(axis=1) - vae.reconstruction_nats(images, z)
    np.testing.assert_allclose(one.importance_weighted_bound, by_hand, rtol=1e-5)


@pytest.mark.parametrize("samples", [0, -1, 1.5, True])
def test_no_draws_are_no_bound(samples):
    with pytest.raises(ArgumentError, match="`samples` should be a whole number"):
        cl.VAE((4, 4, 1), 1).elbo(noise(1, (4, 4, 1)), samples=samples)


def test_importance_bound_finds_the_true_likelihood_where_it_is_known():
    # A decoder that ignores z: p(x) = p(x|z), so with many draws the bound is exact whatever q is.
    vae = cl.VAE((4, 4, 1), 1)
    for layer in vae.decoder.layers:
        if layer.weights:
            layer.kernel.assign(0 * layer.kernel)
    images = noise(3, (4, 4, 1))
    nothing = -vae.reconstruction_nats(images, np.zeros((3, 1), np.float32))
    np.testing.assert_allclose(vae.log_likelihood(images, samples=300), nothing, atol=0.2)
    assert (vae.elbo(images).elbo <= nothing + 1e-4).all()


def test_interpolation_starts_and_ends_at_the_reconstructions():
    vae = cl.VAE((8, 8, 1), 3)
    images = noise(2)
    between = vae.interpolate(images[0], images[1], steps=5)
    assert between.shape == (5, 8, 8, 1)
    np.testing.assert_allclose(between[[0, -1]], vae.reconstruct(images), atol=1e-5)


@pytest.mark.parametrize("shape", [(28, 28, 1), (9, 13, 3), (5, 4, 1), (33, 20, 1)])
def test_the_deep_network_gives_back_any_size(shape):
    vae = cl.VAE(shape, 3, architecture="deep")
    assert vae.reconstruct(noise(2, shape)).shape == (2, *shape)


@pytest.mark.slow
def test_default_learns_and_a_mean_over_pixels_collapses():
    images = cl.load("digits")
    vae = cl.VAE(images.image_shape, 16)
    history = cl.fit(vae, images, epochs=8, show=False)
    assert {"loss", "reconstruction", "kl"} <= set(history.curves)
    assert vae.active_units(images.test) >= 8
    collapsed = cl.VAE(images.image_shape, 16, beta=64)
    cl.fit(collapsed, images, epochs=8, show=False)
    assert collapsed.active_units(images.test) == 0
    assert collapsed.kl_per_dimension(images.test).max() < 0.05
    assert collapsed.reconstruct(images.test).std(axis=0).max() < 0.05
    assert vae.elbo(images.test).elbo.mean() > collapsed.elbo(images.test).elbo.mean() + 2


@pytest.mark.slow
def test_half_of_the_units_are_active_after_one_epoch_whatever_the_seed():
    images = cl.load("digits")
    for seed in range(3):
        vae = cl.VAE(images.image_shape, seed=seed)
        cl.fit(vae, images, epochs=1, seed=seed, show=False)
        assert vae.active_units(images.validation) >= vae.latent_dim / 2


def test_bad_numbers_are_refused_in_words():
    for wrong in ({"latent_dim": 2.5}, {"latent_dim": True}, {"beta": float("nan")}, {"sigma": 0}):
        with pytest.raises(ArgumentError, match=f"`{next(iter(wrong))}`"):
            cl.VAE((8, 8, 1), **wrong)
