"""The travel view in Chromium: its arithmetic, its sliders, its buttons, and how fast it draws."""

from __future__ import annotations

import numpy as np
import pytest
from views import embedding

import capslab as cl

pytestmark = pytest.mark.browser

POINTS = """async ([points, n, stops, position]) => {
  const { pointsAt } = await import("/js/shared/points_between.js");
  const to = new Float32Array(2 * n);
  pointsAt(Float32Array.from(points), n, stops, position, to);
  return Array.from(to);
}"""


@pytest.mark.parametrize("position", [0, 0.25, 1, 1.9, 2])
def test_points_lie_on_straight_lines(modules, position):
    planes = np.random.default_rng(0).normal(size=(3, 5, 2)).astype(np.float32)
    at = min(int(position), 1)
    expected = planes[at] + (position - at) * (planes[at + 1] - planes[at])
    found = modules.evaluate(POINTS, [planes.ravel().tolist(), 5, 3, position])
    np.testing.assert_allclose(found, expected.ravel(), atol=1e-6)


@pytest.fixture
def view():
    return cl.travel(embedding(0), embedding(1), embedding(2), k=4)


DOTS = "canvas.caps-dots"


def test_dragging_the_position(host, view):
    before = host.pixels(DOTS)
    assert host.words() == view.words
    host.drag_slider("position", 0.3)
    assert host.pixels(DOTS) != before
    host.settle()
    assert 0.4 < view.position < 0.8
    assert host.words() == view.words
    host.drag_slider("k", 0.0)
    host.settle()
    assert view.k == 2
    assert host.words() == view.words


def test_a_button_for_each_stop_travels_there(host, view):
    host.root.get_by_role("button", name="numbers 2", exact=True).click()
    host.until(lambda: host.words() == view.words and view.position, 2)
    host.until(lambda: host.root.get_by_role("button", name="Play").is_visible())


def test_play_can_be_stopped(host, view):
    host.root.get_by_role("button", name="Play").click()
    host.rest(400)
    host.root.get_by_role("button", name="Pause").click()
    host.settle()
    assert 0 < view.position < 2
    there = view.position
    host.settle(400)
    assert view.position == there
    assert host.words() == view.words


def test_without_motion_one_is_there_at_once(hosted, view, page):
    page.emulate_media(reduced_motion="reduce")
    host = hosted(view)
    host.root.get_by_role("button", name="numbers 1", exact=True).click()
    host.settle()
    assert view.position == 1
    assert host.words() == view.words


def test_python_moves_it_too(host, view):
    before = host.pixels(DOTS)
    view.position = 1.4
    host.sync()
    assert host.pixels(DOTS) != before
    assert host.words() == view.words
    view.differ = True
    host.sync()
    assert host.words() == view.words
