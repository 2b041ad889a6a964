"""What every view does with input that it cannot use: words, never a traceback from within."""

from __future__ import annotations

import json

import numpy as np
import pytest
from common import numbers_in
from fakes import FakeCapsNet, FakeClassifier, FakeToyNet, FakeVAE, some_images
from views import VIEWS, embedding

import capslab as cl
from capslab.data import Images
from capslab.embedding import Embedding
from capslab.errors import ArgumentError


def vectors(dimensions, n=40):
    images = some_images(n)
    numbers = np.random.default_rng(1).normal(size=(n, dimensions))
    return Embedding(numbers, images.labels, images, f"{dimensions} numbers", False)


def broken():
    """An embedding whose array was spoilt after it was made."""
    spoilt = vectors(2)
    spoilt.vectors[7, 1] = np.nan
    return spoilt


@pytest.mark.parametrize("name", VIEWS)
def test_a_state_of_another_view_or_version_is_refused(name, fails):
    view = VIEWS[name]()
    kind, before, words = type(view).__name__, view.state, view.words
    content = json.loads(before)
    cases = {
        ("'OtherView'",): json.dumps({**content, "view": "OtherView"}),
        (str(view.STATE_VERSION), "99"): json.dumps({**content, "v": 99}),
        (str(view.STATE_VERSION), "None"): json.dumps({"view": kind}),
        (kind, "'x = 3'"): "x = 3",
        (kind, "[1, 2]"): "[1, 2]",
    }
    for names, state in cases.items():
        with fails(ArgumentError, "state", names=names):
            view.state = state
    assert view.state == before
    assert view.words == words
    view.state = before


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: cl.explore_clusters(broken()), "embedding"),
        (lambda: cl.explore_clusters(broken(), path=cl.cluster(vectors(2))), "embedding"),
        (lambda: cl.compare(vectors(2), broken()), "embeddings[1]"),
        (lambda: cl.explore_clusters(vectors(2).vectors), "embedding"),
        (lambda: cl.explore_clusters(some_images()), "embedding"),
        (lambda: cl.explore_clusters(vectors(3, 1)), "embedding"),
        (lambda: cl.compare(vectors(3, 1), vectors(2, 1)), "embedding"),
        (lambda: cl.explore_clusters(vectors(3), 31), "k"),
        (lambda: cl.explore_clusters(vectors(3), "4"), "k"),
        (lambda: cl.compare(vectors(3), vectors(2), k=31), "k"),
        (lambda: cl.explore_clusters(vectors(3), color="labels"), "color"),
        (lambda: cl.explore_clusters(vectors(3), method="tsnee"), "method"),
        (lambda: cl.explore_clusters(vectors(2), method="tsnee"), "method"),
        (lambda: cl.explore_clusters(broken(), method="tsne"), "embedding"),
        (lambda: cl.explore_cloud(vectors(2)), "embedding"),
        (lambda: cl.show_routing(FakeVAE(), some_images()), "model"),
        (
            lambda: cl.explore_latent(FakeCapsNet(), some_images()),
            "vae",
        ),
        (lambda: cl.show_routing(FakeCapsNet(), some_images(side=9)), "images"),
        (lambda: cl.explore_latent(FakeVAE(), Images(np.zeros((3, 8, 8, 3), np.uint8))), "images"),
        (lambda: cl.show_routing(FakeCapsNet(), some_images()[:0]), "index"),
        (lambda: cl.network_sandbox(([[0, np.nan], [1, 1]], [0, 1])), "points"),
        (lambda: cl.network_sandbox(([[0, 0]], [0])), "points"),
        (lambda: cl.network_sandbox(([[0, 0], [1, 1]], [0, 0])), "points"),
        (lambda: cl.network_sandbox((vectors(3).vectors, np.arange(40) % 2)), "points"),
        (lambda: cl.network_sandbox((vectors(2).vectors, [0, 1])), "points"),
        (lambda: cl.network_sandbox(vectors(2)), "points"),
        (lambda: cl.network_sandbox(data="moons"), "data"),
        (lambda: cl.network_sandbox(hidden=17), "hidden"),
        (lambda: cl.network_sandbox(layers=3), "layers"),
        (lambda: cl.network_sandbox(activation="sigmoid"), "activation"),
        (lambda: cl.network_sandbox(learning_rate=0), "learning_rate"),
        (lambda: cl.network_sandbox(epochs=-1), "epochs"),
        (lambda: cl.network_sandbox(seed=-1), "seed"),
        (lambda: cl.turn_toy("cart"), "kind"),
        (lambda: cl.turn_toy("person", FakeToyNet()), "kind"),
        (lambda: cl.turn_toy(elevation=91), "elevation"),
        (lambda: cl.turn_toy(instance=10), "instance"),
        (lambda: cl.turn_toy(model=FakeVAE()), "model"),
        (lambda: cl.turn_toy(model=FakeClassifier()), "model"),
        (lambda: cl.turn_toy(model=FakeToyNet(side=4)), "model"),
        (lambda: cl.turn_toy(seen=[0]), "seen"),
        (lambda: cl.turn_toy(model=FakeToyNet(), seen=some_images()), "seen"),
        (lambda: cl.turn_toy(model=FakeToyNet(), seen="all"), "seen"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(make, argument, fails):
    with fails(ArgumentError, argument):
        make()


def test_two_points_and_one_dimension_can_be_compared():
    view = cl.compare(vectors(3, 2), vectors(1, 2), seeds=1)
    assert (view.ks, view.k) == ([2], 2)
    assert view.points.shape == (2, 2, 2)
    assert view.points[1, :, 1].std() > 0.05  # one number each, spread over the height so as to be seen
    assert view.about["planes"][1] != view.about["planes"][0]  # and the plane's name says so
    assert view.picture(dpi=40).startswith(b"\x89PNG")


def test_comparing_70_001_points_draws_a_sample_and_says_so():
    rng = np.random.default_rng(0)
    n = 70_001
    images = Images(rng.integers(0, 255, (n, 2, 2, 1), dtype=np.uint8))
    kinds = rng.normal(size=(3, 2))[rng.integers(0, 3, n)]  # three different vectors: a short path
    one, other = (Embedding(kinds * size, None, images, name, False) for size, name in ((1, "a"), (2, "b")))
    view = cl.compare(one, other, seeds=1)
    assert view.labels.shape == (2, 2, 70_000)
    assert numbers_in(view.about["notes"])[:2] == ["70,000", "70,001"]


def test_a_wrong_value_from_python_leaves_the_view_as_it_was():
    view = cl.explore_clusters(embedding(), 4)
    before = view.state, view.words
    wrong = {
        "k": 99,
        "color": "colour",
        "selection": [40],
        "hide": ["nothing"],
        "method": "isomap",
        "find": "z",
        "image": 40,
    }
    for name, value in wrong.items():
        with pytest.raises(ArgumentError, match=name):
            setattr(view, name, value)
    assert (view.state, view.words) == before
