"""Points and checks are counted in words."""

from __future__ import annotations

from capslab.exercises.show_result import CheckResult, Progress, ProgressRow


def head(**values):
    return repr(CheckResult("x", **values)).splitlines()[0]


def test_one_is_not_many():
    assert head(state="done", total=4, max_points=2).endswith("All 4 visible checks passed, 2 points.")
    assert head(state="done", total=1, max_points=1).endswith("The visible check passed, 1 point.")
    assert head(state="in progress", passed=0, total=1).endswith("0 of 1 visible check passed.")
    row = ProgressRow("00", "x", "", "in progress", 0.5, 1)
    assert Progress((row,)).head() == "0 of 1 exercise done, 0.5 of 1 point."
    assert Progress((row, row)).head() == "0 of 2 exercises done, 1 of 2 points."
