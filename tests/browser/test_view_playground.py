"""The network sandbox in Chromium: training beside Python's, a learner's mouse and keys, what rests when."""

from __future__ import annotations

import numpy as np
import pytest

import capslab as cl

pytestmark = pytest.mark.browser

NET = "canvas.caps-net"
ANSWER = "canvas.caps-answer"


def button(host, name):
    return host.root.get_by_role("button", name=name)


def wait_for_epochs(host, view, epochs):
    """Lets it play until Python has heard of so many epochs."""
    host.until(lambda: view.epoch >= epochs)


@pytest.fixture
def view():
    return cl.network_sandbox(data="xor", hidden=4)


@pytest.mark.parametrize(
    "options",
    [
        {"data": "xor", "hidden": 0},
        {"data": "spiral", "hidden": 6, "layers": 2, "activation": "tanh"},
        {"data": "digits", "hidden": 7, "seed": 3},
        {"points": (np.random.default_rng(0).normal(size=(50, 2)), list("abcab") * 10), "activation": "none"},
    ],
)
def test_both_halves_train_alike(hosted, options):
    one, other = cl.network_sandbox(**options), cl.network_sandbox(**options, epochs=3)
    host = hosted(one)
    assert host.words() == one.words
    for _ in range(3):
        button(host, "Step: train for one epoch").click()
    host.settle()
    np.testing.assert_allclose(one.network["weights"], other.network["weights"], atol=1e-9)
    assert one.epoch == 3
    assert host.words() == one.words == other.words
    button(host, "Show the code").click()
    assert host.root.locator(".caps-code").inner_text() == one.code == other.code
    assert host.errors == []


def test_play_learns_pause_rests_and_reset_forgets(host, view):
    before = host.pixels(ANSWER)
    start = view.words
    button(host, "Play").click()
    wait_for_epochs(host, view, 20)
    button(host, "Pause").click()
    host.settle()
    assert view.outcome.loss < 0.6
    assert host.words() == view.words
    assert host.pixels(ANSWER) != before
    epoch = view.epoch
    host.settle()
    assert view.epoch == epoch  # it rests
    assert [tuple(part) for part in view.network["trained"]] == [(epoch, 0.1)]
    button(host, "Reset").click()
    host.settle()
    assert view.epoch == 0
    assert host.words() == view.words == start
    assert host.pixels(ANSWER) == before


def test_sliders_by_mouse(host, view):
    button(host, "Play").click()
    wait_for_epochs(host, view, 2)
    host.drag_slider("learning rate", 0.875)  # the rate may change in the middle
    host.settle()
    assert view.learning_rate == 3
    assert view.epoch > 0
    host.until(lambda: view.network["trained"][-1][1] == 3)
    host.drag_slider("hidden units", 0.5)
    button(host, "Pause").click()
    host.settle()
    assert view.hidden == 8
    assert view.network["trained"][0][1] == 3  # from new weights, at the new rate
    assert host.words() == view.words


def test_choosing_data_layers_activation_and_seed(host, view):
    for name, value in {"data": "digits", "hidden layers": "2", "activation": "tanh"}.items():
        host.root.get_by_role("combobox", name=name).select_option(value)
    button(host, "Start from other random weights").click()
    button(host, "Step: train for one epoch").click()
    host.settle()
    assert (view.data, view.layers, view.activation, view.seed, view.epoch) == ("digits", 2, "tanh", 1, 1)
    assert host.words() == view.words
    assert host.root.get_by_text("are wrong").is_visible()
    host.drag_slider("hidden units", 0.0)
    host.settle()
    assert host.root.get_by_role("combobox", name="activation").is_disabled()
    assert host.words() == view.words


def at(host, x, y):
    """Moves the mouse to a place of the network's picture, in its own units."""
    box = host.root.locator(NET).bounding_box()
    scale = box["width"] / 326
    host.page.mouse.move(box["x"] + x * scale, box["y"] + y * scale)
    host.frame()


def note(host):
    """What is pointed at, in words, once it is drawn."""
    host.frame()
    return host.root.locator(".caps-note[aria-live]").inner_text()


def test_pointing_at_a_unit_and_at_a_line(host, view):
    button(host, "Step: train for one epoch").click()
    host.settle()
    hint, answer = note(host), host.pixels(ANSWER)
    at(host, 163, 171 - 87)  # the first of four units
    assert "unit 1 of layer 1" in note(host)
    W, b = view.weights[0]
    for number in (*W[:, 0], b[0]):
        assert f"{abs(number):.2f}" in note(host)
    assert host.pixels(ANSWER) != answer
    at(host, 290, 168)  # where all lines end; near it, one of them
    at(host, 192, 171 - 87)  # the line that leaves the first unit
    assert "Weight from unit 1 of layer 1 to the answer" in note(host)
    assert f"{abs(view.weights[1][0][0, 0]):.3f}" in note(host)
    assert host.pixels(ANSWER) == answer
    at(host, 60, 315)
    assert note(host) == hint


def test_a_click_pins_a_unit_and_keys_walk(host, view):
    answer = host.pixels(ANSWER)
    at(host, 163, 171 - 87)
    host.page.mouse.down()
    host.page.mouse.up()
    at(host, 60, 315)
    assert "unit 1 of layer 1" in note(host)
    net = host.root.locator(NET)
    net.press("ArrowDown")
    assert "unit 2 of layer 1" in note(host)
    net.press("ArrowRight")
    host.frame()
    assert "the answer" in note(host)
    net.press("ArrowLeft")
    net.press("ArrowLeft")
    host.frame()
    assert "input x" in note(host)
    net.press("Escape")
    assert host.pixels(ANSWER) == answer


def test_units_of_digits_are_chosen_by_mouse_and_keys(hosted):
    host = hosted(cl.network_sandbox(data="digits", hidden=9, epochs=1))
    first = host.pixels(ANSWER)
    at(host, 150, 150)  # the middle one of nine
    middle = host.pixels(ANSWER)
    assert middle != first
    net = host.root.locator(NET)
    net.press("ArrowUp")
    net.press("ArrowLeft")
    assert host.pixels(ANSWER) == first
    net.press("ArrowRight")
    net.press("ArrowDown")
    assert host.pixels(ANSWER) == middle


def test_python_sets_and_trains_it_too(host, view):
    view.hidden = 3
    view.train(5)
    host.sync()
    assert host.words() == view.words
    button(host, "Step: train for one epoch").click()
    host.settle()
    assert view.epoch == 6
    straight = cl.network_sandbox(data="xor", hidden=3, epochs=6)
    np.testing.assert_allclose(view.network["weights"], straight.network["weights"], atol=1e-9)
    view.learning_rate = 0.05  # between two positions of the slider
    host.sync()
    host.frame()
    slider = host.root.get_by_role("slider", name="learning rate", exact=True)
    assert slider.evaluate("(node) => node.closest('label').querySelector('output').textContent") == "0.05"


def test_it_rests_while_it_is_out_of_sight(host, view):
    button(host, "Play").click()
    wait_for_epochs(host, view, 2)
    host.page.evaluate("document.body.style.paddingTop = '4000px'")  # pushes it off the screen
    host.settle(400)
    epochs = "() => Number(document.querySelector('.caps-words').textContent.match(/Epoch (\\d+)/)[1])"
    host.page.evaluate("() => new Promise((done) => setTimeout(done, 400))")
    before = host.page.evaluate(epochs)
    host.page.evaluate("() => new Promise((done) => setTimeout(done, 800))")
    assert host.page.evaluate(epochs) == before
    host.page.evaluate("document.body.style.paddingTop = '0'")
    host.until(lambda: host.page.evaluate(epochs) > before)


def test_with_reduced_motion_nothing_moves_by_itself(hosted, page, view):
    page.emulate_media(reduced_motion="reduce")
    host = hosted(view)
    button(host, "100 epochs").click()
    host.until(lambda: view.epoch == 100)
    assert host.words() == view.words
    button(host, "Step: train for one epoch").click()
    host.settle()
    assert view.epoch == 101
    assert button(host, "Play").count() == 0
    assert host.errors == []


def test_training_that_blows_up_says_so_and_cannot_go_on(hosted):
    view = cl.network_sandbox(data="xor", hidden=16, layers=2, activation="none", learning_rate=10)
    weights = np.random.default_rng(0).normal(0, 400, sum(W.size + b.size for W, b in view.weights))
    history = [[0, 1.0, 1.0], [1, 1.0, 1.0]]
    view.network = {**view.network, "weights": weights.tolist(), "history": history, "trained": [[1, 10]]}
    host = hosted(view)
    button(host, "Play").click()
    host.until(lambda: view.network["failed"] > 0)
    assert host.words() == view.words
    assert button(host, "Play").is_disabled()
    button(host, "Reset").click()
    host.settle()
    assert button(host, "Play").is_enabled()
    assert view.epoch == 0


def test_a_view_that_goes_away_stops(host, view):
    button(host, "Play").click()
    wait_for_epochs(host, view, 2)
    host.page.evaluate("dispose()")
    host.settle()
    epoch = view.epoch
    host.settle(1200)
    assert view.epoch == epoch
