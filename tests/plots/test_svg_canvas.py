"""SVG pictures: complete in themselves, light and dark, with words, on trusted and untrusted pages."""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET

import pytest

from capslab.errors import ArgumentError
from capslab.plots.svg_canvas import COLOURS, Canvas, text_width, wrapped

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first: str, second: str) -> float:
    low, high = sorted([luminance(first), luminance(second)])
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def canvas() -> Canvas:
    canvas = Canvas(300, 100)
    canvas.text(150, 20, "a < b & c")
    canvas.arrow((10, 60), (90, 60), colour="red")
    canvas.box(100, 40, 50, 40, "blue-soft", stroke="blue")
    return canvas


def test_a_picture_is_one_svg_with_a_title_a_description_and_its_size(canvas):
    root = ET.fromstring(canvas.picture("Title & co", "what <it> shows").svg)
    assert root.tag == f"{SVG}svg"
    assert (root.get("role"), root.get("viewBox")) == ("img", "0 0 300 100")
    assert root.find(f"{SVG}title").text == "Title & co"
    assert root.find(f"{SVG}desc").text == "what <it> shows"
    assert root.find(f"{SVG}text").text == "a < b & c"


def test_every_colour_that_is_used_has_a_light_and_a_dark_value(canvas):
    svg = canvas.picture("t", "d").svg
    light, dark = svg.split("prefers-color-scheme: dark")
    for name in ("ink", "red", "blue", "blue-soft", "paper"):
        assert f".f-{name}{{fill:{COLOURS[name][0]}}}" in light
        assert f".f-{name}{{fill:{COLOURS[name][1]}}}" in dark
    assert "f-green{" not in svg
    drawn = re.sub(r"<style>.*?</style>", "", svg)
    assert not re.search(r"#[0-9a-f]{3}", drawn)  # no colour that would not change with the theme


@pytest.mark.parametrize("name", ["ink", "quiet", "blue", "orange", "green", "red", "pink"])
@pytest.mark.parametrize("theme", [0, 1])
def test_words_can_be_read_in_both_themes(name, theme):
    """Contrast of at least 4.5 : 1 (WCAG 2.2), on the page and on the tint of the same name."""
    assert contrast(COLOURS[name][theme], COLOURS["paper"][theme]) >= 4.5
    assert contrast(COLOURS["ink"][theme], COLOURS["soft"][theme]) >= 4.5
    if f"{name}-soft" in COLOURS:
        assert contrast(COLOURS[name][theme], COLOURS[f"{name}-soft"][theme]) >= 4.5
        assert contrast(COLOURS["ink"][theme], COLOURS[f"{name}-soft"][theme]) >= 4.5


def test_an_arrow_ends_in_its_tip(canvas):
    head = re.search(r'<polygon class="f-red" points="([\d. ,]+)"', canvas.picture("t", "d").svg)[1]
    tip, *sides = [tuple(map(float, corner.split(","))) for corner in head.split()]
    assert tip == (90, 60)
    assert all(x < 90 for x, _ in sides)
    assert sides[0][1] - 60 == pytest.approx(60 - sides[1][1])


def test_a_notebook_gets_an_image_that_needs_no_trust(canvas):
    picture = canvas.picture("Title", 'says "this"', "in\nlines")
    data, about = picture._repr_mimebundle_()
    assert data["image/svg+xml"] == picture.svg
    assert data["text/plain"] == str(picture) == repr(picture) == "in\nlines"
    assert about["image/svg+xml"]["alt"] == picture.alt_text == 'Title: says "this"'
    html = data["text/html"]
    assert base64.b64decode(re.search(r"base64,([\w+/=]+)", html)[1]).decode() == picture.svg
    assert 'alt="Title: says &quot;this&quot;"' in html
    assert "<svg" not in html
    assert "<script" not in html


def test_a_picture_is_saved_as_svg_and_as_nothing_else(canvas, tmp_path):
    picture = canvas.picture("t", "d")
    assert picture.save(tmp_path / "a.svg").read_text("utf-8") == picture.svg
    for wrong, better in (
        (tmp_path / "a.png", "a.svg"),
        ("b", "'b.svg'"),
        ("", "picture.svg"),
        (3, "picture.svg"),
    ):
        with pytest.raises(ArgumentError) as told:
            picture.save(wrong)
        assert told.value.argument == "path"
        assert better in told.value.next_step


def test_overlaps_names_what_lies_on_what():
    canvas = Canvas(100, 60)
    canvas.text(50, 20, "one")
    canvas.text(55, 25, "two")
    canvas.text(50, 45, "three")
    canvas.text(98, 10, "out")
    assert canvas.overlaps() == [("one", "two"), ("", "out")]


def test_lines_are_broken_between_words_and_never_at_a_no_break_space():
    assert wrapped("one two three", text_width("one two")) == ["one two", "three"]
    assert wrapped("5\u00a0×\u00a05 two", 10) == ["5\u00a0×\u00a05", "two"]
    assert wrapped("", 10) == []
    assert text_width("bold", bold=True) > text_width("bold")
    assert text_width("two", 30) == pytest.approx(2 * text_width("two", 15))
