"""Verdicts follow from conditions, in order, and are shown as a word as well as a sign."""

from capslab.errors import ArgumentError
from capslab.lessons.verdict import closing, verdict


def test_first_true_condition_decides():
    assert verdict("c", "e", holds=False, holds_partly=True, refuted=True).outcome == "holds partly"
    assert verdict("c", "e", holds=False).outcome == "cannot be told here"
    assert verdict("c", "e", "refuted").outcome == "refuted"


def test_a_verdict_is_shown_in_words_and_escaped():
    judged = verdict("a < b", "3 & 4", holds=True)
    assert judged.outcome == "holds"
    assert str(judged).startswith("✓ holds")
    assert "a < b" in str(judged)
    assert "3 & 4" in str(judged)
    assert "a &lt; b" in judged._repr_html_()
    assert "holds" in judged._repr_html_()


def test_unknown_outcome_gets_a_hint(fails):
    with fails(ArgumentError, "outcome", names="'refuted'?"):
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
    cells = [[cell.strip() for cell in line.split("|")] for line in str(table).splitlines()]
    assert [row[1:] for row in cells] == [["1 < 2", "Euclid agrees"], ["2 > 1", "nobody agrees"]]
    assert [row[0].split(":")[0] for row in cells] == ["✓ holds", "✗ refuted"]
