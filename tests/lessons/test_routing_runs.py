"""The runs behind lesson 16: rows with what the lesson reads, kept when a run is interrupted."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from capslab.lessons import results, routing_runs
from capslab.models import CapsNet
from capslab.routing.variants import ROUTINGS

sys.path.insert(0, str(Path(__file__).parents[2]))
from tools import remeasure  # authors' tools are not installed


@pytest.mark.slow
@pytest.mark.rare
def test_networks_are_measured_kept_and_not_trained_again(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    monkeypatch.setattr(CapsNet, "recipe", replace(CapsNet.recipe, steps=40))
    small = {"routings": ["one", "em"], "seeds": 1, "depths": [1], "depth_seeds": 1, "epochs": 1}
    small |= {"plain_depths": [2]}
    rows = remeasure.routing_variants("digits", **small)
    assert [row.get("routing", row.get("middle_layers")) for row in rows] == ["one", "em", 1, 2, None]
    assert rows[3]["experiment"] == "depth, larger start"
    assert rows[4]["dense_layers"] == 3
    assert rows[4]["accuracy"] > 0.5
    assert all(0.3 < row["accuracy"] <= 1 for row in rows[:2])
    assert rows[0]["entropy"] == 1.0
    assert rows[1]["entropy"] < 1
    assert rows[0]["weights"] < rows[1]["weights"]
    (longest,), (spread,) = rows[2]["longest"], rows[2]["spread"]
    assert len(longest) == len(spread) == routing_runs.MIDDLE
    assert all(0 <= s < most < 1 for s, most in zip(spread, longest, strict=True))

    def never(*arguments):
        raise AssertionError("trained again")

    monkeypatch.setattr(routing_runs, "train_routing", never)
    monkeypatch.setattr(routing_runs, "train_depth", never)
    monkeypatch.setattr(routing_runs, "train_plain", never)
    assert remeasure.routing_variants("digits", **small) == rows
    with pytest.raises(AssertionError, match="trained again"):
        remeasure.routing_variants("digits", **{**small, "seeds": 2})


def test_the_bundled_runs_are_complete():
    table = results.load("routing_variants")
    assert table.command == remeasure.ROUTING_COMMAND
    accuracies = table.grouped("accuracy", "routing", experiment="routing")
    counts = {name: len(values) for name, values in accuracies.items()}
    assert counts == {**dict.fromkeys(ROUTINGS, routing_runs.SEEDS), "uniform": 1}
    assert accuracies["uniform"] == accuracies["one"][:1]  # the same network
    assert min(map(min, accuracies.values())) > 0.9
    accuracy, largest = routing_runs.by_depth(table)
    assert [*accuracy] == [1, *(depth + 1 for depth in routing_runs.DEPTHS)]
    assert accuracy[1] == accuracies["dynamic"][: routing_runs.DEPTH_SEEDS]
    seeds, sixteen = routing_runs.DEPTH_SEEDS, routing_runs.MIDDLE
    shapes = {n + 1: (seeds, n, sixteen) for n in routing_runs.DEPTHS}
    assert {n: values.shape for n, values in largest.items()} == shapes
    rows = routing_runs.depth_rows(table, {2: [0, 3, 0]})
    assert [row["of them dead"] for row in rows] == [None, "0  3  0", None, None]
    assert [row["middle capsules"] for row in rows] == [0, 16, 32, 64]
    plain = table.grouped("accuracy", "dense_layers", experiment="plain depth")
    assert {n: len(values) for n, values in plain.items()} == {5: seeds}
    larger = table.grouped("accuracy", "middle_layers", experiment="depth, larger start")
    assert {n: len(values) for n, values in larger.items()} == {4: seeds}
    depths = table.grouped("longest", "middle_layers", experiment="depth")
    for depth in routing_runs.DEPTHS:
        assert np.shape(depths[depth])[:2] == (routing_runs.DEPTH_SEEDS, depth)
