"""Bundled measurements: read, filtered, written."""

import statistics

from capslab.errors import ArgumentError
from capslab.lessons import results as home
from capslab.lessons.results import load, machine, save


def test_the_measurements_of_clustering_without_labels_are_complete():
    table = load("labelfree")
    assert table.date.count("-") == 2
    assert table.machine
    for run in (
        "spectral",
        "edges",
        "selftrained",
        "full",
        "fashion-spectral",
        "fashion-edges",
        "fashion-full",
    ):
        rows = table.where(run=run)
        assert rows, run
        assert all(row["images"] == 60_000 and 0 < row["accuracy"] < 1 for row in rows)
        assert all(row["cpu_s"] > 2 and row["peak_mb"] > 100 for row in rows)
    full = table.grouped("test_accuracy", "run")["full"]
    assert statistics.median(full) > 0.99
    assert min(full) > 0.985
    assert all(row["peak_mb"] <= 1500 for row in table.where(run="full"))
    assert all(len(table.where(run=run)) == 5 for run in ("spectral", "selftrained", "full"))


def test_the_settings_of_labelfree_are_the_best_mean_on_the_validation_images():
    table = load("labelfree")
    means = {}
    for run in ("choice-mild", "choice-full", "choice-raw"):
        rows = table.where(run=run)
        assert all("test_accuracy" not in row for row in rows), "the test images do not choose"
        means[run] = sum(row["validation_accuracy"] for row in rows) / len(rows)
    assert max(means, key=means.get) == "choice-full", "LabelFree's own settings: jitter and straighten None"


def test_a_million_images_are_clustered_in_bounded_memory():
    table = load("scale")
    for run in ("pixels", "network", "report"):
        rows = {row["images"]: row for row in table.where(run=run)}
        assert list(rows) == [10_000, 100_000, 1_000_000]
        assert all(row["peak_mb"] <= 1500 for row in rows.values())
        assert rows[1_000_000]["file_mb"] == 784
        assert rows[1_000_000]["peak_mb"] < 4 * rows[10_000]["peak_mb"], "not with the number of images"


def test_a_vae_and_the_classical_methods_were_timed_five_times_on_all_of_mnist():
    rows = load("training_costs").rows
    methods = {"k-means", "support vector machine", "random forest", "gradient boosting", "VAE"}
    assert {row["n"] for row in rows} == {55_000}
    assert all({row["method"] for row in rows if row["seed"] == seed} == methods for seed in range(5))
    assert len(rows) == 25
    assert all(100 < row["negative_elbo"] < 104 for row in rows if row["method"] == "VAE")


def test_a_longer_training_costs_more_and_ends_in_fewer_nats():
    table = load("vae_lengths")
    seconds, nats = (table.grouped(name, "epochs") for name in ("fit_s", "negative_elbo"))
    assert {row["n"] for row in table.rows} == {55_000}
    assert list(seconds) == [5, 7, 20]
    assert all(len(each) == 3 for each in seconds.values())
    assert max(seconds[5]) < min(seconds[7])
    assert max(seconds[7]) < min(seconds[20])
    assert min(nats[5]) > max(nats[7])
    assert min(nats[7]) > max(nats[20])


def test_what_is_saved_is_read(monkeypatch, tmp_path):
    monkeypatch.setattr(home, "FOLDER", tmp_path)
    save("mine", "python mine.py", [{"run": "a", "x": 1}, {"run": "b", "x": 2}])
    table = load("mine")
    assert table.where(run="b") == [{"run": "b", "x": 2}]
    assert table.where(run="c") == []
    assert str(table).startswith("2 ")
    assert all(part in str(table) for part in (table.date, machine(), "`python mine.py`"))


def test_values_are_grouped_by_one_name_or_by_several():
    rows = [{"run": "a", "seed": 1, "x": 1}, {"run": "a", "seed": 2, "x": 2}, {"run": "b", "seed": 1, "x": 3}]
    rows.append({"run": "c", "seed": 1})
    table = home.Measurements("", "", "", rows)
    assert table.grouped("x", "run") == {"a": [1, 2], "b": [3]}
    assert table.grouped("x", "run", "seed") == {("a", 1): [1], ("a", 2): [2], ("b", 1): [3]}
    assert table.grouped("x", "run", seed=1) == {"a": [1], "b": [3]}


def test_an_unknown_name_gets_a_hint(fails):
    with fails(ArgumentError, "name", names="'labelfree'?"):
        load("labelfre")
