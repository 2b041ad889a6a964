"""Sources that can stand alone, those that cannot, and the reason."""

from __future__ import annotations

import numpy as np
import pytest

import capslab.exercises.function_source as module
from capslab import ops
from capslab.exercises.function_source import NotPortable, Source, names_needed, source_of

EPS = 1e-9
jnp = np


def alone(x, eps=1e-9):
    """A docstring."""

    def inner(y):
        return np.sqrt(y + eps)

    return sum(inner(one) for one in [ops.exp(x), abs(x)])  # a comment


def recursive(n):
    return 1 if n < 2 else n * recursive(n - 1)


def a_default(x, eps=EPS):
    return x + eps


def a_global(x):
    return jnp.sqrt(x) + EPS


def sets_a_global(x):
    global COUNT
    COUNT = x
    return x


def decorated(function):
    return function


@decorated
def with_decorator(x):
    return x


def around():
    factor = 2
    return lambda x: x, (lambda: None), _named(factor)


def _named(factor):
    def times(x):
        return factor * x

    return times


def importing(x):
    import math

    return math.sqrt(x)


class Thing:
    def method(self, x):
        return x


@pytest.mark.parametrize(("function", "x"), [(alone, 2.0), (recursive, 5), (importing, 4.0)])
def test_a_function_that_stands_alone_is_made_again(function, x):
    source = source_of(function)
    again = source.make("yours")
    assert again(x) == function(x)
    assert again is not function
    assert source_of(again) == source  # from the text that it was made of


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (a_default, "EPS"),
        (a_global, "jnp"),
        (sets_a_global, "COUNT"),
        (with_decorator, "decorated"),
        (_named(2), "factor"),
        (around()[0], ""),
        (len, ""),
        (np.sqrt, ""),
        (Thing, ""),
        (Thing().method, ""),
        (print, ""),
    ],
)
def test_one_that_does_not_says_why(function, names, wording):
    with pytest.raises(NotPortable) as reason:
        source_of(function)
    assert names in str(reason.value)
    wording(reason.value)


def test_another_np_is_not_ours():
    space = {"np": module}
    exec(compile("def f(x):\n    return np.sqrt(x)\n", alone.__code__.co_filename, "exec"), space)
    with pytest.raises(NotPortable):
        source_of(space["f"])


def test_a_source_that_was_edited_since_is_not_believed(tmp_path):
    path = tmp_path / "notebook.py"
    path.write_text("def f(x):\n    return x + 1\n")
    space = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    assert source_of(space["f"]).text == path.read_text()
    path.write_text("def f(x):\n    return x - 1\n")
    with pytest.raises(NotPortable):
        source_of(space["f"])


@pytest.mark.parametrize(
    "first", ["", "import numpy as np\n", "import numpy as np\nfrom capslab import ops\n"]
)
def test_it_does_not_matter_where_the_imports_stand(first, tmp_path):
    text = "def f(x):\n    return np.sqrt(ops.sum(x))\n"
    path = tmp_path / "notebook.py"
    path.write_text(first + text)
    space = {"np": np, "ops": ops}
    exec(compile(path.read_text(), str(path), "exec"), space)
    assert source_of(space["f"]) == Source(text, "f")


def test_names_needed_sees_every_scope():
    inner = "    def g(z: B):\n        return C + z + len(x)\n"
    text = f"def f(x, y=A):\n{inner}    return [D for E in x if E] + [g(y)]\n"
    assert names_needed(text) == {"A", "B", "C", "D"}
