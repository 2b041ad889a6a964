"""A dense network in plain NumPy: forward pass, loss, backpropagation, stochastic gradient descent.

`js/src/playground/arithmetic.js` computes the same in the browser, from the same random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from capslab.widgets.playground.points import PointSet

BATCH = 10
LARGEST = 1e6  # a weight beyond this has blown up
KEPT = 200  # points of the loss curve, at most

Layers = list[tuple[np.ndarray, np.ndarray]]


def sizes_of(inputs: int, hidden: int, layers: int, classes: int) -> list[int]:
    """Numbers per layer, from the inputs to the output: a single number where there are two classes.

    >>> sizes_of(2, 4, 2, 2), sizes_of(64, 0, 1, 10)
    ([2, 4, 4, 1], [64, 10])
    """
    return [inputs, *([hidden] * layers if hidden else []), 1 if classes == 2 else classes]


def count(sizes: list[int]) -> int:
    """How many weights and biases there are.

    >>> count([2, 4, 1])
    17
    """
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))


def initial_weights(sizes: list[int], seed: int) -> np.ndarray:
    """Random weights as one row of numbers: for each layer W (n_in, n_out) row by row, then its biases, 0.

    W is uniform within ±√(6 / (n_in + n_out)) (Glorot and Bengio 2010).
    """
    rng = np.random.default_rng(seed)
    parts = []
    for n_in, n_out in pairwise(sizes):
        limit = np.sqrt(6 / (n_in + n_out))
        parts += [rng.uniform(-limit, limit, n_in * n_out), np.zeros(n_out)]
    return np.concatenate(parts)


def layers_of(weights: np.ndarray, sizes: list[int]) -> Layers:
    """The row of numbers as W (n_in, n_out) and b (n_out,) per layer: views, not copies."""
    layers, start = [], 0
    for n_in, n_out in pairwise(sizes):
        middle, end = start + n_in * n_out, start + (n_in + 1) * n_out
        layers.append((weights[start:middle].reshape(n_in, n_out), weights[middle:end]))
        start = end
    return layers


def activate(sums: np.ndarray, activation: str) -> np.ndarray:
    """ReLU, tanh or nothing."""
    return {"relu": lambda: np.maximum(sums, 0), "tanh": lambda: np.tanh(sums), "none": lambda: sums}[
        activation
    ]()


def slope(values: np.ndarray, activation: str) -> np.ndarray:
    """The derivative of the activation, from its value."""
    return {
        "relu": lambda: (values > 0).astype(float),
        "tanh": lambda: 1 - values**2,
        "none": lambda: np.ones_like(values),
    }[activation]()


def forward(layers: Layers, x: np.ndarray, activation: str) -> list[np.ndarray]:
    """The values of each layer, from the inputs (n, inputs) to the scores (n, 1 or classes)."""
    values = [x]
    for W, b in layers[:-1]:
        values.append(activate(values[-1] @ W + b, activation))
    W, b = layers[-1]
    return [*values, values[-1] @ W + b]


def probabilities(scores: np.ndarray) -> np.ndarray:
    """Sigmoid of a single score, softmax of several; shape as before."""
    if scores.shape[1] == 1:
        return np.exp(-np.logaddexp(0, -scores))
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def losses(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Cross-entropy of each row in nats, −ln of the probability of the true class: (n,)."""
    if scores.shape[1] == 1:
        s = scores[:, 0]
        return np.asarray(np.logaddexp(0, s) - labels * s)
    return np.asarray(np.logaddexp.reduce(scores, axis=1) - scores[np.arange(len(labels)), labels])


def predicted(scores: np.ndarray) -> np.ndarray:
    """The class of each row."""
    return (scores[:, 0] > 0).astype(int) if scores.shape[1] == 1 else scores.argmax(axis=1)


def gradient(
    weights: np.ndarray, sizes: list[int], x: np.ndarray, labels: np.ndarray, activation: str
) -> Any:
    """Backpropagation: the slope of the mean loss for every weight, in the order of the weights.

    For the scores it is δ = (p − y) / n; a layer with inputs v has ∂W = vᵀδ and ∂b = Σδ, and hands
    (δ Wᵀ) ⊙ slope(v) to the layer before it.
    """
    layers = layers_of(weights, sizes)
    values = forward(layers, x, activation)
    delta = probabilities(values[-1]).copy()  # (n, outputs)
    if sizes[-1] == 1:
        delta[:, 0] -= labels
    else:
        delta[np.arange(len(labels)), labels] -= 1
    delta /= len(labels)
    parts: list[np.ndarray] = []
    for k in reversed(range(len(layers))):
        parts = [(values[k].T @ delta).ravel(), delta.sum(axis=0), *parts]
        if k:
            delta = (delta @ layers[k][0].T) * slope(values[k], activation)
    return np.concatenate(parts)


def epoch_order(seed: int, epoch: int, n: int) -> np.ndarray:
    """The order of the points in an epoch."""
    return np.random.default_rng([seed, epoch]).random(n).argsort()


def train_epoch(
    weights: np.ndarray, sizes: list[int], points: PointSet, activation: str, rate: float, order: np.ndarray
) -> np.ndarray:
    """All training points once, ten at a time: w ← w − learning rate · slope."""
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            x, labels = points.train[batch], points.train_labels[batch]
            weights = weights - rate * gradient(weights, sizes, x, labels, activation)
    return weights


@dataclass(frozen=True)
class NetworkOutcome:
    """Loss in nats and accuracy 0…1 on the training and on the held-out points (None without any)."""

    loss: float
    accuracy: float
    held_out_loss: float | None
    held_out_accuracy: float | None


def outcome(weights: np.ndarray, sizes: list[int], points: PointSet, activation: str) -> NetworkOutcome:
    """How good the network is now."""
    found: list[float | None] = []
    for x, labels in ((points.train, points.train_labels), (points.held_out, points.held_out_labels)):
        if not len(labels):
            found += [None, None]
            continue
        scores = forward(layers_of(weights, sizes), x, activation)[-1]
        found += [float(losses(scores, labels).mean()), float((predicted(scores) == labels).mean())]
    return NetworkOutcome(*found)  # type: ignore[arg-type]  # there are always training points


def thinned(history: list[list[Any]], epoch: int) -> list[list[Any]]:
    """The loss curve up to an epoch with at most 200 points: every epoch, every second one, every fourth, …

    >>> [row[0] for row in thinned([[epoch, 0.5, 0.5] for epoch in range(5)], 801)]
    [0]
    """
    step = 1
    while epoch / step > KEPT:
        step *= 2
    return [row for row in history if row[0] % step == 0]
