"""What an exercise is: a task, cases made from a seed, known mistakes, a reference.

An exercise is data. `judge` decides whether an answer is right, `display` shows the result, and
`record` remembers it. The exercises of a notebook are in the file named after the notebook.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One input to try an answer on.

    Attributes
    ----------
    description : what is special about it, in words that can follow "with …" ("a vector of zeros").
    args : the arguments of the call; the answer gets a copy of them.
    """

    description: str
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Mistake:
    """A wrong idea that many learners have, recognised by the result it gives.

    Attributes
    ----------
    name : short name, for tests and statistics.
    message : one or two sentences for the learner who made it: a question or a pointer, not the
        solution.
    wrong : an answer that makes this mistake and no other.
    """

    name: str
    message: str
    wrong: Any


@dataclass(frozen=True)
class InNetwork:
    """What it takes to try an answer inside a network.

    Attributes
    ----------
    reference : a correct answer that is written with `ops`, and whose gradient is finite everywhere.
    trials : a function that makes the arguments of a few calls: arrays, which become tensors, and numbers.
        Zeros are among them, because a gradient breaks there first.
    """

    reference: Callable[..., Any]
    trials: Callable[[], Sequence[tuple[Any, ...]]]


@dataclass(frozen=True)
class Exercise:
    """A task whose answer, a function or a value, can be checked.

    Attributes
    ----------
    name : what `check` is called with; the learner's function has the same name.
    notebook : the notebook it belongs to ("13_look_inside").
    title : a few words for tables.
    task : one sentence that says what to write and what it returns, with shapes.
    points : the maximum; each case that is right earns its share.
    hints : three of them, each one step further.
    cases : a function of (seed, hard) that makes the cases; `hard` adds the ones only a grader uses.
    reference : a correct answer.
    mistakes : the known wrong ideas.
    partial : whether an answer that is right in some cases earns part of the points.
    tolerance : how far, relative and absolute, a correct number may be off.
    real_size : makes the arguments of one call as large as the lesson's own; None if cases are as large.
    slowest : how many times as long as the reference an answer may take there (a second is always allowed).
    in_network : how to try an answer inside a network; None for what never gets there.
    """

    name: str
    notebook: str
    title: str
    task: str
    points: int
    hints: tuple[str, str, str]
    cases: Callable[[int, bool], Sequence[Case]]
    reference: Any
    mistakes: tuple[Mistake, ...]
    partial: bool = True
    tolerance: float = 1e-5
    real_size: Callable[[], tuple[Any, ...]] | None = None
    slowest: float = 20.0
    in_network: InNetwork | None = None

    @property
    def is_function(self) -> bool:
        """Whether the answer is a function, and not a value."""
        return callable(self.reference)

    def earned(self, passed: int, total: int) -> float:
        """Points for `passed` of `total` cases: from 0 to `points`, and full points only for all cases."""
        if passed >= total:
            return float(self.points)
        return min(round(self.points * passed / total, 2), float(self.points)) if self.partial else 0.0

    def solution(self) -> str:
        """The reference as source text."""
        if self.is_function:
            return textwrap.dedent(inspect.getsource(self.reference)).strip()
        return f"{self.name} = {self.reference!r}"


def applied(answer: Any) -> Callable[..., Any]:
    """The answer as a function of a case: a function stays as it is, a value is looked up.

    A value with several parts is a dictionary, and each case names the key that it asks for.
    """
    if callable(answer):
        return answer
    return lambda *key: answer[key[0]] if key else answer
