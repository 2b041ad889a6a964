"""Dense decoders that the browser can run, for the views that decode while you drag.

`makeDecoder` in js/src/shared/dense_decoder.js takes what `packed` gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": expit,
    "linear": lambda x: x,
}


def dense(model: Any, inputs: int, outputs: int) -> list[tuple[np.ndarray, np.ndarray, str]]:
    """The decoder's layers, `(kernel, bias, activation)` each; [] if the browser cannot run them."""
    layers = model.decoder_layers() if hasattr(model, "decoder_layers") else None
    if not layers or not all(activation in ACTIVATIONS for _, _, activation in layers):
        return []
    sizes = [inputs, *(kernel.shape[1] for kernel, _, _ in layers)]
    fits = [kernel.shape[0] for kernel, _, _ in layers] == sizes[:-1] and sizes[-1] == outputs
    return list(layers) if fits else []


def packed(layers: list[tuple[np.ndarray, np.ndarray, str]]) -> tuple[np.ndarray | None, list[list[Any]]]:
    """All kernels and biases as one float32 array, and [inputs, outputs, activation] of each layer."""
    if not layers:
        return None, []
    flat = [np.asarray(part, np.float32).ravel() for kernel, bias, _ in layers for part in (kernel, bias)]
    return np.concatenate(flat), [[*map(int, np.shape(kernel)), name] for kernel, _, name in layers]


def decoded(layers: list[tuple[np.ndarray, np.ndarray, str]], codes: np.ndarray) -> np.ndarray:
    """Decode codes `(n, inputs)` to grey levels 0…1 `(n, pixels)` in NumPy, 0.1 ms for one code."""
    x = np.asarray(codes, np.float32)
    for kernel, bias, name in layers:
        x = ACTIVATIONS[name](x @ kernel + bias)
    return x


def effects(decode: Callable[[np.ndarray], np.ndarray], centre: np.ndarray, step: float) -> np.ndarray:
    """How much each dimension changes the picture, `(d,)`: the mean of |decode(+step) − decode(−step)|."""
    moves = step * np.eye(len(centre), dtype=np.float32)
    up, down = decode(centre + moves), decode(centre - moves)  # (d, …) each
    return np.abs(up - down).reshape(len(centre), -1).mean(axis=1).astype(np.float32)
