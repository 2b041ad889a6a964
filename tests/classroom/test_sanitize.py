"""What a student typed, on a page of nbgrader's: all of it can be read, and none of it runs."""

from __future__ import annotations

import doctest

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from capslab.classroom import folder, sanitize
from capslab.classroom.sanitize import (
    JOINER,
    MAX_MARKDOWN,
    sanitize_html,
    sanitize_markdown,
    sanitize_notebook,
)

PIECES = [
    "<", ">", "script", "/", "!--", "img src=x onerror=x()", "svg/onload=x()", " ", "`", "```", "p", "br",
    "a href='javascript:x()'", "[a](", ")", "$", "{", "}", "![b](attachment:c.png)", "\\href{", "&lt;",
    "&#60;", "iframe", "style", "    ", "- ", "# ", "mermaid", "é", "<https://a?", "\n", "\n\n", "\t",
    "\0", "'",
]  # fmt: skip


def set_as_markdown(source, attachments=None):
    """As nbgrader's pages set a cell: with whatever HTML is in it."""
    return MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=attachments)).render(source)


def can_run(html: str) -> list[str]:
    """The tags and attributes of a piece of HTML that could run something."""
    found = []
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        if tag.name in (
            "script",
            "iframe",
            "svg",
            "style",
            "object",
            "embed",
            "form",
            "math",
            "base",
            "link",
        ):
            found.append(tag.name)
        found += [a for a in tag.attrs if a.startswith("on")]
        address = str(tag.get("href") or tag.get("src") or "").lower()
        found += [address] if address.startswith(("javascript", "vbscript", "data:text")) else []
    return found


@pytest.mark.parametrize("module", [sanitize, folder])
def test_the_examples_in_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0


def test_the_tests_would_see_a_script():
    assert can_run(set_as_markdown("<script>x()</script> <img onerror=x()>")) == ["script", "onerror"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_nothing_that_a_student_types_runs(source):
    safe, attachments = sanitize_markdown(
        source, {"c.png": {"image/png": "AA=="}, "d": {"text/html": "<script>"}}
    )
    assert can_run(set_as_markdown(safe, attachments)) == []
    assert can_run(sanitize_html(set_as_markdown(source, {"c.png": {"image/png": "AA=="}}))) == []


def test_what_is_not_html_looks_as_it_did():
    source = "**Why**: 1 < 2, x<y, `a<b`, H<sub>2</sub>O<br>\n\n| a | b |\n|---|---|\n| $x^2$ | ~~c~~ |\n"
    safe, _ = sanitize_markdown(source)
    assert safe.replace(JOINER, "") == source
    plain = BeautifulSoup(set_as_markdown(safe), "html.parser").text
    assert plain.replace(JOINER, "") == BeautifulSoup(set_as_markdown(source), "html.parser").text
    assert "x<y, a<b, H2O" in plain.replace(JOINER, "")
    assert sanitize_html(set_as_markdown(source)).count("<td>") == 2


def test_pictures_stay_whatever_they_are_called():
    safe, kept = sanitize_markdown(
        "![a](attachment:image.png) ![b](<attachment:my pic.png>) ![c](attachment:gone.png) "
        "![d](attachment:bad.svg)",
        {"image.png": {"image/png": "AA=="}, "my pic.png": {"image/jpeg": ["BB", "=="]},
         "bad.svg": {"image/svg+xml": '"><script>x()</script>'}},
    )  # fmt: skip
    html = set_as_markdown(safe, kept)
    assert "data:image/png;base64,AA==" in html
    assert "data:image/jpeg;base64,BB==" in html
    assert html.count("data:") == 2
    assert "data:image/png;base64,AA==" in sanitize_html(html)


@pytest.mark.timeout(120)
def test_text_that_cannot_be_set_or_would_take_minutes_is_shown_as_typed():
    safe, _ = sanitize_markdown("![" * MAX_MARKDOWN + "<script>x()</script>")
    assert can_run(set_as_markdown(safe)) == []
    assert safe.startswith("    ![")


def test_a_whole_notebook_is_made_harmless_but_for_what_the_release_says():
    ours, theirs = "<div class='lesson'>ours</div>", "<div onclick=x()>theirs</div>"
    cell = nbformat.v4.new_markdown_cell
    book = nbformat.v4.new_notebook(cells=[cell(ours), cell(theirs), nbformat.v4.new_code_cell("a < b")])
    sanitize_notebook(book, nbformat.v4.new_notebook(cells=[cell(ours)]))
    assert book.cells[0].source == ours
    assert "\u2060div onclick" in book.cells[1].source
    assert book.cells[2].source == "a < b"
    nbformat.validate(book)


@pytest.mark.slow
def test_the_pages_of_plain_nbgrader_are_cleaned_as_well(tmp_path):
    from grading_class import NAME, QUICK, hand_in, made

    from capslab.classroom.feedback_page import feedback
    from capslab.classroom.grade_class import grade

    room = made(tmp_path / "class")
    hand_in(room, "ann", {"prediction-1": "Nothing moves."})
    grade(room, [NAME], workers=1, limits=QUICK)
    path = room.autograded("ann", NAME)
    raw = path.read_text("utf-8").replace(
        "Nothing moves.", "Ha. <script>owned()</script> <img onerror='owned()'>"
    )
    path.write_text(raw, "utf-8")  # as `nbgrader autograde` leaves it
    page = feedback(room, [NAME])[0].read_text("utf-8")
    assert "Ha. &lt;script&gt;owned()" in page
    assert not [tag for tag in BeautifulSoup(page, "html.parser").find_all("script") if "owned" in tag.text]
    assert "<img onerror" not in page
