"""What sharing weights saves: a network's layers counted as built, unshared, and as dense layers."""

from __future__ import annotations

from typing import Any


def weights_by_layer(caps: Any) -> list[dict[str, Any]]:
    """The weights of a capsule network's layers, without biases, built in four ways.

    Parameters
    ----------
    caps : a `CapsNet` whose primary capsules are a full convolution ("digits", "visible").

    Returns
    -------
    One row a layer: "as built", then what the same connections would cost with one window "shared
    over places", with "one a place", and as a "dense layer" from everything to everything.
    """
    rows = []
    height, width = caps.shape[:2]
    convolutions = [
        layer for layer in caps.trunk.layers if hasattr(getattr(layer, "convolution", layer), "kernel")
    ]
    for number, layer in enumerate(convolutions, 1):
        convolution = getattr(layer, "convolution", layer)
        primary = convolution is not layer
        k, k2, channels, filters = convolution.kernel.shape
        after = caps.grid[:2] if primary else tuple(layer.output.shape[1:3])
        window, places = k * k2 * channels * filters, after[0] * after[1]
        rows.append(
            {
                "layer": "primary capsules" if primary else f"convolution {number}",
                "as built": window,
                "shared over places": window,
                "one a place": window * places,
                "dense layer": height * width * channels * places * filters,
            }
        )
        height, width = after
    children, digits, pose, size = caps.routing_weights().weights.shape
    each = digits * pose * size  # one child's matrices W_ij
    row = {"layer": "digit capsules", "as built": children * each, "shared over places": caps.grid[2] * each}
    rows.append({**row, "one a place": children * each, "dense layer": children * size * digits * pose})
    return rows
