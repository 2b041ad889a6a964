"""What decides whether a digit of a pair is missed: counted on pairs in which the answer is known."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import capslab as cl
from capslab.data import Pairs, overlapping_pairs
from capslab.lessons import two_digits
from capslab.lessons.two_digits import COVERED, INK, OVERLAP, STROKE
from capslab.models import detection


@pytest.fixture(scope="module")
def digits() -> Any:
    return cl.load("digits")


@pytest.fixture(scope="module")
def pairs(digits: Any) -> Pairs:
    return overlapping_pairs(digits.test, 1000, seed=0)


def detected_but(pairs: Pairs, missed: np.ndarray) -> np.ndarray:
    """Answers in which the digits of `missed` `(n, 2)` are replaced by a class that is not there."""
    absent = (
        pairs.labels.max(axis=1) + 1 + (pairs.labels.min(axis=1) == (pairs.labels.max(axis=1) + 1) % 10)
    ) % 10
    return np.where(missed, absent[:, None], pairs.labels)


def square(top: int, left: int, side: int) -> np.ndarray:
    digit = np.zeros((10, 10, 1), np.uint8)
    digit[top : top + side, left : left + side] = 255
    return digit


def of_squares(*two: np.ndarray) -> Pairs:
    digits = np.stack(two)[None]
    return Pairs(digits.max(axis=1), np.array([[0, 1]]), digits, ("0", "1"))


def test_the_suspects_of_two_squares_by_hand() -> None:
    seen = two_digits.misses(of_squares(square(0, 0, 6), square(4, 4, 3)), np.array([[0, 1]])).explanations
    np.testing.assert_allclose(seen[COVERED], [[4 / 36, 4 / 9]])
    np.testing.assert_allclose(seen[INK], [[9 / 36, 36 / 9]])
    np.testing.assert_allclose(seen[OVERLAP], [[4 / 9, 4 / 9]])
    assert seen[STROKE][0, 0] < 1 < seen[STROKE][0, 1]  # the smaller square is the thinner stroke


def test_a_digit_is_missed_if_no_answer_names_it() -> None:
    pairs = of_squares(square(0, 0, 4), square(2, 2, 4))
    assert two_digits.misses(pairs, np.array([[1, 0]])).missed.tolist() == [[False, False]]
    assert two_digits.misses(pairs, np.array([[1, 7]])).missed.tolist() == [[True, False]]


@pytest.mark.parametrize("suspect", [OVERLAP, COVERED, STROKE, INK])
def test_the_suspect_that_did_it_is_named(pairs: Pairs, suspect: str) -> None:
    values = two_digits.misses(pairs, pairs.labels).explanations[suspect]
    chance = np.random.default_rng(0).random(values.shape)
    done = two_digits.misses(pairs, detected_but(pairs, (values > np.median(values)) & (chance < 0.5)))
    assert done.strongest == suspect
    assert done.fifths(suspect)[0] == 0
    assert done.fifths(suspect)[-1] > 0.3
    assert [row["most"] for row in done.rows()] == [done.fifths(name)[-1] for name in done.explanations]


def test_the_fifths_hold_every_digit_once(pairs: Pairs) -> None:
    missed = np.random.default_rng(1).random(pairs.labels.shape) < 0.2
    some = two_digits.misses(pairs, detected_but(pairs, missed))
    np.testing.assert_array_equal(some.missed, missed)
    assert some.fifths(INK).mean() == pytest.approx(missed.mean(), abs=0.01)
    labels = pairs.labels[missed]
    assert some.per_class()["3"] == pytest.approx((labels == 3).sum() / (pairs.labels == 3).sum())
    both = missed.all(axis=1).sum()
    assert some.only_one == pytest.approx(1 - both / missed.any(axis=1).sum())
    assert "%" in some.words


def test_moved_pairs_are_read_at_every_place(digits: Any) -> None:
    class OnlyEven:  # names both digits unless one of them is odd
        image_shape = (12, 12, 1)

        def detect(self, pairs: Pairs) -> np.ndarray:
            odd = (pairs.labels % 2).any(axis=1, keepdims=True)
            return np.where(odd, (pairs.labels + 1) % 10, pairs.labels)

    seen = two_digits.moved(OnlyEven(), digits.test, pairs=30, times=4)  # type: ignore[arg-type]
    odd: np.ndarray = (digits.test.labels[seen.images] % 2).any(axis=1)
    assert seen.right.shape == (30, 4)
    assert (seen.failures[~odd] == 0).all()
    assert (seen.failures[odd] > 0).mean() > 0.9  # 3 and 4 read as 4 and 5 has one right, never both
    odd_first = [int((digits.test.labels[two] % 2).any()) for two in seen.hardest]
    assert odd_first == sorted(odd_first, reverse=True)
    assert 0 < seen.share_of_hardest_tenth <= 1


def test_pixels_are_divided_where_there_is_ink(digits: Any, pairs: Pairs) -> None:
    some = pairs[:50]
    apart = SimpleNamespace(
        labels=some.labels,
        owner=some.masks[:, 1].astype(int),
        masks=some.masks | True,
        reconstructions=some.digits / 255,
        owner_by_reconstruction=(some.digits[:, 1] > some.digits[:, 0])[..., 0].astype(int),
    )
    ways = two_digits.divided(digits, some, apart)  # type: ignore[arg-type]
    ink = some.images.max(axis=-1) >= 128
    for way in ways.values():
        assert way.masks.shape == some.masks.shape
        assert not way.masks[~np.repeat(ink[:, None], 2, axis=1)].any()
    true = two_digits.right_pixels(some, ways["reconstructions"].owner)
    assert (true == 1).all()
    guess = two_digits.right_pixels(some, ways["average images of the classes"].owner)
    assert 0.8 < guess.mean() < 1  # two small digits, whose classes are told, are found well
    whole = detection.exclusive_accuracy(some.masks, ways["average images of the classes"].owner)
    assert guess.mean() == pytest.approx(whole, abs=0.05)


def test_average_images_are_found_where_they_lie(digits: Any, pairs: Pairs) -> None:
    """Two averages laid on a canvas: of all places, their own fit best."""
    height, width, _ = pairs.image_shape
    rows, columns, _ = digits.image_shape
    train, named = digits.train, pairs.labels[:20]
    rng = np.random.default_rng(0)
    laid = np.zeros((20, 2, height, width))
    for one, two in zip(laid, named, strict=True):
        for canvas, c in zip(one, two, strict=True):
            top, left = rng.integers(0, height - rows + 1), rng.integers(0, width - columns + 1)
            mean = train.images[train.labels == c].mean(axis=(0, 3)) / 255
            canvas[top : top + rows, left : left + columns] = mean
    both = np.rint(laid.sum(axis=1) * 255).clip(0, 255).astype(np.uint8)[..., None]
    made = Pairs(both, named, np.zeros((20, 2, height, width, 1), np.uint8), pairs.classes)
    found = two_digits._fitted_averages(digits, made, named)
    right = np.abs(found - laid).max(axis=(1, 2, 3)) < 1e-6
    assert right.mean() > 0.9  # where strokes are clipped at white another place may fit better
