"""Small Keras networks that the browser can run, told as plain steps over one flat array of weights.

`makeNetwork` in network_arithmetic.js takes what `packed` gives. Layers are known by the names of
their classes, so that nothing here imports Keras.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

MOST_PRODUCTS = 6e6  # multiplications an image: some 10 ms in a browser
MOST_WEIGHTS = 3e6  # numbers that travel, once


class _TooMuch(Exception):
    """A layer that the browser does not know, or a network too large for it."""


def packed(layers: Iterable[Any] | None, shape: tuple[int, ...]) -> tuple[np.ndarray | None, list[Any]]:
    """The layers as steps, and all their weights as one float32 array; (None, []) for what cannot run there.

    Parameters
    ----------
    layers : Keras layers in the order in which they follow each other; None for none.
    shape : `(height, width, channels)` of the uint8 images that enter.
    """
    steps: list[dict[str, Any]] = []
    weights: list[np.ndarray] = []
    products, now = 0.0, tuple(shape)
    if layers is None:
        return None, []
    try:
        for layer in layers:
            for step, arrays, after, cost in _steps(layer, now):
                steps.append(step)
                weights += [np.asarray(array, np.float32).ravel() for array in arrays]
                now, products = after, products + cost
    except _TooMuch:
        return None, []
    if products > MOST_PRODUCTS or sum(array.size for array in weights) > MOST_WEIGHTS:
        return None, []
    return np.concatenate([*weights, np.zeros(1, np.float32)]), steps


def _steps(layer: Any, shape: tuple[int, ...]) -> Iterable[tuple[dict[str, Any], list[Any], tuple, float]]:
    """(step, weights, shape after it, multiplications) of a layer; a layer may be several steps."""
    kind = type(layer).__name__
    size = int(np.prod(shape))
    if kind in ("InputLayer", "Dropout"):
        return
    elif kind in ("Flatten", "Reshape"):
        after = (size,) if kind == "Flatten" else tuple(layer.target_shape)
        yield {"op": "same"}, [], after, 0
    elif kind == "Rescaling":
        if np.size(layer.scale) != 1 or layer.offset != 0:
            raise _TooMuch
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
        raise _TooMuch


def _with_bias(layer: Any, axis: int) -> tuple[np.ndarray, np.ndarray]:
    kernel, *bias = (np.asarray(w) for w in layer.get_weights())
    return kernel, bias[0] if bias else np.zeros(kernel.shape[axis])


def _activation(
    layer: Any, shape: tuple[int, ...]
) -> Iterable[tuple[dict[str, Any], list[Any], tuple, float]]:
    name = getattr(layer.activation, "__name__", "linear")
    if name == "relu":
        yield {"op": "relu"}, [], shape, 0
    elif name != "linear":
        raise _TooMuch


def _convolution(
    layer: Any, depthwise: bool, shape: tuple[int, ...]
) -> Iterable[tuple[dict[str, Any], list[Any], tuple, float]]:
    """One convolution; padding "same" puts the smaller half of the zeros above and to the left."""
    kernel, bias = _with_bias(layer, 2 if depthwise else 3)
    if tuple(layer.dilation_rate) != (1, 1) or (depthwise and kernel.shape[3] != 1):
        raise _TooMuch
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
