"""The set of toys: its poses, its parts, its file, and poses that stay with their pictures."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

import capslab as cl
from capslab.data import Images, Poses, render_toy, toys
from capslab.errors import ArgumentError


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toys")
    return toys.make_toys(folder), folder


def test_every_toy_is_seen_from_every_side(rendered):
    images, _ = rendered
    assert images.images.shape == (8000, 28, 28, 1)
    assert images.classes == ("car", "truck", "plane", "animal", "person")
    seen = np.stack(
        [images.labels, *(getattr(images.poses, n) for n in ("instance", "azimuth", "elevation"))]
    )
    _, counts = np.unique(seen, axis=1, return_counts=True)
    assert counts.tolist() == [2] * (5 * 10 * 20 * 4)
    assert (images.poses.kind == images.labels).all()


def test_the_pictures_are_those_that_the_poses_say(rendered):
    images, _ = rendered
    for one in images.sample(25, seed=3):
        pose = one.poses
        picture = render_toy(
            images.classes[pose.kind[0]],
            pose.instance[0],
            pose.azimuth[0],
            pose.elevation[0],
            pose.light[0],
            strength=pose.strength[0],
        )
        assert (picture == one.images[0]).all()


def test_they_are_the_same_to_the_byte_on_every_machine(rendered):
    images, _ = rendered
    assert hashlib.sha256(images.images.tobytes()).hexdigest() == toys.SHA256


def test_no_toy_of_the_test_is_one_to_learn_from(rendered):
    images, _ = rendered
    instances = {
        part: set(getattr(images, part).poses.instance.tolist()) for part in ("train", "validation", "test")
    }
    assert instances == {"train": {0, 1, 2, 3, 4}, "validation": {5}, "test": {6, 7, 8, 9}}
    assert toys.make_toys(rendered[1], seed=7).counts == images.counts


def test_poses_stay_with_their_pictures(rendered):
    images, _ = rendered
    chosen = images[(images.poses.azimuth == 90) & (images.poses.elevation == 50)]
    assert set(chosen.poses.azimuth) == {90}
    assert len(chosen) == len(chosen.poses) == 100
    for part in (images[5:9], images[[7, 3]], images[-1], images.sample(per_class=2), images.inverted()):
        assert len(part.poses) == len(part)
        assert (part.poses.kind == part.labels).all()
    assert (images[5:9].poses.light == images.poses.light[5:9]).all()


def test_it_is_rendered_once_and_again_where_the_file_is_damaged(rendered, monkeypatch, capsys):
    images, folder = rendered

    def fail(poses):
        raise AssertionError("rendered again")

    with monkeypatch.context() as kept:
        kept.setattr(toys, "_rendered", fail)
        assert (toys.make_toys(folder).images == images.images).all()
    monkeypatch.setattr(toys, "_rendered", lambda poses: images.images)
    for damage in (b"", b"nothing", (folder / toys.FILE).read_bytes()[:-5]):
        (folder / toys.FILE).write_bytes(damage)
        assert (toys.make_toys(folder).images == images.images).all()
        assert "rendered again" in capsys.readouterr().out
    wrong = images.images.copy()
    wrong[0, 0, 0] = 9
    np.save(folder / toys.FILE, wrong)
    assert (toys.make_toys(folder).images == images.images).all()
    assert [path.name for path in folder.iterdir()] == [toys.FILE]


def test_a_folder_that_cannot_be_written_is_said_and_no_error(rendered, monkeypatch, tmp_path, capsys):
    images, _ = rendered
    monkeypatch.setattr(toys, "_rendered", lambda poses: images.images)
    (tmp_path / "file").write_text("in the way")
    assert len(toys.make_toys(tmp_path / "file" / "data")) == 8000
    assert "rendered each time" in capsys.readouterr().out


def test_load_finds_it(rendered, monkeypatch, tmp_path):
    images, _ = rendered
    monkeypatch.setenv("CAPSLAB_HOME", str(tmp_path))
    monkeypatch.setattr(toys, "_rendered", lambda poses: images.images)
    assert cl.load("toys").name == "toys"
    assert (tmp_path / "data" / toys.FILE).exists()
    assert cl.data.local_source("toys")


def test_poses_of_other_images_are_refused(rendered):
    images, _ = rendered
    pixels = images.images[:3]
    for poses in (images.poses, [1, 2, 3], images.poses[:2]):
        with pytest.raises(ArgumentError) as refused:
            Images(pixels, poses=poses)
        assert refused.value.argument == "poses"
    assert len(Images(pixels, poses=images.poses[:3]).poses) == 3


def test_arrays_of_different_lengths_are_no_poses(rendered):
    poses = rendered[0].poses[:4]
    with pytest.raises(ArgumentError) as refused:
        replace(poses, light=poses.light[:3])
    assert refused.value.argument == "light"
    assert isinstance(poses[1], Poses)
    with pytest.raises(ValueError, match="read-only"):
        poses.azimuth[0] = 1
