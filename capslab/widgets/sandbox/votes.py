"""Votes in the plane: presets, routing with mistakes on purpose, and k-means on the same votes.

The sandbox shows them; `js/src/sandbox/arithmetic.js` computes the same in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.routing import RoutingTrace, softmax, squash

PARENTS = "ABCD"
AGREED = (
    (1.05, 0.4),
    (-0.5, 1.0),
    (0.4, -1.05),
    (-1.0, -0.5),
)  # where votes that agree point, for each parent
SPREAD = (0, 3, 1, 4, 2, 5)  # the order of scattered votes around the circle, so that neighbours differ


def presets() -> dict[str, list[list[list[float]]]]:
    """Votes of six children for four parents, `(6, 4, 2)`, by name; for fewer parents take the first.

    "two groups": children 1–3 agree on A and 4–6 on B; all other votes scatter. "agreement": all agree on A.
    "one outlier": all but child 6 do. "conflict": for every parent, half of the votes contradict the others.
    In "two groups" k-means gets stuck in a local optimum and routing does not; drag a vote to help it.
    """
    scattered = np.array([[_direction(i, j) for j in range(4)] for i in range(6)])  # (6, 4, 2)
    agreed = np.array(AGREED) + 0.3 * scattered  # near, not equal
    votes_of = {name: scattered.copy() for name in ("two groups", "agreement", "one outlier", "conflict")}
    votes_of["two groups"][:3, 0], votes_of["two groups"][3:, 1] = agreed[:3, 0], agreed[3:, 1]
    votes_of["agreement"][:, 0] = agreed[:, 0]
    votes_of["one outlier"][:, 0] = agreed[:, 0]
    votes_of["one outlier"][5, 0] = -0.9 * agreed[5, 0]
    for j in range(4):
        side = np.resize([1, -0.8], 6) if j % 2 else np.repeat([1, -0.8], 3)  # another half for each parent
        votes_of["conflict"][:, j] = side[:, None] * np.array(AGREED[j]) + 0.3 * scattered[:, j]
    return {name: np.round(votes, 2).tolist() for name, votes in votes_of.items()}


def _direction(child: int, parent: int) -> tuple[float, float]:
    """One of six directions around the origin, rotated for each parent; the six sum to 0."""
    angle = 2 * np.pi * (SPREAD[(child + 2 * parent) % 6] + 0.3 * parent) / 6
    return float(np.cos(angle)), float(np.sin(angle))


def route_votes(
    votes: np.ndarray,
    iterations: int,
    *,
    start: np.ndarray | None = None,
    over_children: bool = False,
    squashed: bool = True,
) -> RoutingTrace:
    """Routing by agreement; each option makes a well-known mistake.

    Without options it is `capslab.routing.routing_by_agreement`.

    Parameters
    ----------
    votes : `(child, parent, 2)`.
    start : logits `(child, parent)` from another image to start from, instead of zeros.
    over_children : take the softmax over the wrong axis, so that children compete for each parent.
    squashed : False leaves the weighted sum as long as it is.
    """
    b = np.zeros(votes.shape[:2]) if start is None else np.asarray(start, float)  # (I, J)
    history: dict[str, list[np.ndarray]] = {
        name: [] for name in ("logits", "couplings", "outputs", "agreement")
    }
    for _ in range(iterations):
        c = softmax(b, axis=0 if over_children else 1)  # (I, J)
        s = np.einsum("ij,ijd->jd", c, votes)  # (J, 2)
        v = squash(s) if squashed else s
        agreement = np.einsum("ijd,jd->ij", votes, v)  # (I, J)
        for name, value in (("logits", b), ("couplings", c), ("outputs", v), ("agreement", agreement)):
            history[name].append(value)
        b = b + agreement
    steps: dict[str, Any] = {name: np.stack(values) for name, values in history.items()}
    return RoutingTrace(votes=votes, classes=tuple(PARENTS[: votes.shape[1]]), **steps)


@dataclass(frozen=True)
class VoteClusters:
    """k-means on votes, step by step.

    Attributes
    ----------
    owners : int `(T, I)`, the parent that each child belongs to; −1 (none) at the first step.
    centres : `(T, J, 2)`, for each parent the mean of its own children's votes for it.
    """

    owners: np.ndarray
    centres: np.ndarray


def cluster_votes(votes: np.ndarray, iterations: int) -> VoteClusters:
    """k-means with the parents as clusters: a child joins the parent whose centre is nearest to its vote.

    As in routing, each parent only sees the votes for itself. If every child votes the same for all
    parents, this is ordinary k-means. Like routing it starts undecided, from the mean of all votes.

    Parameters
    ----------
    votes : `(child, parent, 2)`.
    """
    owners = [np.full(len(votes), -1)]
    centres = [votes.mean(axis=0)]  # (J, 2)
    for _ in range(iterations - 1):
        owner = np.square(votes - centres[-1]).sum(axis=2).argmin(axis=1)  # (I,)
        moved = centres[-1].copy()
        for j in np.unique(owner):  # a parent without children does not move
            moved[j] = votes[owner == j, j].mean(axis=0)
        owners.append(owner)
        centres.append(moved)
    return VoteClusters(np.stack(owners), np.stack(centres))
