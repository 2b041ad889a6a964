"""Every method on the same straightened images: the same for all, and the table whole."""

from __future__ import annotations

import numpy as np
import pytest

import capslab as cl
from capslab.clustering import deskew
from capslab.data import Images
from capslab.errors import ArgumentError
from capslab.lessons import results, same_images

METHODS = ["k-means", "Gaussian mixture", "spectral clustering", "spectral clustering, only k eigenvectors"]


def test_large_images_are_straightened_and_keep_labels_and_parts() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (12, 20, 20, 1), dtype=np.uint8)
    images = Images(pixels, np.arange(12) % 3)
    upright = same_images.straightened(images)
    np.testing.assert_array_equal(upright.images, deskew(pixels))
    np.testing.assert_array_equal(upright.labels, images.labels)
    np.testing.assert_array_equal(upright.parts, images.parts)


def test_every_method_gets_the_same_vectors_and_finds_clear_groups() -> None:
    corners = np.repeat(np.array([[0.0, 0], [9, 0], [0, 9]]), 20, axis=0)
    cloud = corners + np.random.default_rng(0).normal(size=(60, 2))
    scores = same_images.score_methods(cloud, np.repeat([0, 1, 2], 20), 3)
    assert list(scores) == METHODS
    assert min(scores.values()) > 0.95
    some = same_images.score_methods(cloud, np.repeat([0, 1, 2], 20), 3, methods=["k-means"])
    assert some == {"k-means": scores["k-means"]}
    with pytest.raises(ArgumentError, match="spectral clustering"):
        same_images.score_methods(cloud, np.repeat([0, 1, 2], 20), 3, methods=["spectral"])


@pytest.mark.parametrize("data", ["digits", "mnist"])
def test_each_kind_of_vectors_was_clustered_by_each_method_and_every_seed(data: str) -> None:
    found = same_images.measured(data)
    assert list(found) == ["VAE codes", "pixels", "pixels as they are"]
    for by_method in found.values():
        assert list(by_method) == METHODS
        for values in by_method.values():
            assert values.shape == (same_images.SEEDS,)
            assert ((values > 0.3) & (values <= 1)).all()
    assert len(set(found["VAE codes"]["k-means"])) == same_images.SEEDS, "five different VAEs"
    assert results.load(same_images.NAME).command == same_images.COMMAND


def test_a_data_set_that_was_not_measured_is_named_with_those_that_were() -> None:
    with pytest.raises(ArgumentError, match="mnist"):
        same_images.measured("toys")


@pytest.mark.slow
def test_one_vae_gives_a_row_for_each_kind_of_vectors_and_method() -> None:
    rows = same_images.train(cl.load("digits").sample(300, seed=0), 0, clustered=120, epochs=1)
    assert [(row["vectors"], row["method"]) for row in rows] == [
        (kind, method) for kind in ("VAE codes", "pixels", "pixels as they are") for method in METHODS
    ]
    assert {row["images"] for row in rows} == {120}
