"""The course as a learner meets it: opened in JupyterLab, run, its sliders dragged with a mouse."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from hosting import drag_slider

from capslab.course.editions import edition
from capslab.course.lesson_length import views

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHARE = "(s) => (s.value - s.min) / (s.max - s.min)"
#: sliders that change nothing that is shown yet: the next stroke's width, the next step's length
LATER = ("pen", "learning_rate")
#: lessons without a slider: their guesses are choices and orders
STILL = ("06_printed_network",)
SOURCES = Path(__file__).parents[2] / "notebooks" / "src"


def lessons():
    """Every lesson. One whose views were all in an earlier one is rare."""
    met = set()
    for path in sorted(SOURCES.glob("*.py")):
        source = path.read_text("utf-8")
        shown = {name for name in views() if f"cl.{name}(" in source}
        yield path.stem if shown - met else pytest.param(path.stem, marks=pytest.mark.rare)
        met |= shown


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", list(lessons()))
def test_run_all_and_drag_every_slider(lab, page, name):
    book = edition(SOURCES / f"{name}.py")
    book.cells.insert(0, nbformat.v4.new_code_cell("%env CAPSLAB_DATASET=digits"))
    notebook = lab.open_book(page, book, timeout=600)
    assert notebook.ask("cl.load().name") == "'digits'"
    assert notebook.failures() == []

    dragged = 0
    for position in notebook.cells_with_views():
        view = notebook.view_of_cell(position)
        sliders = view.locator("input[type=range]")
        for i in range(sliders.count()):
            slider = sliders.nth(i)
            if not slider.is_visible() or not slider.is_enabled():
                continue
            before, words = slider.input_value(), view.locator(".caps-words").inner_text()
            drag_slider(page, slider, 0.9 if slider.evaluate(SHARE) <= 0.5 else 0.1)
            assert slider.input_value() != before, (name, position, i)
            dragged += 1
            if slider.get_attribute("data-control") in LATER:
                continue
            page.wait_for_function(
                "([view, words]) => view.querySelector('.caps-words').textContent !== words",
                arg=[view.element_handle(), words],
            )
        assert view.locator(".caps-error").is_hidden()
    assert dragged or name in STILL, "a notebook of this course has something to move"
    assert not notebook.errors
