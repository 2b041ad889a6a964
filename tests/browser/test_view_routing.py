"""The routing view in Chromium: its arithmetic, and a learner's mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from common import numbers_in
from fakes import FakeCapsNet, some_images
from hosting import Hosted

from capslab.routing import routing_by_agreement
from capslab.routing.variants import ROUTINGS, route_votes
from capslab.widgets.routing.widget import show_routing

pytestmark = pytest.mark.browser

ROUTE = """async ([weights, shape, primary, bias, iterations]) => {
  const { castVotes, routeVotes } = await import("/js/shared/routing.js");
  const votes = castVotes({ data: Float32Array.from(weights), shape }, Float32Array.from(primary), 0);
  const steps = routeVotes(votes, shape.slice(0, 3), Float32Array.from(bias), iterations);
  const list = (name) => steps.map((step) => Array.from(step[name]));
  const names = ["logits", "couplings", "outputs", "lengths", "agreement", "contribution", "deviation"];
  return { votes: Array.from(votes), entropy: steps.map((step) => step.entropy),
    ...Object.fromEntries(names.map((name) => [name, list(name)])) };
}"""


@pytest.mark.parametrize(
    ("grid", "classes", "gain"), [((3, 4, 2), 5, 1.0), ((1, 1, 8), 10, 0.02), ((6, 6, 2), 10, 3.0)]
)
def test_arithmetic_is_pythons(modules, grid, classes, gain):
    model, image = FakeCapsNet(grid, classes, gain=gain), some_images().images[:1]
    learned, primary = model.routing_weights(), model.primary(image)[0]
    trace = routing_by_agreement(learned.votes(primary), 10, learned.bias)
    arguments = [learned.weights, learned.weights.shape, primary, learned.bias]
    found = modules.evaluate(ROUTE, [*(np.ravel(a).tolist() for a in arguments), 10])
    expected = {
        "votes": trace.votes,
        "entropy": trace.entropy,
        "contribution": trace.contributions,
        **{
            n: getattr(trace, n)
            for n in ("logits", "couplings", "outputs", "lengths", "agreement", "deviation")
        },
    }
    for name, value in expected.items():
        np.testing.assert_allclose(np.ravel(found[name]), np.ravel(value), rtol=1e-5, atol=1e-5, err_msg=name)


WAYS = """async ([votes, shape, given, routing]) => {
  const { routeBy } = await import("/js/shared/routing_ways.js");
  const floats = Object.fromEntries(["bias", "activations"].map((name) => [name,
  Float64Array.from(given[name])])); const steps = routeBy(routing, Float64Array.from(votes), shape, {
  ...given, ...floats }); return steps.map((step) => Array.from(step.couplings));
}"""


@pytest.mark.parametrize("routing", ROUTINGS)
def test_every_way_of_routing_is_pythons(modules, routing):
    model, image = FakeCapsNet((3, 4, 2), 5), some_images().images[:1]
    learned, primary = model.routing_weights(), model.primary(image)[0]
    votes, lengths = learned.votes(primary), np.minimum(np.linalg.norm(primary, axis=-1), 1)
    trace = route_votes(votes, routing, 4, learned.bias, lengths)
    given = {"bias": np.ravel(learned.bias).tolist(), "activations": lengths.tolist(), "iterations": 4}
    found = modules.evaluate(WAYS, [np.ravel(votes).tolist(), votes.shape, given, routing])
    np.testing.assert_allclose(np.ravel(found), np.ravel(trace.couplings), rtol=1e-5, atol=1e-5)


@pytest.fixture
def view():
    return show_routing(FakeCapsNet(), some_images(), index=7)


def middle_of(host, cell, digit):
    """Where a cell of a 3 × 4 × 2 map lies on the page; the two types of a place lie one above the other."""
    box = host.root.locator("canvas.caps-maps").bounding_box()
    place, kind = divmod(cell, 2)
    (top, left, bottom, right), pixel, gap = host.view.box, 104 / 8, 10  # an image of 8 × 8 pixels
    width, height = (right - left) * pixel / 4, (bottom - top) * pixel / 3
    x = 1 + digit * (104 + gap) + left * pixel + (place % 4 + 0.5) * width
    y = 20 + top * pixel + (place // 4 + (kind + 0.5) / 2) * height
    scale = host.root.locator("canvas.caps-maps").evaluate("(c) => c.scale")  # it follows the view's width
    return box["x"] + x * scale, box["y"] + y * scale


def alone_middle_of(host, cell, digit):
    """The same for maps that are not over the image: a place is a square, the larger side of a map 104."""
    canvas = host.root.locator("canvas.caps-maps")
    box, scale = canvas.bounding_box(), canvas.evaluate("(c) => c.scale")
    place, kind = divmod(cell, 2)
    x, y = 1 + digit * 114 + (place % 4 + 0.5) * 26, 20 + (place // 4 + (kind + 0.5) / 2) * 26
    return box["x"] + x * scale, box["y"] + y * scale


def test_the_way_to_route_is_chosen_with_the_keyboard_and_said(host, view):
    chooser = host.root.get_by_label("the way the votes are routed")
    for routing in ROUTINGS:
        view.routing = routing
        assert host.words() == view.words
        assert chooser.input_value() == routing
        assert host.root.get_by_label("number of iterations").is_disabled() == (
            routing in ("one", "attention")
        )
    view.routing, view.iteration = "dynamic", 2
    assert host.words() == view.words
    chooser.focus()
    chooser.press("ArrowDown")  # from agreement to the next
    host.settle()
    assert view.routing == "one"
    assert view.trace.iterations == 1
    assert host.words() == view.words
    chooser.select_option("em")
    host.settle()
    assert view.routing == "em"
    assert 'routing="em"' in view.code
    assert numbers_in(host.words())[:2] == ["2", "3"]  # the second iteration is still the one on screen


def test_browser_says_what_python_says(host, view):
    assert host.words() == view.words
    for view.index, view.iteration in [(3, 1), (12, 2), (30, 3)]:
        assert host.words() == view.words
    view.capsule, view.digit, view.quantity = 4, 1, "agreement"
    assert host.words() == view.words
    view.iterations = 10
    view.iteration = 10
    assert host.words() == view.words


def test_dragging_the_iteration(host, view):
    maps, words = host.pixels("canvas.caps-maps"), host.words()
    host.drag_slider("iteration", 0.0)
    assert host.pixels("canvas.caps-maps") != maps
    assert host.words() != words
    assert numbers_in(host.words())[:2] == ["1", "3"]
    host.settle()
    assert view.iteration == 1
    assert host.words() == view.words


def test_picking_an_image_of_the_strip(host, view):
    before = host.pixels("canvas[aria-label^='The input']")
    host.root.locator(".caps-thumb").nth(3).click()
    assert host.pixels("canvas[aria-label^='The input']") != before
    host.settle()
    assert view.index == view.positions[3]
    host.page.keyboard.press("ArrowRight")
    host.settle()
    assert view.index == view.positions[4]
    assert host.words() == view.words


def test_pointing_at_a_capsule_shows_what_it_sees(host):
    before = host.pixels("canvas[aria-label^='The input']")
    told = host.root.locator(".caps-cell-text").inner_text()
    host.page.mouse.move(*middle_of(host, 9, 2))
    assert host.pixels("canvas[aria-label^='The input']") != before
    cell = host.root.locator(".caps-cell-text").inner_text()
    assert numbers_in(cell)[:3] == ["2", "1", "2"]  # row, column, type
    assert "→ c" in cell
    host.page.mouse.move(5, 5)
    assert host.pixels("canvas[aria-label^='The input']") == before
    assert host.root.locator(".caps-cell-text").inner_text() == told


def test_clicking_a_capsule_opens_its_arithmetic(host, view):
    assert not host.root.locator(".caps-steps").is_visible()
    host.page.mouse.click(*middle_of(host, 9, 2))
    host.settle()
    assert (view.capsule, view.digit) == (9, 2)
    steps, trace = host.root.locator(".caps-steps"), view.trace
    told = steps.inner_text()
    assert f"= {trace.couplings[2, 9, 2]:.4f}" in told
    assert f"= {trace.lengths[2, 2]:.3f}" in told
    vote = [
        float(text.replace("−", "-"))
        for text in steps.locator("tbody tr").first.locator("td").all_inner_texts()[:6]
    ]
    np.testing.assert_allclose(vote, trace.votes[9, 2], atol=0.006)
    assert host.words() == view.words


def test_keys_walk_over_cells_and_maps(host, view):
    host.root.locator("canvas.caps-maps").focus()
    view.capsule, view.digit = 0, 0
    host.sync()
    for key, expected in [("ArrowRight", (2, 0)), ("ArrowDown", (3, 0)), ("ArrowLeft", (1, 0))]:
        host.page.keyboard.press(key)
        host.settle()
        assert (view.capsule, view.digit) == expected
    view.capsule = 6  # the last cell of its row: on to the next map
    host.sync()
    host.page.keyboard.press("ArrowRight")
    host.settle()
    assert (view.capsule, view.digit) == (0, 1)
    host.page.keyboard.press("Escape")
    host.settle()
    assert view.capsule is None
    assert not host.root.locator(".caps-steps").is_visible()


def test_stepping_and_playing(host, view):
    host.root.get_by_role("button", name="one iteration back").click()
    host.settle()
    assert view.iteration == 2
    host.root.get_by_role("button", name="Play").click()
    host.until(lambda: view.iteration, 3)
    host.root.get_by_role("button", name="Play").wait_for()  # it stops by itself


def test_slow_motion_takes_three_times_as_long(host):
    waits = "() => { window.waits = []; window.setInterval = (act, ms) => window.waits.push(ms); }"
    host.page.evaluate(waits)  # no step is taken: there is time to pause
    play = host.root.get_by_role("button", name="Play")
    play.click()
    host.root.get_by_role("button", name="Pause").click()
    host.root.get_by_role("button", name="Slow").click()
    play.click()
    normal, slow = host.page.evaluate("window.waits")
    assert slow == 3 * normal


def test_running_more_iterations(host, view):
    host.root.get_by_label("number of iterations").select_option("10")
    host.settle()
    assert view.iterations == 10
    host.drag_slider("iteration", 1.0)
    host.settle()
    assert view.iteration == 10
    assert host.words() == view.words
    host.root.get_by_label("number of iterations").select_option("2")
    host.settle()
    assert (view.iterations, view.iteration) == (2, 2)


def test_maps_of_agreement(host, view):
    before = host.pixels("canvas.caps-maps")
    host.root.get_by_label("what the maps show").select_option("agreement")
    host.settle()
    assert view.quantity == "agreement"
    assert host.pixels("canvas.caps-maps") != before


def test_maps_lie_over_the_image_or_alone(host, view):
    """Where nothing is routed, the image's brightest pixel shines through, dimmed."""
    over = host.pixels("canvas.caps-maps")
    view.iteration = 1  # all couplings even: the maps are clear
    host.sync()
    read = """([top, left]) => { const c = document.querySelector("canvas.caps-maps"), u = 104 / 8 * c.ratio;
      const at = (x, y) => Array.from(c.context.getImageData(x, y, 1, 1).data.slice(0, 3));
      return at(c.ratio + (left + 0.3) * u, 20 * c.ratio + (top + 0.3) * u); }"""
    host.frame()
    image = view.trace.image.squeeze()
    spot = np.unravel_index(image.argmax(), image.shape)
    red, green, blue = host.page.evaluate(read, [int(spot[0]), int(spot[1])])
    assert red == pytest.approx(0.55 * image.max(), abs=3)
    assert (red, red) == (green, blue)
    view.iteration = 3
    host.sync()
    host.root.get_by_role("button", name="On the image").click()
    host.settle()
    assert view.on_image is False
    assert host.pixels("canvas.caps-maps") != over
    host.page.mouse.click(*alone_middle_of(host, 9, 2))
    host.settle()
    assert (view.capsule, view.digit) == (9, 2)


def test_on_a_phone_three_maps_stand_in_a_row(page, view):
    page.set_viewport_size({"width": 390, "height": 844})
    host = Hosted(page, view)
    assert host.root.locator("canvas.caps-maps").evaluate("(c) => c.scale") > 0.9
    assert host.root.evaluate("(v) => v.scrollWidth <= v.clientWidth")


def test_code_follows_without_a_kernel(host):
    host.root.get_by_role("button", name="Show the code").click()
    host.drag_slider("iteration", 0.0)
    host.frame()
    code = host.root.locator(".caps-code").inner_text()
    assert "step = 1 - 1  # iteration 1" in code
    assert "⟨" not in code


def test_an_image_python_asks_for_joins_the_strip(hosted):
    view = show_routing(FakeCapsNet(), some_images(n=300))
    host = hosted(view)
    view.index = next(i for i in range(300) if i not in view.positions)
    assert host.words() == view.words
    assert host.root.locator(".caps-thumb").first.get_attribute("aria-pressed") == "true"
    assert host.errors == []


def test_hidden_controls_are_not_there(hosted):
    view = show_routing(
        FakeCapsNet(), some_images(), hide=("play", "quantity", "on_image", "images", "draw", "arithmetic")
    )
    host = hosted(view, theme="dark")
    assert host.root.get_by_role("button").all_inner_texts() == ["Full screen", "Show the code"]
    assert host.root.get_by_role("slider").count() == 1
    host.page.mouse.click(*middle_of(host, 9, 2))
    host.settle()
    assert host.root.locator(".caps-steps").count() == 0
    assert host.errors == []


CELLS = """async (grids) => {
  const { layMap, boxInMap, capsuleInMap } = await import("/js/shared/capsule_maps.js");
  return grids.map((grid) => {
    const lay = layMap(grid);
    const count = grid[0] * grid[1] * grid[2];
    const found = Array.from({ length: count }, (_, i) => {
      const [x, y, w, h] = boxInMap(lay, i);
      return [capsuleInMap(lay, x + w / 2, y + h / 2), capsuleInMap(lay, x + w - 0.01, y + 0.01), w / h];
    });
    const beside = [[-1, 3], [lay.width + 1, 3], [3, lay.height + 1]];
    const outside = beside.map(([x, y]) => capsuleInMap(lay, x, y));
    return { found, outside, size: [lay.width, lay.height] };
  });
}"""


def test_every_capsule_has_a_cell_of_its_own(modules):
    grids = [(1, 1, 8), (4, 4, 4), (6, 6, 2), (6, 6, 32), (3, 3, 8), (3, 4, 2), (1, 1, 1), (2, 5, 7)]
    for grid, told in zip(grids, modules.evaluate(CELLS, grids), strict=True):
        middle, corner, shape = zip(*told["found"], strict=True)
        assert list(middle) == list(corner) == list(range(np.prod(grid)))
        assert told["outside"] == [-1, -1, -1]
        assert max(told["size"]) == pytest.approx(72)
        assert 1 / 8 < shape[0] < 8


def test_drawing_an_image_of_ones_own(host, view):
    toggle = host.root.get_by_role("button", name="Draw your own")
    assert not host.root.locator("canvas.caps-drawing").is_visible()
    toggle.click()
    maps, box = host.pixels("canvas.caps-maps"), host.root.locator("canvas.caps-drawing").bounding_box()
    thumbs = host.root.locator(".caps-thumb").count()
    host.page.mouse.move(box["x"] + 60, box["y"] + 60)
    host.page.mouse.down()
    host.page.mouse.move(box["x"] + 200, box["y"] + 60, steps=6)
    host.page.mouse.move(box["x"] + 110, box["y"] + 240, steps=6)
    host.page.mouse.up()
    for _ in range(6):
        host.settle(80)
    assert view.index == 40  # one past the last image
    assert len(view.strokes) == 1
    np.testing.assert_array_equal(view.trace.image, view.drawing)
    assert host.words() == view.words
    assert host.pixels("canvas.caps-maps") != maps
    assert host.root.locator(".caps-thumb").count() == thumbs + 1
    assert host.root.locator(".caps-thumb").last.get_attribute("aria-label") == "your drawing"
    host.root.locator(".caps-thumb").first.click()
    host.settle()
    assert view.index == view.positions[0]
    host.root.locator(".caps-thumb").last.click()
    host.settle()
    assert view.index == 40
    assert host.words() == view.words
    host.root.get_by_role("button", name="Clear").click()
    for _ in range(4):
        host.settle(80)
    assert view.index == view.positions[0]
    assert host.root.locator(".caps-thumb").count() == thumbs
    assert host.words() == view.words
