"""Scores of finding and dividing against cases made by hand; networks for pairs and scenes."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from common import data_sets

import capslab as cl
from capslab.data import overlapping_pairs, scenes
from capslab.errors import ArgumentError
from capslab.models import OverlapNet, SceneNet, detection, losses
from capslab.models.detection import (
    Boxes,
    DetectionScore,
    aligned,
    both_right,
    box_iou,
    boxes_of_ink,
    exclusive_accuracy,
    iou,
    per_digit,
    score,
    suppress,
)
from capslab.models.scene_network import Scan

# Scores by hand -------------------------------------------------------------------------


def test_pairs_right_in_either_order():
    labels = np.array([[1, 2], [3, 4], [5, 6], [7, 8]])
    found = np.array([[1, 2], [4, 3], [5, 9], [0, 9]])
    assert both_right(labels, found).tolist() == [True, True, False, False]
    assert per_digit(labels, found) == 5 / 8


def test_what_is_found_is_put_in_the_order_of_the_truth():
    labels = np.array([[1, 2], [3, 4], [5, 6], [7, 8], [0, 1]])
    found = np.array([[2, 1], [3, 9], [9, 5], [8, 0], [4, 6]])
    assert aligned(labels, found).tolist() == [[1, 2], [3, 9], [5, 9], [0, 8], [4, 6]]


def test_labels_of_another_shape_are_refused():
    with pytest.raises(ArgumentError, match="two classes"):
        both_right([1, 2], [[1, 2], [3, 4]])


def test_iou_of_masks():
    truth, found = np.zeros((2, 4, 4), bool), np.zeros((2, 4, 4), bool)
    truth[0, :2], found[0, 1:3] = True, True  # 4 common of 12
    np.testing.assert_allclose(iou(truth, found), [1 / 3, 1.0])  # two empty masks agree
    assert float(iou(truth[0], ~truth[0])) == 0
    with pytest.raises(ArgumentError):
        iou(truth, found[0])


def test_pixels_of_one_digit_alone():
    masks = np.zeros((1, 2, 1, 5), bool)
    masks[0, 0, 0, :3], masks[0, 1, 0, 2:4] = True, True  # alone: 0, 1 | both: 2 | alone: 3 | none: 4
    assert exclusive_accuracy(masks, np.array([[[0, 0, 0, 1, 0]]])) == 1
    assert exclusive_accuracy(masks, np.array([[[0, 1, 1, 1, 1]]])) == pytest.approx(2 / 3)
    with pytest.raises(ArgumentError):
        exclusive_accuracy(np.ones((1, 2, 2, 2), bool), np.zeros((1, 2, 2)))


def test_iou_of_boxes():
    some = [[0, 0, 10, 10]]
    others = [[0, 0, 10, 10], [0, 5, 10, 15], [20, 20, 30, 30], [2, 2, 4, 4], [5, 5, 5, 5]]
    np.testing.assert_allclose(box_iou(some, others), [[1, 1 / 3, 0, 0.04, 0]])


def test_suppression_keeps_the_surest_and_what_the_dropped_would_have_dropped():
    chain = np.array([[0, 8, 10, 18], [0, 0, 10, 10], [0, 4, 10, 14]])
    assert suppress(chain, [0.7, 0.9, 0.8], max_iou=0.4).tolist() == [1, 0]
    assert suppress(chain, [0.7, 0.8, 0.9], max_iou=0.4).tolist() == [2]
    assert suppress(chain, [0.7, 0.9, 0.8], max_iou=1.0).tolist() == [1, 2, 0]
    assert suppress(np.zeros((0, 4)), []).tolist() == []


@pytest.mark.parametrize("seed", range(5))
def test_no_two_kept_boxes_are_near_and_every_dropped_one_is(seed):
    chance = np.random.default_rng(seed)
    corner = chance.integers(0, 30, (40, 2))
    boxes = np.hstack([corner, corner + chance.integers(5, 15, (40, 2))])
    scores = chance.random(40)
    kept = suppress(boxes, scores, 0.3)
    near = box_iou(boxes, boxes)
    assert near[np.ix_(kept, kept)][~np.eye(len(kept), dtype=bool)].max(initial=0) <= 0.3
    assert (np.diff(scores[kept]) <= 0).all()
    for i in set(range(40)) - set(kept.tolist()):
        assert any(near[i, j] > 0.3 and scores[j] >= scores[i] for j in kept)


def test_each_digit_is_found_once_and_only_by_its_class():
    digits = cl.load("digits")
    made = scenes(digits, 1, digits=(3, 3), seed=4)
    boxes, labels = made.boxes[0], made.labels[0]
    twice = np.vstack([boxes, boxes[:1], boxes[1:2]])
    named = np.concatenate([labels, labels[:1], [(labels[1] + 1) % 10]])
    found = score([Boxes(twice, named, np.linspace(1, 0.5, 5))], made)
    assert (found.correct, found.detected, found.digits) == (3, 5, 3)
    assert found.precision == 0.6
    assert found.recall == 1
    moved = Boxes(boxes + 6, labels, np.ones(3))
    assert score([moved], made).correct == 0


def test_nothing_found_is_no_wrong_answer():
    assert DetectionScore(0, 0, 4).precision == 1
    assert DetectionScore(0, 0, 4).recall == 0
    assert "0 of 4" in str(DetectionScore(0, 0, 4))


# The loss -------------------------------------------------------------------------------


def test_cross_entropy_of_lengths_by_hand():
    present = np.array([[1.0, 0.0, 1.0]], np.float32)
    lengths = np.array([[0.5, 0.5, 1.0]], np.float32)
    got = keras.ops.convert_to_numpy(losses.presence(present, lengths))
    np.testing.assert_allclose(got, [2 * np.log(2)], atol=1e-3)
    extreme = np.array([[0.0, 1.0, 0.0]], np.float32)
    assert np.isfinite(keras.ops.convert_to_numpy(losses.presence(present, extreme))).all()


# Networks -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def digits():
    return cl.load("digits")


@pytest.fixture(scope="module")
def untrained():
    return OverlapNet((12, 12, 1), 10)


def test_what_an_overlap_net_gives_has_its_shapes(untrained, digits):
    pairs = overlapping_pairs(digits, 7)
    found = untrained.detect(pairs)
    assert found.shape == (7, 2)
    assert (found[:, 0] != found[:, 1]).all()
    parted = untrained.separate(pairs)
    np.testing.assert_array_equal(parted.labels, found)
    assert parted.reconstructions.shape == (7, 2, 12, 12, 1)
    assert parted.owner.shape == parted.owner_by_reconstruction.shape == (7, 12, 12)
    assert parted.masks.dtype == bool
    assert 0 <= parted.reconstructions.min() <= parted.reconstructions.max() <= 1


def test_a_drawing_depends_on_its_own_capsule_alone(untrained, digits):
    """Asked for in another order or company, a digit is drawn alike; and as `decode` draws it."""
    pairs = overlapping_pairs(digits, 5)
    one = untrained.separate(pairs, np.tile([3, 5], (5, 1)))
    other = untrained.separate(pairs, np.tile([5, 8], (5, 1)))
    np.testing.assert_allclose(one.reconstructions[:, 1], other.reconstructions[:, 0], atol=1e-6)
    np.testing.assert_allclose(one.logits[:, 1], other.logits[:, 0], atol=1e-5)
    np.testing.assert_allclose(
        one.reconstructions[:, 0], untrained.decode(untrained.poses(pairs.images), 3), atol=1e-6
    )


def test_an_overlap_net_is_saved_and_loaded(untrained, digits, tmp_path):
    pairs = overlapping_pairs(digits, 4)
    untrained.save(tmp_path / "net.keras")
    again = keras.models.load_model(tmp_path / "net.keras")
    np.testing.assert_allclose(again.lengths(pairs), untrained.lengths(pairs), atol=1e-6)
    np.testing.assert_allclose(again.separate(pairs).logits, untrained.separate(pairs).logits, atol=1e-5)


def test_training_from_a_stream_learns_and_its_decoder_joins_late(digits):
    net = OverlapNet((12, 12, 1), 10)
    before = net.decoder.get_weights()
    pairs = overlapping_pairs(digits.validation, 300)
    heard = []
    net.stages = net.stages[:1]
    net.recipe = type(net.recipe)(
        epochs=2, steps=40, batch_size=64, learning_rate=8e-3, warmup=0.1, decay=True
    )
    history = cl.fit(net, digits, show=False, after_epoch=lambda model, epoch: heard.append(epoch))
    for one, other in zip(before, net.decoder.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert heard == [1, 2]
    assert history.examples == 2 * 40 * 64
    assert history.epochs == 2
    assert both_right(pairs.labels, net.detect(pairs)).mean() > 0.1  # a guess: 1 in 45
    assert history.curves["loss"][1] < history.curves["loss"][0]
    net.stages = ((0.0, {"trains_decoder": True}),)
    cl.fit(net, digits, 1, show=False)
    assert any((one != other).any() for one, other in zip(before, net.decoder.get_weights(), strict=True))


def test_training_keeps_its_time(digits, monkeypatch):
    ticks = iter(np.arange(0, 1000, 0.25))
    monkeypatch.setattr("capslab.training.training_plan.clock", lambda: next(ticks))
    net = OverlapNet((12, 12, 1), 10)
    history = cl.fit(net, digits, seconds=3, batch_size=8, show=False)
    assert history.epochs == 50
    assert 0 < history.examples < 1000
    with pytest.raises(ArgumentError, match="seconds"):
        cl.fit(net, digits, 2, seconds=3)


def test_a_scan_is_every_window_by_itself(digits):
    net = SceneNet((12, 12, 1), 10)
    picture = scenes(digits, 2, seed=1).images
    scan = net.scan(picture)
    padded = np.pad(picture, ((0, 0), (40, 40), (40, 40), (0, 0)))
    for row, column in [(0, 0), (3, 7), (scan.lengths.shape[1] - 1, 2), (5, scan.lengths.shape[2] - 1)]:
        top, left = scan.corners[row, column] + 40
        window = padded[:, top : top + 12, left : left + 12]
        np.testing.assert_allclose(scan.lengths[:, row, column], net.lengths(window), atol=1e-5)
        np.testing.assert_allclose(scan.poses[:, row, column], net.poses(window), atol=1e-5)


def test_every_digit_of_a_scene_is_in_the_middle_of_some_window(digits):
    net = SceneNet((12, 12, 1), 10)
    made = scenes(digits, 20)
    centres = net.scan(made.images[:1]).corners.reshape(-1, 2) + 6
    for places in made.places:
        away = np.abs(places[:, None] + 4 - centres[None]).max(axis=2).min(axis=1)
        assert away.max() <= net.stride // 2


def test_a_picture_without_ink_is_searched_too(digits):
    net = SceneNet((12, 12, 1), 10)
    found = detection.find(net, np.zeros((2, 28, 28, 1), np.uint8), threshold=0.99)
    assert [len(one) for one in found] == [0, 0]


def test_a_box_is_around_the_ink_that_is_drawn_and_no_other():
    drawn, windows = np.zeros((3, 9, 9, 1)), np.zeros((3, 9, 9, 1), np.uint8)
    drawn[:, 2:6, 3] = 0.8
    windows[0, 1:5, 4] = 255  # beside the drawing, and a pixel higher
    windows[0, 7:, 7:] = 255  # another digit's
    windows[1, 2:6, 3] = 100  # too faint to be ink
    windows[2, 0, 3] = 255  # out of reach
    assert boxes_of_ink(drawn, windows).tolist() == [[1, 4, 5, 5], [2, 3, 6, 4], [2, 3, 6, 4]]


class TwoGlances:
    """A scanner that sees one bar from two windows, each with a drawing that is off by a pixel."""

    def scan(self, pictures):
        lengths = np.zeros((1, 1, 2, 3))
        lengths[0, 0, :, 1] = 0.9, 0.7
        corners = np.array([[[-2, -2], [-2, 1]]])
        return Scan(lengths, np.zeros((1, 1, 2, 3, 4)), corners)

    def decode(self, poses, labels):
        drawn = np.zeros((2, 8, 8, 1))
        drawn[0, 3:7, 5], drawn[1, 3:7, 3] = 1, 1
        return drawn


def test_one_digit_seen_twice_is_one_answer_at_its_place():
    picture = np.zeros((1, 10, 10, 1), np.uint8)
    picture[0, 0:5, 3] = 255
    (found,) = detection.find(TwoGlances(), picture)
    assert found.boxes.tolist() == [[0, 3, 5, 4]]
    assert (found.labels.tolist(), found.scores.tolist()) == ([1], [0.9])
    assert len(detection.find(TwoGlances(), picture, max_iou=1.0)[0]) == 2
    assert len(detection.find(TwoGlances(), picture, threshold=0.95)[0]) == 0
    last = detection.find(TwoGlances(), picture, suppress=lambda boxes, scores, max_iou: [len(boxes) - 1])
    assert len(last[0]) == 1  # a suppression of one's own


@pytest.mark.skipif("mnist" not in data_sets(), reason="needs MNIST in CAPSLAB_DATA")
def test_the_bundled_scanner_finds_nine_of_ten_digits():
    made = scenes(cl.load("mnist").test, 40, seed=9)
    found = score(detection.find(cl.pretrained("capsnet-scenes"), made.images), made)
    assert found.precision > 0.9
    assert found.recall > 0.85


@pytest.mark.slow
def test_scenes_are_learned(digits):
    net = SceneNet((12, 12, 1), 10)
    cl.fit(net, digits, 1, show=False)
    measured = net.measure(digits.test, n=60)
    assert measured["test precision"] > 0.9
    assert measured["test recall"] > 0.7
