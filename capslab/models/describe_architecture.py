"""What a network consists of, read from the network itself: its stages, their shapes, their weights.

Nothing here imports Keras: layers are recognised by the names of their classes and by what they have.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from capslab.errors import ArgumentError, instance_of

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class Stage:
    """One stage of a network.

    Attributes
    ----------
    name : what it does, such as "convolution 5 × 5, stride 2".
    kind : what comes out of it: "image", "maps", "numbers", "capsules" or "votes".
    shape : the shape of that, without the batch; for capsules (how many, how long each), for votes (children,
        parents, how long each). None stands for a side that is not known.
    weights : how many numbers it learns or keeps.
    then : what follows at once and keeps the shape, such as "BatchNorm" and "ReLU".
    parts : the functions of the course that it contains, such as "squash".
    beside : whether it stands beside the stage before it, to be added to it, and is not fed by it.
    """

    name: str
    kind: str
    shape: Shape
    weights: int = 0
    then: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    beside: bool = False

    @property
    def size(self) -> str:
        """The shape in words: "14 × 14 × 16", "72 capsules of 8", "72 × 10 votes of 16", "512"."""
        sides = ["?" if side is None else f"{side:,}" for side in self.shape]
        if self.kind == "capsules":
            return f"{sides[0]} capsules of {sides[1]}"
        if self.kind == "votes":
            return f"{sides[0]} × {sides[1]} votes of {sides[2]}"
        if self.kind == "numbers" and len(sides) == 1:
            return f"{sides[0]} number" + "s" * (sides[0] != "1")
        return " × ".join(sides) or "one number"


@dataclass(frozen=True)
class Branch:
    """Stages one after the other: `title` says what they are together, `start` what they begin with."""

    title: str
    stages: tuple[Stage, ...]
    start: str = ""


@dataclass(frozen=True)
class Architecture:
    """A network as a drawing needs it.

    Attributes
    ----------
    name : of the network's class, or the name that it was given.
    branches : the main path first.
    losses : what training minimises, each with the functions of the course in it.
    weights : all numbers of the network, those that training does not change included.
    note : what the drawing cannot show.
    """

    name: str
    branches: tuple[Branch, ...]
    losses: tuple[tuple[str, tuple[str, ...]], ...] = ()
    weights: int = 0
    note: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """The functions of the course that are somewhere in this network, each once."""
        stages = [stage.parts for branch in self.branches for stage in branch.stages]
        return tuple(
            dict.fromkeys(part for parts in (*stages, *(p for _, p in self.losses)) for part in parts)
        )

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.weights:,} weights"]
        for branch in self.branches:
            lines.append(branch.title + (f", {branch.start}" if branch.start else ""))
            for stage in branch.stages:
                name = ", ".join((stage.name, *stage.then))
                count = f"{stage.weights:,} weights" if stage.weights else ""
                lines.append(f"  {name:<44} {stage.size:<24} {count}".rstrip())
        if self.losses:
            lines.append("Loss: " + " + ".join(words for words, _ in self.losses))
        return "\n".join([*lines, self.note] if self.note else lines)


def describe_architecture(model: Any) -> Architecture:
    """The stages of a network: one of the course's, or any Keras model of layers.

    Parameters
    ----------
    model : a model that knows the shape of its input.

    Raises
    ------
    ArgumentError : for something that is no model, or a model that is not built yet.

    Examples
    --------
    >>> import capslab as cl
    >>> print(describe_architecture(cl.DenseBaseline((8, 8), 10, hidden=32)))
    DenseBaseline: 2,410 weights
    From image to classes
      image                                        8 × 8 × 1
      dense, ReLU                                  32 numbers               2,080 weights
      dense                                        10 numbers               330 weights
    Loss: cross-entropy of the softmax
    """
    _check(model)
    if hasattr(model, "trunk") and hasattr(model, "digit_capsules"):
        made = _capsules(model)
    elif hasattr(model, "encoder") and hasattr(model, "decoder"):
        made = _codes(model)
    else:
        made = _layers_of(model)
    return replace(made, weights=int(model.count_params()))


def _check(model: Any) -> None:
    if isinstance(model, type) or not (hasattr(model, "layers") and hasattr(model, "count_params")):
        raise ArgumentError(
            "model",
            "a network: one of the course's, or a Keras model",
            instance_of(model) if not isinstance(model, type) else model,
            "Try cl.CapsNet.for_images(images).",
        )
    if not getattr(model, "built", False) or not model.layers:
        sequential = type(model).__name__ == "Sequential"
        raise ArgumentError(
            "model",
            "built: it must know the shape of its input"
            if model.layers or not sequential
            else "one with layers",
            instance_of(model),
            "Add a layer first: model.add(keras.layers.Dense(10))."
            if sequential and not model.layers
            else "Call model.build((None, *images.image_shape)) first."
            if sequential
            else "Call it on an image first: model(images.images[:1]).",
        )


def _capsules(model: Any) -> Architecture:
    """A capsule network: trunk, primary capsules, votes, routing, lengths; decoder; masks, if it has them."""
    digit = model.digit_capsules
    children, parents, size = digit.primary, digit.digits, digit.dimension
    iterations = digit.iterations
    votes = int(math.prod(digit.kernel.shape))
    main = [
        _image(model),
        *_chain(model.trunk.layers, model.image_shape),
        Stage(
            "votes: a matrix for each pair",
            "votes",
            (children, parents, size),
            votes,
            parts=("votes",),
        ),
        Stage(
            f"routing, {iterations} iteration{'s' * (iterations > 1)}: digit capsules",
            "capsules",
            (parents, size),
            int(digit.count_params()) - votes,
            ("squash",),
            ("routing_step", "routing_loop", "squash"),
        ),
        Stage("lengths", "numbers", (parents,)),
    ]
    mask = Stage("mask: keep one capsule's pose", "numbers", (parents * size,))
    decoder = [mask, *_chain(model.decoder.layers, (parents * size,))]
    branches = [
        Branch("From image to capsules", tuple(main)),
        Branch("Decoder", _ending(decoder, model.image_shape), "from the pose of one digit capsule"),
    ]
    margin = hasattr(model, "margin") and getattr(model, "one_label", True)
    first = (
        ("margin loss of the lengths", ("margin_loss",)) if margin else ("cross-entropy of the lengths", ())
    )
    losses = [first, ("squared error of the reconstruction", ())]
    if hasattr(model, "to_mask"):
        height, width = model.half_size
        heads = (model.strokes, model.shape_of_digit, model.to_mask)
        stages = [
            Stage("from the first maps: convolution 3 × 3", "maps", (height, width, 16), _count(heads[0])),
            Stage(
                "from the decoder: convolution 1 × 1",
                "maps",
                (height, width, 16),
                _count(heads[1]),
                beside=True,
            ),
            Stage("sum", "maps", (height, width, 16), 0, ("ReLU",)),
            Stage(
                "transposed convolution 4 × 4, stride 2",
                "maps",
                (*model.image_shape[:2], 1),
                _count(heads[2]),
            ),
        ]
        branches.append(Branch("Masks", tuple(stages), "which pixels the digit covers"))
        losses.append(("cross-entropy of the masks", ()))
    return Architecture(type(model).__name__, tuple(branches), tuple(losses))


def _codes(model: Any) -> Architecture:
    """An autoencoder or a VAE: encoder, code, decoder."""
    image = tuple(model.image_shape) if hasattr(model, "image_shape") else _input_shape(model)
    encoder = [Stage("image", "image", image), *_chain(model.encoder.layers, image)]
    variational = hasattr(model, "log_variance")
    losses: list[tuple[str, tuple[str, ...]]] = []
    if hasattr(model, "latent_dim"):
        d = int(model.latent_dim)
        if variational:
            weights = _count(model.mean) + _count(model.log_variance)
            encoder.append(Stage("μ and log σ²: two linear layers", "numbers", (2, d), weights))
            encoder.append(Stage("sample: z = μ + σ · ε", "numbers", (d,), 0, (), ("reparameterise",)))
        else:
            encoder.append(
                Stage("code z: a linear layer", "numbers", (d,), _count(getattr(model, "code", None)))
            )
        start: Shape = (d,)
        error = "cross-entropy" if getattr(model, "reconstruction", "") == "bernoulli" else "squared error"
        losses.append((f"{error} of the pixels", ("elbo",) if variational else ()))
        if variational:
            beta = f"{model.beta:g} · " if getattr(model, "beta", 1.0) != 1 else ""
            losses.append((f"{beta}KL of q(z|x) from N(0, 1)", ("kl_divergence", "elbo")))
    else:
        start = encoder[-1].shape
    decoder = _chain(model.decoder.layers, start)
    decoder = [Stage("code z", "numbers", start), *decoder]
    if losses:
        decoder[-1] = replace(decoder[-1], then=(*decoder[-1].then, "sigmoid"))
    branches = (
        Branch("Encoder", tuple(encoder)),
        Branch("Decoder", _ending(decoder, image), "from a code to an image"),
    )
    return Architecture(type(model).__name__, branches, tuple(losses))


def _layers_of(model: Any) -> Architecture:
    """Any other model: its layers in the order in which they were made."""
    shape = tuple(getattr(model, "image_shape", ())) or _input_shape(model)
    first = Stage("image" if len(shape) == 3 else "input", _kind(shape, image=True), shape)
    stages = [first, *_chain(model.layers, shape)]
    known = type(model).__name__ in ("DenseBaseline", "ConvNet")
    losses = (("cross-entropy of the softmax", ("cross_entropy", "softmax")),) if known else ()
    name = type(model).__name__
    if name in ("Sequential", "Functional"):
        name = model.name
    flat = _flat(model.layers)
    branching = any(len(getattr(layer, "_outbound_nodes", ())) > 1 for layer in flat)
    note = "Some layers feed several others: the layers stand in the order in which they were made."
    title = "From image to classes" if known else "Layers"
    return Architecture(name, (Branch(title, tuple(stages)),), losses, note=note if branching else "")


def _image(model: Any) -> Stage:
    return Stage("image", "image", tuple(model.image_shape))


def _ending(stages: Sequence[Stage], image: Shape) -> tuple[Stage, ...]:
    """Stages whose last one is called what it is, if it has an image's shape."""
    *before, last = stages
    if last.shape != tuple(image):
        return tuple(stages)
    if last.name in ("reshape", "crop") and before and not last.weights:
        before[-1] = replace(before[-1], then=(*before[-1].then, *last.then))
        last = replace(last, name="reconstruction", then=())
    return (*before, replace(last, kind="image"))


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


def _flat(layers: Sequence[Any]) -> list[Any]:
    """Layers without the models around them."""
    found = []
    for layer in layers:
        found += _flat(layer.layers) if hasattr(layer, "layers") else [layer]
    return found


def _chain(layers: Sequence[Any], shape: Shape) -> list[Stage]:
    """One stage per layer that makes something new of its input; the others are written behind it."""
    stages: list[Stage] = []
    for layer in _flat(layers):
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
                stages[-1] = replace(before, then=then, weights=before.weights + _count(layer))
            continue
        stages += _stages_of(layer, shape)
    return stages


def _stages_of(layer: Any, shape: Shape) -> list[Stage]:
    """The stages of one layer."""
    kind, count, then = type(layer).__name__, _count(layer), tuple(filter(None, [_activation(layer)]))
    if kind == "PrimaryCapsules":
        name = (
            f"primary capsules: {_window(layer.convolution, 'depthwise ' * layer.depthwise + 'convolution')}"
        )
        return [Stage(name, "capsules", shape, count, ("squash",), ("squash",))]
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
                count - votes,
                ("squash",),
                ("routing_step", "routing_loop", "squash"),
            ),
        ]
    if kind == "GaussianSample":
        return [Stage("sample: z = μ + σ · ε", "numbers", shape, 0, (), ("reparameterise",))]
    name, parts = _name(layer, kind)
    return [Stage(name, _kind(shape), shape, count, then, parts)]


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


def _kind(shape: Shape, image: bool = False) -> str:
    if len(shape) == 3:
        return "image" if image else "maps"
    return "numbers"


def _count(layer: Any) -> int:
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


def _input_shape(model: Any) -> Shape:
    """A model's input without the batch, as far as it is known."""
    try:
        return tuple(model.input_shape)[1:]
    except (AttributeError, TypeError, ValueError):
        pass
    for layer in _flat(model.layers):
        shape = _asked(layer, ())
        if shape:
            return shape
    return (None,)
