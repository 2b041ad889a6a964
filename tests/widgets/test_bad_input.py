"""What every view does with input that it cannot use: words, never a traceback from within."""

from __future__ import annotations

import json

import numpy as np
import pytest
from fakes import FakeCapsNet, FakeVAE, some_images
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
def test_a_state_of_another_view_or_version_is_refused(name):
    view = VIEWS[name]()
    kind, before, words = type(view).__name__, view.state, view.words
    content = json.loads(before)
    cases = {
        "that of 'OtherView'": json.dumps({**content, "view": "OtherView"}),
        f"version {view.STATE_VERSION}. Received: version 99": json.dumps({**content, "v": 99}),
        "Received: version None": json.dumps({"view": kind}),
        f"a state string of a {kind}": "x = 3",
        f"the state of a {kind}": "[1, 2]",
    }
    for message, state in cases.items():
        with pytest.raises(ArgumentError, match=message):
            view.state = state
    assert view.state == before
    assert view.words == words
    view.state = before


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: cl.explore_clusters(broken()), "1 of 40 rows with NaN"),
        (lambda: cl.explore_clusters(broken(), path=cl.cluster(vectors(2))), "1 of 40 rows with NaN"),
        (lambda: cl.compare(vectors(2), broken()), r"embeddings\[1\].*1 of 40 rows with NaN"),
        (lambda: cl.explore_clusters(vectors(2).vectors), "an Embedding.*an array of shape"),
        (lambda: cl.explore_clusters(some_images()), "an Embedding"),
        (lambda: cl.explore_clusters(vectors(3, 1)), "one vector"),
        (lambda: cl.compare(vectors(3, 1), vectors(2, 1)), "one vector"),
        (lambda: cl.explore_clusters(vectors(3), 31), "2 to 30. Received: 31"),
        (lambda: cl.explore_clusters(vectors(3), "4"), "2 to 30. Received: '4'"),
        (lambda: cl.compare(vectors(3), vectors(2), k=31), "2 to 30. Received: 31"),
        (lambda: cl.explore_clusters(vectors(3), color="labels"), "Did you mean 'label'"),
        (lambda: cl.show_routing(FakeVAE(), some_images()), "a model with routing.*a FakeVAE"),
        (
            lambda: cl.explore_latent(FakeCapsNet(), some_images()),
            "a model with a latent space.*a FakeCapsNet",
        ),
        (lambda: cl.show_routing(FakeCapsNet(), some_images(side=9)), r"\(8, 8, 1\).*\(9, 9, 1\)"),
        (lambda: cl.explore_latent(FakeVAE(), Images(np.zeros((3, 8, 8, 3), np.uint8))), r"\(8, 8, 3\)"),
        (lambda: cl.show_routing(FakeCapsNet(), some_images()[:0]), "at least one image"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_two_points_and_one_dimension_can_be_compared():
    view = cl.compare(vectors(3, 2), vectors(1, 2), seeds=1)
    assert (view.ks, view.k) == ([2], 2)
    assert view.points.shape == (2, 2, 2)
    assert "height is random" in view.about["planes"][1]
    assert view.picture(dpi=40).startswith(b"\x89PNG")


def test_comparing_70_001_points_draws_a_sample_and_says_so():
    rng = np.random.default_rng(0)
    n = 70_001
    images = Images(rng.integers(0, 255, (n, 2, 2, 1), dtype=np.uint8))
    kinds = rng.normal(size=(3, 2))[rng.integers(0, 3, n)]  # three different vectors: a short path
    one, other = (Embedding(kinds * size, None, images, name, False) for size, name in ((1, "a"), (2, "b")))
    view = cl.compare(one, other, seeds=1)
    assert view.labels.shape == (2, 2, 70_000)
    assert "70,000 of 70,001 images are drawn" in view.about["notes"]


def test_a_wrong_value_from_python_leaves_the_view_as_it_was():
    view = cl.explore_clusters(embedding(), 4)
    before = view.state, view.words
    for name, value in (("k", 99), ("color", "colour"), ("selection", [40]), ("hide", ["nothing"])):
        with pytest.raises(ArgumentError, match=name):
            setattr(view, name, value)
    assert (view.state, view.words) == before
