"""The plain autoencoder: the VAE's trunk without its noise and its price."""

import keras
import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError

rng = np.random.default_rng(0)


def noise(n, shape=(8, 8, 1)):
    return rng.integers(0, 256, (n, *shape), np.uint8)


@pytest.mark.parametrize("architecture", ["dense", "convolutional", "deep"])
@pytest.mark.parametrize("shape", [(28, 28, 1), (9, 13, 3)])
def test_any_size_comes_back(architecture, shape):
    plain = cl.AutoEncoder(shape, 3, architecture)
    images = noise(4, shape)
    assert plain.encode(images).shape == (4, 3)
    decoded = plain.reconstruct(images)
    assert decoded.shape == images.shape
    assert decoded.min() >= 0
    assert decoded.max() <= 1


def test_it_has_the_vaes_trunk_and_one_head_less():
    plain, vae = cl.AutoEncoder((8, 8, 1), 4), cl.VAE((8, 8, 1), 4)
    for part in ("encoder", "decoder"):
        for a, b in zip(getattr(plain, part).get_weights(), getattr(vae, part).get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    trained = [sum(int(np.prod(w.shape)) for w in model.trainable_weights) for model in (vae, plain)]
    assert trained[0] - trained[1] == plain.code.count_params()


def test_same_image_same_code_and_the_loss_is_its_reconstruction():
    plain = cl.AutoEncoder((8, 8, 1), 3)
    images = noise(6)
    np.testing.assert_array_equal(plain.encode(images), plain.encode(images))
    plain.compile(optimizer="sgd")
    told = plain.evaluate(images, verbose=0, return_dict=True)["loss"]
    assert told == pytest.approx(plain.reconstruction_nats(images, plain.encode(images)).mean(), rel=1e-4)


def test_saved_and_loaded(tmp_path):
    plain = cl.AutoEncoder((8, 8, 1), 3, architecture="convolutional", reconstruction="gaussian", sigma=0.1)
    plain.save(tmp_path / "plain.keras")
    copy = keras.saving.load_model(tmp_path / "plain.keras")
    images = noise(3)
    np.testing.assert_allclose(copy.encode(images), plain.encode(images), rtol=1e-5)
    assert copy.get_config() == plain.get_config()


def test_decoder_layers_and_features():
    plain = cl.AutoEncoder((8, 8, 1), 3)
    x = z = rng.normal(size=(4, 3)).astype("f4")
    for kernel, bias, activation in plain.decoder_layers():
        x = x @ kernel + bias
        x = np.maximum(x, 0) if activation == "relu" else 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(x.reshape(4, 8, 8, 1), plain.decode(z), atol=1e-6)
    found = cl.embed(plain, cl.load("digits").test[:7])
    assert found.dimension == 3
    assert not found.supervised


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: cl.AutoEncoder((8, 8, 1), 0), "`latent_dim`"),
        (lambda: cl.AutoEncoder((8, 8, 1), architecture="dens"), "Did you mean 'dense'"),
        (lambda: cl.AutoEncoder((8, 8, 1)).decode(np.zeros((2, 3))), r"`z` should be of shape \(n, 4\)"),
        (lambda: cl.AutoEncoder((8, 8, 1)).features(noise(2), "mean"), "'code'"),
    ],
)
def test_bad_input_is_refused_in_words(make, words):
    with pytest.raises(ArgumentError, match=words):
        make()


@pytest.mark.slow
@pytest.mark.rare
def test_it_rebuilds_better_than_a_vae_of_the_same_size():
    images = cl.load("digits")
    error = {}
    for make in (cl.AutoEncoder, cl.VAE):
        model = make(images.image_shape, 2)
        cl.fit(model, images, epochs=10, show=False)
        error[make.__name__] = ((model.reconstruct(images.train) - images.train.images / 255) ** 2).mean()
    assert error["AutoEncoder"] < error["VAE"]
