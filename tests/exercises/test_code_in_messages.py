"""Code in the texts of exercises runs as it is printed: it is compiled, and evaluated where it can be."""

from __future__ import annotations

import ast
import inspect
import re

import numpy as np
import pytest

from capslab.exercises import all_exercises

ALL = list(all_exercises().values())
SHAPE = re.compile(r"\((\w+|\d+|…)?(, ?(\w+|\d+|…)?)*\)")


def texts(exercise):
    return [exercise.task, *exercise.hints, *(mistake.message for mistake in exercise.mistakes)]


def snippets(exercise):
    return [code for text in texts(exercise) for code in re.findall(r"`([^`]+)`", text)]


def test_there_is_code_to_look_at():
    assert sum(len(snippets(exercise)) for exercise in ALL) > 10


@pytest.mark.parametrize("exercise", ALL, ids=lambda one: one.name)
def test_backticks_are_closed_and_hold_code_that_runs(exercise):
    for text in texts(exercise):
        assert text.count("`") % 2 == 0, text
    known = {"np": np}
    if exercise.is_function:
        names = inspect.signature(exercise.reference).parameters
        known |= dict(zip(names, exercise.cases(0, False)[0].args, strict=True))
    for code in snippets(exercise):
        if SHAPE.fullmatch(code) and "…" in code:
            continue  # a shape: (n, …)
        tree = ast.parse(code)
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if used <= {*known, "len", "abs", "min", "max", "range"}:
            exec(compile(tree, code, "exec"), {**known})
