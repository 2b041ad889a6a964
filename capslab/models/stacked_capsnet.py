"""A capsule network with more than one routed layer: primary → middle → … → digit capsules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import numpy as np  # isort: skip
from keras import ops

from capslab.errors import ArgumentError, whole_number
from capslab.models.base import take
from capslab.models.capsnet import CapsNet
from capslab.models.layers import RoutedCapsules, length, register


@register
class StackedCapsNet(CapsNet):
    """A `CapsNet` with layers of middle capsules between its primary and its digit capsules.

    Each middle layer routes as the last one does: its capsules are parents of the layer below and parts of
    the layer above. Nobody tells a middle capsule what to stand for. The `primary` capsules of this network,
    those that vote for the digits, are the ones of its last middle layer.

    Parameters
    ----------
    image_shape, classes, preset, iterations, seed, routing : as of `CapsNet`.
    middle : number of capsules in each middle layer, from the primary capsules on; () has none.
    middle_dim : length of their pose vectors.

    Raises
    ------
    ArgumentError : as `CapsNet`, and for a middle layer that is not a whole number of capsules.
    """

    def __init__(
        self,
        image_shape: Sequence[int],
        classes: int | Sequence[str],
        preset: str | None = None,
        iterations: int = 3,
        seed: int = 0,
        routing: str = "dynamic",
        middle: Sequence[int] = (16,),
        middle_dim: int = 8,
        **kwargs: Any,
    ) -> None:
        if isinstance(middle, (str, bytes)) or not isinstance(middle, (Sequence, np.ndarray)):
            step = "Try middle=(16,) for one layer of 16 capsules."
            raise ArgumentError("middle", "the numbers of capsules, one for each layer", middle, step)
        sizes = [whole_number("middle", size, next_step="Try middle=(16,).") for size in middle]
        dimension = whole_number("middle_dim", middle_dim, next_step="Try middle_dim=8.")
        # before `super().__init__`, which builds the network; Keras takes layers only after it
        object.__setattr__(self, "_sizes", (sizes, dimension, iterations, seed, routing))
        super().__init__(image_shape, classes, preset, iterations, seed, routing, **kwargs)
        self.middle, self.middle_dim = sizes, dimension

    def build(self, input_shape: Any) -> None:
        sizes, dimension, iterations, seed, routing = self._sizes
        shape = self.trunk.output_shape
        layers = []
        for number, size in enumerate(sizes, start=1):
            name = f"middle_capsules_{number}"
            layer = RoutedCapsules(size, dimension, iterations, seed + number, routing, name=name)
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
            layers.append(layer)
        self.middle_capsules = layers
        self.digit_capsules.build(shape)
        super(CapsNet, self).build(input_shape)

    def call(self, images: Any, training: bool = False) -> dict[str, Any]:
        poses = self.digit_capsules(self._parts(images, training))  # (batch, digit, pose)
        return {"lengths": length(poses), "poses": poses}

    def _parts(self, images: Any, training: bool = False) -> Any:
        """The capsules that vote for the digits, `(batch, M, pose)`."""
        parts = self.trunk(images, training=training)
        for layer in self.middle_capsules:
            parts = layer(parts)
        return parts

    def primary(self, images: Any) -> np.ndarray:
        """The capsules of the last middle layer, float32 `(n, M, middle_dim)`, lengths in [0, 1)."""
        return self.in_batches(self._parts, self.pixels(images))

    def middle_lengths(self, images: Any) -> list[np.ndarray]:
        """The lengths of the middle capsules, one array `(n, M)` for each middle layer, in [0, 1)."""

        def lengths(x: Any) -> Any:
            parts, found = self.trunk(x, training=False), []
            for layer in self.middle_capsules:
                parts = layer(parts)
                found.append(ops.sqrt(ops.sum(ops.square(parts), axis=-1)))
            return ops.concatenate(found, axis=-1)  # (batch, M of all layers)

        if not self.middle:
            return []
        every = self.in_batches(lengths, self.pixels(images))
        return np.split(every, np.cumsum(self.middle)[:-1], axis=1)

    @property
    def grid(self) -> tuple[int, int, int]:
        """Middle capsules have no place in the image: one row and one column of M types."""
        return (1, 1, self.middle[-1]) if self.middle else super().grid

    def receptive_field(self, capsule: int) -> tuple[int, int, int, int]:
        """The pixels that affect a capsule, `(top, left, bottom, right)`: all of them, for a middle one."""
        if not self.middle:
            return super().receptive_field(capsule)
        if not 0 <= capsule < self.middle[-1]:
            raise ArgumentError("capsule", f"from 0 to {self.middle[-1] - 1}", capsule, "Try capsule=0.")
        return 0, 0, *self.image_shape[:2]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **take(["middle", "middle_dim"], self)}
