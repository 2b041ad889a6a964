"""All exercises of the course, found in the files named after notebooks."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from capslab.errors import unknown_name
from capslab.exercises.exercise import Exercise


@cache
def all_exercises() -> dict[str, Exercise]:
    """Every exercise by name, in the order of the course.

    Each module `nbNN_…` of this package lists its exercises in `EXERCISES`, and that is all it takes to
    add one.
    """
    package = __name__.rpartition(".")[0]
    home = import_module(package)
    names = sorted(info.name for info in iter_modules(home.__path__) if re.match(r"nb\d\d_", info.name))
    by_name: dict[str, Exercise] = {}
    for module in names:
        for exercise in import_module(f"{package}.{module}").EXERCISES:
            if exercise.name in by_name:
                raise RuntimeError(f"two exercises are called {exercise.name!r}")
            by_name[exercise.name] = exercise
    return by_name


def find(name: str) -> Exercise:
    """The exercise of that name; an unknown name gets a spelling hint."""
    known = all_exercises()
    if not isinstance(name, str) or name not in known:
        raise unknown_name("name", name, known, "cl.progress() lists all exercises.")
    return known[name]
