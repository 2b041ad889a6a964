"""Shifted and affine digits: whole in their frame, the same with the same seed, labels kept."""

from __future__ import annotations

import numpy as np

import capslab as cl
from capslab.lessons.affine_digits import INK, affine_digits, shifted_digits


def digits(n: int = 40) -> cl.Images:
    """8×8 digits in the middle of 16×16, as MNIST's have room around them."""
    some = cl.load("digits").test[:n]
    wide = np.pad(some.images, ((0, 0), (4, 4), (4, 4), (0, 0)))
    return cl.Images(wide, some.labels, some.classes, "digits", parts=some.parts)


def test_a_shifted_digit_is_whole_and_nothing_else_changes() -> None:
    some = digits()
    moved = shifted_digits(some, seed=1)
    assert moved.image_shape == some.image_shape
    assert moved.images.dtype == np.uint8
    assert (moved.labels == some.labels).all()
    ink = [np.sort(images[images > INK], axis=None) for images in (some.images[3], moved.images[3])]
    assert (ink[0] == ink[1]).all()
    lost = [int((images > INK).sum()) for images in (some.images, moved.images)]
    assert lost[0] == lost[1]
    assert (moved.images != some.images).any(axis=(1, 2, 3)).mean() > 0.9


def test_a_digit_goes_wherever_it_fits() -> None:
    one = digits(1)
    where = set()
    for seed in range(60):
        rows, columns = np.nonzero(shifted_digits(one, seed).images[0, :, :, 0] > INK)
        where.add((rows.min(), columns.min()))
    tops = {top for top, _ in where}
    assert min(tops) == 0
    assert max(tops) >= 7


def test_affine_digits_change_in_more_than_place() -> None:
    some = digits()
    moved = affine_digits(some, seed=1)
    assert moved.image_shape == some.image_shape
    assert (moved.labels == some.labels).all()
    ratio = moved.images.astype(float).sum(axis=(1, 2, 3)) / some.images.astype(float).sum(axis=(1, 2, 3))
    assert 0.5 < ratio.min() < 0.85
    assert 1.15 < ratio.max() < 1.6


def test_the_seed_decides_and_blank_images_stay_blank() -> None:
    some = digits(5)
    for change in (shifted_digits, affine_digits):
        assert (change(some, 3).images == change(some, 3).images).all()
        assert (change(some, 3).images != change(some, 4).images).any()
        blank = cl.Images(np.zeros((2, 9, 7), np.uint8), [0, 0], name="blank", parts=np.zeros(2, np.uint8))
        assert change(blank).images.shape == (2, 9, 7, 1)
        assert not change(blank).images.any()
