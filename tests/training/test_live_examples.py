"""What fit shows of a few images: the same ones, seldom enough, and steady."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeVAE, some_images

import capslab as cl
from capslab.embedding import Features
from capslab.training import fit as training
from capslab.training.live_examples import SHARE, Preview, plane_of, some_of, turned


class Decoding(FakeVAE):
    def reconstruct(self, images):
        return self.decode(self.encode(images))


class Seeing:
    """Features that are the pixels times a number: nothing moves but the scale."""

    scale = 1.0

    def features(self, images, what):
        return Features(self.scale * images.reshape(len(images), -1).astype(float), "x", True)


def test_reconstructions_stand_below_their_images():
    model, images = Decoding(), some_images(60)
    found = Preview(model, images).now()
    assert found.points is None
    assert found.pictures.dtype == np.uint8
    assert found.pictures.shape == (2, 12, 8, 8, 1)
    expected = model.reconstruct(found.pictures[0])
    np.testing.assert_allclose(found.pictures[1] / 255, expected, atol=0.003)


def test_points_stay_where_they_lay_when_only_the_scale_changes():
    images, model = some_images(60), Seeing()
    glance = Preview(model, images)
    first = glance.now()
    assert first.pictures is None
    assert np.abs(first.points).max() == pytest.approx(1)
    model.scale = -7.0  # mirrored and larger
    second = glance.now()
    np.testing.assert_allclose(second.points, first.points, atol=1e-3)
    np.testing.assert_array_equal(second.labels, first.labels)


def test_the_plane_is_that_of_largest_spread():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(80, 20)) * np.r_[9.0, 6.0, np.full(18, 0.5)]
    flat = plane_of(vectors)
    left, sizes, _ = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    expected = left[:, :2] * sizes[:2]
    expected /= np.abs(expected).max()
    np.testing.assert_allclose(turned(flat, expected), expected, atol=0.02)
    assert plane_of(vectors[:, :1]).shape == (80, 2)
    assert not plane_of(np.ones((5, 3))).any()


def test_the_examples_are_a_mix_of_classes_and_the_same_again():
    images = some_images(400, classes=5)
    chosen = some_of(images, 12)
    assert np.bincount(chosen.labels).tolist() == [3, 3, 2, 2, 2]
    np.testing.assert_array_equal(chosen.images, some_of(images, 12).images)
    assert len(some_of(images[:3], 12)) == 3
    assert len(some_of(some_images(labelled=False), 12)) == 12


def test_looking_stops_where_it_has_had_its_share():
    glance = Preview(Decoding(), some_images())
    assert glance.look(seconds=1.0) is not None
    glance.spent = 1.0
    assert glance.look(seconds=0.9 / SHARE) is None
    assert glance.look(seconds=1.1 / SHARE) is not None


class Screen:
    pictured = True

    def __init__(self):
        self.found = []

    def update(self, *told):
        pass

    def examples(self, found, epoch):
        self.found.append((found, epoch))

    def finish(self, words):
        self.found.append("over")


@pytest.mark.parametrize("kind", ["VAE", "CapsNet", "DenseBaseline"])
def test_fit_shows_what_the_model_makes_of_validation_images(monkeypatch, kind):
    images = cl.load("digits").sample(200)
    seen = Screen()
    monkeypatch.setattr(training, "display", lambda *told: seen)
    make = {
        "VAE": lambda: cl.VAE(images.image_shape),
        "CapsNet": lambda: cl.CapsNet(images.image_shape, images.classes),
        "DenseBaseline": lambda: cl.DenseBaseline(images.image_shape, images.classes),
    }[kind]
    model = make()
    monkeypatch.setattr("capslab.training.live_examples.SHARE", 1e9)
    cl.fit(model, images, epochs=2)
    epochs = [told[1] for told in seen.found[:-1]]
    assert epochs[:2] == [1, 2]
    assert all(
        told[0].classes == (images.classes if kind == "DenseBaseline" else ()) for told in seen.found[:-1]
    )
    assert seen.found[-1] == "over"
    last, best = seen.found[-2]
    assert best in (1, 2)  # of the weights that were kept
    if kind == "DenseBaseline":
        assert last.points.shape == (len(images.validation), 2)
        assert not np.allclose(last.points, seen.found[0][0].points, atol=0.01)
    else:
        assert any((last.pictures[0][0] == image).all() for image in images.validation.images)
        made = model.reconstruct(last.pictures[0])
        np.testing.assert_allclose(last.pictures[1] / 255, made, atol=0.003)
    monkeypatch.setattr(training, "display", lambda *told: None)
    again = make()
    cl.fit(again, images, epochs=2)
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)  # looking changes nothing
