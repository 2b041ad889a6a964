"""What the network view needs of a model and of an image, as arrays that go to the browser once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.errors import ArgumentError, Verbatim, instance_of
from capslab.routing import RoutingTrace, routing_by_agreement
from capslab.routing.variants import check_agreement

TILES = 6  # feature maps drawn of a convolution
STAGES = 3  # convolutions drawn
ROWS = 16  # digit capsules drawn
EDGES = 720  # couplings drawn
NEEDED = (
    "primary",
    "routing_weights",
    "grid",
    "receptive_field",
    "decode",
    "convolutions",
    "feature_maps",
)


@dataclass(frozen=True)
class Content:
    """What one image leaves in the network.

    Attributes
    ----------
    trace : its routing, computed with double precision as in the browser.
    primary : u, float32 `(I, P)`.
    maps : the feature maps of each convolution, float32 `(rows, columns, filters)` each.
    rows : positions of the digit capsules that are drawn, in order.
    decoded : what each of these decodes to at each iteration, uint8 `(T, rows, h, w, c)`.
    bias : of the digit capsules, `(J, D)`.
    """

    trace: RoutingTrace
    primary: np.ndarray
    maps: list[np.ndarray]
    rows: np.ndarray
    decoded: np.ndarray
    bias: np.ndarray

    def summed(self, step: int) -> np.ndarray:
        """s = Σ c û + bias, `(J, D)`, at iteration step + 1."""
        weighted: np.ndarray = np.einsum("ij,ijd->jd", self.trace.couplings[step], self.trace.votes)
        return weighted + self.bias

    @property
    def size(self) -> int:
        """Bytes that travel to the browser."""
        maps = sum(one.nbytes for one in self.maps)
        return int(maps + self.primary.nbytes + self.decoded.nbytes)


def check_model(model: Any) -> None:
    """Raise an error unless a model is a capsule network whose weights are numbers."""
    advice = 'Try cl.pretrained("capsnet-digits").'
    if not all(hasattr(model, name) for name in NEEDED):
        raise ArgumentError("model", "a capsule network (a model with routing)", instance_of(model), advice)
    learned = model.routing_weights()
    check_agreement(learned)
    kernels = [part for one in model.convolutions() for part in (one.kernel, one.scale, one.shift)]
    if not all(np.isfinite(array).all() for array in (learned.weights, learned.bias, *kernels)):
        raise ArgumentError(
            "model",
            "a network whose weights are finite numbers",
            Verbatim("weights with NaN or infinity"),
            f"Train it again with a lower learning_rate. {advice}",
        )


def read(model: Any, learned: Any, pixels: np.ndarray, label: int | None, iterations: int) -> Content:
    """Send one image `(h, w, c)` through a network and keep what is drawn."""
    batch = pixels[None]
    primary = np.asarray(model.primary(batch)[0], np.float32)  # (I, P)
    weights, bias = learned.weights.astype(float), learned.bias.astype(float)  # (I, J, D, P), (J, D)
    trace = routing_by_agreement(
        np.einsum("ijdp,ip->ijd", weights, primary.astype(float)),
        iterations,
        bias,
        grid=tuple(int(n) for n in model.grid),
        classes=tuple(str(name) for name in model.classes),
        image=pixels,
        label=None if label is None or label >= len(model.classes) else label,
    )
    rows = drawn_rows(trace)
    poses = np.repeat(trace.outputs.astype(np.float32), len(rows), axis=0)  # (T · rows, J, D)
    decoded = np.asarray(model.decode(poses, np.tile(rows, iterations)))  # (T · rows, h, w, c)
    return Content(
        trace,
        primary,
        [np.asarray(one[0], np.float32) for one in model.feature_maps(batch)],
        rows,
        np.round(255 * decoded).astype(np.uint8).reshape(iterations, len(rows), *pixels.shape),
        bias,
    )


def drawn_rows(trace: RoutingTrace) -> np.ndarray:
    """Positions of the digit capsules that are drawn: all, or the longest ones and the true one."""
    lengths = trace.lengths[-1].copy()  # (J,)
    if trace.label is not None:
        lengths[trace.label] = 2
    return np.sort(np.argsort(-lengths, kind="stable")[:ROWS])


def drawn_edges(trace: RoutingTrace) -> np.ndarray:
    """The couplings that are drawn, strongest first, as flat positions in `(I, J)`."""
    couplings = np.full(trace.couplings.shape[1:], -1.0)
    rows = drawn_rows(trace)
    couplings[:, rows] = trace.couplings[-1][:, rows]
    count = min(EDGES, len(couplings) * len(rows))
    return np.argsort(-couplings.ravel(), kind="stable")[:count]


def drawn_stages(count: int) -> list[int]:
    """Which of the convolutions are drawn: all, or the first, a middle one and the last.

    >>> drawn_stages(2), drawn_stages(5)
    ([0, 1], [0, 2, 4])
    """
    return list(range(count)) if count <= STAGES else [0, count // 2, count - 1]


def drawn_filters(maps: list[np.ndarray]) -> list[list[int]]:
    """For each convolution the maps that tell most, in order.

    Parameters
    ----------
    maps : the maps of each convolution for some images, `(n, rows, columns, filters)` each.
    """
    chosen = []
    for one in maps:
        spread = one.reshape(-1, one.shape[-1]).std(axis=0)  # (filters,)
        chosen.append(sorted(np.argsort(-spread, kind="stable")[:TILES].tolist()))
    return chosen


def described(convolutions: list[Any], stages: list[int], filters: list[list[int]]) -> list[dict[str, Any]]:
    """The convolutions for the browser: `at` is where an image's maps begin, `kernels` where weights do.

    The last one is the primary capsules' own, which has no maps.
    """
    layers, maps_at, kernels_at = [], 0, 0
    for number, one in enumerate(convolutions):
        drawn = filters[number] if number in stages else []
        layers.append(
            {
                "kernel": list(one.kernel.shape[:2]),
                "inputs": one.kernel.shape[2],
                "strides": list(one.strides),
                "pad": list(one.pad),
                "maps": list(one.map_shape),
                "relu": one.relu,
                "normalised": one.normalised,
                "depthwise": one.depthwise,
                "drawn": drawn,
                "at": maps_at,
                "kernels": kernels_at,
            }
        )
        maps_at += int(np.prod(one.map_shape))
        kernels_at += (int(np.prod(one.kernel.shape[:3])) + 2) * len(drawn)
    return layers


def packed_kernels(convolutions: list[Any], layers: list[dict[str, Any]]) -> np.ndarray:
    """For each drawn map its kernel `(rows, columns, inputs)`, its scale and its shift; flat, float32."""
    flat = [np.zeros(0, np.float32)]
    for one, layer in zip(convolutions, layers, strict=True):
        for number in layer["drawn"]:
            flat += [one.kernel[..., number].ravel(), one.scale[[number]], one.shift[[number]]]
    return np.concatenate(flat).astype(np.float32)
