"""`Embedding` and `embed`: the junction between models and clustering."""

import numpy as np
import pytest
from common import numbers_in

from capslab.data import Images
from capslab.embedding import Embedding, Features, embed
from capslab.errors import ArgumentError


@pytest.fixture
def images():
    rng = np.random.default_rng(0)
    return Images(rng.integers(0, 256, (12, 4, 3, 1), dtype=np.uint8), np.arange(12) % 3, ("a", "b", "c"))


class Model:
    """Anything with a `features` method will do; this one halves the first two pixels."""

    def features(self, images, what):
        vectors = images.images.reshape(len(images), -1)[:, :2] / 2
        return Features(vectors, f"first pixels ({what})", True, decode=lambda z: z.reshape(-1, 1, 2, 1) * 2)


def test_pixels_are_scaled_to_one_and_need_no_model(images):
    found = embed(images)
    assert found.vectors.dtype == np.float32
    assert found.vectors.flags.c_contiguous
    np.testing.assert_allclose(found.vectors, images.images.reshape(12, 12) / 255, rtol=1e-6)
    np.testing.assert_array_equal(found.labels, images.labels)
    assert found.images is images
    assert (found.source, found.supervised, found.decode) == ("pixels", False, None)
    assert numbers_in(str(found)) == ["12", "12"]
    assert str(found).startswith(found.source)
    assert str(found).endswith("(made without labels)")


def test_a_model_is_asked_for_what_is_wanted(images):
    found = embed(Model(), images, "hidden")
    assert found.source == "first pixels (hidden)"
    assert str(found).endswith("(made with labels)")
    assert found.dimension == 2
    assert len(found) == 12
    np.testing.assert_array_equal(found.labels, images.labels)


def test_decode_is_carried_along_also_by_a_selection(images):
    found = embed(Model(), images)
    expected = images.images.reshape(12, -1)[:, :2]
    np.testing.assert_allclose(found.decode(found.vectors).reshape(12, 2), expected)
    part = found[3:5]
    np.testing.assert_allclose(part.decode(part.vectors).reshape(2, 2), expected[3:5])


@pytest.mark.parametrize(
    "index", [slice(2, 7), np.array([5, 1]), np.arange(12) % 2 == 0, 4], ids=["slice", "array", "mask", "one"]
)
def test_a_selection_keeps_vectors_labels_and_images_together(images, index):
    found = embed(images)
    part = found[index]
    chosen = np.atleast_1d(np.arange(12)[index])
    np.testing.assert_array_equal(part.vectors, found.vectors[chosen])
    np.testing.assert_array_equal(part.labels, images.labels[chosen])
    np.testing.assert_array_equal(part.images.images, images.images[chosen])
    assert part.source == found.source


def test_images_without_labels_embed_without_labels(images):
    plain = embed(Images(images.images))
    assert plain.labels is None
    assert plain[2:4].labels is None


@pytest.mark.parametrize("vectors", [np.ones(12), np.ones((0, 3)), np.ones((2, 2, 2)), 5.0])
def test_vectors_are_rows(images, vectors, fails):
    with fails(ArgumentError, "vectors", names="(n, d)"):
        Embedding(vectors, None, images, "test", supervised=False)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_counted(images, bad, fails):
    vectors = np.ones((12, 3))
    vectors[[2, 5], 1] = bad
    with fails(ArgumentError, "vectors", names="2 of 12"):
        Embedding(vectors, None, images, "test", supervised=False)


def test_labels_and_images_are_as_many_as_vectors(images, fails):
    with fails(ArgumentError, "labels", names="(12)"):
        Embedding(np.ones((12, 3)), images.labels[:11], images, "test", supervised=False)
    with fails(ArgumentError, "images", names="11"):
        Embedding(np.ones((12, 3)), None, images[:11], "test", supervised=False)


def test_a_model_alone_is_asked_for_images(fails):
    with fails(ArgumentError, "images", names=("Model", "(model, images)")):
        embed(Model())


def test_what_cannot_embed_is_named(images, fails):
    with fails(ArgumentError, "model", received="an object of the class object"):
        embed(object(), images)
