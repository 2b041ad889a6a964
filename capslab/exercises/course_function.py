"""The course's own function, in the place of one that the learner has not written yet.

`mine` hands it out so that a lesson runs to its end. It is marked, because it is nobody's answer: `check`,
the record and the grader refuse it, whether it is passed to them as it is or called by another function.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from capslab import ops
from capslab.exercises.registry import find

MARK = "course_function"

#: for each check that is running now, the names of the course's functions that were called in it
_watchers: list[set[str]] = []


class CourseFunction:
    """The reference of an exercise as a function that can be told from a learner's.

    It looks its exercise up when it is called, so that nothing that one can read off it is the answer.

    Parameters
    ----------
    name : name of an exercise whose answer is a function.

    Examples
    --------
    >>> count = CourseFunction("count_per_class")
    >>> count
    <the course's count_per_class, which mine() gave you>
    >>> is_the_courses(count), is_the_courses(len)
    (True, False)
    """

    def __init__(self, name: str) -> None:
        self.course_function = name  # MARK: functools.wraps copies it
        self.__name__ = self.__qualname__ = name
        self.__doc__ = f"The course's {name}. Write your own: {find(name).task}"
        self.__signature__ = inspect.signature(find(name).reference)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        for watcher in _watchers:
            watcher.add(self.course_function)
        exercise = find(self.course_function)
        function: Callable[..., Any] = exercise.reference
        if exercise.in_network is not None and ops.holds_tensor(*args, *kwargs.values()):
            function = exercise.in_network.reference
        return function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<the course's {self.course_function}, which mine() gave you>"

    def __reduce__(self) -> tuple[Any, ...]:
        return CourseFunction, (self.course_function,)


def is_the_courses(answer: Any) -> bool:
    """Whether an answer is a course's function, or a copy with its mark on it."""
    if isinstance(answer, CourseFunction):
        return True
    return inspect.isfunction(answer) and MARK in vars(answer)


@contextlib.contextmanager
def calls_watched() -> Iterator[set[str]]:
    """The names of the course's functions that are called in the block, as they are called."""
    called: set[str] = set()
    _watchers.append(called)
    try:
        yield called
    finally:
        _watchers.remove(called)


def refusal(name: str) -> str:
    """Why a course's function is no answer to the exercise of that name."""
    return f"This is the course's {name}, which mine() gave you, or a function that calls it. Write your own."
