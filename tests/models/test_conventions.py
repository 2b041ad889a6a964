"""What Keras promises of any model: weights of single images and classes, sets of images, pickles."""

import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest

import capslab as cl
from capslab.data import overlapping_pairs
from capslab.data.digit_scenes import stream_windows
from capslab.errors import ArgumentError
from capslab.labelfree.selftraining import SmallNet
from capslab.models import ConvNet, OverlapNet, SceneNet

rng = np.random.default_rng(0)
SHAPE = (8, 8, 1)
LABELS = np.array([0, 1, 2, 1, 0, 2, 2, 1])
PIXELS = rng.integers(0, 256, (8, *SHAPE), np.uint8)
CLASSIFIERS = {
    "CapsNet": lambda: cl.CapsNet(SHAPE, 3),
    "DenseBaseline": lambda: cl.DenseBaseline(SHAPE, 3, hidden=8),
    "ConvNet": lambda: ConvNet(SHAPE, 3),
    "SmallNet": lambda: SmallNet(
        SHAPE, 3, widths=(4, 4, 8), jitter={"turn": 0.0, "scale": 0, "shear": 0, "shift": 0}
    ),
}
OTHERS = {
    "AutoEncoder": lambda: cl.AutoEncoder(SHAPE, 2),
    "VAE": lambda: cl.VAE(SHAPE, 2),
    "OverlapNet": lambda: OverlapNet((12, 12, 1), 10),
    "SceneNet": lambda: SceneNet((12, 12, 1), 10),
}
MODELS = {**CLASSIFIERS, **OTHERS}


@pytest.fixture(scope="module")
def digits():
    return cl.load("digits")


def examples(name, digits):
    """Eight examples of what a model learns from, as `x` and `y`."""
    if name == "OverlapNet":
        pairs = overlapping_pairs(digits, 8, seed=1)
        return pairs.images, {"labels": pairs.labels.astype("int32"), "digits": pairs.digits}
    if name == "SceneNet":
        return next(stream_windows(digits, 12, 2, 8, seed=1))
    return PIXELS, LABELS.astype("int32") if name in CLASSIFIERS else None


def compiled(name, eagerly=True):
    keras.utils.set_random_seed(0)
    model = MODELS[name]()
    model.compile(optimizer=keras.optimizers.SGD(0.01), run_eagerly=eagerly)  # graphs take seconds to make
    return model


def weights(model):
    return keras.ops.convert_to_numpy(model.trainable_weights[0])


@pytest.mark.parametrize("name", MODELS)
def test_loss_is_weighted_per_image_and_divided_by_the_number_of_images(name, digits):
    model = compiled(name)
    x, y = examples(name, digits)
    if name == "VAE":  # the same noise for every image and each time
        model.sampler.noise = lambda shape, dtype: keras.ops.zeros(shape, dtype)
    sample_weight = np.array([0, 1, 2, 0.5, 3, 0, 1, 1], "float32")

    def pick(i):
        return x[i : i + 1], None if y is None else keras.tree.map_structure(lambda part: part[i : i + 1], y)

    alone = [model.evaluate(*pick(i), verbose=0, return_dict=True) for i in range(8)]
    together = model.evaluate(x, y, sample_weight=sample_weight, batch_size=8, verbose=0, return_dict=True)
    for key, value in together.items():
        each = np.array([values[key] for values in alone])
        divisor = 8 if key == "loss" else sample_weight.sum()
        assert value == pytest.approx((each * sample_weight).sum() / divisor, rel=2e-4, abs=1e-6), key
    in_two = model.evaluate(x, y, sample_weight=sample_weight, batch_size=4, verbose=0, return_dict=True)
    assert in_two == pytest.approx(together, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("name", ["DenseBaseline", "AutoEncoder"])
def test_validation_images_have_weights_too(name, digits):
    model = compiled(name)
    x, y = examples(name, digits)
    weights = np.array([0, 1, 2, 0.5, 3, 0, 1, 1], "float32")
    expected = model.evaluate(x, y, sample_weight=weights, verbose=0, return_dict=True)["loss"]
    history = model.fit(x, y, sample_weight=np.zeros(8), validation_data=(x, y, weights), verbose=0)
    assert history.history["val_loss"] == [pytest.approx(expected, rel=1e-4)]


@pytest.mark.parametrize("name", MODELS)
def test_weights_of_zero_give_no_loss_and_no_gradient(name, digits):
    model = compiled(name)
    x, y = examples(name, digits)
    before = [keras.ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    history = model.fit(x, y, sample_weight=np.zeros(8), epochs=1, batch_size=8, verbose=0)
    assert history.history["loss"] == [0.0]
    for old, new in zip(before, model.trainable_weights, strict=True):
        np.testing.assert_array_equal(old, keras.ops.convert_to_numpy(new))
    model.fit(x, y, sample_weight=np.ones(8), epochs=1, batch_size=8, verbose=0)
    assert any(
        (old != keras.ops.convert_to_numpy(new)).any()
        for old, new in zip(before, model.trainable_weights, strict=True)
    )


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_class_weight_is_the_sample_weight_of_each_class(name):
    by_class, by_image, plain = compiled(name), compiled(name), compiled(name)
    weight = {0: 5.0, 1: 1.0, 2: 0.0}
    settings = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0}
    by_class.fit(PIXELS, LABELS, class_weight=weight, **settings)
    by_image.fit(PIXELS, LABELS, sample_weight=np.vectorize(weight.get)(LABELS), **settings)
    plain.fit(PIXELS, LABELS, **settings)
    np.testing.assert_allclose(weights(by_class), weights(by_image), atol=1e-6)
    assert np.abs(weights(by_class) - weights(plain)).max() > 1e-5


@pytest.mark.parametrize("name", OTHERS)
def test_class_weight_is_refused_where_there_are_no_classes_to_weight(name, digits):
    model = compiled(name)
    x, y = examples(name, digits)
    for train in (model.fit, model.train_on_batch):
        with pytest.raises(ArgumentError, match=r"`class_weight` should be left out.*sample_weight"):
            train(x, y, class_weight={0: 2.0})


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_one_hot_labels_and_no_labels_are_refused_in_words(name):
    model = compiled(name, eagerly=name != "CapsNet")
    for train in (model.fit, model.evaluate, model.train_on_batch):
        with pytest.raises(
            ArgumentError, match=r"`y` should be one class number per image.*shape \(n, 3\).*argmax"
        ):
            train(PIXELS, np.eye(3)[LABELS])
        with pytest.raises(ArgumentError, match=r"`y` should be one class number per image.*None"):
            train(PIXELS)


def test_labels_in_one_column_are_labels():
    one, other = compiled("CapsNet"), compiled("CapsNet")
    expected = one.evaluate(PIXELS, LABELS, verbose=0, return_dict=True)
    assert other.evaluate(PIXELS, LABELS[:, None], verbose=0, return_dict=True) == expected


# Sets of images -------------------------------------------------------------------------


def test_keras_methods_take_images_with_their_labels(digits):
    model = cl.DenseBaseline.for_images(digits, hidden=8)
    model.compile(optimizer="sgd", run_eagerly=True)
    some = digits[:40]
    np.testing.assert_array_equal(model.predict(some, verbose=0), model.predict(some.images, verbose=0))
    assert model.predict(some, verbose=0).shape == (40, 10)
    expected = model.evaluate(some.images, some.labels, verbose=0)
    assert model.evaluate(some, verbose=0) == expected
    history = model.fit(some, validation_data=digits[40:60], epochs=1, verbose=0)
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} == set(history.history)
    vae = cl.VAE.for_images(digits, latent_dim=2)
    vae.compile(optimizer="sgd", run_eagerly=True)
    assert "kl" in vae.fit(some, epochs=1, verbose=0).history


def test_an_overlap_net_takes_pairs(digits):
    net = compiled("OverlapNet")
    assert "masks" in net.fit(overlapping_pairs(digits, 8), epochs=1, verbose=0).history


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda d: cl.CapsNet((12, 12, 1), 10).predict(d), r"`images` should be of shape \(n, 12, 12, 1\)"),
        (lambda d: compiled("OverlapNet").evaluate(overlapping_pairs(d, 3, shift=4)), r"\(n, 12, 12, 1\)"),
        (lambda d: compiled("SceneNet").fit(overlapping_pairs(d, 3)), "cl.fit"),
        (lambda d: compiled("DenseBaseline").fit(cl.Images(PIXELS)), "`images` should be labelled"),
    ],
)
def test_sets_that_do_not_fit_are_refused_in_words(use, words, digits):
    with pytest.raises(ValueError, match=words):
        use(digits)


# Pickles --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["capsnet-digits", "vae-digits", "dense-digits"])
def test_an_embedding_can_be_pickled_with_its_decoder(name, digits):
    embedding = cl.embed(cl.pretrained(name), digits[:5])
    again = pickle.loads(pickle.dumps(embedding))
    np.testing.assert_array_equal(again.vectors, embedding.vectors)
    np.testing.assert_array_equal(again.images.images, embedding.images.images)
    if embedding.decode is not None:
        np.testing.assert_allclose(
            again.decode(again.vectors), embedding.decode(embedding.vectors), atol=1e-6
        )


def test_a_pickled_model_is_restored_where_nothing_was_imported(tmp_path):
    model = cl.DenseBaseline(SHAPE, 3, hidden=4)
    (tmp_path / "model.pickle").write_bytes(pickle.dumps(model))
    np.save(tmp_path / "images.npy", PIXELS)
    lines = (
        "import pickle, sys; import numpy as np; from pathlib import Path; folder = Path(sys.argv[1])\n"
        "model = pickle.loads((folder / 'model.pickle').read_bytes())\n"
        "np.save(folder / 'given.npy', model.probabilities(np.load(folder / 'images.npy')))"
    )
    subprocess.run([sys.executable, "-c", lines, str(tmp_path)], check=True, timeout=300)
    np.testing.assert_allclose(np.load(tmp_path / "given.npy"), model.probabilities(PIXELS), atol=1e-6)
