"""The β view in Chromium: a drag changes pictures, numbers and words, with no kernel in between."""

from __future__ import annotations

import pytest
from views import sweep

import capslab as cl

pytestmark = pytest.mark.browser

REBUILT = "canvas[aria-label='Reconstructions']"
PIXELS = "(c) => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"


def test_dragging_beta_with_a_mouse(hosted):
    view = cl.explore_beta(sweep())
    host = hosted(view, theme="dark")
    before = {
        name: host.pixels(f"canvas[aria-label^='{name}']") for name in ("Recon", "Samples", "KL", "Sharp")
    }
    originals, saves = host.pixels("canvas[aria-label='Test images']"), host.page.evaluate("model.saves")
    host.drag_slider("β", 1.0)
    assert host.words().startswith("β = 8")
    for name, pixels in before.items():
        assert host.pixels(f"canvas[aria-label^='{name}']") != pixels, name
    assert host.pixels("canvas[aria-label='Test images']") == originals
    host.settle()
    assert view.beta == 8
    assert host.words() == view.words
    assert host.page.evaluate("model.saves") == saves + 1  # when the mouse was let go
    host.root.get_by_role("button", name="Show the code").click()
    assert "sweep.nearest(8)" in host.root.locator(".caps-code").inner_text()
    assert host.errors == []


def test_keys_change_what_is_shown(hosted):
    view = cl.explore_beta(sweep())
    host = hosted(view)
    page = host.page
    slider = page.locator("input[data-control=beta]")
    host.settle()
    before = page.locator(REBUILT).evaluate(PIXELS)
    assert page.locator(".caps-words").inner_text() == view.words
    slider.focus()
    page.keyboard.press("End")
    host.settle()
    assert view.beta == 8
    assert host.words().startswith("β = 8: reconstruction 30.0 nats")
    assert page.locator(REBUILT).evaluate(PIXELS) != before
    assert host.errors == []
    assert host.requests == []
