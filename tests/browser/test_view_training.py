"""The training view in Chromium: curves that grow."""

from __future__ import annotations

import numpy as np
import pytest
from common import numbers_in

from capslab.training.live_examples import Examples
from capslab.widgets import TrainingView

pytestmark = pytest.mark.browser

CURVES = {"loss": [0.9], "accuracy": [0.7], "validation loss": [0.5], "validation accuracy": [0.8]}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_curves_grow(hosted, theme):
    view = TrainingView("CapsNet on CPU", 3, ["accuracy", "loss"])
    host = hosted(view, theme=theme)
    assert host.words() == view.words
    assert numbers_in(host.words()) == ["3"]
    loss = "canvas[aria-label^='loss']"
    pictures = [host.pixels(loss)]
    view.update({}, 0.2, 1.0, "loss 1.9")
    view.update({}, 0.5, 2.0, "loss 1.2")
    pictures.append(host.pixels(loss))
    view.update(CURVES, 1.0, 4.0, "")
    pictures.append(host.pixels(loss))
    view.update({name: [*values, values[0] / 2] for name, values in CURVES.items()}, 2.0, 8.0, "")
    pictures.append(host.pixels(loss))
    assert len(set(pictures)) == 4
    assert host.words() == view.words
    assert host.root.locator("progress").evaluate("(bar) => bar.value / bar.max") == pytest.approx(2 / 3)
    assert numbers_in(host.root.locator(".caps-clock").inner_text()) == ["8", "4"]  # so far, and left
    view.finish("over")
    assert host.words() == "over"
    assert host.root.locator("progress").evaluate("(bar) => bar.value") == 3
    assert host.errors == []


def test_a_single_metric_and_strange_values(hosted):
    view = TrainingView("VAE on CPU", 1, ["loss"])
    host = hosted(view)
    view.update({"loss": [0.5, 0.5], "validation loss": [-0.5, -0.5]}, 1.0, 1.0, "")
    host.sync()
    view.update({"loss": [0.0], "validation loss": [0.0]}, 1.0, 1.0, "")
    host.sync()
    host.frame()
    assert host.root.locator("canvas:visible").count() == 1
    assert host.errors == []


def test_reconstructions_appear_and_change(hosted):
    view = TrainingView("VAE on CPU", 3, ["loss"])
    host = hosted(view)
    strip = "canvas[aria-label^='Images above']"
    assert host.root.locator(".caps-examples").is_hidden()  # its heading too
    pictures = np.random.default_rng(0).integers(0, 255, (2, 12, 8, 8, 1), dtype=np.uint8)
    view.examples(Examples(pictures=pictures), 1)
    first = host.pixels(strip)
    assert numbers_in(view.after()) == ["1"]
    assert host.root.get_by_text(view.after()).is_visible()
    made = pictures.copy()
    made[1, 4] = 77
    view.examples(Examples(pictures=made), 2)
    assert host.pixels(strip) != first
    middle = host.root.locator(strip).evaluate(
        "(c) => { const r = c.width / c.wide; return c.getContext('2d')"
        ".getImageData((4 * 44 + 20) * r, (44 + 20) * r, 1, 1).data[0]; }"
    )
    assert middle == 77  # the fifth of the lower row
    assert numbers_in(view.after()) == ["2"]
    assert host.root.get_by_text(view.after()).is_visible()
    assert host.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_features_move_in_their_plane(hosted, theme):
    view = TrainingView("DenseBaseline on CPU", 3, ["accuracy", "loss"])
    host = hosted(view, theme=theme)
    plane = "canvas[aria-label^='Images in the plane']"
    rng = np.random.default_rng(0)
    pictures = []
    for epoch in (1, 2):
        points = rng.uniform(-1, 1, (50, 2)).astype(np.float32)
        view.examples(Examples(points=points, labels=np.arange(50) % 4), epoch)
        pictures.append(host.pixels(plane))
    assert pictures[0] != pictures[1]
    view.examples(Examples(points=points, labels=np.arange(50) % 4, classes=("0", "1", "coat", "8")), 2)
    assert host.pixels(plane) != pictures[1], "names, where numbers stood"
    assert numbers_in(host.root.get_by_text(view.after()).locator("visible=true").inner_text()) == ["50", "2"]
    assert host.root.locator("canvas[aria-label^='Images above']").is_hidden()
    assert host.errors == []


def test_hidden_examples_are_not_there(hosted):
    view = TrainingView("VAE on CPU", 3, ["loss"], hide=["examples"])
    host = hosted(view)
    view.examples(Examples(pictures=np.zeros((2, 3, 8, 8, 1), np.uint8)), 1)
    host.sync()
    assert host.root.locator(".caps-examples").count() == 0
    assert host.errors == []
