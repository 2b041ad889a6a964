"""class_weight and sample_weight: what reaches the loss, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from wording import Fails

import capslab as cl
from capslab.errors import ArgumentError
from capslab.models import OverlapNet
from capslab.training.batches import Batches
from capslab.training.sample_weights import training_weights


@pytest.fixture(scope="module")
def few() -> Any:
    return cl.load("digits").sample(200, seed=0)


@pytest.fixture
def net(few: Any) -> Any:
    return cl.DenseBaseline(few.image_shape, few.classes, hidden=8)


def test_classes_are_named_by_number_or_name(few: Any, net: Any) -> None:
    labels = few.train.labels
    expected = np.where(labels == 3, 2.0, np.where(labels == 7, 0.5, 1.0))
    for given in ({3: 2, "7": 0.5}, {np.int64(3): np.float64(2), 7: 0.5}):
        np.testing.assert_allclose(training_weights(net, few, given, None), expected)


def test_samples_are_those_of_all_images_or_of_the_training_images(few: Any, net: Any) -> None:
    every = np.arange(len(few), dtype=float)
    train = every[[int(np.flatnonzero((few.images == x).all(axis=(1, 2, 3)))[0]) for x in few.train.images]]
    np.testing.assert_allclose(training_weights(net, few, None, every), train)
    np.testing.assert_allclose(training_weights(net, few, None, train), train)
    both = training_weights(net, few, {0: 3.0}, every)
    np.testing.assert_allclose(both, train * np.where(few.train.labels == 0, 3.0, 1.0))


def test_a_weight_stays_with_its_image(few: Any) -> None:
    weights = np.arange(len(few.train), dtype=np.float32)
    batches = Batches(few.train, 32, seed=1, shift=0, weights=weights)
    for index in range(len(batches)):
        x, labels, weight = batches[index]
        np.testing.assert_array_equal(x, few.train.images[weight.astype(int)])
        np.testing.assert_array_equal(labels, few.train.labels[weight.astype(int)])


def test_they_reach_the_loss_in_training_and_not_in_validation(few: Any) -> None:
    import keras

    seen = []

    @keras.saving.register_keras_serializable("test-weights")
    class Listening(cl.DenseBaseline):
        def compute_loss(
            self,
            x: Any = None,
            y: Any = None,
            y_pred: Any = None,
            sample_weight: Any = None,
            training: Any = True,
        ) -> Any:
            seen.append((training, None if sample_weight is None else tuple(sample_weight.shape)))
            return super().compute_loss(x, y, y_pred, training=training)

    net = Listening(few.image_shape, few.classes, hidden=8)
    cl.fit(net, few, epochs=1, show=False, class_weight={0: 3.0})
    assert {weight is not None for training, weight in seen if training} == {True}
    assert {weight is not None for training, weight in seen if not training} == {False}


@pytest.mark.parametrize(
    ("argument", "weights"),
    [
        ("class_weight", {10: 1.0}),
        ("class_weight", {"three": 1.0}),
        ("class_weight", {0: -1.0}),
        ("class_weight", {0: "much"}),
        ("class_weight", [1.0] * 10),
        ("sample_weight", [1.0, 2.0]),
        ("sample_weight", np.full(200, -1.0)),
        ("sample_weight", ["a"] * 200),
    ],
)
def test_weights_that_do_not_fit_are_refused(
    few: Any, net: Any, argument: str, weights: Any, fails: Fails
) -> None:
    with fails(ArgumentError, argument):
        cl.fit(net, few, show=False, **{argument: weights})


def test_they_are_refused_where_there_are_no_classes_or_no_examples_yet(few: Any, fails: Fails) -> None:
    with fails(ArgumentError, "class_weight, sample_weight", names="VAE"):
        cl.fit(cl.VAE(few.image_shape, 2), few, class_weight={0: 2.0}, show=False)
    with fails(ArgumentError, "class_weight, sample_weight", names="OverlapNet"):
        cl.fit(OverlapNet((12, 12, 1), few.classes), few, class_weight={0: 2.0}, show=False)


def test_a_checkpoint_of_other_weights_is_refused(few: Any, tmp_path: Any) -> None:
    def train(**weights: Any) -> Any:
        net = cl.DenseBaseline(few.image_shape, few.classes, hidden=8)
        return cl.fit(net, few, epochs=1, show=False, checkpoint=tmp_path, **weights)

    train(class_weight={0: 2.0})
    assert train(class_weight={0: 2.0}).resumed == 1
    for other in ({}, {"class_weight": {0: 3.0}}):
        with pytest.raises(ArgumentError) as error:
            train(**other)
        assert error.value.argument == "checkpoint"
        assert "images" in error.value.expected
