"""`tools/remeasure.py` writes what the lessons read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from common import numbers_in

from capslab.lessons import beta_runs, beta_sweep, classical_methods, judge_draws, results

sys.path.insert(0, str(Path(__file__).parents[2]))
from tools import remeasure  # authors' tools are not installed


def test_classical_methods_are_measured_and_read_again(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(classical_methods, "METHODS", {"k-means": classical_methods.k_means})
    rows = remeasure.classical("digits", {50: 2, 99_999: 1})
    bundled = results.load("classical")
    assert bundled.rows == rows
    assert [(row["n"], row["seed"]) for row in rows] == [(50, 0), (50, 1), (1438, 0)]
    assert bundled.command == remeasure.COMMAND


def test_the_bundled_measurements_name_the_command_that_makes_them():
    assert results.load("classical").command == remeasure.COMMAND
    assert results.load(beta_runs.NAME).command == beta_runs.COMMAND


def test_networks_of_several_betas_are_trained_once_each(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(judge_draws, "train_judge", lambda images: None)
    trained = []

    def train(images, beta, seed, judge, passes):
        trained.append((beta, seed))
        return {"data": images.name, "beta": beta, "seed": seed}

    monkeypatch.setattr(beta_runs, "train", train)
    remeasure.several_betas("digits", betas=(0.0, 1.0), seeds=1)
    rows = remeasure.several_betas("digits", betas=(0.0, 1.0), seeds=2)  # goes on where it stopped
    assert trained == [(0.0, 0), (1.0, 0), (0.0, 1), (1.0, 1)]
    assert results.load(beta_runs.NAME).rows == rows


@pytest.mark.slow
def test_a_beta_sweep_is_trained_and_read_again(monkeypatch, tmp_path):
    monkeypatch.setattr(beta_sweep, "BETAS", (1.0,))
    sweep = beta_sweep.read(remeasure.betas("digits", size=200, epochs=1, folder=tmp_path))
    assert sweep.samples.shape == (1, 10, 8, 8, 1)
    assert numbers_in(sweep.about)[0] == "200"
    assert "digits" in sweep.about
