"""Classes and parts of a split from the folders that pictures lie in."""

from __future__ import annotations

import pytest
from pictures import filled, packed, reasons, squares

import capslab as cl
from capslab.data.folder_classes import BESIDE_SPLIT, by_folder
from capslab.data.split_names import split_part


def names(*folders: str, each: int = 4) -> list[str]:
    return [f"{folder}/{i}.png" for folder in folders for i in range(each)]


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("train", "test"),
        ("Train", "TEST "),
        (" Training", "Testing"),
        ("pets/train", "pets/test"),
        ("train_images", "test-images"),
        ("Training Set", "Test Set"),
        ("seg_train/seg_train", "seg_test/seg_test"),
        (r"pets\train", r"pets\test"),
    ],
)
def test_folders_of_a_split_in_any_spelling(train, test):
    assigned = by_folder(names(f"{train}/cat", f"{train}/dog", f"{test}/cat", f"{test}/dog"))
    assert [each.part for each in assigned] == ["train"] * 8 + ["test"] * 8
    assert [each.label for each in assigned] == (["cat"] * 4 + ["dog"] * 4) * 2


def test_parts_within_the_classes():
    assigned = by_folder(names("cat/train", "cat/val", "dog/train", "dog/val"))
    assert {(each.part, each.label) for each in assigned} == {
        (part, label) for part in ("train", "validation") for label in ("cat", "dog")
    }


@pytest.mark.parametrize("stray", ["cover.png", "extra/cover.png"])
def test_what_lies_beside_a_split_does_not_undo_it(tmp_path, stray):
    files = squares(*names("train/cat", "train/dog", each=16), "test/cat/1.png", "test/dog/1.png", stray)
    images = cl.load(filled(tmp_path / "p", files))
    assert images.classes == ("cat", "dog")
    assert images.counts["test"] == 2
    assert reasons(images) == {stray: BESIDE_SPLIT}


def test_names_that_only_resemble_parts_are_classes():
    assert (
        split_part("contest") == split_part("test tube") == split_part("trainer") == split_part("set") == ""
    )
    assert {each.label for each in by_folder(names("train", "bus", "tram"))} == {"train", "bus", "tram"}


def test_a_folder_unpacked_from_windows_is_read_like_its_zip(tmp_path, capsys):
    files = squares(r"pets\cat\1.png", r"pets\dog\2.png")
    folder, archive = (
        cl.load(filled(tmp_path / "p", files)),
        cl.load(packed(tmp_path / "p.zip", files)),
    )
    assert folder.classes == archive.classes == ("cat", "dog")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == lines[1]
    assert "backslashes" in lines[0]


def test_classes_that_are_numbers_are_in_order_of_size(tmp_path):
    images = cl.load(filled(tmp_path / "p", squares(*[f"{i}/1.png" for i in range(12)])))
    assert images.classes == tuple(map(str, range(12)))


def test_a_picture_beside_the_folder_around_everything_does_not_make_it_a_class(tmp_path):
    files = squares("pets/cat/1.png", "pets/dog/2.png", "cover.png")
    images = cl.load(packed(tmp_path / "p.zip", files))
    assert images.classes == ("cat", "dog")
    assert set(reasons(images)) == {"cover.png"}
    assert cl.load(filled(tmp_path / "p", squares("cat/old/1.png", "2.png"))).classes == ("cat",)


@pytest.mark.parametrize("content", [{"fox/3.png": b"half"}, {"fox/3.png": b""}, {"fox/3.HEIC": b"phone"}])
def test_a_class_of_which_no_picture_can_be_used_is_said(tmp_path, capsys, content):
    files = squares("cat/1.png", "dog/2.png") | content
    images = cl.load(filled(tmp_path / "p", files))
    assert images.classes == ("cat", "dog")
    assert "no picture of ‘fox’ can be used" in capsys.readouterr().out


def test_a_zip_without_labels_names_the_table_that_may_hold_them(tmp_path, capsys):
    files = squares("1.png", "2.png") | {"labels.csv": b"path,label\n1.png,cat\n2.png,dog\n"}
    assert cl.load(packed(tmp_path / "p.zip", files)).labels is None
    assert "does labels.csv hold them? unpack the zip, and load that" in capsys.readouterr().out
    assert cl.load(filled(tmp_path / "p", files) / "labels.csv").classes == ("cat", "dog")
