"""The advice in every error is followed to the letter, and works.

Each case is a mistake. Where the advice holds code ("Try k=10."), that code is read out of the message and
typed into the call that failed. Where it is prose ("Give one row per image."), the case says what that is in
code. `test_every_error_is_provoked` finds errors that no case reaches.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advice import cases_commands, cases_in_notebooks
from advice.follow_advice import Case, code_in, constructions, followed, recorded, without
from advice.objects import names_for
from capslab import errors
from common import ROOT

LEARNERS_ERRORS = (errors.ArgumentError, errors.DataUnavailable)


def provoked(mistake: str, folder: Path) -> tuple[errors.ArgumentError | errors.DataUnavailable, dict]:
    """The error of a mistake, and the names that there were when it was made."""
    names = names_for(mistake, folder=folder)
    with pytest.raises(LEARNERS_ERRORS) as caught:
        exec(mistake, names)
    return caught.value, names


def ways(case: Case, error: Exception, names: dict) -> list[str]:
    """The source texts that follow an error's advice, one for each piece of code in it."""
    advice = getattr(error, "next_step", None)
    if advice is None:
        advice = str(error)
    argument = getattr(error, "argument", "")
    codes = code_in(advice)
    if case.then:
        assert not codes, f"the advice holds its own code: {codes}"
        assert advice, f"no advice in: {error}"
        return [case.then]
    found = [followed(case.mistake, argument, code, names) for code in codes]
    if re.search(r"\bLeave (it|them|`\w+`) out\b", advice):
        found.append(without(case.mistake, argument))
    assert found, f"nothing to follow in: {error}"
    return found


@pytest.fixture(autouse=True)
def _digits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CAPSLAB_DATASET", "digits")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("case", cases_in_notebooks.CASES, ids=str)
def test_advice_in_a_notebook_works(case: Case, tmp_path: Path) -> None:
    error, names = provoked(case.mistake, tmp_path)
    for source in ways(case, error, names):
        try:
            exec(source, names_for(source, folder=tmp_path))
        except Exception as failure:
            raise AssertionError(f"{error}\nwas followed to the letter:\n{source}\n{failure!r}") from failure


def test_every_error_is_provoked(tmp_path: Path) -> None:
    with recorded() as places:
        for case in cases_in_notebooks.CASES:
            provoked(case.mistake, tmp_path)
    rooms = [ROOT / "capslab" / "clustering"]
    made = {place: text for room in rooms for place, text in constructions(room).items()}
    missed = [f"{file}:{line}: {made[file, line]}" for file, line in sorted(made.keys() - places)]
    assert not missed, "\n".join(missed)
