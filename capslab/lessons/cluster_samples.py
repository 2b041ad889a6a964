"""Samples for `verdict`: which images k-means gets right, on the vectors of each of several networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from capslab.embedding import Embedding
from capslab.errors import ArgumentError, Verbatim
from capslab.lessons.repeated_networks import RepeatedNetworks


def kmeans_right(embeddings: Sequence[Embedding], n_clusters: int | None = None) -> np.ndarray:
    """Which images are in the right cluster, for each embedding, `(embeddings, images)` of True and False.

    Clusters are named after classes so that as many images as possible are right (matched accuracy). Each
    embedding gets another start of k-means, so that the luck of the start is part of what varies.

    Parameters
    ----------
    embeddings : how several networks see the same images; or one embedding several times, `[pixels] * 5`.
    n_clusters : number of clusters; None takes as many as there are classes.

    Raises
    ------
    ArgumentError : if there is no embedding, or they are of different images, or have no labels.

    Examples
    --------
    >>> import capslab as cl
    >>> pixels = cl.embed(cl.load("digits").test)
    >>> kmeans_right([pixels] * 3).shape
    (3, 359)
    """
    from capslab.clustering import cluster, match_labels

    embeddings = list(embeddings) if isinstance(embeddings, (list, tuple)) else []
    if not embeddings or not all(isinstance(one, Embedding) for one in embeddings):
        expected = "a list of embeddings of the same images"
        raise ArgumentError(
            "embeddings", expected, Verbatim("something else"), "Write [cl.embed(images)] * 5."
        )
    labels = embeddings[0].labels
    if labels is None:
        step = "Take images with labels: cl.load() has them."
        raise ArgumentError("embeddings", "of images with labels", Verbatim("some without"), step)
    if any(one.labels is None or not np.array_equal(one.labels, labels) for one in embeddings):
        step = "Embed the same selection with every network."
        raise ArgumentError("embeddings", "of the same images", Verbatim("different labels"), step)
    k = len(embeddings[0].images.classes) if n_clusters is None else n_clusters
    found = [cluster(z, n_clusters=k, seed=seed).at(k).labels for seed, z in enumerate(embeddings)]
    return np.stack([match_labels(labels, clusters) == labels for clusters in found])


def right_among_hidden(
    networks: RepeatedNetworks, kind: str, embeddings: Sequence[Embedding] | None = None
) -> np.ndarray:
    """The share of images that k-means gets right among the classes that were hidden, `(networks,)`.

    All images are clustered, into as many clusters as there are classes; only those of the three hidden
    classes are counted.

    Parameters
    ----------
    networks : what `repeated_networks.load` returned.
    kind : a kind of network of which three classes were hidden. Network s of every such kind learned from
        the same images, so the kinds can be compared in pairs.
    embeddings : what is clustered instead of the networks' vectors, such as `[pixels] * 5`.

    Raises
    ------
    ArgumentError : for an unknown kind.

    Examples
    --------
    >>> import capslab as cl
    >>> from capslab.lessons import repeated_networks
    >>> networks = repeated_networks.load(cl.load("digits"))
    >>> right_among_hidden(networks, "dense, three classes hidden").shape
    (5,)
    """
    right = kmeans_right(networks.embeddings(kind) if embeddings is None else embeddings)
    labels = networks.images.labels
    hidden = networks.hidden_classes(kind)
    return np.array([one[np.isin(labels, away)].mean() for one, away in zip(right, hidden, strict=True)])
