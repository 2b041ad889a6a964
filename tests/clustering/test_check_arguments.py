"""What `cluster` and `KMeansPath` refuse in words, and the unusual input that they accept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError

from capslab.clustering import KMeansPath, cluster, matched_accuracy
from capslab.embedding import Embedding
from capslab.errors import ArgumentError


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    return Embedding(data.data / 16, data.target, data.images, "pixels", supervised=False)


@pytest.fixture(scope="module")
def path(digits):
    return cluster(digits)


@pytest.mark.parametrize(
    "k", [0, -3, 21, 2.0, True, "10", [], [2, 0], [2, 50], [2, "3"], range(2, 31), np.float64(3)]
)
def test_a_k_that_cannot_be_is_refused_in_words(k):
    X = np.random.default_rng(0).normal(size=(20, 2))
    with pytest.raises(
        ArgumentError,
        match=r"`n_clusters` should be a whole number from 1 to 20.*Received: ",
    ):
        cluster(X, n_clusters=k)


@pytest.mark.parametrize("k", [[5, 3, 3], np.array([3, 5]), (5, 3), {3, 5}, iter([3, 5])])
def test_several_k_in_any_form(k):
    X = np.random.default_rng(0).normal(size=(20, 2))
    assert KMeansPath(n_clusters=k).fit(X).ks_ == (3, 5)


def test_no_k_means_as_many_as_there_are_different_vectors_up_to_thirty():
    X = np.random.default_rng(0).normal(size=(40, 2))
    assert KMeansPath().fit(X).ks_ == tuple(range(2, 31))
    assert KMeansPath().fit(X[:7]).ks_ == tuple(range(2, 8))
    assert KMeansPath().fit(np.repeat(X[:3], 5, axis=0)).ks_ == (2, 3)
    assert KMeansPath().fit(np.ones((4, 2))).ks_ == (1,)


def test_more_clusters_than_travel_as_bytes_are_refused():
    with pytest.raises(ArgumentError, match=r"from 1 to 256.*Received: 257"):
        cluster(np.random.default_rng(0).normal(size=(300, 2)), n_clusters=257)


@pytest.mark.parametrize("k", [31, 1, 10.0, "10", None, True])
def test_a_k_that_is_not_on_the_path_is_named(path, k):
    with pytest.raises(ArgumentError, match=r"a k of this path \(2 to 30\)"):
        path.at(k)


def test_the_ks_of_a_path_with_gaps_are_listed(digits):
    with pytest.raises(ArgumentError, match=r"\(3, 10\)"):
        cluster(digits.vectors[:50], n_clusters=[3, 10]).at(4)


def test_nothing_moves_after_the_last_k(path):
    with pytest.raises(ArgumentError, match="nothing comes after 30"):
        path.moved(30)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e31])
def test_numbers_that_are_none_are_refused(bad):
    X = np.ones((10, 2))
    X[3, 1] = bad
    with pytest.raises(ArgumentError, match="finite numbers"):
        KMeansPath(n_clusters=2).fit(X)


def test_errors_name_the_argument_that_the_caller_wrote():
    for wrong in (np.full((5, 2), np.nan), np.ones(5)):
        with pytest.raises(ArgumentError, match="`embedding` should be"):
            cluster(wrong, n_clusters=2)
        with pytest.raises(ArgumentError, match="`X` should be"):
            KMeansPath(n_clusters=2).fit(wrong)


def test_numpy_integers_are_integers(digits):
    few = digits.vectors[:60]
    ours = KMeansPath(n_clusters=np.int64(3), n_micro=np.int32(50), seed=np.uint8(1)).fit(few)
    theirs = KMeansPath(n_clusters=3, n_micro=50, seed=1).fit(few)
    np.testing.assert_array_equal(ours.labels_, theirs.labels_)
    np.testing.assert_array_equal(ours.at(np.int16(3)).labels, theirs.labels_)


@pytest.mark.parametrize("X", [np.ones(5), np.ones((0, 3)), np.ones((3, 0)), "pixels", [["a"]], None])
def test_what_are_not_vectors_is_refused(X):
    with pytest.raises(ArgumentError, match=r"vectors \(n, d\)"):
        KMeansPath(n_clusters=2).fit(X)


def test_copies_are_counted_once():
    X = np.repeat(np.eye(3), 10, axis=0)
    assert cluster(X, n_clusters=3).at(3).inertia == pytest.approx(0, abs=1e-9)
    with pytest.raises(ArgumentError, match=r"at most 3, the number of different vectors.*Received: 4"):
        cluster(X, n_clusters=4)


def test_constant_vectors_make_one_cluster():
    assert cluster(np.full((50, 4), 7.5), n_clusters=1).at(1).inertia == 0
    with pytest.raises(ArgumentError, match="at most 1"):
        cluster(np.full((50, 4), 7.5), n_clusters=2)


def test_constant_features_change_nothing(digits):
    padded = np.pad(digits.vectors[:400], ((0, 0), (0, 3)), constant_values=5)
    plain, wide = (
        cluster(digits.vectors[:400, :10], n_clusters=6),
        cluster(padded[:, [*range(10), -1, -2]], n_clusters=6),
    )
    assert matched_accuracy(plain.at(6).labels, wide.at(6).labels) > 0.95


@pytest.mark.parametrize("distinct", [40, 3000])
def test_a_few_different_vectors_among_thousands_of_copies(distinct):
    rng = np.random.default_rng(0)
    X = np.zeros((60_000, 3), np.float32)
    X[:distinct] = rng.normal(size=(distinct, 3))
    path = cluster(X, n_clusters=range(2, 31))
    assert all(path.at(k).sizes.min() > 0 for k in path.ks_)
    assert (np.diff(path.path_inertia_) < 0).all()


def test_vectors_that_differ_outside_the_leading_components():
    X = np.repeat(np.eye(120), 3, axis=0)
    assert cluster(X, n_clusters=120).at(120).inertia == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("change", [{"n_micro": 0}, {"n_micro": 1.5}, {"seed": -1}, {"seed": "a"}])
def test_other_parameters_are_checked(change):
    with pytest.raises(ArgumentError, match=next(iter(change))):
        KMeansPath(n_clusters=2, **change).fit(np.eye(5))


def test_predict_refuses_other_vectors(path):
    with pytest.raises(ArgumentError, match=r"shape \(m, 64\)"):
        path.predict(np.ones((3, 5)), 10)
    with pytest.raises(ArgumentError, match="finite"):
        path.predict(np.full((3, 64), np.nan), 10)


def test_an_unfitted_path_says_so():
    with pytest.raises(NotFittedError):
        KMeansPath().at(3)


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(1, 40),
    d=st.integers(1, 5),
    levels=st.integers(1, 6),
    k=st.integers(1, 40),
    seed=st.integers(0, 99),
)
def test_any_small_set_is_clustered_or_refused_in_words(n, d, levels, k, seed):
    """Coarse values make many copies; no input ends in anything but clusters or words."""
    X = np.random.default_rng(seed).integers(levels, size=(n, d)).astype(np.float32)
    distinct = len(np.unique(X, axis=0))
    if k > distinct:
        with pytest.raises(ArgumentError, match="`n_clusters` should be"):
            cluster(X, n_clusters=k)
        return
    one = cluster(X, n_clusters=k, seed=seed).at(k)
    assert sorted(set(one.labels)) == list(range(k))
    np.testing.assert_allclose(
        ((X - one.centers[one.labels]) ** 2).sum(),
        one.inertia,
        rtol=1e-3,
        atol=1e-4 * max(1, np.abs(X).max()),
    )
    if k == distinct:
        assert one.inertia == pytest.approx(0, abs=1e-4)
