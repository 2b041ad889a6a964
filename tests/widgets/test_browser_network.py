"""Networks as steps for the browser: what they compute, and which networks cannot run there."""

from __future__ import annotations

import numpy as np
import pytest

from capslab.widgets.shared import browser_network


class Dense:
    def __init__(self, inputs, outputs, activation="linear"):
        self.weights = [np.ones((inputs, outputs)), np.arange(outputs)]
        self.activation = type("Named", (), {"__name__": activation})()

    def get_weights(self):
        return self.weights


class Flatten:
    pass


class LSTM:
    pass


def test_steps_and_weights_in_turn():
    weights, steps = browser_network.packed([Flatten(), Dense(4, 3, "relu"), Dense(3, 2)], (2, 2, 1))
    assert [step["op"] for step in steps] == ["same", "dense", "relu", "dense"]
    assert weights.dtype == np.float32
    assert len(weights) == 4 * 3 + 3 + 3 * 2 + 2 + 1
    assert weights[12:15].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "layers",
    [
        None,
        [LSTM()],
        [Flatten(), Dense(4, 3, "softmax")],
        [Flatten(), Dense(4, 1_000_000)],  # more weights than should travel
    ],
)
def test_what_the_browser_cannot_run_stays_here(layers):
    assert browser_network.packed(layers, (2, 2, 1)) == (None, [])


@pytest.mark.slow
def test_the_paper_size_network_stays_here():
    from capslab.models import CapsNet

    assert browser_network.packed(CapsNet((28, 28, 1), 10, preset="paper").trunk.layers, (28, 28, 1)) == (
        None,
        [],
    )
