"""The tool that measures VAEs, on a few images: every number is there, and interrupted runs go on."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

import capslab as cl
from capslab.lessons import results, vae_runs

sys.path.insert(0, str(Path(__file__).parents[2]))
from tools import train_vaes  # authors' tools are not installed

pytestmark = pytest.mark.slow


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(train_vaes, "EPOCHS", {"digits": 1})
    monkeypatch.setattr(train_vaes, "DRAWS", 3)
    monkeypatch.setattr(train_vaes, "LABELS", {"digits": (20, 50)})


def test_a_row_has_all_that_the_bundled_rows_have(quick) -> None:
    row = train_vaes.one(cl.load("digits"), seed=3)
    bundled = results.load(vae_runs.NAME).where(data="digits", network="VAE", seed=3)[0]
    assert list(row) == list(bundled)
    for name in ("classified", "caught", "draws"):
        assert row[name].keys() == bundled[name].keys()
    json.dumps(row)
    assert row["importance_weighted"] < row["negative_elbo"]


def test_what_is_there_is_not_trained_again(quick, monkeypatch, tmp_path) -> None:
    seeds = []
    monkeypatch.setattr(results, "FOLDER", tmp_path)

    def one(images, seed):
        seeds.append(seed)
        return {"data": images.name, "network": "VAE", "seed": seed}

    monkeypatch.setattr(train_vaes, "one", one)
    for count in ("2", "3"):
        monkeypatch.setattr(sys, "argv", ["train_vaes.py", "digits", "--seeds", count])
        train_vaes.main()
    assert seeds == [0, 1, 2]
    assert [row["seed"] for row in results.load(vae_runs.NAME).rows] == [0, 1, 2]


def test_the_best_of_several_classifiers_is_chosen_by_the_validation_images() -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), np.repeat([0, 1], 30)
    X[y == 1] += 4
    assert train_vaes.best_linear(X, y, X, X, y, y) > 0.95
    assert train_vaes.best_linear(X, y, X, X, y, 1 - y) < 0.05
