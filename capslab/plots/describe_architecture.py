"""What a network consists of, read from the network itself: one of the course's, or any model of layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from capslab.errors import ArgumentError, instance_of
from capslab.plots.network_stages import Architecture, Branch, Shape, Stage
from capslab.plots.read_layers import chain, count, flat, input_shape, kind_of


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
    if getattr(model, "built", False) and model.layers:
        return
    expected = "built: it must know the shape of its input"
    step = "Call it on an image first: model(images.images[:1] / 255)."
    is_sequential = type(model).__name__ == "Sequential"
    if is_sequential:
        step = "Call model.build((None, *images.image_shape)) first."
    if not model.layers and (is_sequential or model.built):
        expected = "one with layers"
        step = "Try keras.Sequential([keras.Input(images.image_shape), keras.layers.Conv2D(8, 3)])."
    raise ArgumentError("model", expected, instance_of(model), step)


def _capsules(model: Any) -> Architecture:
    """A capsule network: trunk, primary capsules, votes, routing, lengths; decoder; masks, if it has them."""
    digit = model.digit_capsules
    children, parents, size = digit.primary, digit.digits, digit.dimension
    iterations = digit.iterations
    votes = int(math.prod(digit.kernel.shape))
    main = [
        _image(model),
        *chain(model.trunk.layers, model.image_shape),
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
    decoder = [mask, *chain(model.decoder.layers, (parents * size,))]
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
            Stage("from the first maps: convolution 3 × 3", "maps", (height, width, 16), count(heads[0])),
            Stage(
                "from the decoder: convolution 1 × 1",
                "maps",
                (height, width, 16),
                count(heads[1]),
                beside=True,
            ),
            Stage("sum", "maps", (height, width, 16), 0, ("ReLU",)),
            Stage(
                "transposed convolution 4 × 4, stride 2",
                "maps",
                (*model.image_shape[:2], 1),
                count(heads[2]),
            ),
        ]
        branches.append(Branch("Masks", tuple(stages), "which pixels the digit covers"))
        losses.append(("cross-entropy of the masks", ()))
    return Architecture(type(model).__name__, tuple(branches), tuple(losses))


def _codes(model: Any) -> Architecture:
    """An autoencoder or a VAE: encoder, code, decoder."""
    image = tuple(model.image_shape) if hasattr(model, "image_shape") else input_shape(model)
    encoder = [Stage("image", "image", image), *chain(model.encoder.layers, image)]
    variational = hasattr(model, "log_variance")
    losses: list[tuple[str, tuple[str, ...]]] = []
    if hasattr(model, "latent_dim"):
        d = int(model.latent_dim)
        if variational:
            weights = count(model.mean) + count(model.log_variance)
            encoder.append(Stage("μ and log σ²: two linear layers", "numbers", (2, d), weights))
            encoder.append(Stage("sample: z = μ + σ · ε", "numbers", (d,), 0, (), ("reparameterise",)))
        else:
            encoder.append(
                Stage("code z: a linear layer", "numbers", (d,), count(getattr(model, "code", None)))
            )
        start: Shape = (d,)
        error = "cross-entropy" if getattr(model, "reconstruction", "") == "bernoulli" else "squared error"
        losses.append((f"{error} of the pixels", ("elbo",) if variational else ()))
        if variational:
            beta = f"{model.beta:g} · " if getattr(model, "beta", 1.0) != 1 else ""
            losses.append((f"{beta}KL of q(z|x) from N(0, 1)", ("kl_divergence", "elbo")))
    else:
        start = encoder[-1].shape
    decoder = chain(model.decoder.layers, start)
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
    shape = tuple(getattr(model, "image_shape", ())) or input_shape(model)
    first = Stage("image" if len(shape) == 3 else "input", kind_of(shape, image=True), shape)
    stages = [first, *chain(model.layers, shape)]
    known = type(model).__name__ in ("DenseBaseline", "ConvNet")
    losses = (("cross-entropy of the softmax", ("cross_entropy", "softmax")),) if known else ()
    name = type(model).__name__
    if name in ("Sequential", "Functional"):
        name = model.name
    layers = flat(model.layers)
    branching = any(len(getattr(layer, "_outbound_nodes", ())) > 1 for layer in layers)
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
