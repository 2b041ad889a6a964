"""`claims`: the list with what has been judged."""

import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons.claims_list import all_claims

pytestmark = pytest.mark.usefixtures("learner")
OURS, PIXELS = [0.66, 0.58, 0.71, 0.65, 0.70], [0.56, 0.58, 0.57, 0.60, 0.61]


def test_the_table_shows_every_claim_and_the_last_verdict_on_it():
    assert all(kept is None for _, kept in cl.claims().rows)
    cl.verdict("vae-clusters", PIXELS, OURS)
    cl.verdict("vae-clusters", OURS, PIXELS)
    cl.verdict("vae-is-gan", fact=False, evidence="no <discriminator>")
    table = cl.claims()
    assert [claim for claim, _ in table.rows] == list(all_claims().values())
    kept = {claim.id: one.outcome for claim, one in table.rows if one}
    assert kept == {"vae-clusters": "holds partly", "vae-is-gan": "refuted"}
    assert table.summary.startswith(f"2 of {len(all_claims())} ")
    html = table._repr_html_()
    assert html.count("<tr>") == 1 + len(all_claims())
    assert "no &lt;discriminator&gt;" in html
    assert {claim.id: one for claim, one in table.rows}["vae-clusters"].number in html
    (line,) = [line for line in str(table).splitlines() if " vae-clusters:" in line]
    assert line.startswith("≈ 24")


@pytest.mark.parametrize("lesson", ["24", 24, "24_three_representations"])
def test_a_lesson_has_its_own_claims(lesson):
    found = {claim.id for claim, _ in cl.claims(lesson).rows}
    assert found == {claim.id for claim in all_claims().values() if claim.lesson == "24"}


def test_many_intervals_come_with_a_warning(wording):
    rng = np.random.default_rng(0)
    for claim in all_claims().values():
        if claim.kind == "comparison" and claim.units == "share":
            cl.verdict(claim.id, rng.random(5), rng.random(5))
    wording(cl.claims().summary)


@pytest.mark.parametrize("lesson", ["99", 99, "seven", 7.5, True])
def test_a_lesson_without_claims_is_refused(lesson, fails):
    with fails(ArgumentError, "lesson"):
        cl.claims(lesson)
