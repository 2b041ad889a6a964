"""The training view on the Python side."""

from __future__ import annotations

import numpy as np
import pytest
from common import numbers_in

from capslab.errors import ArgumentError
from capslab.training.live_examples import Examples
from capslab.widgets import TrainingView

CURVES = {
    "loss": [0.9, 0.4],
    "accuracy": [0.7, 0.9],
    "validation loss": [0.5, 0.3],
    "validation accuracy": [0.8, 0.95],
}


@pytest.fixture
def view():
    return TrainingView(title="CapsNet on CPU", epochs=4, metrics=["accuracy", "loss"])


def test_words_before_during_and_after(view):
    assert view.words.startswith(view.title)
    assert numbers_in(view.words) == ["4"]
    view.update({}, 0.5, 3.0, "loss 1.25")
    assert view.words.startswith(view.title)
    assert numbers_in(view.words) == ["1", "4", "1.25", "21"]  # epoch, of, loss, seconds left
    assert "loss 1.25" in view.words
    view.update(CURVES, 2.0, 10.0, "")
    assert numbers_in(view.words) == ["3", "4", "0.95", "0.3", "10"]
    assert "validation accuracy 0.95, validation loss 0.3" in view.words
    view.update(CURVES, 4.0, 20.0, "")
    assert numbers_in(view.words) == ["4", "4", "0.95", "0.3"]  # no time is left
    view.finish("over")
    assert view.words == "over"
    assert view.done


def test_a_copy_of_the_curves_is_kept(view):
    mine = {"loss": [1.0]}
    view.update(mine, 1.0, 1.0, "")
    heard = []
    view.observe(heard.append, "curves")
    mine["loss"].append(0.5)
    view.update(mine, 2.0, 2.0, "")
    assert view.curves == {"loss": [1.0, 0.5]}
    assert len(heard) == 1  # the browser hears of it


def test_trail_collects_the_running_loss_and_stays_short(view):
    for step in range(1, 1001):
        view.update({}, step / 250, float(step), f"loss {2 / step:.4g}")
    assert len(view.trail) <= 300
    assert view.trail[-1] == [4.0, 0.002]
    assert (np.diff([epoch for epoch, _ in view.trail]) > 0).all()
    view.update({}, 4.0, 1000.0, "")
    assert view.trail[-1] == [4.0, 0.002]


def test_one_message_an_update(view):
    sent = []
    view.send_state = lambda key=None: sent.append(key)
    view.update(CURVES, 2.0, 10.0, "loss 0.3")
    assert len(sent) == 1


def test_long_times_are_said_in_minutes(view):
    view.update({}, 1.0, 200.0, "loss 1")
    assert numbers_in(view.clock) == ["3", "20", "10", "0"]


def test_picture_comes_at_the_end(view):
    assert "image/png" not in view._repr_mimebundle_()[0]
    view.update(CURVES, 2.0, 10.0, "")
    view.finish("done")
    data, meta = view._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert meta["image/png"]["alt"] == "done"
    lines = {line.get_label(): line for axis in view.figure().axes for line in axis.lines}
    assert list(lines["validation 0.95"].get_ydata()) == [0.8, 0.95]
    assert lines["validation 0.95"].get_linestyle() == "--"
    assert lines["training 0.9"].get_linestyle() == "-"


def test_examples_are_in_the_still_picture(view):
    pictures = np.zeros((2, 3, 8, 8, 1), np.uint8)
    pictures[1, 2] = 200
    view.update(CURVES, 2.0, 10.0, "")
    view.examples(Examples(pictures=pictures), 2)
    view.finish("done")
    sheet = view.figure().subfigs[1].axes[0]
    assert view.after() in sheet.get_title()
    assert numbers_in(view.after()) == ["2"]
    drawn = np.asarray(sheet.images[0].get_array())
    assert np.allclose(drawn[-8:, -8:], 200 / 255)
    assert (drawn[:8, :8] == 0).all()
    plain = len(view.picture())
    view.hide = ["examples"]
    assert len(view.figure().subfigs) == 1
    assert len(view.picture()) != plain


def test_points_are_in_the_still_picture_beside_the_curves(view):
    points = np.array([[0, 0], [1, 1], [-1, 1]], np.float32)
    view.examples(Examples(points=points, labels=np.array([4, 4, 7])), 0)
    assert view.after() == "before training"
    axis = view.figure().subfigs[0].axes[-1]
    np.testing.assert_allclose(axis.collections[0].get_offsets(), points)
    assert [text.get_text() for text in axis.texts] == ["4", "7"]
    view.examples(Examples(points=points, labels=np.array([0, 0, 2]), classes=("0", "1", "eight")), 0)
    assert [text.get_text() for text in view.figure().subfigs[0].axes[-1].texts] == ["0", "eight"]
    view.examples(Examples(points=points), 1)
    assert view.point_labels.tolist() == [-1] * 3
    assert not view.figure().subfigs[0].axes[-1].texts


def test_one_message_for_the_examples(view):
    sent = []
    view.send_state = lambda key=None: sent.append(key)
    view.examples(Examples(points=np.zeros((3, 2), np.float32)), 1)
    assert len(sent) == 1


def test_finish_replaces_the_output_in_a_notebook(view, monkeypatch):
    import IPython.display

    class Handle:
        def update(self, data, **kwargs):
            self.data = data

    handle = Handle()
    monkeypatch.setattr(IPython.display, "display", lambda *a, **k: handle)
    view._ipython_display_()
    view.finish("over")
    assert handle.data["text/plain"] == "over"


def test_code_runs(view):
    import types

    trained = []
    fake = types.ModuleType("capslab")
    fake.fit = lambda model, images, epochs: (
        trained.append(epochs) or types.SimpleNamespace(plot=lambda: None)
    )
    import sys

    real = sys.modules["capslab"]
    sys.modules["capslab"] = fake
    try:
        exec(view.code, {"model": None, "images": None})
    finally:
        sys.modules["capslab"] = real
    assert trained == [4]


@pytest.mark.parametrize("epochs", [0, -1, 2.5, True])
def test_bad_epochs_are_refused(epochs):
    with pytest.raises(ArgumentError, match="epochs"):
        TrainingView("x", epochs, ["loss"])
