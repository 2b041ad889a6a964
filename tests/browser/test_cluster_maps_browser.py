"""The cluster view's maps, search and neighbours in Chromium, and a slider of one's own in JupyterLab."""

from __future__ import annotations

import threading

import pytest
from common import numbers_in
from views import embedding

import capslab as cl
from capslab.clustering import layouts
from capslab.widgets.clusters import neighbours

pytestmark = pytest.mark.browser

DOTS = ".caps-dots"


@pytest.fixture
def view():
    return cl.explore_clusters(embedding(), 4)


def arrive(host, method):
    """Waits until the points lie on the map of this method."""
    host.until(lambda: host.root.locator(".caps-scatter").get_attribute("data-map"), method)


def test_a_map_is_chosen_and_the_points_travel_there(host, view):
    before = host.pixels(DOTS)
    host.root.get_by_label("Map").select_option("tsne")
    arrive(host, "tsne")
    assert host.words() == view.words
    there = host.pixels(DOTS)
    assert there != before
    host.root.get_by_label("Map").select_option("pca")
    arrive(host, "pca")
    assert host.pixels(DOTS) == before
    host.settle()
    assert view.method == "pca"
    assert host.words() == view.words
    view.method = "tsne"
    host.sync()
    arrive(host, "tsne")
    assert host.pixels(DOTS) == there
    assert host.root.get_by_label("Map").input_value() == "tsne"


def test_between_two_maps_the_points_are_on_their_way(host, view):
    view.method = "tsne"
    view.method = "pca"
    host.settle(1200)
    host.page.evaluate("window.seen = new Set(); window.frames_ = 0;")
    host.page.evaluate(
        """() => { const c = document.querySelector('.caps-dots');
        const look = () => { seen.add(c.toDataURL()); if (++frames_ < 400) requestAnimationFrame(look); };
        requestAnimationFrame(look); }"""
    )
    host.root.get_by_label("Map").select_option("tsne")
    arrive(host, "tsne")
    assert host.page.evaluate("seen.size") > 3


def test_without_motion_the_points_jump(hosted, view, page):
    page.emulate_media(reduced_motion="reduce")
    view.method = "tsne"
    view.method = "pca"
    host = hosted(view)
    host.root.get_by_label("Map").select_option("tsne")
    there = host.pixels(DOTS)
    host.rest(1200)
    assert host.pixels(DOTS) == there


def test_while_a_map_is_computed_the_slider_moves_and_cancel_ends_it(host, view, monkeypatch):
    go_on = threading.Event()

    def slow(vectors, method, seed, progress):
        progress(0.25)
        go_on.wait(60)
        progress(0.5)

    monkeypatch.setattr(layouts, "lay_out", slow)
    host.root.get_by_label("Map").select_option("tsne")
    host.until(lambda: host.root.get_by_text("t-SNE: 25 %").is_visible())
    host.drag_slider("k", 1.0)
    host.settle()
    assert view.k == 30
    assert host.words().startswith("k = 30")
    host.root.get_by_role("button", name="Cancel").click()
    host.settle()
    go_on.set()
    view.worker.wait()
    assert host.root.get_by_label("Map").input_value() == "pca"
    assert not host.root.get_by_role("button", name="Cancel").is_visible()
    assert (view.wanted, view.method) == ("", "pca")


def test_without_python_a_map_is_refused_in_words_and_what_was_sent_can_be_chosen(hosted, view):
    view.method = "tsne"
    view.method = "pca"
    host = hosted(view)
    host.page.evaluate("model.emit('comm_live_update')")  # the kernel is gone
    before = host.pixels(DOTS)
    host.root.get_by_label("Map").select_option("umap")
    status = host.root.locator(".caps-map")
    assert "UMAP" in status.inner_text()
    assert host.root.get_by_label("Map").input_value() == "pca"
    host.root.get_by_label("Map").select_option("tsne")
    arrive(host, "tsne")
    assert host.pixels(DOTS) != before
    assert host.errors == []


def test_a_kernel_that_dies_meanwhile_ends_the_waiting(host, view, monkeypatch):
    stop = threading.Event()
    monkeypatch.setattr(layouts, "lay_out", lambda *args: stop.wait(60))
    host.root.get_by_label("Map").select_option("tsne")
    host.until(lambda: host.root.get_by_role("button", name="Cancel").is_visible())
    host.page.evaluate("model.emit('comm_live_update')")
    assert "Python" in host.root.locator(".caps-map").inner_text()
    assert host.root.get_by_label("Map").input_value() == "pca"
    stop.set()


def test_a_class_is_found_by_keyboard(host, view):
    before = host.pixels(DOTS)
    host.root.get_by_label("Find class").focus()
    host.page.keyboard.press("ArrowDown")
    host.page.keyboard.press("ArrowDown")
    host.settle()
    assert view.find == "b"
    assert host.words() == view.words
    assert "Class b: 8 images" in host.words()
    assert host.pixels(DOTS) != before
    host.drag_slider("k", 0.0)
    host.settle()
    assert host.words() == view.words
    view.find = ""
    assert "Class b" not in host.words()


def test_an_image_is_found_by_its_number_and_its_neighbours_are_shown(host, view):
    field = host.root.get_by_label("Find image by its number")
    field.fill("7")
    host.settle()
    assert view.image == 7
    assert host.words() == view.words
    cards = host.root.locator(".caps-neighbour")
    assert cards.count() == 9
    names = [cards.nth(i).get_attribute("aria-label") for i in range(9)]
    assert [int(numbers_in(name)[0]) for name in names] == [7, *view.near[7]]
    assert "class c" in names[0]
    assert "distance" in names[1]
    field.press("ArrowUp")
    host.settle()
    assert view.image == 8
    field.fill("99")
    host.settle()
    assert view.image == 8  # there is none of this number, and the field says so
    assert field.evaluate("(node) => node.validationMessage").startswith("Images have numbers from 0 to 39")
    field.fill("")
    host.settle()
    assert view.image is None
    assert not cards.first.is_visible()


def test_a_click_on_a_point_shows_its_neighbours_and_a_click_beside_takes_them_away(host, view):
    box = host.root.locator(".caps-top").bounding_box()
    spot = host.page.evaluate(
        """() => { const c = document.querySelector('.caps-dots'), r = c.width / c.clientWidth;
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        for (let y = 0; y < c.height; y++) for (let x = 0; x < c.width; x++)
          if (d[4 * (y * c.width + x) + 2] < 250) return [x / r, y / r + 2]; }"""
    )
    host.page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])
    host.settle()
    assert view.image is not None
    assert host.words() == view.words
    host.root.locator(".caps-neighbour").nth(1).click()  # one can walk from image to image
    host.settle()
    assert view.image in view.near.ravel()
    assert host.words() == view.words
    host.page.mouse.click(box["x"] + 3, box["y"] + 3)
    host.settle()
    assert view.image is None


def test_of_very_many_images_python_answers_for_the_one_that_was_clicked(hosted, monkeypatch):
    monkeypatch.setattr(neighbours, "AT_ONCE", 10)
    view = cl.explore_clusters(embedding(), 4)
    host = hosted(view)
    host.root.get_by_label("Find image by its number").fill("7")
    host.until(lambda: host.root.locator(".caps-neighbour").count(), 9)
    assert host.words() == view.words
    assert host.errors == []


def test_a_k_that_is_not_on_the_path_is_told(host, view):
    host.page.evaluate("model.set('k', 41)")  # as a linked slider would
    assert "k = 41" in host.root.locator(".caps-error").inner_text()
    assert host.words().startswith("k = 4 ")
    host.page.evaluate("model.set('k', 9)")
    assert host.root.locator(".caps-error").is_hidden()
    assert host.words().startswith("k = 9 ")


CELLS = [
    "import capslab as cl, ipywidgets\nview = cl.explore_clusters(cl.embed(cl.load('digits')[:300]), 4)",
    "own = ipywidgets.IntSlider(value=4, min=2, max=30, description='clusters')\n"
    "link = ipywidgets.jslink((own, 'value'), (view, 'k'))\nipywidgets.VBox([own, view])",
]


def test_in_jupyterlab_a_slider_of_ones_own_drives_the_view_without_a_kernel(lab, page):
    notebook = lab.open(page, CELLS)
    notebook.views.first.wait_for()
    words = notebook.views.first.locator(".caps-words")
    own = page.locator(".widget-slider .noUi-handle").first
    own.focus()
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt()")
    for k in (5, 6, 7):
        page.keyboard.press("ArrowRight")
        notebook.until(lambda k=k: words.inner_text().startswith(f"k = {k} "))
    notebook.until_kernel("view.k", "7")
    notebook.run("view.k = 11")
    notebook.until(lambda: page.locator(".widget-readout").first.inner_text() == "11")
    assert notebook.errors == []
