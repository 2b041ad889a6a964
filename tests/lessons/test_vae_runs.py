"""The bundled measurements of VAEs: complete, in range, and bounds in the order that they must have."""

from __future__ import annotations

import numpy as np
import pytest

from capslab.errors import ArgumentError
from capslab.lessons import results, vae_runs
from capslab.models.pretrained import manifest

SHARES = ("variance_kept", "pca_variance_kept", "moved_taken", "bolder_stay")
BOUNDS = ("negative_elbo", "importance_weighted", "binarised", "binarised_importance_weighted")


@pytest.mark.parametrize("data", ["digits", "mnist"])
def test_there_are_five_of_each_and_all_was_measured(data: str) -> None:
    runs = vae_runs.measured(data)
    for name in (*SHARES, *BOUNDS, "sharpness", "bolder_ink", "active", "seconds"):
        assert runs[name].shape == (5,), name
        assert (runs[name] > 0).all(), name
    for name in SHARES:
        assert (runs[name] <= 1).all(), name
    assert runs["labels"][0] == 20
    for name in ("codes", "components", "pixels"):
        accuracy = runs["classified"][name]
        assert accuracy.shape == (5, len(runs["labels"]))
        assert (accuracy[:, -1] > accuracy[:, 0]).all()
    assert {"noisy", "blank", "wrong labels, by ELBO", "wrong labels, by neighbours"} <= set(runs["caught"])
    assert runs["draws"].keys() == {"VAE", "autoencoder", "blurred images", "fragments", "real images"}
    assert len(set(runs["negative_elbo"].tolist())) == 5


@pytest.mark.parametrize("data", ["digits", "mnist"])
def test_more_draws_give_a_tighter_bound_and_controls_are_judged_as_they_must_be(data: str) -> None:
    runs = vae_runs.measured(data)
    assert (runs["importance_weighted"] < runs["negative_elbo"]).all()
    assert (runs["binarised_importance_weighted"] < runs["binarised"]).all()
    draws = runs["draws"]
    assert draws["real images"]["precision"].min() > 0.8
    for control in ("blurred images", "fragments"):
        assert draws[control]["precision"].max() < 0.2, control


def test_unknown_data_and_networks_are_named() -> None:
    with pytest.raises(ArgumentError, match="mnist"):
        vae_runs.measured("mnits")
    for name in ("VAE", "vae-mnist-bets"):
        with pytest.raises(ArgumentError, match="vae-mnist-best"):
            vae_runs.bundled(name)


def test_what_is_said_of_a_bundled_network_was_measured_on_its_weights() -> None:
    facts = manifest()
    for row in results.load(vae_runs.NAME).rows:
        if row["network"] != "VAE":
            assert row["sha256"] == facts[row["network"]]["sha256"]
            assert row["negative_elbo"] == pytest.approx(
                facts[row["network"]]["test negative ELBO (nats)"], abs=0.15
            )


def test_binarised_images_are_black_or_white_and_as_light_on_average() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (50, 20, 20, 1)).astype(np.uint8)
    made = vae_runs.binarised(grey, seed=3)
    assert set(np.unique(made)) == {0, 255}
    assert made.mean() == pytest.approx(grey.mean(), rel=0.02)
    assert (made == vae_runs.binarised(grey, seed=3)).all()
    assert (made != vae_runs.binarised(grey, seed=4)).any()
    certain = np.array([[[[0], [255]]]], np.uint8)
    assert (vae_runs.binarised(np.repeat(certain, 500, axis=0))[:, 0, :, 0] == [0, 255]).all()
