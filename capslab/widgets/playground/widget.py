"""The network sandbox: a dense network that trains in the browser while one watches its units.

The browser has the points and does the training; no running Python is needed. Python computes the same, for
`view.train`, the words and the still picture.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets as t

from capslab.errors import ArgumentError, Verbatim, is_whole, unknown_name, whole_number
from capslab.widgets.base import Array, View, module, style
from capslab.widgets.playground import arithmetic, caption
from capslab.widgets.playground import figure as playground_figure
from capslab.widgets.playground.code import EXPRESSIONS, RECIPE, filled
from capslab.widgets.playground.learners_points import own_points
from capslab.widgets.playground.network import check_network, epoch_of, fresh
from capslab.widgets.playground.points import (
    DIGITS,
    OWN,
    PLANES,
    PointSet,
    digit_points,
    plane_points,
)
from capslab.widgets.playground.sets import for_browser
from capslab.widgets.traits import Float, Int

MOST_HIDDEN = 16
LEARNING_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
SETTINGS = ("data", "hidden", "layers", "activation", "seed")


class NetworkSandboxView(View):
    """A small dense network, its training, and what each of its units says.

    Attributes
    ----------
    data : "two moons", "two circles", "xor", "spiral", "two blobs", "digits", or "your points" where some
        were handed in.
    hidden : units per hidden layer, 0…16; 0 for no hidden layer.
    layers : hidden layers, 1 or 2.
    activation : "relu", "tanh" or "none".
    learning_rate : 0.0001…10; it may be changed during training.
    seed : of the weights to start from, and of the order of the points in each epoch.
    epoch : how many epochs the network was trained for (read only; `train` trains on).
    weights : for each layer W (n_in, n_out) and b (n_out,).
    outcome : loss in nats and accuracy, on the training and on the held-out points.
    points : what it learns from, a `PointSet`.
    network : what travels between Python and the browser: settings, epochs, weights, loss curve.
    """

    _esm = module("playground")
    _css = style("playground")
    STATE = ("data", "hidden", "layers", "activation", "seed", "learning_rate", "network")
    CONTROLS = (
        "play",
        "step",
        "reset",
        "hidden",
        "learning_rate",
        "data",
        "layers",
        "activation",
        "seed",
        "code",
        "screen",
    )

    data = t.Unicode("two moons").tag(sync=True)
    hidden = Int(8).tag(sync=True)
    layers = Int(1).tag(sync=True)
    activation = t.Unicode("relu").tag(sync=True)
    learning_rate = Float(0.1).tag(sync=True)
    seed = Int(0).tag(sync=True)
    network: t.Dict[str, Any] = t.Dict().tag(sync=True)

    sets: t.Dict[str, Any] = t.Dict().tag(sync=True)
    rows = Array()  # (all points of the plane, 2)
    row_labels = Array()
    digits = Array()  # (all images, 64), 0…255
    digit_labels = Array()
    learning_rates = t.List(list(LEARNING_RATES)).tag(sync=True)
    recipe = t.Unicode(RECIPE).tag(sync=True)
    expressions: t.Dict[str, Any] = t.Dict(EXPRESSIONS).tag(sync=True)

    def __init__(self, points: Any, **options: Any) -> None:
        seed = _checked_seed(options.get("seed", 0))
        self._sets = {name: plane_points(name) for name in PLANES}
        if points is not None:
            self._sets = {OWN: own_points(points, seed), **self._sets}
            options["data"] = options.get("data") or OWN
        options["data"] = options.get("data") or next(iter(PLANES))
        self._sets[DIGITS] = digit_points()
        super().__init__(**for_browser(self._sets, seed), **options)
        self.network = fresh(self._settings())
        self._follow()

    @property
    def points(self) -> PointSet:
        return self._sets[self.data]

    @property
    def sizes(self) -> list[int]:
        """Numbers per layer, from the inputs to the output."""
        inputs, classes = self.points.train.shape[1], len(self.points.classes)
        return arithmetic.sizes_of(inputs, self.hidden, self.layers, classes)

    @property
    def epoch(self) -> int:
        return epoch_of(self.network)

    @property
    def weights(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return arithmetic.layers_of(self._row(), self.sizes)

    @property
    def outcome(self) -> arithmetic.NetworkOutcome:
        return arithmetic.outcome(self._row(), self.sizes, self.points, self.activation)

    def _row(self) -> np.ndarray:
        """All weights in one row."""
        weights = self.network["weights"]
        return (
            arithmetic.initial_weights(self.sizes, self.seed) if weights is None else np.array(weights, float)
        )

    def _settings(self) -> list[Any]:
        return [getattr(self, name) for name in SETTINGS]

    def train(self, epochs: int = 1) -> None:
        """Trains on for some epochs, here in Python, with the learning rate that is set.

        Raises
        ------
        ArgumentError : if `epochs` is not a whole number from 1.
        """
        epochs = whole_number("epochs", epochs)
        network, weights = dict(self.network), self._row()
        history = self._history()
        trained = [list(part) for part in network["trained"]]
        for _ in range(epochs):
            if network["failed"]:
                break
            epoch = sum(part[0] for part in trained)
            order = arithmetic.epoch_order(self.seed, epoch, len(self.points.train))
            rate = self.learning_rate
            after = arithmetic.train_epoch(weights, self.sizes, self.points, self.activation, rate, order)
            if not np.abs(after).max() <= arithmetic.LARGEST:  # NaN included
                network["failed"] = epoch + 1
                break
            weights = after
            if trained and trained[-1][1] == rate:
                trained[-1][0] += 1
            else:
                trained.append([1, rate])
            now = arithmetic.outcome(weights, self.sizes, self.points, self.activation)
            history.append([epoch + 1, now.loss, now.held_out_loss])
            history = arithmetic.thinned(history, epoch + 1)
        self.network = {**network, "trained": trained, "history": history, "weights": weights.tolist()}

    def _history(self) -> list[list[Any]]:
        """The loss curve so far, at least its first point."""
        now = self.outcome
        return list(self.network["history"] or [[self.epoch, now.loss, now.held_out_loss]])

    @t.validate("data")
    def _known_data(self, proposal: Any) -> str:
        if proposal["value"] not in self._sets:
            raise unknown_name("data", proposal["value"], self._sets)
        return str(proposal["value"])

    @t.validate("activation")
    def _known_activation(self, proposal: Any) -> str:
        if proposal["value"] not in EXPRESSIONS["activate"]:
            raise unknown_name("activation", proposal["value"], EXPRESSIONS["activate"])
        return str(proposal["value"])

    @t.validate("hidden", "layers")
    def _within(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        low, high = {"hidden": (0, MOST_HIDDEN), "layers": (1, 2)}[name]
        if not low <= value <= high:
            step = "Try hidden=4." if name == "hidden" else "Try layers=1."
            raise ArgumentError(
                name, "1 or 2" if high == 2 else f"a whole number from {low} to {high}", value, step
            )
        return int(value)

    @t.validate("seed")
    def _valid_seed(self, proposal: Any) -> int:
        return _checked_seed(proposal["value"])

    @t.validate("learning_rate")
    def _valid_rate(self, proposal: Any) -> float:
        value = proposal["value"]
        if not 0.0001 <= value <= 10:
            step = "Try learning_rate=0.1."
            raise ArgumentError("learning_rate", "a number from 0.0001 to 10", value, step)
        return round(float(value), 4)

    @t.validate("network")
    def _valid_network(self, proposal: Any) -> dict[str, Any]:
        return check_network(proposal["value"], self._settings(), arithmetic.count(self.sizes))

    @t.observe(*SETTINGS, "learning_rate", "network")
    def _moved(self, change: Any) -> None:
        if not self.network:
            return  # still being made
        if self.network["of"] != self._settings():
            self.network = fresh(self._settings())  # which comes back here
            return
        self._follow()

    def _follow(self) -> None:
        values = arithmetic.forward(self.weights, self.points.train, self.activation)
        dead = caption.dead_units(values, self.activation)
        self.words = caption.words(self.points, self.network, self.outcome, dead)
        code = self.sets[self.data]["code"]
        self.code = filled(self.recipe, code, self.sizes, self.network["of"], self.network["trained"])

    def figure(self) -> Any:
        """What the network and its units say, and the loss curve, as a still matplotlib figure."""
        now = self.outcome
        history = [*self._history(), [self.epoch, now.loss, now.held_out_loss]]
        args = self.points, self.weights, self.activation, history
        return self._in_words(playground_figure.draw(*args))


def _checked_seed(seed: Any) -> int:
    if not is_whole(seed) or not 0 <= seed < 10_000:
        raise ArgumentError("seed", "a whole number from 0 to 9999", seed, "Try seed=0.")
    return int(seed)


def network_sandbox(
    points: Any = None,
    data: str | None = None,
    hidden: int = 8,
    layers: int = 1,
    activation: str = "relu",
    learning_rate: float = 0.1,
    epochs: int = 0,
    seed: int = 0,
    state: str | None = None,
    hide: tuple[str, ...] = (),
) -> NetworkSandboxView:
    """Train a small dense network in the browser, and watch what each of its hidden units says.

    The idea is TensorFlow Playground's (Smilkov and others 2017). The network trains on points of the plane
    or on the 8×8 digits: forward pass, cross-entropy, backpropagation, and a step downhill for every ten
    points.

    Parameters
    ----------
    points : your own points of the plane, `(x, labels)` with x (n, 2) and labels (n,) of two to eight
        classes. They are centred and scaled; of more than 2,000 a random sample is taken.
    data : "two moons", "two circles", "xor", "spiral", "two blobs" or "digits"; without it your own
        points, or the two moons.
    hidden : units per hidden layer, 0…16; 0 for no hidden layer.
    layers : hidden layers, 1 or 2.
    activation : "relu", "tanh" or "none".
    learning_rate : 0.0001…10.
    epochs : how many epochs to train before the view is shown, 0…10,000.
    seed : of the weights to start from, and of the order of the points in each epoch; 0…9999.
    state : a string from `view.state`, to show the same again.
    hide : controls to hide: "play", "step", "reset", "hidden", "learning_rate", "data", "layers",
        "activation", "seed", "code", "screen".

    Returns
    -------
    NetworkSandboxView : you can read, set and observe its settings; `view.train(10)` trains on,
        `view.weights` and `view.outcome` have the numbers.

    Raises
    ------
    ArgumentError : if a setting is out of its range, the points are no points of the plane with a label each,
        or the state is of another view.

    Examples
    --------
    >>> view = network_sandbox(data="xor", hidden=0, epochs=20)
    >>> view.epoch, view.outcome.accuracy < 0.8
    (20, True)
    """
    if not is_whole(epochs) or not 0 <= epochs <= 10_000:
        raise ArgumentError("epochs", "a whole number from 0 to 10000", epochs, "Try epochs=50.")
    options: dict[str, Any] = {"hidden": hidden, "layers": layers, "activation": activation, "seed": seed}
    if data is not None and not isinstance(data, str):
        raise ArgumentError("data", "the name of a set of points", Verbatim(repr(data)), 'Try data="xor".')
    view = NetworkSandboxView(points, data=data, learning_rate=learning_rate, hide=list(hide), **options)
    if epochs:
        view.train(int(epochs))
    if state is not None:
        view.state = state
    return view
