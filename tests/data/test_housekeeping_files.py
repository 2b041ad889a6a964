"""What systems and programs leave in folders is no class and no picture, in a folder as in a zip."""

from __future__ import annotations

import pytest
from pictures import encoded, filled, packed, reasons, squares

import capslab as cl
from capslab.data.housekeeping_files import left_out

PETS = squares("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png")
FOLDERS = [
    ".ipynb_checkpoints", ".thumbnails", "@eaDir", "__MACOSX", ".AppleDouble", "$RECYCLE.BIN", "lost+found",
    "System Volume Information", ".Trash-1000", ".git", ".svn", "__pycache__", ".Spotlight-V100",
    ".fseventsd", ".TemporaryItems", "#recycle", ".dropbox.cache", ".@__thumb", ".picasaoriginals",
    ".comments",
]  # fmt: skip
FILES = ["._1.png", ".DS_Store", "Thumbs.db", "desktop.ini", "~$1.png", "Icon\r", "SYNOPHOTO_THUMB_M.png"]
CONTENT = next(iter(PETS.values()))


@pytest.mark.parametrize("place", ["", "cat/"])
@pytest.mark.parametrize("saved", ["folder", "zip"])
def test_housekeeping_is_left_out_silently_and_listed(tmp_path, capsys, saved, place):
    extra = {f"{place}{folder}/1.png": CONTENT for folder in FOLDERS}
    extra |= {f"{place}{file}": CONTENT for file in FILES}
    path = (
        filled(tmp_path / "p", PETS | extra)
        if saved == "folder"
        else packed(tmp_path / "p.zip", PETS | extra)
    )
    images = cl.load(path)
    assert images.classes == ("cat", "dog")
    assert len(images) == 4
    assert capsys.readouterr().out == "p: 4 images of 12×12, grey.\n"
    assert len(images.origin.skipped) == len(FOLDERS) + len(FILES)
    assert all(file.housekeeping for file in images.origin.skipped)
    assert f"✓ skipped files: {len(extra)} of the system's own" in repr(images.report())


@pytest.mark.parametrize("saved", ["folder", "zip"])
def test_other_hidden_files_are_left_out_with_a_word(tmp_path, capsys, saved):
    files = PETS | {".mine/1.png": CONTENT, ".mine/2.png": CONTENT, "cat/.3.png": CONTENT}
    images = cl.load(
        filled(tmp_path / "p", files) if saved == "folder" else packed(tmp_path / "p.zip", files)
    )
    assert reasons(images) == {".mine/": "a hidden folder", "cat/.3.png": "a hidden file"}
    assert "2 files skipped" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["_unsorted", "thumbs", "comments", "trash", "@home", "#1", "$5", "cache", "~"]
)
def test_folders_that_somebody_named_so_are_classes(tmp_path, name):
    assert left_out((name,))[0] == 0
    images = cl.load(filled(tmp_path / "p", squares(f"{name}/1.png", "dog/1.png")))
    assert set(images.classes) == {name, "dog"}


def test_a_hidden_folder_that_is_named_itself_is_read(tmp_path):
    assert cl.load(filled(tmp_path / ".pets", PETS)).classes == ("cat", "dog")
    assert cl.load(filled(tmp_path / ".cache" / "pets", PETS)).classes == ("cat", "dog")
    hidden = {f".pets/{name}": content for name, content in PETS.items()}
    assert cl.load(packed(tmp_path / "a.zip", hidden)).classes == ("cat", "dog")


def test_links_to_folders_are_said(tmp_path):
    root = filled(tmp_path / "p", PETS)
    filled(tmp_path / "birds", {"1.png": encoded_square()})
    (root / "bird").symlink_to(tmp_path / "birds")
    assert reasons(cl.load(root)) == {"bird/": "a link to a folder, so it is not followed"}


def encoded_square() -> bytes:
    import numpy as np

    return encoded(np.zeros((12, 12), np.uint8))
