"""The pose view in Chromium: its decoder, and a learner's mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakePoseNet, some_images

from capslab.widgets.pose.widget import explore_pose

pytestmark = pytest.mark.browser

DECODE = """async ([kernels, layers, digits, capsule, poses]) => {
  const { makeDecoder } = await import("/js/shared/dense_decoder.js");
  const { poseDecoder } = await import("/js/pose/arithmetic.js");
  const decode = poseDecoder(makeDecoder(Float32Array.from(kernels), layers), digits);
  return poses.map((pose) => Array.from(decode(capsule, pose)));
}"""
DECODED = "canvas[aria-label='The image that the pose decodes to']"
CHANGE = "canvas[aria-label^='What changed']"


@pytest.mark.parametrize("capsule", [0, 3])
def test_decoder_is_pythons(modules, capsule):
    model = FakePoseNet()
    view = explore_pose(model, some_images()[7])
    poses = np.zeros((20, 5, 6), np.float32)
    poses[:, capsule] = np.random.default_rng(0).normal(0, 0.4, (20, 6))
    arguments = [view.kernels.tolist(), view.layers, 5, capsule, poses[:, capsule].tolist()]
    found = modules.evaluate(DECODE, arguments)
    expected = model.decode(poses, np.full(20, capsule)).reshape(20, -1)
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.fixture
def view():
    return explore_pose(FakePoseNet(), some_images()[7])


@pytest.fixture
def host(hosted, view):
    host = hosted(view)
    yield host
    assert host.errors == []
    assert host.requests == []


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


def test_dragging_a_slider(host, view):
    k = view.order[0]
    picture, change, words = host.pixels(DECODED), host.pixels(CHANGE), host.words()
    assert words == view.words
    host.drag_slider(f"pose[{k}]", 0.95)
    assert host.pixels(DECODED) != picture
    assert host.pixels(CHANGE) != change
    assert f"pose[{k}] at +0.90" in host.words()
    host.settle()
    assert view.pose[k] == pytest.approx(0.9, abs=0.011)
    assert view.moved == k
    assert host.words() == view.words
    np.testing.assert_allclose(shown(host), view.image.ravel(), atol=0.01)


def test_a_drag_does_not_talk_to_the_kernel(host, view):
    k, before = view.order[-1], host.page.evaluate("model.saves")
    slider = host.root.get_by_role("slider", name=f"pose[{k}]", exact=True)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    host.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    host.page.mouse.down()
    host.page.mouse.move(box["x"], box["y"] + box["height"] / 2, steps=40)
    host.rest(300)
    assert host.page.evaluate("model.saves") == before
    host.page.mouse.up()
    host.settle()
    assert view.pose[k] == -1


def test_sliders_stand_in_order_and_move_by_keys(host, view):
    names = host.root.get_by_role("slider").evaluate_all("(all) => all.map((s) => s.ariaLabel)")
    assert names == [f"pose[{k}]" for k in view.order]
    host.root.get_by_role("slider").first.focus()
    before = view.pose[view.order[0]]
    host.page.keyboard.press("ArrowRight")
    host.settle()
    assert view.pose[view.order[0]] == pytest.approx(before + 0.005, abs=0.006)
    assert view.moved == view.order[0]


def test_reset_and_another_capsule(host, view):
    reset = host.root.get_by_role("button", name="As read from the image")
    assert reset.is_disabled()
    host.drag_slider(f"pose[{view.order[0]}]", 0.9)
    host.settle()
    reset.click()
    host.settle()
    assert view.pose == view.start
    assert host.words() == view.words
    other = (view.predicted + 1) % 5
    host.root.get_by_label("digit capsule").select_option(str(other))
    host.settle()
    assert view.capsule == other
    assert view.pose == view.start
    assert host.words() == view.words
    names = host.root.get_by_role("slider").evaluate_all("(all) => all.map((s) => s.ariaLabel)")
    assert names == [f"pose[{k}]" for k in view.order]
    np.testing.assert_allclose(shown(host), view.image.ravel(), atol=0.01)


def test_dragging_along_the_sweep(host, view):
    k = view.order[0]
    film = host.root.locator("canvas.caps-film")
    box, before = film.bounding_box(), host.pixels("canvas.caps-film")
    y = box["y"] + box["height"] / 2
    host.page.mouse.move(box["x"] + box["width"] / 2, y)
    host.page.mouse.down()
    host.page.mouse.move(box["x"] + box["width"] - 2, y, steps=8)
    host.page.mouse.up()
    host.settle()
    assert view.pose[k] == pytest.approx(view.start[k] + 0.25, abs=1e-3)
    assert host.pixels("canvas.caps-film") != before
    assert host.words() == view.words


def test_python_moves_the_picture(host, view):
    view.pose = [0.5, -0.5, 0.2, 0, 0.1, 0.3]
    assert host.words() == view.words
    np.testing.assert_allclose(shown(host), view.image.ravel(), atol=0.01)
    view.capsule = 4
    assert host.words() == view.words
    assert host.root.get_by_label("digit capsule").input_value() == "4"


def test_code_follows_without_a_kernel(host, view):
    host.page.evaluate("model.save_changes = () => {}")
    host.root.get_by_role("button", name="Show the code").click()
    host.drag_slider(f"pose[{view.order[0]}]", 1.0)
    assert host.words().startswith("Capsule")
    assert f"pose[{view.order[0]}] at +1.00" in host.words()
    numbers = [f"{v:g}" for v in view.pose]
    numbers[view.order[0]] = "1"
    code = host.root.locator(".caps-code").inner_text()
    assert "poses[0, %d] = [%s]" % (view.capsule, ", ".join(numbers)) in code  # noqa: UP031


def test_hidden_controls_are_not_there(hosted):
    view = explore_pose(
        FakePoseNet(), some_images()[7], hide=("capsule", "sliders", "reset", "sweep", "code", "screen")
    )
    host = hosted(view)
    assert host.root.get_by_role("slider").count() == 0
    assert host.root.locator("canvas.caps-film").count() == 0
    assert (
        host.root.get_by_role("button").count() == 0 or not host.root.get_by_role("button").first.is_visible()
    )
    assert host.errors == []


def test_dark_theme_draws_other_colours(hosted, view, chromium):
    light = hosted(view).pixels(CHANGE)
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    from hosting import Hosted

    dark = Hosted(context.new_page(), view, theme="dark")
    assert dark.pixels(CHANGE) != light
    assert dark.errors == []
    context.close()
