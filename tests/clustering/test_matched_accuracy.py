"""Contingency, matched accuracy and matching of labels, against plain loops."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capslab.clustering import contingency, match_labels, matched_accuracy
from capslab.errors import ArgumentError

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)


@given(pairs)
def test_contingency_counts(rows):
    labels, truth = np.array(rows).T
    table = contingency(labels, truth)
    for a in range(table.shape[0]):
        for b in range(table.shape[1]):
            assert table[a, b] == sum(row == (a, b) for row in rows)
    assert table.sum() == len(rows)


@given(pairs)
def test_matched_accuracy_is_the_best_of_all_namings(rows):
    labels, truth = np.array(rows).T
    best = max(np.mean([name[a] == b for a, b in rows]) for name in permutations(range(4)))
    assert matched_accuracy(labels, truth) == pytest.approx(best)
    assert 0 <= matched_accuracy(labels, truth) <= 1


@given(pairs, st.permutations(range(4)))
def test_names_of_clusters_do_not_matter(rows, names):
    labels, truth = np.array(rows).T
    assert matched_accuracy(np.array(names)[labels], truth) == pytest.approx(matched_accuracy(labels, truth))


@given(pairs)
def test_match_labels_renames_and_never_merges(rows):
    reference, labels = np.array(rows).T
    renamed = match_labels(reference, labels)
    together = labels[:, None] == labels
    np.testing.assert_array_equal(renamed[:, None] == renamed, together)
    best = max(np.mean([name[b] == a for a, b in rows]) for name in permutations(range(4)))
    assert (renamed == reference).mean() == pytest.approx(best)


def test_a_cluster_that_splits_keeps_its_number_in_the_larger_part():
    before = np.array([0] * 10 + [1] * 10)
    after = np.array([2] * 10 + [0] * 3 + [1] * 7)
    np.testing.assert_array_equal(match_labels(before, after), [0] * 10 + [2] * 3 + [1] * 7)


def test_fewer_clusters_than_before():
    np.testing.assert_array_equal(match_labels([0, 1, 2, 2], [1, 1, 0, 0]), [0, 0, 2, 2])


def test_unmatched_clusters_count_as_wrong():
    assert matched_accuracy([0, 0, 1, 2], [0, 0, 0, 0]) == 0.5


@pytest.mark.parametrize("bad", [[], [[0, 1]], [0.5, 1], [-1, 0], ["a", "b"], None, 3])
def test_anything_but_whole_numbers_is_refused(bad, fails):
    with fails(ArgumentError, "labels"):
        contingency(bad, [0, 1])
    with fails(ArgumentError, "truth"):
        contingency([0, 1], bad)


def test_different_lengths_are_refused(fails):
    with fails(ArgumentError, "truth", names=("(2)", "3 of them")):
        contingency([0, 1], [0, 1, 1])
