"""Memory as data grow: measured in a process of its own, and read as a growth."""

import numpy as np
import pytest

from capslab.errors import ArgumentError
from capslab.lessons import memory_runs, results
from capslab.lessons.results import Measurements


@pytest.mark.slow
@pytest.mark.parametrize("way", memory_runs.LARGE)
def test_a_run_is_measured_in_a_process_of_its_own(tmp_path, way):
    path = tmp_path / "images.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (3000, 12, 12), dtype=np.uint8))
    row = memory_runs.measure(way, path, seed=2)
    assert (row["way"], row["images"], row["seed"]) == (way, 3000, 2)
    assert 0 <= row["memory_mb"] < 500
    assert row["cpu_s"] >= 0


def test_growth_compares_the_most_images_with_the_fewest_run_by_run():
    cells = [(100, 10, 1), (100, 20, 1), (1000, 30, 5), (1000, 20, 10)]
    rows = [{"way": "on the disk", "images": n, "memory_mb": mb, "cpu_s": s} for n, mb, s in cells]
    measured = Measurements("", "", "", rows)
    assert memory_runs.growth(measured, "on the disk").tolist() == pytest.approx([0.3, 0.1])
    assert memory_runs.growth(measured, "on the disk", "cpu_s").tolist() == pytest.approx([0.5, 1.0])


def test_the_bundled_runs_are_those_that_the_command_makes():
    bundled = results.load(memory_runs.NAME)
    assert bundled.command == memory_runs.COMMAND
    for way, large in memory_runs.LARGE.items():
        sizes = bundled.grouped("seed", "images", way=way)
        assert sizes == {n: list(range(memory_runs.REPEATS)) for n in (memory_runs.SMALL, large)}


def test_another_way_is_refused(fails):
    with fails(ArgumentError, "way", names="'on the disk'"):
        memory_runs.measure("on disk", "images.npy")
