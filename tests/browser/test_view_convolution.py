"""The convolution view in Chromium: its arithmetic, and a learner's mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import some_images

from capslab.widgets.convolution.arithmetic import feature_map
from capslab.widgets.convolution.widget import explore_convolution

pytestmark = pytest.mark.browser

MAP = """async ([levels, size, kernel, stride]) => {
  const { featureMap } = await import("/js/convolution/arithmetic.js");
  const { data, rows, columns } = featureMap(Float64Array.from(levels), size, kernel, stride);
  return [Array.from(data), rows, columns];
}"""


@pytest.mark.parametrize(("kernel", "stride"), [((3, 3), 1), ((2, 5), 2), ((1, 1), 3)])
def test_arithmetic_is_pythons(modules, kernel, stride):
    rng = np.random.default_rng(0)
    levels, weights = rng.random((9, 13)), rng.normal(size=kernel)
    data, rows, columns = modules.evaluate(
        MAP, [levels.ravel().tolist(), levels.shape, weights.tolist(), stride]
    )
    expected = feature_map(levels, weights, stride)
    assert (rows, columns) == expected.shape
    np.testing.assert_allclose(data, expected.ravel(), atol=1e-9)


@pytest.fixture
def view():
    return explore_convolution(some_images(), index=7)


def test_dragging_the_window(host, view):
    assert host.words() == view.words
    box = host.root.locator("canvas.caps-window").bounding_box()
    saves = host.page.evaluate("model.saves")
    host.page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    host.page.mouse.down()
    host.page.mouse.move(box["x"] + 0.97 * box["width"], box["y"] + 0.6 * box["height"], steps=8)
    assert host.page.evaluate("model.saves") == saves  # the drag needs no kernel
    host.page.mouse.up()
    host.settle()
    assert view.column == view.feature_map.shape[1] - 1  # at the edge the window stays whole
    assert 0 < view.row < view.feature_map.shape[0] - 1
    assert host.words() == view.words


def test_clicking_a_place_of_the_map_and_walking_with_keys(host, view):
    chart = host.root.locator("canvas.caps-map")
    cell = chart.bounding_box()["width"] / some_images().images.shape[2]
    chart.click(position={"x": 2.5 * cell, "y": 3.5 * cell})
    host.settle()
    assert (view.row, view.column) == (3, 2)
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp"):
        chart.press(key)
    host.settle()
    assert (view.row, view.column) == (2, 4)
    assert host.words() == view.words


def test_editing_a_weight(host, view):
    before = host.pixels("canvas.caps-map")
    weight = host.root.get_by_role("textbox", name="weight in row 0, column 1")
    weight.fill("-2,5")
    host.settle()
    assert view.kernel[0][1] == -2.5
    assert host.pixels("canvas.caps-map") != before
    assert host.words() == view.words
    assert host.root.get_by_role("combobox", name="kernel").input_value() == "your own"
    weight.fill("two")
    host.settle()
    assert weight.get_attribute("aria-invalid") == "true"
    assert view.kernel[0][1] == -2.5
    weight.blur()
    host.frame()
    assert weight.input_value() == "−2.5"  # what is in use


def test_choosing_a_kernel_and_a_stride(host, view):
    host.root.get_by_role("combobox", name="kernel").select_option("blur")
    host.root.get_by_role("combobox", name="stride").select_option("2")
    host.settle()
    assert view.kernel == view.presets["blur"]
    assert view.stride == 2
    assert host.words() == view.words
    host.root.locator(".caps-thumb").nth(3).click()
    host.settle()
    assert view.index == int(view.positions[3])
    assert host.words() == view.words


def test_python_moves_it_too(host, view):
    view.kernel = [[1, -1], [0, 0]]
    view.row = 1
    host.sync()
    assert host.words() == view.words
    assert host.root.locator(".caps-kernel-grid input").count() == 4
