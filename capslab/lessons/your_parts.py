"""Which functions of a network you have written yourself, in this lesson or in an earlier one."""

from __future__ import annotations

from typing import Any

from capslab.exercises.adopt_function import kept_among
from capslab.plots.describe_architecture import describe_architecture


def in_network(model: Any) -> tuple[str, ...]:
    """The names of your kept functions that are part of this network: `plots.architecture(model, mine=…)`.

    A function is kept once `cl.mine` has adopted it: then it is right, and needs nothing but `np` and `ops`.

    Raises
    ------
    ArgumentError : for something that is no network, or one that is not built.

    Examples
    --------
    >>> import capslab as cl
    >>> set(in_network(cl.DenseBaseline((8, 8), 10))) <= {"dense", "softmax", "cross_entropy"}
    True
    """
    return kept_among(describe_architecture(model).parts)


def of_network(model: Any) -> tuple[str, ...]:
    """The names of all functions of the course that are part of this network, yours or not."""
    return describe_architecture(model).parts
