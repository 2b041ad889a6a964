"""Clusters saved as folders or a table: whole or not at all, and never over anything."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import capslab as cl
from capslab.data import Images
from capslab.data import export as module
from capslab.data.provenance import Provenance
from capslab.errors import ArgumentError, DataUnavailable

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8)
CLUSTERS = np.array([2, 0, 2, 2, 0, 11])


def named(*names: str, folder: Path | None = None) -> Images:
    origin = Provenance(np.array(names, dtype=object), np.full((6, 2), 8), folder=folder)
    return Images(PIXELS, np.arange(6) % 2, ("cat", "dog"), origin=origin)


def test_folders_hold_each_image_once(tmp_path):
    images = named("a/x.png", "a/y.jpg", "b/x.png", "b/z.png", "b/ü.gif", "q.png")
    exported = cl.export_clusters(CLUSTERS, images, tmp_path / "new" / "out")
    found = {p.relative_to(exported).as_posix(): p for p in exported.rglob("*.png")}
    assert sorted(found) == [
        "cluster 00/1 y.png",
        "cluster 00/4 ü.png",
        "cluster 02/0 x.png",
        "cluster 02/2 x.png",
        "cluster 02/3 z.png",
        "cluster 11/5 q.png",
    ]
    assert (np.asarray(Image.open(found["cluster 02/3 z.png"])) == PIXELS[3]).all()
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["out"]


def test_a_table_holds_each_image_once(tmp_path):
    path = cl.export_clusters(CLUSTERS, named(*"abcdef"), tmp_path / "out.csv")
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["cluster"]) for row in rows] == CLUSTERS.tolist()
    assert [row["file"] for row in rows] == list("abcdef")
    assert [row["label"] for row in rows] == ["cat", "dog"] * 3


def test_a_clustering_of_images_without_files_or_labels(tmp_path):
    images = Images(PIXELS)
    clustering = cl.cluster(cl.embed(images), n_clusters=2).at(2)
    exported = cl.export_clusters(clustering, images, tmp_path / "out")
    assert len(list(exported.rglob("*.png"))) == 6
    cl.export_clusters(clustering, images, tmp_path / "out.csv")


def test_originals_are_copied_as_they_are(tmp_path):
    for i, name in enumerate("abcdef"):
        Image.fromarray(np.full((50, 40, 3), 9 * i, np.uint8)).save(tmp_path / f"{name}.PNG")
    images = named(*[f"{name}.PNG" for name in "abcdef"], folder=tmp_path)
    exported = cl.export_clusters(CLUSTERS, images, tmp_path / "out", originals=True)
    assert (exported / "cluster 11" / "5 f.png").read_bytes() == (tmp_path / "f.PNG").read_bytes()
    (tmp_path / "c.PNG").unlink()
    with pytest.raises(DataUnavailable, match="no files were left there"):
        cl.export_clusters(CLUSTERS, images, tmp_path / "again", originals=True)
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("name", ["out", "out.csv"])
@pytest.mark.parametrize("there", ["file", "folder", "empty folder", "dead link"])
def test_nothing_is_ever_overwritten(tmp_path, name, there):
    target = tmp_path / name
    if there == "file":
        target.write_text("mine")
    elif there == "dead link":
        target.symlink_to(tmp_path / "nowhere")
    else:
        target.mkdir()
        if there == "folder":
            (target / "mine.txt").write_text("mine")
    before = {p: p.is_file() and p.read_text() for p in tmp_path.rglob("*")}
    with pytest.raises(ArgumentError, match="`path` should be a new path"):
        cl.export_clusters(CLUSTERS, named(*"abcdef"), target)
    assert {p: p.is_file() and p.read_text() for p in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("name", ["out", "out.csv"])
def test_what_appears_in_the_meantime_is_not_overwritten_either(tmp_path, monkeypatch, name):
    target = tmp_path / name
    move = module._move

    def late(source, path):
        if name == "out":
            path.mkdir()
            (path / "mine").write_text("mine")
        else:
            path.write_text("mine")
        move(source, path)

    monkeypatch.setattr(module, "_move", late)
    with pytest.raises(DataUnavailable, match="cannot be written"):
        cl.export_clusters(CLUSTERS, named(*"abcdef"), target)
    assert (target / "mine" if name == "out" else target).read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(DataUnavailable, match=r"No space left on device.*no files were left there"):
        cl.export_clusters(CLUSTERS, named(*"abcdef"), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_hostile_names_stay_in_their_folder(tmp_path):
    names = ("../../evil.png", "/etc/passwd", "a\nb.png", "..", "x" * 300 + ".png", "=cmd|'/c calc'.png")
    exported = cl.export_clusters(CLUSTERS, named(*names), tmp_path / "out")
    assert len(list(exported.rglob("*.png"))) == 6
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    table = cl.export_clusters(CLUSTERS, named(*names), tmp_path / "out.csv")
    with table.open(newline="", encoding="utf-8") as stream:
        assert [row["file"][:1] for row in csv.DictReader(stream)][-1] == "'"


@pytest.mark.parametrize("clusters", [CLUSTERS[:5], CLUSTERS[:, None], CLUSTERS / 2, "abc", None])
def test_numbers_that_do_not_fit_are_refused(tmp_path, clusters):
    with pytest.raises(ArgumentError, match="6 cluster numbers, one per image"):
        cl.export_clusters(clusters, named(*"abcdef"), tmp_path / "out")
    assert os.listdir(tmp_path) == []


def test_unknown_ways_and_originals_that_are_not_there(tmp_path):
    with pytest.raises(ArgumentError, match="one of 'folders', 'csv'"):
        cl.export_clusters(CLUSTERS, named(*"abcdef"), tmp_path / "out", how="zip")
    with pytest.raises(ArgumentError, match="used with folders, for images from a folder or a CSV"):
        cl.export_clusters(CLUSTERS, named(*"abcdef"), tmp_path / "out", originals=True)


def test_names_of_any_kind_become_files(tmp_path):
    """Letters of every alphabet stay, and no name is longer than a file system takes."""
    images = named("हिन्दी.png", "猫" * 300 + ".png", r"a\b?.png", "e\u0301.png", "con.png", "x\ny.png")
    exported = cl.export_clusters(CLUSTERS, images, tmp_path / "out")
    found = sorted(p.name for p in exported.rglob("*.png"))
    assert [name for name in found if len(name) < 40] == [
        "0 हिन्दी.png",
        "2 b_.png",
        "3 é.png",
        "4 con_.png",
        "5 x y.png",
    ]
    assert all(len(name.encode()) < 200 for name in found)


def test_originals_whose_names_cannot_be_printed_are_copied(tmp_path):
    for i in range(6):
        folder = tmp_path / "p" / "caf\u200be"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(PIXELS[i]).save(folder / f"{i}\t.png")
    images = cl.load(tmp_path / "p")
    exported = cl.export_clusters(CLUSTERS, images, tmp_path / "out", originals=True)
    assert len(list(exported.rglob("*.png"))) == 6
