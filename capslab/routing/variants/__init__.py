"""Other ways to route the same votes: EM routing, self-attention, uniform shares. All give a `RoutingTrace`.

>>> import numpy as np
>>> votes = np.random.default_rng(0).normal(size=(6, 3, 4))  # (primary, digit, pose)
>>> route_votes(votes, "em").couplings.shape  # (iterations, primary, digit)
(3, 6, 3)
"""

from capslab.routing.variants.attention import attention_logits, attention_routing
from capslab.routing.variants.by_name import ROUTINGS, check_agreement, check_routing, route_votes
from capslab.routing.variants.em import em_routing, inverse_temperature
from capslab.routing.variants.uniform import uniform_routing

__all__ = [
    "ROUTINGS",
    "attention_logits",
    "attention_routing",
    "check_agreement",
    "check_routing",
    "em_routing",
    "inverse_temperature",
    "route_votes",
    "uniform_routing",
]
