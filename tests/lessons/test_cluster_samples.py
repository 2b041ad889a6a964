"""Which images k-means gets right, network by network."""

import numpy as np
import pytest

import capslab as cl
from capslab.clustering import matched_accuracy
from capslab.errors import ArgumentError
from capslab.lessons import repeated_networks
from capslab.lessons.cluster_samples import kmeans_right, right_among_hidden


@pytest.fixture(scope="module")
def networks():
    return repeated_networks.load(cl.load("digits"))


def test_a_row_is_the_matched_accuracy_of_one_start(networks):
    embeddings = networks.embeddings("VAE")[:3]
    right = kmeans_right(embeddings)
    assert right.shape == (3, len(networks.images))
    assert right.dtype == bool
    for seed, (row, z) in enumerate(zip(right, embeddings, strict=True)):
        clusters = cl.cluster(z, n_clusters=10, seed=seed).at(10).labels
        assert row.mean() == pytest.approx(matched_accuracy(clusters, z.labels))


def test_the_same_vectors_get_other_starts_and_other_numbers_of_clusters(networks):
    pixels = cl.embed(networks.images)
    right = kmeans_right([pixels] * 4)
    assert len({row.tobytes() for row in right}) > 1
    assert kmeans_right([pixels], n_clusters=2).mean() < 0.3


def test_only_hidden_classes_count(networks):
    kind = "dense, three classes hidden"
    shares = right_among_hidden(networks, kind)
    right = kmeans_right(networks.embeddings(kind))
    for share, row, away in zip(shares, right, networks.hidden_classes(kind), strict=True):
        of_these = [ok for ok, label in zip(row, networks.images.labels, strict=True) if label in away]
        assert share == pytest.approx(np.mean(of_these))
    pixels = [cl.embed(networks.images)] * 5
    assert not np.allclose(right_among_hidden(networks, kind, pixels), shares)


def test_what_cannot_be_compared_is_refused(networks, fails):
    z = networks.embeddings("VAE")[0]
    for wrong in (z, [], [z.vectors], "VAE"):
        with fails(ArgumentError, "embeddings"):
            kmeans_right(wrong)
    with fails(ArgumentError, "embeddings"):
        kmeans_right([z, z[::-1]])
    with fails(ArgumentError, "embeddings"):
        kmeans_right([cl.embed(cl.Images(networks.images.images))])
