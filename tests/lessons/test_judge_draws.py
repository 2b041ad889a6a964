"""Precision and recall of draws: against loops, their properties; a judge punishes what it should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons import judge_draws
from capslab.lessons.judge_draws import Quality, blurred, fragments, quality

NUMBERS = st.floats(-100, 100, width=32).map(lambda v: round(v, 2))


def share_covered(points, balls, neighbours):
    """By loops: points inside at least one ball that reaches to its centre's k-th neighbour."""
    covered = 0
    for point in points:
        inside = False
        for i, centre in enumerate(balls):
            others = [np.linalg.norm(centre - other) for j, other in enumerate(balls) if j != i]
            inside |= bool(np.linalg.norm(point - centre) <= sorted(others)[neighbours - 1] + 1e-7)
        covered += inside
    return covered / len(points)


@pytest.mark.parametrize("neighbours", [1, 2, 3])
def test_it_is_what_loops_give(neighbours: int) -> None:
    rng = np.random.default_rng(neighbours)
    real, drawn = rng.normal(size=(20, 3)), rng.normal(0.5, 1.2, size=(15, 3))
    got = quality(real, drawn, neighbours)
    assert got.precision == pytest.approx(share_covered(drawn, real, neighbours))
    assert got.recall == pytest.approx(share_covered(real, drawn, neighbours))


features = hnp.arrays(float, st.tuples(st.integers(5, 12), st.just(2)), elements=NUMBERS)


@given(features, features)
def test_parts_exchanged_exchange_precision_and_recall(one, other) -> None:
    there, back = quality(one, other), quality(other, one)
    assert (there.precision, there.recall) == (back.recall, back.precision)


@given(features)
def test_real_images_themselves_are_all_covered(real) -> None:
    assert quality(real, real) == Quality(1.0, 1.0)


@given(features, features)
def test_more_neighbours_never_cover_less(one, other) -> None:
    few, many = quality(one, other, 1), quality(one, other, 3)
    assert few.precision <= many.precision
    assert few.recall <= many.recall


def test_draws_of_one_kind_only_are_precise_but_recall_little() -> None:
    rng = np.random.default_rng(0)
    real = np.concatenate([rng.normal(0, 1, (200, 2)), rng.normal(50, 1, (200, 2))])
    got = quality(real, rng.normal(0, 1, (400, 2)))
    assert got.precision > 0.9
    assert 0.3 < got.recall < 0.6
    far = quality(real, rng.normal(500, 1, (400, 2)))
    assert far == Quality(0.0, 0.0)


@pytest.mark.parametrize(
    ("real", "drawn"),
    [
        (np.zeros((3, 2)), np.zeros((9, 2))),
        (np.zeros((9, 2)), np.zeros(9)),
        (np.zeros((9, 2)), np.zeros((9, 3))),
    ],
)
def test_what_cannot_be_judged_is_refused(real, drawn) -> None:
    with pytest.raises(ArgumentError):
        quality(real, drawn)


def test_controls_are_of_the_same_kind_as_images() -> None:
    images = cl.load("digits").test[:20].images
    for made in (blurred(images), fragments(images)):
        assert made.shape == images.shape
        assert made.dtype == np.uint8
    kept = fragments(images)
    assert ((kept == images) | (kept == 0)).all()
    share = kept.astype(float).sum(axis=(1, 2, 3)) / images.sum(axis=(1, 2, 3))
    assert 0.3 < share.mean() < 0.7
    assert (fragments(images, seed=1) != kept).any()


def test_a_judge_takes_real_images_for_real_and_no_blurred_ones_or_fragments() -> None:
    images = cl.load("digits")
    judge = judge_draws.train_judge(images)
    real, others = images.train.sample(350, seed=1).images, images.test.sample(350, seed=1).images
    assert judge.features(real).shape[0] == 350
    right, blur, parts = (judge.quality(real, made) for made in (others, blurred(others), fragments(others)))
    assert min(right.precision, right.recall) > 0.8
    for spoiled in (blur, parts):
        assert max(spoiled.precision, spoiled.recall) < 0.2
