"""Tables of an exported page: each cell has a head that can be read out."""

from __future__ import annotations

import re

import nbformat
import pytest

from capslab.course.html_page import page
from capslab.course.page_tables import with_heads


def rendered(markdown: str) -> str:
    return page(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(markdown)]), "x").body


def heads(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<th[^>]*scope="(\w+)"[^>]*>(.*?)</th>', html)


def test_names_of_rows_are_heads_and_their_corner_is_none() -> None:
    html = rendered("# A\n\n| | k | score |\n|---|---|---:|\n| pixels | 3 | .5 |\n| codes | 4 | .7 |")
    assert heads(html) == [("col", "k"), ("col", "score"), ("row", "pixels"), ("row", "codes")]
    assert "<th></th>" not in html
    assert html.count("<td") == 5


def test_a_table_of_columns_has_no_heads_of_rows() -> None:
    html = rendered("# A\n\n| k | score |\n|---|---|\n| 3 | .5 |\n| 3 | .5 |")
    assert heads(html) == [("col", "k"), ("col", "score")]
    assert html.count("<td") == 4


@pytest.mark.parametrize(
    "table",
    [
        "<table></table>",
        "<table><tr><td>1</td></tr></table>",
        '<table><tr><td></td><th scope="col">k</th></tr><tr><th scope="row">A</th><td>1</td></tr></table>',
    ],
)
def test_a_table_that_says_it_already_stays(table: str) -> None:
    assert with_heads(f"<p>{table}</p>") == f"<p>{table}</p>"


def test_two_rows_alike_are_both_changed() -> None:
    row = "<tr><td>A</td><td>1</td></tr>"
    made = with_heads(f"<table><tr><th> </th><th>k</th></tr>{row}{row}</table>")
    assert heads(made) == [("col", "k"), ("row", "A"), ("row", "A")]
