"""What every view does: names for all it has, room at 200 % zoom, contrast in both themes, the Tab key."""

from __future__ import annotations

from typing import Any

import pytest
from hosting import THEMES
from views import SLIDERS, VIEWS

pytestmark = pytest.mark.browser

# Elements that act or show but that a screen reader could not name.
NAMELESS = """(root) => {
  const seen = (node) => node.checkVisibility({ visibilityProperty: true })
    && !node.closest('[aria-hidden=true]');
  const named = (node) => node.ariaLabel || node.title || node.textContent.trim()
    || (node.labels && node.labels[0] && node.labels[0].textContent.trim());
  return [...root.querySelectorAll('canvas, input, select, button, [role=application], [role=group]')]
    .filter((node) => seen(node) && !named(node)).map((node) => node.outerHTML.slice(0, 120));
}"""

# Text whose contrast with the paper under it is below 4.5 (WCAG AA), with that contrast.
PALE = """(root) => {
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (papers) => { probe.clearRect(0, 0, 1, 1);
    for (const colour of papers) { probe.fillStyle = colour; probe.fillRect(0, 0, 1, 1); }
    return Array.from(probe.getImageData(0, 0, 1, 1).data).slice(0, 3); };
  const linear = (v) => (v <= 0.04 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const light = (colour) => colour.map((v) => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const pale = [];
  for (const node of root.querySelectorAll('*')) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility({ visibilityProperty: true }) || node.matches(':disabled')) continue;
    const papers = ['#fff'];
    const above = [];
    for (let at = node; at; at = at.parentElement) above.unshift(getComputedStyle(at).backgroundColor);
    papers.push(...above);
    const inks = [...papers, getComputedStyle(node).color];
    const [a, b] = [light(rgb(papers)), light(rgb(inks))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) pale.push(`${contrast.toFixed(2)} ${node.outerHTML.slice(0, 110)}`);
  }
  return pale;
}"""

# Parts that stick out of the view, where nothing scrolls them into sight.
CUT = """(root) => { const edge = root.getBoundingClientRect().right + 1;
  return [...root.querySelectorAll('canvas, button, input, select, p')]
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > edge
      && !node.closest('.caps-scroll, .caps-code') ).map((node) => node.outerHTML.slice(0, 120)); }"""

# Pictures on screen, as numbers within all canvases of the view.
DRAWN = """(root) => [...root.querySelectorAll('canvas')]
  .flatMap((node, i) => (node.checkVisibility() && node.offsetWidth ? [i] : []))"""


@pytest.mark.parametrize("name", VIEWS)
def test_what_is_drawn_is_printed_in_its_colours(hosted: Any, name: str) -> None:
    host = hosted(VIEWS[name]())
    host.settle()
    view = host.root.element_handle()
    drawn = host.page.evaluate(DRAWN, view)
    host.page.emulate_media(media="print")
    assert host.page.evaluate(DRAWN, view) == drawn
    assert host.root.evaluate("(root) => getComputedStyle(root).printColorAdjust") == "exact"
    assert not host.root.locator(".caps-tools:visible, .caps-searches:visible").count()


@pytest.mark.parametrize("name", VIEWS)
def test_all_has_a_name_room_and_contrast(hosted: Any, name: str) -> None:
    host = hosted(VIEWS[name]())
    host.settle()
    view = host.root.element_handle()
    assert host.page.evaluate(NAMELESS, view) == []
    for theme in ("light", "dark"):
        host.page.evaluate("(style) => { document.body.style.cssText += style; }", THEMES[theme])
        host.settle()
        assert host.page.evaluate(PALE, view) == [], theme
    host.page.set_viewport_size({"width": 600, "height": 450})  # as at 200 % zoom
    host.settle()
    assert host.page.evaluate(CUT, view) == []
    assert host.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert host.errors == []


@pytest.mark.parametrize("name", SLIDERS)
def test_the_tab_key_reaches_the_slider_and_arrows_move_it(hosted: Any, name: str) -> None:
    host = hosted(VIEWS[name]())
    host.settle()
    at = "() => document.activeElement.ariaLabel"
    for _ in range(60):
        host.page.keyboard.press("Tab")
        if host.page.evaluate(at) == SLIDERS[name]:
            break
    assert host.page.evaluate(at) == SLIDERS[name]
    words = host.words()
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight"):  # wherever it stands, one of them moves it
        host.page.keyboard.press(key)
        if host.words() != words:
            break
    assert host.words() != words
    slider = host.root.get_by_role("slider", name=SLIDERS[name], exact=True)
    shown = slider.evaluate("(node) => node.closest('label').querySelector('output').textContent")
    assert shown in slider.get_attribute("aria-valuetext"), "said as it is shown, not as a mere position"
    assert host.errors == []


@pytest.mark.parametrize("name", VIEWS)
def test_with_all_controls_hidden_the_words_stay(hosted: Any, name: str) -> None:
    view = VIEWS[name]()
    view.hide = list(view.CONTROLS)
    host = hosted(view)
    host.settle()
    assert host.words() == view.words
    assert not host.root.get_by_role("button", name="Show the code").is_visible()
    slider = SLIDERS.get(name, "no slider")
    assert host.root.get_by_role("slider", name=slider, exact=True).locator("visible=true").count() == 0
    assert host.errors == []


# Whether what one moves, what it draws and what it says are all inside the window.
TOGETHER = """(root) => {
  const inside = (node) => { const box = node.getBoundingClientRect();
    return box.top >= -1 && box.bottom <= innerHeight + 1; };
  const pictures = [...root.querySelectorAll('.caps-body canvas, .caps-guess')];
  const picture = pictures.find((node) => node.checkVisibility());
  const control = root.querySelector('input[type=range], button');
  const words = root.querySelector('.caps-words');
  return { control: inside(control), words: inside(words), picture: inside(picture) };
}"""


@pytest.mark.parametrize("name", VIEWS)
def test_on_a_laptop_control_picture_and_words_are_seen_together(hosted: Any, name: str) -> None:
    host = hosted(VIEWS[name]())
    host.page.set_viewport_size(
        {"width": 860, "height": 740}
    )  # JupyterLab's notebook in a window of 1000 × 800
    host.settle()
    together = host.page.evaluate(TOGETHER, host.root.element_handle())
    assert together == {"control": True, "words": True, "picture": True}
    size = host.root.evaluate("(root) => parseFloat(getComputedStyle(root).fontSize)")
    assert size >= 15


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("width", [1600, 700, 390])
def test_pictures_follow_the_width(hosted: Any, name: str, width: int) -> None:
    host = hosted(VIEWS[name]())
    host.page.set_viewport_size({"width": width, "height": 1000})
    host.settle()
    assert host.page.evaluate(CUT, host.root.element_handle()) == []
    assert host.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Nothing is drawn coarser than the screen is.
    coarse = host.root.evaluate(
        "(root) => [...root.querySelectorAll('canvas')].filter((c) => c.checkVisibility() && c.clientWidth)"
        ".filter((c) => c.width < 0.98 * c.clientWidth).map((c) => c.ariaLabel)"
    )
    assert coarse == []
    assert host.errors == []


WIDEST = """(root) => Math.max(...[...root.querySelectorAll('.caps-body canvas')]
  .filter((c) => c.checkVisibility()).map((c) => c.getBoundingClientRect().width))"""


@pytest.mark.parametrize("name", [*SLIDERS, "drawing", "training"])
def test_on_a_projector_the_pictures_are_larger_than_on_a_laptop(hosted: Any, name: str) -> None:
    host = hosted(VIEWS[name]())
    widths = []
    for size in ({"width": 860, "height": 740}, {"width": 1800, "height": 1300}):
        host.page.set_viewport_size(size)
        host.settle()
        widths.append(host.root.evaluate(WIDEST))
    assert widths[1] > 1.15 * widths[0]
    assert host.errors == []


def test_a_view_fills_the_screen_and_comes_back(hosted: Any) -> None:
    host = hosted(VIEWS["latent"]())
    host.root.get_by_role("button", name="Full screen").click()
    host.until(lambda: host.page.evaluate("document.fullscreenElement?.className.includes('caps-view')"))
    host.root.get_by_role("button", name="Leave full screen").click()
    host.until(lambda: host.page.evaluate("document.fullscreenElement === null"))
    assert host.errors == []
