"""The first edition's verdicts follow from conditions, in order, and are shown as a word and a sign."""

from capslab.errors import ArgumentError
from capslab.lessons import judged_in_words


def test_first_true_condition_decides():
    judge = "vae-clusters", "e"
    assert judged_in_words(*judge, holds=False, holds_partly=True, refuted=True).outcome == "holds partly"
    assert judged_in_words(*judge, holds=False).outcome == "cannot be told here"
    assert judged_in_words(*judge, "refuted").outcome == "refuted"


def test_a_verdict_is_shown_in_words_and_escaped():
    judged = judged_in_words("vae-clusters", "3 < 4 & 5", holds=True)
    assert str(judged).startswith("✓ holds")
    assert judged.claim.sentence in str(judged)
    assert "3 < 4 & 5" in str(judged)
    assert "3 &lt; 4 &amp; 5" in judged._repr_html_()
    assert "holds" in judged._repr_html_()


def test_unknown_outcomes_and_claims_get_a_hint(fails):
    with fails(ArgumentError, "outcome", names="'refuted'?"):
        judged_in_words("vae-clusters", "e", "refutd")
    with fails(ArgumentError, "claim_id", names="'vae-clusters'?"):
        judged_in_words("vae-cluster", "e", holds=True)
