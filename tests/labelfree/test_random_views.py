"""`RandomViews`: the same image, seen differently each time."""

import numpy as np
import pytest

from capslab.labelfree.random_views import RandomViews

STILL = {"turn": 0, "scale": 0, "shear": 0, "shift": 0}


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((64, 12, 10, 1), dtype=np.float32)


def views(images, **amounts):
    layer = RandomViews(**{"jitter": STILL, "gamma": 0, "erase": 0, "flip": False, **amounts})
    return np.asarray(layer(images))


def test_with_all_amounts_zero_a_view_is_the_image(images):
    np.testing.assert_allclose(views(images), images, atol=1e-5)


def test_gamma_makes_grey_levels_lighter_or_darker_but_keeps_their_order(images):
    seen = views(images, gamma=0.7)
    power = np.log(seen).sum(axis=(1, 2, 3)) / np.log(images).sum(axis=(1, 2, 3))
    assert np.abs(np.log(power)).max() < 0.71
    assert np.log(power).min() < -0.4
    assert np.log(power).max() > 0.4
    for image, view in zip(images, seen, strict=True):
        np.testing.assert_array_equal(image.ravel().argsort(), view.ravel().argsort())


def test_erase_blackens_one_rectangle_and_nothing_else(images):
    seen = views(images + 0.1, erase=0.5)
    black = seen[..., 0] == 0
    for image, view, mask in zip(images + 0.1, seen, black, strict=True):
        rows, columns = mask.any(axis=1), mask.any(axis=0)
        np.testing.assert_array_equal(mask, rows[:, None] & columns)
        assert rows.sum() <= 6
        assert columns.sum() <= 5
        np.testing.assert_allclose(view[~mask], image[~mask], atol=1e-5)
    assert black.mean() == pytest.approx(0.25 * 0.75, abs=0.06)  # a part of the square lies outside
    assert (black.mean(axis=0) > 0).all()


def test_flip_mirrors_about_half_of_the_images(images):
    seen = views(images, flip=True)
    flipped = [np.allclose(view, image[:, ::-1], atol=1e-5) for view, image in zip(seen, images, strict=True)]
    kept = [np.allclose(view, image, atol=1e-5) for view, image in zip(seen, images, strict=True)]
    assert all(a != b for a, b in zip(flipped, kept, strict=True))
    assert 16 < sum(flipped) < 48


def test_each_view_differs_and_stays_between_0_and_1(images):
    layer = RandomViews(seed=3)
    one, two = np.asarray(layer(images)), np.asarray(layer(images))
    assert (np.abs(one - two).max(axis=(1, 2, 3)) > 0.05).all()
    for seen in (one, two):
        assert seen.min() >= 0
        assert seen.max() <= 1 + 1e-5
    np.testing.assert_array_equal(np.asarray(RandomViews(seed=3)(images)), one)
