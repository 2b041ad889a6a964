"""The network view in Chromium: slider, pointing, clicks down to one multiplication, keys, narrow pages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from common import data_sets, numbers_in
from fakes import FakeNetwork, some_images

import capslab as cl
from capslab.widgets.network.content import described

pytestmark = pytest.mark.browser

PICTURE = "canvas.caps-network"


@pytest.fixture
def view():
    return cl.show_network(FakeNetwork(), some_images(), index=7)


def numbers(text: str) -> list[float]:
    """The numbers of a text, signs included."""
    return [float(number.replace("−", "-").replace(",", "")) for number in numbers_in(text)]


def point(host: Any, x: float, y: float, click: bool = False) -> None:
    """Moves the mouse to a place of the wide picture, in its own units."""
    canvas = host.root.locator(PICTURE)
    scale = canvas.evaluate("(c) => c.getBoundingClientRect().width / c.wide")
    where = {"x": x * scale, "y": y * scale}
    canvas.hover(position=where)  # waits until the picture stands still: the words above it may have grown
    if click:
        host.settle()
        canvas.click(position=where)
    host.settle()


# In the wide picture of a grid of 3 × 4 places with 2 types, 5 digit capsules and maps of two convolutions.
CAPSULE = (292, 155)  # the first one: row 1, column 1, type 1
ROW = (560, 206)  # the third of five digit capsules
RECONSTRUCTION = (757, 206)
IMAGE = (43, 206)
MAP = (153, 73)  # the first map of the first convolution


def test_browser_says_what_python_says(host, view):
    assert host.words() == view.words
    filter_ = view.layers[1]["drawn"][1]
    for view.part in [("primary", 5, 2), ("digit", 4), ("map", 1, filter_, 2, 1), ("reconstruction", 0), ()]:
        for view.iteration in (1, 2, 3):
            assert host.words() == view.words
    view.index = int(view.positions[3])
    assert host.words() == view.words


@pytest.mark.parametrize("name", ["digits", "mnist"])
def test_it_says_what_python_says_of_the_networks_of_the_course(hosted, name):
    if name not in data_sets():
        pytest.skip("CAPSLAB_DATA names no MNIST")
    view = cl.show_network(cl.pretrained(f"capsnet-{name}"), cl.load(name)[:40])
    host = hosted(view)
    last = max(i for i, layer in enumerate(view.layers) if layer["drawn"])
    for part in [
        ("primary", 30, 4),
        ("digit", 7),
        ("map", last, view.layers[last]["drawn"][2], 1, 3),
        ("reconstruction",),
    ]:
        view.part = part
        for position in view.positions[:3]:
            view.index = position
            for view.iteration in (1, 2, 3):
                assert host.words() == view.words
    view.part = ("map", last, view.layers[last]["drawn"][2], 1, 3)
    host.sync()
    host.frame()
    assert host.root.locator(".caps-steps").inner_text().rstrip().endswith(view.words.split()[-1].rstrip("."))
    assert host.errors == []


FIELDS = """async ([layers, size, grid]) => {
  const { fieldOf } = await import("/js/network/arithmetic.js");
  const places = Array.from({ length: grid[0] * grid[1] }, (_, k) => [Math.floor(k / grid[1]), k % grid[1]]);
  return places.map(([row, column]) => fieldOf(layers, layers.length - 1, row, column, size));
}"""


@pytest.mark.parametrize(
    ("preset", "shape"), [("digits", (8, 8, 1)), ("visible", (28, 28, 1)), ("any-size", (13, 31, 3))]
)
def test_receptive_fields_are_the_models(modules, preset, shape):
    model = cl.CapsNet(shape, 10, preset=preset)
    layers = described(model.convolutions(), [], [])
    rows, columns, types = model.grid
    found = modules.evaluate(FIELDS, [layers, shape[:2], model.grid])
    assert found == [list(model.receptive_field(types * place)) for place in range(rows * columns)]


def test_dragging_the_iteration(host, view):
    before, words = host.pixels(PICTURE), host.words()
    host.drag_slider("iteration", 0.0)
    host.settle(500)  # lines and bars move for a moment
    assert view.iteration == 1
    assert host.pixels(PICTURE) != before
    assert numbers_in(host.words())[:2] == ["1", "3"]
    host.drag_slider("iteration", 1.0)
    host.settle(500)
    assert host.words() == words == view.words
    assert host.pixels(PICTURE) == before


def test_pointing_at_a_capsule_shows_what_it_sees_and_lets_go_again(host, view):
    before, words = host.pixels(PICTURE), host.words()
    point(host, *CAPSULE)
    pointed = host.words()
    assert pointed.startswith(words)
    top, left, bottom, right = view.fields[0]
    assert f"rows {top + 1}–{bottom} and columns {left + 1}–{right}" in pointed
    assert host.pixels(PICTURE) != before
    assert view.part == ()
    host.page.mouse.move(5, 5)
    assert host.words() == words
    assert host.pixels(PICTURE) == before


def test_pointing_at_a_pixel_names_its_grey_level(host, view):
    point(host, *IMAGE)
    row, column, level = numbers(host.words())[-4:-1]
    pixels = view.thumbs[view.positions.tolist().index(view.index)]
    assert level == pixels[int(row) - 1, int(column) - 1, 0]


def test_clicking_a_capsule_opens_its_vote_coupling_and_contribution(host, view):
    assert not host.root.locator(".caps-steps").is_visible()
    point(host, *CAPSULE, click=True)
    digit = view.trace.predicted
    host.until(lambda: view.part == ("primary", 0, digit))
    assert host.words() == view.words
    steps, trace = host.root.locator(".caps-steps"), view.trace
    u = view.primary[view.positions.tolist().index(view.index), 0]
    host.root.get_by_label("number of the vote").select_option(index=2)
    host.settle()
    tables = steps.locator("table")
    for row, expected in enumerate([u, view.weights[0, digit, 2], u * view.weights[0, digit, 2]]):
        shown = tables.nth(0).locator("tbody tr").nth(row).locator("td").all_inner_texts()
        np.testing.assert_allclose([numbers(text)[0] for text in shown[:4]], expected, atol=0.0051)
    assert f"= {trace.votes[0, digit, 2]:+.3f}".replace("-", "−") in tables.nth(0).inner_text()
    shown = tables.nth(1).locator("tbody tr").nth(2).locator("td").all_inner_texts()
    np.testing.assert_allclose([numbers(text)[0] for text in shown[:5]], trace.couplings[-1, 0], atol=0.0051)
    contribution = f"= {trace.contributions[-1, 0, digit]:+.4f}".replace("-", "−")
    assert contribution in steps.inner_text()
    host.root.get_by_role("combobox", name="digit capsule").select_option(index=1)
    host.settle()
    host.until(lambda: view.part == ("primary", 0, 1))


def test_clicking_a_digit_capsule_opens_its_sum_and_leads_to_its_largest_terms(host, view):
    point(host, *ROW, click=True)
    assert view.part == ("digit", 2)
    assert host.words() == view.words
    steps, trace = host.root.locator(".caps-steps"), view.trace
    s = trace.couplings[-1, :, 2] @ trace.votes[:, 2] + view.bias[2].astype(float)
    cells = steps.locator("table").nth(0).locator("tbody tr").nth(2).locator("td").all_inner_texts()
    listed = [numbers(text)[-1] for text in cells]
    assert listed[-1] == pytest.approx(s[0], abs=6e-4)
    assert sum(listed[:-1]) == pytest.approx(s[0], abs=2e-3)  # four terms, the others, the bias
    squared = float(s @ s)
    assert f"{squared:.3f} / {1 + squared:.3f} = {trace.lengths[-1, 2]:.3f}" in steps.inner_text()
    terms = trace.couplings[-1, :, 2] * trace.votes[:, 2, 0]
    steps.locator("th button").first.click()
    host.settle()
    assert view.part == ("primary", int(np.abs(terms).argmax()), 2)


def test_clicking_a_map_opens_the_convolution(host, view):
    point(host, *MAP, click=True)
    kind, layer, number, row, column = view.part
    assert (kind, layer, number) == ("map", 0, view.layers[0]["drawn"][0])
    assert host.words() == view.words
    steps = host.root.locator(".caps-steps")
    pixels = view.thumbs[view.positions.tolist().index(view.index)][..., 0] / 255
    window = np.pad(pixels, 1)[row : row + 3, column : column + 3]
    weights = view.kernels[:9].reshape(3, 3)
    shown = [numbers(text)[0] for text in steps.locator("td").all_inner_texts()]
    expected = np.concatenate([window.ravel(), weights.ravel(), (window * weights).ravel()])
    np.testing.assert_allclose(shown, expected, atol=0.0051)
    value = max(0, view.kernels[9] * np.sum(window * weights) + view.kernels[10])
    assert steps.inner_text().rstrip().endswith(f"= {value:.3f}")
    assert numbers(host.words())[-1] == pytest.approx(value, abs=6e-4)


def test_clicking_the_reconstruction_and_beside_everything(host, view):
    point(host, *RECONSTRUCTION, click=True)
    assert view.part == ("reconstruction", view.trace.predicted)
    assert host.words() == view.words
    point(host, 10, 360, click=True)
    assert view.part == ()
    assert not host.root.locator(".caps-steps").is_visible()


def test_keys_walk_through_the_network(host, view):
    host.root.locator(PICTURE).focus()
    host.page.mouse.move(5, 5)
    winner = view.trace.predicted
    steps = [
        ("ArrowRight", ("primary", 0, winner)),
        ("ArrowDown", ("primary", 1, winner)),  # the types of a place lie below each other
        ("ArrowLeft", None),
        ("ArrowRight", ("primary", 0, winner)),
    ]
    for key, expected in steps:
        host.page.keyboard.press(key)
        host.settle()
        if expected is None:
            assert view.part[:3] == ("map", 1, view.layers[1]["drawn"][0])
            before = view.part
            host.page.keyboard.press("Shift+ArrowDown")
            host.settle()
            assert view.part[:3] == before[:3]
        else:
            assert view.part == expected
        assert host.words() == view.words
    for _ in range(8):
        host.page.keyboard.press("ArrowRight")
    host.settle()
    assert view.part[0] == "reconstruction"
    host.page.keyboard.press("Escape")
    host.settle()
    assert view.part == ()


def test_choosing_another_image(host, view):
    before = host.pixels(PICTURE)
    host.root.get_by_role("combobox", name="image").select_option(index=2)
    host.settle()
    assert view.index == view.positions[2]
    assert host.words() == view.words
    assert host.pixels(PICTURE) != before


def test_an_image_that_python_asks_for_joins_the_list(hosted):
    view = cl.show_network(FakeNetwork(), some_images(60))
    host = hosted(view)
    view.index = next(i for i in range(60) if i not in view.positions)
    assert host.words() == view.words
    assert host.root.get_by_role("combobox", name="image").input_value() == str(view.index)
    assert host.errors == []


def test_one_image_needs_no_list_and_the_code_names_it(hosted):
    host = hosted(cl.show_network(FakeNetwork(), some_images()[7]))
    assert host.root.get_by_role("combobox", name="image").count() == 0
    host.root.get_by_role("button", name="Show the code").click()
    point(host, *ROW, click=True)
    code = host.root.locator(".caps-code").inner_text()
    assert "cl.route(model, image, iterations=3)" in code
    assert "j = 2" in code
    assert "⟨" not in code
    assert code.strip() == host.view.code.strip()
    assert host.errors == []


def test_playing_moves_the_iteration(host, view):
    view.iteration = 1
    host.sync()
    host.root.get_by_role("button", name="Play").click()
    host.until(lambda: view.iteration, 3)


def test_on_a_phone_the_network_runs_over_two_rows_and_parts_can_be_tapped(hosted, view):
    host = hosted(view)
    wide = host.root.locator(PICTURE).bounding_box()
    host.page.set_viewport_size({"width": 390, "height": 900})
    host.settle(500)
    tall = host.root.locator(PICTURE).bounding_box()
    assert tall["width"] < 390
    assert tall["height"] / tall["width"] > 1.5 > wide["height"] / wide["width"]
    scale = host.root.locator(PICTURE).evaluate("(c) => c.getBoundingClientRect().width / c.wide")
    assert scale > 0.9  # text of 12 to 13 units stays readable
    host.root.locator(PICTURE).click(position={"x": 10 * scale, "y": 382 * scale})
    host.settle()
    assert view.part[:2] == ("primary", 0)
    assert host.errors == []


def test_nothing_moves_by_itself_where_the_reader_wants_calm(hosted, view):
    host = hosted(view)
    host.page.emulate_media(reduced_motion="reduce")
    view.iteration = 1
    first = host.pixels(PICTURE)
    host.settle(500)
    assert host.pixels(PICTURE) == first


def test_a_part_chosen_in_python_is_opened(host, view):
    view.part = ("digit", 1)
    host.sync()
    host.frame()
    assert "Digit capsule b" in host.root.locator(".caps-steps .caps-title").inner_text()


def test_hidden_controls_are_not_there(hosted):
    hide = ("play", "image", "arithmetic")
    host = hosted(cl.show_network(FakeNetwork(), some_images(), hide=hide), theme="dark")
    assert host.root.get_by_role("button").all_inner_texts() == ["Full screen", "Show the code"]
    point(host, *ROW, click=True)
    assert host.root.locator(".caps-steps").count() == 0
    assert host.errors == []
