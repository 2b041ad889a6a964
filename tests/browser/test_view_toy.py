"""The turning toy in Chromium: a learner's mouse and keys."""

from __future__ import annotations

import pytest
from fakes import FakeToyNet

import capslab as cl
from capslab.widgets.toy.ring import ask_ring

pytestmark = pytest.mark.browser

TOY, CURVE = "canvas.caps-toy", "canvas.caps-curve"


@pytest.fixture
def view():
    return cl.turn_toy("truck", FakeToyNet(), seen=[0, 18, 36, 54])


def drag(host, where, start, end):
    """Drags with a real mouse between two places, each a share of the canvas's width and height."""
    box = host.root.locator(where).bounding_box()
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    host.page.mouse.move(*at[0])
    host.page.mouse.down()
    host.page.mouse.move(*at[1], steps=8)
    host.page.mouse.up()
    host.settle()


def test_dragging_the_slider_turns_the_toy_and_asks_nothing_new(host, view):
    before, curve, answers = host.pixels(TOY), host.pixels(CURVE), view.answers
    saves = host.page.evaluate("model.saves")
    assert host.words() == view.words
    host.drag_slider("azimuth", 0.5)
    assert host.pixels(TOY) != before
    assert host.pixels(CURVE) != curve
    host.settle()
    assert view.azimuth == pytest.approx(180, abs=8)
    assert view.answers.score is answers.score
    assert host.words() == view.words
    assert host.page.evaluate("model.saves") <= saves + 1


def test_dragging_the_toy_turns_and_tilts_it(host, view):
    drag(host, TOY, (0.3, 0.5), (0.7, 0.6))
    assert view.azimuth == pytest.approx(30 + 0.4 * 320 * 0.75, abs=3)
    assert view.elevation == pytest.approx(30 + 0.1 * 320 * 0.75, abs=3)
    drag(host, TOY, (0.9, 0.5), (0.1, 0.5))
    assert view.azimuth == pytest.approx((30 - 0.4 * 320 * 0.75) % 360, abs=5)  # past 0, and on from 359


def test_the_network_is_asked_again_when_the_toy_is_tilted(host, view):
    host.drag_slider("elevation", 0.8)
    host.settle()
    assert view.asked == ["truck", view.elevation, 30]
    assert (view.answers.score == ask_ring(FakeToyNet(), "truck", 0, view.elevation, 30).score).all()
    host.sync()
    assert host.words() == view.words


def test_dragging_along_the_curve_turns_the_toy(host, view):
    drag(host, CURVE, (0.3, 0.5), (0.7, 0.5))
    assert view.azimuth == pytest.approx((0.7 * 430 - 40) / (430 - 54) * 360, abs=4)
    assert host.words() == view.words


def test_its_keys_and_another_kind(host, view):
    host.root.locator(TOY).press("ArrowLeft")
    host.root.locator(TOY).press("ArrowUp")
    host.settle()
    assert (view.azimuth, view.elevation) == (27, 27)
    host.root.get_by_role("combobox", name="kind of toy").select_option("plane")
    host.settle()
    assert view.kind == "plane"
    host.sync()
    assert host.words() == view.words
    assert view.asked[0] == "plane"


def test_python_moves_it_too(host, view):
    view.kind, view.azimuth = "car", 250
    host.sync()
    assert host.words() == view.words
