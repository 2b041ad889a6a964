"""Pairs and scenes: what they promise about labels, places, overlap and truth."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import capslab as cl
from capslab.data import Images, overlapping_pairs, pairs_elsewhere, scenes
from capslab.data.digit_pairs import INK, box_overlap, randomly_shifted, stream_pairs
from capslab.data.digit_scenes import ink_boxes, overlap_fraction, stream_windows
from capslab.errors import ArgumentError


@pytest.fixture(scope="module")
def digits():
    return cl.load("digits")


def test_labels_of_a_pair_always_differ(digits):
    pairs = overlapping_pairs(digits, 5000, seed=3)
    assert (pairs.labels[:, 0] != pairs.labels[:, 1]).all()
    assert len(np.unique(np.sort(pairs.labels, axis=1), axis=0)) == 45  # every two classes come up


def test_the_same_two_images_stand_elsewhere_each_time(digits):
    placed, positions = pairs_elsewhere(digits, 20, 6, seed=1)
    assert (placed.labels == np.repeat(digits.labels[positions], 6, axis=0)).all()
    assert (placed.labels[:, 0] != placed.labels[:, 1]).all()
    ink = placed.digits.reshape(20, 6, 2, -1).sum(axis=-1)
    assert (ink == digits.images[positions].reshape(20, 2, -1).sum(axis=-1)[:, None]).all()
    places = [len(np.unique(one.reshape(6, -1), axis=0)) for one in placed.images.reshape(20, 6, -1)]
    assert min(places) > 1
    again, _ = pairs_elsewhere(digits, 20, 6, seed=1)
    assert (again.images == placed.images).all()


def test_labels_differ_whatever_the_classes_weigh():
    labels = np.array([0] * 50 + [1] * 2 + [2])  # one class has a single image
    images = Images(np.full((53, 8, 8), 200, np.uint8), labels)
    pairs = overlapping_pairs(images, 2000)
    assert (pairs.labels[:, 0] != pairs.labels[:, 1]).all()
    assert set(pairs.labels.ravel()) == {0, 1, 2}


def test_the_second_digit_is_any_image_of_another_class_alike():
    labels = np.repeat([0, 1, 2], [4, 3, 1])
    images = Images(np.arange(8, dtype=np.uint8)[:, None, None] * np.ones((8, 8, 8), np.uint8) + 1, labels)
    pairs = overlapping_pairs(images, 40_000, shift=0)
    shown = pairs.digits[:, :, 0, 0, 0].astype(int) - 1  # which image each digit is
    for first in range(8):
        second = shown[shown[:, 0] == first, 1]
        others = np.flatnonzero(labels != labels[first])
        share = np.bincount(second, minlength=8) / len(second)
        np.testing.assert_allclose(share[others], 1 / len(others), atol=0.04)


def test_the_image_is_the_clipped_sum_of_its_digits(digits):
    pairs = overlapping_pairs(digits, 300)
    wanted = np.minimum(pairs.digits.astype(int).sum(axis=1), 255)
    np.testing.assert_array_equal(pairs.images, wanted)
    assert pairs.images.dtype == np.uint8


def test_digits_keep_their_pixels_wherever_they_go(digits):
    moved = randomly_shifted(digits.images[:50], 2, np.random.default_rng(0))
    assert moved.shape == (50, 12, 12, 1)
    np.testing.assert_array_equal(moved.sum(axis=(1, 2, 3)), digits.images[:50].sum(axis=(1, 2, 3)))
    for one, source in zip(moved, digits.images[:50], strict=True):
        spots = itertools.product(range(5), range(5))
        assert any(np.array_equal(one[t : t + 8, s : s + 8], source) for t, s in spots)


def test_masks_and_exclusive_pixels_by_hand():
    images = Images(np.zeros((2, 8, 8), np.uint8), [0, 1])
    pair = overlapping_pairs(images, 1, shift=0)
    digits = np.zeros((1, 2, 8, 8, 1), np.uint8)
    digits[0, 0, 2, 2:5], digits[0, 1, 2, 4:6] = INK, 255
    digits[0, 0, 7, 7] = INK - 1  # not inked enough
    pair = type(pair)(digits.max(axis=1), np.array([[0, 1]]), digits, ("0", "1"))
    assert pair.masks.sum() == 5
    assert np.argwhere(pair.exclusive[0]).tolist() == [[2, 2], [2, 3], [2, 5]]


def test_box_overlap_by_hand():
    ink = np.zeros((3, 2, 10, 10), bool)
    ink[0, 0, 0:4, 0:4] = ink[0, 1, 2:6, 2:6] = True  # 2 × 2 of 16
    ink[1, 0, 0:6, 0:6] = ink[1, 1, 2:4, 2:4] = True  # one inside the other
    ink[2, 0, 0:2, 0:2] = ink[2, 1, 5:9, 5:9] = True  # apart
    np.testing.assert_allclose(box_overlap(ink), [0.25, 1.0, 0.0])


@pytest.mark.parametrize("wanted", [(0.0, 0.6), (0.6, 0.8), (0.9, 1.0)])
def test_overlap_is_what_was_asked_for(digits, wanted):
    overlap = overlapping_pairs(digits, 200, overlap=wanted).overlap
    assert (overlap >= wanted[0]).all()
    assert (overlap <= wanted[1]).all()


def test_an_overlap_that_no_pair_has_is_said(digits):
    with pytest.raises(ArgumentError, match="not reached by"):
        overlapping_pairs(digits, 20, shift=0, overlap=(0.0, 0.01))


def test_the_same_class_on_request_and_never_the_same_image(digits):
    pairs = overlapping_pairs(digits, 500, shift=0, same=True)
    assert (pairs.labels[:, 0] == pairs.labels[:, 1]).all()
    assert (pairs.digits[:, 0] != pairs.digits[:, 1]).any(axis=(1, 2, 3)).mean() > 0.99


def test_the_seed_decides(digits):
    one, two, other = (overlapping_pairs(digits, 20, seed=seed).images for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_a_selection_keeps_rows_together(digits):
    pairs = overlapping_pairs(digits, 20)
    some = pairs[[3, 7]]
    assert len(some) == 2
    assert len(pairs[4]) == 1
    np.testing.assert_array_equal(some.labels, pairs.labels[[3, 7]])
    np.testing.assert_array_equal(some.digits[1], pairs.digits[7])
    assert "no two of one class" in repr(pairs)


def test_a_stream_is_endless_new_and_decided_by_its_seed(digits):
    first, again = (stream_pairs(digits, 16, seed=5) for _ in range(2))
    (x, y), (x2, _) = next(first), next(first)
    assert x.shape == (16, 12, 12, 1)
    assert y["digits"].shape == (16, 2, 12, 12, 1)
    assert (x != x2).any()
    np.testing.assert_array_equal(next(again)[0], x)


@pytest.mark.parametrize(
    "wrong", [{"n": 0}, {"n": 2.5}, {"shift": -1}, {"overlap": (0.5, 0.5)}, {"overlap": 3}]
)
def test_nonsense_is_refused_in_words(digits, wrong):
    with pytest.raises(ArgumentError):
        overlapping_pairs(digits, **{"n": 5, **wrong})


def test_pairs_need_two_classes():
    with pytest.raises(ArgumentError, match="classes"):
        overlapping_pairs(Images(np.zeros((20, 8, 8), np.uint8), np.zeros(20, int)), 5)


# Scenes


def test_boxes_hold_the_ink_and_no_more(digits):
    scene_set = scenes(digits, 50)
    for canvas, boxes, places, sources in zip(
        scene_set.images, scene_set.boxes, scene_set.places, scene_set.sources, strict=True
    ):
        assert 3 <= len(boxes) <= 5
        for (top, left, bottom, right), (y, x), source in zip(boxes, places, sources, strict=True):
            one = digits.images[source, ..., 0]
            assert (canvas[y : y + 8, x : x + 8, 0] >= one).all()
            rows, columns = np.nonzero(one >= INK)
            assert (top, left) == (y + rows.min(), x + columns.min())
            assert (bottom, right) == (y + rows.max() + 1, x + columns.max() + 1)


def test_digits_of_a_scene_hardly_overlap(digits):

    for boxes in scenes(digits, 50, overlap=0.1).boxes:
        share = overlap_fraction(boxes, boxes)
        assert share[~np.eye(len(boxes), dtype=bool)].max() <= 0.1


def test_no_room_is_said(digits):
    with pytest.raises(ArgumentError, match="as many as fit"):
        scenes(digits, 1, digits=(30, 30), size=16)


def test_an_empty_image_has_a_box():
    assert ink_boxes(np.zeros((1, 5, 6, 1), np.uint8)).tolist() == [[0, 0, 5, 6]]


def test_windows_show_the_digit_that_they_are_said_to(digits):
    x, y = next(stream_windows(digits, 12, 1, 256, seed=2))
    there = y["present"].sum(axis=1)
    assert set(there) == {0.0, 1.0}
    assert 0.4 < there.mean() < 0.7
    assert (x >= y["digit"]).all()  # the digit alone is part of what the window shows
    assert not y["digit"][there == 0].any()
    assert (y["present"].argmax(axis=1) == y["label"])[there == 1].all()
    # Whole, and in the middle: 8×8 pixels stand within 12 with one pixel of play.
    assert not y["digit"][:, 0].any()
    assert not y["digit"][:, -1].any()
