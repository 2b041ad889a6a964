"""Views whose kernel dies, restarts or cannot be reached: they say so and stay usable."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hosting import drag_slider
from views import AT_THEIR_END, SLIDERS, VIEWS

pytestmark = pytest.mark.browser

GONE = "The kernel is gone: "
CHANGED = "([view, words]) => view.querySelector('.caps-words').textContent !== words"
USABLE = "run the cell again; what is on screen keeps working."


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_says_that_its_kernel_is_gone_and_stays_usable(hosted, name):
    host = hosted(VIEWS[name]())
    said = host.root.locator(".caps-kernel")
    assert said.is_hidden()
    host.page.evaluate("model.emit('comm_live_update')")  # what ipywidgets tells of a restart
    assert said.inner_text().startswith(GONE)
    assert said.inner_text().endswith(USABLE)
    if name in SLIDERS:
        words, saves = host.words(), host.page.evaluate("model.saves")
        host.drag_slider(SLIDERS[name], 0.0 if name in AT_THEIR_END else 1.0)
        host.rest()
        assert host.words() != words
        assert host.page.evaluate("model.saves") == saves  # no kernel is asked any more
    assert host.errors == []


def test_a_cut_line_is_told_and_taken_back(hosted):
    host = hosted(
        VIEWS["clusters"](),
        manager="""() => { const signal = () => { const all = new Set();
          return { connect: (f) => all.add(f), disconnect: (f) => all.delete(f), all,
            emit: (value) => all.forEach((f) => f(null, value)) }; };
          return { kernel: { statusChanged: signal(), connectionStatusChanged: signal() } }; }""",
    )
    said = host.root.locator(".caps-kernel")
    host.page.evaluate("model.widget_manager.kernel.connectionStatusChanged.emit('connecting')")
    assert "kernel" in said.inner_text()
    assert not said.inner_text().startswith(GONE)  # it may come back
    host.page.evaluate("model.widget_manager.kernel.connectionStatusChanged.emit('connected')")
    assert said.is_hidden()
    host.page.evaluate("model.widget_manager.kernel.statusChanged.emit('busy')")
    assert said.is_hidden()
    host.page.evaluate("model.widget_manager.kernel.statusChanged.emit('dead')")
    host.page.evaluate("model.widget_manager.kernel.connectionStatusChanged.emit('connected')")
    assert said.inner_text().startswith(GONE)  # a new kernel does not know this view
    host.page.evaluate("dispose()")
    assert host.page.evaluate("model.widget_manager.kernel.statusChanged.all.size") == 0


CELLS = [
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})",
    "from views import VIEWS",
    *(f"VIEWS[{name!r}]()" for name in VIEWS),
]


def all_say_so(page, notebook):
    """Every view of the notebook has the sentence; the sliders still move the words."""
    page.wait_for_function(
        "(n) => document.querySelectorAll('.caps-kernel:not([hidden])').length === n", arg=len(VIEWS)
    )
    for i, name in enumerate(VIEWS):
        view = notebook.views.nth(i)
        said = view.locator(".caps-kernel").inner_text()
        assert said.startswith(GONE), name
        assert said.endswith(USABLE), name
        if name in SLIDERS:
            words = view.locator(".caps-words").inner_text()
            slider = view.get_by_role("slider", name=SLIDERS[name], exact=True).first
            drag_slider(page, slider, 0.2 if name != "routing" else 0.0)
            page.wait_for_function(CHANGED, arg=[view.element_handle(), words])


def test_in_jupyterlab_a_kernel_that_dies_in_the_middle_of_a_drag(lab, page):
    page.set_viewport_size({"width": 1200, "height": 4500})  # Lab draws only what is in sight
    notebook = lab.open(page, CELLS)
    notebook.views.nth(len(VIEWS) - 1).wait_for()
    words = notebook.views.first.locator(".caps-words")
    pid = int(notebook.ask("__import__('os').getpid()"))
    slider = notebook.views.first.get_by_role("slider", name="k", exact=True)
    box = slider.bounding_box()
    page.mouse.move(box["x"] + 8 + 2 / 28 * (box["width"] - 16), box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2, steps=6)
    before = words.inner_text()
    os.kill(pid, signal.SIGKILL)
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2, steps=6)
    notebook.until(lambda: words.inner_text() != before)  # drawn here, with no kernel
    assert words.inner_text().startswith("k = ")
    page.wait_for_selector(".caps-kernel:not([hidden])")
    page.mouse.move(box["x"] + box["width"], box["y"] + box["height"] / 2, steps=6)
    page.mouse.up()
    notebook.until(lambda: words.inner_text().startswith("k = 30 on"))
    page.locator(".jp-Dialog button.jp-mod-accept").click()  # Lab's own word that the kernel died
    all_say_so(page, notebook)


def test_in_jupyterlab_a_kernel_that_is_restarted(lab, page):
    page.set_viewport_size({"width": 1200, "height": 4500})
    notebook = lab.open(page, CELLS)
    notebook.views.nth(len(VIEWS) - 1).wait_for()
    assert page.locator(".caps-kernel:not([hidden])").count() == 0
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    all_say_so(page, notebook)
    notebook.command("notebook:run-all-cells")  # as the sentence says
    page.wait_for_function("() => document.querySelectorAll('.caps-kernel:not([hidden])').length === 0")
    notebook.views.nth(len(VIEWS) - 1).wait_for()
    first = notebook.views.first
    words = first.locator(".caps-words").inner_text()
    notebook.drag_slider("k", 1.0)
    page.wait_for_function(CHANGED, arg=[first.element_handle(), words])
    assert notebook.errors == []
