"""The verdicts of the built lessons are read from their outputs, and those in the package are these."""

import json

import pytest

from capslab.course import paths
from capslab.course.collect_verdicts import collect
from capslab.lessons import results, what_was_found
from capslab.lessons.claims_list import all_claims
from capslab.lessons.verdict import verdict


@pytest.fixture
def built(tmp_path):
    """Writes a notebook whose cells show these values, and returns its folder."""

    def make(name, *shown):
        cells = [
            {
                "cell_type": "code",
                "outputs": [{"data": {"text/plain": str(one).splitlines(True)}}, {"text": "x"}],
            }
            for one in shown
        ]
        (tmp_path / f"{name}.ipynb").write_text(json.dumps({"cells": [*cells, {"cell_type": "markdown"}]}))
        return tmp_path

    return make


@pytest.mark.usefixtures("learner")
def test_samples_and_facts_are_read_as_they_were_judged(built):
    shares = verdict("vae-clusters", [0.66, 0.58, 0.71], [0.57, 0.56, 0.58], evidence="Not (+0.1 to +0.2).")
    seconds = verdict("generative-costs-more", [33.0, 34.1, 32.5], [1200, 1300, 1400.0])
    tiny = verdict("capsules-efficient", [1e-5, 1.1e-5, 1.2e-5], [5e-5, 5.1e-5, 5.3e-5])
    fact = verdict("vae-is-gan", fact=False, evidence="There is no discriminator.")
    rows = collect(built("24_x", shares, "an array", seconds, tiny, fact))
    assert [row["claim"] for row in rows] == [one.claim.id for one in (shares, seconds, tiny, fact)]
    assert [row["outcome"] for row in rows] == [one.outcome for one in (shares, seconds, tiny, fact)]
    assert [row["number"] for row in rows] == [one.number for one in (shares, seconds, tiny, fact)]
    assert rows[-1]["measured"] == fact.evidence
    assert "low" not in rows[-1]
    assert rows[0]["measured"].startswith("matched accuracy: VAE means 0.650 (mean of 3), pixels")
    for row, one in zip(rows, (shares, seconds, tiny), strict=False):
        read = row["low"], row["estimate"], row["high"]
        assert read == pytest.approx(
            (one.interval.low, one.interval.estimate, one.interval.high), rel=0.02, abs=6e-4
        )
    assert {row["lesson"] for row in rows} == {"24_x"}


def test_other_outputs_are_left_out(built):
    folder = built("01_y", "✓ holds: “a sentence of nobody's list”\n  and more", "✓ done", "")
    assert collect(folder) == []


def test_the_package_has_what_the_built_lessons_say():
    """After `capslab build`: python tools/remeasure.py verdicts, then `capslab build 27`."""
    bundled = results.load(what_was_found.NAME)
    assert bundled.command == what_was_found.COMMAND
    assert bundled.rows == collect(paths.course_folder())


def test_every_claim_has_one_verdict_in_the_lesson_that_judges_it():
    rows = results.load(what_was_found.NAME).rows
    assert sorted(row["claim"] for row in rows) == sorted(all_claims())
    assert all(row["lesson"][:2] == all_claims()[row["claim"]].lesson for row in rows)


def test_the_last_lesson_shows_them_all():
    text = (paths.course_folder() / "27_what_you_found.ipynb").read_text("utf-8")
    shown = ["".join(o["data"]["text/plain"]) for c in json.loads(text)["cells"] for o in c.get("outputs", [])
             if "text/plain" in o.get("data", {})]  # fmt: skip
    (table,) = (one for one in shown if one.startswith(f"{len(all_claims())} claims: "))
    assert [
        row["claim"] for row in results.load(what_was_found.NAME).rows if row["number"] not in table
    ] == []
