"""One slider by mouse and by keyboard in every place that can be driven here, opened as a learner would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from common import ROOT
from exported import exported
from hosting import drag_slider, until, watch
from marimoserver import marimo
from views import VIEWS

pytestmark = pytest.mark.browser

HERE = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]"
CELLS = [f"{HERE}\nfrom views import VIEWS\nimport ipywidgets", "view = VIEWS['clusters']()\nview"]
PLAIN = "plain = ipywidgets.IntSlider(5, 0, 10, description='plain')\nplain"


def moves_by_mouse_and_by_keyboard(page: Any, view: Any) -> None:
    """Drags k, then presses arrow keys: the words follow and the slider keeps the focus."""
    view.wait_for()
    slider = view.get_by_role("slider", name="k", exact=True)
    words = view.locator(".caps-words")

    def is_at(k: int) -> None:
        until(lambda: words.inner_text().split(" on ")[0], f"k = {k}", lambda: page.wait_for_timeout(50))

    is_at(4)
    drag_slider(page, slider, 0.5)
    is_at(16)
    for _ in range(5):  # a notebook that has just run may take the first key, and the focus, for a cell
        slider.press("ArrowRight")
        page.wait_for_timeout(2000)
        if words.inner_text().startswith("k = 17"):
            break
    is_at(17)
    for key, k in [("ArrowUp", 18), ("ArrowLeft", 17), ("Home", 2)]:
        page.keyboard.press(key)
        is_at(k)
        assert slider.evaluate("(node) => node.matches(':focus')"), key


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_in_jupyter(lab: Any, page: Any, app: str) -> None:
    notebook = lab.open(page, [*CELLS, PLAIN], app=app)
    moves_by_mouse_and_by_keyboard(page, notebook.views.first)
    notebook.until_kernel("view.k", "2")
    page.keyboard.press("Shift+Enter")  # means the notebook, wherever one is in it
    page.keyboard.press("ArrowRight")
    assert notebook.errors == []
    # What docs/places.md says of Notebook 7: the notebook takes arrow keys from widgets that are not ours.
    handle = page.locator(".widget-slider .noUi-handle").first
    handle.scroll_into_view_if_needed()
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert notebook.ask("plain.value") == {"lab": "6", "notebook": "5"}[app]
    page.locator(".widget-slider .widget-readout").first.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    notebook.until_kernel("plain.value", "8")  # the way that it proposes


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_in_marimo(page: Any, tmp_path: Path, theme: str) -> None:
    news = tmp_path / "k.txt"
    cell = "\n".join(
        [
            HERE,
            "from pathlib import Path",
            "from views import VIEWS",
            "view = VIEWS['clusters']()",
            f"view.observe(lambda change: Path({str(news)!r}).write_text(str(change.new)), 'k')",
            "view",
        ]
    )
    errors = watch(page)
    with marimo(tmp_path, [cell], theme) as address:
        page.goto(address)
        view = page.locator(".caps-view").first
        moves_by_mouse_and_by_keyboard(page, view)
        until(lambda: news.exists() and news.read_text(), "2", lambda: page.wait_for_timeout(50))
        assert view.evaluate("(root) => root.getRootNode() instanceof ShadowRoot")
        paper = view.evaluate("(root) => getComputedStyle(root).backgroundColor")
        assert (paper == "rgb(255, 255, 255)") is (theme == "light")
    assert errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_an_exported_page(page: Any, tmp_path: Path, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    errors = watch(page)
    page.goto(exported(tmp_path, {"clusters": VIEWS["clusters"]()}).as_uri())
    page.locator("figure.live").first.scroll_into_view_if_needed()
    moves_by_mouse_and_by_keyboard(page, page.locator(".caps-view").first)
    assert errors == []
