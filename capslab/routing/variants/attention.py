"""Self-attention routing: every part attends to what the other parts vote for, once, without a loop.

Source: Mazzia, Salvetti & Chiaberge, "Efficient-CapsNet: capsule network with self-attention routing" (2021),
arXiv 2101.12491. They squash with (1 − 1/exp‖s‖); here the course's squash comes last, as in every other way
of routing, so that only the couplings differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError
from capslab.routing.dynamic_routing import RoutingTrace, check_votes, softmax, squash


def attention_logits(votes: np.ndarray) -> np.ndarray:
    """Σ_k A_ikj with A_ikj = ⟨û_ij, û_kj⟩ / √D: how much the votes of all parts agree with part i's.

    The sum over k can go inside the inner product, ⟨û_ij, Σ_k û_kj⟩ / √D, so the I × I matrix A is never
    made.

    Parameters
    ----------
    votes : `(…, I, J, D)`.

    Returns
    -------
    `(…, I, J)`.

    Examples
    --------
    Two parts agree on the first parent and contradict each other on the second:

    >>> attention_logits(np.array([[[2.0], [1.0]], [[2.0], [-1.0]]]))
    array([[8., 0.],
           [8., 0.]])
    """
    total = votes.sum(axis=-3)  # (…, J, D)
    return np.einsum("...ijd,...jd->...ij", votes, total) / np.sqrt(votes.shape[-1])


@np.errstate(under="ignore")
def attention_routing(
    votes: np.ndarray, bias: np.ndarray | None = None, prior: np.ndarray | None = None, **context: Any
) -> RoutingTrace:
    """Route once, by self-attention among the votes for each parent.

    C = softmax(Σ_k A_ikj) + B over the parents j, with A_ikj = ⟨û_ij, û_kj⟩ / √D;
    s_j = Σ_i C_ij û_ij;  v_j = squash(s_j).

    The trace has one iteration. Its couplings are C. Without a prior B each row sums to 1; with one, a
    coupling may be negative or above 1.

    Parameters
    ----------
    votes : `(I, J, D)`, or `(n, I, J, D)`; finite.
    bias : `(J, D)` added to s, or None.
    prior : B `(I, J)`, which a network learns, or None for zeros.
    context : further fields of the RoutingTrace (grid, classes, image, label).

    Raises
    ------
    ArgumentError : for votes of another rank or not finite, or a prior of another shape.

    Examples
    --------
    >>> votes = np.array([[[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [-1.0, 0.0]]])
    >>> attention_routing(votes).couplings.round(2)
    array([[[0.8, 0.2],
            [0.8, 0.2]]])
    """
    votes = check_votes(votes)
    logits = attention_logits(votes)  # (I, J)
    couplings = softmax(logits, axis=-1)
    if prior is not None:
        prior = np.asarray(prior)
        if prior.shape != votes.shape[-3:-1]:
            step = "Leave it out, or give one number for each primary and each digit capsule."
            raise ArgumentError("prior", f"of shape {votes.shape[-3:-1]}", prior, step)
        couplings = couplings + prior
    s = np.einsum("...ij,...ijd->...jd", couplings, votes)
    v = squash(s if bias is None else s + bias)  # (J, D)
    agreement = np.einsum("...ijd,...jd->...ij", votes, v)
    steps: dict[str, Any] = {"logits": logits, "couplings": couplings, "outputs": v, "agreement": agreement}
    once = {name: value[None] for name, value in steps.items()}  # a single iteration
    return RoutingTrace(votes=votes, routing="attention", **once, **context)
