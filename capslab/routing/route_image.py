"""How a trained capsule network routes one image, with every iteration recorded."""

from __future__ import annotations

from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, instance_of
from capslab.routing.dynamic_routing import RoutingTrace
from capslab.routing.variants import check_routing, route_votes


@np.errstate(under="ignore")
def route(model: Any, image: Any, iterations: int | None = None, routing: str | None = None) -> RoutingTrace:
    """How a trained capsule network routes one image, with every iteration.

    Parameters
    ----------
    model : a `CapsNet`, or anything with `primary(images)`, `routing_weights()` and `grid`.
    image : `images[7]` (an `Images` of one), or a uint8 array `(h, w)` or `(h, w, c)`.
    iterations : None for the number the network was trained with.
    routing : "dynamic", "one", "uniform", "attention" or "em", to route the same votes in another way; None
        for the way the network was trained with. What another way would have had to learn (β in "em", the
        prior in "attention") is not there then, and is left out.

    Raises
    ------
    ArgumentError : for a model without routing, more than one image, another size, or an unknown way of
        routing.
    """
    if not hasattr(model, "routing_weights"):
        raise ArgumentError(
            "model",
            "a capsule network (it has routing to look at)",
            instance_of(model),
            'Try cl.pretrained("capsnet-digits").',
        )
    if routing is not None:
        check_routing(routing)
    label = None
    if hasattr(image, "images"):
        if len(image) != 1:
            raise ArgumentError(
                "image", "one image", Verbatim(f"{len(image)} images"), "Try image[0], the first of them."
            )
        label = None if image.labels is None else int(image.labels[0])
        image = image.images[0]
    pixels = np.asarray(image)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    weights = model.routing_weights()
    primary = model.primary(pixels[None])[0]  # (I, P)
    return route_votes(
        weights.votes(primary),
        weights.routing if routing is None else routing,
        weights.iterations if iterations is None else iterations,
        weights.bias,
        np.minimum(np.linalg.norm(primary, axis=-1), 1),
        weights.learned,
        grid=model.grid,
        classes=tuple(model.classes),
        image=pixels,
        label=label,
    )
