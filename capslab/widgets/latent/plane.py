"""The plane of a two-dimensional latent space: the codes of images, their labels, their clusters."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, unknown_name
from capslab.widgets.shared import image_strip

POINTS = 1000  # at most this many codes are drawn
COLORS = ("label", "cluster")
UNLABELLED_K = 10  # number of clusters if there are no classes to count


def plane_traits(vae: Any, images: Any) -> dict[str, Any]:
    """The traits `plane`, `plane_labels` and `plane_clusters` for images and a VAE with d = 2."""
    chosen = image_strip.balanced_sample(images.labels, len(images), POINTS)
    codes = np.asarray(vae.encode(images.images[chosen]), np.float32)  # (n, 2)
    return {
        "plane": codes,
        "plane_labels": image_strip.strip_arrays(images, chosen)["labels"],
        "plane_clusters": cluster_codes(codes, None if images.labels is None else images.labels[chosen]),
    }


def cluster_codes(codes: np.ndarray, labels: np.ndarray | None) -> np.ndarray | None:
    """k-means on the codes, int32 `(n,)`; None if there are not two different codes.

    With labels, k is the number of classes, and clusters are matched to classes one to one and take
    their numbers, so that a colour means the same in both colourings.
    """
    from capslab.clustering import cluster, match_labels

    different = len(np.unique(codes, axis=0))
    classes = np.unique(labels) if labels is not None else np.arange(UNLABELLED_K)
    k = min(max(len(classes), 2), different)
    if k < 2:
        return None
    clusters = cluster(codes, n_clusters=[k]).at(k).labels
    return (clusters if labels is None else match_labels(labels, clusters)).astype(np.int32)


def first_color(color: str | None, images: Any, clusters: np.ndarray | None) -> str:
    """What the colours mean at first: `color`, or else labels if there are any, or else clusters."""
    if color is not None:
        return color
    return "cluster" if clusters is not None and images.labels is None else "label"


def check_color(value: str, clustered: bool, labelled: bool) -> str:
    """Return `value` if the codes can be coloured so; raise an error otherwise.

    Parameters
    ----------
    clustered : whether there are clusters of codes; labelled : whether the images have labels.
    """
    if value not in COLORS:
        raise unknown_name("color", value, COLORS)
    if value == "cluster" and not clustered:
        received = Verbatim("no plane of codes to cluster")
        hint = "Leave it out, or take a VAE with two latent dimensions, and images."
        raise ArgumentError("color", "left out here", received, hint)
    if value == "label" and clustered and not labelled:
        raise ArgumentError("color", '"cluster", as these images have no labels', value, "Leave it out.")
    return value
