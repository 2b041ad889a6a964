"""Small Keras networks that the browser can run, as a list of steps and one flat array of weights.

`makeNetwork` in js/src/shared/convolutional_network.js takes what `packed` gives. Layers are known by the
names of their classes, so that nothing here imports Keras.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

MOST_PRODUCTS = 6e6  # multiplications per image: about 10 ms in a browser
MOST_WEIGHTS = 3e6  # they travel to the browser once


class _CannotRun(Exception):
    """The browser does not know this layer."""


def packed(layers: Iterable[Any] | None, shape: tuple[int, ...]) -> tuple[np.ndarray | None, list[Any]]:
    """All weights as one float32 array, and the layers as steps; (None, []) if the browser cannot run them.

    Parameters
    ----------
    layers : Keras layers, in order; or None.
    shape : `(height, width, channels)` of the uint8 input images.
    """
    steps: list[dict[str, Any]] = []
    weights: list[np.ndarray] = []
    products, current = 0.0, tuple(shape)
    if layers is None:
        return None, []
    try:
        for layer in layers:
            for step, arrays, after, cost in _steps(layer, current):
                steps.append(step)
                weights += [np.asarray(array, np.float32).ravel() for array in arrays]
                current, products = after, products + cost
    except _CannotRun:
        return None, []
    if products > MOST_PRODUCTS or sum(array.size for array in weights) > MOST_WEIGHTS:
        return None, []
    return np.concatenate([*weights, np.zeros(1, np.float32)]), steps


def _steps(
    layer: Any, shape: tuple[int, ...]
) -> Iterable[tuple[dict[str, Any], list[Any], tuple[int, ...], float]]:
    """Each step of a layer as (step, weights, shape of the output, number of multiplications)."""
    kind = type(layer).__name__
    size = int(np.prod(shape))
    if kind in ("InputLayer", "Dropout"):
        return
    elif kind in ("Flatten", "Reshape"):
        after = (size,) if kind == "Flatten" else tuple(layer.target_shape)
        yield {"op": "same"}, [], after, 0
    elif kind == "Rescaling":
        if np.size(layer.scale) != 1 or layer.offset != 0:
            raise _CannotRun
        yield {"op": "scale", "by": float(layer.scale)}, [], shape, size
    elif kind == "Dense":
        kernel, bias = _with_bias(layer, -1)
        sizes = {"inputs": kernel.shape[0], "outputs": kernel.shape[1]}
        yield {"op": "dense", **sizes}, [kernel, bias], (kernel.shape[1],), kernel.size
        yield from _activation(layer, (kernel.shape[1],))
    elif kind in ("Conv2D", "DepthwiseConv2D"):
        yield from _convolution(layer, kind == "DepthwiseConv2D", shape)
    elif kind == "BatchNormalization":
        gamma, beta, mean, variance = (np.asarray(w, float) for w in layer.get_weights())
        scale = gamma / np.sqrt(variance + layer.epsilon)
        yield {"op": "affine", "channels": len(scale)}, [scale, beta - mean * scale], shape, size
    elif kind == "ReLU":
        yield {"op": "relu"}, [], shape, 0
    elif kind == "PrimaryCapsules":
        yield from _steps(layer.convolution, shape)
        yield {"op": "squash", "size": layer.dimension}, [], (-1, layer.dimension), 0
    else:
        raise _CannotRun


def _with_bias(layer: Any, axis: int) -> tuple[np.ndarray, np.ndarray]:
    kernel, *bias = (np.asarray(w) for w in layer.get_weights())
    return kernel, bias[0] if bias else np.zeros(kernel.shape[axis])


def _activation(
    layer: Any, shape: tuple[int, ...]
) -> Iterable[tuple[dict[str, Any], list[Any], tuple[int, ...], float]]:
    name = getattr(layer.activation, "__name__", "linear")
    if name == "relu":
        yield {"op": "relu"}, [], shape, 0
    elif name != "linear":
        raise _CannotRun


def _convolution(
    layer: Any, depthwise: bool, shape: tuple[int, ...]
) -> Iterable[tuple[dict[str, Any], list[Any], tuple[int, ...], float]]:
    """One convolution; padding "same" puts the smaller half of the zeros above and to the left."""
    kernel, bias = _with_bias(layer, 2 if depthwise else 3)
    if tuple(layer.dilation_rate) != (1, 1) or (depthwise and kernel.shape[3] != 1):
        raise _CannotRun
    sides, strides = kernel.shape[:2], tuple(layer.strides)
    if layer.padding == "same":
        after = [-(-side // stride) for side, stride in zip(shape[:2], strides, strict=True)]
        pad = [
            max((n - 1) * stride + k - side, 0) // 2
            for n, stride, k, side in zip(after, strides, sides, shape[:2], strict=True)
        ]
    else:
        after = [(side - k) // s + 1 for side, k, s in zip(shape[:2], sides, strides, strict=True)]
        pad = [0, 0]
    channels = kernel.shape[2] if depthwise else kernel.shape[3]
    step = {
        "op": "depthwise" if depthwise else "convolution",
        "before": list(shape),
        "after": [*after, channels],
        "sides": list(sides),
        "strides": list(strides),
        "pad": pad,
    }
    yield step, [kernel, bias], (*after, channels), float(np.prod(after)) * kernel.size
    yield from _activation(layer, (*after, channels))
