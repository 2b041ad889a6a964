"""`LabelFree`: an estimator of scikit-learn that takes images."""

import doctest
import pickle
import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone, is_clusterer
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.utils import estimator_checks, get_tags

import capslab as cl
from capslab.clustering import SpectralPath, matched_accuracy
from capslab.errors import ArgumentError
from capslab.labelfree import LabelFree, estimator


@pytest.fixture(scope="module")
def digits():
    return cl.load("digits")


@pytest.fixture(scope="module")
def few(digits):
    return digits.images[:80]  # (80, 8, 8, 1)


@pytest.fixture(scope="module")
def small(few):
    """A model that was trained for a moment."""
    return LabelFree(3, steps=(2, 2), seed=1).fit(few)


# --- scikit-learn's conventions


def test_scikit_learn_is_told_that_it_takes_images():
    """Tags say that a table is no input, so the checks that would fit one leave it out."""
    model = LabelFree()
    assert is_clusterer(model)
    assert not get_tags(model).input_tags.two_d_array
    with pytest.warns(SkipTestWarning, match="LabelFree"):
        estimator_checks.check_estimator(model)


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_do_not_raise_errors_in_init_or_set_params,
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_estimator_tags_renamed,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_mixin_order,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_set_params,
        estimator_checks.check_valid_tag_types,
    ],
)
def test_it_passes_the_checks_of_scikit_learn_that_need_no_data(check):
    check("LabelFree", LabelFree(3))


def test_fit_learns_only_attributes_that_end_in_an_underscore(small):
    learned = set(vars(small)) - set(small.get_params())
    assert all(name.startswith("_") or name.endswith("_") for name in learned)
    assert small.n_features_in_ == 64
    assert small.labels_.shape == (80,)
    assert small.labels_.dtype == np.int64


def test_fitting_again_gives_the_same_labels_and_numpy_numbers_are_numbers(small, few):
    before = few.copy()
    again = LabelFree(np.int64(3), steps=(np.int32(2), np.int16(2)), views=np.int64(0), seed=np.uint8(1))
    np.testing.assert_array_equal(again.fit_predict(few), small.labels_)
    np.testing.assert_array_equal(few, before)


def test_predict_gives_the_labels_again_whatever_else_is_asked(small, few):
    attributes = {name: id(value) for name, value in vars(small).items()}
    np.testing.assert_array_equal(small.predict(few), small.labels_)
    np.testing.assert_array_equal(small.predict(few[::-1])[::-1], small.labels_)
    np.testing.assert_array_equal(
        np.concatenate([small.predict(few[:30]), small.predict(few[30:])]), small.labels_
    )
    assert {name: id(value) for name, value in vars(small).items()} == attributes


def test_a_pickled_model_predicts_the_same(small, few):
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(small)).predict(few), small.labels_)


def test_it_is_cloned_with_all_its_settings():
    model = LabelFree(4, steps=(2, 3), jitter={"turn": 0.1}, straighten=False, views=2, seed=5)
    assert clone(model).get_params() == model.get_params()
    assert set(model.get_params()) == {
        "n_clusters",
        "graph",
        "steps",
        "jitter",
        "straighten",
        "views",
        "seed",
    }


# --- what it refuses


def test_errors_name_the_argument(fails):
    images = cl.load("digits")[:40].images
    copies = np.repeat(images[:1], 20, axis=0)
    for model, given_images, argument, names in (
        (LabelFree(2), copies, "n_clusters", "1"),
        (LabelFree(2), images.astype(float), "X", "uint8"),
        (LabelFree(41), images, "n_clusters", "40"),
        (LabelFree(2, views=-1), images, "views", "-1"),
        (LabelFree(2, seed=-1), images, "seed", "-1"),
        (LabelFree(2, graph="gradients"), images, "graph", "gradients"),
        (LabelFree(2, graph=SpectralPath), images, "graph", "SpectralPath"),
        (LabelFree(2, jitter={"spin": 1}), images, "jitter", "spin"),
        (LabelFree(2, jitter={"turn": np.nan}), images, "jitter", "nan"),
    ):
        with fails(ArgumentError, argument, names=names):
            model.fit(given_images)


def test_images_of_another_size_are_refused(small, fails):
    with fails(ArgumentError, "X", names="(m, 8, 8, 1)"):
        small.predict(np.zeros((2, 9, 8, 1), np.uint8))


@pytest.mark.parametrize(
    ("model", "given", "argument"),
    [
        (LabelFree(), np.zeros((5, 64)), "X"),
        (LabelFree(), np.zeros((0, 8, 8, 1), np.uint8), "X"),
        (LabelFree(1), np.zeros((5, 8, 8, 1), np.uint8), "n_clusters"),
        (LabelFree(3), np.zeros((5, 8, 8, 1), np.uint8), "n_clusters"),
        (LabelFree("ten"), np.zeros((5, 8, 8, 1), np.uint8), "n_clusters"),
    ],
)
def test_what_cannot_be_clustered_is_refused(model, given, argument, fails):
    with fails(ArgumentError, argument):
        model.fit(given)


def test_predict_before_fit_says_so(digits, fails):
    with fails(NotFittedError):
        LabelFree().predict(digits)


def test_the_steps_of_the_training_are_checked(digits):
    for steps in ((0, 5), (5,), 7, (1.5, 2)):
        with pytest.raises(ArgumentError, match="steps"):
            LabelFree(steps=steps).fit(digits)


# --- the whole


def test_clustering_digits_needs_no_label(digits):
    unlabelled = cl.Images(digits.train.images)
    model = LabelFree(steps=(200, 300)).fit(unlabelled)
    assert set(model.stages_) == {"graph of gradients", "first network", "both graphs", "final network"}
    np.testing.assert_array_equal(model.stages_["final network"], model.labels_)
    np.testing.assert_array_equal(model.predict(unlabelled), model.labels_)
    accuracy = {name: matched_accuracy(labels, digits.train.labels) for name, labels in model.stages_.items()}
    assert min(accuracy.values()) > 0.75
    assert matched_accuracy(model.predict(digits.test), digits.test.labels) > 0.75
    assert model.graphs_[1].eigenvalues_[0] <= 1


def test_the_first_graph_can_be_given_and_stays_as_it_is(few):
    graph = SpectralPath(7, features="pixels", n_neighbors=5, n_eigenvectors=4, seed=9)
    model = LabelFree(3, graph=graph, steps=(1, 1), seed=2).fit(few)
    alone = SpectralPath(3, features="pixels", n_neighbors=5, n_eigenvectors=4, seed=2).fit(few)
    np.testing.assert_array_equal(model.graphs_[0].labels_, alone.labels_)
    assert (graph.n_clusters, graph.seed, hasattr(graph, "labels_")) == (7, 9, False)
    assert clone(model).graph.n_neighbors == 5


@pytest.mark.slow
def test_as_few_images_as_clusters_are_clustered():
    images = cl.load("digits")[:3].images
    model = LabelFree(3, steps=(1, 1)).fit(images)
    assert model.predict(images).shape == (3,)


def test_clustering_loads_no_tensorflow():
    code = (
        "import sys, capslab.clustering, capslab.labelfree; print({'tensorflow', 'keras'} & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "set()"


def test_examples():
    result = doctest.testmod(estimator)
    assert result.attempted > 2
    assert result.failed == 0
