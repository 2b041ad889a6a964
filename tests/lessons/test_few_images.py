"""Several draws of few images: what is learned by heart spoils the confidence and not the answers."""

from __future__ import annotations

import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons.few_images import FewImages, draws_of_few


@pytest.fixture(scope="module")
def found() -> dict[str, FewImages]:
    return draws_of_few(cl.load("digits"), draws=3)


def test_what_is_learned_by_heart_is_known_by_heart(found: dict[str, FewImages]) -> None:
    assert (found["by heart"].training == 1).all()
    assert (found["by heart"].accuracy < 0.97).all()


def test_stopping_early_makes_it_more_modest_and_hardly_changes_its_answers(
    found: dict[str, FewImages],
) -> None:
    early, late = found["stopped early"], found["by heart"]
    assert (np.abs(early.accuracy - late.accuracy) < 0.03).all()
    assert (early.confidence < late.confidence).all()
    assert (late.confidence > late.accuracy).all()


def test_each_draw_is_another_and_comes_back_the_same(found: dict[str, FewImages]) -> None:
    assert len(set(found["by heart"].accuracy)) > 1
    again = draws_of_few(cl.load("digits"), draws=1)["by heart"]
    assert np.isclose(again.accuracy[0], found["by heart"].accuracy[0])


def test_a_row_holds_the_lowest_and_the_highest() -> None:
    two = np.array([0.25, 0.5])
    row = FewImages("by heart", two, two, two + 0.1, two / 10).row()
    assert row == {
        "network": "by heart",
        "accuracy": "0.25 to 0.50",
        "mean confidence": "0.35 to 0.60",
        "calibration error": "0.03 to 0.05",
    }


@pytest.mark.parametrize("draws", [0, 1.5, "two"])
def test_the_number_of_draws_is_a_whole_number_from_1(draws: object) -> None:
    with pytest.raises(ArgumentError, match="draws"):
        draws_of_few(cl.load("digits"), draws=draws)  # type: ignore[arg-type]
