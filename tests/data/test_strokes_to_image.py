"""Strokes to ink to an image like MNIST's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capslab.data.strokes_to_image import centred, filling, inked
from capslab.errors import ArgumentError

LINE = [[(0.3, 0.2), (0.6, 0.7), (0.4, 0.8)]]


def test_ink_is_the_distance_to_the_nearest_stroke():
    strokes, size, pen = [[(0.2, 0.3), (0.7, 0.4)], [(0.5, 0.9)]], 24, 0.15
    a, b = np.array([0.2, 0.3]) * size, np.array([0.7, 0.4]) * size
    for row in range(size):
        for column in range(size):
            p = np.array([column, row]) + 0.5
            along = np.clip((p - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
            far = min(
                np.linalg.norm(p - a - along * (b - a)), np.linalg.norm(p - np.array([0.5, 0.9]) * size)
            )
            expected = np.clip(pen * size / 2 + 0.5 - far, 0, 1)
            assert inked(strokes, pen, size)[row, column] == pytest.approx(expected, abs=1e-12)


def test_a_stroke_may_leave_the_pad():
    assert inked([[(0, 0), (1, 1)]], 0.2, 20)[0, 0] == 1
    assert inked([], 0.1, 20).sum() == 0


@pytest.mark.parametrize(
    ("shape", "side"), [((28, 28, 1), 20), ((56, 56, 1), 40), ((8, 8, 1), 8), ((20, 28, 3), 14)]
)
def test_longest_side_fills_its_share(shape, side):
    image = centred(inked([[(0.3, 0.1), (0.3, 0.9)]]), shape)
    assert image.shape == shape
    assert image.dtype == np.uint8
    rows = np.flatnonzero(image.any(axis=(1, 2)))
    assert side <= rows[-1] - rows[0] + 1 <= side + 2  # both edges may fall inside a pixel
    assert filling(shape) == pytest.approx(1 if min(shape[:2]) < 20 else 20 / 28)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)), min_size=2, max_size=6),
    st.sampled_from([20, 28, 33]),
)
def test_centre_of_mass_is_in_the_middle_and_place_and_size_play_no_part(points, side):
    points = np.array(points)
    image = centred(inked([points]), (side, side, 1))[..., 0].astype(float)
    at = np.arange(side) + 0.5
    fits = image[[0, -1]].sum() == 0 and image[:, [0, -1]].sum() == 0  # it was not kept from the edge
    if fits:
        assert at @ image.sum(axis=1) / image.sum() == pytest.approx(side / 2, abs=0.1)
        assert at @ image.sum(axis=0) / image.sum() == pytest.approx(side / 2, abs=0.1)
    ink = inked([points])
    moved = np.roll(ink, (3, -2), (0, 1))
    if ink[-3:].sum() == ink[:, :2].sum() == 0:
        # The centre of mass is a sum of floats, so a grey level may round the other way.
        np.testing.assert_allclose(centred(moved, (side, side, 1))[..., 0], image, atol=1)


def test_twice_as_large_is_the_same_picture():
    ink = np.zeros((60, 60))
    ink[10:30, 12:18] = 1
    large = np.kron(ink[:40, :30], np.ones((2, 2)))
    np.testing.assert_array_equal(centred(large, (28, 28, 1)), centred(ink, (28, 28, 1)))


def test_pixels_are_means_of_what_falls_on_them():
    ink = np.zeros((40, 40))
    ink[:40, :20] = 1
    image = centred(ink, (10, 10, 1), fill=1)[..., 0]
    # 40 rows become 10; 20 columns become 5, from 2.5 to 7.5.
    assert image[4].tolist() == [0, 0, 128, 255, 255, 255, 255, 128, 0, 0]


def test_uint8_grey_levels_and_nothing_at_all():
    ink = inked(LINE)
    as_bytes = centred(np.round(255 * ink).astype(np.uint8), (28, 28, 1))
    assert np.abs(as_bytes.astype(int) - centred(ink, (28, 28, 1))).max() <= 1
    assert not centred(np.zeros((30, 30)), (28, 28, 3)).any()


@pytest.mark.parametrize(
    ("ink", "fill", "message"),
    [
        (np.zeros((2, 2, 3)), None, "rows, columns"),
        (np.full((9, 9), np.nan), None, "NaN"),
        (np.eye(9), 1.2, "share"),
    ],
)
def test_bad_ink_is_refused_in_words(ink, fill, message):
    with pytest.raises(ArgumentError, match=message):
        centred(ink, (28, 28, 1), fill)
