"""The closing table takes verdicts of both kinds."""

import pytest

from capslab.errors import ArgumentError
from capslab.lessons import judged_in_words
from capslab.lessons.closing_table import closing
from capslab.lessons.verdict import verdict


def test_a_closing_table_names_outcomes_and_escapes_text():
    samples = verdict("vae-clusters", [0.66, 0.58, 0.71], [0.1, 0.2, 0.15])
    table = closing(
        (judged_in_words("vae-classifies", "e", holds=True), "1 < 2", "Euclid agrees"),
        (verdict("vae-is-gan", fact=False, evidence="no game"), "no one agrees"),
        (samples, "they & others"),
    )
    html = table._repr_html_()
    assert html.count("<tr>") == 4
    assert "✓ holds" in html
    assert "✗ refuted" in html
    assert "1 &lt; 2" in html
    assert "they &amp; others" in html
    cells = [[cell.strip() for cell in line.split("|")] for line in str(table).splitlines()]
    assert [row[0].split(":")[0] for row in cells] == ["✓ holds", "✗ refuted", "✓ holds"]
    assert [row[1:] for row in cells] == [
        ["1 < 2", "Euclid agrees"],
        ["no game", "no one agrees"],
        [samples.number, "they & others"],
    ]


@pytest.mark.parametrize("row", ["words", ("a", "b", "c"), ()])
def test_a_row_without_a_verdict_is_refused(row, fails):
    with fails(ArgumentError, "rows"):
        closing(row)
