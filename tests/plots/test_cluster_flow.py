"""The flow of images between clusters: nothing gets lost, and what plotly draws is what the still draws."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter
from matplotlib.patches import Rectangle
from sklearn.datasets import load_digits

from capslab import plots
from capslab.clustering import cluster
from capslab.data import Images
from capslab.embedding import embed
from capslab.errors import ArgumentError
from capslab.plots.chart_plotly import MIME
from capslab.plots.cluster_flow_plotly import dots

KS = (2, 4, 7)


@pytest.fixture(scope="module")
def images():
    data = load_digits()
    pixels = (data.images[:200] * 15.9).astype(np.uint8)[..., None]
    return Images(pixels, data.target[:200], tuple("0123456789"), "digits")


@pytest.fixture(scope="module")
def path(images):
    return cluster(embed(images), n_clusters=range(2, 8))


@pytest.fixture(scope="module")
def figure(path):
    return plots.cluster_flow(path, KS)


def test_every_image_is_in_one_stream_from_each_k_to_the_next(figure, path):
    flow = figure.flow
    for column, (k, after) in enumerate(pairwise(KS)):
        streams = [one for one in flow.streams if one[0] == column]
        assert sorted(np.concatenate([which for *_, which in streams])) == list(range(200))
        for _, start, end, which in streams:
            assert (path.at(k).labels[which] == start).all()
            assert (path.at(after).labels[which] == end).all()
    assert sum(row["images"] for row in figure.values) == 400
    assert {row["k"] for row in figure.values} == {2, 4}


def test_bars_are_as_high_as_their_clusters_and_do_not_overlap(figure, path):
    bars = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert len(bars) == sum(KS)
    for column, k in enumerate(KS):
        mine = sorted((bar for bar in bars if bar.get_x() == column), key=lambda bar: bar.get_y())
        heights = [bar.get_height() for bar in mine]
        sizes = np.sort(path.at(k).sizes)
        np.testing.assert_allclose(np.sort(heights) / sum(heights), sizes / 200, rtol=1e-9)
        assert all(a.get_y() + a.get_height() < b.get_y() for a, b in pairwise(mine))
        assert mine[0].get_y() >= 0
        assert mine[-1].get_y() + mine[-1].get_height() <= 1 + 1e-9


def test_plotly_gets_the_same_streams_in_the_same_places(figure):
    data, about = DisplayFormatter().format(figure)
    raw = data[MIME]
    json.dumps(raw, allow_nan=False)
    (trace,) = raw["data"]
    node, link = trace["node"], trace["link"]
    assert link["value"] == [row["images"] for row in figure.values]
    names = [
        (node["label"][a], node["label"][b]) for a, b in zip(link["source"], link["target"], strict=True)
    ]
    assert names == [(row["cluster"], row["next cluster"]) for row in figure.values]
    assert all(0 < place < 1 for place in (*node["x"], *node["y"]))
    middles = [(top + bottom) / 2 for ends in figure.flow.places for top, bottom in ends.values()]
    np.testing.assert_allclose(node["y"], middles, atol=0.002)
    assert about["image/svg+xml"]["alt"] == figure.alt_text
    assert figure.interactive.data[0].type == "sankey"


def test_whoever_points_at_a_stream_sees_its_images_and_classes(figure, images):
    link = figure._as_json()["data"][0]["link"]
    largest = int(np.argmax(link["value"]))
    told = link["customdata"][largest]
    *_, which = figure.flow.streams[largest]
    for line in dots(images.images[which[0], ..., 0] / 255):
        assert line in told
    counts = np.bincount(images.labels[which], minlength=10)
    assert f"{counts.argmax()}: {counts.max()}" in told


def test_few_streams_cross(path):
    def crossings(flow, places):
        middle = [{c: sum(ends) for c, ends in column.items()} for column in places]
        found = 0
        for i, (column, a, b, which) in enumerate(flow.streams):
            for other, c, d, also in flow.streams[:i]:
                left, right = (
                    middle[column][a] - middle[other][c],
                    middle[column + 1][b] - middle[other + 1][d],
                )
                found += (column == other and left * right < 0) * min(len(which), len(also))
        return found

    flow = plots.cluster_flow(path, KS).flow
    by_number = [{c: (c, c) for c in ends} for ends in flow.places]
    assert crossings(flow, flow.places) <= crossings(flow, by_number)


def test_words_name_the_new_clusters_and_where_they_come_from(figure):
    words = figure.alt_text
    assert words.startswith("Flow of 200 images between clusters: from k = 2 to 4 ")
    assert "to C" in words
    assert "to D" in words


def test_vectors_without_images_flow_as_well(images):
    X = images.images.reshape(200, -1) / 255
    path = cluster(X, n_clusters=range(2, 5))
    bare = plots.cluster_flow(path, [4, 2, 2])
    assert bare.flow.ks == (2, 4)
    assert "classes" not in bare.values[0]
    assert "⠀" not in "".join(bare._as_json()["data"][0]["link"]["customdata"])
    shown = plots.cluster_flow(path, [2, 4], images=images)
    assert shown.values[0]["classes"]


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda path, images: plots.cluster_flow(images, [2, 3]), "path"),
        (lambda path, images: plots.cluster_flow(path, [2]), "ks"),
        (lambda path, images: plots.cluster_flow(path, 3), "ks"),
        (lambda path, images: plots.cluster_flow(path, range(2, 12)), "ks"),
        (lambda path, images: plots.cluster_flow(path, ["2", 3]), "ks"),
        (lambda path, images: plots.cluster_flow(path, [2, 99]), "ks"),
        (lambda path, images: plots.cluster_flow(path, [2, 2.5]), "ks"),
        (lambda path, images: plots.cluster_flow(cluster(path.embedding_, 4), [4, 5]), "ks"),
        (lambda path, images: plots.cluster_flow(path, [2, 3], images=images[:10]), "images"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(call, argument, path, images, fails):
    with fails(ArgumentError, argument):
        call(path, images)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 9))
def test_a_dot_is_a_bright_pixel(height, width, seed):
    image = (np.random.default_rng(seed).random((height, width)) > 0.5).astype(float)
    lines = dots(image)
    assert len({len(line) for line in lines}) == 1
    if max(height, width) <= 28:
        assert sum(bin(ord(letter) - 0x2800).count("1") for line in lines for letter in line) == image.sum()
        assert (len(lines), len(lines[0])) == (-(-height // 4), -(-width // 2))
