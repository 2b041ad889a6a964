"""The β view in Chromium: a drag changes pictures, numbers and words, with no kernel in between."""

from __future__ import annotations

import pytest
from views import sweep

import capslab as cl

pytestmark = pytest.mark.browser

REBUILT = "canvas[aria-label='rebuilt from their codes']"
PIXELS = "(c) => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"


def test_dragging_beta_changes_what_is_shown(hosted):
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
