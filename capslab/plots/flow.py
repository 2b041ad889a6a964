"""The images that go from cluster to cluster as k grows, as data: drawn twice, as a still and by plotly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

#: of the figure's height, what two clusters of a column are apart at the largest k
GAP = 0.02


@dataclass(frozen=True, eq=False)
class Flow:
    """The clusters of several k, and the images that go from each to each of the next k.

    Attributes
    ----------
    ks : the numbers of clusters, ascending.
    clusters : the cluster of every image at each of them, `(len(ks), n)`.
    labels : the class of every image, `(n,)`, or None.
    classes : the names of the classes.
    pixels : the images, float32 `(n, h, w, c)` in 0…1, or None.
    """

    ks: tuple[int, ...]
    clusters: np.ndarray
    labels: np.ndarray | None
    classes: Sequence[Any]
    pixels: np.ndarray | None

    @cached_property
    def streams(self) -> list[tuple[int, int, int, np.ndarray]]:
        """Each stream as column, cluster there, cluster in the next column, and its images `(m,)`."""
        found = []
        for column, (here, there) in enumerate(pairwise(self.clusters)):
            for start, end in sorted(set(zip(here.tolist(), there.tolist(), strict=True))):
                found.append((column, start, end, np.flatnonzero((here == start) & (there == end))))
        return found

    @cached_property
    def places(self) -> list[dict[int, tuple[float, float]]]:
        """For each column and cluster, its upper and lower end, 0 (top) … 1, so that streams rarely cross."""
        orders = [list(np.unique(row)) for row in self.clusters]
        for _ in range(6):  # each column in the order of the means of its neighbours, there and back
            for i in [*range(1, len(orders)), *range(len(orders) - 2, -1, -1)]:
                for other in (i - 1, i + 1):
                    if 0 <= other < len(orders):
                        orders[i] = self._beside(orders[other], other, i)
        n, most = self.clusters.shape[1], max(map(len, orders))
        places = []
        for row, order in zip(self.clusters, orders, strict=True):
            top = 0.5 * GAP * (most - len(order))  # a column with fewer clusters is centred
            ends = {}
            for cluster in order:
                height = (row == cluster).sum() / n * (1 - GAP * (most - 1))
                ends[int(cluster)] = (top, top + height)
                top += height + GAP
            places.append(ends)
        return places

    def _beside(self, order: list[int], other: int, column: int) -> list[int]:
        """The clusters of a column, sorted by where their images are in another one."""
        rank = {cluster: place for place, cluster in enumerate(order)}
        row, beside = self.clusters[column], np.array([rank[c] for c in self.clusters[other]])
        return sorted(np.unique(row), key=lambda c: (beside[row == c].mean(), c))

    def by_class(self, which: np.ndarray, most: int = 3) -> str:
        """The most frequent classes among some images: "4: 30, 9: 27"; "" without labels."""
        if self.labels is None:
            return ""
        counts = np.bincount(self.labels[which], minlength=len(self.classes))
        order = np.argsort(-counts, kind="stable")[:most]
        return ", ".join(f"{self.classes[i]}: {counts[i]:,}" for i in order if counts[i])
