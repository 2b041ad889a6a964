"""What an exercise is: a task, cases made from a seed, known mistakes, a reference.

An exercise is data. How an answer is judged is in `judge`, how the outcome looks in
`outcome`, what is remembered in `record`; a notebook's exercises are in the file of the
notebook's name.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One thing to try an answer on.

    Attributes
    ----------
    says : what is special about it, to follow "with …" ("a vector of zeros").
    args : the arguments; the answer gets a copy.
    """

    says: str
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Mistake:
    """A wrong idea that many have, recognised by what it gives.

    Attributes
    ----------
    name : short name, for tests and statistics.
    message : one or two sentences to whoever made it; a question or a pointer, not the
        solution.
    wrong : an answer that makes this mistake and no other.
    """

    name: str
    message: str
    wrong: Any


@dataclass(frozen=True)
class Exercise:
    """A task whose answer, a function or a value, can be checked.

    Attributes
    ----------
    name : what `check` is called with; the learner's function has the same name.
    notebook : the notebook it belongs to ("04_capsule_network").
    title : a few words for tables.
    task : one sentence that says what to give, with shapes.
    points : at most; an answer gets its share of the cases.
    hints : three, each a step further.
    cases : function of (seed, hard) that makes the cases; `hard` adds those a grader keeps.
    reference : an answer that is right.
    mistakes : the known wrong ideas.
    partial : whether some cases right are worth some of the points.
    tolerance : relative and absolute difference that is still right.
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

    @property
    def is_function(self) -> bool:
        """Whether the answer is a function, and not a value."""
        return callable(self.reference)

    def earned(self, passed: int, total: int) -> float:
        """Points for so many cases right: between 0 and `points`, all of them only for all."""
        if passed >= total:
            return float(self.points)
        return min(round(self.points * passed / total, 2), float(self.points)) if self.partial else 0.0

    def solution(self) -> str:
        """The reference as source text."""
        if self.is_function:
            return textwrap.dedent(inspect.getsource(self.reference)).strip()
        return f"{self.name} = {self.reference!r}"


def applied(answer: Any) -> Callable[..., Any]:
    """An answer as a function of a case: a function is itself, a value is looked up.

    A value with parts is a dictionary, and a case names the key it asks for.
    """
    if callable(answer):
        return answer
    return lambda *key: answer[key[0]] if key else answer
