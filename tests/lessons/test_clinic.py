"""The clinic: each illness leaves its sign in the curves, and only the right treatment helps."""

from __future__ import annotations

import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.exercises.nb06_printed_network import ILLNESS
from capslab.lessons.clinic import TREATMENTS, Clinic, clinic, signs


@pytest.fixture(scope="module")
def patients() -> Clinic:
    return clinic(cl.load("digits"))


def test_each_illness_has_a_sign_that_no_other_has(patients: Clinic) -> None:
    start = {name: one.loss[0] > 2 * one.guessing for name, one in patients.items()}
    assert [name for name, far in start.items() if far] == ["D"]
    leaps = {name: one.loss.max() > 3 * one.loss[0] for name, one in patients.items()}
    assert [name for name, leapt in leaps.items() if leapt] == ["C"]
    chance = {name: one.validation_accuracy[-1] < 0.2 for name, one in patients.items()}
    assert [name for name, at_chance in chance.items() if at_chance] == ["B", "C"]
    assert patients["B"].loss[-1] < patients["B"].loss[0] < patients["B"].validation_loss[-1]
    least = np.log(np.e + 9) - 1  # of two softmaxes in a row: 1.46
    assert min(patients["A"].loss) > least
    assert patients["A"].validation_accuracy[-1] > 0.8


def test_the_right_treatment_cures_and_a_wrong_one_changes_nothing(patients: Clinic) -> None:
    cured = patients.treat(ILLNESS)
    assert [row["treatment"] for row in cured] == [TREATMENTS[one] for one in ILLNESS.values()]
    assert len({row["validation accuracy after"] for row in cured}) == 1
    assert all(row["validation accuracy after"] > 0.9 for row in cured)
    wrong = patients.treat({"A": ILLNESS["B"], "B": ILLNESS["B"], "C": "measles"})
    assert [row["validation accuracy after"] == row["validation accuracy before"] for row in wrong] == [
        True,
        False,
        True,
        True,
    ]
    assert [row["treatment"] for row in wrong[2:]] == ["none yet", "none yet"]


@pytest.mark.parametrize("nothing", [..., None, dict.fromkeys("ABCD", ...)])
def test_nobody_is_treated_before_a_diagnosis(patients: Clinic, nothing: object) -> None:
    assert {row["treatment"] for row in patients.treat(nothing)} == {"none yet"}


def test_its_figures_have_a_panel_per_patient_and_words(patients: Clinic) -> None:
    for what in ("loss", "accuracy"):
        figure = patients.plot(what)
        assert [panel.y_label for panel in figure.chart.panels] == [f"{what} of {name}" for name in "ABCD"]
        assert "C" in figure.alt_text
    with pytest.raises(ArgumentError, match="loss"):
        patients.plot("los")


def test_a_patient_is_called_by_its_letter(patients: Clinic) -> None:
    assert list(patients) == list(ILLNESS)
    with pytest.raises(ArgumentError, match="'E'"):
        patients["E"]


def test_the_signs_are_told_by_illness_and_not_by_letter(patients: Clinic) -> None:
    told = signs(cl.load("digits"))
    assert list(told) == sorted(ILLNESS.values())
    for row in patients.rows():
        letter = row.pop("patient")
        assert told[ILLNESS[letter]] == row
