"""A stand-in for NumPy that refuses tensors, and says in which line it got one.

NumPy makes an array of a tensor without a word, and the gradient ends there. So a function that is to work in
a network is run once with this in the place of its `np`.
"""

from __future__ import annotations

import inspect
import linecache
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from capslab import ops


class StrayNumPy(Exception):
    """A function of NumPy was called with a tensor. The message says where, and what to write instead."""


class WatchedModule:
    """A module of NumPy's, whose functions refuse tensors.

    Examples
    --------
    >>> int(WatchedModule(np, "np").square(3))
    9
    """

    def __init__(self, module: types.ModuleType, name: str) -> None:
        self._module, self._name = module, name

    def __getattr__(self, name: str) -> Any:
        return _watched(getattr(self._module, name), f"{self._name}.{name}")


def watched(function: Any) -> Any:
    """A copy of a function in which NumPy refuses tensors, in the functions that it calls, too."""
    if not inspect.isfunction(function):
        return function
    names: dict[str, Any] = {}
    for name, value in list(function.__globals__.items()):
        if inspect.isfunction(value) and value.__globals__ is function.__globals__:
            names[name] = _with_globals(value, names)
        else:
            names[name] = _watched(value, "np" if value is np else name)
    return _with_globals(function, names)


def _with_globals(function: Any, names: dict[str, Any]) -> Any:
    copy = types.FunctionType(
        function.__code__, names, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def _watched(value: Any, name: str) -> Any:
    """What stands for a value of NumPy's; any other value as it is."""
    if isinstance(value, types.ModuleType):
        return WatchedModule(value, name) if value.__name__.partition(".")[0] == "numpy" else value
    numpys = str(getattr(value, "__module__", None)).startswith("numpy") or isinstance(value, np.ufunc)
    if not callable(value) or isinstance(value, type) or not numpys:
        return value
    return _Refusing(value, name)


class _Refusing:
    """A function of NumPy's that takes no tensor."""

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        self._function, self._name = function, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if ops.holds_tensor(*args, *kwargs.values()):
            caller = sys._getframe(1)
            line = line_in_words(caller.f_code.co_filename, caller.f_lineno)
            raise StrayNumPy(
                f"{line}: {self._name} makes an array of a tensor, and no gradient comes through. "
                f"{instead(self._name)}"
            )
        return self._function(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:  # np.add.reduce
        value = getattr(self._function, name)
        return _Refusing(value, f"{self._name}.{name}") if callable(value) else value


def line_in_words(file: str, number: int) -> str:
    """A line of code: "line 2, `return np.sqrt(s)`"."""
    text = linecache.getline(file, number).strip()
    return f"line {number}" + (f", `{text}`" if text else "")


def instead(name: str) -> str:
    """What to write in the place of a name of NumPy's or of a tensor's method."""
    last = name.rpartition(".")[2]
    if last in ("asarray", "array", "float64", "float32"):
        return "Leave it out: a tensor need not be converted."
    last = {"absolute": "abs", "dot": "matmul", "amax": "max", "amin": "min", "power": "square"}.get(
        last, last
    )
    if last == "norm":
        return "Write ops.sqrt(ops.sum(x**2, axis=-1, keepdims=True) + 1e-9)."
    if last in ops.__all__:
        return f"Write ops.{last}."
    return f"ops has no {last}; it has {', '.join(ops.__all__)}."
