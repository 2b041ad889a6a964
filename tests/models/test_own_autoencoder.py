"""An encoder and a decoder of the learner's own as one model, whose codes are in standard deviations."""

from __future__ import annotations

import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.models import OwnAutoencoder, keras
from capslab.widgets.shared import browser_decoder

DENSE = keras.layers.Dense


def network(inputs: int, *layers):
    return keras.Sequential([keras.Input((inputs,)), *layers])


@pytest.fixture(scope="module")
def images():
    return cl.load("digits").test[:60]


@pytest.fixture(scope="module")
def own(images):
    keras.utils.set_random_seed(0)
    encoder = network(64, DENSE(8, "relu"), DENSE(2, bias_initializer="ones"))
    return OwnAutoencoder(encoder, network(2, DENSE(8, "relu"), DENSE(64, "sigmoid")), images)


def test_codes_have_mean_0_and_width_1(own, images):
    codes = own.encode(images)
    assert codes.shape == (60, 2)
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(codes.std(axis=0), 1, atol=1e-5)
    np.testing.assert_allclose(own.encode(images.images[:3]), codes[:3], atol=1e-5)


def test_decodes_what_the_two_networks_make_of_the_pixels(own, images):
    encoder, decoder = own._networks
    rows = images.images.reshape(60, 64).astype(np.float32) / 255
    expected = decoder.predict(encoder.predict(rows, verbose=0), verbose=0)
    np.testing.assert_allclose(own.reconstruct(images).reshape(60, 64), expected, atol=1e-5)


def test_the_browser_decodes_the_same(own):
    z = np.random.default_rng(0).normal(size=(5, 2))
    layers = browser_decoder.dense(own, 2, 64)
    np.testing.assert_allclose(browser_decoder.decoded(layers, z), own.decode(z).reshape(5, 64), atol=1e-5)


def test_any_other_decoder_stays_in_python(images):
    L = keras.layers
    layers = DENSE(9), L.Reshape((3, 3, 1)), L.Conv2DTranspose(1, 4, 2, activation="sigmoid")
    own = OwnAutoencoder(network(64, DENSE(2)), network(2, *layers), images)
    assert own.decoder_layers() is None
    assert own.decode(np.zeros((3, 2))).shape == (3, 8, 8, 1)


def test_the_view_walks_over_its_plane(own, images):
    view = cl.explore_latent(own, images, index=4)
    np.testing.assert_allclose(view.z, own.encode(images.images[[4]])[0], atol=1e-4)
    assert view.kl is None
    assert view.plane.shape == (60, 2)
    view.z = (0.5, view.z[1])
    assert view.moved == 0
    assert "KL" not in view.words
    assert view.figure().axes


@pytest.mark.parametrize(
    ("encoder", "decoder", "argument"),
    [((32, 2), (2, 64), "encoder"), ((64, 2), (3, 64), "decoder"), ((64, 2), (2, 49), "decoder")],
)
def test_networks_that_do_not_fit_are_named(images, encoder, decoder, argument):
    with pytest.raises(ArgumentError) as caught:
        OwnAutoencoder(network(encoder[0], DENSE(encoder[1])), network(decoder[0], DENSE(decoder[1])), images)
    assert caught.value.argument == argument
