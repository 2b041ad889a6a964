"""NumPy's names for arrays and for tensors, so that one function serves a check and a network.

A function that is written with `np` stops learning when it gets a tensor: NumPy makes an array of it, and
no gradient comes through. Written with `ops`, the very same lines work for both:

>>> import numpy as np
>>> from capslab import ops
>>> def squash(s):
...     squared = ops.sum(s**2, axis=-1, keepdims=True)
...     return s * ops.sqrt(squared) / (1 + squared)
>>> squash(np.array([3.0, 4.0]))
array([0.57692308, 0.76923077])

On arrays each function *is* NumPy's: the same values, in float64. On tensors it is the one of `keras.ops`,
and arrays beside them take the tensor's type. Keras is imported only when the first tensor comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Axis = int | tuple[int, ...] | None

#: packages whose objects are tensors
_LIBRARIES = {"tensorflow", "keras", "jax", "jaxlib", "torch"}

__all__ = [
    "abs",
    "clip",
    "concatenate",
    "einsum",
    "exp",
    "expand_dims",
    "log",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "ones_like",
    "reshape",
    "sqrt",
    "square",
    "stack",
    "sum",
    "tanh",
    "transpose",
    "where",
    "zeros_like",
]


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor or a variable of a network, and not an array or a number.

    >>> is_tensor(np.zeros(2))
    False
    """
    theirs = type(value).__module__.partition(".")[0] in _LIBRARIES
    return theirs and hasattr(value, "shape") and hasattr(value, "dtype")  # their shapes and types are none


def holds_tensor(*values: Any) -> bool:
    """Whether any of the values is a tensor, or a list or tuple with a tensor in it."""
    return any(
        is_tensor(one) or (isinstance(one, (list, tuple)) and any(is_tensor(each) for each in one))
        for one in values
    )


def exp(x: Any) -> Any:
    """e to the power of every number, in the shape of x."""
    return _call("exp", x)


def log(x: Any) -> Any:
    """The natural logarithm of every number; x > 0."""
    return _call("log", x)


def sqrt(x: Any) -> Any:
    """The square root of every number; x ≥ 0. At 0 its slope is infinite: use sqrt(x + 1e-9) there."""
    return _call("sqrt", x)


def square(x: Any) -> Any:
    """Every number times itself."""
    return _call("square", x)


def abs(x: Any) -> Any:
    """Every number without its sign."""
    return _call("abs", x)


def tanh(x: Any) -> Any:
    """The hyperbolic tangent of every number, from −1 to 1."""
    return _call("tanh", x)


def sum(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The sum over `axis`, or over everything; `keepdims` keeps the axis with length 1."""
    return _call("sum", a, axis=axis, keepdims=keepdims)


def mean(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The mean over `axis`, or over everything."""
    return _call("mean", a, axis=axis, keepdims=keepdims)


def max(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The largest number along `axis`, or of all."""
    return _call("max", a, axis=axis, keepdims=keepdims)


def min(a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The smallest number along `axis`, or of all."""
    return _call("min", a, axis=axis, keepdims=keepdims)


def maximum(x1: Any, x2: Any) -> Any:
    """The larger of two numbers, position by position."""
    return _call("maximum", x1, x2)


def minimum(x1: Any, x2: Any) -> Any:
    """The smaller of two numbers, position by position."""
    return _call("minimum", x1, x2)


def clip(a: Any, a_min: Any, a_max: Any) -> Any:
    """Every number, but at least `a_min` and at most `a_max`."""
    return _call("clip", a, a_min, a_max)


def matmul(x1: Any, x2: Any) -> Any:
    """The matrix product, as `x1 @ x2`."""
    return _call("matmul", x1, x2)


def einsum(subscripts: str, *operands: Any) -> Any:
    """Products summed over letters: `einsum("ij,jk->ik", A, B)` is the matrix product of A and B."""
    return _call("einsum", subscripts, *operands)


def where(condition: Any, x: Any, y: Any) -> Any:
    """x where the condition holds, and y elsewhere."""
    return _call("where", condition, x, y)


def zeros_like(a: Any) -> Any:
    """Zeros in the shape and type of a."""
    return _call("zeros_like", a)


def ones_like(a: Any) -> Any:
    """Ones in the shape and type of a."""
    return _call("ones_like", a)


def expand_dims(a: Any, axis: int) -> Any:
    """The same numbers with one more axis, of length 1: `(n, d)` becomes `(n, 1, d)` for axis 1."""
    return _call("expand_dims", a, axis=axis)


def reshape(a: Any, shape: int | Sequence[int]) -> Any:
    """The same numbers in another shape; one length may be −1, which is what remains."""
    return _call("reshape", a, shape)


def transpose(a: Any, axes: Sequence[int] | None = None) -> Any:
    """The same numbers with the axes in another order, by default backwards."""
    return _call("transpose", a, axes=axes)


def concatenate(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Arrays behind each other along an axis that they have."""
    return _call("concatenate", list(arrays), axis=axis)


def stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    """Arrays of one shape behind each other along a new axis."""
    return _call("stack", list(arrays), axis=axis)


def _call(name: str, *values: Any, **options: Any) -> Any:
    """NumPy's function of that name, or Keras's where a tensor is among the values."""
    if not holds_tensor(*values):
        return getattr(np, name)(*values, **options)
    from capslab.models.backend import keras

    flat = [each for one in values for each in (one if isinstance(one, list) else [one])]
    kinds = [keras.backend.standardize_dtype(each.dtype) for each in flat if is_tensor(each)]
    kind = next((each for each in kinds if "float" in each), None)

    def alike(value: Any) -> Any:
        """An array of float64 would turn everything after it into float64, which no layer takes."""
        if isinstance(value, list) and holds_tensor(value):
            return [alike(each) for each in value]
        if kind and isinstance(value, (np.ndarray, np.floating)) and value.dtype.kind == "f":
            return keras.ops.convert_to_tensor(value, dtype=kind)
        return value

    return getattr(keras.ops, name)(*(alike(one) for one in values), **options)


def __getattr__(name: str) -> Any:
    from capslab.errors import spelling_hint

    if name.startswith("__"):  # what Python itself asks every module
        raise AttributeError(name)
    hint = "Write it with exp, max and sum." if name == "softmax" else spelling_hint(name, __all__)
    if hasattr(np, name):
        what = "is for arrays only" if callable(getattr(np, name)) else "needs no ops"
        hint = f"np.{name} {what}." if name != "linalg" else "A length is ops.sqrt(ops.sum(x**2, axis=-1))."
    raise AttributeError(
        f"ops has no name {name!r}. {hint} Its names are: {', '.join(__all__)}.".replace("  ", " ")
    )


def __dir__() -> list[str]:
    return [*__all__, "is_tensor"]
