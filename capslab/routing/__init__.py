"""Routing by agreement in plain NumPy, other ways to route, and experiments on what routing contributes.

>>> import numpy as np
>>> trace = routing_by_agreement(np.ones((4, 2, 3)))
>>> trace.couplings.shape  # (iterations, primary, digit)
(3, 4, 2)
"""

from capslab.routing.dynamic_routing import (
    EPSILON,
    RoutingTrace,
    RoutingWeights,
    routing_by_agreement,
    softmax,
    squash,
)
from capslab.routing.route_image import route

__all__ = [
    "EPSILON",
    "RoutingTrace",
    "RoutingWeights",
    "route",
    "routing_by_agreement",
    "softmax",
    "squash",
]
