"""A network of two dense layers in plain NumPy, as in lesson 04: fast enough to be trained dozens of times.

h = max(0, x W₁ + b₁),   p = softmax(h W₂ + b₂)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Weights = list[np.ndarray]
#: a rule makes steps from slopes; it is called with the slopes of one batch and remembers what it needs
Rule = Callable[[Weights], Weights]
#: from probabilities and targets `(n, classes)` to the slopes of the loss for the scores, `(n, classes)`
ScoreSlope = Callable[[np.ndarray, np.ndarray], np.ndarray]


def new_weights(inputs: int, hidden: int, classes: int, seed: int) -> Weights:
    """W₁ `(inputs, hidden)`, b₁, W₂ `(hidden, classes)` and b₂: small random weights, and biases of 0."""
    rng = np.random.default_rng(seed)
    shapes = (inputs, hidden), (hidden, classes)
    layers = [(rng.normal(0, np.sqrt(2 / n), (n, m)), np.zeros(m)) for n, m in shapes]
    return [part.astype(np.float32) for layer in layers for part in layer]


def softmax(scores: np.ndarray) -> np.ndarray:
    """Probabilities `(n, classes)` from scores `(n, classes)`, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def scores_of(weights: Weights, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The hidden layer `(n, hidden)` and the scores `(n, classes)` for inputs `(n, inputs)`."""
    first, first_bias, second, second_bias = weights
    hidden = np.maximum(x @ first + first_bias, 0)
    return hidden, hidden @ second + second_bias


def score_slope(probabilities: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The slope of the mean of −Σ t log p for the scores, `(n, classes)`: p Σt − t, whatever t sums to."""
    return (probabilities * targets.sum(axis=1, keepdims=True) - targets) / len(targets)


def slopes_of(
    weights: Weights, x: np.ndarray, targets: np.ndarray, slope: ScoreSlope = score_slope
) -> Weights:
    """The slopes of the loss, one array per array of weights.

    Parameters
    ----------
    x, targets : a batch, `(n, inputs)` and `(n, classes)`.
    slope : what the loss says about the scores; the rest is the chain rule.
    """
    hidden, scores = scores_of(weights, x)
    own = slope(softmax(scores), targets).astype(x.dtype)
    back = (own @ weights[2].T) * (hidden > 0)
    return [x.T @ back, back.sum(axis=0), hidden.T @ own, own.sum(axis=0)]


def plain_rule(learning_rate: float) -> Rule:
    """Gradient descent: against the slope, `learning_rate` times as far as it says."""
    return lambda slopes: [-learning_rate * one for one in slopes]


def adam_rule(learning_rate: float) -> Rule:
    """Adam (Kingma & Ba 2014, algorithm 1) with Keras's settings: β₁ = .9, β₂ = .999, ε = 1e-7."""
    means: Weights = []
    squares: Weights = []
    count = 0

    def rule(slopes: Weights) -> Weights:
        nonlocal count
        count += 1
        if not means:
            means.extend(np.zeros_like(one) for one in slopes)
            squares.extend(np.zeros_like(one) for one in slopes)
        steps = []
        for mean, square, slope in zip(means, squares, slopes, strict=True):
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope**2 - square)
            rate = learning_rate * np.sqrt(1 - 0.999**count) / (1 - 0.9**count)
            steps.append(-rate * mean / (np.sqrt(square) + 1e-7))
        return steps

    return rule


def batches(n: int, batch_size: int, steps: int, seed: int) -> Iterator[np.ndarray]:
    """The positions of each step's images: every pass goes over all n, in a new order.

    >>> [sorted(batch.tolist()) for batch in batches(4, 4, 2, seed=0)]
    [[0, 1, 2, 3], [0, 1, 2, 3]]
    """
    rng = np.random.default_rng(seed)
    order = np.empty(0, int)
    for _ in range(steps):
        if len(order) < batch_size:
            order = np.concatenate([order, rng.permutation(n)])
        batch, order = order[:batch_size], order[batch_size:]
        yield batch


def descend(
    weights: Weights, x: np.ndarray, targets: np.ndarray, rule: Rule, slope: ScoreSlope = score_slope
) -> None:
    """One step on one batch. The weights are changed in place."""
    for own, change in zip(weights, rule(slopes_of(weights, x, targets, slope)), strict=True):
        own += change


def pixel_rows(images: Any) -> np.ndarray:
    """Pixels in 0…1, one row per image: float32 `(n, pixels)`."""
    return images.images.reshape(len(images), -1).astype(np.float32) / 255


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """A row per image with a 1 at its class and 0 elsewhere, float32 `(n, classes)`."""
    return np.eye(classes, dtype=np.float32)[labels]


def follow(x: np.ndarray, targets: np.ndarray, slope: ScoreSlope, steps: int = 40) -> np.ndarray:
    """The loss before each step of a network that follows a slope: mean of −Σ t log p, float64 `(steps,)`.

    The network has 512 hidden units. Every step looks at all rows and is one of Adam.

    Parameters
    ----------
    x, targets : inputs `(n, inputs)` and targets `(n, classes)`, which need not sum to 1.
    slope : from probabilities and targets to what the steps follow, `(n, classes)`.

    Examples
    --------
    >>> x, targets = np.eye(3), np.eye(3)
    >>> losses = follow(x, targets, score_slope, steps=50)
    >>> bool(losses[-1] < 0.1 < 0.5 < losses[0])
    True
    """
    x, targets = x.astype(np.float32), targets.astype(np.float32)
    weights, rule = new_weights(x.shape[1], 512, targets.shape[1], seed=0), adam_rule(0.001)
    losses = []
    for _ in range(steps):
        p = softmax(scores_of(weights, x)[1])
        losses.append(-(targets * np.log(np.maximum(p, 1e-30))).sum(axis=1).mean())
        descend(weights, x, targets, rule, slope)
    return np.array(losses, float)
