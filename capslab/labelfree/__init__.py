"""Cluster images without labels: `LabelFree`, and the self-training that it uses."""

from typing import TYPE_CHECKING, Any

from capslab.labelfree.estimator import LabelFree

if TYPE_CHECKING:
    from capslab.labelfree.selftraining import selftrain

__all__ = ["LabelFree", "selftrain"]


def __getattr__(name: str) -> Any:
    if name != "selftrain":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from capslab.labelfree.selftraining import selftrain  # not before it is used: it loads Keras

    return selftrain
