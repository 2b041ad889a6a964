"""k-means step by step, from many starts, and the cases that mislead a score."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.cluster import KMeans

import capslab as cl
from capslab import clustering
from capslab.clustering import KMeansRuns, kmeans_lloyd, kmeans_steps, repeat_kmeans, score, score_pitfalls
from capslab.errors import ArgumentError
from capslab.lessons import classical_methods


@pytest.fixture(scope="module")
def pixels():
    return cl.embed(cl.load("digits")[:300])


# --- steps


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_steps_never_raise_the_inertia_and_end_at_rest(seed, k):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(40, 2))
    steps = kmeans_steps(X, X[:k])
    inertia = np.array([step.inertia for step in steps])
    assert (np.diff(inertia) <= 1e-9).all()
    last = steps[-1]
    for c in np.unique(last.labels):
        np.testing.assert_allclose(last.centers[c], X[last.labels == c].mean(axis=0), atol=1e-5)
    apart = np.linalg.norm(X[:, None] - last.centers, axis=-1)
    assert last.inertia == pytest.approx((apart.min(axis=1) ** 2).sum(), abs=1e-4)


def test_steps_end_where_scikit_learn_ends(pixels):
    start = pixels.vectors[:10]
    ours = kmeans_steps(pixels, start)[-1]
    theirs = KMeans(10, init=start, n_init=1, tol=0).fit(pixels.vectors)
    assert ours.inertia == pytest.approx(theirs.inertia_, rel=1e-4)


def test_a_centre_without_points_stays():
    steps = kmeans_steps(np.array([[0.0], [1.0]]), [[0.5], [99.0]])
    assert steps[-1].centers[1] == 99


@pytest.mark.parametrize(("centers", "max_steps"), [([0.0], 5), ([[0.0, 1.0]], 5), ([[0.0]], 0)])
def test_bad_steps_are_refused_in_words(centers, max_steps):
    with pytest.raises(ArgumentError):
        kmeans_steps(np.array([[0.0], [1.0]]), centers, max_steps)


# --- many starts


def test_runs_differ_in_score_more_than_in_inertia(pixels):
    runs = repeat_kmeans(pixels, 10, runs=12)
    assert runs.labels.shape == (12, 300)
    assert np.ptp(runs.matched_accuracy) > np.ptp(runs.inertia) / runs.inertia.min()
    for labels, inertia in zip(runs.labels, runs.inertia, strict=True):
        assert score(pixels, labels).inertia == pytest.approx(inertia, rel=1e-4)


def test_groups_are_those_that_are_always_together(pixels):
    runs = repeat_kmeans(pixels, 8, runs=6)
    always = runs.co_association == 1
    np.testing.assert_array_equal(always, runs.groups[:, None] == runs.groups)
    sizes = np.bincount(runs.groups)
    assert (np.diff(sizes) <= 0).all()
    assert sizes.sum() == 300


def test_stability_is_one_for_companions_that_never_change():
    labels = np.array([[0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [1, 1, 0, 0, 0]])
    runs = clustering.KMeansRuns(labels, np.array([1.0, 2.0, 3.0]), None)
    np.testing.assert_allclose(runs.stability, [1, 1, 5 / 6, 5 / 6, 2 / 3])
    assert runs.groups.tolist() == [0, 0, 1, 1, 2]
    assert clustering.KMeansRuns(np.arange(4)[None], np.ones(1), None).stability.tolist() == [0] * 4


def test_the_same_seed_gives_the_same_runs(pixels):
    one, same, other = (repeat_kmeans(pixels, 5, runs=3, seed=s) for s in (1, 1, 7))
    np.testing.assert_array_equal(one.labels, same.labels)
    assert (one.labels != other.labels).any()
    assert repeat_kmeans(pixels.vectors, 5, runs=1).matched_accuracy is None


@pytest.mark.parametrize(
    "wrong", [{"n_clusters": 0}, {"runs": 0}, {"runs": True}, {"seed": -1}, {"n_clusters": 301}]
)
def test_bad_repeats_are_refused_in_words(pixels, wrong):
    with pytest.raises(ArgumentError):
        repeat_kmeans(pixels, **{"n_clusters": 3, **wrong})


def test_k_means_takes_one_thread_beside_tensorflow(pixels, monkeypatch):
    from threadpoolctl import threadpool_info

    seen = []

    def watched(work):
        def watching(*args, **more):
            seen.append(max(pool["num_threads"] for pool in threadpool_info()))
            return work(*args, **more)

        return watching

    monkeypatch.setattr(KMeans, "fit", watched(KMeans.fit))
    monkeypatch.setattr(kmeans_lloyd, "moved", watched(kmeans_lloyd.moved))
    images = pixels.images
    for work in (
        lambda: cl.cluster(pixels, n_clusters=[3]),
        lambda: repeat_kmeans(pixels, 3, runs=1),
        lambda: clustering.SpectralPath(3).fit(pixels),
        lambda: clustering.gaussian_mixture(pixels.vectors[:, :8], 2),
        lambda: classical_methods.run("k-means", images, images),
    ):
        seen.clear()
        work()
        assert seen, "k-means is part of it"
        assert set(seen) == {1}


# --- cases that mislead a score


def test_scores_of_any_clustering_are_scikit_learns(pixels):
    labels = np.random.default_rng(0).integers(0, 7, 300)
    found = score(pixels, labels)
    assert found.silhouette == pytest.approx(metrics.silhouette_score(pixels.vectors, labels), abs=1e-5)
    assert found.ari == pytest.approx(metrics.adjusted_rand_score(pixels.labels, labels))
    assert found.nmi == pytest.approx(metrics.normalized_mutual_info_score(pixels.labels, labels))
    assert score(pixels.vectors, np.zeros(300, int)).silhouette is None


@pytest.mark.parametrize("seed", range(5))
def test_each_case_misleads_the_score_that_it_is_about(seed):
    misled = {name: set(case.misled_scores) for name, case in score_pitfalls(seed).items()}
    assert misled["two stripes"] == {"inertia", "silhouette"}
    assert misled["split groups"] == {"inertia"}
    assert "matched accuracy" in misled["clean halves"]
    assert not {"ARI", "NMI"} & misled["clean halves"]
    assert misled["random labels"] == {"inertia", "NMI"}
    assert misled["rare class"] >= {"ARI", "NMI", "matched accuracy"}


def test_pairs_of_runs_agree_after_their_clusters_are_matched() -> None:
    runs = KMeansRuns(
        np.array([[0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1]]), np.ones(5), None
    )
    assert runs.pair_agreement.tolist() == [1.0, 0.75]  # the fifth has no partner
