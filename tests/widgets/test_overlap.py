"""The overlap view on the Python side, and the pairs that it pushes apart."""

from __future__ import annotations

import re

import numpy as np
import pytest
from common import numbers_in
from fakes import FakeCapsNet, FakePairNet, some_images

import capslab as cl
from capslab import data
from capslab.data.digit_pairs import largest_shift
from capslab.errors import ArgumentError
from capslab.models import detection
from capslab.widgets.overlap import figure as overlap_figure


def spot(column: int, side: int = 8) -> np.ndarray:
    image = np.zeros((side, side, 1), np.uint8)
    image[3, column] = 200
    return image


def two_spots() -> data.Images:
    return data.Images(np.stack([spot(3), spot(4)]), np.array([0, 1]), ("a", "b"))


def test_each_shift_moves_both_images_and_nothing_else():
    pairs = data.shifted_pairs(two_spots(), 0, 1, range(-5, 6), (12, 12, 1))
    for shift, pair in zip(range(-5, 6), pairs.digits, strict=True):
        (row, first), (other, second) = (np.argwhere(image[..., 0])[0] for image in pair)
        assert row == other == 5
        assert (second - 4) - (first - 3) == shift
        assert abs((second - 4) + (first - 3) - 4) <= 1  # as much to the one side as to the other
    np.testing.assert_array_equal(pairs.images[0], pairs.digits[0].sum(axis=0))
    np.testing.assert_array_equal(pairs.labels, np.tile([0, 1], (11, 1)))
    assert pairs.overlap.tolist() == [0] * 4 + [1] + [0] * 6  # the spots meet where the shift is −1
    assert data.shifted_pairs(two_spots(), 0, 1, [99]).images.max() == 0  # beyond the canvas


def test_room_is_where_ink_would_leave_the_canvas():
    images = two_spots()
    reach = largest_shift(images, 12)
    moved = data.shifted_pairs(images, 0, 1, [-reach, reach, reach + 2], (12, 12, 1))
    assert (moved.digits.max(axis=(2, 3, 4)) > 0).all(axis=1).tolist() == [True, True, False]
    assert largest_shift(data.Images(np.zeros((2, 8, 8, 1), np.uint8)), 12) == 0


def test_what_is_shown_is_what_the_network_says():
    net, images = FakePairNet(), some_images()
    view = cl.explore_overlap(net, images, pairs=[(0, 1), (7, -1)], shift=2)
    assert view.chosen == [[0, 1], [7, 39]]
    view.pair, view.shift = 1, -3
    pair = data.shifted_pairs(images, 7, 39, [-3], net.image_shape)
    np.testing.assert_array_equal(view.current_pair.images, pair.images)
    at = view.shift + view.reach
    np.testing.assert_allclose(view.lengths[1, at], net.lengths(pair)[0], rtol=1e-6)
    predicted = detection.aligned(pair.labels, net.detect(pair))
    np.testing.assert_array_equal(view.found[1, at], predicted[0])
    np.testing.assert_array_equal(view.owner[1, at], net.separate(pair, predicted).owner[0])
    names = [view.classes[k] for k in images.labels[[7, 39]]]
    lengths = [f"{view.lengths[1, at, k]:.2f}" for k in predicted[0]]
    assert numbers_in(view.words)[:4] == ["3", f"{pair.overlap[0]:.2f}", *lengths]
    assert re.match(rf"{names[0]} and {names[1]}, .*\b{names[1]} [^;]*\bleft\b[^;]*;", view.words)
    parted = net.separate(pair, predicted).owner[0]

    def words(labels, trained):
        return overlap_figure.words(pair, view.lengths[1, at], labels, parted, view.shift, trained)

    assert view.words == words(predicted[0], view.trained)
    wrong = int(np.setdiff1d(np.arange(5), pair.labels[0])[0])
    # Named twice: as one of the longest capsules, and as a digit that is not there.
    named = [
        len(re.findall(rf"\b{view.classes[wrong]}\b", words(labels, 9)))
        for labels in ([pair.labels[0][0], wrong], pair.labels[0])
    ]
    assert named == [2, 0]
    # A sentence more where the pair is further apart than any that the network was trained on.
    assert len(words(predicted[0], 2)) > len(words(predicted[0], 3))


def test_the_pairs_of_the_strip_differ_in_class_and_follow_the_seed():
    for classes in (2, 3, 5):
        images = some_images(classes=classes)
        view = cl.explore_overlap(FakePairNet(classes), images)
        labels = images.labels[np.array(view.chosen)]
        assert len(labels) == 6
        assert (labels[:, 0] != labels[:, 1]).all()
        assert cl.explore_overlap(FakePairNet(classes), images, seed=1).chosen != view.chosen
        assert cl.explore_overlap(FakePairNet(classes), images).chosen == view.chosen


def test_state_and_picture():
    view = cl.explore_overlap(FakePairNet(), some_images())
    view.pair, view.shift = 3, 1
    again = cl.explore_overlap(FakePairNet(), some_images(), state=view.state)
    assert (again.pair, again.shift, again.words, again.code) == (3, 1, view.words, view.code)
    assert view.picture(dpi=40).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: cl.explore_overlap(FakeCapsNet(), some_images()), "net"),
        (lambda: cl.explore_overlap(FakePairNet(), np.zeros((4, 8, 8, 1))), "images"),
        (lambda: cl.explore_overlap(FakePairNet(), some_images(labelled=False)), "images"),
        (lambda: cl.explore_overlap(FakePairNet(side=7), some_images()), "images"),
        (lambda: cl.explore_overlap(FakePairNet(), some_images(), pairs=[(1, 40)]), "pairs"),
        (lambda: cl.explore_overlap(FakePairNet(), some_images(), pairs=[1, 2]), "pairs"),
        (lambda: cl.explore_overlap(FakePairNet(), some_images(), shift=99), "shift"),
        (lambda: cl.explore_overlap(FakePairNet(), some_images(), hide=("slider",)), "hide"),
        (lambda: data.shifted_pairs(some_images(labelled=False), 0, 1, [0]), "images"),
        (lambda: data.shifted_pairs(some_images(), 0, 1, [0], (6, 9, 1)), "shape"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(make, argument, fails):
    with fails(ArgumentError, argument):
        make()


def test_the_code_runs_and_says_the_same(capsys):
    net, images = FakePairNet(), some_images()
    view = cl.explore_overlap(net, images, shift=2)
    exec(view.code, {"net": net, "images": images})
    printed = capsys.readouterr().out
    first = view.found[0, view.shift + view.reach, 0]
    assert f"{view.classes[first]}: {view.lengths[0, view.shift + view.reach, first]:.2f}" in printed
