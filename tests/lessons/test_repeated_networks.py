"""Several networks of each kind: what is bundled is what the manifest says, and is honest about itself."""

import json
import shutil

import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError, DataUnavailable
from capslab.lessons.repeated_networks import (
    FOLDER,
    KINDS,
    MANIFEST,
    TEST_IMAGES,
    embedded_images,
    is_bundled,
    load,
    manifest,
)


@pytest.fixture(scope="module")
def networks():
    return load(cl.load("digits"))


def test_there_are_five_networks_of_each_kind(networks):
    assert networks.kinds == tuple(KINDS)
    for kind in networks.kinds:
        embeddings = networks.embeddings(kind)
        assert len(embeddings) >= 5
        for z in embeddings:
            assert len(z) == len(networks.images)
            assert 1 < z.dimension <= 16
            assert z.supervised == KINDS[kind][3]
        different = {z.vectors.tobytes() for z in embeddings}
        assert len(different) == len(embeddings)


@pytest.mark.parametrize("name", sorted(manifest()))
def test_each_file_is_small_and_was_trained_with_a_seed_and_hidden_classes_of_its_own(name):
    facts = manifest()[name]
    assert (FOLDER / facts["file"]).stat().st_size < 150_000
    assert facts["training images"] > 500
    assert 0 < facts["cpu seconds"] <= 90
    assert all(0.5 < share <= 1 for share in facts["variance kept"].values())
    same_kind = [
        f for f in manifest().values() if (f["dataset"], f["network"]) == (facts["dataset"], facts["network"])
    ]
    assert len({f["seed"] for f in same_kind}) == len(same_kind)
    assert len(facts["hidden classes"]) == 3 * facts["network"].endswith("-hidden")
    if facts["hidden classes"]:
        assert len({tuple(f["hidden classes"]) for f in same_kind}) == len(same_kind)
    assert facts.get("accuracy", 1) > 0.9
    assert facts.get("accuracy on the others", 1) > 0.9


def test_kinds_of_one_seed_hid_the_same_classes(networks):
    hidden = {networks.hidden_classes(kind) for kind in networks.kinds if kind.endswith("hidden")}
    assert len(hidden) == 1
    assert set(networks.hidden_classes("dense")) == {()}


def test_what_classifies_says_how_well(networks):
    for kind in ("dense", "convolutional", "capsule"):
        assert networks.accuracies(kind).shape == (5,)
        assert networks.accuracies(kind).min() > 0.9


def test_all_embed_the_same_test_images(networks):
    images = cl.load("digits")
    np.testing.assert_array_equal(networks.images.images, embedded_images(images).images)
    assert len(networks.images) == min(TEST_IMAGES, len(images.test))
    assert set(networks.images.parts) == {2}


def test_files_are_read_when_asked_for(tmp_path, fails):
    shutil.copy(FOLDER / MANIFEST, tmp_path)
    networks = load(cl.load("digits"), tmp_path)
    with fails(DataUnavailable, names="digits-dense-0.npz"):
        networks.embeddings("dense")
    (tmp_path / "digits-dense-0.npz").write_bytes(b"PK")
    with fails(DataUnavailable, names="digits-dense-0.npz"):
        networks.embeddings("dense")


def test_other_images_are_refused(fails):
    images = cl.load("digits")
    with fails(ArgumentError, "images"):
        load(cl.Images(images.images, images.labels, images.classes))
    with fails(ArgumentError, "images", names="digits"):
        load(images[:900])
    assert is_bundled(images)
    assert not is_bundled(cl.Images(images.images, images.labels, images.classes))


def test_a_data_set_with_a_kind_missing_is_not_bundled(tmp_path):
    images, entries = cl.load("digits"), manifest()
    (tmp_path / MANIFEST).write_text(json.dumps(entries), "utf-8")
    assert is_bundled(images, tmp_path)
    del entries["digits-vae-3"]
    (tmp_path / MANIFEST).write_text(json.dumps(entries), "utf-8")
    assert not is_bundled(images, tmp_path)


def test_unknown_kinds_get_a_hint(networks, fails):
    for ask in (networks.embeddings, networks.accuracies, networks.hidden_classes):
        with fails(ArgumentError, "kind", names="'capsule'"):
            ask("capsul")
    with fails(ArgumentError, "kind", names="'capsule'"):
        networks.accuracies("VAE")


def test_the_manifest_is_in_order():
    assert list(manifest()) == sorted(json.loads((FOLDER / MANIFEST).read_text("utf-8")))
    assert {path.stem for path in FOLDER.glob("*.npz")} == set(manifest())
