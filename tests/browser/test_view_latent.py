"""The latent view in Chromium: its decoder, and a learner's mouse and keys."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from common import numbers_in
from fakes import FakeVAE, some_images

from capslab.widgets.latent.widget import explore_latent

pytestmark = pytest.mark.browser

DECODE = """async ([kernels, layers, points]) => {
  const { makeDecoder } = await import("/js/shared/dense_decoder.js");
  const decode = makeDecoder(Float32Array.from(kernels), layers);
  return points.map((z) => Array.from(decode(z)));
}"""
DECODED = "canvas[aria-label='The decoded image']"


@pytest.mark.parametrize(("latent", "hidden"), [(4, (16, 32)), (16, (64, 128)), (2, ())])
def test_decoder_is_pythons(modules, latent, hidden):
    vae = FakeVAE(latent, side=12, hidden=hidden)
    view = explore_latent(vae)
    points = np.random.default_rng(0).normal(0, 2, (20, latent))
    found = modules.evaluate(DECODE, [view.kernels.tolist(), view.layers, points.tolist()])
    np.testing.assert_allclose(found, vae.decode(points).reshape(20, -1), atol=1e-5)


@pytest.mark.slow
def test_decoder_is_keras(modules):
    from capslab.models import VAE

    vae = VAE((8, 8, 1), latent_dim=8, seed=5)
    view = explore_latent(vae)
    points = np.random.default_rng(0).normal(0, 2, (10, 8))
    found = modules.evaluate(DECODE, [view.kernels.tolist(), view.layers, points.tolist()])
    np.testing.assert_allclose(found, vae.decode(points).reshape(10, -1), atol=1e-5)


@pytest.fixture
def view():
    return explore_latent(FakeVAE(), some_images(), index=7)


def shown(host):
    """Grey levels 0…1 at the middle of each pixel of the decoded image."""
    return np.array(
        host.root.locator(DECODED).evaluate(
            """(c) => { const step = c.width / 8, d = c.getContext("2d"), out = [];
            for (let y = 0; y < 8; y++) for (let x = 0; x < 8; x++)
              out.push(d.getImageData((x + .5) * step, (y + .5) * step, 1, 1).data[0] / 255);
            return out; }"""
        )
    )


def test_picture_is_what_python_decodes(host, view):
    host.frame()
    np.testing.assert_allclose(shown(host), view.image.ravel(), atol=0.01)
    view.z = [1, -1, 2, 0]
    host.sync()
    host.frame()
    np.testing.assert_allclose(shown(host), view.image.ravel(), atol=0.01)


def test_dragging_a_slider(host, view):
    before, words = host.pixels(DECODED), host.words()
    assert words == view.words
    host.drag_slider("z1", 1.0)
    assert host.pixels(DECODED) != before
    assert host.words().startswith("z1 = +3.00σ, moved by")
    host.settle()
    assert view.z[1] == pytest.approx(3)
    assert view.moved == 1
    assert host.words() == view.words
    np.testing.assert_allclose(shown(host), view.image.ravel(), atol=0.01)


def test_a_drag_does_not_talk_to_the_kernel(host, view):
    decoded, slider = view._vae.decoded, host.root.get_by_role("slider", name="z0", exact=True)
    before = host.page.evaluate("model.saves")
    box = slider.bounding_box()
    host.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    host.page.mouse.down()
    for share in np.linspace(0.5, 0, 40):
        host.page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    host.rest(300)
    assert host.words().startswith("z0 = −3.00σ")
    assert host.page.evaluate("model.saves") == before
    host.page.mouse.up()
    host.settle()
    assert view.z[0] == -3
    assert view._vae.decoded == decoded


PAD = "canvas.caps-drawing"


def draw_line(host):
    host.root.get_by_role("button", name="Draw your own").click()
    box = host.root.locator(PAD).bounding_box()
    host.page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.2 * box["height"])
    host.page.mouse.down()
    host.page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    host.page.mouse.up()


@pytest.mark.parametrize("dense", [True, False])
def test_a_drawing_is_encoded(hosted, dense):
    view = explore_latent(FakeVAE(dense=dense), some_images(), index=7)
    host = hosted(view)
    assert not host.root.locator(PAD).is_visible()
    draw_line(host)
    for _ in range(4):
        host.settle(200)
    assert view.origin == "drawing"
    assert view.drawing.any()
    np.testing.assert_allclose(view.z, view._vae.encode(view.drawing[None])[0], atol=1e-4)
    assert host.words() == view.words
    assert view.origin == "drawing"
    assert host.words() == view.words
    np.testing.assert_allclose(shown(host), view.image.ravel(), atol=0.01)
    host.drag_slider("z1", 1.0)
    for _ in range(3):
        host.settle(200)
    assert view.z[1] == 3
    assert host.words().startswith("z1 = +3.00σ")
    assert view.origin == "drawing"
    assert host.words() == view.words
    assert host.errors == []


@pytest.mark.slow
def test_a_drawing_is_encoded_in_the_browser_where_the_encoder_is_small(hosted):
    from capslab.models import VAE

    view = explore_latent(VAE((8, 8, 1), latent_dim=4, seed=5))
    host = hosted(view)
    before = host.words()
    draw_line(host)
    host.frame()
    assert host.page.evaluate("model.get('origin')") == "drawing"  # before Python knows of it
    assert numbers_in(host.words())[0] != numbers_in(before)[0]  # the distance from the centre
    host.settle()
    np.testing.assert_allclose(view.z, view._vae.encode(view.drawing[None])[0], atol=1e-4)
    assert host.words() == view.words


def test_sliders_stand_in_order_of_activity(host):
    names = host.root.get_by_role("slider").evaluate_all("(all) => all.map((s) => s.ariaLabel)")
    assert names == ["A → B", "z1", "z0", "z2", "z3"]
    assert host.root.locator(".caps-kl").all_inner_texts() == ["3.00", "2.00", "1.00", "unused"]


def test_sliders_move_by_keys(host, view):
    host.root.get_by_role("slider", name="z2", exact=True).focus()
    before = view.z[2]
    host.page.keyboard.press("ArrowRight")
    host.settle()
    assert view.z[2] == pytest.approx(before + 0.01, abs=0.006)


def test_buttons(host, view):
    host.root.get_by_role("button", name="To the prior's centre").click()
    host.settle()
    assert view.z == (0.0,) * 4
    host.root.get_by_role("button", name="Random draw").click()
    host.settle()
    assert np.abs(view.z).min() > 0
    assert view.origin == "random"
    assert host.words() == view.words
    assert host.root.locator(".caps-thumb[aria-pressed=true]").count() == 0  # z is no image's code any more


def test_picking_two_images_and_going_between(host, view):
    assert host.root.get_by_role("slider", name="A → B").is_disabled()
    host.root.locator(".caps-thumb").nth(2).click()
    host.settle()
    a = int(view.positions[2])
    assert view.index == a
    np.testing.assert_allclose(view.z, view._code(a), atol=6e-5)
    host.root.get_by_role("button", name="Pick B").click()
    host.root.locator(".caps-thumb").nth(9).click()
    host.settle()
    b = int(view.positions[9])
    assert (view.other, view.mix) == (b, 0.5)
    host.drag_slider("A → B", 1.0)
    host.settle()
    np.testing.assert_allclose(view.z, view._code(b), atol=2e-4)
    assert host.words() == view.words
    assert numbers_in(host.words())[0] == "1.00"  # of the way
    assert host.root.get_by_role("img", name="Decoded images from A to B").is_visible()


def test_code_follows_without_a_kernel(host):
    host.root.get_by_role("button", name="Show the code").click()
    host.root.get_by_role("button", name="To the prior's centre").click()
    host.frame()
    code = host.root.locator(".caps-code").inner_text()
    assert "z = np.array([0, 0, 0, 0])" in code


def test_pad_of_two_dimensions(hosted):
    view = explore_latent(FakeVAE(latent=2), some_images())
    host = hosted(view, theme="dark")
    host.settle(600)  # the decoded images behind it have come
    pad = host.root.locator("canvas.caps-pad")
    box, before = pad.bounding_box(), host.pixels(DECODED)
    host.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    host.page.mouse.down()
    host.page.mouse.move(box["x"] + box["width"] * 5 / 6, box["y"] + box["height"] / 3, steps=8)
    host.page.mouse.up()
    assert host.pixels(DECODED) != before
    host.settle()
    np.testing.assert_allclose(view.z, [2, 1], atol=0.03)
    pad.focus()
    host.page.keyboard.press("ArrowUp")
    host.page.keyboard.press("Shift+ArrowLeft")
    host.settle()
    np.testing.assert_allclose(view.z, [1.5, 1.1], atol=0.03)
    behind = host.pixels("canvas.caps-pad")
    host.root.get_by_role("button", name="Decoded images").click()
    assert host.pixels("canvas.caps-pad") != behind
    assert host.words() == view.words
    assert host.errors == []


def test_colours_of_the_plane(hosted):
    view = explore_latent(FakeVAE(latent=2), some_images())
    host = hosted(view)
    host.settle(600)
    pad = "canvas.caps-pad"
    by_label = host.pixels(pad)
    switch = host.root.get_by_role("button", name="Colour by cluster")
    meaning = host.root.get_by_text("Colours:")
    assert numbers_in(meaning.inner_text()) == []  # the labels
    switch.click()
    host.settle()
    assert view.color == "cluster"
    assert host.pixels(pad) != by_label
    assert numbers_in(meaning.inner_text()) == ["40", "5"]  # codes, and k
    view.color = "label"
    host.sync()
    assert switch.get_attribute("aria-pressed") == "false"
    assert host.pixels(pad) == by_label
    assert host.errors == []


def test_colours_of_the_plane_without_labels(hosted):
    host = hosted(explore_latent(FakeVAE(latent=2), some_images(labelled=False)))
    assert numbers_in(host.root.get_by_text("Colours:").inner_text()) == ["40", "10"]  # codes, and k
    assert host.root.get_by_role("button", name="Colour by cluster").count() == 0
    assert host.errors == []


def test_kernel_decodes_the_newest_point_alone(hosted):
    view = explore_latent(FakeVAE(dense=False), some_images())
    host = hosted(view)
    decoded = view._vae.decoded
    host.drag_slider("z1", 1.0, steps=60)
    for _ in range(4):
        host.settle(200)
    assert view.z[1] == 3
    assert view._vae.decoded - decoded <= 6
    np.testing.assert_allclose(view.decoded, view.image, atol=1e-6)
    np.testing.assert_allclose(shown(host), view.image.ravel(), atol=0.01)
    assert host.errors == []


def test_a_silent_kernel_is_told(hosted):
    view = explore_latent(FakeVAE(dense=False), some_images())
    host = hosted(view)
    host.drag_slider("z1", 1.0)
    host.rest(4400)  # no answer is let through
    words = host.root.locator(".caps-words")
    assert "kernel" in words.inner_text()
    assert not words.inner_text().startswith("z1")
    for _ in range(3):
        host.settle()
    assert words.inner_text().startswith("z1 = +3.00σ")
    np.testing.assert_allclose(shown(host), view.image.ravel(), atol=0.01)


def test_hidden_controls_are_not_there(hosted):
    view = explore_latent(
        FakeVAE(), some_images(), hide=("images", "interpolate", "random", "draw", "sliders")
    )
    host = hosted(view)
    assert host.root.get_by_role("slider").count() == 0
    assert host.root.get_by_role("button").all_inner_texts() == [
        "To the prior's centre",
        "Full screen",
        "Show the code",
    ]
    assert host.errors == []


CELLS = [
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})",
    "from fakes import FakeCapsNet, FakeVAE, some_images\nimport capslab as cl",
    "view = cl.explore_latent(FakeVAE(latent=6), some_images(), index=7)\nview",
    "routing = cl.show_routing(FakeCapsNet(), some_images(), index=3)\nrouting",
]


def test_in_jupyterlab(lab, page):
    notebook = lab.open(page, CELLS)
    notebook.views.nth(1).wait_for()
    notebook.drag_slider("z1", 1.0)
    notebook.until_kernel("view.z[1]", "3.0")
    words = notebook.views.first.locator(".caps-words")
    assert words.inner_text() == ast.literal_eval(notebook.ask("view.words"))
    notebook.views.nth(1).get_by_role("button", name="one iteration back").click()
    notebook.until_kernel("routing.iteration", "2")
    notebook.run("routing.iteration = 1")
    told = notebook.views.nth(1).locator(".caps-words")
    notebook.until(lambda: told.inner_text().startswith("Iteration 1 of 3"))
    assert notebook.errors == []
