"""The training view in Chromium: curves that grow."""

from __future__ import annotations

import pytest

from capslab.widgets import TrainingView

pytestmark = pytest.mark.browser

CURVES = {"loss": [0.9], "accuracy": [0.7], "validation loss": [0.5], "validation accuracy": [0.8]}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_curves_grow(hosted, theme):
    view = TrainingView("CapsNet on CPU", 3, ["accuracy", "loss"])
    host = hosted(view, theme=theme)
    assert host.words() == "CapsNet on CPU: 3 epochs to go."
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
    assert "about 4 s left" in host.root.locator(".caps-clock").inner_text()
    view.finish("3 epochs in 9 s on CPU")
    assert host.words() == "3 epochs in 9 s on CPU"
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
    assert host.root.locator("canvas").count() == 1
    assert host.errors == []
