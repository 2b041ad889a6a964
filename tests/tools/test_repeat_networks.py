"""`tools/repeat_networks.py` trains what is missing, and only that."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import capslab as cl
from capslab.lessons.repeated_networks import load, manifest

sys.path.insert(0, str(Path(__file__).parents[2]))
from tools import repeat_networks  # authors' tools are not installed


@pytest.mark.slow
@pytest.mark.rare
def test_what_is_trained_can_be_read_and_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    said: list[str] = []
    networks = ("dense", "capsule", "convolutional", "vae-hidden")
    repeat_networks.repeat(["digits"], networks[:1], [0, 1], tmp_path, epochs=1, say=said.append)
    assert len(said) == 2
    (tmp_path / "digits-dense-1.npz").write_bytes(b"half a file")
    repeat_networks.repeat(["digits"], networks, [0, 1], tmp_path, epochs=1, say=said.append)
    assert [line.split(":")[0] for line in said[2:]] == [
        "digits-dense-1",
        *(f"digits-{network}-{seed}" for network in networks[1:] for seed in (0, 1)),
    ]
    assert not list(tmp_path.glob("*.part*"))
    read = load(cl.load("digits"), tmp_path)
    assert read.kinds == (
        "dense",
        "convolutional",
        "capsule",
        "capsule lengths",
        "capsule, one iteration",
        "VAE, three classes hidden",
    )
    assert [z.dimension for z in read.embeddings("capsule lengths")] == [10, 10]
    three, once = (read.embeddings(kind)[0].vectors for kind in ("capsule", "capsule, one iteration"))
    assert three.shape == once.shape
    assert not np.allclose(three, once)


def test_networks_of_one_seed_learn_from_the_same_images_and_none_from_a_test_image() -> None:
    images = cl.load("digits")
    (dense, _), (vae, _) = (repeat_networks.training_images(images, name, 3) for name in ("dense", "vae"))
    np.testing.assert_array_equal(dense.images, vae.images)
    other, _ = repeat_networks.training_images(images, "dense", 4)
    assert not np.array_equal(dense.train.images, other.train.images)
    assert len(dense.train) == repeat_networks.SIZES["digits"]
    assert set(dense.parts) == {0, 1}


def test_hidden_classes_are_kept_out_and_the_others_numbered_without_gaps() -> None:
    images = cl.load("digits")
    seen, hidden = repeat_networks.training_images(images, "dense-hidden", 2)
    assert len(hidden) == 3
    assert len(seen.classes) == 7
    assert set(seen.labels) == set(range(7))
    assert not {str(c) for c in hidden} & set(seen.classes)
    whole, none = repeat_networks.training_images(images, "dense", 2)
    assert none == []
    assert len(seen) == (~np.isin(whole.labels, hidden)).sum()


def test_the_bundled_networks_are_those_that_the_command_makes() -> None:
    names = {
        f"{dataset}-{network}-{seed}"
        for dataset in repeat_networks.SIZES
        for network in repeat_networks.NETWORKS
        for seed in repeat_networks.SEEDS
    }
    assert set(manifest()) <= names
    assert {name for name in names if name.startswith("digits")} <= set(manifest())
