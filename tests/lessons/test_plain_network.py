"""The network in plain NumPy: its slopes agree with finite differences, its Adam with Keras's."""

from __future__ import annotations

import numpy as np
import pytest

from capslab.exercises.registry import find
from capslab.lessons import plain_network as net


def loss(weights: net.Weights, x: np.ndarray, targets: np.ndarray) -> float:
    p = net.softmax(net.scores_of(weights, x)[1])
    return float(-(targets * np.log(p)).sum(axis=1).mean())


@pytest.mark.parametrize("sums", [1.0, 5.0])
def test_its_slopes_agree_with_finite_differences(sums: float) -> None:
    rng = np.random.default_rng(0)
    x, targets = rng.random((6, 4)), rng.random((6, 3))
    targets *= sums / targets.sum(axis=1, keepdims=True)
    weights = [one.astype(float) for one in net.new_weights(4, 5, 3, seed=1)]
    for one, slopes in zip(weights, net.slopes_of(weights, x, targets), strict=True):
        assert slopes.shape == one.shape
        for at in np.ndindex(one.shape):
            before = one[at]
            values = []
            for nudged in (before + 1e-5, before - 1e-5):
                one[at] = nudged
                values.append(loss(weights, x, targets))
            one[at] = before
            assert slopes[at] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-7)


def test_its_score_slope_is_the_one_that_the_learner_writes() -> None:
    rng = np.random.default_rng(0)
    p, t = rng.random((5, 3)), rng.random((5, 3))
    assert np.allclose(net.score_slope(p, t), find("score_slope").reference(p, t))


def test_adam_makes_the_steps_that_keras_makes() -> None:
    from capslab.models import keras

    start = np.array([0.5, -1.0, 2.0], np.float32)
    variable, mine, rule = keras.Variable(start), start.copy(), net.adam_rule(0.01)
    keras_adam = keras.optimizers.Adam(0.01)
    for step in range(5):
        slope = np.array([1.0, -0.1 * step, 1e-3], np.float32)
        keras_adam.apply([keras.ops.convert_to_tensor(slope)], [variable])
        mine += rule([slope])[0]
    assert np.allclose(mine, keras.ops.convert_to_numpy(variable), atol=1e-5)


def test_every_pass_uses_every_image_once() -> None:
    rows = np.concatenate(list(net.batches(10, 5, 4, seed=3)))
    assert sorted(rows[:10]) == sorted(rows[10:]) == list(range(10))
    assert list(rows[:10]) != list(rows[10:])


def test_along_the_short_cut_the_loss_rises_unless_targets_are_probabilities() -> None:
    rng = np.random.default_rng(0)
    noise, targets = rng.random((50, 200)), rng.random((50, 10))

    def short_cut(p: np.ndarray, t: np.ndarray) -> np.ndarray:
        return (p - t) / len(t)

    wrong, right = net.follow(noise, targets, short_cut), net.follow(noise, targets, net.score_slope)
    assert wrong[-1] > 1.2 * wrong[0]
    assert right[-1] < right[0] == wrong[0]
    proper = targets / targets.sum(axis=1, keepdims=True)
    assert np.allclose(
        net.follow(noise, proper, short_cut), net.follow(noise, proper, net.score_slope), atol=1e-3
    )
