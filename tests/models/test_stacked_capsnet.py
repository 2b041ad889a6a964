"""Networks that route in other ways or in several layers: what they compute, saved and loaded."""

from dataclasses import replace

import keras
import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.models.stacked_capsnet import StackedCapsNet
from capslab.routing.variants import ROUTINGS, route_votes

rng = np.random.default_rng(0)
IMAGES = cl.Images(rng.integers(0, 256, (40, 8, 8, 1), np.uint8), np.arange(40) % 3)


def train(model):
    """A few steps, as this is about what changes at all."""
    model.recipe = replace(model.recipe, steps=4)
    cl.fit(model, IMAGES, epochs=1, show=False)


def saved_and_loaded(model, tmp_path):
    model.save(tmp_path / "model.keras")
    return keras.saving.load_model(tmp_path / "model.keras")


@pytest.mark.parametrize("routing", ROUTINGS)
def test_a_network_trains_is_saved_and_comes_back_with_its_way_of_routing(routing, tmp_path):
    model = cl.CapsNet.for_images(IMAGES, routing=routing)
    before = model.routing_weights()
    train(model)
    after = model.routing_weights()
    assert np.isfinite(after.weights).all()
    assert not np.array_equal(before.weights, after.weights)
    assert all(not np.array_equal(before.learned[name], after.learned[name]) for name in before.learned)
    again = saved_and_loaded(model, tmp_path)
    assert again.routing == routing
    np.testing.assert_allclose(again.lengths(IMAGES), model.lengths(IMAGES), atol=1e-6)
    trace = cl.route(again, IMAGES[0])
    np.testing.assert_allclose(trace.lengths[-1], model.lengths(IMAGES[0])[0], atol=1e-3)
    assert trace.iterations == (3 if routing in ("dynamic", "em") else 1)


def test_a_network_that_was_saved_before_there_was_a_choice_routes_by_agreement():
    config = cl.CapsNet.for_images(IMAGES).get_config()
    del config["routing"]
    assert cl.CapsNet.from_config(config).routing == "dynamic"


@pytest.mark.parametrize("show", ["show_network", "draw_digit"])
def test_a_view_of_agreement_refuses_a_network_that_routes_otherwise(show, fails):
    model = cl.CapsNet.for_images(IMAGES, routing="em")
    arguments = (model, IMAGES) if show == "show_network" else (model,)
    with fails(ArgumentError, "model"):
        getattr(cl, show)(*arguments)


def test_each_layer_routes_the_one_below():
    model = StackedCapsNet.for_images(IMAGES, middle=(5, 4), middle_dim=3)
    parts = model.in_batches(model.trunk, model.pixels(IMAGES))
    for layer, lengths in zip(model.middle_capsules, model.middle_lengths(IMAGES), strict=True):
        kernel = keras.ops.convert_to_numpy(layer.kernel)
        split = kernel.reshape(layer.digits, layer.primary, layer.primary_dim, layer.dimension)
        votes = np.einsum("jipd,nip->nijd", split, parts)
        parts = route_votes(votes, "dynamic", 3, keras.ops.convert_to_numpy(layer.bias)).outputs[-1]
        np.testing.assert_allclose(lengths, np.linalg.norm(parts, axis=-1), atol=1e-5)
    np.testing.assert_allclose(model.primary(IMAGES), parts, atol=1e-5)
    assert model.grid == (1, 1, 4)
    assert model.receptive_field(3) == (0, 0, 8, 8)
    last = cl.route(model, IMAGES[0])
    np.testing.assert_allclose(last.lengths[-1], model.lengths(IMAGES[0])[0], atol=1e-3)


def test_without_middle_layers_it_is_the_plain_network():
    plain, stacked = cl.CapsNet.for_images(IMAGES), StackedCapsNet.for_images(IMAGES, middle=())
    np.testing.assert_array_equal(stacked.lengths(IMAGES), plain.lengths(IMAGES))
    assert stacked.middle_lengths(IMAGES) == []
    assert stacked.grid == plain.grid
    assert stacked.receptive_field(9) == plain.receptive_field(9)


def test_a_stack_trains_in_every_layer_and_is_saved(tmp_path):
    model = StackedCapsNet.for_images(IMAGES, middle=(5, 4), routing="attention")
    before = [keras.ops.convert_to_numpy(layer.kernel) for layer in model.middle_capsules]
    train(model)
    for old, layer in zip(before, model.middle_capsules, strict=True):
        assert not np.array_equal(old, keras.ops.convert_to_numpy(layer.kernel))
    again = saved_and_loaded(model, tmp_path)
    np.testing.assert_allclose(again.lengths(IMAGES), model.lengths(IMAGES), atol=1e-6)
    assert again.get_config() == model.get_config()


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"middle": 16}, "middle"),
        ({"middle": "16"}, "middle"),
        ({"middle": (16, 0)}, "middle"),
        ({"middle_dim": 2.5}, "middle_dim"),
        ({"routing": "emm"}, "routing"),
        ({"iterations": 0}, "iterations"),
    ],
)
def test_bad_arguments_are_refused_in_words(options, argument, fails):
    with fails(ArgumentError, argument):
        StackedCapsNet.for_images(IMAGES, **options)


def test_a_middle_capsule_that_is_not_there_has_no_receptive_field(fails):
    with fails(ArgumentError, "capsule"):
        StackedCapsNet.for_images(IMAGES, middle=(4,)).receptive_field(4)
