"""Unusual and wrong input to spectral clustering and mixtures: k clusters, or an error in words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_info

import capslab as cl
from capslab.clustering import gaussian_mixture
from capslab.clustering.deskew import deskew
from capslab.clustering.gradient_features import gradient_histograms
from capslab.errors import ArgumentError

SIDES = st.integers(4, 20)
GREY = st.sampled_from([0, 0, 0, 1, 128, 255])


@st.composite
def pictures(draw, most=9):
    """A few images, many of them equal, black or of a single grey level."""
    shape = (draw(st.integers(1, 4)), draw(SIDES), draw(SIDES), draw(st.sampled_from([1, 3])))
    different = draw(arrays(np.uint8, shape, elements=GREY))
    return different[draw(st.lists(st.integers(0, shape[0] - 1), min_size=1, max_size=most))]


@settings(max_examples=60, deadline=None)
@given(pictures(), st.data())
def test_any_few_images_are_cut_into_k_or_refused_in_words(images, data):
    different = len(np.unique(images.reshape(len(images), -1), axis=0))
    k = data.draw(st.sampled_from([1, different, different + 1, len(images)]))
    model = cl.SpectralPath(
        k,
        features=data.draw(st.sampled_from(["pixels", "gradients"])),
        straighten=data.draw(st.sampled_from([None, True, False])),
        n_neighbors=data.draw(st.sampled_from([1, 10, 1000])),
        n_init=1,
    )
    if k > different:
        with pytest.raises(ArgumentError, match="n_clusters"):
            model.fit(images)
        return
    labels = model.fit_predict(images)
    assert set(labels) == set(range(k))
    assert np.isfinite(model.eigenvectors_).all()
    for i, image in enumerate(images):
        assert labels[i] == labels[np.flatnonzero((images == image).all(axis=(1, 2, 3)))[0]]


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 12), st.sampled_from([np.nan, np.inf, -np.inf]), st.data())
def test_nan_and_infinity_are_refused_anywhere(n, bad, data):
    X = np.random.default_rng(n).normal(size=(n, 3))
    X[data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, 2))] = bad
    for cut in (cl.SpectralPath(2).fit, lambda X: gaussian_mixture(X, 2)):
        with pytest.raises(ArgumentError, match=r"NaN|inf"):
            cut(X)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_mixture_takes_any_small_data_or_says_why_not(data):
    n, d = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 3))
    X = data.draw(arrays(np.float64, (n, d), elements=st.sampled_from([0.0, 1.0, 1.5, -1e6])))
    k = data.draw(st.integers(1, n))
    if k > len(np.unique(X, axis=0)):
        with pytest.raises(ArgumentError, match="n_clusters"):
            gaussian_mixture(X, k)
        return
    labels = gaussian_mixture(X, k)
    assert labels.shape == (n,)
    assert set(labels) <= set(range(k))


@settings(max_examples=40, deadline=None)
@given(pictures())
def test_straightening_and_histograms_give_numbers_for_any_image(images):
    straight = deskew(images)
    assert straight.shape == images.shape
    assert straight.dtype == np.uint8
    found = gradient_histograms(straight)
    assert found.shape[0] == len(images)
    lengths = np.linalg.norm(found, axis=1)
    assert np.isfinite(found).all()
    assert ((lengths < 1e-6) | (abs(lengths - 1) < 1e-3)).all()


def test_a_graph_with_two_components_is_cut_between_them_for_any_number_of_neighbours():
    rng = np.random.default_rng(0)
    images = np.zeros((60, 16, 16, 1), np.uint8)
    images[:30, 2:8] = rng.integers(200, 255, (30, 6, 16, 1))
    images[30:, :, 2:5] = rng.integers(200, 255, (30, 16, 3, 1))
    for neighbors in (3, 10, 500):
        model = cl.SpectralPath(2, n_neighbors=neighbors, n_eigenvectors=2, straighten=False).fit(images)
        assert len(set(model.labels_[:30])) == len(set(model.labels_[30:])) == 1
        assert model.labels_[0] != model.labels_[30]


# --- one thread, so that it does not compete with TensorFlow's


@pytest.mark.parametrize(
    ("fitted", "run"),
    [
        (KMeans, lambda X: cl.SpectralPath(3).fit(X)),
        (KMeans, lambda X: cl.SpectralPath(3).fit(X).at(4)),
        (GaussianMixture, lambda X: gaussian_mixture(X, 3)),
    ],
)
def test_clustering_runs_in_one_thread_and_gives_the_threads_back(monkeypatch, fitted, run):
    seen = []
    original = fitted.fit_predict

    def watched(self, *args, **kwargs):
        seen.append(max(pool["num_threads"] for pool in threadpool_info()))
        return original(self, *args, **kwargs)

    monkeypatch.setattr(fitted, "fit_predict", watched)
    before = [pool["num_threads"] for pool in threadpool_info()]
    run(np.random.default_rng(0).normal(size=(300, 5)))
    assert set(seen) == {1}
    assert [pool["num_threads"] for pool in threadpool_info()][: len(before)] == before
