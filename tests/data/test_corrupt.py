"""Images that do not belong: each kind is what it says, and only that."""

import numpy as np
import pytest
from common import data_sets

import capslab as cl
from capslab.data import Images
from capslab.data.corrupt import corrupted, noisy_labels
from capslab.errors import ArgumentError


def test_each_kind_is_spoiled_in_its_own_way_alone():
    images = cl.load("digits").test[:50]
    x, corruptions = images.images, corrupted(images, share=0.1)
    assert set(corruptions) == {"noisy", "rotated", "negative", "scrambled", "blank"}  # no clothes of 8×8
    assert all(y.shape == x.shape and y.dtype == np.uint8 for y in corruptions.values())
    assert 0.05 < (corruptions["noisy"] != x).mean() < 0.12
    np.testing.assert_array_equal(np.rot90(corruptions["rotated"], -1, axes=(1, 2)), x)
    np.testing.assert_array_equal(255 - corruptions["negative"], x)
    np.testing.assert_array_equal(
        np.sort(corruptions["scrambled"].reshape(50, -1)), np.sort(x.reshape(50, -1))
    )  # the same pixels
    order = [tuple(column) for column in corruptions["scrambled"].reshape(50, -1).T]
    assert sorted(order) == sorted(tuple(column) for column in x.reshape(50, -1).T)  # moved alike
    assert not corruptions["blank"].any()
    np.testing.assert_array_equal(corrupted(images)["noisy"], corrupted(images)["noisy"])


@pytest.mark.skipif("mnist" not in data_sets(), reason="needs CAPSLAB_DATA")
def test_clothes_are_test_images_of_the_other_set():
    digits = Images(np.zeros((20, 28, 28, 1), np.uint8), name="mnist")
    corruptions, clothes = corrupted(digits)["fashion-mnist"], cl.load("fashion-mnist").test.images
    assert corruptions.shape == (20, 28, 28, 1)
    assert {image.tobytes() for image in corruptions} <= {image.tobytes() for image in clothes}
    assert "fashion-mnist" not in corrupted(Images(digits.images, name="fashion-mnist"))


def test_images_that_are_not_square_or_grey():
    images = Images(np.random.default_rng(0).integers(0, 256, (9, 6, 8, 3), np.uint8))
    assert corrupted(images)["rotated"].shape == (9, 6, 8, 3)
    assert corrupted(images)["scrambled"].shape == (9, 6, 8, 3)


def test_wrong_labels_are_wrong_and_the_others_untouched():
    images = cl.load("digits")
    labels, wrong = noisy_labels(images, share=0.1)
    assert 0.08 < wrong.mean() < 0.12
    assert (labels[wrong] != images.labels[wrong]).all()
    np.testing.assert_array_equal(labels[~wrong], images.labels[~wrong])
    assert labels.min() >= 0
    assert labels.max() < len(images.classes)


def test_bad_input_is_refused_in_words():
    images = cl.load("digits")
    with pytest.raises(ArgumentError, match="`share`"):
        corrupted(images, share=2)
    with pytest.raises(ArgumentError, match="`share`"):
        noisy_labels(images, share=0)
    with pytest.raises(ArgumentError, match="labelled"):
        noisy_labels(Images(images.images))
