"""An exported page with every view, for those who read it, hear it, print it or hold it in their hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from exported import exported
from hosting import until, watch
from views import VIEWS

pytestmark = pytest.mark.browser

#: what axe tests beyond its default: that a control's name has its visible text is an experiment of theirs
TAGS = [
    *(f"wcag{version}" for version in ("2a", "2aa", "21a", "21aa", "22aa")),
    "best-practice",
    "experimental",
]

# Notes every control that has no name at a moment when the page could be looked at, however short.
EVER_NAMELESS = """
window.nameless = new Set();
new MutationObserver(() => {
  if (document.readyState === 'loading') return; // half of an element may have been read
  for (const node of document.querySelectorAll('button, a[href], input, select, [role=button]')) {
    const label = node.labels?.[0]?.textContent.trim();
    const name = node.ariaLabel || node.title || node.textContent.trim() || label;
    if (!name && node.checkVisibility()) nameless.add(node.outerHTML.slice(0, 120));
  }
}).observe(document, { childList: true, subtree: true, attributes: true });
"""

# Controls whose name lacks the words that are seen on them: who says them aloud would not be understood.
MISNAMED = """() => {
  const plain = (text) => text.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu, ' ').trim();
  return [...document.querySelectorAll('button, a[href]')].filter((node) => node.ariaLabel
    && node.checkVisibility() && !plain(node.ariaLabel).includes(plain(node.innerText)))
    .map((node) => node.outerHTML.slice(0, 120));
}"""

CODE = "total = 1\nfor k in range(3):\n    total += k"
WIDE = (
    "| | " + " | ".join(f"column {i}" for i in range(30)) + " |\n|" + "---|" * 31 + "\n| row |" + " 1 |" * 30
)
CELLS = [
    nbformat.v4.new_markdown_cell("#### A heading that is too deep\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
    nbformat.v4.new_code_cell(CODE),
    nbformat.v4.new_markdown_cell(f"## About clusters\n\n{WIDE}\n\n$$\\sum_i {'x + ' * 60} y$$"),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(tmp_path_factory.mktemp("export"), {name: VIEWS[name]() for name in VIEWS}, *CELLS)


@pytest.fixture
def errors(page: Any, path: Path) -> Iterator[list[str]]:
    """The page is open, from a disk; nothing goes wrong on it."""
    errors = watch(page)
    page.goto(path.as_uri())
    yield errors
    assert errors == []


def start_all(page: Any) -> None:
    for figure in page.locator("figure.live").all():
        figure.scroll_into_view_if_needed()
        figure.locator(".caps-view").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_has_its_name_at_every_moment(page: Any, path: Path, scheme: str) -> None:
    page.add_init_script(EVER_NAMELESS)
    page.emulate_media(color_scheme=scheme)
    page.goto(path.as_uri())
    start_all(page)
    page.wait_for_timeout(500)
    assert page.evaluate("[...nameless]") == []
    assert page.evaluate(MISNAMED) == []
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((h) => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert len(set(ids)) == len(ids)
    import axe_playwright_python

    for address in (path, path.with_name("index.html")):
        if page.url != address.as_uri():
            page.goto(address.as_uri())
        page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")  # a head that stays may cover what scrolls
        page.evaluate((files(axe_playwright_python) / "axe.min.js").read_text("utf-8"))
        found = page.evaluate(
            """async (values) => (await axe.run(document, { runOnly: { type: 'tag', values } })).violations
              .map((v) => [v.id, v.nodes.map((node) => node.html.slice(0, 120))])""",
            TAGS,
        )
        assert found == []


def test_the_contents_lead_to_every_part(page: Any, errors: list[str]) -> None:
    contents = page.get_by_role("navigation", name="On this page")
    links = contents.get_by_role("link")
    page.set_viewport_size({"width": 1400, "height": 900})
    targets = [link.get_attribute("href") or "" for link in links.all()]
    assert len(targets) == len(set(targets)) > len(VIEWS)
    for target in targets:
        assert page.locator(f"[id='{target[1:]}']").count() == 1
    links.last.click()
    until(lambda: page.evaluate("scrollY") > 1000, True, lambda: page.wait_for_timeout(50))
    assert links.last.is_visible()  # it stays beside what one reads
    page.set_viewport_size({"width": 390, "height": 844})
    until(lambda: links.first.is_visible(), False, lambda: page.wait_for_timeout(50))
    page.evaluate("scrollTo(0, 0)")
    contents.get_by_text("On this page").click()
    links.first.wait_for()
    links.first.click()
    until(lambda: links.first.is_visible(), False, lambda: page.wait_for_timeout(50))


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_code_is_copied_as_it_is_written(chromium: Any, path: Path, has_clipboard: bool) -> None:
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    if not has_clipboard:  # as where the file server is no secure context
        page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('not here'));")
    page.goto(path.as_uri())
    button = page.locator(".cell").filter(has_text="for k in range").get_by_role("button", name="Copy")
    button.focus()
    page.keyboard.press("Enter")
    button.page.get_by_role("button", name="Copied").wait_for()
    assert page.locator("#told").inner_text() == "Copied"
    assert page.evaluate("navigator.clipboard.readText()") == CODE
    page.locator(".cell").filter(has_text="for k in range").get_by_role("button", name="Copy").wait_for()
    context.close()


def test_on_a_phone_nothing_sticks_out_and_what_scrolls_is_reached(page: Any, errors: list[str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    start_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    wide = page.locator(".wide").last
    assert wide.get_attribute("tabindex") == "0"
    assert wide.get_attribute("role") == "region"
    assert wide.locator("table").evaluate("(table) => getComputedStyle(table).display") == "table"
    names = page.evaluate("[...document.querySelectorAll('[role=region]')].map((node) => node.ariaLabel)")
    assert len(set(names)) == len(names)
    narrow = page.locator(".wide").first
    assert narrow.get_attribute("tabindex") is None


def test_on_paper_there_is_the_text_and_no_button(page: Any, errors: list[str]) -> None:
    page.emulate_media(media="print")
    for selector in ("header", "footer", ".contents", ".copy", ".elsewhere"):
        assert page.locator(selector).locator("visible=true").count() == 0, selector
    assert page.get_by_text("A heading that is too deep").locator("visible=true").count() == 1


def test_the_index_shows_a_part_that_can_be_read(page: Any, path: Path) -> None:
    for width in (1200, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.with_name("index.html").as_uri())
        image = page.locator(".map img").first
        shown, whole = image.evaluate("(i) => [i.getBoundingClientRect().width, i.naturalWidth]")
        assert shown > 0.7 * whole  # its letters are hardly smaller than on the page
        assert image.get_attribute("alt")
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.locator(".map li").first.click(position={"x": 20, "y": 20})  # the whole card leads there
    assert re.search(r"page\.html$", page.url)
