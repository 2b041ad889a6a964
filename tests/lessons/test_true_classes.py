"""The inertia of the true classes, beside the lowest that k-means finds."""

from __future__ import annotations

import numpy as np
import pytest

from capslab.data import Images, load
from capslab.errors import ArgumentError
from capslab.lessons.true_classes import inertia_ratios


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
