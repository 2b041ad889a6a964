"""The cloud in Chromium: its arithmetic, turning by mouse and keyboard, k, and a view linked to it."""

from __future__ import annotations

import numpy as np
import pytest
from views import embedding

import capslab as cl
from capslab.widgets.cloud import figure

pytestmark = pytest.mark.browser

DOTS = ".caps-dots"
TURNED = """async ([points, n, angles, space]) => {
  const { turnPoints, backToFront, angleWords } = await import("/js/cloud/turning.js");
  const [to, depths, order] = [new Float32Array(2 * n), new Float32Array(n), new Int32Array(n)];
  turnPoints(points, n, angles, to, depths);
  backToFront(depths, order);
  return [Array.from(to), Array.from(depths), Array.from(order), angleWords(space, angles)];
}"""


@pytest.mark.parametrize("angles", [[0, 0], [30, 20], [-120.5, -90], [179.9, 45], [-0.4, 2.5]])
def test_points_land_where_python_says(modules, angles):
    points = np.random.default_rng(0).normal(size=(50, 3))
    points /= np.linalg.norm(points, axis=1).max()
    to, depths, order, words = modules.evaluate(TURNED, [points.ravel().tolist(), 50, angles, "Space"])
    expected = figure.turned(points, tuple(angles))
    np.testing.assert_allclose(np.reshape(to, (50, 2)), expected[:, :2], atol=1e-5)
    np.testing.assert_allclose(depths, expected[:, 2], atol=1e-5)
    assert sorted(order) == list(range(50))
    assert (np.diff(expected[order, 2]) > -2 / 256).all()
    assert words == figure.angle_words("Space", tuple(angles))


@pytest.fixture
def view():
    return cl.explore_cloud(embedding(), 4)


def test_a_drag_turns_the_cloud(host, view):
    before = host.pixels(DOTS)
    box = host.root.locator(".caps-top").bounding_box()
    host.page.mouse.move(box["x"] + 200, box["y"] + 150)
    host.page.mouse.down()
    host.page.mouse.move(box["x"] + 300, box["y"] + 200, steps=5)
    host.page.mouse.up()
    host.settle()
    assert view.angles == (70, 40)
    assert host.words() == view.words
    assert host.pixels(DOTS) != before
    host.root.get_by_role("button", name="Show all").click()
    host.settle()
    assert view.angles == (30, 20)
    assert host.pixels(DOTS) == before


def test_arrow_keys_turn_it_and_python_does_too(host, view):
    host.root.locator(".caps-top").focus()
    host.page.keyboard.press("ArrowLeft")
    host.page.keyboard.press("ArrowDown")
    host.settle()
    assert view.angles == (46, 4)
    assert host.words() == view.words
    before = host.pixels(DOTS)
    view.angles = (-100, 10)
    host.sync()
    assert host.pixels(DOTS) != before
    assert host.words() == view.words


def test_k_recolours_the_cloud(host, view):
    before = host.pixels(DOTS)
    host.drag_slider("k", 1.0)
    host.settle()
    assert view.k == 30
    assert host.words() == view.words
    assert host.pixels(DOTS) != before


def test_it_turns_by_itself_until_one_presses_again(host, view):
    turn = host.root.get_by_role("button", name="Turn")
    turn.click()
    host.rest(600)
    turn.click()
    host.settle()
    there = view.angles
    assert there[0] > 31
    host.settle(400)
    assert view.angles == there
    assert host.words() == view.words


def test_without_motion_it_turns_by_steps(hosted, view, page):
    page.emulate_media(reduced_motion="reduce")
    host = hosted(view)
    host.root.get_by_role("button", name="Turn").click()
    host.settle()
    assert view.angles == (45, 20)
    assert host.root.get_by_role("button", name="Turn").get_attribute("aria-pressed") == "false"


def test_pointing_shows_the_image_and_a_lasso_selects(host, view):
    box = host.root.locator(".caps-top").bounding_box()
    seen = figure.turned(view.points, tuple(view.angles))
    near = int(np.argmax(seen[:, 2]))
    scale = min(box["width"] / 2 - 14, box["height"] / 2 - 14) / (1 / np.sqrt(1 - 1 / figure.DISTANCE**2))
    spot = (
        box["x"] + box["width"] / 2 + scale * seen[near, 0],
        box["y"] + box["height"] / 2 - scale * seen[near, 1],
    )
    host.page.mouse.move(*spot)
    host.frame()
    told = host.root.locator(".caps-tip").inner_text().split("\n")
    assert told[0].startswith("image ")
    assert told[1].startswith("cluster ")
    assert told[2].startswith("label ")
    host.root.get_by_role("button", name="Lasso").click()
    host.page.mouse.move(box["x"] + 3, box["y"] + 3)
    host.page.mouse.down()
    for x, y in ((0.99, 0.01), (0.99, 0.98), (0.01, 0.98)):
        host.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
    host.page.mouse.up()
    host.settle()
    assert len(view.selection) == 40
    assert host.words() == view.words


CELLS = [
    "import capslab as cl, ipywidgets\nz = cl.embed(cl.load('digits')[:300])\n"
    "path = cl.cluster(z, n_clusters=range(2, 13))",
    "plane, cloud = cl.explore_clusters(z, 5, path), cl.explore_cloud(z, 5, path)\n"
    "link = ipywidgets.jslink((plane, 'k'), (cloud, 'k'))\nipywidgets.VBox([plane, cloud])",
    "cloud.plotly()",
]


def test_in_jupyterlab_one_slider_moves_plane_cloud_and_plotlys_figure(lab, page):
    page.set_viewport_size({"width": 1200, "height": 3500})
    notebook = lab.open(page, CELLS)
    notebook.views.nth(1).wait_for()
    page.locator(".js-plotly-plot").wait_for()
    notebook.drag_slider("k", 1.0)
    notebook.until_kernel("plane.k, cloud.k", "(12, 12)")
    assert notebook.views.nth(1).locator(".caps-words").inner_text().startswith("k = 12 ")
    colours = "() => new Set(document.querySelector('.js-plotly-plot').data[0].marker.color).size"
    notebook.until(lambda: page.evaluate(colours) == 12)
