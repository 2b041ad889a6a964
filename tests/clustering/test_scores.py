"""Scores from a table or a distance matrix, against scikit-learn and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score

from capslab.clustering import adjusted_rand, contingency, normalized_mutual_information, silhouette

pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60)


@given(pairs)
def test_agreement_scores_are_those_of_scikit_learn(rows):
    labels, truth = np.array(rows).T
    table = contingency(labels, truth)
    assert adjusted_rand(table) == pytest.approx(adjusted_rand_score(truth, labels), abs=1e-9)
    expected = normalized_mutual_info_score(truth, labels)
    assert normalized_mutual_information(table) == pytest.approx(expected, abs=1e-9)


def test_adjusted_rand_by_hand():
    """Table [[2, 1], [0, 2]]: 2 pairs together in both; 4 by rows, 4 by columns, 10 in all."""
    expected = 4 * 4 / 10
    assert adjusted_rand(np.array([[2, 1], [0, 2]])) == pytest.approx((2 - expected) / (4 - expected))


@given(st.integers(0, 1000), st.integers(2, 5))
def test_silhouette_is_that_of_scikit_learn(seed, k):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(12, 2))
    labels = np.r_[np.arange(k), rng.integers(k, size=12 - k)]
    distances = np.linalg.norm(X[:, None] - X, axis=-1)
    assert silhouette(distances, labels) == pytest.approx(silhouette_score(X, labels), abs=1e-9)


def test_silhouette_leaves_out_clusters_that_are_not_in_the_sample():
    x = np.array([0.0, 1.0, 10.0, 11.0])
    distances = abs(x[:, None] - x)
    assert silhouette(distances, np.array([0, 0, 3, 3])) == silhouette(distances, np.array([0, 0, 1, 1]))


def test_silhouette_of_one_cluster_is_not_a_number():
    assert np.isnan(silhouette(np.zeros((3, 3)), np.zeros(3, int)))


def test_silhouette_of_copies_is_zero():
    assert silhouette(np.zeros((4, 4)), np.array([0, 0, 1, 1])) == 0
