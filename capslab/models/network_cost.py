"""What networks cost: weights with and without sharing, multiplications and seconds for a prediction."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def weights_by_layer(
    caps: Any, count: Callable[[float, int, float, int, float], tuple[float, float, float]] | None = None
) -> list[dict[str, Any]]:
    """The number of weights in a capsule network's layers, without biases, built in four ways.

    Parameters
    ----------
    caps : a `CapsNet` whose primary capsules are a full convolution ("digits", "visible").
    count : counts the weights between two grids, as `count_weights` of lesson 09 does: it takes the side of
        the first, its channels, the side of the second, its filters and the side of a window, and returns
        the weights of a convolution, with one window per place, and of a dense layer. By default they are
        counted here. Where a grid is no square, it gets the side of a square with as many cells.

    Returns
    -------
    One row per layer: "as built", then what the same connections would cost with one window "shared
    over places", with "one per place", and as a "dense layer" from everything to everything.
    """
    rows = []
    height, width = caps.image_shape[:2]
    convolutions = [
        layer for layer in caps.trunk.layers if hasattr(getattr(layer, "convolution", layer), "kernel")
    ]
    for number, layer in enumerate(convolutions, 1):
        convolution = getattr(layer, "convolution", layer)
        primary = convolution is not layer
        k, k2, channels, filters = convolution.kernel.shape
        after = caps.grid[:2] if primary else tuple(layer.output.shape[1:3])
        window, places = k * k2 * channels * filters, after[0] * after[1]
        counts: Iterable[float] = (window, window * places, height * width * channels * places * filters)
        if count is not None:
            counts = count(_side(height, width), channels, _side(*after), filters, _side(k, k2))
        shared, own, dense = (round(weights) for weights in counts)
        rows.append(
            {
                "layer": "primary capsules" if primary else f"convolution {number}",
                "as built": window,
                "shared over places": shared,
                "one per place": own,
                "dense layer": dense,
            }
        )
        height, width = after
    children, digits, pose, size = caps.routing_weights().weights.shape
    each = digits * pose * size  # one child's matrices W_ij
    row = {"layer": "digit capsules", "as built": children * each, "shared over places": caps.grid[2] * each}
    rows.append({**row, "one per place": children * each, "dense layer": children * size * digits * pose})
    return rows


def _side(height: int, width: int) -> float:
    """The side of a square with as many cells."""
    return height if height == width else math.sqrt(height * width)


def cost(caps: Any) -> dict[str, int]:
    """Weights, and multiplications for one image, of a capsule network's two parts.

    A convolution's window is one set of weights that is applied at every place. The routing layer has
    a matrix for each pair of child and parent: each vote is computed once, and each iteration weights
    it and compares it with the output.

    Parameters
    ----------
    caps : as for `weights_by_layer`.
    """
    *convolutions, routing = weights_by_layer(caps)
    children, digits, pose, _ = caps.routing_weights().weights.shape
    return {
        "convolutions: weights": sum(row["as built"] for row in convolutions),
        "routing: weights": routing["as built"],
        "convolutions: products": sum(row["one per place"] for row in convolutions),
        "routing: products": routing["as built"] + 2 * caps.iterations * children * digits * pose,
    }


def answering_time(networks: Mapping[str, Any], images: Any, tries: int = 3) -> dict[str, float]:
    """CPU-seconds that each classifier takes for all these images: the fastest of several tries.

    The networks take turns, so that a busy machine slows all of them. The first turn, in which graphs
    are built, does not count.
    """
    return {name: min(each) for name, each in answering_times(networks, images, tries).items()}


def answering_times(networks: Mapping[str, Any], images: Any, tries: int = 5) -> dict[str, list[float]]:
    """CPU-seconds that each classifier takes for all these images, in each of several tries.

    The networks take turns, and the first turn does not count, as in `answering_time`.
    """
    spent: dict[str, list[float]] = {name: [] for name in networks}
    for _ in range(tries + 1):
        for name, network in networks.items():
            began = time.process_time()
            network.classify(images)
            spent[name].append(time.process_time() - began)
    return {name: each[1:] for name, each in spent.items()}
