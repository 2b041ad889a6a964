"""The live views. Each factory returns a view; `capslab.widgets.<view>.widget` holds its class.

Imported one by one, so that a view costs only what it needs. A folder is never named like
its factory: importing it would put the module where the function is expected.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "explore_cloud": "cloud.widget",
    "explore_clusters": "clusters.widget",
    "compare": "comparison.widget",
    "explore_beta": "beta.widget",
    "explore_convolution": "convolution.widget",
    "explore_latent": "latent.widget",
    "draw_digit": "draw.widget",
    "explore_overlap": "overlap.widget",
    "explore_posterior": "posterior.widget",
    "explore_pose": "pose.widget",
    "guess": "guessing.widget",
    "guesses": "guessing.widget",
    "reveal": "guessing.widget",
    "network_sandbox": "playground.widget",
    "routing_sandbox": "sandbox.widget",
    "show_network": "network.widget",
    "show_routing": "routing.widget",
    "travel": "journey.widget",
    "turn_toy": "toy.widget",
    "TrainingView": "training.widget",
}

__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"capslab.widgets has no {name!r}; it has {', '.join(sorted(_HOME))}.")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
