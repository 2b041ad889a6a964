"""Shapes, parameter counts, saving, bad input, and what each network says of images."""

import keras
import numpy as np
import pytest

import capslab as cl
from capslab import routing
from capslab.errors import ArgumentError
from capslab.models import PRESETS

rng = np.random.default_rng(0)


def noise(n, shape):
    return rng.integers(0, 256, (n, *shape), np.uint8)


def caps_parameters(model):
    return model.trunk.count_params() + model.digit_capsules.count_params()


@pytest.mark.parametrize(
    ("preset", "shape", "grid", "parameters"),
    [
        ("digits", (8, 8, 1), (4, 4, 4), 55_232),
        ("small", (28, 28, 1), (1, 1, 8), 35_952),
        ("visible", (28, 28, 1), (6, 6, 2), 111_488),
        ("accurate", (28, 28, 1), (3, 3, 8), 116_848),
        ("paper", (28, 28, 1), (6, 6, 32), 6_804_384),
        ("overlap", (36, 36, 1), (3, 3, 12), 317_528),
        ("overlap-quick", (36, 36, 1), (3, 3, 8), 179_736),
    ],
)
def test_presets_have_the_shapes_and_sizes_they_promise(preset, shape, grid, parameters):
    model = cl.CapsNet(shape, 10, preset=preset)
    assert model.grid == grid
    assert caps_parameters(model) == parameters
    capsules = int(np.prod(grid))
    assert model.primary(noise(2, shape)).shape == (2, capsules, 8)
    assert model.poses(noise(2, shape)).shape == (2, 10, PRESETS[preset].dimension)


def test_the_papers_network_has_eight_million_parameters_with_its_decoder():
    assert cl.CapsNet((28, 28, 1), 10, preset="paper").count_params() == pytest.approx(8.2e6, rel=0.01)


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (9, 13, 2), (40, 28, 1), (64, 64, 3)])
@pytest.mark.parametrize("make", [cl.CapsNet, cl.DenseBaseline])
def test_any_size_channels_and_classes(make, shape):
    model = make(shape, ("cat", "dog", "eel"))
    labels = model.classify(noise(3, shape))
    assert labels.shape == (3,)
    assert set(labels.tolist()) <= {0, 1, 2}


@pytest.mark.parametrize("architecture", ["dense", "convolutional"])
@pytest.mark.parametrize("shape", [(28, 28, 1), (9, 13, 3)])
def test_vae_gives_back_the_size_it_takes(architecture, shape):
    vae = cl.VAE(shape, latent_dim=3, architecture=architecture)
    images = noise(4, shape)
    assert vae.encode(images).shape == (4, 3)
    decoded = vae.reconstruct(images)
    assert decoded.shape == images.shape
    assert decoded.min() >= 0
    assert decoded.max() <= 1
    assert vae.sample(5).shape == (5, *shape)


def test_receptive_fields_are_exactly_what_the_gradient_sees():
    import tensorflow as tf

    for preset, shape in (("digits", (8, 8, 1)), ("visible", (28, 28, 1)), ("accurate", (28, 28, 1))):
        model = cl.CapsNet(shape, 10, preset=preset)
        rows, columns, types = model.grid
        x = tf.constant(rng.random((1, *shape)) * 255, tf.float32)
        for row, column in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 2)}:
            i = (row * columns + column) * types
            top, left, bottom, right = model.receptive_field(i)
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = tf.reduce_sum(model.trunk(x)[0, i])
            seen = np.abs(tape.gradient(value, x).numpy()[0, :, :, 0])
            inside = np.zeros(shape[:2], bool)
            inside[top:bottom, left:right] = True
            assert seen[~inside].max(initial=0) == 0, preset
            assert seen[inside].max() > 0, preset
    with pytest.raises(ArgumentError, match="`capsule` should be from 0 to 71"):
        cl.CapsNet((28, 28, 1), 10, preset="visible").receptive_field(72)


def test_route_reproduces_the_network_to_1e5():
    model = cl.CapsNet((8, 8, 1), 10)
    images = noise(5, (8, 8, 1))
    for image in images:
        trace = routing.route(model, image)
        np.testing.assert_allclose(trace.outputs[-1], model.poses(image[None])[0], atol=1e-5)
    assert trace.grid == (4, 4, 4)
    assert trace.votes.shape == (64, 10, 8)
    assert routing.route(model, images[0], iterations=7).couplings.shape == (7, 64, 10)


def test_the_decoder_reads_one_capsule_and_no_label_when_measured():
    model = cl.CapsNet((8, 8, 1), 10)
    poses = model.poses(noise(4, (8, 8, 1)))
    longest = np.linalg.norm(poses, axis=-1).argmax(axis=1)
    np.testing.assert_allclose(model.decode(poses), model.decode(poses, longest))
    assert np.abs(model.decode(poses, (longest + 1) % 10) - model.decode(poses)).max() > 1e-4

    # The loss that is reported must be the same whatever labels go with wrong predictions' decoders.
    images, labels = noise(4, (8, 8, 1)), np.zeros(4, "int32")
    model.compile(optimizer="sgd")
    told = model.evaluate(images, labels, verbose=0, return_dict=True)["reconstruction"]
    other = model.evaluate(images, labels + 1, verbose=0, return_dict=True)["reconstruction"]
    assert told == pytest.approx(other)


@pytest.mark.parametrize(
    "make",
    [
        lambda: cl.CapsNet((8, 8, 1), ("a", "b", "c"), iterations=2),
        lambda: cl.DenseBaseline((8, 8, 1), 3, hidden=16),
        lambda: cl.VAE((8, 8, 1), 2, beta=2.0, reconstruction="gaussian"),
        lambda: cl.VAE((8, 8, 3), 2, architecture="convolutional"),
    ],
)
def test_saved_and_loaded_as_any_keras_model(make, tmp_path):
    model = make()
    for weight in model.weights:  # not the values that its seed would make again
        if "seed" not in weight.path:
            weight.assign(np.asarray(rng.normal(size=weight.shape)) ** 2 * 0.1)
    model.save(tmp_path / "model.keras")
    copy = keras.saving.load_model(tmp_path / "model.keras")
    images = noise(3, model.image_shape)
    what = "encode" if isinstance(model, cl.VAE) else "classify"
    np.testing.assert_allclose(getattr(copy, what)(images), getattr(model, what)(images), rtol=1e-5)
    assert copy.get_config() == model.get_config()
    assert copy.classes == model.classes


def test_same_seed_same_network_other_seed_another():
    images = noise(2, (8, 8, 1))
    first, same, other = (cl.CapsNet((8, 8, 1), 10, seed=s).poses(images) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert np.abs(first - other).max() > 1e-3


def test_elbo_is_reconstruction_plus_kl_and_the_importance_bound_is_no_looser():
    vae = cl.VAE((8, 8, 1), 2)
    images = noise(20, (8, 8, 1))
    bound = vae.elbo(images, samples=30)
    assert (bound.kl >= 0).all()
    np.testing.assert_allclose(bound.elbo, -(bound.reconstruction + bound.kl))
    tight = vae.log_likelihood(images, samples=30)
    assert (tight - bound.elbo).mean() > -0.5
    assert vae.kl_per_dimension(images).sum() == pytest.approx(bound.kl.mean(), rel=1e-4)


def test_dense_decoder_layers_reproduce_decode():
    vae = cl.VAE((8, 8, 1), 3)
    x = z = rng.normal(size=(4, 3)).astype("f4")
    for kernel, bias, activation in vae.decoder_layers():
        x = x @ kernel + bias
        x = np.maximum(x, 0) if activation == "relu" else 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(x.reshape(4, 8, 8, 1), vae.decode(z), atol=1e-6)
    assert cl.VAE((8, 8, 1), 3, architecture="convolutional").decoder_layers() is None


@pytest.mark.parametrize("preset", ["digits", "any-size"])
def test_the_decoder_of_a_capsule_network_is_dense_layers_with_or_without_batch_norm(preset):
    net = cl.CapsNet((8, 8, 1), 3, preset=preset)
    norms = [layer for layer in net.decoder.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(norms) == (2 if preset == "any-size" else 0)
    for norm in norms:  # as after training
        norm.set_weights([rng.uniform(0.5, 2, w.shape) for w in norm.get_weights()])
    poses, labels = rng.normal(size=(4, 3, net.design.dimension)).astype("f4"), [0, 1, 2, 1]
    x = (poses * np.eye(3)[labels][..., None]).reshape(4, -1)
    for kernel, bias, activation in net.decoder_layers():
        x = x @ kernel + bias
        x = np.maximum(x, 0) if activation == "relu" else 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(x.reshape(4, 8, 8, 1), net.decode(poses, labels), atol=1e-5)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: cl.CapsNet((28, 28, 1), 10, preset="smal"), "Did you mean 'small'"),
        (lambda: cl.CapsNet((8, 8, 1), 10, preset="small"), 'large enough for the preset "small"'),
        (lambda: cl.CapsNet((8, 8, 1), 1), "`classes` should be at least two"),
        (lambda: cl.CapsNet((8, 8, 1), ()), "`classes` should be at least two"),
        (lambda: cl.CapsNet((8, 8, 1), 10, iterations=0), "`iterations`"),
        (lambda: cl.CapsNet(8, 10), "`image_shape` should be"),
        (lambda: cl.DenseBaseline((8, 8, 0), 10), "`image_shape` should be"),
        (lambda: cl.VAE((8, 8, 1), 0), "`latent_dim`"),
        (lambda: cl.VAE((8, 8, 1), beta=-1), "`beta`"),
        (lambda: cl.VAE((8, 8, 1), architecture="convolution"), "Did you mean 'convolutional'"),
        (lambda: cl.VAE((8, 8, 1), reconstruction="mse"), "one of 'bernoulli', 'gaussian'"),
        (lambda: cl.VAE((8, 8, 1), 2).decode(np.zeros(2)), r"`z` should be of shape \(n, 2\)"),
        (
            lambda: cl.DenseBaseline((8, 8, 1), 3).classify(noise(2, (9, 9, 1))),
            "this model was made for 8 × 8 × 1",
        ),
        (lambda: cl.DenseBaseline((8, 8, 1), 3).classify(rng.random((2, 8, 8, 1))), "uint8 pixels"),
        (
            lambda: cl.DenseBaseline((8, 8, 1), 3).features(noise(2, (8, 8, 1)), "hiden"),
            "Did you mean 'hidden'",
        ),
    ],
)
def test_bad_input_is_refused_in_words(make, words):
    with pytest.raises(ArgumentError, match=words):
        make()
