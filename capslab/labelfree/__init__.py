"""Cluster images without labels: `LabelFree`, and the two ways of training a network that need none.

`selftrain` learns the labels that a clustering gave. `contrast` learns to recognise an image in
different views.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from capslab.labelfree.estimator import LabelFree

if TYPE_CHECKING:
    from capslab.labelfree.contrastive import contrast
    from capslab.labelfree.selftraining import selftrain

__all__ = ["LabelFree", "contrast", "selftrain"]

#: what is imported when it is first used, because it loads Keras
_LAZY = {"contrast": "capslab.labelfree.contrastive", "selftrain": "capslab.labelfree.selftraining"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)
