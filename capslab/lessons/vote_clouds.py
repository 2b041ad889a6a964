"""Votes that form two clouds, for a fair comparison of routing by agreement with k-means.

Both get the same votes, start undecided, from the mean of all votes for each parent, and take as many steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from capslab.clustering.matched_accuracy import matched_accuracy
from capslab.errors import ArgumentError, whole_number

CHILDREN = 12  # of each set, half of them in each cloud
SPREAD = 0.15  # standard deviation of a cloud, whose centre is 0.9 from the origin


def two_clouds(apart: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Twelve children in two clouds, each seen by two parents.

    Each parent has a copy of its own of every point, moved a little at random. No matrix was learned, so
    nothing but this difference tells the parents apart.

    Parameters
    ----------
    apart : standard deviation of that move; 0 gives both parents the same points.
    seed : of the clouds and the moves.

    Returns
    -------
    Votes `(12, 2, 2)`: child, parent, coordinate; and the cloud of each child, 0 or 1, `(12,)`.

    Raises
    ------
    ArgumentError : for a negative `apart` or seed.

    Examples
    --------
    >>> votes, clouds = two_clouds(apart=0.0)
    >>> votes.shape, bool((votes[:, 0] == votes[:, 1]).all()), int(clouds.sum())
    ((12, 2, 2), True, 6)
    """
    if not np.isfinite(apart) or apart < 0:
        raise ArgumentError("apart", "a number from 0", apart, "Try apart=0.1.")
    rng = np.random.default_rng(whole_number("seed", seed, 0))
    first = rng.uniform(0, 2 * np.pi)
    angles = np.array([first, first + rng.uniform(np.pi / 3, np.pi)])
    centres = 0.9 * np.stack([np.cos(angles), np.sin(angles)], axis=1)  # (2, 2)
    clouds = np.repeat([0, 1], CHILDREN // 2)
    points = centres[clouds] + SPREAD * rng.normal(size=(CHILDREN, 2))
    copies = np.repeat(points[:, None], 2, axis=1)  # (child, parent, 2)
    return copies + apart * rng.normal(size=copies.shape), clouds


def kmeans_owners(votes: np.ndarray, iterations: int) -> np.ndarray:
    """k-means with the parents as clusters: the parent whose centre is nearest to a child's vote for it.

    As in routing, each parent sees only the votes for itself, and the first of the iterations is spent
    undecided: every centre is the mean of all votes for that parent. The sandbox shows the same.

    Parameters
    ----------
    votes : `(child, parent, D)`.
    iterations : from 2; the centres move between them.

    Returns
    -------
    The parent that each child belongs to at the last iteration, int `(child,)`.
    """
    centres = votes.mean(axis=0)  # (parent, D)
    for _ in range(whole_number("iterations", iterations, 2, "Try iterations=3, as in the paper.") - 1):
        owners = np.square(votes - centres).sum(axis=2).argmin(axis=1)  # (child,)
        for parent in np.unique(owners):  # a parent without children does not move
            centres[parent] = votes[owners == parent, parent].mean(axis=0)
    return owners


def compare(
    routing_loop: Callable[[np.ndarray, int], Any], iterations: int, apart: float = 0.1, sets: int = 200
) -> dict[str, np.ndarray]:
    """The share of children that routing and k-means put into the right group, for many sets of votes.

    A child belongs to the parent that gets more of it, or, for k-means, whose centre is nearest to its vote.

    Parameters
    ----------
    routing_loop : gives `(couplings, outputs)` for votes and a number of iterations, as in lesson 11.
    iterations : of both methods, from 2.
    apart : as for `two_clouds`.
    sets : how many sets of votes; their seeds are 0, 1, …

    Returns
    -------
    "routing" and "k-means": matched accuracy `(sets,)`; "uneven": how far routing's shares are from an even
    split, on average, 0…0.5, `(sets,)`.

    Examples
    --------
    >>> from capslab.exercises.routing_exercises import routing_loop
    >>> compare(routing_loop, 3, apart=0.0, sets=3)["uneven"].max() < 1e-9
    np.True_
    """
    found: dict[str, list[float]] = {"routing": [], "k-means": [], "uneven": []}
    for seed in range(sets):
        votes, clouds = two_clouds(apart, seed)
        shares = np.asarray(routing_loop(votes.copy(), iterations)[0])[:, 1]
        found["routing"].append(matched_accuracy(clouds, (shares > 0.5).astype(int)))
        found["k-means"].append(matched_accuracy(clouds, kmeans_owners(votes, iterations)))
        found["uneven"].append(float(np.abs(shares - 0.5).mean()))
    return {name: np.array(values) for name, values in found.items()}
