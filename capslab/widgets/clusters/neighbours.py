"""The images that are nearest to one image, and what they say about its cluster."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.data import lazy_rows
from capslab.data.neighbours import nearest_neighbours

#: neighbours of an image that are shown
COUNT = 8
#: with at most this much work, all neighbours are computed when the view is made (about a second)
AT_ONCE = 1e10
#: choosing the nearest of many distances costs as much as this many dimensions
CHOOSING = 50


def all_neighbours(vectors: Any) -> tuple[np.ndarray | None, np.ndarray | None]:
    """The nearest other images of every image and their distances, the nearest first.

    Returns
    -------
    places, distances : int32 and float32 `(m, min(8, m − 1))`; None for so many images that it would take
        long. `neighbours_of` then answers for one image at a time.
    """
    m = len(vectors)
    if m < 2 or float(m) * m * (vectors.shape[1] + CHOOSING) > AT_ONCE:
        return None, None
    nearest = nearest_neighbours(np.asarray(vectors[:], np.float32), min(COUNT, m - 1))
    return nearest.indices.astype(np.int32), nearest.distances.astype(np.float32)


def neighbours_of(vectors: Any, place: int) -> tuple[np.ndarray, np.ndarray]:
    """The nearest other images of one image and their distances, `(min(8, m − 1),)` each.

    Examples
    --------
    >>> neighbours_of(np.array([[0.0], [5.0], [1.0]]), 0)[0].tolist()
    [2, 1]
    """
    one = np.asarray(vectors[place : place + 1], np.float32)
    parts = [
        np.sqrt(((np.asarray(vectors[part], np.float32) - one) ** 2).sum(axis=1))
        for part in lazy_rows.parts(vectors)
    ]
    distances = np.concatenate(parts)
    distances[place] = np.inf  # itself, but none of its copies
    order = np.argsort(distances, kind="stable")[: min(COUNT, len(distances) - 1)]
    return order.astype(np.int32), distances[order].astype(np.float32)
