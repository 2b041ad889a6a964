"""SVG pictures in Chromium: they follow the page's theme, and their texts fit the boxes that were planned."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from capslab import plots

pytestmark = pytest.mark.browser

OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll("text")].map((t) => [t.textContent, t.getBoundingClientRect()]);
  const edge = document.querySelector("svg").getBoundingClientRect();
  const found = [];
  boxes.forEach(([words, a], i) => {
    if (a.left < edge.left || a.right > edge.right) found.push(["", words]);
    for (const [other, b] of boxes.slice(0, i)) {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 2 && down > 6) found.push([other, words]);  // a line's box is higher than its letters
    }
  });
  return found;
}"""


def brightness(page) -> float:
    """The median grey level of what the page shows, 0…255: that of the picture's ground."""
    shot = Image.open(io.BytesIO(page.locator("img").screenshot())).convert("L")
    return float(np.median(np.asarray(shot)))


@pytest.mark.parametrize(("page_is_light", "expected"), [("true", 255), ("false", 31)])
def test_a_picture_follows_the_theme_of_jupyterlab(page, page_is_light, expected):
    html = plots.drawing("pose")._repr_html_()
    page.emulate_media(
        color_scheme="dark" if page_is_light == "true" else "light"
    )  # the system says otherwise
    page.set_content(f'<body data-jp-theme-light="{page_is_light}">{html}</body>')
    assert abs(brightness(page) - expected) < 3


@pytest.mark.parametrize(("system", "expected"), [("light", 255), ("dark", 31)])
def test_without_its_style_a_picture_follows_the_system(page, system, expected):
    """JupyterLab drops styles from notebooks that are not trusted yet, and keeps images."""
    html = plots.drawing("pose")._repr_html_()
    page.emulate_media(color_scheme=system)
    page.set_content(f"<html style='color-scheme: light dark'><body>{html[html.index('<img') :]}</body>")
    assert abs(brightness(page) - expected) < 3


@pytest.mark.parametrize("name", plots.DRAWINGS)
def test_texts_keep_apart_in_the_fonts_of_a_browser(page, name):
    page.set_content(f"<body>{plots.drawing(name).svg}</body>")
    assert page.evaluate(OVERLAPS) == []
