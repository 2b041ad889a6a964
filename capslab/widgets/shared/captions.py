"""The views of clusters in words: one line for every k, written before anything moves."""

from __future__ import annotations

from typing import Any

import numpy as np


def origin(source: str, supervised: bool) -> str:
    """ "capsule poses (made with labels)": where vectors come from."""
    return f"{source} (made {'with' if supervised else 'without'} labels)"


def many(name: str) -> str:
    """A class in the plural: "4s" for a digit, its name in quotation marks otherwise."""
    return f"{name}s" if len(name) == 1 else f"“{name}”"


def percent(share: float) -> str:
    """ "97 %"; never "100 %" for less than all, never "0 %" for more than none."""
    whole = round(100 * share)
    return f"{whole if share in (0, 1) else min(99, max(1, whole))} %"


def composition(table: np.ndarray, classes: list[str]) -> str:
    """What the clusters mix, from their contingency table `(k, classes)`.

    >>> composition(np.array([[50, 45, 0], [0, 5, 60]]), ["3", "4", "9"])
    'cluster 0 mixes the 3s (53 %) and the 4s (47 %)'
    """
    sizes = table.sum(axis=1)
    if table.shape[1] < 2:
        return f"every image is one of the {many(classes[0])}"
    order = np.argsort(-table, axis=1, kind="stable")
    most, next_most = (np.take_along_axis(table, order[:, i : i + 1], axis=1)[:, 0] for i in (0, 1))
    worst = int(np.argmax(next_most))  # the cluster whose second class is largest
    share = next_most[worst] / max(sizes[worst], 1)
    if share >= 0.15:
        shares = table[worst] / sizes[worst]
        first, second = (f"the {many(classes[c])} ({percent(shares[c])})" for c in order[worst, :2])
        return f"cluster {worst} mixes {first} and {second}"
    filled = np.maximum(sizes, 1)
    poorest = int(np.argmin(np.where(sizes > 0, most / filled, 2)))
    name = many(classes[order[poorest, 0]])
    return f"even the most mixed cluster, {poorest}, is {percent(most[poorest] / filled[poorest])} {name}"


def sizes_told(sizes: np.ndarray) -> str:
    """Without labels there are only sizes to tell."""
    n, large, small = sizes.sum(), int(np.argmax(sizes)), int(np.argmin(sizes))
    return (
        f"cluster {large} is the largest with {percent(sizes[large] / n)} of the images, "
        f"cluster {small} the smallest with {percent(sizes[small] / n)}"
    )


def moves(labels: np.ndarray, after: np.ndarray, k: int, next_k: int) -> str:
    """Which images change cluster from one k to the next."""
    changed = labels != after
    count = int(changed.sum())
    if not count:
        return f"From k = {k} to {next_k} no image changes cluster."
    to = np.bincount(after[changed])
    target = int(np.argmax(to))
    plural = "image changes" if count == 1 else "images change"
    text = f"From k = {k} to {next_k}, {count:,} {plural} cluster ({percent(count / len(labels))})"
    return f"{text}, {int(to[target]):,} of them into cluster {target}."


def selected(count: int) -> str:
    """ "137 images selected."; the browser says the same."""
    return "" if not count else f"{count:,} image{'' if count == 1 else 's'} selected."


def comparison(
    k: int,
    names: list[str],
    embeddings: Any,
    scores: dict[str, Any],
    i: int,
    differing: dict[tuple[int, int], int],
) -> str:
    """Which representation does best at one k, what that means, and how much they disagree."""
    measure = "matched_accuracy" if "matched_accuracy" in scores else "silhouette"
    values = [lines[0][i] if lines[0][i] is not None else -1.0 for lines in scores[measure]]
    title = measure.replace("_", " ")
    order = np.argsort(-np.array(values), kind="stable")
    best = int(order[0])
    verb = "match the labels best" if measure == "matched_accuracy" else "keep their clusters farthest apart"
    text = f"k = {k}: {names[best]} {verb} ({title} {values[best]:.2f}"
    supervised = embeddings[best].supervised
    text += f", made {'with' if supervised else 'without'} labels)"
    free = [int(e) for e in order if not embeddings[e].supervised]
    if supervised and measure == "matched_accuracy":
        text += ", which tells how well a classifier separates, not what can be found without labels"
        if free:
            text += f"; best of those made without labels: {names[free[0]]} ({values[free[0]]:.2f})"
    (a, b), count = max(differing.items(), key=lambda pair: pair[1])
    return f"{text}. {images(count)} in different clusters in {names[a]} and {names[b]}."


def images(count: int) -> str:
    """ "1,204 images sit", "1 image sits"."""
    return f"{count:,} image{' sits' if count == 1 else 's sit'}"
