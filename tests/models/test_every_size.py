"""Every model with default arguments, for images of every size from 4 pixels a side: it builds and learns."""

import itertools
from dataclasses import replace

import keras
import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.models import PRESETS, CapsNet, ConvNet, OverlapNet, SceneNet
from capslab.models.capsnet_for_size import cells, design_for

SIDES = [*range(4, 41), 64, 96]
SQUARES = [(side, side, channels) for side in SIDES for channels in (1, 3)]
STRIPS = [(4, 40, 1), (40, 4, 3), (20, 24, 3), (40, 22, 3), (5, 96, 1), (11, 12, 1), (24, 25, 1), (36, 37, 1)]
SHAPES = SQUARES + STRIPS
# Where one default ends and another begins, what used to be refused, and the extremes.
SOME = [(4, 4, 1), (5, 5, 3), (11, 12, 1), (20, 24, 3), (24, 24, 1), (40, 4, 3)]
MODELS = {
    "CapsNet": lambda shape, classes: cl.CapsNet(shape, classes),
    "ConvNet": lambda shape, classes: ConvNet(shape, classes),
    "DenseBaseline": lambda shape, classes: cl.DenseBaseline(shape, classes),
    "AutoEncoder": lambda shape, classes: cl.AutoEncoder(shape),
    "VAE": lambda shape, classes: cl.VAE(shape),
    "convolutional VAE": lambda shape, classes: cl.VAE(shape, architecture="convolutional"),
    "deep VAE": lambda shape, classes: cl.VAE(shape, architecture="deep"),
    "OverlapNet": lambda shape, classes: OverlapNet(shape, classes),
    "SceneNet": lambda shape, classes: SceneNet(shape, classes),
}
WITH_PRESETS = {"CapsNet": cl.CapsNet, "ConvNet": ConvNet, "OverlapNet": OverlapNet, "SceneNet": SceneNet}


def examples(name, shape, classes, n, seed=0):
    """Noise of that size, and what a model learns from it."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 256, (n, *shape), np.uint8)
    labels = rng.integers(0, classes, n).astype("int32")
    if name == "OverlapNet":
        other = ((labels + 1) % classes).astype("int32")
        digits = rng.integers(0, 256, (n, 2, *shape), np.uint8)
        return x, {"labels": np.stack([labels, other], axis=1), "digits": digits}
    if name == "SceneNet":
        return x, {"present": np.eye(classes, dtype="float32")[labels], "label": labels, "digit": x}
    return x, labels if name in ("CapsNet", "ConvNet", "DenseBaseline") else None


def takes_a_step(name, shape, classes, n=1):
    model = MODELS[name](shape, classes)
    model.compile(optimizer=keras.optimizers.SGD(1e-3), run_eagerly=True)
    before = [keras.ops.convert_to_numpy(weight).copy() for weight in model.trainable_weights]
    losses = model.train_on_batch(*examples(name, shape, classes, n), return_dict=True)
    assert all(np.isfinite(value) for value in losses.values()), losses
    after = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    assert any((old != new).any() for old, new in zip(before, after, strict=True))
    assert all(np.isfinite(weight).all() for weight in after)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        *itertools.product(["CapsNet", "ConvNet", "OverlapNet"], [*SOME, (96, 96, 1)]),
        *itertools.product(["DenseBaseline", "AutoEncoder", "VAE"], SOME[::3]),
        *itertools.product(["convolutional VAE", "deep VAE"], [(5, 5, 3), (40, 4, 3)]),
    ],
    ids=str,
)
def test_a_step_at_the_sizes_where_something_changes(name, shape):
    takes_a_step(name, shape, classes=2)


@pytest.mark.parametrize("name", ["CapsNet", "ConvNet", "DenseBaseline", "OverlapNet"])
def test_a_step_with_a_hundred_classes(name):
    takes_a_step(name, (12, 10, 3), classes=100, n=3)


@pytest.mark.parametrize("side", [4, 11, 24, 40])
def test_a_step_of_a_network_for_windows(side):
    takes_a_step("SceneNet", (side, side, 1), classes=2)


@pytest.mark.rare
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", MODELS)
def test_a_step_at_every_size(name):
    for shape, classes in itertools.product(SHAPES, (2, 100)):
        if name != "SceneNet" or shape[0] == shape[1]:
            takes_a_step(name, shape, classes)
            keras.backend.clear_session()


# Presets --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_PRESETS)
def test_the_default_preset_fits_every_size_and_bounds_the_capsules(name):
    for shape in SHAPES:
        if name == "SceneNet" and shape[0] != shape[1]:
            continue
        kind = cl.CapsNet if name == "ConvNet" else WITH_PRESETS[name]
        preset = kind.default_preset(shape)
        design = design_for(preset, shape)
        rows, columns = cells(design, shape)
        assert rows >= 1, (shape, preset)
        assert columns >= 1, (shape, preset)
        assert rows * columns * design.types <= 200, (shape, preset)
        assert kind.can_use(design), (shape, preset)


@pytest.mark.parametrize("shape", [(4, 4, 1), (4, 40, 1), (256, 256, 3), (4, 1000, 1)], ids=str)
def test_any_size_has_at_most_six_by_six_places(shape):
    rows, columns = cells(design_for("any-size", shape), shape)
    assert 1 <= rows <= 6
    assert 1 <= columns <= 6


@pytest.mark.parametrize("side", [*SIDES, 200])
def test_any_window_has_eight_capsules_that_see_it_whole(side):
    design = design_for("any-window", (side, side, 1))
    assert cells(design, (side, side, 1)) == (1, 1)
    assert design.types == 8


def test_small_promises_eight_capsules_where_it_says_so():
    model = cl.CapsNet((28, 28, 1), 10)
    assert model.preset == "small"
    assert "28×28" in PRESETS["small"].about
    assert [model.receptive_field(i) for i in range(8)] == [(0, 0, 28, 28)] * 8 or model.grid == (1, 1, 8)


@pytest.mark.parametrize(
    ("shape", "preset"),
    [((8, 8, 1), "digits"), ((28, 28, 1), "small"), ((32, 32, 1), "small"), ((36, 36, 1), "small")],
)
def test_the_networks_of_the_course_stay_what_they_were(shape, preset):
    assert cl.CapsNet.default_preset(shape) == preset


@pytest.mark.parametrize("name", WITH_PRESETS)
def test_a_preset_that_does_not_fit_recommends_one_that_does(name):
    make, refused = WITH_PRESETS[name], set()
    for preset in PRESETS:
        try:
            make((4, 4, 1), 2, preset=preset)
        except ArgumentError as error:
            words = str(error)
            if "`preset`" in words:  # for another kind of network
                continue
            refused.add(preset)
            assert f'large enough for the preset "{preset}"' in words
            other = words.rsplit('preset="')[-1].split('"')[0]
            assert other != preset
            assert make((4, 4, 1), 2, preset=other).preset == other  # the advice, followed
    assert refused
    assert make.for_every_size not in refused if hasattr(make, "for_every_size") else True


def test_the_least_size_in_the_message_is_accepted():
    with pytest.raises(ArgumentError, match="at least 25 × 25 pixels"):
        cl.CapsNet((24, 24, 1), 2, preset="small")
    assert cl.CapsNet((25, 25, 1), 2, preset="small").grid == (1, 1, 8)


def test_receptive_fields_of_a_strip_are_what_the_gradient_sees():
    import tensorflow as tf

    shape = (5, 40, 1)
    model = cl.CapsNet(shape, 2)
    rows, columns, types = model.grid
    x = tf.constant(np.random.default_rng(0).random((1, *shape)) * 255, tf.float32)
    for row, column in ((0, 0), (rows - 1, columns - 1), (rows // 2, columns // 2)):
        i = (row * columns + column) * types
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = tf.reduce_sum(model.trunk(x)[0, i])
        seen = np.abs(tape.gradient(value, x).numpy()[0, :, :, 0]) > 0
        top, left, bottom, right = model.receptive_field(i)
        inside = np.zeros(shape[:2], bool)
        inside[top:bottom, left:right] = True
        assert not seen[~inside].any()
        assert seen[inside].any()


# Sizes that are none --------------------------------------------------------------------


@pytest.mark.parametrize("shape", [np.array([8, 8, 1]), (np.int64(8), np.uint8(8)), np.int32([8, 8])])
def test_numpy_integers_are_sizes(shape):
    assert cl.CapsNet(shape, np.int64(3), iterations=np.int8(1)).image_shape == (8, 8, 1)
    vae = cl.VAE(shape, latent_dim=np.uint16(2))
    assert type(vae.latent_dim) is int
    assert all(type(side) is int for side in vae.image_shape)


@pytest.mark.parametrize(
    "shape",
    [(8,), (1, 8, 8, 1), (0, 8, 1), (8, 8, 0), (3, 8, 1), (-8, 8, 1), (8.0, 8, 1), "8x8", None, (True, 8, 8)],
    ids=str,
)
@pytest.mark.parametrize("name", MODELS)
def test_shapes_that_are_none_are_refused_in_words(name, shape):
    with pytest.raises(ArgumentError, match="`image_shape` should be"):
        MODELS[name](shape, 3)


@pytest.mark.parametrize("name", MODELS)
def test_enormous_images_are_refused_before_memory_is(name):
    with pytest.raises(ArgumentError, match=r"`image_shape` should be of at most 262,144 numbers"):
        MODELS[name]((5000, 5000, 3), 3)


def test_windows_are_square():
    with pytest.raises(ArgumentError, match=r"square window.*Take \(20, 20\)"):
        SceneNet((20, 24, 1), 2)
    assert SceneNet((20, 20), 2).image_shape == (20, 20, 1)


@pytest.mark.parametrize("shape", [(13, 18, 1), (5, 7, 3)], ids=str)
def test_an_overlap_net_reconstructs_in_the_size_of_its_images(shape):
    net = OverlapNet(shape, 3)
    x, _ = examples("OverlapNet", shape, 3, 2)
    assert net.reconstruct(x).shape == x.shape
    separated = net.separate(x)
    assert separated.reconstructions.shape == (2, 2, *shape)
    assert separated.logits.shape == (2, 2, *shape[:2])


def test_the_pull_of_a_preset_changes_gradients_and_no_value():
    import tensorflow as tf

    model = cl.CapsNet((9, 9, 3), 2)
    x, labels = examples("CapsNet", (9, 9, 3), 2, 4)
    given = {}
    for pull in (1.0, 10.0):
        model.design = replace(model.design, pull=pull)
        poses = tf.Variable(model.poses(x))
        with tf.GradientTape() as tape:
            outputs = {"lengths": tf.zeros(poses.shape[:2]), "poses": poses}
            values = model.losses_per_image(x, labels, outputs, training=True)
            loss = tf.reduce_sum(values["loss"])
        given[pull] = float(loss), tape.gradient(loss, poses).numpy()
    assert given[1.0][0] == pytest.approx(given[10.0][0], rel=1e-6)
    np.testing.assert_allclose(10 * given[1.0][1], given[10.0][1], rtol=1e-4, atol=1e-8)


# Weights that mean the same -------------------------------------------------------------


@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (20, 24, 3)], ids=str)
def test_reconstruction_weighs_the_mean_over_pixels_whatever_the_size(shape):
    model = cl.CapsNet(shape, 3)
    x, labels = examples("CapsNet", shape, 3, 4)
    model.compile(optimizer="sgd", run_eagerly=True)
    values = model.evaluate(x, labels, verbose=0, return_dict=True)
    mean = np.square(x / 255 - model.reconstruct(x)).mean()
    assert values["loss"] == pytest.approx(values["margin"] + 0.392 * mean, rel=1e-4)
    if shape == (28, 28, 1):  # the paper's own number
        assert model.reconstruction_weight == pytest.approx(0.0005)


def test_latent_dimensions_grow_with_the_image_up_to_sixteen():
    dimensions = [cl.VAE((side, side, 1)).latent_dim for side in (4, 8, 16, 28, 40)]
    assert dimensions == [4, 4, 8, 16, 16]
    assert cl.AutoEncoder((8, 8, 1)).latent_dim == 4
    assert cl.VAE((8, 8, 1), latent_dim=16).latent_dim == 16


@pytest.mark.parametrize("preset", ["any-size", "visible"])
def test_a_preset_leaves_alone_how_long_a_stream_is_trained_on(preset):
    assert CapsNet((28, 28, 1), 2, preset=preset).recipe != CapsNet.recipe
    assert OverlapNet((28, 28, 1), 2, preset=preset).recipe == OverlapNet.recipe
