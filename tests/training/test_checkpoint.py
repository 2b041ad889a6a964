"""Checkpoints: read back as written, never half written, refused or set aside in words."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
import warnings
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from wording import Fails, Wording

from capslab.data import Images
from capslab.errors import ArgumentError
from capslab.training.checkpoint import Checkpoint, DamagedCheckpoint, Standing, images_fingerprint

WHAT = {
    "model": {"class": "CapsNet", "iterations": 3, "shape": (8, 8, 1)},
    "images": {"to train on": "60 (ab)"},
    "recipe": {"learning_rate": 0.001, "seed": 0},
}


def standing(epoch: int, size: int = 50) -> Standing:
    arrays = {
        "now": [np.full((size, 3), epoch, np.float32), np.array([1, 2**40], np.int64)],
        "best": [],
        "optimizer": [np.array(0.5, np.float32)],
    }
    return Standing(WHAT, {"epoch": epoch, "best loss": float("inf")}, arrays)


def test_a_standing_is_read_as_it_was_written() -> None:
    read = Standing.read(BytesIO(standing(3).packed()))
    assert read.progress == {"epoch": 3, "best loss": float("inf")}
    assert read.what["model"]["iterations"] == 3
    assert {name: len(arrays) for name, arrays in read.arrays.items()} == {
        "now": 2,
        "best": 0,
        "optimizer": 1,
    }
    for one, other in zip(read.arrays["now"], standing(3).arrays["now"], strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype


def test_a_file_that_was_cut_or_altered_is_never_taken_for_sound() -> None:
    sound = standing(1).packed()
    for length in range(0, len(sound), 37):
        with pytest.raises(DamagedCheckpoint):
            Standing.read(BytesIO(sound[:length]))
    found = 0
    for at in range(0, len(sound), 11):
        altered = bytearray(sound)
        altered[at] ^= 0x10
        try:
            read = Standing.read(BytesIO(bytes(altered)))
        except DamagedCheckpoint:
            found += 1
        else:  # a byte that says nothing, a time of writing for instance
            np.testing.assert_array_equal(read.arrays["now"][0], standing(1).arrays["now"][0])
            assert read.progress["epoch"] == 1
    assert found > len(sound) / 11 / 2


def test_the_newest_is_loaded_and_the_one_before_it_kept(tmp_path: Path) -> None:
    keeper = Checkpoint(tmp_path / "new" / "folder", "CapsNet")
    assert keeper.load(WHAT) is None
    for epoch in (1, 2, 3):
        keeper.save(standing(epoch))
    again = Checkpoint(tmp_path / "new" / "folder", "CapsNet")
    loaded = again.load(WHAT)
    assert loaded is not None
    assert loaded.progress["epoch"] == again.epoch == 3
    assert sorted(p.name for p in again.path.parent.iterdir()) == ["CapsNet.npz", "CapsNet.previous.npz"]
    assert Checkpoint(tmp_path / "one.npz", "CapsNet").path == tmp_path / "one.npz"


def test_a_damaged_one_is_said_and_set_aside_and_the_one_before_it_taken(
    tmp_path: Path, wording: Wording
) -> None:
    keeper = Checkpoint(tmp_path, "CapsNet")
    keeper.save(standing(1))
    keeper.save(standing(2))
    cut = keeper.path.read_bytes()[:300]
    keeper.path.write_bytes(cut)
    with pytest.warns(RuntimeWarning, match=r"CapsNet\.npz"):
        loaded = keeper.load(WHAT)
    assert loaded is not None
    assert loaded.progress["epoch"] == 1
    assert (tmp_path / "CapsNet.damaged.npz").read_bytes() == cut
    assert "CapsNet.damaged.npz" in keeper.notes[0]
    wording(keeper.notes[0])
    # Both damaged: nothing to go on from, and nothing thrown away.
    keeper.path.write_bytes(b"")
    keeper.previous.write_bytes(b"PK")
    with pytest.warns(RuntimeWarning):
        assert keeper.load(WHAT) is None
    assert len(list(tmp_path.glob("*damaged*"))) == 3


def test_another_training_and_a_file_that_is_none_are_refused_and_left_alone(
    tmp_path: Path, fails: Fails
) -> None:
    keeper = Checkpoint(tmp_path, "CapsNet")
    keeper.save(standing(2))
    cases = [
        ("model", {"class": "CapsNet", "iterations": 1, "shape": (8, 8, 1)}, "iterations 1", "iterations 3"),
        ("model", {"class": "VAE", "beta": 1.0}, "class 'VAE'", "class 'CapsNet'"),
        ("images", {"to train on": "61 (cd)"}, "images: to train on '61 (cd)'", "to train on '60 (ab)'"),
        ("recipe", {"learning_rate": 0.01, "seed": 0}, "learning_rate 0.01", "learning_rate 0.001"),
    ]
    for part, other, expected, received in cases:
        with fails(ArgumentError, "checkpoint", names="CapsNet.npz") as error:
            keeper.load({**WHAT, part: other})
        assert expected in error.value.expected
        assert received in error.value.received
    with zipfile.ZipFile(tmp_path / "other.npz", "w") as archive:
        archive.writestr("photo.npy", b"")
    with fails(ArgumentError, "checkpoint", names="other.npz"):
        Checkpoint(tmp_path / "other.npz", "CapsNet").load(WHAT)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["CapsNet.npz", "other.npz"]


def test_a_place_that_cannot_be_written_to_is_refused_before_training(tmp_path: Path, fails: Fails) -> None:
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file", 3, ""):
        with fails(ArgumentError, "checkpoint"):
            Checkpoint(place, "CapsNet")


def test_a_full_disk_is_said_once_and_the_last_good_checkpoint_kept(tmp_path: Path, wording: Wording) -> None:
    """A limit on the size of files: the write fails half-way, as on a full disk."""
    keeper = Checkpoint(tmp_path, "CapsNet")
    keeper.save(standing(1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for epoch in (2, 3):
                keeper.save(standing(epoch, size=100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(told) == 1
    assert str(told[0].message) == keeper.notes[0]
    wording(keeper.notes[0])
    assert [p.name for p in tmp_path.iterdir()] == ["CapsNet.npz"]
    keeper.save(standing(4))
    loaded = keeper.load(WHAT)
    assert loaded is not None
    assert loaded.progress["epoch"] == 4


def test_a_process_killed_while_it_writes_leaves_a_sound_checkpoint(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; from test_checkpoint import *\n"
        "keeper = Checkpoint(sys.argv[1], 'CapsNet'); e = 0\n"
        "while True: e += 1; keeper.save(standing(e, size=200_000)); print(e, flush=True)"
    )
    epochs, here = [], Path(__file__).parent
    for moment in (0.003, 0.012):
        command = [sys.executable, "-c", code, str(tmp_path), str(here), str(here.parent)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            for _ in range(3):
                writer.stdout.readline()
            time.sleep(moment)
            writer.send_signal(signal.SIGKILL)
        loaded = Checkpoint(tmp_path, "CapsNet").load(WHAT)
        assert loaded is not None
        epochs.append(loaded.progress["epoch"])
        assert (loaded.arrays["now"][0] == loaded.progress["epoch"]).all()
    assert min(epochs) >= 3
    for half in tmp_path.glob(".*.part"):  # what was never finished goes after an hour
        os.utime(half, (0, 0))
    Checkpoint(tmp_path, "CapsNet")
    assert not list(tmp_path.glob(".*.part"))


def test_a_fingerprint_changes_with_a_pixel_a_label_or_the_size() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1), dtype=np.uint8)
    labels = np.arange(20) % 4
    other_pixels, other_labels = pixels.copy(), labels.copy()
    other_pixels[7, 3, 3] += 1
    other_labels[7] += 1
    made = [
        Images(pixels, labels),
        Images(other_pixels, labels),
        Images(pixels, other_labels % 4),
        Images(pixels, None),
        Images(pixels[:-1], labels[:-1]),
    ]
    told = [images_fingerprint(images) for images in made]
    assert len(set(told)) == len(told)
    assert images_fingerprint(Images(pixels.copy(), labels.copy())) == told[0]
