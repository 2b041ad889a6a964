"""`verdict`: what it computes, what it refuses, and what it shows."""

import re

import numpy as np
import pytest
from scipy import stats

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons.verdict import verdict
from capslab.lessons.verdict_picture import alternative_text

pytestmark = pytest.mark.usefixtures("learner")
OURS, PIXELS = [0.66, 0.58, 0.71, 0.65, 0.70], [0.56, 0.58, 0.57, 0.60, 0.61]


def test_the_difference_has_welchs_interval_and_decides():
    judged = verdict("vae-clusters", OURS, PIXELS)
    expected = stats.ttest_ind(OURS, PIXELS, equal_var=False).confidence_interval()
    assert (judged.interval.low, judged.interval.high) == pytest.approx(tuple(expected))
    assert judged.outcome == "holds partly"
    assert (judged.ours, judged.baseline) == (tuple(OURS), tuple(PIXELS))
    assert judged.claim.id == "vae-clusters"


@pytest.mark.parametrize(
    ("lead", "outcome"),
    [(0.2, "holds"), (0.025, "holds partly"), (0.0, "undecided"), (0.004, "undecided"), (-0.2, "refuted")],
)
def test_each_outcome(lead, outcome):
    base = np.array([0.50, 0.505, 0.495, 0.50, 0.51])
    assert verdict("vae-clusters", base + lead, base).outcome == outcome


def test_pairs_find_a_difference_that_their_common_part_hides():
    common = np.array([0.3, 0.9, 0.5, 0.7, 0.4])
    ours = np.add(common, [0.06, 0.07, 0.065, 0.06, 0.07])
    assert verdict("vae-clusters", ours, common).outcome == "undecided"
    assert verdict("vae-clusters", ours, common, paired=True).outcome == "holds"


def test_a_lower_number_can_speak_for_a_claim():
    fast, slow = [1.0, 1.1, 0.9], [2.0, 2.1, 1.9]
    judged = verdict("capsules-efficient", fast, slow)
    assert judged.outcome == "holds"
    assert judged.interval.estimate == pytest.approx(1)
    assert judged.interval.low < judged.interval.estimate < judged.interval.high
    assert verdict("capsules-efficient", slow, fast).outcome == "refuted"
    assert judged.number.startswith("+1 s")


def test_a_threshold_is_that_of_the_list():
    judged = verdict("vae-keeps-quality", [0.9, 0.93, 0.91])
    expected = stats.ttest_1samp([0.9, 0.93, 0.91], judged.claim.threshold).confidence_interval()
    centre = judged.claim.threshold
    assert (judged.interval.low + centre, judged.interval.high + centre) == pytest.approx(tuple(expected))
    assert judged.baseline == ()
    assert verdict("vae-keeps-quality", [0.96, 0.97, 0.965]).outcome == "holds"
    assert verdict("vae-keeps-quality", [0.2, 0.3, 0.25]).outcome == "refuted"
    assert verdict("vae-keeps-quality", [0.4, 0.6, 0.55]).outcome == "undecided"


def test_scores_of_images_put_the_choice_of_images_into_the_interval():
    rng = np.random.default_rng(0)
    hard = rng.random(30)
    ours, base = rng.random((5, 30)) < 0.4 + 0.3 * hard, rng.random((5, 30)) < 0.3 + 0.3 * hard
    whole = verdict("vae-clusters", ours, base).interval
    means = verdict("vae-clusters", ours.mean(axis=1), base.mean(axis=1)).interval
    assert whole.estimate == pytest.approx(means.estimate)
    assert whole.high - whole.low > means.high - means.low


def test_a_fact_is_decided_without_an_interval():
    yes = verdict("vae-is-gan", fact=np.bool_(True), evidence="It has a discriminator.")
    no = verdict("vae-is-gan", fact=False, evidence="It has none.")
    assert (yes.outcome, no.outcome) == ("holds", "refuted")
    assert no.interval is None
    assert no.number == ""
    assert "<svg" not in no._repr_html_()


def test_what_is_shown(wording):
    for judged in (
        verdict("vae-clusters", OURS, PIXELS),
        verdict("vae-clusters", OURS, OURS[::-1], evidence="Five & five."),
        verdict("vae-clusters", np.add(PIXELS, 0.0001), PIXELS),
        verdict("capsules-efficient", [1.0, 1.1, 0.9], [2.0, 2.1, 1.9]),
        verdict("vae-keeps-quality", [0.2, 0.3, 0.25]),
        verdict("vae-is-gan", fact=False, evidence="It has no discriminator."),
    ):
        wording(judged)
        html = judged._repr_html_()
        assert judged.outcome in html
        assert "Five & five" not in html
        if judged.interval is not None:
            wording(alternative_text(judged))


def test_the_picture_has_a_dot_for_each_sample_and_stays_in_its_frame():
    html = verdict("vae-clusters", OURS, PIXELS)._repr_html_()
    assert html.count("<circle") == 10
    assert 'role="img" aria-label="5 dots for VAE means' in html
    assert "currentColor" in html
    width = float(re.search(r'viewBox="0 0 (\d+)', html)[1])
    across = [float(x) for x in re.findall(r'(?:cx|x)="([\d.-]+)"', html)]
    across += [float(x) for x in re.findall(r'd="M([\d.-]+)', html)]
    assert min(across) >= 0
    assert max(across) <= width


@pytest.mark.parametrize(
    ("arguments", "options", "argument"),
    [
        (("vae-cluster", OURS, PIXELS), {}, "claim_id"),
        (("a VAE gives efficient clustering", OURS, PIXELS), {}, "claim_id"),
        ((7, OURS, PIXELS), {}, "claim_id"),
        (("vae-clusters", OURS[:2], PIXELS), {}, "ours"),
        (("vae-clusters", OURS, PIXELS[:2]), {}, "baseline"),
        (("vae-clusters", 0.7, PIXELS), {}, "ours"),
        (("vae-clusters", "0.7", PIXELS), {}, "ours"),
        (("vae-clusters", ["a", "b", "c"], PIXELS), {}, "ours"),
        (("vae-clusters", [[0.5, 0.6], [0.5], [0.4, 0.3]], PIXELS), {}, "ours"),
        (("vae-clusters", np.zeros((3, 4, 5)), PIXELS), {}, "ours"),
        (("vae-clusters", [0.5 + 1j, 0.2, 0.3], PIXELS), {}, "ours"),
        (("vae-clusters", [], PIXELS), {}, "ours"),
        (("vae-clusters", np.arange(1200) % 2 == 0, PIXELS), {}, "ours"),
        (("vae-clusters", [0.5, float("nan"), 0.6], PIXELS), {}, "ours"),
        (("vae-clusters", OURS, [0.5, float("inf"), 0.6]), {}, "baseline"),
        (("vae-clusters", [71.0, 66.0, 58.0], PIXELS), {}, "ours"),
        (("vae-clusters", [-0.1, 0.2, 0.3], PIXELS), {}, "ours"),
        (("capsules-efficient", [1, 2, 3], [0, 1, 2]), {}, "baseline"),
        (("vae-clusters", OURS, [PIXELS] * 5), {}, "baseline"),
        (("vae-clusters", np.eye(5), np.eye(5)[:, :4]), {}, "baseline"),
        (("vae-clusters", np.eye(5)[:, :2], np.eye(5)[:, :2]), {}, "ours"),
        (("vae-clusters", OURS, PIXELS[:4]), {"paired": True}, "baseline"),
        (("vae-clusters", [0.5] * 3, [0.4] * 3), {}, "ours"),
        (("vae-clusters", OURS, np.array(OURS) - 0.25), {"paired": True}, "ours"),
        (("vae-clusters", OURS, PIXELS), {"units": "seconds"}, "units"),
        (("vae-clusters", OURS, PIXELS), {"units": ("share", "seconds")}, "units"),
        (("vae-clusters", OURS, PIXELS), {"units": 3}, "units"),
        (("vae-clusters", OURS, PIXELS), {"fact": True}, "fact"),
        (("vae-clusters", OURS), {}, "baseline"),
        (("vae-clusters",), {}, "ours"),
        (("vae-clusters", OURS, PIXELS), {"evidence": 3}, "evidence"),
        (("vae-clusters", OURS, PIXELS), {"holds": True}, "holds"),
        (("vae-keeps-quality", OURS, PIXELS), {}, "baseline"),
        (("vae-keeps-quality", OURS), {"paired": True}, "paired"),
        (("vae-is-gan", OURS, PIXELS), {}, "ours"),
        (("vae-is-gan",), {"evidence": "no"}, "fact"),
        (("vae-is-gan",), {"fact": 1, "evidence": "no"}, "fact"),
        (("vae-is-gan",), {"fact": True}, "evidence"),
        (("vae-is-gan",), {"fact": True, "evidence": " "}, "evidence"),
    ],
)
def test_what_cannot_be_judged_is_refused(arguments, options, argument, fails):
    with fails(ArgumentError, argument):
        verdict(*arguments, **options)
    assert not any(kept for _, kept in cl.claims().rows)


def test_a_claim_of_another_lesson_is_refused_where_the_lesson_is_known(monkeypatch, fails):
    monkeypatch.setenv("JPY_SESSION_NAME", "class/20_build_a_vae.ipynb")
    with fails(ArgumentError, "claim_id", names="24"):
        verdict("vae-clusters", OURS, PIXELS)
    monkeypatch.setenv("JPY_SESSION_NAME", "class/24_three_representations.ipynb")
    assert verdict("vae-clusters", OURS, PIXELS).outcome
    monkeypatch.setenv("JPY_SESSION_NAME", "class/mine.ipynb")
    assert verdict("vae-clusters", OURS, PIXELS).outcome


def test_the_public_name_is_the_new_one():
    assert cl.verdict is verdict
