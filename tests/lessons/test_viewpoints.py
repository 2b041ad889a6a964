"""Lesson 15's experiment: the split by toys and views, matching, reading angles, bundled results."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from common import ROOT

import capslab as cl
from capslab.errors import ArgumentError
from capslab.lessons import viewpoints
from capslab.lessons.viewpoints import COMPARED, KINDS, RATES


@pytest.fixture(scope="module")
def toys():
    return cl.load("toys")


def test_no_view_is_familiar_and_new_and_all_of_the_test_are_of_other_toys(toys) -> None:
    for seed in (0, 1, 5):
        split = viewpoints.choose_toys(toys, seed)
        toy = split.poses.kind * 10 + split.poses.instance
        parts = [set(toy[split.parts == part]) for part in range(3)]
        assert [len(part) for part in parts] == [25, 5, 20]
        assert not parts[0] & parts[1]
        assert not parts[0] & parts[2]
        assert not parts[1] & parts[2]
    masks = viewpoints.views(toys.poses)
    assert max(sum(mask.astype(int) for mask in masks.values())) == 1
    assert set(toys.poses.azimuth[masks["familiar"]]) == {0, 18, 36, 54, 306, 324, 342}
    assert set(toys.poses.elevation[masks["azimuth"]]) == {20, 35}
    assert set(toys.poses.elevation[masks["elevation"]]) == {50, 65}


def test_seed_0_is_the_split_as_it_comes_and_others_differ(toys) -> None:
    assert (viewpoints.choose_toys(toys, 0).parts == toys.parts).all()
    assert (viewpoints.choose_toys(toys, 1).parts != viewpoints.choose_toys(toys, 2).parts).any()


def test_whoever_is_ahead_goes_back_to_where_both_are_equal() -> None:
    slow, quick = [[0.5, 0.1], [0.8, 0.6]], [[0.6, 0.2], [0.9, 0.5], [1.0, 0.9]]
    mine, theirs = viewpoints.matched(slow, quick)
    assert mine == [0.8, 0.6]
    assert theirs == pytest.approx([0.8, 0.4])  # two thirds of the way from .6 to .9
    assert viewpoints.matched(quick, slow) == (theirs, mine)


def test_a_training_that_dips_below_the_level_goes_back_to_its_last_crossing() -> None:
    dips = [[0.9, 0.1], [0.7, 0.2], [0.9, 0.4]]
    assert viewpoints.matched(dips, [[0.8, 0.5]])[0] == pytest.approx([0.8, 0.3])


def test_a_network_above_the_level_from_its_first_epoch_on_cannot_go_further_back() -> None:
    assert viewpoints.matched([[0.9, 0.3], [0.95, 0.4]], [[0.8, 0.5]])[0] == [0.9, 0.3]


def test_a_linear_map_reads_angles_that_are_there_and_no_others(toys) -> None:
    some = toys[::7]
    angle = np.deg2rad(some.poses.azimuth)
    rng = np.random.default_rng(0)
    mixed = np.stack([np.sin(angle), np.cos(angle)], axis=1) @ rng.normal(size=(2, 5)) + 3
    known, asked = some.parts == 0, some.parts == 2

    def median(vectors):
        said = viewpoints.read_azimuth(vectors[known], some.poses[known], vectors[asked], some.poses[asked])
        return np.median(viewpoints.turned_by(said - some.poses.azimuth[asked]))

    assert median(mixed) < 1
    assert 70 < median(rng.normal(size=mixed.shape)) < 110
    tall = some.poses.elevation[:, None] * np.array([[1.0, -2.0]])
    said = viewpoints.read_elevation(tall[known], some.poses[known], tall[asked], some.poses[asked])
    assert np.abs(said - some.poses.elevation[asked]).max() < 1


def test_the_bundled_pairs_are_complete_and_equal_on_familiar_views() -> None:
    pairs = viewpoints.many_pairs()
    for views in ("familiar", "azimuth", "elevation", "new"):
        one, other = (pairs.accuracies(kind, views) for kind in COMPARED)
        assert len(one) == len(other) >= 5
        assert ((one > 0.2) & (one <= 1)).all()
    assert min(pairs.accuracies(kind, "familiar").min() for kind in COMPARED) > 0.97
    for kind in KINDS[2:]:
        assert len(pairs.accuracies(kind, "new")) >= 5
    assert len(pairs.reading("the right capsule", 16, "azimuth, taught")) == len(one)
    assert len(pairs.reading("pixels", 784, "azimuth, extrapolated")) == len(one)
    at = pairs.affine()
    assert len(at["capsules"]) == len(at["convolutional"]) == len(at["familiar"]) >= 5
    assert (at["capsules"] < at["familiar"]).all()
    assert "tools/viewpoints.py" in str(pairs)


def test_both_sides_had_the_same_rates_to_choose_from() -> None:
    rows = viewpoints.many_pairs().table.rows
    for experiment in ("toys", "digits"):
        for kind in COMPARED:
            tried = {row["rate"] for row in rows if row["experiment"] == experiment and row["kind"] == kind}
            assert tried == set(RATES)
            assert viewpoints.best_rate(rows, experiment, kind) in RATES


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ArgumentError) as caught:
        viewpoints.many_pairs().accuracies("capsule", "new")
    assert caught.value.argument == "kind"


def test_the_tool_trains_only_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("viewpoints_tool", ROOT / "tools" / "viewpoints.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    trained = []

    def one(kind: str, rate: float, seed: int):
        trained.append((kind, rate, seed))
        return [{"validation": rate if kind == "capsules" else -rate, "cpu_s": 0.0}]

    monkeypatch.setattr(tool, "one_of_digits", one)
    rows: list = []
    tool.run("digits", 3, rows, lambda: None)
    assert len(trained) == len(set(trained)) == 2 * len(RATES) + 2 * 2
    assert ("capsules", max(RATES), 2) in trained
    assert ("convolutional", min(RATES), 2) in trained
    tool.run("digits", 3, rows, lambda: None)
    assert len(trained) == len(rows) == 2 * len(RATES) + 2 * 2
