"""Votes in the plane: ready-made ones, routing that can be broken on purpose, and k-means on the same votes.

The sandbox shows them; `js/src/sandbox/arithmetic.js` computes the same in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.routing import RoutingTrace, softmax, squash

PARENTS = "ABCD"
AGREED = ((1.05, 0.4), (-0.5, 1.0), (0.4, -1.05), (-1.0, -0.5))  # where those who agree point, by parent
SPREAD = (0, 3, 1, 4, 2, 5)  # the order in which scattered votes go round, so that neighbours differ


def presets() -> dict[str, list[list[list[float]]]]:
    """Votes of six children for four parents, `(6, 4, 2)`, by name; for fewer parents take the first.

    "two groups": children 1–3 agree on A, 4–6 on B, and scatter otherwise. "agreement": all agree on A.
    "one outlier": all but child 6. "conflict": half of them contradict the other half, on every parent.
    In "two groups" k-means stops in a local optimum that routing does not stop in; drag a vote to help it.
    """
    scattered = np.array([[_round_the_clock(i, j) for j in range(4)] for i in range(6)])  # (6, 4, 2)
    agreed = np.array(AGREED) + 0.3 * scattered  # near, not equal
    made = {name: scattered.copy() for name in ("two groups", "agreement", "one outlier", "conflict")}
    made["two groups"][:3, 0], made["two groups"][3:, 1] = agreed[:3, 0], agreed[3:, 1]
    made["agreement"][:, 0] = agreed[:, 0]
    made["one outlier"][:, 0] = agreed[:, 0]
    made["one outlier"][5, 0] = -0.9 * agreed[5, 0]
    for j in range(4):
        side = np.resize([1, -0.8], 6) if j % 2 else np.repeat([1, -0.8], 3)  # another half each time
        made["conflict"][:, j] = side[:, None] * np.array(AGREED[j]) + 0.3 * scattered[:, j]
    return {name: np.round(votes, 2).tolist() for name, votes in made.items()}


def _round_the_clock(child: int, parent: int) -> tuple[float, float]:
    """One of six directions around the origin, turned for each parent: their sum is 0."""
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
    """Routing by agreement; each option breaks it in the way of a well-known mistake.

    Without options it is `capslab.routing.routing_by_agreement`.

    Parameters
    ----------
    votes : `(child, parent, 2)`.
    start : logits `(child, parent)` that another image left behind, instead of zeros.
    over_children : softmax over the wrong axis, so that children share out each parent.
    squashed : False leaves the weighted sum as it is, however long.
    """
    b = np.zeros(votes.shape[:2]) if start is None else np.asarray(start, float)  # (I, J)
    kept: dict[str, list[np.ndarray]] = {name: [] for name in ("logits", "couplings", "outputs", "agreement")}
    for _ in range(iterations):
        c = softmax(b, axis=0 if over_children else 1)  # (I, J)
        s = np.einsum("ij,ijd->jd", c, votes)  # (J, 2)
        v = squash(s) if squashed else s
        agreement = np.einsum("ijd,jd->ij", votes, v)  # (I, J)
        for name, value in (("logits", b), ("couplings", c), ("outputs", v), ("agreement", agreement)):
            kept[name].append(value)
        b = b + agreement
    steps: dict[str, Any] = {name: np.stack(values) for name, values in kept.items()}
    return RoutingTrace(votes=votes, classes=tuple(PARENTS[: votes.shape[1]]), **steps)


@dataclass(frozen=True)
class VoteClusters:
    """k-means on votes, step by step.

    Attributes
    ----------
    owners : int `(T, I)`, the parent that each child belongs to; −1 at the first step: nobody's yet.
    centres : `(T, J, 2)`, the mean of the votes that a parent's own children cast for it.
    """

    owners: np.ndarray
    centres: np.ndarray


def cluster_votes(votes: np.ndarray, iterations: int) -> VoteClusters:
    """k-means with the parents as clusters: a child belongs where its vote is nearest to the parent's centre.

    Each parent sees a child through the vote cast for it, as in routing; where a child says the
    same to every parent this is ordinary k-means. Both start even: here from the mean of all votes.

    Parameters
    ----------
    votes : `(child, parent, 2)`.
    """
    owners = [np.full(len(votes), -1)]
    centres = [votes.mean(axis=0)]  # (J, 2)
    for _ in range(iterations - 1):
        owner = np.square(votes - centres[-1]).sum(axis=2).argmin(axis=1)  # (I,)
        moved = centres[-1].copy()
        for j in np.unique(owner):  # a parent without children stays where it is
            moved[j] = votes[owner == j, j].mean(axis=0)
        owners.append(owner)
        centres.append(moved)
    return VoteClusters(np.stack(owners), np.stack(centres))
