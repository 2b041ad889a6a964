"""The views of clusters in Chromium, with a real mouse: in a bare page, and in JupyterLab with a kernel."""

from __future__ import annotations

import numpy as np
import pytest
from common import numbers_in

import capslab as cl
from capslab.data import Images
from capslab.embedding import Embedding

pytestmark = pytest.mark.browser


def blobs(seed=0, source="blobs", supervised=False, n=400):
    """Four separate blobs in the plane's four corners; class c is a bright row c."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % 4
    corners = 40 * np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]])
    pixels = np.zeros((n, 8, 8, 1), np.uint8)
    pixels[np.arange(n), truth, :] = 255
    vectors = corners[truth] + rng.normal(size=(n, 2))
    return Embedding(vectors, truth, Images(pixels, truth, tuple("abcd")), source, supervised)


@pytest.fixture(scope="module")
def embedding():
    return blobs()


@pytest.fixture
def view(embedding):
    return cl.explore_clusters(embedding, 4)


def lasso(host, top, left, upper, right, lower):
    """Draws a loop around a part of a scatter, given in shares of its width and height."""
    box = top.bounding_box()
    spot = lambda x, y: (box["x"] + x * box["width"], box["y"] + y * box["height"])  # noqa: E731
    host.page.mouse.move(*spot(left, upper))
    host.page.mouse.down()
    for corner in ((right, upper), (right, lower), (left, lower)):
        host.page.mouse.move(*spot(*corner), steps=4)
    host.page.mouse.up()
    host.settle()


def test_dragging_k_changes_words_pixels_and_python(hosted, view):
    host = hosted(view)
    before = {name: host.pixels(name) for name in (".caps-dots", ".caps-cards canvas", ".caps-curve")}
    words = host.words()
    host.drag_slider("k", 1.0)
    assert host.words().startswith("k = 30 on blobs")
    assert words.startswith("k = 4 on blobs")
    for name, pixels in before.items():
        assert host.pixels(name) != pixels, name
    host.settle()
    assert view.k == 30
    assert host.words() == view.words
    assert host.errors == []
    assert host.requests == []


def test_words_and_code_follow_with_no_kernel_at_all(hosted, view):
    host = hosted(view)
    host.page.evaluate("() => { model.save_changes = () => {}; }")  # the kernel is gone
    host.drag_slider("k", 0.5)
    k = 2 + round(28 * 0.5)
    assert host.words() == view.about["phrases"][k - 2]
    host.root.get_by_role("button", name="Show the code").click()
    assert f"path.at({k})" in host.root.locator(".caps-code").inner_text()
    assert view.k == 4
    assert host.errors == []


def test_python_moves_the_slider(hosted, view):
    host = hosted(view)
    view.k = 17
    assert host.words().startswith("k = 17")
    assert host.root.get_by_role("slider", name="k").input_value() == "15"
    view.color = "label"
    host.sync()
    assert host.root.get_by_role("button", name="Colour by label").get_attribute("aria-pressed") == "true"
    assert host.root.locator(".caps-legend").inner_text().split() == ["a", "b", "c", "d"]


def test_colours_stay_put_when_nothing_changes_cluster(hosted, view):
    """From 4 to 5 one blob is split: the three others keep every pixel."""
    host = hosted(view)
    quarters = """() => { const c = document.querySelector('.caps-dots'), w = c.width >> 1, h = c.height >> 1;
      return [[0, 0], [w, 0], [0, h], [w, h]].map(([x, y]) =>
        c.getContext('2d').getImageData(x, y, w, h).data.join()); }"""
    at_4 = host.page.evaluate(quarters)
    host.root.get_by_role("slider", name="k").focus()
    host.page.keyboard.press("ArrowRight")
    host.frame()
    assert host.words().startswith("k = 5")
    at_5 = host.page.evaluate(quarters)
    assert sum(one == other for one, other in zip(at_4, at_5, strict=True)) == 3


def test_a_lasso_selects_and_python_reads_it(hosted, embedding, view):
    host = hosted(view)
    lasso(host, host.root.locator(".caps-top"), 0.02, 0.02, 0.5, 0.5)  # the upper left blob is class b
    assert view.selection.tolist() == np.flatnonzero(embedding.labels == 1).tolist()
    assert host.words().endswith("100 images selected.")
    assert host.words() == view.words
    assert host.root.get_by_text("Selected images").is_visible()
    host.root.get_by_role("button", name="Clear selection").click()
    host.settle()
    assert view.selection.size == 0
    view.selection = [1, 2, 3]
    assert host.words().endswith("3 images selected.")


def test_a_lasso_on_a_sample_selects_positions_in_the_embedding(hosted, embedding, monkeypatch):
    from capslab.widgets.shared import projection

    monkeypatch.setattr(projection, "MOST_POINTS", 200)
    view = cl.explore_clusters(embedding, 4)
    host = hosted(view)
    lasso(host, host.root.locator(".caps-top"), 0.02, 0.02, 0.5, 0.5)
    drawn = view.drawn[embedding.labels[view.drawn] == 1]
    assert view.selection.tolist() == drawn.tolist()
    assert numbers_in(host.words())[1:3] == ["200", "400"]  # drawn, of all


def test_pointing_shows_the_image_and_where_it_sits(hosted, embedding, view):
    host = hosted(view)
    spot = host.page.evaluate("""() => { const c = document.querySelector('.caps-dots');
      const r = c.width / c.clientWidth, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
      for (let y = 0; y < c.height; y++) for (let x = 0; x < c.width; x++)
        if (d[4 * (y * c.width + x) + 2] < 250) { const b = c.getBoundingClientRect();
          return [b.left + x / r, b.top + y / r + 2]; } }""")
    host.page.mouse.move(*spot)
    host.frame()
    told = host.root.locator(".caps-tip").inner_text().split("\n")
    i = int(told[0].removeprefix("image "))
    assert told[1] == f"cluster {'ABCD'[view.clusters.labels[i]]}"
    assert told[2] == f"label {'abcd'[embedding.labels[i]]}"
    ink = host.root.locator(".caps-tip canvas").evaluate(
        "(c) => Array.from({ length: 8 }, (_, r) => c.getContext('2d')"
        ".getImageData(c.width / 2, (r + 0.5) * c.height / 8, 1, 1).data[0])"
    )
    assert np.argmax(ink) == embedding.labels[i]  # the bright row is the class


def test_zoom_and_pan_by_mouse_and_keyboard(hosted, view):
    host = hosted(view)
    box = host.root.locator(".caps-top").bounding_box()
    host.page.mouse.move(box["x"] + 40, box["y"] + 40)
    before = host.pixels(".caps-dots")
    host.page.mouse.wheel(0, -300)
    host.settle()
    assert view.zoom == [0, 0, 1]  # not clicked yet: the wheel scrolls the page
    host.root.locator(".caps-top").focus()
    host.page.keyboard.press("+")
    host.page.keyboard.press("ArrowLeft")
    host.settle()
    assert view.zoom[2] == pytest.approx(1.25)
    assert view.zoom[0] < 0
    assert host.pixels(".caps-dots") != before
    host.page.mouse.wheel(0, -300)
    host.settle()
    assert view.zoom[2] > 1.3
    host.page.keyboard.press("0")
    host.settle()
    assert view.zoom == [0, 0, 1]
    assert host.pixels(".caps-dots") == before


def test_cards_are_buttons_that_select_their_cluster(hosted, view):
    host = hosted(view)
    host.rest(300)
    card = host.root.get_by_role("button", name="Cluster C: 100 images, 100 % of class")
    card.focus()
    host.page.keyboard.press("Enter")
    host.settle()
    assert view.selection.tolist() == np.flatnonzero(view.clusters.labels == 2).tolist()


def test_curves_go_to_the_k_that_is_clicked(hosted, view):
    host = hosted(view)
    box = host.root.locator(".caps-curve").first.bounding_box()
    host.page.mouse.click(box["x"] + box["width"] - 7, box["y"] + 40)
    host.settle()
    assert view.k == 30


def test_what_moves_stands_out(hosted, view):
    host = hosted(view)
    before = host.pixels(".caps-dots")
    host.root.get_by_role("button", name="What moves at the next k").click()
    assert view.about["moves"][2] in host.words()
    assert host.pixels(".caps-dots") != before
    host.settle()
    assert view.moved


def test_hidden_controls_are_not_there(hosted, embedding):
    view = cl.explore_clusters(embedding, 4, hide=("k", "members", "scores", "table", "code", "tools"))
    host = hosted(view)
    assert host.root.get_by_role("slider").count() == 0
    assert host.root.locator(".caps-cards, .caps-curves, .caps-tools").count() == 0
    assert not host.root.get_by_text("Show the code").is_visible()
    assert host.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_scatter_takes_the_paper_of_the_theme(hosted, view, theme):
    host = hosted(view, theme=theme)
    corner = host.root.locator(".caps-dots").evaluate(
        "(c) => Array.from(c.getContext('2d').getImageData(1, 1, 1, 1).data)"
    )
    assert corner == ([255, 255, 255, 255] if theme == "light" else [17, 17, 17, 255])


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_the_palette_is_pythons(modules, ground):
    from capslab.plots import ink_on, palette

    colours = modules.evaluate(
        """async (dark) => {
          const { palette, readable } = await import("/js/shared/colours.js");
          return Array.from({ length: 32 }, (_, i) => [palette(i, dark), readable(palette(i, dark))]);
        }""",
        ground == "dark",
    )
    for i, (colour, ink) in enumerate(colours):
        assert colour == [round(255 * part) for part in palette(i, ground)]
        assert ink == {"black": "#000", "white": "#fff"}[ink_on(palette(i, ground))]


def test_comparison_links_selection_hover_and_k(hosted, embedding):
    turned = embedding.vectors[:, ::-1] * [1, -1]
    other = Embedding(turned, embedding.labels, embedding.images, "turned", supervised=True)
    view = cl.compare(embedding, other, k=4, seeds=2)
    host = hosted(view)
    tops = host.root.locator(".caps-top")
    before = [host.root.locator(".caps-dots").nth(e).evaluate("(c) => c.toDataURL()") for e in (0, 1)]
    lasso(host, tops.nth(1), 0.02, 0.02, 0.5, 0.5)
    assert len(view.selection) == 100
    assert len(np.unique(embedding.labels[view.selection])) == 1
    after = [host.root.locator(".caps-dots").nth(e).evaluate("(c) => c.toDataURL()") for e in (0, 1)]
    assert after[0] != before[0]
    assert after[1] != before[1]
    assert host.words() == view.words
    assert host.root.locator(".caps-scores tbody tr").count() == 2
    assert "1.00 (1.00–1.00)" in host.root.locator(".caps-scores").inner_text()
    assert "with labels" in host.root.locator(".caps-scores").inner_text()
    host.drag_slider("k", 0.0)
    assert host.words().startswith("k = 2:")
    host.settle()
    assert view.k == 2
    box = tops.nth(0).bounding_box()
    rings = host.root.locator(".caps-top").nth(1).evaluate("(c) => c.toDataURL()")
    for x in np.linspace(0.04, 0.2, 30):  # along a line through a blob until a point is met
        host.page.mouse.move(box["x"] + x * box["width"], box["y"] + 0.1 * box["height"])
        if host.root.locator(".caps-tip").first.is_visible():
            break
    host.frame()
    assert "in turned" in host.root.locator(".caps-tip").first.inner_text()
    assert host.root.locator(".caps-top").nth(1).evaluate("(c) => c.toDataURL()") != rings
    assert host.errors == []


CELLS = ["import capslab as cl\nz = cl.embed(cl.load('digits'))", "view = cl.explore_clusters(z)\nview"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_jupyterlab_the_kernel_follows(lab, page, theme):
    notebook = lab.open(page, CELLS, theme=theme)
    notebook.views.first.wait_for()
    words = notebook.views.first.locator(".caps-words")
    assert words.inner_text().startswith("k = 10 on pixels")
    notebook.drag_slider("k", 1.0)
    notebook.until_kernel("view.k", "30")
    assert words.inner_text().startswith("k = 30 on pixels")
    assert notebook.ask("view.words")[1:-1] == words.inner_text()

    page.keyboard.press("ArrowLeft")  # the slider has the focus: the arrow is its, not the notebook's
    notebook.until_kernel("view.k", "29")

    box = notebook.views.first.locator(".caps-top").bounding_box()
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    for x, y in ((0.99, 0.01), (0.99, 0.98), (0.01, 0.98)):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
    page.mouse.up()
    notebook.until_kernel("view.selection.tolist() == list(range(1797))", "True")
    notebook.run("view.k, view.selection = 5, [3, 4]")
    notebook.until(lambda: words.inner_text().startswith("k = 5"))
    assert words.inner_text().endswith("2 images selected.")
    assert notebook.errors == []
