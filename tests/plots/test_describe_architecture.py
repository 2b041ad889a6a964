"""What a network is read to consist of: shapes and weights are the network's own."""

from __future__ import annotations

import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.models import PRESETS, ConvNet, OverlapNet, SceneNet, keras
from capslab.plots.describe_architecture import describe_architecture

SIZES = {"digits": (8, 8), "overlap": (36, 36), "overlap-quick": (36, 36), "overlap-digits": (12, 12)}
SIZES |= {"scene-digits": (12, 12)}


def capsule_network(preset: str):
    kind = (
        OverlapNet
        if "overlap" in preset
        else SceneNet
        if preset in ("scene", "scene-digits", "any-window")
        else cl.CapsNet
    )
    return kind(SIZES.get(preset, (28, 28)), 10, preset=preset)


def learners_own():
    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.first = keras.layers.Dense(16, activation="relu")
            self.second = keras.layers.Dense(10)

        def call(self, x):
            return self.second(self.first(keras.ops.reshape(x, (-1, 64))))

    model = Mine()
    model(np.zeros((1, 8, 8), "float32"))
    return model


def sequential():
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(8, 3, 2, activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


MODELS = {
    **{preset: lambda preset=preset: capsule_network(preset) for preset in PRESETS},
    "dense": lambda: cl.DenseBaseline((8, 8), 10, hidden=32),
    "convolutional": lambda: ConvNet((28, 28), 10),
    "vae": lambda: cl.VAE((8, 8)),
    "vae, convolutional": lambda: cl.VAE((10, 14, 3), architecture="convolutional"),
    "vae, deep": lambda: cl.VAE((12, 12), architecture="deep"),
    "autoencoder": lambda: cl.AutoEncoder((8, 8)),
    "sequential": sequential,
    "learner's own": learners_own,
}


@pytest.mark.parametrize("name", MODELS)
def test_the_weights_of_the_stages_are_all_weights_of_the_model(name):
    model = MODELS[name]()
    described = describe_architecture(model)
    stages = [stage for branch in described.branches for stage in branch.stages]
    assert sum(stage.weights for stage in stages) == described.weights == model.count_params()
    assert all(None not in stage.shape for stage in stages)


@pytest.mark.parametrize("name", [name for name in MODELS if name not in ("sequential", "learner's own")])
def test_the_shapes_are_those_that_the_model_computes(name):
    model = MODELS[name]()
    described = describe_architecture(model)
    main = described.branches[0].stages
    assert main[0].shape == model.image_shape
    out = model(np.zeros((2, *model.image_shape), np.uint8))
    if isinstance(out, dict) and "poses" in out:
        kinds = {stage.kind: stage.shape for stage in main}
        assert main[-2].shape == tuple(out["poses"].shape[1:])
        assert main[-1].shape == tuple(out["lengths"].shape[1:])
        assert kinds["votes"] == (model.digit_capsules.primary, *out["poses"].shape[1:])
        primary = next(stage for stage in main if stage.kind == "capsules")
        assert primary.shape == tuple(model.trunk.output_shape[1:])
    elif isinstance(out, dict):
        assert main[-1].shape == tuple(out["z"].shape[1:])
    else:
        assert main[-1].shape == tuple(out.shape[1:])
    if len(described.branches) > 1:
        assert described.branches[1].stages[-1].shape == model.image_shape
        assert described.branches[1].stages[-1].kind == "image"


def test_a_capsule_network_in_words():
    described = describe_architecture(capsule_network("visible"))
    sizes = [stage.size for stage in described.branches[0].stages]
    assert sizes == [
        "28 × 28 × 1",
        "14 × 14 × 16",
        "12 × 12 × 32",
        "6 × 6 × 32",
        "72 capsules of 8",
        "72 × 10 votes of 16",
        "10 capsules of 16",
        "10 numbers",
    ]
    assert {"squash", "votes", "routing_step", "margin_loss"} <= set(described.parts)
    assert described.branches[0].stages[1].then == ("BatchNorm", "ReLU")
    assert "stride 2" in described.branches[0].stages[1].name


def test_iterations_and_beta_are_read_from_the_model():
    one = describe_architecture(cl.CapsNet((8, 8), 10, iterations=1))
    assert [s.name for s in one.branches[0].stages if "routing" in s.name] == [
        "routing, 1 iteration: digit capsules"
    ]
    assert "4 · KL" in dict(describe_architecture(cl.VAE((8, 8), beta=4)).losses).__str__()


def test_a_model_of_layers_is_read_in_order():
    stages = describe_architecture(sequential()).branches[0].stages
    assert [stage.name for stage in stages] == [
        "image",
        "convolution 3 × 3, stride 2",
        "max pooling 2 × 2",
        "dense",
    ]
    assert [stage.size for stage in stages] == ["28 × 28 × 1", "13 × 13 × 8", "6 × 6 × 8", "10 numbers"]
    assert stages[1].then == ("ReLU", "BatchNorm")
    assert stages[3].then == ("softmax",)


def test_branches_of_a_functional_model_are_admitted():
    image = keras.Input((8, 8, 1))
    flat = keras.layers.Flatten()(image)
    both = keras.layers.Add()([keras.layers.Dense(4)(flat), keras.layers.Dense(4)(flat)])
    described = describe_architecture(keras.Model(image, both))
    assert "order" in described.note
    assert described.branches[0].stages[-1].name == "add"
    assert describe_architecture(sequential()).note == ""


def test_what_is_no_model_is_refused_in_words(fails):
    for wrong in (3, None, "capsnet", cl.CapsNet, np.zeros(3)):
        with fails(ArgumentError, "model"):
            describe_architecture(wrong)


def test_the_advice_for_a_model_that_is_not_built_works(fails):
    images = cl.load("digits")
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])
    with fails(ArgumentError, "model", names="model.build((None, *images.image_shape))"):
        describe_architecture(model)
    model.build((None, *images.image_shape))
    assert describe_architecture(model).branches[0].stages[-1].shape == (3,)

    class Mine(keras.Model):
        def __init__(self):
            super().__init__()
            self.filters = keras.layers.Conv2D(2, 3)  # takes no uint8
            self.flat, self.out = keras.layers.Flatten(), keras.layers.Dense(3)

        def call(self, x):
            return self.out(self.flat(self.filters(x)))

    mine = Mine()
    with fails(ArgumentError, "model", names="model(images.images[:1] / 255)"):
        describe_architecture(mine)
    mine(images.images[:1] / 255)
    assert describe_architecture(mine).branches[0].stages[-1].shape == (3,)
    with fails(ArgumentError, "model"):
        describe_architecture(keras.Sequential())


def test_reading_a_model_needs_no_keras():
    import subprocess
    import sys

    code = (
        "import sys, capslab.plots.describe_architecture; print({'keras', 'tensorflow'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
