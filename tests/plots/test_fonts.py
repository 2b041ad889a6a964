"""Names in any script, in figures and in strips of images: a font that has them, or a word."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.font_manager import FontEntry, fontManager

import capslab as cl
from capslab import plots
from capslab.machine import fonts

DEJAVU = Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FontEntry]]:
    """A machine whose only font is matplotlib's own; add to the list what else it has."""
    for function in (fonts._family_with, fonts._characters_of_family, fonts._add_new_fonts):
        function.cache_clear()
    entries = [entry for entry in fontManager.ttflist if entry.name == "DejaVu Sans"]
    monkeypatch.setattr(fontManager, "ttflist", entries)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: [])
    monkeypatch.setattr(fonts, "_warned", set())
    yield entries
    for function in (fonts._family_with, fonts._characters_of_family, fonts._add_new_fonts):
        function.cache_clear()


def with_characters(monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> None:
    """Fonts that have these characters, and DejaVu Sans as it is."""
    real = fonts.characters_of.__wrapped__
    monkeypatch.setattr(
        fonts,
        "characters_of",
        lambda path, index=0: frozenset(map(ord, files[path])) if path in files else real(path, index),
    )


def test_what_dejavu_has_and_lacks(bare: list[FontEntry]) -> None:
    assert fonts.missing("Zoë σ × Дом عربي ‖û‖ 2₃\u200d\ufe0f\u3000") == ""
    assert fonts.missing("猫 und 狗猫 한 あ") == "猫狗한あ"


def test_the_usual_fonts_come_first_then_any_that_has_the_character(
    bare: list[FontEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"odd.ttf": "猫", "hei.ttf": "猫狗", "deva.ttf": "क", "last.ttf": "猫狗क🦊"}
    with_characters(monkeypatch, files)
    bare += [FontEntry("odd.ttf", name="Aardvark"), FontEntry("hei.ttf", name="SimHei")]
    bare += [FontEntry("deva.ttf", name="Lohit"), FontEntry("last.ttf", name="Last Resort High-Efficiency")]
    assert fonts.families_for("猫狗") == (["SimHei"], "")
    assert fonts.families_for("狗क🦊") == (["SimHei", "Lohit"], "🦊")


def test_a_font_that_was_installed_since_is_found(
    bare: list[FontEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_characters(monkeypatch, {"/new/noto.ttc": "猫"})
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: ["/new/noto.ttc", "/new/bad.ttf"])

    def add(path: str) -> None:
        if "bad" in path:
            raise RuntimeError("no font")
        bare.append(FontEntry(path, name="Noto Sans CJK SC"))

    monkeypatch.setattr(fontManager, "addfont", add)
    assert fonts.families_for("猫") == (["Noto Sans CJK SC"], "")


def test_a_word_is_said_once_for_each_character(bare: list[FontEntry]) -> None:
    with pytest.warns(UserWarning, match="fonts-noto-cjk") as first:
        fonts.warn_of("猫狗")
    assert "猫 狗" in str(first[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fonts.warn_of("猫")
    with pytest.warns(UserWarning, match="fonts-symbola"):
        fonts.warn_of("😀")


def strip(*names: str) -> bytes:
    pixels = np.zeros((12, 8, 8, 1), np.uint8)
    return cl.Images(pixels, np.arange(12) % len(names), names)._repr_png_()[0]


def test_two_names_are_two_pictures_and_a_word(bare: list[FontEntry]) -> None:
    with pytest.warns(UserWarning, match="猫 狗"):
        first = strip("猫", "狗")
    with pytest.warns(UserWarning, match="鸟 鱼"):
        second = strip("鸟", "鱼")
    assert first != second


def test_figures_keep_their_words_and_say_one(bare: list[FontEntry]) -> None:
    figure = plots.confusion([[3, 1], [0, 2]], ("猫", "狗"))
    figure.axes[0].set_title("狗")
    other = plots.confusion([[3, 1], [0, 2]], ("鸟", "鱼"))
    other.axes[0].set_title("鱼")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        picture = figure._repr_png_()
        assert figure._repr_png_()[0] == picture[0]
    assert len([one for one in said if "猫" in str(one.message)]) == 1
    assert not [one for one in said if "Glyph" in str(one.message)]
    with pytest.warns(UserWarning, match="鸟"):
        assert other._repr_png_()[0] != picture[0]
    assert "猫 taken for 狗 (1)" in picture[1]["alt"]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["猫", "狗"]


def test_a_text_gets_the_family_that_has_it(
    bare: list[FontEntry], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = str(shutil.copy(DEJAVU, tmp_path / "other.ttf"))
    with_characters(monkeypatch, {copy: "猫狗"})
    bare.append(FontEntry(copy, name="WenQuanYi Zen Hei"))
    figure = plots.image_grid(np.zeros((2, 8, 8)), ["猫", "cat"], title="狗")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the copy only claims to have them
        figure._repr_png_()
    families = {text.get_text(): text.get_fontfamily() for text in figure.findobj(matplotlib.text.Text)}
    assert families["猫"][-1] == families["狗"][-1] == "WenQuanYi Zen Hei"
    assert "WenQuanYi Zen Hei" not in families["cat"]


def test_a_strip_mixes_fonts_within_a_name(
    bare: list[FontEntry], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from capslab.data import thumbnails

    copy = str(shutil.copy(DEJAVU, tmp_path / "other.ttf"))
    with_characters(monkeypatch, {copy: "猫"})
    bare.append(FontEntry(copy, name="SimHei"))
    thumbnails._font.cache_clear()
    line = thumbnails._Line("cat 猫!")
    assert [part for part, _ in line.parts] == ["cat ", "猫", "!"]
    assert line.parts[1][1].path == copy
    thumbnails._font.cache_clear()


def test_fonts_that_cannot_be_used_have_no_characters(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert fonts.characters_of(str(tmp_path / "broken.ttf")) == frozenset()
    assert fonts.characters_of(str(tmp_path / "absent.ttf")) == frozenset()
    assert ord("σ") in fonts.characters_of(str(DEJAVU))
    assert fonts.invisible("\u200b")
    assert not fonts.invisible("a")
