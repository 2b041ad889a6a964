"""The plane of a two-dimensional latent space: the data's codes, their labels, their clusters."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, unknown_name
from capslab.widgets.shared import image_strip

POINTS = 1000  # codes that are drawn
COLORS = ("label", "cluster")
UNLABELLED_K = 10  # clusters where there are no classes to count


def coded(vae: Any, images: Any) -> dict[str, Any]:
    """The traits `plane`, `plane_labels` and `plane_clusters` of images under a VAE with d = 2."""
    chosen = image_strip.balanced_sample(images.labels, len(images), POINTS)
    codes = np.asarray(vae.encode(images.images[chosen]), np.float32)  # (n, 2)
    return {
        "plane": codes,
        "plane_labels": image_strip.strip_arrays(images, chosen)["labels"],
        "plane_clusters": clustered(codes, None if images.labels is None else images.labels[chosen]),
    }


def clustered(codes: np.ndarray, labels: np.ndarray | None) -> np.ndarray | None:
    """k-means on the codes, int32 `(n,)`; None where there are not two different ones.

    With labels k is the number of classes, and each cluster has the number of the class that it
    shares most images with, one to one, so that a colour means the same in both colourings.
    """
    from capslab.clustering import cluster, match_labels

    different = len(np.unique(codes, axis=0))
    classes = np.unique(labels) if labels is not None else np.arange(UNLABELLED_K)
    k = min(max(len(classes), 2), different)
    if k < 2:
        return None
    found = cluster(codes, n_clusters=[k]).at(k).labels
    return (found if labels is None else match_labels(labels, found)).astype(np.int32)


def first_color(color: str | None, images: Any, clusters: np.ndarray | None) -> str:
    """What the colours mean to begin with: labels where there are any, or nothing else."""
    if color is not None:
        return color
    return "cluster" if clusters is not None and images.labels is None else "label"


def checked_color(view: Any, value: str) -> str:
    """`value` if the view's plane can be coloured so; an error in words otherwise."""
    if value not in COLORS:
        raise unknown_name("color", value, COLORS)
    if value == "cluster" and view.plane_clusters is None:
        received = Verbatim("no plane of codes to cluster")
        again = 'Leave color="label", or use a VAE with latent_dim=2 and images.'
        raise ArgumentError("color", "left alone here", received, again)
    if value == "label" and view.plane_clusters is not None and view._images.labels is None:
        raise ArgumentError("color", '"cluster", as these images have no labels', value, "Leave it out.")
    return value
