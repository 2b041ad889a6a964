"""The overlap view in Chromium: push one digit over another with a mouse, by keys, from Python."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakePairNet, some_images
from hosting import Hosted

import capslab as cl
from capslab.data.digit_pairs import INK
from capslab.widgets.overlap.figure import divided

pytestmark = pytest.mark.browser

IMAGE = "canvas[aria-label^='What the network sees']"
GIVEN = "canvas[aria-label='The pixels as the network divides them']"
FIRST_DRAWN = "canvas[aria-label='What the first capsule draws']"
CHART = "canvas[aria-label^='Lengths at every shift']"


@pytest.fixture
def view():
    return cl.explore_overlap(FakePairNet(), some_images())


def test_dragging_the_slider_changes_pictures_words_and_python(host: Hosted, view):
    before = {name: host.pixels(name) for name in (IMAGE, GIVEN, FIRST_DRAWN, CHART)}
    words, saves = host.words(), host.page.evaluate("model.saves")
    assert words == view.words
    host.drag_slider("shift", 1.0)
    assert host.words() != words
    for name, pixels in before.items():
        assert host.pixels(name) != pixels, name
    host.settle()
    assert view.shift == view.reach
    assert host.words() == view.words
    assert host.page.evaluate("model.saves") == saves + 1  # when the mouse was let go


def test_pushing_the_image_itself(host: Hosted, view):
    box = host.root.locator(IMAGE).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    host.page.mouse.move(x, y)
    host.page.mouse.down()
    host.page.mouse.move(x - 3 * box["width"] / 12, y, steps=6)  # three of twelve pixels
    host.page.mouse.up()
    host.settle()
    assert view.shift == -3
    assert host.words() == view.words


def test_the_chart_is_clicked_to_go_there(host: Hosted, view):
    box = host.root.locator(CHART).bounding_box()
    host.page.mouse.click(box["x"] + box["width"] - 13, box["y"] + 60)
    host.settle()
    assert view.shift == view.reach


def test_keys_and_another_pair(host: Hosted, view):
    image = host.pixels(IMAGE)
    host.root.locator(".caps-thumb").first.focus()
    host.page.keyboard.press("ArrowRight")
    host.settle()
    assert view.pair == 1
    assert host.pixels(IMAGE) != image
    host.root.get_by_role("slider", name="shift").focus()
    host.page.keyboard.press("ArrowLeft")
    host.settle()
    assert view.shift == -1
    view.pair, view.shift = 2, 3
    host.sync()
    assert host.words() == view.words
    assert host.root.locator(".caps-thumb[aria-pressed=true]").count() == 1
    host.root.get_by_role("button", name="Show the code").click()
    assert host.root.locator(".caps-code").inner_text().strip() == view.code.strip()


COMPOSE = """async ([digits, owner]) => {
  const { compose, colourMasks, divide } = await import("/js/overlap/arithmetic.js");
  const { image, masks } = compose(Uint8Array.from(digits), 0, [5, 6, 1]);
  const divided = divide(Uint8Array.from(owner), 0, masks);
  const pictures = [masks, divided.masks].map((some) => [...colourMasks(some)]);
  return { image: [...image], truth: pictures[0], divided: pictures[1], wrong: divided.wrong };
}"""


def test_pictures_are_composed_as_python_composes_them(modules):
    rng = np.random.default_rng(0)
    digits = rng.integers(0, 256, (2, 5, 6, 1), np.uint8)
    owner = rng.integers(0, 2, (5, 6))
    composed = modules.evaluate(COMPOSE, [digits.ravel().tolist(), owner.ravel().tolist()])
    masks = digits[..., 0] >= INK
    assert composed["image"] == np.minimum(digits.astype(int).sum(axis=0), 255).ravel().tolist()
    np.testing.assert_allclose(composed["truth"], 255 * divided(masks).ravel(), atol=0.5)
    ink = masks.any(axis=0)
    given = np.stack([(owner == k) & ink for k in (0, 1)])
    np.testing.assert_allclose(composed["divided"], 255 * divided(given).ravel(), atol=0.5)
    assert composed["wrong"] == np.flatnonzero(ink & ~np.take_along_axis(masks, owner[None], 0)[0]).tolist()


@pytest.mark.parametrize("hide", [("pairs", "shift"), ("drawings", "pixels", "lengths", "distances", "code")])
def test_hidden_parts_are_not_there(hosted, hide):
    host = hosted(cl.explore_overlap(FakePairNet(), some_images(), hide=hide), theme="dark")
    gone = {"pairs": ".caps-strip", "shift": "[data-control=shift]", "drawings": FIRST_DRAWN, "pixels": GIVEN,
            "lengths": "canvas[aria-label^='Lengths of the digit']", "distances": CHART}  # fmt: skip
    for name, selector in gone.items():
        assert host.root.locator(selector).count() == (name not in hide), name
    assert host.root.get_by_role("button", name="Show the code").is_visible() == ("code" not in hide)
    assert host.errors == []
