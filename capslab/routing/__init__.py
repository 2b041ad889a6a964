"""Routing by agreement in plain NumPy, and experiments on what it contributes to a trained network.

>>> import numpy as np
>>> trace = routing_by_agreement(np.ones((4, 2, 3)))
>>> trace.couplings.shape  # (iterations, primary, digit)
(3, 4, 2)
"""

from capslab.routing.dynamic_routing import (
    EPSILON,
    RoutingTrace,
    RoutingWeights,
    route,
    routing_by_agreement,
    softmax,
    squash,
)

__all__ = [
    "EPSILON",
    "RoutingTrace",
    "RoutingWeights",
    "route",
    "routing_by_agreement",
    "softmax",
    "squash",
]
