"""The posterior view in Chromium: its arithmetic, a learner's mouse and keys."""

from __future__ import annotations

import numpy as np
import pytest

import capslab as cl
from capslab.widgets.posterior.arithmetic import DECODERS, NOISE, terms

pytestmark = pytest.mark.browser

TERMS = """async ([x, decoder, noise, mean, std]) => {
  const { worldOf, termsOf } = await import("/js/posterior/arithmetic.js");
  const made = termsOf(worldOf({ x, decoder, noise }), mean, std);
  return ["reconstruction", "kl", "elbo", "logEvidence", "gap"].map((name) => made[name]);
}"""


@pytest.mark.parametrize("decoder", sorted(DECODERS))
def test_arithmetic_is_pythons(modules, decoder):
    for x, mean, std in ((1.5, 0.2, 0.7), (-2, 1, 0.1), (3, -1.5, 1.4)):
        found = modules.evaluate(TERMS, [x, DECODERS[decoder], NOISE, mean, std])
        made = terms(x, mean, std, decoder)
        expected = [made.reconstruction, made.kl, made.elbo, made.log_evidence, made.gap]
        np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.fixture
def view():
    return cl.explore_posterior()


DENSITIES = "canvas.caps-densities"


def test_dragging_the_sliders(host, view):
    before = host.pixels(DENSITIES)
    saves = host.page.evaluate("model.saves")
    assert host.words() == view.words
    host.drag_slider("μ", 0.75)
    host.drag_slider("σ", 0.2)
    assert host.pixels(DENSITIES) != before
    host.settle()
    assert view.mean == pytest.approx(1.5, abs=0.1)
    assert view.std == pytest.approx(0.44, abs=0.1)
    assert host.words() == view.words
    assert host.page.evaluate("model.saves") <= saves + 2  # once for each drag, when the mouse was let go


def test_best_q_closes_the_gap_of_a_straight_world_and_not_of_a_folded_one(host, view):
    best = host.root.get_by_role("button", name="Best q")
    best.click()
    host.settle()
    assert view.terms.gap < 0.01
    host.root.get_by_role("combobox", name="decoder").select_option("folded")
    best.click()
    host.settle()
    assert view.decoder == "folded"
    assert view.terms.gap > 0.3
    assert host.words() == view.words


def test_dragging_q_itself_and_its_keys(host, view):
    box = host.root.locator(DENSITIES).bounding_box()
    host.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    host.page.mouse.down()
    host.page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"], steps=6)
    host.page.mouse.up()
    host.settle()
    assert view.mean == pytest.approx(-2.06, abs=0.1)
    mean, std = view.mean, view.std
    host.root.locator(DENSITIES).press("ArrowRight")
    host.root.locator(DENSITIES).press("ArrowDown")
    host.settle()
    assert view.mean == pytest.approx(mean + 0.05)
    assert view.std == pytest.approx(std - 0.05)
    assert host.words() == view.words


def test_python_moves_it_too(host, view):
    view.x, view.mean = 2.5, 1.0
    host.sync()
    assert host.words() == view.words
