"""The network view on the Python side: its numbers against other computations, words, code, bad input."""

from __future__ import annotations

import re

import numpy as np
import pytest
from common import ROOT, numbers_in
from fakes import FakeCapsNet, FakeNetwork, FakePoseNet, some_images
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate

import capslab as cl
from capslab.errors import ArgumentError
from capslab.routing import routing_by_agreement
from capslab.widgets.network import content as made
from capslab.widgets.network import figure as network_figure
from capslab.widgets.network.parts import share


@pytest.fixture(scope="module")
def model():
    return FakeNetwork()


@pytest.fixture(scope="module")
def images():
    return some_images()


@pytest.fixture
def view(model, images):
    return cl.show_network(model, images, index=7)


def slot(view):
    return view.positions.tolist().index(view.index)


# what goes over


def test_the_arrays_are_the_models(view, model, images):
    pixels = images.images[[7]]
    here = slot(view)
    np.testing.assert_array_equal(view.primary[here], model.primary(pixels)[0])
    np.testing.assert_array_equal(view.weights, model.weights)
    np.testing.assert_array_equal(view.thumbs[here], pixels[0])
    for layer, maps in zip(view.layers, model.feature_maps(pixels), strict=False):
        size = maps[0].size
        np.testing.assert_array_equal(view.maps[here, layer["at"] : layer["at"] + size], maps.ravel())
    assert view.maps.shape[1] == sum(maps[0].size for maps in model.feature_maps(pixels))


def test_routing_has_double_precision_and_is_otherwise_that_of_route(view, model, images):
    expected = cl.route(model, images[7])
    np.testing.assert_allclose(view.trace.couplings, expected.couplings, atol=1e-6)
    votes = np.einsum("ijdp,ip->ijd", model.weights.astype(float), view.primary[slot(view)].astype(float))
    exact = routing_by_agreement(votes, 3, model.bias.astype(float))
    np.testing.assert_allclose(view.trace.couplings, exact.couplings, rtol=1e-12)


def test_each_drawn_digit_capsule_is_decoded_at_each_iteration(view, model):
    here = slot(view)
    for step in range(3):
        for k, j in enumerate(view.rows[here]):
            expected = model.decode(view.trace.outputs[[step]].astype(np.float32), [j])[0]
            np.testing.assert_allclose(view.decoded[here, step, k] / 255, expected.ravel(), atol=0.6 / 255)


def test_a_number_of_a_map_is_the_convolution_worked_out_by_scipy(view, model):
    """What the browser is given: windows, weights, scale and shift."""
    inputs = view.thumbs[slot(view)] / 255
    for number, layer in enumerate(view.layers[:-1]):
        one = model.convolutions()[number]
        rows, columns, count = layer["maps"]
        after = view.maps[slot(view), layer["at"] :][: rows * columns * count].reshape(rows, columns, count)
        room = np.prod(layer["kernel"]) * layer["inputs"]
        for k, number_of_map in enumerate(layer["drawn"]):
            start = layer["kernels"] + k * (room + 2)
            weights = view.kernels[start : start + room].reshape(*layer["kernel"], layer["inputs"])
            scale, shift = view.kernels[start + room : start + room + 2]
            padded = np.pad(inputs, [(pad, pad) for pad in layer["pad"]] + [(0, 0)])
            whole = correlate(padded, weights, "valid")[:: layer["strides"][0], :: layer["strides"][1], 0]
            expected = np.maximum(scale * whole + shift, 0)
            np.testing.assert_allclose(after[..., number_of_map], expected, atol=1e-4)
            np.testing.assert_array_equal(weights, one.kernel[..., number_of_map])
        inputs = after
    assert view.layers[-1]["drawn"] == []  # the primary capsules' own


def test_strongest_couplings_are_drawn_and_the_words_count_them(images, monkeypatch):
    monkeypatch.setattr(made, "EDGES", 50)
    view = cl.show_network(FakeNetwork(gain=2), images)
    couplings = view.trace.couplings[-1].ravel()
    drawn = made.drawn_edges(view.trace)
    assert len(drawn) == 50
    assert couplings[drawn].min() >= np.delete(couplings, drawn).max()
    assert numbers_in(view.words)[4:6] == ["50", "120"]


def test_of_many_digit_capsules_the_longest_and_the_true_one_are_drawn():
    rng = np.random.default_rng(0)
    votes = rng.normal(size=(6, 40, 3))
    shortest = int(routing_by_agreement(votes).lengths[-1].argmin())
    trace = routing_by_agreement(votes, label=shortest)
    rows = made.drawn_rows(trace)
    assert len(rows) == made.ROWS
    assert shortest in rows
    others = np.setdiff1d(np.arange(40), rows)
    kept = np.setdiff1d(rows, [shortest])
    assert trace.lengths[-1][kept].min() >= trace.lengths[-1][others].max()
    assert set(made.drawn_edges(trace) % 40) == set(rows)


# words


def test_words_name_prediction_truth_and_the_strongest_coupling(view, model, images):
    trace, names = view.trace, model.classes
    winner = trace.predicted
    i, j = np.unravel_index(trace.couplings[-1].argmax(), trace.couplings[-1].shape)
    said = numbers_in(view.words)
    assert said[:4] == ["3", "3", f"{trace.lengths[-1, winner]:.2f}", *said[3:4]]
    assert f"predicted {names[winner]} " in view.words
    assert f"true {names[trace.label]}" in view.words
    assert f"→ {names[j]}, c = {trace.couplings[-1, i, j]:.2f}" in view.words
    view.iteration = 1
    assert "even share, c = 1/5" in view.words


def test_each_kind_of_part_has_its_numbers_in_words(view, model):
    trace, learned = view.trace, model.routing_weights()
    view.part = ("primary", 5, 2)
    top, left, bottom, right = model.receptive_field(5)
    adds = trace.couplings[-1, 5, 2] * trace.votes[5, 2] @ trace.outputs[-1, 2] / trace.lengths[-1, 2]
    assert view.words.endswith(f"adds {adds:+.3f} to ‖s‖.".replace("-", "−"))
    assert f"rows {top + 1}–{bottom} and columns {left + 1}–{right}" in view.words

    view.part = ("digit", 2)
    s = trace.couplings[-1, :, 2] @ trace.votes[:, 2] + learned.bias[2]
    length = np.linalg.norm(s)
    assert numbers_in(view.words)[-2:] == [f"{length:.3f}", f"{length**2 / (1 + length**2):.3f}"]

    filter_ = view.layers[1]["drawn"][0]
    view.part = ("map", 1, filter_, 2, 0)
    value = model.feature_maps(view.thumbs[[slot(view)]])[1][0, 2, 0, filter_]
    assert numbers_in(view.words)[-5:] == [str(filter_ + 1), "2", "3", "1", f"{value:.3f}"]

    view.part = ("reconstruction", 3)
    picture = model.decode(trace.outputs[[-1]].astype(np.float32), [3])[0]
    error = np.mean((np.round(picture * 255) / 255 - view.thumbs[slot(view)] / 255) ** 2)
    assert numbers_in(view.words)[-1] == f"{error:.4f}"


def test_a_part_without_a_digit_capsule_means_the_longest(view):
    view.part = ("primary", 3)
    assert view.part == ("primary", 3, view.trace.predicted)
    view.part = "reconstruction"
    assert view.part == ("reconstruction", view.trace.predicted)
    view.part = None
    assert view.part == ()


@given(st.floats(0, 1))
def test_shares_are_rounded_to_the_nearest(value):
    assert abs(float(share(value)) - value) <= 0.50001e-4


def test_browser_and_still_have_the_same_colours():
    source = (ROOT / "js/src/network/colours.js").read_text()
    triples = re.findall(r"\[(\d+), (\d+), (\d+)\]", source)
    assert [f"#{int(r):02x}{int(g):02x}{int(b):02x}" for r, g, b in triples] == list(network_figure.RAMP)


# code, state, other images


@pytest.mark.parametrize(
    "part", [(), ("map", 1, None, 2, 0), ("primary", 5, 2), ("digit", 2), ("reconstruction", 3)]
)
def test_code_runs_and_gives_the_numbers_on_screen(view, model, images, part):
    part = tuple(view.layers[1]["drawn"][2] if number is None else number for number in part)
    view.iteration, view.part = 2, part
    scope, said = {"model": model, "images": images}, []
    scope["print"] = lambda *parts: said.extend(parts)
    exec(view.code, scope)
    np.testing.assert_allclose(scope["trace"].couplings, view.trace.couplings, atol=1e-6)
    told = [float(value) for value in said if np.ndim(value) == 0 and not isinstance(value, str)]
    if part[:1] == ("map",):
        assert told[-1] == pytest.approx(told[-2], abs=1e-5)
    if part[:1] == ("primary",):
        np.testing.assert_allclose(scope["vote"], view.trace.votes[5, 2], atol=1e-5)
        assert told[-1] == pytest.approx(view.trace.contributions[1, 5, 2], abs=1e-5)
    if part[:1] == ("digit",):
        assert told[-1] == pytest.approx(view.trace.lengths[1, 2], abs=1e-5)
    if part[:1] == ("reconstruction",):
        assert told[-1] == pytest.approx(float(numbers_in(view.words)[-1]), abs=2e-4)


def test_the_same_again_from_its_state(view, model, images):
    view.index, view.iteration, view.part = 11, 2, ("primary", 4, 1)
    again = cl.show_network(model, images, state=view.state)
    assert (again.words, again.state, again.code) == (view.words, view.state, view.code)


def test_one_image_in_any_form(model, images):
    words = {
        cl.show_network(model, image).words
        for image in (images.images[7], images.images[7][..., 0], cl.Images(images.images[[7]]))
    }
    assert len(words) == 1
    view = cl.show_network(model, images[7])
    assert view.single
    assert "true" in view.words
    scope = {"model": model, "image": images[7]}
    exec(view.code, scope)
    np.testing.assert_allclose(scope["trace"].couplings, view.trace.couplings, atol=1e-6)


def test_an_image_that_is_not_among_those_sent_takes_the_place_of_one(model):
    images = some_images(60)
    view = cl.show_network(model, images)
    other = next(i for i in range(60) if i not in view.positions)
    count = len(view.positions)
    view.index = other
    assert len(view.positions) == count
    np.testing.assert_array_equal(view.thumbs[slot(view)], images.images[other])
    np.testing.assert_allclose(view.trace.couplings, cl.route(model, images[other]).couplings, atol=1e-6)


def test_large_networks_send_fewer_images(model, images, monkeypatch):
    size = cl.show_network(model, images)._content(0).size
    monkeypatch.setattr("capslab.widgets.network.widget.BUDGET", 3 * size)
    assert len(cl.show_network(model, images).positions) == 3
    monkeypatch.setattr("capslab.widgets.network.widget.BUDGET", 1)
    view = cl.show_network(model, images, index=30)
    assert view.positions.tolist() == [30]


def test_labels_that_the_network_does_not_know_are_left_out(model):
    view = cl.show_network(model, some_images(classes=8)[7])
    assert view.trace.label is None
    assert "true" not in view.words
    assert view.picture(dpi=40).startswith(b"\x89PNG")


@pytest.mark.parametrize("grid", [(1, 1, 8), (6, 6, 1), (4, 4, 4), (2, 3, 5)])
def test_any_grid_has_words_and_a_picture(grid, images):
    view = cl.show_network(FakeNetwork(grid=grid), images)
    assert "of type" in view.words if grid[:2] == (1, 1) else "at row" in view.words
    assert view.picture(dpi=40).startswith(b"\x89PNG")


# bad input


def set_part(part):
    def act(model, images):
        cl.show_network(model, images).part = part

    return act


def spoilt(model):
    bad = FakeNetwork()
    bad.weights[0, 0, 0, 0] = np.nan
    return bad


@pytest.mark.parametrize(
    ("act", "argument"),
    [
        (lambda model, images: cl.show_network(FakeCapsNet(), images), "model"),
        (lambda model, images: cl.show_network(FakePoseNet(), images), "model"),
        (lambda model, images: cl.show_network(object(), images), "model"),
        (lambda model, images: cl.show_network(spoilt(model), images), "model"),
        (lambda model, images: cl.show_network(model, some_images(side=9)), "image"),
        (lambda model, images: cl.show_network(model, some_images(side=9)[3]), "image"),
        (lambda model, images: cl.show_network(model, images.images), "image"),
        (lambda model, images: cl.show_network(model, images.images[..., 0]), "image"),
        (lambda model, images: cl.show_network(model, images.images[7] / 255), "image"),
        (lambda model, images: cl.show_network(model, images.images[7].astype(int)), "image"),
        (lambda model, images: cl.show_network(model, np.full((8, 8), np.nan)), "image"),
        (lambda model, images: cl.show_network(model, np.full((8, 8), np.inf)), "image"),
        (lambda model, images: cl.show_network(model, None), "image"),
        (lambda model, images: cl.show_network(model, "seven.png"), "image"),
        (lambda model, images: cl.show_network(model, [[1, 2], [3]]), "image"),
        (lambda model, images: cl.show_network(model, images, index=40), "index"),
        (lambda model, images: cl.show_network(model, images, iterations=11), "iterations"),
        (lambda model, images: cl.show_network(model, images, iterations=2.5), "iterations"),
        (lambda model, images: setattr(cl.show_network(model, images), "iteration", 4), "iteration"),
        (set_part(3), "part"),
        (set_part("capsule"), "part"),
        (set_part(("digit", 5)), "part"),
        (set_part(("digit", 1.5)), "part"),
        (set_part(("primary", 24)), "part"),
        (set_part(("primary",)), "part"),
        (set_part(("map", 0)), "part"),
        (set_part(("map", 2, 0, 0, 0)), "part"),
        (set_part(("map", 0, 99, 0, 0)), "part"),
        (set_part([["digit"], 1]), "part"),
    ],
)
def test_bad_input_is_refused_in_words(model, images, act, argument, fails):
    with fails(ArgumentError, argument):
        act(model, images)


def test_what_is_refused_leaves_the_view_as_it_was(view):
    view.part = ("digit", 2)
    before = view.words, view.state
    for name, value in (("part", ("digit", 9)), ("iteration", 0), ("index", 99)):
        with pytest.raises(ArgumentError):
            setattr(view, name, value)
    assert (view.words, view.state) == before
