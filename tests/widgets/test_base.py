"""What every view has: state that refuses in words, errors that show, arrays that travel."""

from __future__ import annotations

import numpy as np
import pytest
import traitlets as t

from capslab.errors import ArgumentError
from capslab.widgets import base

NO_ROOT = "no root of a negative number"


class Toy(base.View):
    _esm = "export default { render() {} }"
    STATE = ("x",)
    CONTROLS = ("x", "code")
    x = t.Int(3).tag(sync=True)
    numbers = base.Array()
    chosen = base.Positions()

    @t.observe("x")
    @base.shown
    def _react(self, change):
        if self.x < 0:
            raise ValueError(NO_ROOT)

    def figure(self):
        from matplotlib.figure import Figure

        return Figure(figsize=(1, 1))


def test_module_and_style_are_the_built_ones():
    assert "export{" in base.module("clusters")
    sheet = base.style("clusters")
    assert sheet.index(".caps-view{") < sheet.index(".caps-of-clusters{") < sheet.index(".caps-scatter{")


def test_an_array_travels_as_typed_bytes():
    view = Toy(numbers=np.arange(6, dtype=np.float32).reshape(2, 3)[:, ::2])
    sent = view.get_state()["numbers"]
    assert (sent["dtype"], sent["shape"]) == ("float32", [2, 2])
    assert np.frombuffer(sent["data"], np.float32).tolist() == [0, 2, 3, 5]
    view.numbers = None
    assert view.get_state()["numbers"] is None
    with pytest.raises(TypeError, match="float64"):
        Toy(numbers=np.zeros(3))


def test_an_array_is_not_changed_by_what_the_browser_echoes():
    view = Toy(numbers=np.arange(3, dtype=np.uint8))
    view.set_state({"numbers": {"dtype": "uint8", "shape": [1], "data": b"\x09"}})
    assert view.numbers.tolist() == [0, 1, 2]


def test_positions_travel_both_ways():
    view = Toy()
    assert view.chosen.tolist() == []
    view.chosen = np.array([False, True, True])
    assert bytes(view.get_state()["chosen"]) == np.array([1, 2], "<i4").tobytes()
    view.set_state({"chosen": memoryview(np.array([5, 6], "<i4").tobytes())})
    assert view.chosen.tolist() == [5, 6]
    assert view.chosen.dtype == np.int64
    with pytest.raises(ArgumentError, match="chosen"):
        view.chosen = [[1, 2]]


def test_fill_replaces_every_name():
    assert base.fill("f(⟨k⟩, ⟨k⟩, ⟨seed⟩)", k=3, seed=0) == "f(3, 3, 0)"


def test_an_error_in_a_callback_shows_in_words_and_goes_away():
    view = Toy()
    view.x = -1
    assert view.error == f"ValueError: {NO_ROOT}"
    view.x = 1
    assert view.error == ""


def test_state_goes_round_and_others_are_refused(fails):
    view = Toy(x=7)
    again = Toy()
    again.state = view.state
    assert again.x == 7
    for state, names in {
        "x = 7": ("Toy", "'x = 7'"),
        "[]": ("Toy", "[]"),
        '{"view": "Other", "v": 2}': ("Toy", "'Other'"),
        '{"view": "Toy", "v": 1}': ("2", "1"),
        '{"view": "Toy", "v": 2, "x": "seven"}': ("'x'", "'seven'"),
    }.items():
        with fails(ArgumentError, "state", names=names):
            again.state = state
    assert again.x == 7


def test_hide_takes_known_controls_only():
    assert Toy(hide=["x"]).hide == ["x"]
    with pytest.raises(ArgumentError, match=r"\['x', 'code'\]"):
        Toy(hide=["y"])


def test_a_view_brings_its_picture_and_its_words():
    view = Toy(words="a toy")
    data, meta = view._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == "a toy"
    assert meta["image/png"]["alt"] == "a toy"
    assert "application/vnd.jupyter.widget-view+json" in data
