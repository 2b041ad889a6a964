"""The ways of routing by their names: the same votes, any way of routing, the same kind of trace."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, unknown_name
from capslab.routing.dynamic_routing import RoutingTrace, routing_by_agreement
from capslab.routing.variants.attention import attention_routing
from capslab.routing.variants.em import em_routing
from capslab.routing.variants.uniform import uniform_routing

#: every way of routing, and what it is in a few words
ROUTINGS = {
    "dynamic": "routing by agreement (Sabour et al. 2017)",
    "one": "routing by agreement, stopped after one iteration",
    "uniform": "the same share for every parent",
    "attention": "self-attention among the votes (Mazzia et al. 2021)",
    "em": "a Gaussian per parent, fitted by EM (Hinton et al. 2018)",
}


def check_routing(routing: Any) -> str:
    """The name of a way of routing.

    Raises
    ------
    ArgumentError : for any other; a similar name is offered.
    """
    if not isinstance(routing, str) or routing not in ROUTINGS:
        raise unknown_name("routing", routing, ROUTINGS)
    return routing


def check_agreement(learned: Any, argument: str = "model") -> None:
    """Refuse a network that routes otherwise than by agreement, where only that can be shown.

    "one" and "uniform" are routing by agreement with one iteration, so they pass.

    Parameters
    ----------
    learned : `model.routing_weights()`.
    argument : the name of what the caller was given.

    Raises
    ------
    ArgumentError : for a network that was trained with "em" or "attention".
    """
    if learned.routing in ("em", "attention"):
        step = 'Look at cl.route(model, image), or train one with routing="dynamic".'
        expected = "a capsule network that routes by agreement"
        raise ArgumentError(argument, expected, Verbatim(f'one with routing="{learned.routing}"'), step)


def route_votes(
    votes: np.ndarray,
    routing: str = "dynamic",
    iterations: int = 3,
    bias: np.ndarray | None = None,
    activations: np.ndarray | None = None,
    learned: dict[str, np.ndarray] | None = None,
    **context: Any,
) -> RoutingTrace:
    """Route votes in the way that is named.

    Parameters
    ----------
    votes : `(I, J, D)`, or `(n, I, J, D)`; finite.
    routing : a name in `ROUTINGS`: "dynamic", "one", "uniform", "attention" or "em".
    iterations : T ≥ 1; "one" and "attention" always have a single one.
    bias : `(J, D)` added to the weighted sum of the votes, or None. "em" has no such sum and leaves it out.
    activations : `(I,)` or `(n, I)`, 0…1, the lengths of the parts. Only "em" uses them; None counts each as
        1.
    learned : what a network learned besides: "prior" for "attention", "beta_a" and "beta_u" for "em". What
        belongs to another way of routing is left out; None routes without.
    context : further fields of the RoutingTrace (grid, classes, image, label).

    Raises
    ------
    ArgumentError : for an unknown way of routing, and what this way of routing refuses.

    Examples
    --------
    >>> votes = np.random.default_rng(0).normal(size=(6, 3, 4))
    >>> for name in ROUTINGS:
    ...     print(name, route_votes(votes, name).couplings.shape)
    dynamic (3, 6, 3)
    one (1, 6, 3)
    uniform (3, 6, 3)
    attention (1, 6, 3)
    em (3, 6, 3)
    """
    check_routing(routing)
    extra = learned or {}
    if not isinstance(extra, dict):
        step = "Take model.routing_weights().learned, or leave it out."
        raise ArgumentError("learned", "a dict of arrays", learned, step)
    if routing == "em":
        own = {name: extra[name] for name in ("beta_a", "beta_u") if name in extra}
        return em_routing(votes, iterations, activations, **own, **context)
    if routing == "attention":
        return attention_routing(votes, bias, extra.get("prior"), **context)
    if routing == "uniform":
        return uniform_routing(votes, iterations, bias, **context)
    count = 1 if routing == "one" else iterations
    return routing_by_agreement(votes, count, bias, routing=routing, **context)
