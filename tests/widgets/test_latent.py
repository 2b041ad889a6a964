"""The latent view on the Python side: words, code, state, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from common import numbers_in
from fakes import FakeVAE, some_images

from capslab.errors import ArgumentError
from capslab.widgets.latent.widget import explore_latent


@pytest.fixture
def vae():
    return FakeVAE()


@pytest.fixture
def images():
    return some_images()


def test_starts_at_the_code_of_an_image(vae, images):
    view = explore_latent(vae, images, index=7)
    np.testing.assert_allclose(view.z, vae.encode(images.images[[7]])[0], atol=6e-5)
    np.testing.assert_allclose(view.image, vae.decode([view.z])[0], atol=1e-6)
    assert (view.origin, view.index, view.moved) == ("image", 7, None)
    assert numbers_in(view.words)[:2] == ["7", f"{np.linalg.norm(view.z):.2f}"]
    assert "(c)" in view.words  # the class of the image


def test_without_images_starts_at_the_centre(vae):
    view = explore_latent(vae)
    assert view.z == (0.0,) * 4
    assert view.origin == "centre"
    assert numbers_in(view.words)[0] == "0.00"  # ‖z‖
    view.z = [0, 0, 1.5, 0]
    assert view.words.startswith("z2")
    assert numbers_in(view.words)[:3] == ["+1.50", "+1.50", "1.50"]  # where it is, how far it went, ‖z‖
    assert "nats" not in view.words
    assert view.picture(dpi=40).startswith(b"\x89PNG")


def test_dimensions_are_ordered_by_what_they_carry(vae, images):
    view = explore_latent(vae, images)
    assert view.order == [1, 0, 2, 3]
    z = list(view.z)
    z[1] = -2.0
    view.z = z
    assert view.moved == 1
    assert view.words.startswith("z1 = −2.00σ")
    assert numbers_in(view.words)[-3:] == ["3.00", "1", "4"]  # nats, and its rank
    z[3] = 1.0
    view.z = np.array(z)
    assert view.words.startswith("z3 = +1.00σ")
    by = f"{1.0 - view.start[3]:+.2f}".replace("-", "−")
    assert numbers_in(view.words)[1:4] == [by, str(view.index), "1"]  # one other moved too
    assert numbers_in(view.words)[-1] == "0.00"  # nats: a dimension that is not in use


def test_several_dimensions_at_once_are_a_new_point(vae, images):
    view = explore_latent(vae, images)
    view.z = np.ones(4)
    assert view.origin == "set"
    assert numbers_in(view.words)[0] == "2.00"  # ‖z‖ alone: no image, and no dimension that moved


def test_picking_interpolating_resetting_drawing(vae, images):
    view = explore_latent(vae, images, index=2)
    view.index = 5
    np.testing.assert_allclose(view.z, vae.encode(images.images[[5]])[0], atol=6e-5)
    view.other, view.mix = 9, 0.25
    a, b = vae.encode(images.images[[5, 9]])
    np.testing.assert_allclose(view.z, 0.75 * a + 0.25 * b, atol=1e-4)
    assert numbers_in(view.words)[:3] == ["0.25", "5", "9"]
    assert view.words.index("(a)") < view.words.index("(e)")
    view.draw(seed=4)
    first = view.z
    assert view.origin == "random"
    assert numbers_in(view.words)[0] == f"{np.linalg.norm(view.z):.2f}"
    view.reset()
    assert view.z == (0.0,) * 4
    view.draw(seed=4)
    assert view.z == first


def test_decoder_travels_once_and_whole(vae, images):
    view = explore_latent(vae, images)
    assert view.layers == [[4, 16, "relu"], [16, 32, "relu"], [32, 64, "sigmoid"]]
    assert view.kernels.dtype == np.float32
    assert len(view.kernels) == 4 * 16 + 16 + 16 * 32 + 32 + 32 * 64 + 64
    np.testing.assert_array_equal(view.kernels[: 4 * 16].reshape(4, 16), vae.layers[0][0])
    decoded = vae.decoded
    view.z = np.zeros(4)
    assert vae.decoded == decoded  # nothing is decoded here unless asked for


def test_other_decoders_answer_from_python(images):
    vae = FakeVAE(dense=False)
    view = explore_latent(vae, images)
    assert view.layers == []
    assert view.words.startswith(explore_latent(FakeVAE(), images).words + " ")  # and a sentence about it
    view.set_state({"z": [0, 0, 0, 1], "moved": 3, "asked": 1})
    assert view.answered == 1
    np.testing.assert_allclose(view.decoded, vae.decode([[0, 0, 0, 1]])[0], atol=1e-6)


def test_an_error_while_decoding_shows_under_the_view(images):
    vae = FakeVAE(dense=False)
    view = explore_latent(vae, images)
    vae.layers = [(np.ones((3, 3)), np.ones(3))]
    view.set_state({"z": [1, 0, 0, 0], "asked": 1})
    assert "ValueError" in view.error


def test_what_the_browser_sends_is_kept_as_it_is(vae, images):
    view = explore_latent(vae, images)
    view.set_state({"index": 3, "z": [1, 1, 1, 1], "start": [1, 1, 1, 0.5], "moved": 3, "origin": "image"})
    assert view.z == (1.0, 1.0, 1.0, 1.0)
    assert view.words.startswith("z3 = +1.00σ")
    assert numbers_in(view.words)[:3] == ["+1.00", "+0.50", "3"]
    assert "(d)" in view.words


def test_code_runs_and_decodes_what_is_on_screen(vae, images):
    import matplotlib

    matplotlib.use("Agg")
    view = explore_latent(vae, images, index=1)
    scope = {"vae": vae}
    exec(view.code, scope)
    np.testing.assert_allclose(scope["picture"], view.image, atol=1e-6)


def test_state_shows_the_same_again(vae, images):
    view = explore_latent(vae, images)
    view.index, view.other, view.mix = 4, 8, 0.3
    view.z = [*view.z[:3], 2.5]
    again = explore_latent(vae, images, state=view.state)
    assert again.words == view.words
    assert again.state == view.state
    assert again.z == view.z


def test_plane_for_two_dimensions(images):
    view = explore_latent(FakeVAE(latent=2), images)
    assert view.plane.shape == (40, 2)
    assert view.plane_labels.tolist().count(0) == 8
    assert view.picture(dpi=40).startswith(b"\x89PNG")
    assert explore_latent(FakeVAE(latent=3), images).plane is None


def test_colours_of_the_plane_are_labels_or_clusters():
    images = some_images()
    vae = FakeVAE(latent=2)
    spots = 2.0 * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1], [0, 0]])
    turn = np.random.default_rng(0).permutation(5)
    bright = lambda pixels: np.asarray(pixels, float)[:, :, :, 0].sum(axis=1).argmax(axis=1)  # noqa: E731
    vae.encode = lambda pixels: spots[turn][bright(pixels)].astype(np.float32)
    view = explore_latent(vae, images)
    assert view.color == "label"
    # The codes fall together exactly as the classes do, so clusters carry the classes' numbers.
    np.testing.assert_array_equal(view.plane_clusters, view.plane_labels)
    view.color = "cluster"
    assert view.picture(dpi=40).startswith(b"\x89PNG")
    titles = [axis.get_title() for axis in view.figure().subfigs[1].axes]
    assert [numbers_in(title) for title in titles] == [["40"]]
    assert "cluster" in titles[0]
    again = explore_latent(vae, images, state=view.state)
    assert again.color == "cluster"
    assert explore_latent(vae, images, color="cluster").color == "cluster"


def test_colours_without_labels_or_without_a_plane(fails):
    plain = some_images(labelled=False)
    view = explore_latent(FakeVAE(latent=2), plain)
    assert view.color == "cluster"
    assert sorted(set(view.plane_clusters.tolist())) == list(range(10))
    with fails(ArgumentError, "color"):
        view.color = "label"
    with fails(ArgumentError, "color"):
        explore_latent(FakeVAE(latent=3), some_images(), color="cluster")
    with fails(ArgumentError, "color", names="'cluster'"):
        explore_latent(FakeVAE(latent=2), plain, color="clusters")
    assert explore_latent(FakeVAE(latent=3), plain).color == "label"
    same = FakeVAE(latent=2)
    same.encode = lambda pixels: np.zeros((len(pixels), 2), np.float32)
    with fails(ArgumentError, "color"):
        explore_latent(same, some_images(), color="cluster")
    assert explore_latent(same, plain).color == "label"  # a collapsed VAE is shown all the same


def test_strip_takes_in_what_python_asks_for(vae):
    images = some_images(n=300)
    view = explore_latent(vae, images)
    outside = next(i for i in range(300) if i not in view.positions)
    view.other = outside
    assert view.positions[0] == outside
    np.testing.assert_allclose(view.codes[0], vae.encode(images.images[[outside]])[0], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("z", [1, 2]),
        ("z", ["a"] * 4),
        ("z", [0, 0, 0, np.nan]),
        ("index", 40),
        ("other", -41),
        ("mix", 1.5),
        ("moved", 4),
    ],
)
def test_bad_values_are_refused_in_words(vae, images, name, value, fails):
    view = explore_latent(vae, images)
    before = view.z
    with fails(ArgumentError, name):
        setattr(view, name, value)
    assert view.z == before


def test_bad_arguments_are_refused_in_words(vae, images, fails):
    with fails(ArgumentError, "vae"):
        explore_latent(object(), images)
    with pytest.raises(ArgumentError, match=r"\(10, 10, 1\)"):
        explore_latent(vae, some_images(side=10))
    with fails(ArgumentError, "index"):
        explore_latent(vae, index=3)
    with fails(ArgumentError, "index"):
        explore_latent(vae).index = 3
    with pytest.raises(ArgumentError, match="sliders"):
        explore_latent(vae, images, hide=("knobs",))
    with pytest.raises(ArgumentError, match="LatentView"):
        explore_latent(vae, images, state=json.dumps({"view": "RoutingView", "v": 2}))


def test_static_page_has_picture_and_words(vae, images):
    data, meta = explore_latent(vae, images)._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert meta["image/png"]["alt"] == data["text/plain"]


def test_a_drawing_from_python_is_encoded_and_kept_in_the_state(vae, images):
    view = explore_latent(vae, images)
    view.strokes = [[(0.5, 0.2), (0.5, 0.8)]]
    assert view.origin == "drawing"
    np.testing.assert_allclose(view.z, vae.encode(view.drawing[None])[0], atol=1e-4)
    assert numbers_in(view.words)[0] == f"{np.linalg.norm(view.z):.2f}"  # the place is no image's
    moved = [*view.z[:-1], 1.5]
    view.z = moved
    again = explore_latent(vae, images, state=view.state)
    assert (again.z, again.start, again.strokes) == (view.z, view.start, view.strokes)
    assert again.words == view.words
    there = view.z
    view.strokes = []  # a wiped pad leaves z where it is
    assert view.z == there
