"""Tables and confusion matrices: what stands in which cell."""

from __future__ import annotations

import numpy as np

from capslab import plots
from capslab.clustering import contingency
from capslab.errors import ArgumentError


def test_confusion_writes_every_count_and_shades_by_row():
    counts = contingency([0, 0, 0, 1], [0, 0, 1, 1])
    figure = plots.confusion(counts, ["cat", "dog"])
    np.testing.assert_allclose(figure.axes[0].images[0].get_array(), [[2 / 3, 1 / 3], [0, 1]])
    assert [text.get_text() for text in figure.axes[0].texts] == ["2", "1", "1"]
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == ["cat", "dog"]


def test_confusion_refuses_wrong_names(fails):
    with fails(ArgumentError, "classes", names="3"):
        plots.confusion(np.eye(3, dtype=int), ["a", "b"])
    with fails(ArgumentError, "matrix", names="(r, c)"):
        plots.confusion([1, 2])


def test_a_table_marks_the_best_with_a_star():
    rows = [
        {"what": "pixels", "ARI": 0.36, "s": 2},
        {"what": "VAE", "ARI": None, "s": 1},
        {"what": "caps", "ARI": 0.95, "s": 1},
    ]
    figure = plots.table(rows, {"ARI": "high", "s": "low"})
    cells = {at: cell.get_text().get_text() for at, cell in figure.axes[0].tables[0].get_celld().items()}
    assert [cells[0, j] for j in range(3)] == ["what", "ARI", "s"]
    assert [cells[i, 1] for i in (1, 2, 3)] == ["0.36", "–", "0.95 ★"]
    assert [cells[i, 2] for i in (1, 2, 3)] == ["2", "1 ★", "1 ★"]


def test_a_table_shows_the_columns_asked_for_by_other_names(fails):
    rows = [{"n": 5, "fit_s": 1.5, "seed": 0}, {"n": 9, "fit_s": 2.5, "note": ""}]
    figure = plots.table(rows, {"seconds": "low"}, {"fit_s": "seconds", "n": "images"})
    cells = {at: cell.get_text().get_text() for at, cell in figure.axes[0].tables[0].get_celld().items()}
    assert [[cells[i, j] for j in range(2)] for i in range(3)] == [
        ["seconds", "images"],
        ["1.5 ★", "5"],
        ["2.5", "9"],
    ]
    with fails(ArgumentError, "columns", names="'note'"):
        plots.table(rows, columns={"n": "n", "note": "note"})


def test_a_table_refuses_uneven_rows_and_unknown_columns(fails):
    with fails(ArgumentError, "rows"):
        plots.table([{"a": 1}, {"b": 2}])
    with fails(ArgumentError, "best"):
        plots.table([{"a": 1}], {"b": "high"})
