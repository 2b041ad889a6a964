"""Tables and confusion matrices: what stands in which cell."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capslab import plots
from capslab.clustering import contingency
from capslab.errors import ArgumentError

ROWS = [
    {"what": "pixels", "ARI": 0.36, "s": 2},
    {"what": "VAE", "ARI": None, "s": 1},
    {"what": "caps", "ARI": 0.95, "s": 1},
]


class Cells(HTMLParser):
    """The texts of a table's cells, row by row, with the attributes of each."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.attributes: list[list[dict[str, str | None]]] = []
        self.strong: list[str] = []
        self.inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.inside.append(tag)
        if tag == "tr":
            self.rows.append([])
            self.attributes.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.attributes[-1].append({"tag": tag, **dict(attrs)})

    def handle_endtag(self, tag):
        assert self.inside.pop() == tag

    def handle_data(self, data):
        if "strong" in self.inside:
            self.strong.append(data)
        if "td" in self.inside or "th" in self.inside:
            self.rows[-1][-1] += data


def test_a_table_marks_the_best_with_a_star():
    made = plots.table(ROWS, {"ARI": "high", "s": "low"})
    cells = Cells(made._repr_html_())
    assert cells.rows[0] == ["what", "ARI", "s"]
    assert [row[1] for row in cells.rows[1:]] == ["0.36", "–", "★ 0.95"]
    assert [row[2] for row in cells.rows[1:]] == ["2", "★ 1", "★ 1"]
    assert cells.strong == ["★ 1", "★ 0.95", "★ 1"]


def test_headings_and_names_say_what_they_head():
    attributes = Cells(plots.table(ROWS)._repr_html_()).attributes
    assert [cell["scope"] for cell in attributes[0]] == ["col"] * 3
    for row in attributes[1:]:
        assert (row[0]["tag"], row[0]["scope"]) == ("th", "row")
        assert [cell["tag"] for cell in row[1:]] == ["td", "td"]


def test_numbers_stand_at_the_right_and_words_at_the_left():
    rows = [{"a": "x", "b": "97.5 %", "c": 1.5, "d": "12 s"}, {"a": "y", "b": "−3 %", "c": None, "d": "1"}]
    for row in Cells(plots.table(rows)._repr_html_()).attributes:
        sides = [re.search(r"text-align:(\w+)", str(cell["style"]))[1] for cell in row]
        assert sides == ["left", "right", "right", "left"]


def test_a_terminal_gets_the_same_cells_below_each_other():
    lines = str(plots.table(ROWS, {"ARI": "high"}, caption="three ways")).split("\n")
    assert lines[0] == "three ways"
    expected = [["pixels", "0.36", "2"], ["VAE", "–", "1"], ["caps", "★", "0.95", "1"]]
    assert [line.split() for line in lines[3:]] == expected
    assert len({len(line) for line in lines[1:]}) == 1  # the last column is one of numbers
    wide = str(plots.table([{"a": "猫", "b": 1}, {"a": "dog", "b": 2}])).split("\n")
    assert wide[2] == "猫   1"


def test_a_caption_is_a_caption_and_words_are_escaped():
    html = plots.table([{"<b>": "a & <i>"}], caption="x < y")._repr_html_()
    assert "<caption" in html
    assert "x &lt; y</caption>" in html
    assert Cells(html).rows == [["<b>"], ["a & <i>"]]


def test_a_table_has_no_colours_of_its_own():
    assert not re.search(r"color|background|#[0-9a-f]{3}", plots.table(ROWS, {"s": "low"})._repr_html_())


def test_a_table_shows_the_columns_asked_for_by_other_names(fails):
    rows = [{"n": 5, "fit_s": 1.5, "seed": 0}, {"n": 9, "fit_s": 2.5, "note": ""}]
    made = plots.table(rows, {"seconds": "low"}, {"fit_s": "seconds", "n": "images"})
    assert made.headings == ("seconds", "images")
    assert made.rows == (("1.5", "5"), ("2.5", "9"))
    assert made.best == {(0, 0)}
    with fails(ArgumentError, "columns", names="'note'"):
        plots.table(rows, columns={"n": "n", "note": "note"})


def test_a_table_refuses_uneven_rows_and_unknown_columns(fails):
    with fails(ArgumentError, "rows"):
        plots.table([{"a": 1}, {"b": 2}])
    with fails(ArgumentError, "best"):
        plots.table([{"a": 1}], {"b": "high"})
    with fails(ArgumentError, "best", names="'pixels'"):
        plots.table(ROWS, {"what": "high"})


@pytest.mark.parametrize("rows", [[], [{}], {"a": 1}, "rows", [1, 2], [("a", 1)]])
def test_what_is_no_list_of_rows_is_refused(rows):
    with pytest.raises(ArgumentError) as told:
        plots.table(rows)
    assert told.value.argument == "rows"


def test_numbers_in_texts_are_compared_as_numbers():
    rows = [{"n": "9"}, {"n": "10"}, {"n": "1,000"}, {"n": ""}]
    assert plots.table(rows, {"n": "high"}).best == {(2, 0)}
    assert plots.table(rows, {"n": "low"}).best == {(0, 0)}


@given(st.lists(st.one_of(st.none(), st.just(float("nan")), st.floats(-1e6, 1e6)), min_size=1, max_size=6))
def test_the_best_is_the_extreme_of_what_is_there(values):
    there = [value for value in values if value is not None and value == value]
    for which, pick in (("high", max), ("low", min)):
        best = plots.table([{"v": value} for value in values], {"v": which}).best
        expected = {i for i, value in enumerate(values) if there and value == pick(there)}
        assert {i for i, _ in best} == expected


def test_confusion_refuses_wrong_names(fails):
    with fails(ArgumentError, "classes", names="3"):
        plots.confusion(np.eye(3, dtype=int), ["a", "b"])
    with fails(ArgumentError, "matrix", names="(r, c)"):
        plots.confusion([1, 2])


def test_confusion_writes_every_count():
    counts = contingency([0, 0, 0, 1], [0, 0, 1, 1])
    axes = plots.confusion(counts, ["cat", "dog"]).axes[0]
    assert [text.get_text() for text in axes.texts] == ["2", "1", "1"]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["cat", "dog"]
