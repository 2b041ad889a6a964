"""Bundled weights: what the manifest says is what one gets; a damaged file is told."""

import hashlib
import json
import shutil

import numpy as np
import pytest

import capslab as cl
from capslab.errors import ArgumentError, DataUnavailable
from capslab.models.pretrained import FOLDER, manifest, unpack
from tools.pretrain import PLANS, pack, pretrain


def test_every_planned_network_is_bundled_with_its_facts():
    facts = manifest()
    assert list(facts) == list(PLANS)
    for name, fact in facts.items():
        path = FOLDER / fact["file"]
        assert path.stat().st_size <= 2_000_000
        assert hashlib.sha256(path.read_bytes()).hexdigest() == fact["sha256"]
        assert fact["dataset"] == PLANS[name].dataset
        assert fact["config"]["seed"] == 0


@pytest.mark.parametrize("name", ["dense-digits", "capsnet-digits"])
def test_bundled_classifiers_are_as_good_as_the_manifest_says(name):
    test = cl.load("digits").test
    accuracy = (cl.pretrained(name).classify(test) == test.labels).mean()
    assert accuracy == pytest.approx(manifest()[name]["test accuracy"], abs=1e-4)


def test_bundled_vae_is_as_good_as_the_manifest_says():
    test = cl.load("digits").test
    bound = cl.pretrained("vae-digits").elbo(test)
    assert -bound.elbo.mean() == pytest.approx(
        manifest()["vae-digits"]["test negative ELBO (nats)"], abs=0.05
    )


@pytest.mark.parametrize("name", [name for name in PLANS if "-mnist" in name])
def test_mnist_networks_load_and_say_something(name):
    model = cl.pretrained(name)
    blank = np.zeros((2, 28, 28, 1), np.uint8)
    assert np.isfinite(model.features(blank).vectors).all()


def test_the_digits_use_all_dimensions_of_their_vae():
    vae, test = cl.pretrained("vae-digits"), cl.load("digits").test
    kl = vae.kl_per_dimension(test)
    assert vae.active_units(test) == vae.latent_dim == 4
    assert kl.min() > 0.5  # of 16 dimensions, 12 had less than 0.05 nats each
    facts, bound = manifest(), "test negative ELBO (nats)"
    assert facts["vae-digits"][bound] < facts["plane-digits"][bound] - 0.1


def test_the_best_vae_is_better_by_far_than_the_default():
    facts = manifest()
    bound = "test negative ELBO (nats)"
    assert facts["vae-mnist-best"][bound] < facts["vae-mnist"][bound] - 10
    assert facts["plane-mnist"][bound] > facts["vae-mnist"][bound]


@pytest.mark.parametrize("name", ["plane-digits", "autoencoder-digits"])
def test_two_dimensions_are_ready_for_the_digits(name, capsys):
    images = cl.load("digits")
    model = cl.ready(name.split("-")[0], images)
    assert model.encode(images.test).shape == (len(images.test), 2)
    assert "bundled weights" in capsys.readouterr().out


def test_packing_rounds_to_float16_and_keeps_vectors_exact(tmp_path):
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(5, 4, 3)).astype("f4"), (1e6 * rng.normal(size=7)).astype("f4")]
    pack(tmp_path / "w.npz", weights)
    back = unpack(tmp_path / "w.npz", [w.shape for w in weights])
    np.testing.assert_array_equal(back[0], weights[0].astype("f2").astype("f4"))
    np.testing.assert_array_equal(back[1], weights[1])


def test_unknown_name_gets_a_hint():
    with pytest.raises(ArgumentError, match="Did you mean 'capsnet-mnist'"):
        cl.pretrained("capsnet-mnsit")


def test_damaged_and_missing_weights_are_told(tmp_path):
    for file in FOLDER.iterdir():
        if "digits" in file.name or file.suffix == ".json":
            shutil.copy(file, tmp_path)
    path = tmp_path / "dense-digits.npz"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataUnavailable, match="checksum differs"):
        cl.pretrained("dense-digits", folder=tmp_path)
    path.unlink()
    with pytest.raises(DataUnavailable, match="cannot be read"):
        cl.pretrained("dense-digits", folder=tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(DataUnavailable, match="not readable as JSON"):
        manifest(tmp_path)


@pytest.mark.slow
def test_pretrain_makes_weights_that_load_again(tmp_path, capsys):
    pretrain(["dense-digits"], folder=tmp_path)
    facts = json.loads((tmp_path / "manifest.json").read_text())["dense-digits"]
    assert facts["test accuracy"] > 0.9
    assert "dense-digits" in capsys.readouterr().out
    test = cl.load("digits").test
    assert (cl.pretrained("dense-digits", tmp_path).classify(test) == test.labels).mean() > 0.9


def test_ready_takes_bundled_weights_and_says_so(capsys):
    digits = cl.load("digits")
    model = cl.ready("capsnet", digits)
    assert isinstance(model, cl.CapsNet)
    assert "capsnet-digits: bundled weights, test accuracy" in capsys.readouterr().out
    with pytest.raises(ArgumentError, match="Did you mean 'capsnet'"):
        cl.ready("capsnets", digits)


def test_ready_trains_the_network_that_is_bundled_for_images_of_that_size(monkeypatch):
    monkeypatch.setattr("capslab.training.pretrained_or_trained.fit", lambda *arguments, **settings: None)
    for shape, preset, latent in (
        ((28, 28, 1), "visible", 16),
        ((8, 8, 1), "digits", 4),
        ((64, 64, 1), "any-size", 16),
        ((20, 24, 3), "any-size", 16),
        ((4, 12, 1), "any-size", 4),
    ):
        images = cl.Images(np.zeros((20, *shape), np.uint8), np.arange(20) % 10, name="own")
        assert cl.ready("capsnet", images).preset == preset
        assert cl.ready("vae", images).latent_dim == latent
        assert cl.ready("plane", images).latent_dim == 2


@pytest.mark.slow
def test_ready_trains_where_nothing_is_bundled(capsys):
    digits = cl.load("digits")
    own = cl.Images(digits.images, digits.labels, digits.classes, name="own")
    model = cl.ready("dense", own, show=False)
    assert "trained now" in capsys.readouterr().out
    assert (model.classify(own.test) == own.test.labels).mean() > 0.9
