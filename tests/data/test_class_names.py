"""Names of classes and files: what cannot be told apart is one class, and what cannot be seen is gone."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import filled, squares

import capslab as cl
from capslab.data.class_names import NO_NAME, clean_name, distinct_names, file_names, in_order, shape_key
from capslab.errors import ArgumentError

ANYTHING = st.text(max_size=12)
ALIKE = st.text(st.sampled_from("aAа bB\u200bé\u0301e\u202e\t\ufeff\u200d\ufe0f👩🚀ﬁ"), max_size=5)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  cat ", "cat"),
        ("big\u00a0 cat\n", "big cat"),
        ("cafe\u0301", "caf\u00e9"),
        ("\ufeffcat\u200b", "cat"),
        ("\u202acat\u202c", "cat"),
        ("c\x07a\x00t", "cat"),
        ("ca\u00adt", "cat"),
        ("\u3164", ""),
        (b"caf\xc3\xa9", "caf\u00e9"),
        ("caf\udce9", "caf\\xe9"),
        (7, "7"),
    ],
)
def test_a_name_is_shown_without_what_nobody_sees(name, shown):
    assert clean_name(name) == shown


@pytest.mark.parametrize(
    "name", ["👩\u200d🚀", "❤\ufe0f", "می\u200cخواهم", "\U0001f3f4\U000e0067\U000e007f", "؀١"]
)
def test_what_shapes_a_letter_or_a_sign_stays(name):
    assert clean_name(name) == name


@given(st.one_of(ANYTHING, ALIKE))
def test_cleaning_once_is_enough(name):
    shown = clean_name(name)
    assert clean_name(shown) == shown
    assert shown == unicodedata.normalize("NFC", shown)
    assert shown.encode("utf-8").decode() == shown
    assert not any(unicodedata.category(c) == "Cc" for c in shown)


@given(st.lists(st.one_of(ANYTHING, ALIKE), max_size=6))
def test_no_two_classes_look_the_same(names):
    named = distinct_names(names)
    shapes = [shape_key(name) for name in named.names]
    assert len(set(shapes)) == len(shapes)
    for name, number in zip(names, named.numbers, strict=True):
        if shape_key(name):
            same = [i for i, shape in enumerate(shapes) if shape == shape_key(name)]
            assert same in ([], [number])
    if len(named.names) < len(names):
        assert named.notes
    again = distinct_names(named.names)
    assert again.names == named.names
    assert again.notes == ()


@pytest.mark.parametrize(
    "other", ["Cat", "CAT ", "cat\u200b", "c\u0430t", "\ufeffcat", "ｃａｔ", "cat\u00a0", "\u202ecat"]
)
def test_names_that_a_person_cannot_tell_apart_are_one_class(other):
    named = distinct_names(["cat", "dog", other], [2, 2, 1])
    assert named.names == ("cat", "dog")
    assert named.numbers.tolist() == [0, 1, 0]
    assert named.notes


@pytest.mark.parametrize(
    "names",
    [
        ("10²", "102"),
        ("Maße", "Masse"),
        ("猫", "貓"),
        ("x-ray", "x ray"),
        ("new_york", "new york"),
        ("1", "l"),
    ],
)
def test_names_that_a_person_can_tell_apart_are_two(names):
    named = distinct_names(names)
    assert named.names == names
    assert named.notes == named.look_alikes == ()


def test_single_letters_stay_apart_with_a_word():
    named = distinct_names(["A", "a", "\u0410"])
    assert named.names == ("A", "a", "\u0410")
    assert len(named.look_alikes) == 1
    assert named.notes == ()


def test_the_commonest_spelling_is_the_name():
    assert distinct_names(["Cat", "cat"], [3, 2]).names == ("Cat",)
    assert distinct_names(["Cat", "cat"], [2, 2]).names == ("cat",)
    assert distinct_names(["", "\u200b", "cat"]).names == (NO_NAME, "cat")


def test_numbers_are_in_order_of_size():
    assert in_order(["10", "2", "1"]) == ["1", "2", "10"]
    assert in_order(["10", "2", "a"]) == ["10", "2", "a"]


@given(st.lists(ANYTHING, max_size=6))
def test_names_of_files_are_all_different_on_every_system(names):
    files = file_names(names)
    assert len({name.casefold() for name in files}) == len(names)
    for name in files:
        assert 0 < len(name.encode("utf-8")) < 140
        assert not set(name) & set('/\\:*?"<>|\0\n')
        assert name == name.strip()
        assert name.upper() not in ("CON", "NUL", "AUX", "PRN", "COM1")


def test_letters_of_every_alphabet_stay_in_names_of_files():
    assert file_names(["हिन्दी", "ภาษาไทย", "猫", "a.b", "con"]) == ["हिन्दी", "ภาษาไทย", "猫", "a_b", "con_"]


# --- the doors


def test_images_made_by_hand_go_through_the_same_door(capsys):
    pixels = np.zeros((4, 8, 8), np.uint8)
    images = cl.Images(pixels, [0, 1, 2, 2], ("cat", "Cat", "dog\x07"))
    assert images.classes == ("cat", "dog")
    assert images.labels.tolist() == [0, 0, 1, 1]
    assert len(capsys.readouterr().out.splitlines()) == 1
    assert images[:2].classes == ("cat", "dog")
    assert capsys.readouterr().out == ""
    assert cl.Images(pixels, [0, 1, 1, 0], (b"caf\xc3\xa9", b"the")).classes == ("café", "the")


def test_letters_are_two_classes_and_it_is_said_once(capsys):
    images = cl.Images(np.zeros((4, 8, 8), np.uint8), [0, 1, 1, 0], ("A", "a"), name="letters of a test")
    assert images.classes == ("A", "a")
    assert [len(images[:2]), len(images[1:])] == [2, 3]
    assert capsys.readouterr().out == "letters of a test: classes ‘A’ and ‘a’ look alike, and stay apart.\n"


def test_an_array_of_names_goes_through_the_same_door(tmp_path, capsys):
    labels = ["cat", "cat\x07", "Cat ", "dog", "dog\u200b", "cat"]
    np.savez(tmp_path / "a.npz", images=np.zeros((6, 8, 8), np.uint8), labels=labels)
    images = cl.load(tmp_path / "a.npz")
    assert images.classes == ("cat", "dog")
    assert images.labels.tolist() == [0, 0, 0, 1, 1, 0]
    assert "‘Cat’ and ‘cat’" in capsys.readouterr().out


def test_folders_go_through_the_same_door(tmp_path, capsys):
    names = ["cat/1.png", "Cat/2.png", "cat\u200b/3.png", "dog/4.png", "e\u0301/5.png", "é/6.png"]
    images = cl.load(filled(tmp_path / "p", squares(*names)))
    assert images.classes == ("cat", "dog", "é")
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert "‘Cat’ and ‘cat’, 2 spellings of ‘é’ taken as one" in line
    assert "invisible characters removed from 1 class name" in line


def test_a_name_that_shows_nothing_has_a_name(tmp_path, capsys):
    images = cl.load(filled(tmp_path / "p", squares("\u200b/1.png", "dog/2.png")))
    assert images.classes == (NO_NAME, "dog")
    assert NO_NAME in capsys.readouterr().out


def test_names_may_be_a_list_or_a_dict_by_number_and_nothing_else():
    pixels, labels = np.zeros((3, 8, 8), np.uint8), [0, 1, 2]
    expected = ("ant", "bee", "cat")
    for names in (list(expected), np.array(expected), {2: "cat", 0: "ant", 1: "bee"}):
        assert cl.Images(pixels, labels, names).classes == expected
    for names in ("abc", b"abc", set(expected), {"ant": 0, "bee": 1, "cat": 2}):
        with pytest.raises(ArgumentError, match="`classes` should be a list of names"):
            cl.Images(pixels, labels, names)


def test_a_folder_is_found_however_its_name_is_composed(tmp_path):
    filled(tmp_path / "cafe\u0301", squares("cat/1.png", "dog/2.png"))
    assert cl.load(tmp_path / "caf\u00e9").classes == ("cat", "dog")
