"""All claims beside what was measured: complete, counted, and with the learner's own verdicts."""

import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons import what_was_found
from capslab.lessons.claims_list import SOURCES, all_claims
from capslab.lessons.verdict_rule import SIGNS

pytestmark = pytest.mark.usefixtures("learner")


def row(claim, outcome="holds", ends=(0.01, 0.03, 0.05), lesson="24_three_representations"):
    made = {"claim": claim, "lesson": lesson, "outcome": outcome, "measured": "a < b", "number": ""}
    if ends:
        made |= {"number": "+0.03 (…)", "low": ends[0], "estimate": ends[1], "high": ends[2]}
    return made


def test_claims_are_counted_by_outcome_and_source():
    found = what_was_found.findings(
        [row("vae-clusters"), row("vae-is-gan", "refuted", None), row("beta-draws")]
    )
    assert found.count("holds") == 2
    assert found.count("holds", "article B") == found.count("refuted", "article A", "article B") == 1
    assert found.with_interval == 2
    assert found.summary == "3 claims: 2 hold, 1 refuted."
    by_source = found.by_source()
    assert [line["claims"] for line in by_source] == [0, 2, 1, 0]
    assert len(by_source) == len(SOURCES)


def test_the_bundled_findings_are_all_claims_of_the_course():
    found = what_was_found.findings()
    assert {one.claim.id for one in found.findings} == set(all_claims())
    assert sum(found.count(outcome) for outcome in SIGNS) == len(all_claims())
    assert all(one.measured for one in found.findings)
    kinds = {one.claim.id for one in found.findings if one.interval is None}
    assert kinds >= {claim.id for claim in all_claims().values() if claim.kind == "fact"}


def test_the_closest_calls_are_those_whose_interval_ends_at_a_limit():
    ends = {
        "vae-clusters": (0.06, 0.07, 0.08),
        "beta-draws": (0.051, 0.2, 0.351),
        "vae-classifies": (-2, 0.5, 3),
    }
    found = what_was_found.findings(
        [*(row(claim, ends=e) for claim, e in ends.items()), row("vae-is-gan", ends=None)]
    )
    margins = {one.claim.id: one.margin for one in found.findings}
    assert margins["vae-clusters"] == pytest.approx(0.5)  # 0.01 from 0.05, and 0.02 long
    assert margins["beta-draws"] == pytest.approx(0.001 / 0.3)
    assert margins["vae-classifies"] == pytest.approx(2 / 5)
    assert margins["vae-is-gan"] == float("inf")
    order = [line["claim"] for line in found.closest(9)]
    assert order == [all_claims()[name].sentence for name in ("beta-draws", "vae-classifies", "vae-clusters")]
    assert len(found.closest(1)) == 1


def test_your_own_verdict_stands_beside_the_courses():
    cl.verdict("vae-clusters", [0.66, 0.68, 0.67], [0.1, 0.12, 0.11])
    cl.verdict("vae-is-gan", fact=False, evidence="<no> game")
    found = what_was_found.findings([row("vae-clusters", "undecided"), row("vae-is-gan", "refuted", None)])
    assert [one.yours.outcome for one in found.findings] == ["holds", "refuted"]
    assert found.summary.endswith("You have judged 2 of them, 1 with another outcome.")
    html = found._repr_html_()
    assert html.count("<tr>") == 3
    assert "yours: ✓ holds" in html
    assert "yours too" in html
    assert '<a href="24_three_representations.ipynb">24</a>' in html
    assert "a &lt; b" in html
    assert "| undecided |" in str(found)


def test_literature_is_named_for_claims_of_the_list_only():
    assert set(what_was_found.literature()) <= set(all_claims())
    of_papers = [claim.id for claim in all_claims().values() if claim.source == "literature"]
    missing = set(of_papers) - set(what_was_found.literature())
    assert missing == {"codes-arithmetic", "stable-groups-are-classes", "pixels-find-classes"} & missing


def test_what_does_not_exist_is_refused(fails):
    found = what_was_found.findings()
    with fails(ArgumentError, "outcome"):
        found.count("true")
    with fails(ArgumentError, "sources"):
        found.count("holds", "article C")
    with fails(ArgumentError, "n"):
        found.closest(0)
