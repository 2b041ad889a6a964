"""The front-end contract: each view needs anywidget's model and the DOM, and nothing else.

VS Code and Colab cannot be driven here. What they promise a view is tested instead: see `afm`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from afm import CONTRACT, OPTIONAL, FrontEnd
from views import AT_THEIR_END, SLIDERS, VIEWS

from capslab.widgets.base import STATIC

pytestmark = pytest.mark.browser

BUNDLES = sorted(STATIC.glob("*.js"))
#: in a built module: what needs a loader, the network, or a page that allows code made from text
FORBIDDEN = (
    r"\b(?:require|eval|importScripts|fetch|import)\s*\(|\bnew Function\b|\bXMLHttpRequest\b|\bWebSocket\b"
)
#: `change:…` aside; the second tells of a restarted kernel where ipywidgets runs
EVENTS = ("msg:custom", "comm_live_update")
ADDRESSES = r"https?://(?!www\.w3\.org/)[\w.-]+"  # namespaces of SVG and XHTML are names, not addresses


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: path.stem)
def test_a_bundle_is_one_module_that_loads_nothing(bundle: Path) -> None:
    text = bundle.read_text("utf-8")
    assert re.findall(FORBIDDEN, text) == []
    assert re.findall(ADDRESSES, text) == []
    assert re.findall(r"(?:^|[;\n}])\s*import\b[^(.]", text) == []
    assert re.findall(r"\bexport\s*\{([^}]*)\}", text)[0].endswith("as default")
    sheet = bundle.with_suffix(".css").read_text("utf-8")
    assert re.findall(r"@import|url\((?!\s*[\"']?data:)", sheet) == []


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_needs_anywidgets_model_and_nothing_else(page: Any, name: str) -> None:
    view = VIEWS[name]()
    front = FrontEnd(page)
    front.show(view)
    assert page.evaluate("shown.exports") == ["default"]
    assert {"render"} <= set(page.evaluate("shown.parts")) <= {"initialize", "render"}
    assert front.words() == view.words
    if name in SLIDERS:
        front.drag_slider(SLIDERS[name], 0.0 if name in AT_THEIR_END else 1.0)
        assert front.words() != view.words
        assert page.evaluate("shown.log.saved.length") > 0
    assert {"get", "on"} <= front.asked() <= CONTRACT | OPTIONAL
    events = page.evaluate("shown.log.events()")
    assert [event for event in events if not event.startswith("change:") and event not in EVENTS] == []
    assert page.evaluate("touched") == []
    assert page.evaluate("refused") == []
    assert front.requests == []
    # The cell is run again: nothing of the old view listens any more.
    assert page.evaluate("shown.kind") == "function"
    page.evaluate("shown.dispose()")
    assert page.evaluate("shown.log.left()") == 0
    assert front.errors == []


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_looks_the_same_wherever_it_is_put(page: Any, name: str) -> None:
    """In marimo's shadow root, in a tab opened later, in a cell not yet measured or not yet on a page."""
    view = VIEWS[name]()
    front = FrontEnd(page)
    front.show(view)
    looks = front.looks()
    assert looks[0][0] == "10px 14px"  # its style sheet arrived
    for place in ("hidden", "narrow", "detached", "shadow"):
        front.show(view, place)
        assert front.looks() == looks, place
        assert front.words() == view.words
    assert front.root.evaluate("(root) => root.getRootNode() instanceof ShadowRoot")
    if name in SLIDERS:
        front.drag_slider(SLIDERS[name], 0.0 if name in AT_THEIR_END else 1.0)
        assert front.words() != view.words
    assert front.errors == []


def test_full_screen_the_wheel_and_the_keys_in_a_shadow_root(page: Any) -> None:
    """`document` knows only the host of a shadow root: the element itself knows its focus and its screen."""
    front = FrontEnd(page)
    front.show(VIEWS["clusters"](), "shadow")
    front.root.get_by_role("button", name="Full screen", exact=True).click()
    front.root.get_by_role("button", name="Leave full screen").click()
    front.root.get_by_role("button", name="Full screen", exact=True).wait_for()
    scatter = front.root.locator("canvas[tabindex='0']").first
    scatter.scroll_into_view_if_needed()
    drawn = "(root) => [...root.querySelectorAll('canvas')].map((c) => c.toDataURL()).join()"
    before = front.root.evaluate(drawn)
    scatter.focus()
    box = scatter.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -400)
    front.settle()
    assert front.root.evaluate(drawn) != before
    assert front.errors == []


@pytest.mark.parametrize("key", ["light", "dark"])
def test_a_view_follows_a_page_that_names_no_colours(page: Any, key: str) -> None:
    """Where there is no theme of Jupyter's, the page's colour scheme says whether the paper is dark."""
    front = FrontEnd(page)
    front.show(VIEWS["clusters"]())
    page.evaluate("(scheme) => { document.documentElement.style.colorScheme = scheme; }", key)
    front.settle()
    ink, paper = front.root.evaluate(
        "(root) => [getComputedStyle(root).color, getComputedStyle(root).backgroundColor]"
    )
    bright = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ink, paper)]
    assert (bright[0] < 200 and bright[1] > 600) if key == "light" else (bright[0] > 600 and bright[1] < 200)
    assert front.errors == []
