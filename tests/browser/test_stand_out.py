"""A group that somebody points at, focuses or taps stands out in every panel; afterwards all are back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from fakes import FakeVAE, some_images
from hosting import Hosted
from test_clusters_browser import blobs

import capslab as cl
from capslab.embedding import Embedding

pytestmark = pytest.mark.browser

# The darkest shade (on white paper, of any colour) in each quarter of every scatter: each blob lies in one.
DEPTHS = """() => [...document.querySelectorAll('.caps-dots')].map((c) => {
  const [w, h] = [c.width >> 1, c.height >> 1];
  return [[0, 0], [w, 0], [0, h], [w, h]].map(([x, y]) => {
    const data = c.getContext('2d').getImageData(x, y, w, h).data;
    let least = 255;
    for (let i = 0; i < data.length; i += 4) least = Math.min(least, data[i], data[i + 1], data[i + 2]);
    return least;
  });
})"""


def standing_out(host: Hosted) -> list[list[bool]]:
    """For every scatter: whether the upper left, upper right, lower left, lower right blob is not faded."""
    host.frame()
    return (np.array(host.page.evaluate(DEPTHS)) < 120).tolist()


ALL = [True] * 4


@pytest.fixture(scope="module")
def one() -> Embedding:
    return blobs()


@pytest.fixture(scope="module")
def turned(one: Embedding) -> Embedding:
    """The same blobs, each a quarter further round."""
    return Embedding(one.vectors[:, ::-1] * [1, -1], one.labels, one.images, "turned", False)


def chip(host: Hosted, name: str) -> Any:
    return host.root.locator(".caps-legend").get_by_role("button", name=name, exact=True)


def at_blob(host: Hosted, panel: int = 0) -> int:
    """Puts the mouse on a point of the upper left blob."""
    box = host.root.locator(".caps-top").nth(panel).bounding_box()
    for share in np.linspace(0.04, 0.3, 40):  # along a line through the blob until a point is met
        host.page.mouse.move(box["x"] + share * box["width"], box["y"] + 0.1 * box["height"])
        host.frame()
        if host.root.locator(".caps-tip").nth(panel).is_visible():
            return panel
    raise AssertionError("no point was met")


def test_a_card_of_a_cluster(hosted: Callable[..., Hosted], one: Embedding) -> None:
    host = hosted(cl.explore_clusters(one, 4))
    words = host.words()
    assert standing_out(host) == [ALL]
    before = host.pixels(".caps-dots")
    for card in host.root.locator(".caps-card:visible").all():
        card.hover()
        assert sum(standing_out(host)[0]) == 1
    assert host.words() == words, "it is no new finding"
    host.page.mouse.move(2, 2)
    assert host.pixels(".caps-dots") == before
    assert host.errors == []


def test_a_point_lets_its_cluster_stand_out(hosted: Callable[..., Hosted], one: Embedding) -> None:
    host = hosted(cl.explore_clusters(one, 4))
    before = host.pixels(".caps-dots")
    at_blob(host)
    host.until(lambda: standing_out(host), [[True, False, False, False]])
    host.page.mouse.move(2, 2)
    host.until(lambda: host.pixels(".caps-dots"), before)


def test_what_is_selected_stays_when_the_mouse_moves_on(
    hosted: Callable[..., Hosted], one: Embedding
) -> None:
    view = cl.explore_clusters(one, 4)
    view.selection = np.flatnonzero(one.labels == 0)
    host = hosted(view)
    selected = standing_out(host)
    assert sum(selected[0]) == 1
    at_blob(host)
    host.rest(400)
    assert standing_out(host) == selected


def test_a_legend_stands_for_all_panels(
    hosted: Callable[..., Hosted], one: Embedding, turned: Embedding
) -> None:
    view = cl.compare(one, turned, k=4, seeds=1)
    host = hosted(view)
    assert standing_out(host) == [ALL, ALL]
    chip(host, "Cluster B").hover()
    pointed = standing_out(host)
    assert [sum(panel) for panel in pointed] == [1, 1]
    assert pointed[0] != pointed[1], "the same images lie a quarter further round"
    host.page.mouse.move(2, 2)
    assert standing_out(host) == [ALL, ALL]


def test_a_point_shows_where_its_cluster_lies_elsewhere(
    hosted: Callable[..., Hosted], one: Embedding, turned: Embedding
) -> None:
    host = hosted(cl.compare(one, turned, k=4, seeds=1))
    at_blob(host, 0)
    host.until(lambda: [sum(panel) for panel in standing_out(host)], [1, 1])
    assert standing_out(host)[0] == [True, False, False, False]
    assert standing_out(host)[1] != standing_out(host)[0]


def test_the_keyboard_does_the_same(hosted: Callable[..., Hosted], one: Embedding, turned: Embedding) -> None:
    host = hosted(cl.compare(one, turned, k=4, seeds=1))
    host.root.locator(".caps-top").last.focus()
    host.page.keyboard.press("Tab")
    at = "() => document.activeElement.ariaLabel"
    assert host.page.evaluate(at) == "Cluster A"
    first = standing_out(host)
    assert [sum(panel) for panel in first] == [1, 1]
    host.page.keyboard.press("ArrowRight")
    assert host.page.evaluate(at) == "Cluster B"
    assert standing_out(host) != first
    host.page.keyboard.press("End")
    assert host.page.evaluate(at) == "Cluster D"
    host.page.keyboard.press("Escape")
    assert standing_out(host) == [ALL, ALL]
    host.page.keyboard.press("Home")
    host.page.keyboard.press("Enter")
    assert chip(host, "Cluster A").get_attribute("aria-pressed") == "true"
    host.page.keyboard.press("Tab")
    assert standing_out(host) == first, "pressed, it stays"
    host.page.keyboard.press("Shift+Tab")
    host.page.keyboard.press("Enter")
    assert standing_out(host) == [ALL, ALL]
    assert chip(host, "Cluster A").get_attribute("aria-pressed") == "false"
    assert host.errors == []


def test_a_pressed_group_that_is_no_more_is_let_go(
    hosted: Callable[..., Hosted], one: Embedding, turned: Embedding
) -> None:
    host = hosted(cl.compare(one, turned, k=4, seeds=1))
    chip(host, "Cluster D").click()
    host.page.mouse.move(2, 2)
    assert [sum(panel) for panel in standing_out(host)] == [1, 1]
    host.drag_slider("k", 0.0)
    assert host.words().startswith("k = 2")
    assert host.root.locator(".caps-chip:visible").count() == 2
    assert standing_out(host) == [ALL, ALL]


def test_by_label_the_legend_names_classes(hosted: Callable[..., Hosted], one: Embedding) -> None:
    host = hosted(cl.explore_clusters(one, 4))
    assert not host.root.locator(".caps-legend").is_visible(), "the cards name the clusters"
    host.root.get_by_role("button", name="Colour by label").click()
    chip(host, "Class b").hover()
    assert standing_out(host) == [[True, False, False, False]]


def test_on_the_way_one_sees_where_a_cluster_goes(hosted: Callable[..., Hosted], one: Embedding) -> None:
    """Half of a blob moves to the next: pressed at the first stop, a cluster's images stand out in both."""
    leaving = (one.labels == 0) & (np.arange(len(one)) % 8 < 4)
    vectors = one.vectors + leaving[:, None] * [0, 80]
    other = Embedding(vectors, one.labels, one.images, "half moved", False)
    view = cl.travel(one, other, k=4, position=0)
    host = hosted(view)
    group = view.labels[0, view.ks.index(4), np.argmax(leaving)]
    chip(host, f"Cluster {'ABCD'[group]}").click()
    host.page.mouse.move(2, 2)
    assert sum(standing_out(host)[0]) == 1
    host.drag_slider("position", 1.0)
    host.settle()
    assert view.position == 1
    assert sum(standing_out(host)[0]) == 2
    assert host.words() == view.words


def test_codes_in_the_latent_plane(hosted: Callable[..., Hosted]) -> None:
    """The plane is drawn by two canvases; the one that is seen changes and comes back."""
    host = hosted(cl.explore_latent(FakeVAE(latent=2), some_images()))
    host.settle()
    before = host.pixels(".caps-pad")
    chip(host, "Class c").hover()
    assert host.pixels(".caps-pad") != before
    host.page.mouse.move(2, 2)
    assert host.pixels(".caps-pad") == before
    chip(host, "Class c").click()
    host.page.mouse.move(2, 2)
    assert host.pixels(".caps-pad") != before
    host.page.keyboard.press("Escape")
    assert host.pixels(".caps-pad") == before
    chip(host, "Class a").click()
    host.root.get_by_role("button", name="Colour by cluster").click()
    host.settle()
    assert host.root.locator(".caps-chip").first.inner_text() == "A"
    assert host.root.locator(".caps-chip[aria-pressed=true]").count() == 0
    assert host.errors == []


def test_a_child_stands_out_in_every_plane_of_the_sandbox(hosted: Callable[..., Hosted]) -> None:
    host = hosted(cl.routing_sandbox())
    planes = (".caps-plane-routing", ".caps-plane-kmeans")
    before = [host.pixels(plane) for plane in planes]
    words = host.words()
    host.root.locator(".caps-votes tbody tr").nth(1).hover()
    pointed = [host.pixels(plane) for plane in planes]
    assert all(one != other for one, other in zip(before, pointed, strict=True))
    host.root.locator(".caps-votes tbody tr").nth(2).hover()
    assert host.pixels(planes[0]) != pointed[0]
    assert host.words() == words
    host.page.mouse.move(2, 2)
    assert [host.pixels(plane) for plane in planes] == before
    host.root.get_by_role("button", name="child 2, parent A").focus()
    assert host.pixels(planes[0]) == pointed[0]
    assert host.errors == []


@pytest.fixture
def finger(chromium: Any) -> Iterator[Callable[..., Hosted]]:
    """`hosted` on a screen that is touched."""
    context = chromium.new_context(viewport={"width": 800, "height": 900}, has_touch=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield lambda view: Hosted(page, view)
    context.close()


def test_a_finger_taps_and_taps_again(
    finger: Callable[..., Hosted], one: Embedding, turned: Embedding
) -> None:
    host = finger(cl.compare(one, turned, k=4, seeds=1))
    host.rest(300)
    chip(host, "Cluster C").tap()
    assert [sum(panel) for panel in standing_out(host)] == [1, 1]
    host.rest(400)
    assert [sum(panel) for panel in standing_out(host)] == [1, 1]
    chip(host, "Cluster C").tap()
    assert standing_out(host) == [ALL, ALL]


def test_a_finger_on_a_point(finger: Callable[..., Hosted], one: Embedding) -> None:
    host = finger(cl.explore_clusters(one, 4))
    host.rest(300)
    first_point = """() => { const c = document.querySelector('.caps-dots');
      const r = c.width / c.clientWidth, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
      for (let y = 0; y < c.height / 2; y++) for (let x = 0; x < c.width / 2; x++)
        if (d[4 * (y * c.width + x) + 2] < 250) { const b = c.getBoundingClientRect();
          return [b.left + x / r, b.top + y / r + 2]; } }"""
    host.page.touchscreen.tap(*host.page.evaluate(first_point))
    host.until(lambda: standing_out(host), [[True, False, False, False]])
    assert host.root.locator(".caps-tip").is_visible()
    host.page.touchscreen.tap(*host.page.evaluate(first_point))
    host.until(lambda: standing_out(host), [ALL])
    assert not host.root.locator(".caps-tip").is_visible()
    assert host.errors == []
