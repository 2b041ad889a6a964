"""The sentences of the views of clusters; they are written for every k before anything moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from capslab.clustering import cluster_name
from capslab.widgets.shared.format_text import percent, plural


def origin(source: str, supervised: bool) -> str:
    """Where the vectors come from, for example "capsule poses (made with labels)"."""
    return f"{source} (made {'with' if supervised else 'without'} labels)"


def composition(table: np.ndarray, classes: list[str]) -> str:
    """Which classes a cluster mixes, from the contingency table `(k, classes)`.

    >>> composition(np.array([[50, 45, 0], [0, 5, 60]]), ["3", "4", "9"])
    'cluster A mixes the 3s (53 %) and the 4s (47 %)'
    """
    sizes = table.sum(axis=1)
    if table.shape[1] < 2:
        return f"every image is one of the {plural(classes[0])}"
    order = np.argsort(-table, axis=1, kind="stable")
    largest, second = (np.take_along_axis(table, order[:, i : i + 1], axis=1)[:, 0] for i in (0, 1))
    mixed = int(np.argmax(second))  # the cluster whose second class is largest
    if second[mixed] / max(sizes[mixed], 1) >= 0.15:
        shares = table[mixed] / sizes[mixed]
        one, other = (f"the {plural(classes[c])} ({percent(shares[c])})" for c in order[mixed, :2])
        return f"cluster {cluster_name(mixed)} mixes {one} and {other}"
    nonzero = np.maximum(sizes, 1)
    least_pure = int(np.argmin(np.where(sizes > 0, largest / nonzero, 2)))
    name = plural(classes[order[least_pure, 0]])
    share = percent(largest[least_pure] / nonzero[least_pure])
    return f"even the most mixed cluster, {cluster_name(least_pure)}, is {share} {name}"


def largest_and_smallest(sizes: np.ndarray) -> str:
    """The sizes of the clusters: all that can be said without labels."""
    n, large, small = sizes.sum(), int(np.argmax(sizes)), int(np.argmin(sizes))
    return (
        f"cluster {cluster_name(large)} is the largest with {percent(sizes[large] / n)} of the images, "
        f"cluster {cluster_name(small)} the smallest with {percent(sizes[small] / n)}"
    )


def moves(labels: np.ndarray, next_labels: np.ndarray, k: int, next_k: int) -> str:
    """How many images change cluster from one k to the next, and which cluster most of them go to."""
    changed = labels != next_labels
    count = int(changed.sum())
    if not count:
        return f"From k = {k} to {next_k} no image changes cluster."
    arrivals = np.bincount(next_labels[changed])
    target = int(np.argmax(arrivals))
    verb = "image changes" if count == 1 else "images change"
    text = f"From k = {k} to {next_k}, {count:,} {verb} cluster ({percent(count / len(labels))})"
    return f"{text}, {int(arrivals[target]):,} of them into cluster {cluster_name(target)}."


def join(sentences: Iterable[str]) -> str:
    """The sentences that are not empty, one after the other."""
    return " ".join(filter(None, sentences))


def selected(count: int) -> str:
    """For example "137 images selected."; the browser writes the same."""
    return "" if not count else f"{count:,} image{'' if count == 1 else 's'} selected."


def comparison(
    k: int,
    names: list[str],
    embeddings: Any,
    scores: dict[str, Any],
    i: int,
    differing: dict[tuple[int, int], int],
) -> str:
    """Which representation has the best clusters at one k, what that means, and how much they disagree.

    Parameters
    ----------
    scores : measure → `[embedding][seed][k]`.
    i : position of k among all ks.
    differing : for each pair of embeddings, the number of images in different clusters.
    """
    measure = "matched_accuracy" if "matched_accuracy" in scores else "silhouette"
    values = [lines[0][i] if lines[0][i] is not None else -1.0 for lines in scores[measure]]
    title = measure.replace("_", " ")
    order = np.argsort(-np.array(values), kind="stable")
    best = int(order[0])
    verb = "match the labels best" if measure == "matched_accuracy" else "keep their clusters farthest apart"
    supervised = embeddings[best].supervised
    text = f"k = {k}: {names[best]} {verb} ({title} {values[best]:.2f}"
    text += f", made {'with' if supervised else 'without'} labels)"
    unsupervised = [int(e) for e in order if not embeddings[e].supervised]
    if supervised and measure == "matched_accuracy":
        text += (
            ", which shows how well a classifier separates the classes, not what can be found without labels"
        )
        if unsupervised:
            text += f"; best of those made without labels: {names[unsupervised[0]]}"
            text += f" ({values[unsupervised[0]]:.2f})"
    (a, b), count = max(differing.items(), key=lambda pair: pair[1])
    sit = "image sits" if count == 1 else "images sit"
    return f"{text}. {count:,} {sit} in different clusters in {names[a]} and {names[b]}."
