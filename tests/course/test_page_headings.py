"""Headings of an exported page: their order, their ids and the list of contents."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from capslab.course.page_headings import Heading, with_headings


def levels(body: str) -> list[int]:
    return [int(level) for level in re.findall(r"<h([1-6])", body)]


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["a", "b", "a b", "", "Ä & co"])), max_size=8))
def test_no_level_is_left_out_and_no_id_given_twice(headings: list[tuple[int, str]]) -> None:
    body, contents = with_headings("".join(f'<h{n} id="{t}">{t}</h{n}>' for n, t in headings), "Title")
    made = levels(body)
    assert made[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(made))
    ids = re.findall(r'id="([^"]*)"', body)
    assert len(set(ids)) == len(ids)
    assert all(ids)
    assert {heading.level for heading in contents} <= {2, 3}
    assert [heading.text for heading in contents if not heading.text] == []


def test_what_is_in_order_stays() -> None:
    body = '<h1 id="A">A</h1><p>x</p><h2 id="b">B</h2><h3 id="c" class="d">C <em>c</em></h3><h2 id="e">E</h2>'
    same, contents = with_headings(body, "A")
    assert same == body
    assert contents == [Heading(2, "b", "B"), Heading(3, "c", "C c"), Heading(2, "e", "E")]


def test_a_heading_of_the_same_name_is_reached_by_its_own_link() -> None:
    link = '<a class="anchor-link" href="#B">#</a>'
    body, contents = with_headings(f'<h1>A</h1><h2 id="B">B{link}</h2><h2 id="B">B{link}</h2>', "A")
    assert [heading.id for heading in contents] == ["B", "B-2"]
    assert [heading.text for heading in contents] == ["B", "B"]
    assert body.count('href="#B"') == body.count('href="#B-2"') == 1


def test_a_page_without_a_title_of_its_own_begins_with_its_name() -> None:
    assert with_headings("<p>x</p>", "a < b")[0] == '<h1 id="a-&lt;-b">a &lt; b</h1>\n<p>x</p>'
