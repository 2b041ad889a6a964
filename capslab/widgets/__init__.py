"""The live views. Each factory returns a view; `capslab.widgets.<file>` holds its class.

Imported one by one, so that a view costs only what it needs. A file is never named like
its factory: importing it would put the module where the function is expected.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "explore_clusters": "clusters",
    "compare": "comparison",
    "explore_beta": "betas",
    "explore_latent": "latent",
    "draw_digit": "drawing",
    "explore_overlap": "overlap",
    "explore_pose": "pose",
    "routing_sandbox": "sandbox",
    "show_routing": "routing",
    "TrainingView": "training",
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
