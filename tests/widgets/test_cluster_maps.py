"""What the cluster view has besides k: maps, a class or an image to look for, neighbours, other widgets."""

from __future__ import annotations

import sys
import threading

import ipywidgets
import numpy as np
import pytest
from common import numbers_in
from fakes import some_images
from hypothesis import given
from hypothesis import strategies as st
from views import embedding as forty

import capslab as cl
from capslab.clustering import layouts
from capslab.embedding import Embedding
from capslab.errors import ArgumentError
from capslab.widgets.clusters import captions, neighbours
from capslab.widgets.clusters.maps import Maps, caution


@pytest.fixture
def view():
    return cl.explore_clusters(forty(), 4)


def test_a_map_chosen_in_the_browser_is_computed_in_the_background(view):
    before = view.points
    view.set_state({"wanted": "tsne"})  # as the browser sends it
    assert view.progress or view.method == "tsne"
    view.worker.wait()
    assert (view.method, view.wanted, view.progress, view.error) == ("tsne", "", "", "")
    assert view.tsne.shape == before.shape
    assert np.abs(view.points - before).max() > 0.05
    assert view.words.endswith(caution("tsne", 10))
    assert 'method="tsne"' in view.code
    view.method = "pca"
    assert view.points is before
    assert caution("tsne", 10) not in view.words


def test_progress_is_told_and_a_map_can_be_cancelled(view, monkeypatch):
    told, go_on, started = [], threading.Event(), threading.Event()

    def slow(vectors, method, seed, progress):
        progress(0.25)
        started.set()
        go_on.wait(60)
        progress(0.5)
        raise AssertionError("it should have stopped")

    monkeypatch.setattr(layouts, "lay_out", slow)
    view.observe(lambda change: told.append(change["new"]), "progress")
    view.wanted = "tsne"
    assert started.wait(60)
    assert numbers_in(told[-1]) == ["25"]
    view.wanted = ""  # what Cancel sends
    go_on.set()
    view.worker.wait()
    assert (view.method, view.progress, view.error) == ("pca", "", "")
    assert "tsne" not in view.maps.points


def test_a_map_that_fails_says_why_under_the_view(view, monkeypatch):
    def broken(*args):
        raise MemoryError("no room")

    monkeypatch.setattr(layouts, "lay_out", broken)
    view.wanted = "tsne"
    view.worker.wait()
    assert view.error == "MemoryError: no room"
    assert (view.method, view.wanted, view.progress) == ("pca", "", "")


def test_umap_that_is_not_installed_is_told_before_it_is_chosen(view, monkeypatch, fails):
    monkeypatch.setitem(sys.modules, "umap", None)
    with fails(ArgumentError, "method", names="umap-learn"):
        view.method = "umap"
    assert view.method == "pca"
    bare = cl.explore_clusters(forty(), 4)
    assert "pip install umap-learn" in bare.about["no_umap"]
    assert "umap" in bare.about["methods"]
    view.wanted = "umap"
    view.worker.wait()
    assert "pip install umap-learn" in view.error


def test_umap_that_is_installed_is_used(monkeypatch):
    class Umap:
        def __init__(self, **options):
            self.options = options

        def fit_transform(self, points):
            return points[:, :2] * [1, 2]

    monkeypatch.setitem(sys.modules, "umap", type(sys)("umap"))
    sys.modules["umap"].UMAP = Umap
    sys.modules["umap"].__spec__ = sys.__spec__
    view = cl.explore_clusters(forty(), 4, method="umap")
    assert view.about["no_umap"] == ""
    assert view.umap.shape == (40, 2)


def test_two_dimensions_are_their_own_map():
    images = some_images()
    plane = Embedding(np.random.default_rng(0).normal(size=(40, 2)), None, images, "plane", False)
    view = cl.explore_clusters(plane, 4, method="tsne")
    assert list(view.about["methods"]) == ["pca"]
    assert view.tsne is None
    assert view.words == cl.explore_clusters(plane, 4).words


def test_the_maps_of_the_lessons_are_there_at_once():
    digits = cl.embed(cl.load("digits"))
    assert Maps(digits.vectors, seed=0).instant() == ["tsne", "umap"]
    assert Maps(digits.vectors, seed=1).instant() == []
    view = cl.explore_clusters(digits, 4, cl.cluster(digits, n_clusters=[4]))
    assert view.tsne.shape == view.umap.shape == (1797, 2)
    assert np.abs(view.tsne).max() == pytest.approx(1)


def test_a_class_is_found_and_the_words_count_its_clusters(view, fails):
    view.find = "b"
    counts = np.bincount(view.clusters.labels[view.embedding.labels == 1], minlength=4)
    assert captions.class_sentence("b", counts.tolist()) in view.words
    with fails(ArgumentError, "find", received="z", names="'a'"):
        view.find = "z"
    assert view.find == "b"
    view.find = None
    assert "Class" not in view.words
    bare = cl.explore_clusters(Embedding(forty().vectors, None, some_images(), "bare", False), 4)
    with fails(ArgumentError, "find"):
        bare.find = "b"


def test_a_class_of_digits_may_be_given_as_a_number():
    some = cl.load("digits")[:200]
    view = cl.explore_clusters(cl.embed(some), 4)
    view.find = 3
    assert view.find == "3"


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=30))
def test_no_image_of_a_class_is_left_out_of_the_sentence(counts):
    sentence = captions.class_sentence("x", counts)
    numbers = [int(n.replace(",", "")) for n in numbers_in(sentence)]
    full = sorted((c for c in counts if c), reverse=True)
    assert numbers[0] == sum(counts)
    if len(full) > 3:
        assert numbers[1:] == [*full[:3], sum(full[3:]), len(full) - 3]
    elif len(full) > 1:
        assert numbers[1:] == full


def test_the_neighbours_of_an_image_are_the_nearest_others(view):
    view.image = 7
    vectors, labels = view.embedding.vectors, view.clusters.labels
    apart = np.linalg.norm(vectors - vectors[7], axis=1)
    nearest = np.argsort(apart)[1:9]
    assert view.near[7].tolist() == nearest.tolist()
    np.testing.assert_allclose(view.distances[7], apart[nearest], rtol=1e-5)
    same = int((labels[nearest] == labels[7]).sum())
    classes = int((view.embedding.labels[nearest] == 2).sum())
    assert captions.image_sentence(7, labels[7], 8, same, "c", classes) in view.words
    view.image = -1
    assert view.image == 39
    view.image = None
    assert "neighbours" not in view.words


@pytest.mark.parametrize("image", [40, -41, 2.5, "seven", True])
def test_an_image_that_is_not_there_is_refused(view, image, fails):
    with fails(ArgumentError, "image"):
        view.image = image
    assert view.image is None


def test_of_very_many_images_python_is_asked_for_the_neighbours_of_one(monkeypatch, view):
    monkeypatch.setattr(neighbours, "AT_ONCE", 10)
    asked = cl.explore_clusters(forty(), 4)
    assert asked.near is None
    asked.image = 7
    assert asked.nearest["near"] == view.near[7].tolist()
    np.testing.assert_allclose(asked.nearest["distances"], view.distances[7], rtol=1e-5)
    view.image = 7
    assert asked.words == view.words


def test_an_image_that_the_sample_left_out_is_told(monkeypatch):
    from capslab.widgets.shared import projection

    monkeypatch.setattr(projection, "MOST_POINTS", 20)
    view = cl.explore_clusters(forty(), 4)
    outside = int(np.setdiff1d(np.arange(40), view.drawn)[0])
    view.image = outside
    assert captions.not_drawn(outside) in view.words
    view.image = int(view.drawn[3])
    assert view.near.shape == (20, 8)
    assert numbers_in(captions.not_drawn(outside))[0] not in numbers_in(view.words.partition("Image")[2])[:1]
    view.find = "a"
    assert "drawn image" in view.words


def test_two_points_have_one_neighbour_each():
    two = forty()[[0, 1]]
    view = cl.explore_clusters(two)
    assert view.near.tolist() == [[1], [0]]
    view.image = 0
    assert captions.image_sentence(0, int(view.labels[0, 0]), 1, 0, "a", 0) in view.words


def test_state_keeps_the_map_the_class_and_the_image(view):
    view.method, view.find, view.image = "tsne", "c", 5
    again = cl.explore_clusters(forty(), 4, state=view.state)
    assert (again.method, again.find, again.image) == ("tsne", "c", 5)
    assert again.words == view.words


# The view is an ordinary widget


def test_a_slider_of_ones_own_moves_the_view(view):
    slider = ipywidgets.IntSlider(value=4, min=2, max=30)
    ipywidgets.link((slider, "value"), (view, "k"))
    slider.value = 9
    assert view.k == 9
    assert numbers_in(view.words)[0] == "9"
    view.k = 12
    assert slider.value == 12


@pytest.mark.parametrize("link", [ipywidgets.jslink, ipywidgets.jsdlink])
def test_links_in_the_browser_take_the_view(view, link):
    slider = ipywidgets.IntSlider(value=4, min=2, max=30)
    made = link((slider, "value"), (view, "k"))
    assert made.target == (view, "k")
    box = ipywidgets.VBox([slider, view])
    assert box.children == (slider, view)


def test_interact_calls_a_function_that_moves_the_view(view):
    def sizes(k):
        view.k = k
        return view.clusters.sizes.tolist()

    control = ipywidgets.interactive(sizes, k=(2, 30))
    control.children[0].value = 6
    control.update()
    assert view.k == 6
    assert len(control.result) == 6
