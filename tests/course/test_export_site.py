"""`capslab export`: formulas, pages, links and folders. browser/test_export_alive.py moves the views."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jupytext
import nbformat
from click.testing import CliRunner, Result
from common import ROOT
from wording import Fails

from capslab.cli.main import main
from capslab.course.addresses import links
from capslab.course.clean_outputs import WIDGET
from capslab.course.export_site import checked, linked, write
from capslab.course.html_page import STATE, Page, page
from capslab.course.math_svg import svg
from capslab.course.paths import destination
from capslab.errors import ArgumentError

V4 = nbformat.v4


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def executed(*cells: object) -> nbformat.NotebookNode:
    return V4.new_notebook(cells=list(cells))


def code(source: str, **data: str) -> nbformat.NotebookNode:
    return V4.new_code_cell(source, outputs=[V4.new_output("display_data", data)], execution_count=1)


# formulas


def test_every_formula_of_the_course_is_drawn() -> None:
    found = 0
    for path in sorted((ROOT / "notebooks" / "src").glob("*.py")):
        book = jupytext.read(path, fmt="py:percent")
        made = page(executed(*[c for c in book.cells if c.cell_type == "markdown"]), path.stem)
        assert made.warnings == [], path.name
        found += made.body.count('<svg class="formula"')
    assert found > 20


def test_a_formula_keeps_its_tex_for_readers_who_hear_it() -> None:
    drawn = svg(r"a < \frac12")
    assert drawn is not None
    assert 'aria-label="a &lt; \\frac12"' in drawn
    assert "currentColor" in drawn
    assert svg(r"\frac12", display=True) != svg(r"\frac12")


def test_a_formula_that_cannot_be_drawn_stays_visible_and_is_told() -> None:
    made = page(executed(V4.new_markdown_cell(r"Look: $\unknowable{x < 1}$.")), "x")
    assert r'<code class="formula">\unknowable{x &lt; 1}</code>' in made.body
    (warning,) = made.warnings
    assert warning.endswith(r"\unknowable{x < 1}")


def test_dollars_in_code_are_no_formulas() -> None:
    made = page(executed(V4.new_markdown_cell("Set `$A` and `$B`.")), "x")
    assert "<svg" not in made.body
    assert "$A" in made.body


# pages


def test_title_and_lead_are_the_notebooks_first_words() -> None:
    made = page(executed(V4.new_markdown_cell("# 04 · What *is* it?\n\nA **lead** here.\n\nMore.")), "04_x")
    assert (made.title, made.lead) == ("04 · What is it?", "A <strong>lead</strong> here.")
    assert page(executed(), "04_x").title == "04_x"


def test_pictures_keep_their_words_and_width() -> None:
    cell = code("f()", **{"image/png": "AAAA", "text/plain": "f"})
    cell.outputs[0].metadata = {"image/png": {"alt": 'a "curve"', "width": 300}}
    made = page(executed(cell), "x")
    assert 'alt="a &quot;curve&quot;" width="300"' in made.body


def test_what_a_page_says_that_it_cannot_show() -> None:
    made = page(
        executed(code("1", **{"text/html": "<script src='https://elsewhere.test/a.js'></script>"})), "x"
    )
    (warning,) = made.warnings
    assert warning.startswith("cell 1 ")
    assert "https://elsewhere.test" in warning


def test_links_lead_to_pages_that_are_there() -> None:
    body = '<a href="01_a.ipynb">1</a> <a href="02_b.ipynb#x">2</a> <a href="https://x.test">3</a>'
    assert (
        linked(body, {"02_b"}) == '<span>1</span> <a href="02_b.html#x">2</a> <a href="https://x.test">3</a>'
    )


def test_index_and_pages_lead_to_each_other(tmp_path: Path) -> None:
    write([Page("01_a", "First & only", lead="Why?"), Page("02_b", "Second")], tmp_path)
    index, first, second = ((tmp_path / f"{n}.html").read_text("utf-8") for n in ("index", "01_a", "02_b"))
    assert 'href="01_a.html"' in index
    assert "First &amp; only" in index
    assert "Why?" in index
    assert 'rel="next" href="02_b.html"' in first
    assert 'rel="prev"' not in first
    assert 'rel="prev" href="01_a.html"' in second
    for text in (index, first, second):
        assert "default-src 'none'" in text
        assert text.count("<title>") == 1
        assert 'lang="en"' in text


def test_a_second_export_replaces_the_first_and_nothing_else(tmp_path: Path) -> None:
    write([Page("01_a", "A"), Page("02_b", "B")], tmp_path)
    (tmp_path / "notes.html").write_text("mine")
    told = json.loads((tmp_path / "capslab-site.json").read_text())
    (tmp_path / "capslab-site.json").write_text(json.dumps({"files": [*told["files"], "../outside.html"]}))
    outside = tmp_path.parent / "outside.html"
    outside.write_text("mine")
    write([Page("02_b", "B")], checked(tmp_path))
    assert {p.name for p in tmp_path.iterdir()} == {
        "index.html",
        "02_b.html",
        "notes.html",
        "capslab-site.json",
    }
    assert outside.exists()


def test_folders_that_hold_something_else_are_refused(tmp_path: Path, fails: Fails) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with fails(ArgumentError, "DIR", names=str(tmp_path)):
        checked(tmp_path)
    with fails(ArgumentError, "DIR", names="thesis.tex"):
        checked(tmp_path / "thesis.tex")
    for name in ("04", "13_look_inside", "x.ipynb"):  # the folder was forgotten
        with fails(ArgumentError, "DIR", names=name):
            destination(Path(name), "export", (), "site")


def test_command_refuses_in_words_and_a_failing_notebook_is_left_out(tmp_path: Path) -> None:
    told = call("export", "04")
    assert told.exit_code == 1
    assert "Try: `capslab export 04 site`" in told.output
    assert "Traceback" not in told.output
    good, bad = tmp_path / "good.ipynb", tmp_path / "bad.ipynb"
    nbformat.write(V4.new_notebook(cells=[V4.new_code_cell("print(6 * 7)")]), good)
    nbformat.write(V4.new_notebook(cells=[V4.new_code_cell("1 / 0")]), bad)
    told = call("export", str(good), str(bad), str(tmp_path / "site"))
    assert told.exit_code == 1
    assert "failed  bad" in told.output
    assert "ZeroDivisionError" in told.output
    assert sorted(p.name for p in (tmp_path / "site").glob("*.html")) == ["good.html", "index.html"]
    assert '<pre class="output">42\n</pre>' in (tmp_path / "site" / "good.html").read_text("utf-8")


def a_view(kind: str, picture: str, **state: object) -> tuple[nbformat.NotebookNode, dict[str, object]]:
    """A cell that shows a view of a kind, and the view's saved state."""
    data = {WIDGET: {"model_id": kind}, "image/png": picture, "text/plain": kind}
    cell = nbformat.v4.new_code_cell("view", outputs=[nbformat.v4.new_output("display_data", data)])
    saved = {"_esm": "export default {}", "_css": "", "_anywidget_id": f"capslab.{kind}", **state}
    return cell, {kind: {"state": saved, "buffers": []}}


def test_a_covered_truth_is_no_cover_and_its_picture_waits() -> None:
    shown = [
        a_view("GuessView", "AAAA"),
        a_view("RevealView", "BBBB", answer=None, seen=False),
        a_view("ClusterView", "CCCC"),
    ]
    book = nbformat.v4.new_notebook(cells=[cell for cell, _ in shown])
    states = {name: saved for _, state in shown for name, saved in state.items()}
    book.metadata["widgets"] = {STATE: {"state": states}}
    made = page(book, "x")
    (cover,) = made.covers
    assert "CCCC" in cover.picture
    figures = dict(zip(states, re.findall(r"<figure.*?</figure>", made.body, re.S), strict=True))
    assert "<noscript>" in figures["RevealView"]
    assert "BBBB" in figures["RevealView"]
    assert "<noscript>" not in figures["GuessView"]
    book = nbformat.v4.new_notebook(cells=[a_view("RevealView", "BBBB")[0]])
    book.metadata["widgets"] = {STATE: {"state": a_view("RevealView", "BBBB", answer=60, seen=False)[1]}}
    assert "<noscript>" not in page(book, "x").body


def test_the_minutes_and_the_question_of_a_lesson_stand_on_its_card(tmp_path: Path) -> None:
    cell = V4.new_markdown_cell(
        "# 04 · Capsules\n\nA start. *Does it* hold? More.\n\n**Time:** about 37 minutes."
    )
    made = page(executed(cell), "04_x")
    assert made.minutes == 37
    assert made.question == "<em>Does it</em> hold?"
    write([made, page(executed(V4.new_markdown_cell("# Why?\n\nBecause.")), "05_y")], tmp_path)
    index = (tmp_path / "index.html").read_text("utf-8")
    assert "About 37 minutes." in index
    assert "<em>Does it</em> hold?" in index
    assert "Because." not in index  # a title that asks says enough


def test_links_to_other_services_stand_on_a_lesson_and_on_no_other_page(tmp_path: Path) -> None:
    lesson = Page("04_x", "Lesson", links=links("04_x"))
    write([lesson, Page("mine", "My own")], tmp_path)
    text, own = ((tmp_path / f"{name}.html").read_text("utf-8") for name in ("04_x", "mine"))
    for address in links("04_x").values():
        assert text.count(f'href="{address}"') == 2  # above the text and below it
    assert "mybinder" not in own


def test_code_says_which_cell_it_is() -> None:
    made = page(executed(V4.new_markdown_cell("# A"), code("1 + 1"), code("2 + 2")), "x")
    assert re.findall(r'data-name="(Code of cell \d)"', made.body) == ["Code of cell 2", "Code of cell 3"]
