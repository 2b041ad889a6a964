"""The true classes beside what k-means finds: their inertia, and who leaves them."""

from __future__ import annotations

import numpy as np
import pytest

from capslab.clustering import kmeans_steps
from capslab.data import Images, load
from capslab.errors import ArgumentError
from capslab.lessons.true_classes import inertia_ratios, shares_that_leave


def squares(labels: list[int]) -> Images:
    """Six images of two kinds, dark and light, with any labels."""
    grey = np.repeat([0, 1, 2, 250, 251, 252], 16).reshape(6, 4, 4).astype(np.uint8)
    return Images(grey[..., None], np.array(labels), classes=("a", "b"))


def test_classes_that_are_the_clusters_have_the_lowest_inertia() -> None:
    assert inertia_ratios(squares([0, 0, 0, 1, 1, 1]), samples=2) == pytest.approx([1, 1])


def test_classes_that_cross_the_clusters_have_more() -> None:
    assert (inertia_ratios(squares([0, 1, 0, 1, 0, 1]), samples=2) > 100).all()


def test_the_same_seed_gives_the_same_samples() -> None:
    digits = load("digits")
    first = inertia_ratios(digits, samples=2, n=200, starts=2)
    assert np.array_equal(first, inertia_ratios(digits, samples=2, n=200, starts=2))
    assert first[0] != first[1]


@pytest.mark.parametrize("name", ["samples", "n", "starts"])
def test_numbers_are_whole_and_positive(name: str, fails: object) -> None:
    with fails(ArgumentError, name):  # type: ignore[operator]
        inertia_ratios(squares([0, 0, 0, 1, 1, 1]), **{name: 0})


def test_nobody_leaves_classes_that_are_the_clusters() -> None:
    assert shares_that_leave(squares([0, 0, 0, 1, 1, 1]), samples=2).tolist() == [0, 0]


def test_an_image_in_the_other_heap_leaves_its_class() -> None:
    assert shares_that_leave(squares([0, 0, 1, 1, 1, 1]), samples=2) == pytest.approx([1 / 6, 1 / 6])


def test_images_go_on_leaving_after_the_first_step() -> None:
    """The mean of the first class moves away when 60 leaves it, and only then does 49 leave as well."""
    grey = np.repeat(np.array([0, 0, 49, 60, 90, 90], np.uint8), 16).reshape(6, 4, 4, 1)
    images = Images(grey, np.array([0, 0, 0, 0, 1, 1]), classes=("a", "b"))
    vectors = grey.reshape(6, -1) / 255
    centers = [vectors[:4].mean(axis=0), vectors[4:].mean(axis=0)]
    assert kmeans_steps(vectors, centers)[0].labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert shares_that_leave(images, samples=1) == pytest.approx([2 / 6])


def test_a_class_that_a_sample_misses_has_no_centre() -> None:
    assert shares_that_leave(squares([0, 0, 0, 1, 1, 1]), samples=8, n=1).tolist() == [0] * 8


@pytest.mark.parametrize("name", ["samples", "n"])
def test_counts_of_those_who_leave_are_whole_and_positive(name: str, fails: object) -> None:
    with fails(ArgumentError, name):  # type: ignore[operator]
        shares_that_leave(squares([0, 0, 0, 1, 1, 1]), **{name: 0})
