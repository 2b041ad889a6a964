"""Uniform routing: every coupling is 1/J, whatever the votes say. It is what the others have to beat.

Paik, Kwak & Kim (2019, arXiv 1907.13327) compared five ways of routing with it, and found it often no worse.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import whole_number
from capslab.routing.dynamic_routing import RoutingTrace, routing_by_agreement


def uniform_routing(
    votes: np.ndarray, iterations: int = 3, bias: np.ndarray | None = None, **context: Any
) -> RoutingTrace:
    """Give every part's vote the share 1/J in every parent, in each iteration alike.

    v_j = squash(1/J Σ_i û_ij): a dense layer divided by J, and squash. So uniform routing is dynamic routing
    that stops after its first iteration, and more iterations change nothing.

    Parameters
    ----------
    votes : `(I, J, D)`, or `(n, I, J, D)`; finite.
    iterations : T ≥ 1, the rows of the trace; all are the same.
    bias : `(J, D)` added to s, or None.
    context : further fields of the RoutingTrace (grid, classes, image, label).

    Raises
    ------
    ArgumentError : for votes of another rank or not finite, or fewer than one iteration.

    Examples
    --------
    >>> votes = np.array([[[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [-1.0, 0.0]]])
    >>> uniform_routing(votes, iterations=2).lengths.round(2)
    array([[0.5, 0. ],
           [0.5, 0. ]])
    """
    iterations = whole_number("iterations", iterations, next_step="Try iterations=3, as the paper.")
    once = routing_by_agreement(votes, 1, bias)
    steps: dict[str, Any] = {
        name: np.repeat(getattr(once, name), iterations, axis=0)
        for name in ("logits", "couplings", "outputs", "agreement")
    }
    return RoutingTrace(votes=once.votes, routing="uniform", **steps, **context)
