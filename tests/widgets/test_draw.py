"""The drawing pad without a browser: strokes, answers, words, code, state, bad input."""

from __future__ import annotations

import json

import numpy as np
import pytest
from common import numbers_in
from fakes import FakeCapsNet, FakeClassifier, FakePoseNet, FakeVAE

from capslab.data.strokes_to_image import centred, inked
from capslab.errors import ArgumentError
from capslab.routing import route
from capslab.widgets.draw.widget import draw_digit

SEVEN = [[(0.2, 0.2), (0.7, 0.2), (0.4, 0.9)], [(0.3, 0.5), (0.6, 0.5)]]


@pytest.fixture
def model():
    return FakePoseNet()


@pytest.fixture
def view(model):
    view = draw_digit(model, FakeVAE())
    view.strokes = SEVEN
    return view


def test_an_empty_pad_says_so(model):
    view = draw_digit(model)
    assert numbers_in(view.words) == []
    assert view.words
    assert view.lengths is None
    assert view.predicted is None
    assert view.trace is None
    assert not view.image.any()
    assert view.image.shape == (8, 8, 1)


def test_strokes_set_from_python_are_seen(view, model):
    np.testing.assert_array_equal(view.image, centred(inked(SEVEN, view.pen), (8, 8, 1)))
    trace = route(model, view.image)
    np.testing.assert_allclose(view.lengths, trace.lengths[-1], atol=1e-6)
    assert view.predicted == trace.predicted
    masked = model.decode(trace.outputs[-1:])[0]
    np.testing.assert_allclose(view.reconstruction, masked, atol=1e-5)
    np.testing.assert_allclose(view.z, FakeVAE().encode(view.image[None])[0], atol=1e-6)
    order = np.argsort(-view.lengths)
    assert f"{model.classes[order[0]]} (length {view.lengths[order[0]]:.2f})" in view.words
    assert f"{model.classes[order[1]]} ({view.lengths[order[1]]:.2f})" in view.words
    assert numbers_in(view.words)[2:4] == [f"{trace.entropy[-1]:.2f}", "1"]
    assert all(f"z{k} = " in view.words for k in view.axes)


def test_a_wider_pen_shows(view):
    before = view.image
    view.pen = 0.2
    assert (view.image != before).any()
    np.testing.assert_array_equal(view.image, centred(inked(SEVEN, 0.2), (8, 8, 1)))


def test_an_image_from_the_browser_is_answered_in_one_call(view, model):
    image = np.random.default_rng(0).integers(0, 255, (8, 8, 1), dtype=np.uint8)
    asked = model.asked
    view.set_state({"drawing": memoryview(image.tobytes()), "asked": 1})
    assert model.asked == asked + 1
    assert view.answered == 1
    np.testing.assert_array_equal(view.image, image)
    np.testing.assert_allclose(view.primary, model.primary(image[None])[0])
    assert view.predicted == route(model, image).predicted


def test_clearing(view, model):
    view.clear()
    assert view.words == draw_digit(model, FakeVAE()).words
    assert view.primary is None
    assert view.z is None
    assert view.lengths is None


def test_a_network_without_capsules_says_what_is_missing():
    model = FakeClassifier()
    view = draw_digit(model)
    view.strokes = SEVEN
    np.testing.assert_allclose(view.probabilities, model.probabilities(view.image[None])[0], atol=1e-6)
    assert view.predicted == model.classify(view.image[None])[0]
    assert view.words.endswith(view.missing)
    assert all(word in view.missing for word in ("FakeClassifier", "capsules", "routing", "reconstruction"))
    assert "(probability " in view.words
    assert view.trace is None
    assert view.reconstruction is None
    assert "route" not in view.code


def test_capsules_without_a_decoder_say_what_is_missing():
    view = draw_digit(FakeCapsNet())
    view.strokes = SEVEN
    assert view.words.endswith(view.missing)
    assert all(word in view.missing for word in ("decoder", "reconstruction"))
    assert "routing" not in view.missing
    assert view.reconstruction is None
    assert "model.decode" not in view.code


def test_a_vae_that_the_browser_cannot_decode_is_decoded_here():
    vae = FakeVAE(dense=False)
    view = draw_digit(FakePoseNet(), vae)
    assert view.vae_layers == []
    view.strokes = SEVEN
    np.testing.assert_allclose(view.decoded, vae.decode(view.z[None])[0], atol=1e-6)


def test_axes_are_the_dimensions_that_show_most():
    vae = FakeVAE(latent=6)
    vae.layers[0][0][[0, 1, 3, 5]] *= 0.01  # dimensions 2 and 4 alone move the picture
    assert sorted(draw_digit(FakePoseNet(), vae).axes) == [2, 4]
    assert draw_digit(FakePoseNet(), FakeVAE(latent=2)).axes == [0, 1]
    assert draw_digit(FakePoseNet(), FakeVAE(latent=1)).axes == [0]


def test_code_runs_and_gives_what_is_on_screen(view, model):
    scope = {"model": model, "vae": FakeVAE()}
    exec(view.code, scope)
    np.testing.assert_array_equal(scope["image"], view.image)
    np.testing.assert_allclose(scope["trace"].lengths[-1], view.lengths, atol=1e-6)
    np.testing.assert_allclose(scope["reconstruction"], view.reconstruction, atol=1e-5)
    np.testing.assert_allclose(scope["z"], view.z, atol=1e-6)


def test_state_shows_the_same_again(view, model):
    view.pen = 0.15
    again = draw_digit(model, FakeVAE(), state=view.state)
    assert again.words == view.words
    assert again.state == view.state
    np.testing.assert_array_equal(again.image, view.image)


def test_colour_images_of_any_size():
    class Wide(FakeClassifier):
        def __init__(self):
            super().__init__()
            self.image_shape = (24, 30, 3)
            self.mix = np.random.default_rng(0).normal(size=(24 * 30 * 3, 5))

    view = draw_digit(Wide())
    view.strokes = SEVEN
    assert view.image.shape == (24, 30, 3)
    assert (view.image[..., 0] == view.image[..., 2]).all()
    assert view.picture(dpi=40).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("strokes", [[(0.5, 1.5)]]),
        ("strokes", [[(0.5, np.nan)]]),
        ("strokes", [[0.5, 0.5]]),
        ("strokes", [[]]),
        ("strokes", "seven"),
        ("pen", 0.5),
    ],
)
def test_bad_values_are_refused_in_words(view, name, value, fails):
    before = view.image
    with fails(ArgumentError, name):
        setattr(view, name, value)
    assert view.image is before


def test_bad_arguments_are_refused_in_words(model, fails):
    with fails(ArgumentError, "model"):
        draw_digit(FakeVAE())
    with fails(ArgumentError, "model"):
        draw_digit("a model")
    with fails(ArgumentError, "vae"):
        draw_digit(model, model)
    with pytest.raises(ArgumentError, match=r"\(12, 12, 1\)"):
        draw_digit(model, FakeVAE(side=12))
    with pytest.raises(ArgumentError, match="eraser"):
        draw_digit(model, hide=("eraser",))
    with pytest.raises(ArgumentError, match="DrawingView"):
        draw_digit(model, state=json.dumps({"view": "RoutingView", "v": 2}))


def test_an_error_while_looking_shows_under_the_view(view, model):
    model.mix = model.mix[:3]
    view.set_state({"drawing": memoryview(bytes(range(64))), "asked": 1})
    assert "ValueError" in view.error


def test_static_page_has_picture_and_words(view):
    data, meta = view._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert meta["image/png"]["alt"] == data["text/plain"] == view.words


@pytest.mark.slow
def test_real_networks_one_image_at_a_time():

    import capslab as cl

    model, vae = cl.pretrained("capsnet-digits"), cl.pretrained("vae-digits")
    view = draw_digit(model, vae)
    view.strokes = SEVEN
    np.testing.assert_allclose(view.lengths, model.lengths(view.image[None])[0], atol=1e-4)
    np.testing.assert_allclose(view.z, vae.encode(view.image[None])[0], atol=1e-4)
    np.testing.assert_allclose(view.reconstruction, model.decode(model.poses(view.image[None]))[0], atol=1e-4)
    dense = cl.pretrained("dense-digits")
    seen = draw_digit(dense, state=view.state)
    np.testing.assert_allclose(seen.probabilities, dense.probabilities(view.image[None])[0], atol=1e-4)
