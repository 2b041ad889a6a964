"""`tools/remeasure.py` writes what the lessons read."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from common import numbers_in

from capslab.lessons import (
    beta_runs,
    beta_sweep,
    choosing_k,
    classical_methods,
    judge_draws,
    memory_runs,
    results,
    same_images,
    what_was_found,
)

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
    assert results.load("training_costs").command == remeasure.COSTS_COMMAND
    assert results.load("vae_lengths").command == remeasure.LENGTHS_COMMAND
    assert results.load("spectral_times").command == remeasure.SPECTRAL_COMMAND


def test_spectral_clustering_is_timed_and_scored_with_both_numbers_of_eigenvectors(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    rows = remeasure.spectral_times("digits", {100: 2, 200: 1})
    assert [(row["n"], row["seed"]) for row in rows] == [(100, 0), (200, 0), (100, 1)]
    assert all(0 < row["textbook_accuracy"] <= 1 and 0 < row["accuracy"] <= 1 for row in rows)
    assert results.load("spectral_times").rows == rows
    exponents = classical_methods.growth_exponents(rows[:2], "spectral clustering")
    assert exponents.shape == (1,)


def test_methods_on_the_same_images_are_taken_up_again(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    trained = []

    def train(images, seed, epochs):
        trained.append(seed)
        return [{"data": images.name, "seed": seed, "accuracy": 0.5}]

    monkeypatch.setattr(same_images, "train", train)
    remeasure.straightened_methods("digits", seeds=1)
    rows = remeasure.straightened_methods("digits", seeds=2)
    assert trained == [0, 1], "what is there is kept"
    assert results.load(same_images.NAME).rows == rows


def test_criteria_for_k_keep_the_rows_of_other_data(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(choosing_k, "SETS", {"all": ("digits", None), "some": ("digits", (0, 1))})
    monkeypatch.setattr(choosing_k, "measure", lambda sample, seed: {"eigenvalues": [1.0]})
    results.save(choosing_k.NAME, choosing_k.COMMAND, [{"set": "clothes"}])
    rows = remeasure.criteria_for_k(samples=2)
    assert [row["set"] for row in rows] == ["clothes", "all", "all", "some", "some"]
    assert [row.get("classes") for row in rows] == [None, 10, 10, 2, 2]


def test_vaes_of_several_lengths_are_trained_once_each(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    trained = []

    def costs(images, seed, epochs):
        trained.append((seed, epochs, len(images)))
        return {"method": "VAE", "seed": seed, "epochs": epochs, "fit_s": 0.123456}

    monkeypatch.setattr(remeasure, "_vae_costs", costs)
    remeasure.vae_lengths("digits", size=300, repeats=1, lengths=(1, 2))
    rows = remeasure.vae_lengths("digits", size=300, repeats=2, lengths=(1, 2))
    assert trained == [(0, 1, 300), (0, 2, 300), (1, 1, 300), (1, 2, 300)], "what is there is kept"
    assert rows[0] == {"data": "digits", "method": "VAE", "seed": 0, "epochs": 1, "fit_s": 0.1235}
    assert results.load("vae_lengths").rows == rows


def test_memory_is_measured_once_for_each_way_number_and_seed(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    measured = []

    def measure(way, path, seed):
        images = np.load(path)
        assert images.shape[1:] == (8, 8, 1)
        measured.append((way, len(images), seed))
        return {"way": way, "images": len(images), "seed": seed, "cpu_s": 1.0, "memory_mb": 2.0}

    monkeypatch.setattr(memory_runs, "measure", measure)
    remeasure.memory("digits", 20, {"on the disk": 50}, repeats=1)
    rows = remeasure.memory("digits", 20, {"on the disk": 50, "all in memory": 20}, repeats=2)
    assert len(measured) == len(set(measured)) == len(rows)
    assert sorted(measured) == sorted(
        [("all in memory", 20, seed) for seed in (0, 1)]
        + [("on the disk", n, seed) for n in (20, 50) for seed in (0, 1)]
    )
    assert results.load(memory_runs.NAME).rows == rows


def test_the_verdicts_of_the_built_lessons_are_collected(monkeypatch, tmp_path):
    bundled = results.load(what_was_found.NAME).rows
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    remeasure.verdicts()
    assert results.load(what_was_found.NAME).rows == bundled


@pytest.mark.slow
def test_costs_of_training_are_measured_in_turns_and_taken_up_again(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(classical_methods, "METHODS", {"k-means": classical_methods.k_means})
    first = remeasure.training_costs("digits", size=200, repeats=1, epochs=1)
    rows = remeasure.training_costs("digits", size=200, repeats=2, epochs=1)
    assert rows[:2] == first, "what was measured before is kept"
    assert [(row["method"], row["seed"]) for row in rows] == [
        ("k-means", 0),
        ("VAE", 0),
        ("k-means", 1),
        ("VAE", 1),
    ]
    assert len({row["n"] for row in rows[:2]}) == 1, "both have the same images"
    assert all(row["fit_s"] > 0 and row["predict_s"] > 0 for row in rows)
    assert results.load("training_costs").rows == rows
    assert results.load("training_costs").command == remeasure.COSTS_COMMAND


def test_networks_of_several_betas_are_trained_once_each(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(judge_draws, "train_judge", lambda images: None)
    trained = []

    def train(images, beta, seed, judge, passes):
        trained.append((beta, seed))
        return {"data": images.name, "beta": beta, "seed": seed} | dict.fromkeys(beta_runs.MEASURED, 0.5)

    monkeypatch.setattr(beta_runs, "train", train)
    remeasure.several_betas("digits", betas=(0.0, 1.0), seeds=1)
    rows = remeasure.several_betas("digits", betas=(0.0, 1.0), seeds=2)  # goes on where it stopped
    assert trained == [(0.0, 0), (1.0, 0), (0.0, 1), (1.0, 1)]
    assert results.load(beta_runs.NAME).rows == rows

    del rows[0]["fitted_recall"]  # a measurement that did not exist yet
    results.save(beta_runs.NAME, beta_runs.COMMAND, rows)
    whole = remeasure.several_betas("digits", betas=(0.0, 1.0), seeds=2)
    assert trained[4:] == [(0.0, 0)]
    assert len(whole) == 4
    assert all(set(beta_runs.MEASURED) <= set(row) for row in whole)


@pytest.mark.slow
def test_a_beta_sweep_is_trained_and_read_again(monkeypatch, tmp_path):
    monkeypatch.setattr(beta_sweep, "BETAS", (1.0,))
    sweep = beta_sweep.read(remeasure.betas("digits", size=200, epochs=1, folder=tmp_path))
    assert sweep.samples.shape == (1, 10, 8, 8, 1)
    assert numbers_in(sweep.about)[0] == "200"
    assert "digits" in sweep.about
