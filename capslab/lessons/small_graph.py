"""Lesson 25: a graph that is small enough to be drawn, of a few images of a few classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, is_whole


@dataclass(frozen=True, eq=False)
class SmallGraph:
    """A few images, the edges between neighbours, and where to draw them.

    Attributes
    ----------
    images : `Images`, class by class.
    weights : float `(n, n)`, symmetric; 0 where there is no edge.
    places : float `(n, 2)`; images with few edges between them are near each other.
    """

    images: Any
    weights: np.ndarray
    places: np.ndarray


def join(
    images: Any, classes: tuple[int, ...] = (0, 4, 7), per_class: int = 12, m: int = 4, seed: int = 0
) -> SmallGraph:
    """Join a few images of some classes to their m nearest neighbours among each other.

    The weights are those of `SpectralPath`. Labels only choose the images.

    Parameters
    ----------
    images : `Images` with labels; straightened ones have better neighbours.
    classes : numbers of the classes to take.
    per_class : images of each.
    m : neighbours, at least 1.
    seed : of the choice.

    Raises
    ------
    ArgumentError : if there are no labels or too few images.

    Examples
    --------
    >>> import capslab as cl
    >>> graph = join(cl.load("digits"), (0, 4), per_class=5, m=2)
    >>> graph.weights.shape, graph.places.shape
    ((10, 10), (10, 2))
    """
    from scipy.sparse.csgraph import shortest_path

    from capslab.clustering.neighbour_graph import connect_components, self_tuning_weights
    from capslab.data.neighbours import nearest_neighbours
    from capslab.data.pca import principal_components

    if images.labels is None:
        raise ArgumentError("images", "images with labels", images, "Take cl.load(), which has labels.")
    if not is_whole(m) or not 1 <= m < per_class * len(classes):
        raise ArgumentError("m", f"a whole number from 1 to {per_class * len(classes) - 1}", m, "Try m=4.")
    chosen = images[np.isin(images.labels, classes)].sample(per_class=per_class, seed=seed)
    points = principal_components(chosen.images, 30, seed=seed)
    sparse = connect_components(self_tuning_weights(nearest_neighbours(points, m)), points)
    weights = sparse.toarray()
    steps = shortest_path((weights > 0).astype(float), directed=False)  # edges between two images
    return SmallGraph(chosen, weights, _spread(steps, seed))


def _spread(steps: np.ndarray, seed: int) -> np.ndarray:
    """Places in the plane whose distances are near given ones, `(n, 2)`.

    Minimises Σ (distance / steps − 1)² over all pairs: Kamada & Kawai 1989, "An algorithm for drawing
    general undirected graphs".
    """
    from scipy.optimize import minimize

    n = len(steps)
    wanted = np.where(steps > 0, steps, 1.0)

    def stress(flat: np.ndarray) -> tuple[float, np.ndarray]:
        at = flat.reshape(n, 2)
        apart = at[:, None] - at  # (n, n, 2)
        distance = np.sqrt((apart**2).sum(axis=2) + 1e-9)
        off = distance / wanted - 1
        np.fill_diagonal(off, 0)
        slope = 4 * (off / wanted / distance)[..., None] * apart
        return float((off**2).sum()), slope.sum(axis=1).ravel()

    rng = np.random.default_rng(seed)
    starts = [rng.normal(0, steps.max() / 4, 2 * n) for _ in range(5)]
    found = [minimize(stress, start, jac=True, method="L-BFGS-B") for start in starts]
    return np.asarray(min(found, key=lambda one: one.fun).x).reshape(n, 2)
