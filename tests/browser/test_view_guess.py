"""Guess, see, look back in Chromium: with a mouse, a finger and keys; in JupyterLab and exported."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from hosting import Hosted, until, watch
from views import CURVE

import capslab as cl
from capslab.exercises import guess_record
from capslab.exercises.guess_words import COVERED

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("learner")]

NUMBER: dict[str, Any] = {"between": (0, 100), "unit": "of 100"}
ITEMS = ["d", "b", "c", "a"]


@pytest.fixture
def asked(hosted):
    """`asked("number", between=(0, 100))`: a question on a page of its own."""
    hosts = []

    def ask(name="it", **kind):
        hosts.append(hosted(cl.guess(name, "What will it be?", **kind)))
        return hosts[-1]

    yield ask
    for host in hosts:
        assert host.errors == []
        assert host.requests == []


def keep(host):
    host.root.get_by_role("button", name="This is my guess").click()
    host.settle()


def kept(name="it"):
    return guess_record.record.find(name).answer


def drag(host, start, spots):
    host.page.mouse.move(*start)
    host.page.mouse.down()
    for spot in spots:
        host.page.mouse.move(*spot, steps=8)
    host.page.mouse.up()


def touch(host, spots):
    """A finger that goes down at the first spot, along the others, and up."""
    session = host.page.context.new_cdp_session(host.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def send(kind, *points):
        told = [{"x": float(x), "y": float(y), "id": 1} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    send("touchStart", spots[0])
    for one, other in pairwise(spots):
        for share in np.linspace(0.1, 1, 10):
            send("touchMove", np.array(one) * (1 - share) + np.array(other) * share)
    send("touchEnd")
    host.settle()


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_number_with_the_mouse(asked):
    host = asked(**NUMBER)
    keep(host)
    assert kept() is None
    assert "first" in host.root.locator(".caps-words").inner_text()
    host.drag_slider("What will it be?", 0.75)
    field = host.root.get_by_role("spinbutton")
    assert float(field.input_value()) == pytest.approx(75, abs=2)
    drawn = host.root.locator(".caps-words").inner_text()
    assert drawn.startswith(f"So far: {field.input_value()} of 100.")  # said, but not kept
    assert kept() is None
    keep(host)
    assert kept() == float(field.input_value())
    assert (
        host.words()
        == host.view.words
        == f"Your guess: {field.input_value()} of 100. What came stands below."
    )
    assert field.is_disabled()
    assert host.root.get_by_role("button", name="This is my guess").is_hidden()


def test_a_number_with_keys(asked):
    host = asked(**NUMBER)
    for key in ("Tab", "ArrowRight", "ArrowRight", "Tab", "Tab", "Enter"):
        host.page.keyboard.press(key)
    host.settle()
    assert kept() == 52


def test_a_number_typed_beside_the_scale_is_no_guess_yet(asked):
    host = asked(**NUMBER)
    for wrong in ("101", "-1", ""):
        host.root.get_by_role("spinbutton").fill(wrong)
        keep(host)
        assert kept() is None
    host.root.get_by_role("spinbutton").fill("62.5")
    keep(host)
    assert kept() == 62.5


def test_a_choice_with_the_mouse_and_with_keys(asked):
    host = asked(choices=["red", "green", "blue"])
    keep(host)
    assert kept() is None
    host.root.get_by_label("green").click()
    assert host.root.get_by_role("radiogroup", name="What will it be?").count() == 1
    host.page.keyboard.press("ArrowDown")
    assert host.root.get_by_label("blue").is_checked()
    keep(host)
    assert kept() == "blue"


def order_of(host):
    return host.root.locator(".caps-item").all_inner_texts()


def test_an_order_with_the_mouse(asked):
    host = asked(order=ITEMS)
    rows = host.root.locator(".caps-order li")
    last = rows.nth(3).bounding_box()
    x, y = middle(host.root.locator(".caps-item").nth(0))
    drag(host, (x, y), [(x, last["y"] + last["height"] - 2)])
    assert order_of(host) == ["b", "c", "a", "d"]
    first = rows.nth(0).bounding_box()
    drag(host, middle(host.root.locator(".caps-item").nth(2)), [(x, first["y"] + 2)])
    keep(host)
    assert kept() == ["a", "b", "c", "d"]


def test_an_order_with_a_finger(asked):
    host = asked(order=ITEMS)
    last = host.root.locator(".caps-order li").nth(3).bounding_box()
    x, y = middle(host.root.locator(".caps-item").nth(0))
    touch(host, [(x, y), (x, last["y"] + last["height"] - 2)])
    assert order_of(host) == ["b", "c", "a", "d"]


def test_an_order_with_keys(asked):
    host = asked(order=ITEMS)
    host.root.get_by_role("button", name="Move up: a").focus()
    for _ in range(5):  # two more than there is room for
        host.page.keyboard.press("Enter")
    assert order_of(host) == ["a", "d", "b", "c"]
    assert "1 of 4" in host.root.locator(".caps-words").inner_text()
    assert host.page.evaluate("document.activeElement.ariaLabel") == "Move up: a"
    keep(host)
    assert kept() == ["a", "d", "b", "c"]


def at(host, k, height):
    """Where a point of the curve is on the page, by the drawing's own points."""
    points = [middle(host.root.get_by_role("slider", name=f"k = {x}", exact=True)) for x in (1, 21)]
    box = host.root.locator("svg.caps-curve").bounding_box()
    top, bottom = box["y"] + 34, box["y"] + box["height"] - 52
    (left, _), (right, _) = points
    return left + (right - left) * (k - 1) / 20, bottom - (bottom - top) * height / 100


def test_a_curve_with_the_mouse(asked):
    host = asked(**CURVE)
    keep(host)
    assert kept() is None
    drag(host, at(host, 1, 100), [at(host, 11, 20), at(host, 21, 20)])
    keep(host)
    assert np.array(kept())[[0, 8, 16, 24, 32]] == pytest.approx([100, 60, 20, 20, 20], abs=4)
    assert host.words() == host.view.words


def test_a_curve_with_a_finger_from_right_to_left(asked):
    host = asked(**CURVE)
    touch(host, [at(host, 21, 10), at(host, 6, 70)])
    keep(host)
    assert np.array(kept())[[0, 8, 32]] == pytest.approx([70, 70, 10], abs=4)  # flat where nothing was drawn


def test_a_curve_with_keys(asked):
    host = asked(**CURVE)
    host.root.get_by_role("slider", name="k = 11", exact=True).focus()
    for key in ("End", "PageDown", "ArrowUp"):
        host.page.keyboard.press(key)
    point = host.root.get_by_role("slider", name="k = 21", exact=True)
    point.focus()
    host.page.keyboard.press("Home")
    assert point.get_attribute("aria-valuetext") == "0 %"
    keep(host)
    # Flat before the first point that was moved, straight to the next.
    assert np.array(kept())[[0, 8, 16, 24, 32]] == pytest.approx([92, 92, 92, 46, 0])


def test_a_curve_as_five_numbers(asked):
    host = asked(**CURVE)
    for k, height in zip((1, 6, 11, 16, 21), (100, 40, 30, 25, 200), strict=True):
        host.root.get_by_label(f"Height at k = {k}", exact=True).fill(str(height))
    host.page.keyboard.press("Tab")
    keep(host)
    assert np.array(kept())[[0, 8, 16, 24, 32]] == pytest.approx([100, 40, 30, 25, 100])


TRUTH = (
    "() => document.body.innerText + [...document.querySelectorAll('*')].flatMap((node) => "
    "[...node.attributes].filter((a) => a.name !== 'style').map((a) => a.value)).join(' ')"
)


@pytest.mark.parametrize(
    ("kind", "value", "secret"),
    [
        (NUMBER, 93.7, "93.7"),
        ({"choices": ["red", "green"]}, "green", "green"),
        ({"order": ITEMS}, ["a", "b", "c", "d"], "a, b"),
        (CURVE, [87.3, 12], "87.3"),
    ],
)
def test_a_covered_truth_is_nowhere_in_the_page_until_it_is_asked_for(hosted, kind, value, secret):
    view = cl.guess("it", "What will it be?", **kind) and cl.reveal("it", value, "As was to be seen.")
    host = hosted(view)
    assert host.words() == view.words == COVERED
    for told in (host.page.evaluate(TRUTH), host.root.aria_snapshot()):
        assert secret not in told
        assert "As was" not in told
    host.root.get_by_role("button", name="Show me").click()
    host.settle()
    assert host.words() == view.words
    assert secret in host.words()
    assert guess_record.record.find("it").seen
    assert host.page.evaluate("document.activeElement.className") == "caps-question"
    assert host.errors == []


@pytest.mark.parametrize("kind", [NUMBER, {"choices": ["red", "green"]}, {"order": ITEMS}, CURVE])
def test_text_is_large_and_all_fits_a_telephone(page, kind):
    value = {"between": 130, "choices": "red", "order": ITEMS, "curve": [5, 200]}[next(iter(kind))]
    answer = {"between": 60, "choices": "green", "order": ITEMS[::-1], "curve": [5, 50]}[next(iter(kind))]
    for view in (
        cl.guess("one", "What will it be?", **kind),
        cl.guess("two", "What will it be, then?", answer=answer, **kind),
        cl.reveal("two", value),
        cl.guesses("01"),
    ):
        small_page = page.context.new_page()
        small_page.set_viewport_size({"width": 390, "height": 700})
        host = Hosted(small_page, view)
        host.settle()
        assert small_page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        small = small_page.evaluate(
            """() => [...document.querySelectorAll('.caps-view *')].filter((node) =>
              [...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())
              && node.checkVisibility() && parseFloat(getComputedStyle(node).fontSize) < 15)
              .map((node) => node.outerHTML)"""
        )
        assert small == []
        outside = small_page.evaluate(
            """() => [...document.querySelectorAll('svg text')].filter((node) => {
              const [box, own] = [node.getBoundingClientRect(), node.closest('svg').getBoundingClientRect()];
              return box.left < own.left - 1 || box.right > own.right + 1 || box.bottom > own.bottom + 1;
            }).map((node) => node.outerHTML)"""
        )
        assert outside == []
        assert host.errors == []
        small_page.close()


def test_a_kernel_that_dies_in_the_middle_of_a_drag(asked):
    host = asked(**NUMBER)
    host.page.evaluate("addEventListener('capslab-guess', (event) => { window.told = event.detail; })")
    x, y = middle(host.root.get_by_role("slider"))
    host.page.mouse.move(x, y)
    host.page.mouse.down()
    host.page.mouse.move(x + 40, y, steps=4)
    host.page.evaluate("model.emit('comm_live_update')")
    host.page.mouse.move(x + 80, y, steps=4)
    host.page.mouse.up()
    host.root.get_by_role("button", name="This is my guess").click()
    host.rest()
    assert host.page.evaluate("told.answer") > 50  # the truth below is uncovered all the same
    assert kept() is None
    text = host.root.locator(".caps-words").inner_text()
    assert text.startswith("Your guess: ")
    assert "kernel is gone" in text


CELLS = [
    'import capslab as cl\ncl.guess("it", "How many?", between=(0, 100))',
    'cl.reveal("it", 93, "Nearly all.")',
    'cl.guess("fall", "How does it fall?", curve={"k": (1, 21), "inertia": (0, 100)})',
    'cl.reveal("fall", [100, 60, 50])',
    'cl.guesses("01")',
]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guesses")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Small")])
    book.cells += map(nbformat.v4.new_code_cell, CELLS)
    nbformat.write(book, folder / "small.ipynb")
    command = [sys.executable, "-m", "capslab.cli", "export", "small.ipynb", "site"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stdout + told.stderr
    return folder / "site" / "small.html"


def part(page: Any, number: int) -> Any:
    figure = page.locator("figure.live").nth(number)
    figure.scroll_into_view_if_needed()
    figure.locator(".caps-view").wait_for()
    return figure.locator(".caps-view")


def test_in_an_exported_page_a_guess_uncovers_the_truth_and_stays_in_the_browser(page, exported):
    errors = watch(page)
    page.goto(exported.as_uri())
    assert "93" not in page.locator("main").aria_snapshot().replace('reveal("it", 93', "")
    below, table = part(page, 1), part(page, 4)
    assert "not guessed" in table.inner_text()
    above = part(page, 0)
    above.get_by_role("spinbutton").fill("60")
    above.get_by_role("button", name="This is my guess").click()
    assert below.locator(".caps-words").inner_text() == "You said 60; it is 93. Nearly all."
    assert "You said 60; it is 93." in table.locator(".caps-words").inner_text()
    part(page, 3).get_by_role("button", name="Show me").click()
    assert "60" in part(page, 3).locator(".caps-words").inner_text() or part(page, 3).locator("svg").count()
    page.reload()
    assert part(page, 1).locator(".caps-words").inner_text().startswith("You said 60; it is 93.")
    assert part(page, 0).get_by_role("spinbutton").is_disabled()
    assert "You said 60" in part(page, 4).locator(".caps-words").inner_text()
    page.evaluate(
        "localStorage.setItem(Object.keys(localStorage).find((k) => k.includes(' it ')), '{\"answer\": 6e9}')"
    )
    page.reload()
    assert part(page, 1).locator(".caps-words").inner_text() == COVERED
    assert errors == []


def test_without_javascript_an_exported_page_shows_the_truth(chromium, exported):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(exported.as_uri())
    assert page.locator("figure.live img[alt^='It is 93']").is_visible()
    context.close()


@pytest.mark.slow
def test_in_jupyterlab_run_all_covers_a_guess_uncovers_and_a_restart_forgets_nothing(lab, page, tmp_path):
    cells = [f"%env CAPSLAB_HOME={tmp_path}", *CELLS]
    notebook = lab.open(page, cells)
    below = notebook.view_of_cell(2).locator(".caps-words")
    assert below.inner_text() == COVERED
    above = notebook.view_of_cell(1)
    above.get_by_role("spinbutton").fill("60")
    above.get_by_role("button", name="This is my guess").click()
    until(below.inner_text, "You said 60; it is 93. Nearly all.", lambda: page.wait_for_timeout(50))
    table = notebook.view_of_cell(5).locator(".caps-words")
    assert "You said 60; it is 93." in table.inner_text()
    notebook.until_kernel("cl.reveal('it', 93).words", "'You said 60; it is 93.'")
    again = lab.open(page, [cells[0], CELLS[0], CELLS[1]])  # another kernel
    assert again.view_of_cell(2).locator(".caps-words").inner_text() == "You said 60; it is 93. Nearly all."
    assert "60" in again.view_of_cell(1).locator(".caps-words").inner_text()
    assert again.failures() == []
    assert not again.errors
