"""Layers of Keras as the stages of a drawing.

Nothing here imports Keras: layers are recognised by the names of their classes and by what they have.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from capslab.plots.network_stages import Shape, Stage

#: classes of layers that keep the shape and are written behind the stage before them
_FOLLOWERS = {
    "BatchNormalization": "BatchNorm",
    "LayerNormalization": "LayerNorm",
    "ReLU": "ReLU",
    "LeakyReLU": "leaky ReLU",
    "Softmax": "softmax",
    "Dropout": "dropout",
    "Flatten": "flattened",
    "Rescaling": "÷ 255",
    "GaussianNoise": "noise",
}
_ACTIVATIONS = {"relu": "ReLU", "silu": "SiLU", "linear": ""}
_SILENT = ("InputLayer",)


def flat(layers: Sequence[Any]) -> list[Any]:
    """Layers without the models around them."""
    found = []
    for layer in layers:
        found += flat(layer.layers) if hasattr(layer, "layers") else [layer]
    return found


def chain(layers: Sequence[Any], shape: Shape) -> list[Stage]:
    """One stage per layer that makes something new of its input; the others are written behind it."""
    stages: list[Stage] = []
    for layer in flat(layers):
        kind = type(layer).__name__
        if kind in _SILENT:
            continue
        before_it, shape = shape, _output_shape(layer, shape)
        if kind in ("Cropping2D", "Reshape") and shape == before_it:
            continue
        follower = _FOLLOWERS.get(kind)
        if kind == "Activation":
            follower = _activation(layer) or "linear"
        if kind == "Rescaling" and not math.isclose(float(layer.scale), 1 / 255):
            follower = "scaled"
        if follower is not None:
            if stages:  # what happens to the input itself, before the first stage, is not shown
                before = stages[-1]
                then = before.then if before.then[-1:] == (follower,) else (*before.then, follower)
                stages[-1] = replace(before, then=then, weights=before.weights + count(layer))
            continue
        stages += _stages_of(layer, shape)
    return stages


def _stages_of(layer: Any, shape: Shape) -> list[Stage]:
    """The stages of one layer."""
    kind, weights, then = type(layer).__name__, count(layer), tuple(filter(None, [_activation(layer)]))
    if kind == "PrimaryCapsules":
        name = (
            f"primary capsules: {_window(layer.convolution, 'depthwise ' * layer.depthwise + 'convolution')}"
        )
        return [Stage(name, "capsules", shape, weights, ("squash",), ("squash",))]
    if kind == "RoutedCapsules":
        votes = int(math.prod(layer.kernel.shape))
        size = (layer.primary, layer.digits, layer.dimension)
        routing = f"routing, {layer.iterations} iteration{'s' * (layer.iterations > 1)}: digit capsules"
        return [
            Stage("votes: a matrix for each pair", "votes", size, votes, (), ("votes",)),
            Stage(
                routing,
                "capsules",
                shape,
                weights - votes,
                ("squash",),
                ("routing_step", "routing_loop", "squash"),
            ),
        ]
    if kind == "GaussianSample":
        return [Stage("sample: z = μ + σ · ε", "numbers", shape, 0, (), ("reparameterise",))]
    name, parts = _name(layer, kind)
    return [Stage(name, kind_of(shape), shape, weights, then, parts)]


def _name(layer: Any, kind: str) -> tuple[str, tuple[str, ...]]:
    """What a layer does, and the course's functions that it is made of."""
    if kind == "Dense":
        return "dense", ("dense",)
    if kind == "Residual":
        return "residual block: two convolutions 3 × 3", ()
    if kind in ("Conv2D", "Conv1D", "Conv3D"):
        return _window(layer, "convolution"), ("convolution",)
    if kind == "DepthwiseConv2D":
        return _window(layer, "depthwise convolution"), ()
    if kind == "SeparableConv2D":
        return _window(layer, "separable convolution"), ()
    if kind == "Conv2DTranspose":
        return _window(layer, "transposed convolution"), ()
    if kind in ("MaxPooling2D", "AveragePooling2D"):
        size = " × ".join(map(str, layer.pool_size))
        return f"{'max' if kind.startswith('Max') else 'mean'} pooling {size}", ()
    if kind == "Reshape":
        return "reshape", ()
    if kind == "Lambda":  # a function in a layer: whoever named it knows best what it does
        return layer.name, ()
    if kind == "Cropping2D":
        return "crop", ()
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", kind).lower().replace("2 d", " 2D").replace("2d", " 2D"), ()


def _window(layer: Any, name: str) -> str:
    """`convolution 5 × 5, stride 2`."""
    name += " " + " × ".join(map(str, layer.kernel_size))
    strides = tuple(layer.strides)
    if set(strides) == {1}:
        return name
    return f"{name}, stride {strides[0] if len(set(strides)) == 1 else ' × '.join(map(str, strides))}"


def _activation(layer: Any) -> str:
    name = getattr(getattr(layer, "activation", None), "__name__", "linear")
    return _ACTIVATIONS.get(name, name)


def kind_of(shape: Shape, image: bool = False) -> str:
    if len(shape) == 3:
        return "image" if image else "maps"
    return "numbers"


def count(layer: Any) -> int:
    """A layer's weights; 0 for none, and for a layer that is not built."""
    try:
        return int(layer.count_params())
    except (AttributeError, ValueError):
        return 0


def _output_shape(layer: Any, shape: Shape) -> Shape:
    """The shape that a layer gives, without the batch; (None,) where it cannot be told."""
    for read in (
        lambda: layer.output.shape,
        lambda: layer.compute_output_shape((None, *_asked(layer, shape))),
    ):
        try:
            found = read()
            return tuple(None if side is None else int(side) for side in tuple(found)[1:])
        except Exception:  # a layer of the learner's own may fail in any way
            continue
    return (None,)


def _asked(layer: Any, shape: Shape) -> Shape:
    """The shape that a layer was built for, if it knows; else the one that comes to it."""
    config: dict[str, Any] = getattr(layer, "get_build_config", dict)() or {}
    built = config.get("input_shape")
    return tuple(built[1:]) if isinstance(built, (tuple, list)) and None not in built[1:] else shape


def input_shape(model: Any) -> Shape:
    """A model's input without the batch, as far as it is known."""
    try:
        return tuple(model.input_shape)[1:]
    except (AttributeError, TypeError, ValueError):
        pass
    for layer in flat(model.layers):
        shape = _asked(layer, ())
        if shape:
            return shape
    return (None,)
