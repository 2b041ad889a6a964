"""`SpectralPath` and its steps: the graph, its eigenvectors, their clusters, and what is refused."""

import doctest
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from sklearn.datasets import load_digits, make_blobs, make_circles
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.utils.estimator_checks import parametrize_with_checks

import capslab as cl
from capslab.clustering import SpectralPath, gaussian_mixture, matched_accuracy
from capslab.clustering.check_arguments import distinct_rows
from capslab.clustering.deskew import deskew
from capslab.clustering.eigen import cluster_eigenvectors, eigengap, leading_eigenvectors
from capslab.clustering.gradient_features import gradient_histograms
from capslab.clustering.neighbour_graph import (
    components,
    connect_components,
    self_tuning_weights,
    symmetric_normalisation,
)
from capslab.data import neighbours
from capslab.data.neighbours import Neighbours, nearest_neighbours
from capslab.data.pca import principal_components
from capslab.errors import ArgumentError


@parametrize_with_checks([SpectralPath(), SpectralPath(n_clusters=3)])
def test_it_is_an_estimator_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    "module",
    [
        "deskew",
        "eigen",
        "gradient_features",
        "neighbour_graph",
        "gaussian_mixture",
        "score_pitfalls",
        "spectral",
    ],
)
def test_examples(module):
    found = import_module(f"capslab.clustering.{module}")
    result = doctest.testmod(found, extraglobs={"np": np})
    assert result.failed == 0
    assert result.attempted


# --- the whole


def test_digits_are_found_without_labels():
    images = cl.load("digits")
    accuracies = []
    for seed in range(3):
        labels = SpectralPath(seed=seed).fit_predict(images)
        accuracies.append(matched_accuracy(labels, images.labels))
    assert min(accuracies) >= 0.95


def test_rings_are_told_apart_where_kmeans_cannot():
    X, truth = make_circles(600, factor=0.4, noise=0.04, random_state=0)
    assert matched_accuracy(SpectralPath(2, n_eigenvectors=2).fit_predict(X), truth) == 1.0


def test_the_same_seed_gives_the_same_labels_and_at_cuts_the_same_graph():
    data = load_digits()
    one, two = SpectralPath(10).fit(data.data), SpectralPath(10).fit(data.data)
    np.testing.assert_array_equal(one.labels_, two.labels_)
    np.testing.assert_array_equal(one.at(10).labels, one.labels_)
    assert one.at(4).sizes.min() > 0
    assert one.at(4).n_eigenvectors == 7 != one.eigengap_
    assert one.at(one.eigengap_).n_eigenvectors == one.eigengap_
    assert (np.diff(one.eigenvalues_) <= 1e-9).all()
    assert one.eigenvalues_[0] == pytest.approx(1, abs=1e-5)
    with pytest.raises(ArgumentError, match="n_eigenvalues"):
        one.at(100)


def test_numpy_integers_are_integers():
    X = load_digits().data[:90]
    ours = SpectralPath(
        np.int64(4),
        n_neighbors=np.int32(8),
        n_eigenvectors=np.int16(4),
        seed=np.uint8(2),
        power=np.float32(0),
    )
    theirs = SpectralPath(4, n_neighbors=8, n_eigenvectors=4, seed=2)
    np.testing.assert_array_equal(ours.fit_predict(X), theirs.fit_predict(X))
    np.testing.assert_array_equal(ours.at(np.int64(3)).labels, theirs.at(3).labels)


def test_the_eigengap_of_clear_groups_is_their_number():
    for k in (2, 3, 7):
        X, _ = make_blobs(400, 5, centers=k, cluster_std=0.3, center_box=(-8, 8), random_state=1)
        assert SpectralPath(k).fit(X).eigengap_ == k


def test_images_and_embeddings_are_taken_as_they_come(fails):
    images = cl.load("digits")[:300]
    by_images = SpectralPath(5).fit_predict(images)
    np.testing.assert_array_equal(by_images, SpectralPath(5).fit_predict(images.images))
    by_vectors = SpectralPath(5).fit_predict(cl.embed(images))
    assert matched_accuracy(by_images, by_vectors) > 0.98  # 0…255 or 0…1: the same distances
    edges = SpectralPath(5, features="gradients", n_components=40).fit(images)
    assert edges.n_features_in_ == 64
    with fails(ArgumentError, "features"):
        SpectralPath(5, features="gradients").fit(cl.embed(images))


def test_a_second_graph_connects_what_the_first_leaves_separate(fails):
    rng = np.random.default_rng(0)
    piece = np.repeat(np.arange(4), 60)  # 0 and 1 belong together, and 2 and 3
    first = rng.normal(size=(240, 4)) + 20 * np.eye(4)[piece]
    second = rng.normal(size=(240, 4)) + 20 * np.eye(4)[piece // 2]
    alone = SpectralPath(2).fit(first)
    edges = alone.adjacency_.nnz
    both = alone.joined(second)
    assert alone.eigengap_ == 4
    assert both.eigengap_ == 2
    assert matched_accuracy(both.labels_, piece // 2) == 1.0
    assert 0.9 < both.eigenvalues_[0] <= 1
    assert alone.adjacency_.nnz == edges < both.adjacency_.nnz, "the first stays as it was"
    with fails(ArgumentError, "vectors"):
        alone.joined(second[:100])


# --- bad input, in words


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ({"n_clusters": 0}, "n_clusters"),
        ({"n_clusters": 2.5}, "n_clusters"),
        ({"n_neighbors": 0}, "n_neighbors"),
        ({"n_eigenvectors": -1}, "n_eigenvectors"),
        ({"power": 3}, "power"),
        ({"seed": -1}, "seed"),
        ({"features": "edges"}, "features"),
        ({"n_clusters": 31}, "n_clusters"),
    ],
)
def test_parameters_out_of_range_are_named(arguments, argument, fails):
    X = np.random.default_rng(0).normal(size=(30, 3))
    with fails(ArgumentError, argument):
        SpectralPath(**arguments).fit(X)


def test_an_unknown_feature_gets_a_spelling_hint(fails):
    with fails(ArgumentError, "features", names="'gradients'?"):
        SpectralPath(2, features="gradient").fit(cl.load("digits")[:50])


def test_nan_and_floats_as_images_are_refused():
    with pytest.raises(ArgumentError, match="NaN"):
        SpectralPath(2).fit([[1.0], [np.nan], [3.0]])
    with pytest.raises(ArgumentError, match="uint8"):
        SpectralPath(2).fit(np.zeros((5, 8, 8, 1)))


def test_copies_get_one_label_and_more_clusters_than_different_rows_are_refused(fails):
    X = np.repeat(np.random.default_rng(0).normal(size=(12, 3)), 40, axis=0)
    labels = SpectralPath(12).fit_predict(X)
    assert len(set(labels)) == 12
    assert all(len(set(group)) == 1 for group in labels.reshape(12, 40))
    with fails(ArgumentError, "n_clusters", names="12"):
        SpectralPath(13).fit(X)
    with fails(ArgumentError, "n_clusters", names="1"):
        SpectralPath(2).fit(np.ones((9, 4)))
    assert set(SpectralPath(1).fit_predict(np.ones((9, 4)))) == {0}


def test_a_graph_with_more_components_than_clusters_is_connected_by_distance():
    rng = np.random.default_rng(0)
    middles = np.array([0, 10, 20, 500, 510, 520])
    X = np.concatenate([rng.normal(m, 0.5, size=(30, 2)) for m in middles])
    found = SpectralPath(2, n_neighbors=5, n_eigenvectors=2).fit(X)
    assert found.n_connected_components_ >= 6
    assert matched_accuracy(found.labels_, np.repeat([0, 1], 90)) == 1.0


def test_constant_features_change_nothing():
    X = load_digits().data[:300]
    wide = np.hstack([X, np.full((300, 5), 7.0)])
    np.testing.assert_array_equal(SpectralPath(6).fit_predict(X), SpectralPath(6).fit_predict(wide))


def test_huge_and_tiny_numbers_are_only_numbers():
    X, truth = make_blobs(90, 3, centers=np.eye(3) * 9, cluster_std=0.5, random_state=0)
    for scale, shift in ((1e-30, 0), (1e30, 0), (1.0, 1e6)):
        labels = SpectralPath(3).fit_predict(X * scale + shift)
        assert matched_accuracy(labels, truth) == 1.0


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_small_data_is_clustered_into_k_or_refused_in_words(data):
    n, d = data.draw(st.integers(1, 14)), data.draw(st.integers(1, 3))
    X = data.draw(arrays(np.float64, (n, d), elements=st.sampled_from([0.0, -0.0, 1.0, 1.5, 40.0, -1e3])))
    k = data.draw(st.integers(1, n))
    neighbors = data.draw(st.integers(1, 15))
    different = len(np.unique(X, axis=0))
    model = SpectralPath(k, n_neighbors=neighbors, n_init=1)
    if k > different:
        with pytest.raises(ArgumentError, match="n_clusters"):
            model.fit(X)
        return
    labels = model.fit_predict(X)
    assert labels.shape == (n,)
    assert set(labels) == set(range(k))
    copies = np.unique(X, axis=0, return_inverse=True)[1].ravel()
    assert all(len(set(labels[copies == i])) == 1 for i in range(different))


# --- Gaussian mixtures


def test_a_mixture_finds_long_clusters_where_kmeans_cannot():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2)) * [2.5, 0.5] + np.repeat([[0, 0], [1.25, 4]], 200, axis=0)
    truth = np.repeat([0, 1], 200)
    assert matched_accuracy(gaussian_mixture(X, 2), truth) > 0.98
    assert matched_accuracy(cl.cluster(X, n_clusters=2).at(2).labels, truth) < 0.8
    with pytest.raises(ArgumentError, match="n_clusters"):
        gaussian_mixture(np.ones((5, 2)), 2)
    assert set(gaussian_mixture(np.ones((5, 2)), 1)) == {0}


# --- the steps


def test_deskew_undoes_a_slant_and_a_shift():
    upright = np.zeros((1, 28, 28, 1), np.uint8)
    upright[0, 6:22, 12:16] = 255
    leaning = np.zeros_like(upright)
    for y in range(28):
        leaning[0, y] = np.roll(upright[0, y], round(0.5 * (y - 13)) + 3, axis=0)
    straight = deskew(leaning)[0, :, :, 0].astype(float)
    y, x = np.indices(straight.shape)
    mass = straight.sum()
    mean_x, mean_y = (straight * x).sum() / mass, (straight * y).sum() / mass
    assert mean_x == pytest.approx(13.5, abs=0.1)
    assert mean_y == pytest.approx(13.5, abs=0.1)
    slant = (straight * (x - mean_x) * (y - mean_y)).sum() / (straight * (y - mean_y) ** 2).sum()
    assert abs(slant) < 0.02
    width = (straight.max(axis=0) > 128).sum()
    assert width <= 6 < (leaning[0].max(axis=0) > 128).sum()


def test_deskew_keeps_blank_images_shapes_and_channels():
    images = np.random.default_rng(0).integers(0, 255, (3, 9, 12, 3), dtype=np.uint8)
    images[0] = 0
    found = deskew(images)
    assert found.shape == images.shape
    assert found.dtype == np.uint8
    assert not found[0].any()


def test_deskew_equals_interpolation_written_as_a_loop():
    from scipy.ndimage import map_coordinates

    rng = np.random.default_rng(0)
    image = np.zeros((16, 16))
    image[4:12, 5:10] = rng.integers(50, 255, (8, 5))
    image = image.astype(np.uint8)
    y, x = np.indices(image.shape)
    w = image / image.sum()
    my, mx = (w * y).sum(), (w * x).sum()
    slant = (w * (x - mx) * (y - my)).sum() / (w * (y - my) ** 2).sum()
    expected = map_coordinates(
        image.astype(float), [my + y - 7.5, mx + (x - 7.5) + slant * (y - 7.5)], order=1, mode="grid-constant"
    )
    found = deskew(image[None, :, :, None])[0, :, :, 0]
    # rows are interpolated first and then columns, both with the slant of the new row
    assert np.abs(found - expected).max() <= 12


def test_gradient_histograms_see_direction_not_thickness():
    def bar(horizontal, width):
        image = np.zeros((28, 28), np.uint8)
        image[14 - width : 14 + width, 4:24] = 255
        return image if horizontal else image.T

    images = np.stack([bar(h, w) for h in (True, False) for w in (1, 2)])[..., None]
    found = gradient_histograms(images)
    assert found.shape == (4, 648)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    alike = found @ found.T
    assert alike[0, 1] > 0.8 > 0.6 > alike[0, 2]
    np.testing.assert_array_equal(gradient_histograms(np.zeros((1, 8, 8, 1), np.uint8)), 0)


def test_principal_components_are_those_of_scikit_learn():
    X = load_digits().data
    expected = PCA(12, svd_solver="full").fit(X)
    found = principal_components(X, 12)
    np.testing.assert_allclose(np.abs(found), np.abs(expected.transform(X)), atol=1e-2)
    quarter = principal_components(X, 12, power=0.25)
    np.testing.assert_allclose(quarter.std(axis=0), expected.explained_variance_**0.25, rtol=1e-2)
    assert principal_components(np.ones((5, 3)), 2).tolist() == [[0]] * 5


def test_neighbours_are_those_of_scikit_learn():
    X = load_digits().data.astype(np.float32)
    expected, _ = NearestNeighbors(n_neighbors=11).fit(X).kneighbors(X)
    found = nearest_neighbours(X, 10)
    np.testing.assert_allclose(found.distances, expected[:, 1:], rtol=1e-4)
    apart = np.linalg.norm(X[found.indices] - X[:, None], axis=2)
    np.testing.assert_allclose(apart, found.distances, rtol=1e-5)
    assert (found.indices != np.arange(len(X))[:, None]).all()


def test_cells_find_nearly_all_true_neighbours(monkeypatch):
    X = principal_components(load_digits().data, 30)
    exact = nearest_neighbours(X, 10)
    monkeypatch.setattr(neighbours, "COMPARE_ALL_PAIRS", 500)
    near = nearest_neighbours(X, 10)  # cells of 200 points
    shared = np.mean([len(set(a) & set(b)) for a, b in zip(exact.indices, near.indices, strict=True)]) / 10
    assert 0.9 < shared < 1, "some are missed: otherwise nothing was saved"


def test_self_tuning_weights_equal_the_formula():
    X = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    near = nearest_neighbours(X, 9)
    found = self_tuning_weights(near).toarray()
    sigma = near.distances[:, 6]
    tied = np.zeros((40, 40))
    for i in range(40):
        tied[i, near.indices[i]] += 0.5
        tied[near.indices[i], i] += 0.5
    assert set(np.unique(tied)) == {0, 0.5, 1}
    squared = ((X[:, None] - X) ** 2).sum(axis=2)
    expected = tied * np.exp(-squared / np.outer(sigma, sigma))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_symmetric_normalisation_has_eigenvalue_one_for_each_component():
    blocks = [np.array([[0, 1, 2], [1, 0, 3], [2, 3, 0.0]]), np.array([[0, 0.5], [0.5, 0]])]
    weights = sparse.csr_array(sparse.block_diag(blocks))
    values = np.linalg.eigvalsh(symmetric_normalisation(weights).toarray())
    assert np.isclose(values, 1).sum() == 2
    assert values.max() <= 1 + 1e-9
    assert values.min() >= -1 - 1e-9
    isolated = symmetric_normalisation(sparse.csr_array((2, 2)))
    assert np.isfinite(isolated.toarray()).all()


def test_separate_components_are_connected_where_they_are_nearest():
    X = np.array([[0.0], [1.0], [5.0], [6.0], [20.0], [21.0]])
    pairs = sparse.csr_array((np.ones(6), ([0, 1, 2, 3, 4, 5], [1, 0, 3, 2, 5, 4])), shape=(6, 6))
    assert components(pairs)[0] == 3
    connected = connect_components(pairs, X)
    assert components(connected)[0] == 1
    assert connected[[1], [2]] > 0
    assert connected[[3], [4]] > 0
    assert (connected - connected.T).nnz == 0


def test_sparse_and_dense_eigenvectors_agree():
    X = load_digits().data[:700].astype(np.float32)
    graph = symmetric_normalisation(self_tuning_weights(nearest_neighbours(X, 10)))
    few = leading_eigenvectors(graph, 6)
    exact = np.sort(np.linalg.eigvalsh(graph.toarray()))[::-1][:6]
    np.testing.assert_allclose(few.values, exact, atol=1e-5)
    residual = graph @ few.vectors - few.vectors * few.values
    assert np.abs(residual).max() < 1e-3


def test_a_cut_has_exactly_k_groups_even_where_rows_coincide():
    rows = np.repeat(np.eye(3), 5, axis=0)
    for k in (1, 2, 3, 4, 9, 15):
        assert set(cluster_eigenvectors(rows, k)) == set(range(k))
    assert eigengap(np.array([1.0, 0.5])) == 2
    assert eigengap(np.array([1.0])) == 1


def test_copies_are_found_by_value():
    first, which = distinct_rows(np.array([[0.0, 1], [2, 3], [-0.0, 1], [2, 3], [4, 5]]))
    assert first.tolist() == [0, 1, 4]
    assert which.tolist() == [0, 1, 0, 1, 2]


def test_distances_of_neighbours_may_be_zero():
    near = Neighbours(np.array([[1], [0]]), np.zeros((2, 1), np.float32))
    assert np.isfinite(self_tuning_weights(near).toarray()).all()
