"""`KMeansPath` and `cluster`: every k at once, and what they refuse."""

import doctest
from importlib import import_module

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits, make_blobs
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from capslab.clustering import KMeansPath, cluster, match_labels, matched_accuracy
from capslab.clustering.kmeans_lloyd import assign, grow, micro_clusters, shrink
from capslab.embedding import Embedding


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    return Embedding(data.data / 16, data.target, data.images, "pixels", supervised=False)


@pytest.fixture(scope="module")
def path(digits):
    return cluster(digits)


@pytest.fixture(scope="module")
def many():
    """6,000 points in 8 dimensions: enough for micro-clusters."""
    points, truth = make_blobs(6_000, 8, centers=12, cluster_std=3.0, random_state=3)
    return Embedding(points, truth, points, "blobs", supervised=False)


@pytest.fixture(scope="module")
def many_path(many):
    return cluster(many)


def nearest(points, centers):
    """The definition, one point at a time, in double precision."""
    labels = [((centers - point) ** 2).sum(axis=1).argmin() for point in points.astype(np.float64)]
    return np.array(labels)


@pytest.mark.parametrize("which", ["path", "many_path"])
def test_inertia_is_within_one_percent_of_ten_runs_of_kmeans(which, request):
    path = request.getfixturevalue(which)
    for k in (2, 5, 10, 17, 30):
        reference = KMeans(k, n_init=10, random_state=0).fit(path.embedding_.vectors).inertia_
        assert path.at(k).inertia <= 1.01 * reference


def test_more_dimensions_than_are_searched_end_at_the_same_inertia():
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(15, 200)) * 2
    X = (centers[rng.integers(15, size=3000)] + rng.normal(size=(3000, 200))).astype(np.float32)
    found = KMeansPath(n_clusters=[5, 15]).fit(X)
    for k in (5, 15):
        assert found.at(k).inertia <= 1.01 * KMeans(k, n_init=10, random_state=0).fit(X).inertia_


@pytest.mark.parametrize("which", ["path", "many_path"])
def test_labels_centres_and_inertia_belong_together(which, request):
    path = request.getfixturevalue(which)
    X = path.embedding_.vectors
    for k in (2, 9, 30):
        one = path.at(k)
        assert one.n_clusters == k
        assert one.centers.shape == (k, X.shape[1])
        assert (one.labels == nearest(X, one.centers)).mean() > 0.9999  # ties may fall either way
        exact = ((X.astype(np.float64) - one.centers[one.labels]) ** 2).sum()
        assert one.inertia == pytest.approx(exact, rel=1e-5)
        assert one.sizes.min() > 0
        assert one.sizes.sum() == len(X)


def test_more_steps_hardly_improve_a_finished_path(many_path):
    X = many_path.embedding_.vectors
    for k in (4, 12, 25):
        one = many_path.at(k)
        longer = KMeans(k, init=one.centers, n_init=1, max_iter=300, tol=0).fit(X)
        assert one.inertia <= 1.005 * longer.inertia_


@pytest.mark.parametrize("which", ["path", "many_path"])
def test_inertia_falls_with_k(which, request):
    path = request.getfixturevalue(which)
    assert (np.diff(path.path_inertia_) < 0).all()


def test_the_path_has_the_promised_shapes(path, digits):
    assert path.ks_ == tuple(range(2, 31))
    assert path.path_labels_.shape == (29, len(digits))
    assert path.path_labels_.dtype == np.uint8
    assert [len(centers) for centers in path.path_centers_] == list(path.ks_)
    assert path.path_inertia_.shape == (29,)


def test_numbers_of_clusters_stay_put_from_k_to_k(path):
    """No renaming of one k could let more images keep their number."""
    for before, after in zip(path.path_labels_[:-1], path.path_labels_[1:], strict=True):
        unchanged = (before == after).mean()
        assert unchanged == pytest.approx((match_labels(before, after) == before).mean())
        assert unchanged > 0.5


def test_the_first_clusters_are_numbered_by_size(path):
    sizes = path.at(2).sizes
    assert sizes[0] >= sizes[1]


def test_moved_are_the_images_whose_number_changes(path):
    moved = path.moved(7)
    assert moved.dtype == bool
    np.testing.assert_array_equal(moved, path.at(7).labels != path.at(8).labels)
    assert 0 < moved.mean() < 0.5


def test_moved_goes_to_the_next_k_of_the_path_where_k_has_gaps(digits):
    sparse = cluster(digits, n_clusters=[3, 10])
    np.testing.assert_array_equal(sparse.moved(3), sparse.at(3).labels != sparse.at(10).labels)


def test_one_k_alone_is_the_same_as_that_k_of_the_path(digits, path):
    alone = cluster(digits, n_clusters=10).at(10)
    assert matched_accuracy(alone.labels, path.at(10).labels) == 1
    assert alone.inertia == pytest.approx(path.at(10).inertia)


def test_the_seed_decides(many):
    first, again, other = (cluster(many, n_clusters=[8, 20], seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.path_labels_, again.path_labels_)
    assert not np.array_equal(first.path_labels_, other.path_labels_)


def test_the_order_of_images_changes_little(many, many_path):
    order = np.random.default_rng(0).permutation(len(many))
    shuffled = cluster(many.vectors[order], n_clusters=range(2, 31))
    np.testing.assert_allclose(shuffled.path_inertia_, many_path.path_inertia_, rtol=0.01)


@pytest.mark.parametrize("factor", [1e-12, 1e12])
@pytest.mark.parametrize("offset", [0, 100])
def test_scale_and_origin_do_not_matter(factor, offset, digits):
    plain = cluster(digits.vectors[:300], n_clusters=5)
    scaled = cluster((digits.vectors[:300] + np.float32(offset)) * np.float32(factor), n_clusters=5)
    assert matched_accuracy(plain.at(5).labels, scaled.at(5).labels) > 0.95
    assert scaled.path_inertia_[0] == pytest.approx(plain.path_inertia_[0] * factor**2, rel=0.01)


def test_predict_gives_the_labels_again_and_those_of_new_vectors(many, many_path):
    for k in (2, 13):
        np.testing.assert_array_equal(many_path.predict(many.vectors, k), many_path.at(k).labels)
    np.testing.assert_array_equal(many_path.predict(many_path.at(13).centers, 13), np.arange(13))


@parametrize_with_checks(
    [KMeansPath(), KMeansPath(n_clusters=3), KMeansPath(n_clusters=[2, 3])],
)
def test_it_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


@pytest.mark.parametrize("ks", [4, [2, 4], range(2, 5)])
def test_labels_centres_inertia_and_predict_are_those_of_the_largest_k(digits, ks):
    path = KMeansPath(n_clusters=ks).fit(digits.vectors)
    largest = path.at(4)
    np.testing.assert_array_equal(path.labels_, largest.labels)
    np.testing.assert_array_equal(path.labels_, path.path_labels_[-1])
    np.testing.assert_array_equal(path.predict(digits.vectors), path.labels_)
    np.testing.assert_array_equal(path.cluster_centers_, largest.centers)
    assert path.inertia_ == largest.inertia
    np.testing.assert_array_equal(KMeansPath(n_clusters=ks).fit_predict(digits.vectors), path.labels_)


def test_an_embedding_is_fitted_and_predicted_as_its_vectors_are(digits):
    path = KMeansPath(n_clusters=4).fit(digits)
    assert path.embedding_ is digits
    np.testing.assert_array_equal(path.labels_, cluster(digits, n_clusters=4).labels_)
    np.testing.assert_array_equal(path.predict(digits), path.labels_)
    assert path.fit(digits.vectors).embedding_ is None


def test_lists_and_both_sizes_of_float_give_the_same_clusters(digits):
    few = digits.vectors[:80]
    expected = KMeansPath(n_clusters=5).fit_predict(few)
    for same in (few.tolist(), few.astype(np.float64), np.asfortranarray(few)):
        np.testing.assert_array_equal(KMeansPath(n_clusters=5).fit_predict(same), expected)


def test_parameters_survive_cloning_and_fit_returns_the_path(digits):
    path = KMeansPath(n_clusters=range(2, 5), n_micro=50, seed=3)
    assert clone(path).get_params() == {"n_clusters": range(2, 5), "n_micro": 50, "seed": 3}
    assert path.fit(digits.vectors) is path
    assert path.n_features_in_ == 64


def test_one_cluster_holds_everything(digits):
    one = cluster(digits, n_clusters=1).at(1)
    np.testing.assert_allclose(one.centers[0], digits.vectors.mean(axis=0), atol=1e-5)
    assert one.scores.silhouette is None
    assert one.scores.ari == 0


def test_k_may_be_the_number_of_images():
    X = np.random.default_rng(0).normal(size=(12, 3))
    every = cluster(X, n_clusters=12).at(12)
    assert sorted(every.labels) == list(range(12))
    assert every.inertia == pytest.approx(0, abs=1e-9)


def test_scores_are_those_of_scikit_learn(digits, path):
    for k in (2, 10, 30):
        labels, scores = path.at(k).labels, path.at(k).scores
        assert scores.inertia == path.at(k).inertia
        assert scores.silhouette == pytest.approx(silhouette_score(digits.vectors, labels), abs=1e-5)
        assert scores.ari == pytest.approx(adjusted_rand_score(digits.labels, labels))
        assert scores.nmi == pytest.approx(normalized_mutual_info_score(digits.labels, labels))
        assert scores.matched_accuracy == matched_accuracy(labels, digits.labels)
        assert scores.silhouette_images == len(digits)


def test_the_silhouette_of_many_images_is_of_a_stated_sample(many, many_path):
    scores = many_path.at(12).scores
    assert scores.silhouette_images == 2000
    assert scores.silhouette == pytest.approx(
        silhouette_score(many.vectors, many_path.at(12).labels), abs=0.02
    )


def test_curves_are_the_scores_of_every_k_and_computed_once(path):
    curves = path.curves()
    assert path.curves() is curves
    assert curves.ks.tolist() == list(path.ks_)
    assert curves.silhouette[8] == path.at(10).scores.silhouette
    assert curves.matched_accuracy[8] == path.at(10).scores.matched_accuracy
    assert curves.nmi.shape == curves.ari.shape == curves.inertia.shape == (29,)


def test_without_labels_only_distances_are_scored(digits):
    scores = cluster(digits.vectors, n_clusters=10).at(10).scores
    assert scores.silhouette > 0
    assert scores.ari is scores.nmi is scores.matched_accuracy is None
    assert "accuracy" not in str(scores)


def test_scores_are_printed_in_words(path):
    words = str(path.at(10).scores)
    assert "silhouette 0." in words
    assert "(on 1,797 images)" in words
    assert "matched accuracy" in words


def test_labels_are_never_used_to_cluster(digits, path):
    wrong = Embedding(digits.vectors, np.zeros(len(digits), int), digits.images, "pixels", supervised=False)
    np.testing.assert_array_equal(cluster(wrong).path_labels_, path.path_labels_)


def test_the_way_back_only_improves():
    points = PCA(8).fit_transform(load_digits().data).astype(np.float32)
    weights = np.ones(len(points), np.float32)
    grown = grow(points, weights, 20, seed=0)
    back = shrink(points, weights, grown)
    assert all(back[k].inertia <= grown[k].inertia for k in grown)
    assert any(back[k].inertia < grown[k].inertia for k in grown)


def test_micro_clusters_stand_for_all_points(many):
    centers, sizes = micro_clusters(many.vectors, 500, 30, seed=0)
    assert len(centers) == len(sizes) <= 500
    assert sizes.sum() == len(many)
    np.testing.assert_allclose(
        np.average(centers, axis=0, weights=sizes), many.vectors.mean(axis=0), atol=1e-3
    )


def test_assign_is_the_nearest_centre():
    rng = np.random.default_rng(0)
    points, centers = (
        rng.normal(size=(5000, 6)).astype(np.float32),
        rng.normal(size=(9, 6)).astype(np.float32),
    )
    np.testing.assert_array_equal(assign(points, centers), nearest(points, centers))


def test_mean_images_are_those_of_the_members(digits):
    from capslab.data import Images

    pixels = (load_digits().images * 15.9).astype(np.uint8)[..., None]
    known = cluster(
        Embedding(digits.vectors, None, Images(pixels), "pixels", supervised=False), n_clusters=4
    ).at(4)
    by_hand = [pixels[known.labels == i].astype(float).mean(axis=0) / 255 for i in range(4)]
    np.testing.assert_allclose(known.mean_images, by_hand, atol=1e-6)
    assert known.mean_images.shape == (4, 8, 8, 1)
    assert cluster(digits.vectors[:50], n_clusters=4).at(4).mean_images is None


@pytest.mark.parametrize("name", ["", ".kmeans_every_k", ".matched_accuracy", ".projection", ".scores"])
def test_examples_in_docstrings_give_what_they_show(name):
    failed, tried = doctest.testmod(import_module("capslab.clustering" + name))
    assert tried > 0
    assert failed == 0
