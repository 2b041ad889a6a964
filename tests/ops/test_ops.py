"""ops: NumPy itself on arrays, Keras on tensors, and Keras not even imported before the first tensor."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import capslab as cl
from capslab import ops

#: for each name, arguments and options for two arrays a and b of one shape (n, m), all numbers above 0
CALLS = {
    "abs": lambda a, b: ((-a,), {}),
    "clip": lambda a, b: ((a, 0.5, 2.0), {}),
    "concatenate": lambda a, b: (([a, b],), {"axis": 1}),
    "einsum": lambda a, b: (("ij,kj->ik", a, b), {}),
    "exp": lambda a, b: ((a,), {}),
    "expand_dims": lambda a, b: ((a,), {"axis": 1}),
    "log": lambda a, b: ((a,), {}),
    "matmul": lambda a, b: ((a, b.T), {}),
    "max": lambda a, b: ((a,), {"axis": 0, "keepdims": True}),
    "maximum": lambda a, b: ((a, b), {}),
    "mean": lambda a, b: ((a,), {"axis": -1}),
    "min": lambda a, b: ((a,), {"axis": 1}),
    "minimum": lambda a, b: ((a, 1.0), {}),
    "ones_like": lambda a, b: ((a,), {}),
    "reshape": lambda a, b: ((a, (-1,)), {}),
    "sqrt": lambda a, b: ((a,), {}),
    "square": lambda a, b: ((a,), {}),
    "stack": lambda a, b: (((a, b),), {"axis": -1}),
    "sum": lambda a, b: ((a,), {"axis": (0, 1), "keepdims": True}),
    "tanh": lambda a, b: ((a,), {}),
    "transpose": lambda a, b: ((a,), {"axes": (1, 0)}),
    "where": lambda a, b: ((a > b, a, b), {}),
    "zeros_like": lambda a, b: ((a,), {}),
}
PAIRS = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda shape: st.tuples(*[arrays(np.float64, shape, elements=st.floats(0.1, 5))] * 2)
)


def test_every_name_is_tried_here():
    assert set(CALLS) == set(ops.__all__)
    assert cl.ops is ops


@pytest.mark.parametrize("name", ops.__all__)
@settings(max_examples=20, deadline=None)
@given(pair=PAIRS)
def test_on_arrays_it_is_numpy(name, pair):
    args, options = CALLS[name](*pair)
    ours, theirs = getattr(ops, name)(*args, **options), getattr(np, name)(*args, **options)
    assert np.array_equal(ours, theirs)
    assert ours.dtype == theirs.dtype


@pytest.mark.parametrize("name", ops.__all__)
def test_on_tensors_it_is_keras_and_stays_in_their_type(name):
    from keras.ops import convert_to_tensor

    a, b = np.random.default_rng(0).uniform(0.1, 5, (2, 3, 4))
    args, options = CALLS[name](a, b)
    expected = getattr(np, name)(*args, **options)
    for which in ("both", "first"):
        one = convert_to_tensor(a, dtype="float32")
        other = convert_to_tensor(b, dtype="float32") if which == "both" else b
        if name in ("abs", "matmul"):  # −a and b.T are not arrays' own here
            args = (-one,) if name == "abs" else (one, ops.transpose(other))
        elif name == "where":
            args = (one > other, one, other)
        else:
            args, _ = CALLS[name](one, other)
        result = getattr(ops, name)(*args, **options)
        assert ops.is_tensor(result)
        assert "float32" in str(result.dtype)
        assert np.allclose(np.asarray(result), expected, rtol=1e-5, atol=1e-6)


def test_what_only_looks_like_a_tensor_is_none():
    from keras.ops import convert_to_tensor

    tensor = convert_to_tensor(np.zeros((2, 3)))
    assert ops.holds_tensor(tensor)
    assert ops.holds_tensor([1, tensor])
    assert not ops.holds_tensor(tensor.shape, tensor.dtype, np.zeros(2), [1, 2], "a", None)


def test_keras_waits_for_the_first_tensor():
    code = (
        "import sys, numpy as np; from capslab import ops; ops.sum(np.ones(3)); ops.stack([np.ones(2)] * 2);"
        "print([name for name in ('keras', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["sqart", "softmax", "linalg", "pi", "argmax"])
def test_a_name_that_is_missing_is_answered_in_words(name, fails):
    with fails(AttributeError, names=(name, "sqrt")):
        getattr(ops, name)


def test_a_wrong_argument_is_named():
    with pytest.raises(TypeError, match="axes"):
        ops.sum(np.ones(3), axes=0)
