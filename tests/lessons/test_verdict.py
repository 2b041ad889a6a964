"""Verdicts follow from conditions, in order, and are shown as a word as well as a sign."""

import pytest

from capslab.errors import ArgumentError
from capslab.lessons.verdict import closing, verdict


def test_first_true_condition_decides():
    assert verdict("c", "e", holds=False, holds_partly=True, refuted=True).outcome == "holds partly"
    assert verdict("c", "e", holds=False).outcome == "cannot be told here"
    assert verdict("c", "e", "refuted").outcome == "refuted"


def test_a_verdict_is_shown_in_words_and_escaped():
    judged = verdict("a < b", "3 & 4", holds=True)
    assert str(judged) == "✓ holds: “a < b”\n  3 & 4"
    assert "a &lt; b" in judged._repr_html_()
    assert "holds" in judged._repr_html_()


def test_unknown_outcome_gets_a_hint():
    with pytest.raises(ArgumentError, match="Did you mean 'refuted'"):
        verdict("c", "e", "refutd")


def test_a_closing_table_names_outcomes_and_escapes_text():
    table = closing(
        (verdict("a < b", "1 < 2", holds=True), "1 < 2", "Euclid agrees"),
        (verdict("b < a", "2 > 1", refuted=True), "2 > 1", "nobody agrees"),
    )
    html = table._repr_html_()
    assert html.count("<tr>") == 3
    assert "✓ holds" in html
    assert "✗ refuted" in html
    assert "a &lt; b" in html
    assert "1 &lt; 2" in html
    assert str(table).splitlines() == [
        "✓ holds: “a < b” | 1 < 2 | Euclid agrees",
        "✗ refuted: “b < a” | 2 > 1 | nobody agrees",
    ]
