"""Exercises of lesson 03: the pieces of a network of one layer."""

from __future__ import annotations

import numpy as np

from capslab.exercises.exercise import Case, Exercise, Mistake

NOTEBOOK = "03_a_layer_that_learns"


def softmax(logits):
    """p_j = exp(z_j) / Σ_k exp(z_k), for each row z."""
    shifted = logits - logits.max(axis=1, keepdims=True)  # the same p, and exp cannot run over
    powers = np.exp(shifted)  # (n, classes)
    return powers / powers.sum(axis=1, keepdims=True)


def _logit_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)
    cases = [
        Case("a few rows", (rng.normal(0, 2, (4, 3)),)),
        Case("one image", (rng.normal(0, 2, (1, 10)),)),
        Case("equal logits", (np.zeros((2, 5)),)),
        Case("logits near 1,000", (rng.normal(1000, 2, (3, 4)),)),
        Case("logits near −1,000", (rng.normal(-1000, 2, (3, 4)),)),
        Case(
            "rows of very different size, near 1,000, 0 and −1,000",
            (rng.normal(0, 2, (3, 5)) + np.array([[1000.0], [0.0], [-1000.0]]),),
        ),
    ]
    if hard:
        cases.append(Case("as many images as classes", (rng.normal(0, 3, (6, 6)),)))
    return cases


def cross_entropy(probabilities, labels):
    """−mean over images of log p(true class), where p is at least 1e-7."""
    p_true = probabilities[np.arange(len(labels)), labels]  # (n,)
    return -np.log(np.maximum(p_true, 1e-7)).mean()


def _entropy_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
        p = rng.uniform(0.05, 1, (n, classes))  # none so small that rounding decides
        return p / p.sum(axis=1, keepdims=True), rng.integers(0, classes, n)

    confident, _ = random_case(3, 4)
    confident[1] = [0.0, 1.0, 0.0, 0.0]
    tiny, _ = random_case(2, 3)
    tiny[:] = [[5e-8, 0.4, 0.6], [0.3, 1.5e-7, 0.7]]
    cases = [
        Case("a few images", random_case(6, 4)),
        Case("one image", random_case(1, 10)),
        Case(
            "a confident and wrong network, which gives the true class probability 0",
            (confident, np.array([0, 2, 3])),
        ),
        Case("true classes of probability 5e-8 and 1.5e-7", (tiny, np.array([0, 1]))),
    ]
    if hard:
        cases.append(Case("two classes", random_case(20, 2)))
        cases.append(Case("as many images as classes", random_case(5, 5)))
    return cases


def step(X, P, labels, W, b, learning_rate):
    """W − rate · Xᵀ(P − T) / n and b − rate · mean(P − T), where each row of T has a 1 at its label."""
    error = P - np.eye(P.shape[1])[labels]  # (n, classes)
    return W - learning_rate * X.T @ error / len(X), b - learning_rate * error.mean(axis=0)


def _step_cases(seed: int, hard: bool) -> list[Case]:
    rng = np.random.default_rng(seed)

    def random_case(n: int, inputs: int, classes: int, learning_rate: float) -> tuple:
        P = softmax(rng.normal(0, 1, (n, classes)))
        W, b = rng.normal(0, 1, (inputs, classes)), rng.normal(0, 1, classes)
        return rng.random((n, inputs)), P, rng.integers(0, classes, n), W, b, learning_rate

    cases = [
        Case("five images of three pixels in four classes", random_case(5, 3, 4, 0.5)),
        Case("one image", random_case(1, 4, 3, 0.3)),
        Case("a class of which there is no image", random_case(2, 3, 5, 2.0)),
        Case("as many images as pixels and classes", random_case(4, 4, 4, 0.1)),
    ]
    if hard:
        cases.append(Case("two classes", random_case(6, 5, 2, 0.7)))
    return cases


def _step_size() -> tuple:
    rng = np.random.default_rng(0)
    P = softmax(rng.normal(0, 1, (1258, 10)))
    return rng.random((1258, 64)), P, rng.integers(0, 10, 1258), np.zeros((64, 10)), np.zeros(10), 0.5


def _step_with(slopes):
    """A step along other slopes: `slopes(X, P, labels)` gives those of W and of b."""

    def wrong(X, P, labels, W, b, learning_rate):
        slope_W, slope_b = slopes(X, P, labels)
        return W - learning_rate * slope_W, b - learning_rate * slope_b

    return wrong


def _true_slopes(X, P, labels):
    error = P - np.eye(P.shape[1])[labels]
    return X.T @ error / len(X), error.mean(axis=0)


def _true_class_only(X, P, labels):
    error = (P - 1) * np.eye(P.shape[1])[labels]
    return X.T @ error / len(X), error.mean(axis=0)


def _plain_softmax(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def _softmax_over(logits, axis):
    powers = np.exp(logits - logits.max())
    return powers / powers.sum(axis=axis, keepdims=True)


EXERCISES = (
    Exercise(
        name="softmax",
        notebook=NOTEBOOK,
        title="Probabilities from logits",
        task="Write softmax(logits). It turns logits into probabilities, both of shape (n, classes), so "
        "that each row adds up to 1.",
        points=2,
        hints=(
            "There are two steps: make every number positive, then divide so that each row adds up to 1.",
            "np.exp makes every number positive. .sum(axis=1, keepdims=True) is the sum of each row, "
            "ready to divide by.",
            "np.exp(1000) is infinite. Before np.exp, subtract from each row its largest number: the "
            "result is the same, and nothing can overflow.",
        ),
        cases=_logit_cases,
        reference=softmax,
        real_size=lambda: (np.random.default_rng(0).normal(0, 3, (6000, 10)),),
        mistakes=(
            Mistake(
                "wrong axis",
                "Your columns add up to 1, but your rows do not: you divide by sums over the images. Each "
                "image (each row) needs its own probabilities.",
                lambda logits: _softmax_over(logits, 0),
            ),
            Mistake(
                "whole batch",
                "All your numbers together add up to 1. Each row should: sum along axis 1, with "
                "keepdims=True.",
                lambda logits: _softmax_over(logits, None),
            ),
            Mistake(
                "overflow",
                "The formula is right, but large logits give NaN, because np.exp(1000) is infinite. What "
                "can you subtract from each row without changing the result?",
                _plain_softmax,
            ),
            Mistake(
                "no exponential",
                "You divide the logits themselves by their sum. Logits can be negative, so take np.exp "
                "first.",
                lambda logits: logits / logits.sum(axis=1, keepdims=True),
            ),
        ),
    ),
    Exercise(
        name="cross_entropy",
        notebook=NOTEBOOK,
        title="The loss of a classifier",
        task=(
            "Write cross_entropy(probabilities, labels). It returns the mean over images of −log of the "
            "probability of the true class. A probability below 1e-7 counts as 1e-7."
        ),
        points=2,
        hints=(
            "Only one probability in each row matters: that of the true class.",
            "probabilities[np.arange(len(labels)), labels] picks one number from each row.",
            "Take −np.log of these numbers, then the mean. np.maximum(p, 1e-7) before the logarithm keeps "
            "it finite.",
        ),
        cases=_entropy_cases,
        reference=cross_entropy,
        real_size=lambda: (np.full((6000, 10), 0.1), np.arange(6000) % 10),
        mistakes=(
            Mistake(
                "log of zero",
                "A probability of 0 makes the loss infinite. Before you take the logarithm, raise every "
                "probability to at least 1e-7.",
                lambda p, y: -np.log(p[np.arange(len(y)), y]).mean(),
            ),
            Mistake(
                "added",
                "You add 1e-7 to the probability, so one of 5e-8 counts as 1.5e-7. It should count as 1e-7: "
                "take the larger of the two.",
                lambda p, y: -np.log(p[np.arange(len(y)), y] + 1e-7).mean(),
            ),
            Mistake(
                "sum",
                "You add up over the images, so a larger batch has a larger loss. Take the mean.",
                lambda p, y: -np.log(np.maximum(p[np.arange(len(y)), y], 1e-7)).sum(),
            ),
            Mistake(
                "sign",
                "The sign is flipped: the logarithm of a probability is negative, but a loss is not.",
                lambda p, y: np.log(np.maximum(p[np.arange(len(y)), y], 1e-7)).mean(),
            ),
            Mistake(
                "mean over classes",
                "You average over images and classes, which makes the loss too small by a factor of the "
                "number of classes. Pick the true class of each image, then average over the images only.",
                lambda p, y: -np.log(np.maximum(p[np.arange(len(y)), y], 1e-7)).mean() / p.shape[1],
            ),
        ),
    ),
    Exercise(
        name="step",
        notebook=NOTEBOOK,
        title="One step downhill",
        task=(
            "Write step(X, P, labels, W, b, learning_rate). It takes inputs (n, inputs), their probabilities "
            "(n, classes), labels (n,), weights (inputs, classes) and biases (classes,), and returns the new "
            "weights and the new biases, one step downhill."
        ),
        points=3,
        hints=(
            "First the error, (n, classes): what the layer said minus what it should have said. "
            "np.eye(classes)[labels] has a row for each image, with a 1 at its label.",
            "The slope of a weight is the mean over images of pixel times error. X.T @ error adds these "
            "products up over the images. The slope of a bias is the mean of the errors.",
            "Return W - learning_rate * slope_W, b - learning_rate * slope_b, where slope_W is X.T @ error / "
            "len(X), and slope_b is error.mean(axis=0).",
        ),
        cases=_step_cases,
        reference=step,
        mistakes=(
            Mistake(
                "uphill",
                "Your step goes uphill: the slope says where the loss rises, so subtract it.",
                _step_with(lambda X, P, labels: tuple(-slope for slope in _true_slopes(X, P, labels))),
            ),
            Mistake(
                "no bias step",
                "The weights are right, but the biases stay where they were. They have a slope too: the mean "
                "of the errors.",
                _step_with(lambda X, P, labels: (_true_slopes(X, P, labels)[0], 0.0)),
            ),
            Mistake(
                "true class only",
                "You correct only the neuron of the true class. The others said something too, and each "
                "should have said 0.",
                _step_with(_true_class_only),
            ),
            Mistake(
                "no target",
                "You use the probabilities themselves as the error. Subtract 1 from the probability of the "
                "true class first.",
                _step_with(lambda X, P, labels: (X.T @ P / len(X), P.mean(axis=0))),
            ),
        ),
        real_size=_step_size,
    ),
)
