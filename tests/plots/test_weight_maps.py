"""Weights as images: one scale, signs where numbers are large, words with the extremes."""

from __future__ import annotations

import numpy as np
import pytest

from capslab import plots
from capslab.errors import ArgumentError


def test_all_maps_share_one_scale_around_zero() -> None:
    figure = plots.weight_maps([[[0.0, 1.0]], [[-3.0, 0.5]]])
    pictures = [axes.images[0] for axes in figure.axes if axes.images]
    assert [one.get_clim() for one in pictures[:2]] == [(-3.0, 3.0)] * 2


def test_large_numbers_have_a_sign_in_their_place() -> None:
    figure = plots.weight_maps([[[3.0, 0.9], [-1.0, 0.0]]])
    signs = {tuple(text.get_position()): text.get_text() for text in figure.axes[0].texts}
    assert signs == {(0, 0): "+", (0, 1): "−"}
    assert not plots.weight_maps(np.ones((1, 28, 28))).axes[0].texts


def test_the_words_say_where_the_extremes_are() -> None:
    words = plots.weight_maps([[[0.0, 2.5], [-1.5, 0.0]]], ["a 0"], title="Weights").alt_text
    assert (
        words == "Weights: 1 map of 2 × 2 weights. a 0: from −1.5 (row 2, column 1) to 2.5 (row 1, column 2)."
    )


def test_maps_of_nothing_but_zero_are_white() -> None:
    assert plots.weight_maps(np.zeros((3, 2, 2)), columns=2).axes[0].images[0].get_clim() == (-1.0, 1.0)


@pytest.mark.parametrize("maps", [np.zeros((64, 10)), np.zeros((0, 8, 8)), [[[np.nan]]]])
def test_what_is_no_map_is_refused(maps, fails) -> None:
    with fails(ArgumentError, "maps", names="W.T.reshape(-1, 8, 8)"):
        plots.weight_maps(maps)


def test_columns_is_a_count(fails) -> None:
    with fails(ArgumentError, "columns", received=0):
        plots.weight_maps(np.ones((1, 2, 2)), columns=0)
