"""The convolutions of a network as arrays, and the feature maps that they make of images.

For whoever wants to recompute one number of a feature map by hand: `convolutions` gives the weights,
`feature_maps` the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np
from keras import ops


@dataclass(frozen=True)
class ConvolutionWeights:
    """One convolution with what follows it: map = f(scale · (window ∗ kernel) + shift).

    f is the ReLU in the layers before the primary capsules, and nothing in the primary capsules' own.

    Attributes
    ----------
    kernel : float32 `(rows, columns, inputs, filters)`; `(rows, columns, filters, 1)` where it is depthwise.
    scale, shift : float32 `(filters,)`: the bias and the BatchNorm, if there is one, as one line.
    strides : cells from one window to the next, down and across.
    pad : rows of zeros above and columns of zeros to the left.
    map_shape : `(rows, columns, filters)` of what it makes of one image.
    relu, normalised, depthwise : what it is.

    Examples
    --------
    >>> from capslab.models import CapsNet
    >>> first, *_ = CapsNet((8, 8, 1), 10).convolutions()
    >>> first.kernel.shape, first.map_shape, first.relu
    ((3, 3, 1, 16), (8, 8, 16), True)
    """

    kernel: np.ndarray
    scale: np.ndarray
    shift: np.ndarray
    strides: tuple[int, int]
    pad: tuple[int, int]
    map_shape: tuple[int, int, int]
    relu: bool
    normalised: bool
    depthwise: bool


def read_convolutions(layers: Iterable[Any], image_shape: Sequence[int]) -> list[ConvolutionWeights]:
    """The convolutions among `layers`, in order; the primary capsules' is the last where they are there."""
    found: list[dict[str, Any]] = []
    shape = tuple(image_shape)
    for layer in layers:
        convolution = getattr(layer, "convolution", layer)  # primary capsules hold theirs
        if isinstance(convolution, (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)):
            found.append(_read(convolution, shape))
            shape = found[-1]["map_shape"]
        elif isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = (np.asarray(weight) for weight in layer.get_weights())
            scale = gamma / np.sqrt(variance + layer.epsilon)  # (filters,)
            last = found[-1]
            last.update(scale=scale, shift=(last["shift"] - mean) * scale + beta, normalised=True)
        elif isinstance(layer, keras.layers.ReLU):
            found[-1]["relu"] = True
    return [ConvolutionWeights(**one) for one in found]


def _read(layer: Any, shape: tuple[int, ...]) -> dict[str, Any]:
    """One convolution of Keras on maps of a shape; padding "same" puts the smaller half above and left."""
    kernel, *bias = (np.asarray(weight) for weight in layer.get_weights())
    _, *after = layer.compute_output_shape((1, *shape))
    rows, columns, filters = (int(n) for n in after)
    down, across = (int(n) for n in layer.strides)
    pad = (0, 0)
    if layer.padding == "same":
        needed = ((rows - 1) * down + kernel.shape[0] - shape[0], (columns - 1) * across + kernel.shape[1])
        pad = (max(needed[0], 0) // 2, max(needed[1] - shape[1], 0) // 2)
    return {
        "kernel": kernel,
        "scale": np.ones(filters, np.float32),
        "shift": bias[0] if bias else np.zeros(filters, np.float32),
        "strides": (down, across),
        "pad": pad,
        "map_shape": (rows, columns, filters),
        "relu": False,
        "normalised": False,
        "depthwise": isinstance(layer, keras.layers.DepthwiseConv2D),
    }


def read_feature_maps(layers: Iterable[Any], images: np.ndarray) -> list[np.ndarray]:
    """What each ReLU among `layers` gives for uint8 images, float32 `(n, rows, columns, filters)` each."""
    maps, found = ops.convert_to_tensor(images), []
    for layer in layers:
        if hasattr(layer, "convolution"):
            break  # primary capsules: no maps but vectors
        given = {"training": False} if isinstance(layer, keras.layers.BatchNormalization) else {}
        maps = layer(maps, **given)  # (n, rows, columns, filters)
        if isinstance(layer, keras.layers.ReLU):
            found.append(np.asarray(ops.convert_to_numpy(maps), np.float32))
    return found
