"""Which functions of a network you have written yourself, in this lesson or in an earlier one."""

from __future__ import annotations

from typing import Any

from capslab.exercises import all_exercises
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
    >>> set(in_network(cl.DenseBaseline((8, 8), 10))) <= {"softmax", "cross_entropy"}
    True
    """
    return kept_among(of_network(model))


def of_network(model: Any) -> tuple[str, ...]:
    """The names of all exercises whose function is part of this network, done or not."""
    known = all_exercises()  # a drawing also names parts that nobody is asked to write, such as a dense layer
    return tuple(name for name in describe_architecture(model).parts if name in known)
