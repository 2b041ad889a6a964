"""The drawings of ideas: complete, readable, and true to their own numbers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from capslab import plots
from capslab.errors import ArgumentError
from capslab.plots.drawings import backpropagation, convolution, elbo, gradient_step, layer, neuron, strokes
from capslab.plots.svg_canvas import Canvas


@pytest.fixture
def seen(monkeypatch):
    """The canvases of all pictures that are made."""
    canvases = []
    finish = Canvas.picture

    def picture(canvas, *args, **options):
        canvases.append(canvas)
        return finish(canvas, *args, **options)

    monkeypatch.setattr(Canvas, "picture", picture)
    return canvases


@pytest.mark.parametrize("name", plots.DRAWINGS)
def test_a_drawing_is_at_most_700_pixels_wide_and_nothing_overlaps(name, seen):
    picture = plots.drawing(name)
    assert picture.width <= 700
    assert seen[0].overlaps() == []
    sizes = {float(size) for size in re.findall(r'font-size="([\d.]+)"', picture.svg)}
    assert min(sizes) >= 15
    ET.fromstring(picture.svg)


@pytest.mark.parametrize("name", plots.DRAWINGS)
def test_a_drawing_says_what_it_shows(name):
    text = plots.drawing(name).alt_text
    assert len(text) > 150
    assert text.endswith(".")


@pytest.mark.parametrize("spelling", ["gradient step", "Gradient_Step", "gradient-step", " GRADIENT  step "])
def test_names_are_forgiving(spelling):
    assert plots.drawing(spelling) == plots.drawing("gradient step")
    assert plots.drawing("encoder_decoder") == plots.drawing("encoder and decoder")
    assert plots.drawing("elbo") == plots.drawing("ELBO")


def test_an_unknown_drawing_is_refused_with_a_hint(fails):
    with fails(ArgumentError, "name", received="neurone", names="'neuron'?"):
        plots.drawing("neurone")
    with fails(ArgumentError, "name", received=3):
        plots.drawing(3)


def test_the_neuron_adds_up():
    total = np.dot(neuron.X, neuron.W) + neuron.BIAS
    assert f"add up to {total:.2f}" in plots.drawing("neuron").alt_text


def test_the_layer_is_a_matrix_product():
    sums = np.array(layer.X) @ np.array(layer.W) + layer.BIAS
    assert f"the sums {sums[0]}, {sums[1]} and {sums[2]}" in plots.drawing("layer").alt_text


def test_the_feature_map_is_that_of_scipy():
    from scipy.signal import correlate2d

    expected = correlate2d(np.array(convolution.IMAGE), np.array(convolution.KERNEL), mode="valid")
    np.testing.assert_array_equal(convolution.feature_map(), expected)


def test_the_slope_is_that_of_the_curve_and_the_step_goes_down():
    w, tiny = gradient_step.START, 1e-6
    by_hand = (gradient_step.loss(w + tiny) - gradient_step.loss(w - tiny)) / (2 * tiny)
    assert gradient_step.slope(w) == pytest.approx(by_hand)
    assert gradient_step.loss(w - gradient_step.RATE * gradient_step.slope(w)) < gradient_step.loss(w)


def test_the_elbo_and_its_gap_add_up():
    text = plots.drawing("ELBO").alt_text.replace("−", "-")
    pairs = re.findall(r"ELBO is (-?[\d.]+) and the gap ([\d.]+)", text)
    assert [float(bound) + float(gap) for bound, gap in pairs] == [elbo.LOG_P] * 3


def test_a_stroke_turns_clockwise():
    np.testing.assert_allclose(strokes.turned((0, -1), 90), (1, 0), atol=1e-12)
    stem = np.subtract(strokes.STEM[1], strokes.STEM[0])
    up = strokes.turned((0, -np.hypot(*stem)), 196)  # the direction that the votes start from
    np.testing.assert_allclose(up, stem, atol=0.5)


def test_the_slope_at_the_end_of_the_path_is_that_of_a_nudge():
    def loss(w):  # a loss whose slope for the score is the error
        return backpropagation.ERROR * backpropagation.W2 * max(0.0, w * backpropagation.X)

    by_nudging = (loss(backpropagation.W1 + 1e-6) - loss(backpropagation.W1)) / 1e-6
    assert backpropagation.slopes()[-1] == pytest.approx(by_nudging)
    assert f"= {backpropagation.slopes()[-1]:g}" in plots.drawing("backpropagation").svg
