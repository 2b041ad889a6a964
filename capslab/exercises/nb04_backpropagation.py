"""Exercises of lesson 04: the backward pass through a hidden layer, and an epoch in batches."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "04_backpropagation"


def backward(X, H, P, labels, W2):
    """The slopes of the mean cross-entropy for W1, b1, W2 and b2, from the last layer to the first.

    E = (P − T) / n for the scores; E W2ᵀ for the hidden units, where the ReLU let their sums pass.
    """
    error = (P - np.eye(P.shape[1])[labels]) / len(X)  # (n, classes)
    hidden_error = (error @ W2.T) * (H > 0)  # (n, hidden)
    return X.T @ hidden_error, hidden_error.sum(axis=0), H.T @ error, error.sum(axis=0)


def _backward_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, inputs: int, hidden: int, classes: int) -> tuple[np.ndarray, ...]:
        H = rng.uniform(0.2, 1, (n, hidden)) * (rng.random((n, hidden)) < 0.6)  # after the ReLU: some are 0
        H[0, :2], H[-1, -1] = [0.0, 0.7], 0.5
        powers = np.exp(rng.normal(0, 1, (n, classes)))
        P = powers / powers.sum(axis=1, keepdims=True)
        return (
            rng.normal(0, 1, (n, inputs)),
            H,
            P,
            rng.integers(0, classes, n),
            rng.normal(0, 1, (hidden, classes)),
        )

    silent = random_case(5, 4, 3, 2)
    silent[1][:, 0] = 0.0
    cases = [
        Case("six images, three inputs, five hidden units and four classes", random_case(6, 3, 5, 4)),
        Case("one image", random_case(1, 2, 4, 3)),
        Case("a hidden unit that is silent for every image", silent),
        Case("as many images, inputs, hidden units and classes", random_case(4, 4, 4, 4)),
    ]
    if hard:
        cases.append(Case("two classes", random_case(7, 5, 6, 2)))
    return cases


def _backward_size() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    H = np.maximum(0, rng.normal(0, 1, (128, 512)))
    return (
        rng.random((128, 784)),
        H,
        np.full((128, 10), 0.1),
        np.arange(128) % 10,
        rng.normal(0, 0.1, (512, 10)),
    )


def _backward_with(error_of=None, hidden_of=None):
    """The backward pass with another error of the scores or of the hidden units."""

    def wrong(X, H, P, labels, W2):
        T = np.eye(P.shape[1])[labels]
        error = error_of(P, T) if error_of else (P - T) / len(X)
        hidden_error = hidden_of(error, W2, H) if hidden_of else (error @ W2.T) * (H > 0)
        return X.T @ hidden_error, hidden_error.sum(axis=0), H.T @ error, error.sum(axis=0)

    return wrong


def train_epoch(X, labels, weights, update, order, batch_size):
    """One epoch: `weights = update(X of a batch, its labels, weights)` for each batch of `order` in turn."""
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        weights = update(X[batch], labels[batch], weights)
    return weights


def fit_a_line(X, labels, weights):
    """An update for the cases: a step of least squares, which depends on every image and its own label."""
    return weights - 0.3 * X.T @ (X @ weights - labels) / len(X)


def _epoch_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, batch_size: int) -> tuple:
        order = rng.permutation(n)
        if n > 1 and (order == np.arange(n)).all():
            order = order[::-1].copy()
        return (
            rng.normal(0, 1, (n, 3)),
            rng.integers(0, 5, n),
            rng.normal(0, 1, 3),
            fit_a_line,
            order,
            batch_size,
        )

    some = random_case(12, 2)
    cases = [
        Case("six images in batches of two", random_case(6, 2)),
        Case("seven images in batches of three: the last batch has one image", random_case(7, 3)),
        Case("an order that names five of twelve images", (*some[:4], some[4][:5], 2)),
        Case("a batch size larger than the number of images", random_case(4, 9)),
        Case("batches of one image", random_case(3, 1)),
    ]
    if hard:
        cases.append(Case("eleven images in batches of four", random_case(11, 4)))
    return cases


def _epoch_size() -> tuple:
    rng = np.random.default_rng(0)
    return rng.random((6000, 64)), np.arange(6000) % 10, np.zeros(64), fit_a_line, rng.permutation(6000), 50


def _whole_batches_only(X, labels, weights, update, order, batch_size):
    for start in range(0, len(order) - batch_size + 1, batch_size):
        batch = order[start : start + batch_size]
        weights = update(X[batch], labels[batch], weights)
    return weights


def _in_given_order(X, labels, weights, update, order, batch_size):
    for start in range(0, len(order), batch_size):
        weights = update(X[start : start + batch_size], labels[start : start + batch_size], weights)
    return weights


def _labels_left_behind(X, labels, weights, update, order, batch_size):
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        weights = update(X[batch], labels[start : start + len(batch)], weights)
    return weights


def _forgetful(X, labels, weights, update, order, batch_size):
    new = weights
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        new = update(X[batch], labels[batch], weights)
    return new


EXERCISES = (
    Exercise(
        name="backward",
        notebook=NOTEBOOK,
        title="The slopes of both layers",
        task=(
            "Write backward(X, H, P, labels, W2). It takes inputs (n, inputs), hidden values after the ReLU "
            "(n, hidden), probabilities (n, classes), labels (n,) and the second layer's weights (hidden, "
            "classes), and returns four slopes, of W1, b1, W2 and b2, each of the same shape as what it "
            "belongs to."
        ),
        points=3,
        hints=(
            "Begin at the end, as in `step` of lesson 03: the error of the scores is P minus the targets. "
            "Divide it by n at once, then all later sums are means.",
            "error @ W2.T sends the error back through the second layer: (n, hidden). Where H is 0 the ReLU "
            "let nothing pass, so nothing goes back: multiply by (H > 0).",
            "A slope of weights is inputs.T @ error of what comes out, and a slope of biases is error.sum("
            "axis=0). For the second layer the inputs are H, for the first they are X.",
        ),
        cases=_backward_cases,
        reference=backward,
        mistakes=(
            Mistake(
                "ReLU forgotten",
                "The second layer is right, but the error passes hidden units that were 0. A small change of "
                "their sums changes nothing, so their error is 0: where is H larger than 0?",
                _backward_with(hidden_of=lambda error, W2, H: error @ W2.T),
            ),
            Mistake(
                "times H",
                "You multiply the error of the hidden units by H. The slope of the ReLU is 1 where a unit is "
                "on and 0 where it is off, whatever the value of H is.",
                _backward_with(hidden_of=lambda error, W2, H: (error @ W2.T) * H),
            ),
            Mistake(
                "sum over images",
                "Your slopes are those of the sum over images. The loss is a mean: divide the error by n.",
                _backward_with(error_of=lambda P, T: (P - T) * len(P) / len(P)),
            ),
            Mistake(
                "uphill and downhill",
                "All four slopes have the wrong sign: the error is P minus the targets.",
                _backward_with(error_of=lambda P, T: (T - P) / len(P)),
            ),
        ),
        real_size=_backward_size,
    ),
    Exercise(
        name="train_epoch",
        notebook=NOTEBOOK,
        title="One epoch in batches",
        task=(
            "Write train_epoch(X, labels, weights, update, order, batch_size). It takes the rows that "
            "`order` names, batch_size at a time. For each batch it calls weights = update(X of the batch, "
            "labels of the batch, weights). It returns the last weights."
        ),
        points=3,
        hints=(
            "range(0, len(order), batch_size) gives the place in `order` at which each batch starts.",
            "order[start : start + batch_size] are the rows of one batch. A slice past the end is simply "
            "shorter, so the last batch needs no care of its own.",
            "In the loop: weights = update(X[batch], labels[batch], weights). After it: return weights.",
        ),
        cases=_epoch_cases,
        reference=train_epoch,
        mistakes=(
            Mistake(
                "last batch dropped",
                "Images are left out: the last batch may be smaller than the others, and it counts too.",
                _whole_batches_only,
            ),
            Mistake(
                "order ignored",
                "You take the rows as they stand. Take them in the order that `order` names.",
                _in_given_order,
            ),
            Mistake(
                "labels not in order",
                "The images are in the new order, and the labels are still in the old one. An image and its "
                "label belong together: use the same rows for both.",
                _labels_left_behind,
            ),
            Mistake(
                "from the start every time",
                "Every batch starts from the first weights again, so only the last batch counts. Each update "
                "should go on from the weights of the one before.",
                _forgetful,
            ),
        ),
        real_size=_epoch_size,
    ),
)
