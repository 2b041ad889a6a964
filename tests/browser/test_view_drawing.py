"""The drawing pad in Chromium: its arithmetic, and a learner's mouse, finger and keys."""

from __future__ import annotations

import numpy as np
import pytest
from common import numbers_in
from fakes import FakeClassifier, FakePoseNet, FakeVAE

from capslab.data.strokes_to_image import _placed, centred, filling, inked
from capslab.widgets.draw.widget import draw_digit

pytestmark = pytest.mark.browser

CENTRE = """async ([strokes, pen, size, shape, fill]) => {
  const { inkStrokes, centreInk } = await import("/js/shared/strokes.js");
  const ink = inkStrokes(strokes, pen, size);
  return [Array.from(ink), Array.from(centreInk(ink, size, shape, fill).grey)];
}"""
SEVEN = [(0.2, 0.2), (0.7, 0.2), (0.4, 0.9)]
PAD = "canvas.caps-drawing"
SEEN = "canvas[aria-label='What the network sees']"


@pytest.mark.parametrize(
    ("shape", "pen", "size"),
    [((28, 28), 0.09, 140), ((8, 8), 0.12, 140), ((20, 33), 0.2, 50), ((64, 48), 0.02, 140)],
)
def test_arithmetic_is_pythons(modules, shape, pen, size):
    rng = np.random.default_rng(sum(shape))
    for strokes in (
        [SEVEN],
        [rng.random((12, 2)).tolist() for _ in range(3)],
        [[(0.5, 0.1)]],
        [[(0, 0), (1, 1)]],
        [],
    ):
        ink, grey = modules.evaluate(CENTRE, [strokes, pen, size, shape, filling(shape)])
        expected = inked(strokes, pen, size)
        np.testing.assert_allclose(ink, expected.ravel(), atol=1e-5)
        np.testing.assert_allclose(grey, _placed(expected, *shape, filling(shape)).ravel(), atol=1e-5)


@pytest.fixture
def view():
    return draw_digit(FakePoseNet(), FakeVAE())


@pytest.fixture
def host(hosted, view):
    host = hosted(view)
    yield host
    assert host.errors == []
    assert host.requests == []


def at(host, point):
    """Where a point of the pad (0…1) is on the page."""
    box = host.root.locator(PAD).bounding_box()
    return box["x"] + point[0] * box["width"], box["y"] + point[1] * box["height"]


def press(host, points):
    """Puts the mouse down at the first point and moves it along the others."""
    host.page.mouse.move(*at(host, points[0]))
    host.page.mouse.down()
    for point in points[1:]:
        host.page.mouse.move(*at(host, point), steps=6)


def answered(host):
    """Waits until the answer to the newest drawing is on screen."""
    for _ in range(20):
        host.settle(60)
        told = host.root.evaluate("(r) => ({ ...r.dataset })")
        if told["drawing"] == told["answer"]:
            return
    raise AssertionError(told)


def draw(host, points):
    press(host, points)
    host.page.mouse.up()
    answered(host)


def seen(host, side=8):
    """Grey levels 0…255 of what the network sees."""
    return np.array(
        host.root.locator(SEEN).evaluate(
            """(c, side) => { const step = c.width / side, d = c.getContext("2d"), out = [];
            for (let y = 0; y < side; y++) for (let x = 0; x < side; x++)
              out.push(d.getImageData((x + .5) * step, (y + .5) * step, 1, 1).data[0]);
            return out; }""",
            side,
        )
    )


def test_drawing_with_the_mouse(host, view):
    canvases = host.root.locator("canvas").all()
    before = [canvas.evaluate("(c) => c.toDataURL()") for canvas in canvases]
    assert host.words() == view.words
    assert numbers_in(host.words()) == []
    draw(host, SEVEN)
    assert host.words() == view.words
    assert f"{view.lengths.max():.2f}" in numbers_in(host.words())
    after = [canvas.evaluate("(c) => c.toDataURL()") for canvas in canvases]
    labels = [canvas.get_attribute("aria-label") for canvas in canvases]
    same = [label for label, a, b in zip(labels, before, after, strict=True) if a == b]
    assert same == []  # the pad, what is seen, both decoded images, lengths, maps, their scale, the plane
    np.testing.assert_allclose(view.strokes[0][0], SEVEN[0], atol=0.004)
    np.testing.assert_allclose(view.strokes[0][-1], SEVEN[-1], atol=0.004)
    expected = centred(inked(view.strokes, view.pen), view.shape)
    assert np.abs(view.image.astype(int) - expected).max() <= 1
    np.testing.assert_allclose(seen(host), view.image.ravel(), atol=1)


def test_a_second_stroke_undo_and_clear(host, view):
    undo, clear = (host.root.get_by_role("button", name=name) for name in ("Undo", "Clear"))
    assert undo.is_disabled()
    draw(host, SEVEN)
    first, words = view.image, host.words()
    draw(host, [(0.3, 0.5), (0.6, 0.5)])
    assert len(view.strokes) == 2
    assert (view.image != first).any()
    undo.click()
    answered(host)
    assert len(view.strokes) == 1
    np.testing.assert_array_equal(view.image, first)
    assert host.words() == view.words == words
    clear.click()
    answered(host)
    assert view.strokes == ()
    assert host.words() == view.words
    assert numbers_in(host.words()) == []


def test_a_click_is_a_dot(host, view):
    host.page.mouse.click(*at(host, (0.5, 0.5)))
    answered(host)
    assert view.strokes == (((0.5, 0.5),),) or len(view.strokes[0]) == 1
    assert view.image.any()


def test_pen_width(host, view):
    draw(host, SEVEN)
    before = host.pixels(PAD)
    host.drag_slider("pen width", 1.0)
    answered(host)
    assert view.pen == pytest.approx(0.2)
    assert host.pixels(PAD) != before
    np.testing.assert_allclose(seen(host), view.image.ravel(), atol=1)
    assert host.words() == view.words


def test_drawing_with_keys(host, view):
    host.root.locator(PAD).focus()
    keys = host.page.keyboard
    keys.press("ArrowLeft")  # shows the pen
    for key in ["Space", *["ArrowDown"] * 12, *["Shift+ArrowRight"] * 2, "Space", "ArrowUp"]:
        keys.press(key)
    answered(host)
    assert len(view.strokes) == 1
    np.testing.assert_allclose(view.strokes[0][-1], (0.7, 0.5), atol=0.002)
    assert host.words() == view.words
    assert "Pen up, 70 % across, 48 % down" in host.root.locator(".caps-hint").inner_text()
    keys.press("Space")
    keys.press("Escape")
    answered(host)
    assert len(view.strokes) == 2
    keys.press("Control+z")
    answered(host)
    assert len(view.strokes) == 1
    keys.press("Delete")
    answered(host)
    assert view.strokes == ()


def test_drawing_with_a_finger(host, view):
    host.page.locator(PAD).scroll_into_view_if_needed()
    touch = host.page.context.new_cdp_session(host.page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def send(kind, *points):
        told = [dict(zip("xy", at(host, point), strict=True)) for point in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    send("touchStart", SEVEN[0])
    for t in np.linspace(0, 1, 12):
        send("touchMove", tuple(np.array(SEVEN[0]) * (1 - t) + np.array(SEVEN[1]) * t))
    send("touchEnd")
    answered(host)
    assert len(view.strokes) == 1
    np.testing.assert_allclose(view.strokes[0][-1], SEVEN[1], atol=0.005)
    assert host.words() == view.words


def test_one_question_at_a_time_and_the_newest_wins(host, view):
    model = view._model
    press(host, SEVEN)  # no answer yet: the helper's sync() is what lets one through
    host.page.mouse.up()
    host.rest(200)
    assert host.page.evaluate("model.get('asked')") == 1
    asked = model.asked
    answered(host)
    assert host.page.evaluate("model.get('asked')") == 2
    assert model.asked <= asked + 1
    expected = centred(inked(view.strokes, view.pen), view.shape)
    assert np.abs(view.image.astype(int) - expected).max() <= 1


def test_python_draws_too(host, view):
    view.strokes = [SEVEN]
    host.settle()
    assert host.words() == view.words
    np.testing.assert_allclose(seen(host), view.image.ravel(), atol=1)
    draw(host, [(0.3, 0.5), (0.6, 0.5)])
    assert len(view.strokes) == 2
    assert host.words() == view.words
    view.clear()
    host.settle()
    assert numbers_in(host.words()) == []
    assert host.words() == view.words
    assert seen(host).max() == 0


def test_without_a_kernel_it_says_so_and_one_can_go_on(host):
    draw(host, SEVEN)
    host.page.evaluate("model.save_changes = () => {}")
    before = host.pixels(PAD)
    press(host, [(0.3, 0.5), (0.6, 0.5)])
    host.page.mouse.up()
    host.rest(2700)
    words = host.root.locator(".caps-words").inner_text()
    assert "kernel" in words
    assert numbers_in(words) == []  # nothing old is shown as if it were an answer
    picture = host.root.locator(SEEN).evaluate("(c) => c.toDataURL()")
    press(host, [(0.1, 0.1), (0.9, 0.1)])
    host.page.mouse.up()
    host.frame()
    assert host.root.locator(PAD).evaluate("(c) => c.toDataURL()") != before
    assert host.root.locator(SEEN).evaluate("(c) => c.toDataURL()") != picture


def test_network_without_capsules(hosted):
    view = draw_digit(FakeClassifier())
    host = hosted(view)
    draw(host, SEVEN)
    assert host.words() == view.words
    assert view.missing
    assert view.missing in host.words()
    assert host.root.locator("canvas").count() == 3
    assert host.errors == []


def test_a_vae_that_python_decodes(hosted):
    view = draw_digit(FakePoseNet(), FakeVAE(dense=False))
    host = hosted(view)
    before = host.pixels("canvas[aria-label='Decoded by the VAE']")
    draw(host, SEVEN)
    assert host.pixels("canvas[aria-label='Decoded by the VAE']") != before
    assert host.words() == view.words
    assert host.errors == []


def test_hidden_controls_are_not_there(hosted):
    view = draw_digit(
        FakePoseNet(), FakeVAE(), hide=("undo", "clear", "pen", "routing", "reconstruction", "latent")
    )
    host = hosted(view)
    draw(host, SEVEN)
    assert host.root.get_by_role("slider").count() == 0
    assert host.root.locator("canvas").count() == 3  # the pad, what is seen, the lengths
    assert host.words() == view.words
    assert host.errors == []


def test_state_is_drawn_at_once(hosted, view):
    view.strokes = [SEVEN]
    host = hosted(draw_digit(FakePoseNet(), FakeVAE(), state=view.state))
    host.frame()
    assert host.words() == view.words
    np.testing.assert_allclose(seen(host), view.image.ravel(), atol=1)


@pytest.mark.slow
def test_bundled_networks_need_no_kernel(hosted):
    import capslab as cl

    view = draw_digit(cl.pretrained("capsnet-digits"), cl.pretrained("vae-digits"))
    assert set(view.steps) == {"primary", "z"}
    view.strokes = [SEVEN]
    words = view.words
    host = hosted(draw_digit(view._model, view._vae, state=view.state))
    host.page.evaluate("model.save_changes = () => {}")
    host.frame()
    assert host.root.locator(".caps-words").inner_text() == words
    press(host, [(0.3, 0.5), (0.6, 0.5)])
    host.page.mouse.up()
    view.strokes = [*view.strokes, tuple(host.page.evaluate("model.get('strokes')")[-1])]
    assert host.root.locator(".caps-words").inner_text() == view.words != words
    host.rest(2700)
    assert host.root.locator(".caps-words").inner_text() == view.words
    assert host.errors == []


@pytest.mark.slow
def test_a_dense_network_needs_no_kernel(hosted):
    import capslab as cl

    view = draw_digit(cl.pretrained("dense-digits"))
    host = hosted(view)
    draw(host, SEVEN)
    assert set(view.steps) == {"logits"}
    assert host.words() == view.words
    assert "(probability " in host.words()


CELL = """import capslab as cl
model, vae = cl.pretrained("capsnet-digits"), cl.pretrained("vae-digits")
pad = cl.draw_digit(model, vae)
pad"""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_in_jupyterlab(lab, page):
    notebook = lab.open(page, [CELL], timeout=200)
    root = notebook.views.first
    root.locator(PAD).scroll_into_view_if_needed()
    box = root.locator(PAD).bounding_box()

    def draw_on(points):
        page.mouse.move(
            *(box[a] + p * box[b] for a, b, p in zip("xy", ("width", "height"), points[0], strict=True))
        )
        page.mouse.down()
        for point in points[1:]:
            where = (box[a] + p * box[b] for a, b, p in zip("xy", ("width", "height"), point, strict=True))
            page.mouse.move(*where, steps=8)
        page.mouse.up()

    draw_on(SEVEN)
    page.wait_for_function(
        "(r) => r.dataset.drawing !== '0' && r.dataset.drawing === r.dataset.answer",
        arg=root.element_handle(),
    )
    words = root.locator(".caps-words").inner_text()
    assert numbers_in(words)  # an answer, with its lengths
    notebook.until_kernel("pad.words", repr(words))
    notebook.until_kernel("len(pad.strokes)", "1")  # not in one message with the words
    assert notebook.ask("int((model.classify(pad.image[None])[0] == pad.predicted))") == "1"
    assert not notebook.errors
