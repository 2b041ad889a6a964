"""The table of methods without labels: in order, and every row says who saw labels."""

from __future__ import annotations

import numpy as np

from capslab.lessons import results, who_read_labels


def test_rows_are_in_order_and_each_says_who_saw_labels() -> None:
    rows = who_read_labels.table_rows()
    accuracies = [float(row["matched accuracy"]) for row in rows]
    assert accuracies == sorted(accuracies)
    assert len(rows) == len(who_read_labels.PUBLISHED) + len(who_read_labels.OURS)
    for row in rows:
        assert row[who_read_labels.ASKED].startswith("yes" if row["method"].startswith("here") else "not")


def test_our_rows_are_medians_of_the_bundled_runs() -> None:
    (ours,) = (row for row in who_read_labels.table_rows() if "LabelFree" in row["method"])
    scores = [row["test_accuracy"] for row in results.load("labelfree").where(run="full")]
    assert len(scores) >= 5
    assert ours["matched accuracy"] == f"{np.median(scores):.3f}"
