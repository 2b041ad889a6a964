"""A capsule network that looks for digits in a larger picture, everywhere at once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import numpy as np  # isort: skip
from keras import ops  # isort: skip

from capslab.data.digit_scenes import scenes, stream_windows
from capslab.errors import ArgumentError
from capslab.models import losses
from capslab.models.base import Recipe, checked_shape
from capslab.models.capsnet import CapsNet
from capslab.models.capsnet_for_size import steps_along
from capslab.models.capsnet_presets import Preset
from capslab.models.layers import register, squash


@dataclass(frozen=True)
class Scan:
    """The digit capsules at every place of the grid of windows.

    Attributes
    ----------
    lengths : float32 `(n, rows, columns, digit)`.
    poses : float32 `(n, rows, columns, digit, pose)`.
    corners : int `(rows, columns, 2)`: top and left of each window in the picture; a window may begin
        outside the picture.
    """

    lengths: np.ndarray
    poses: np.ndarray
    corners: np.ndarray


@register
class SceneNet(CapsNet):
    """A `CapsNet` for one window: which digit is in its **middle**, if any.

    It learns from windows cut from scenes. "All capsules are short" is an answer too: no digit is
    centred here. No convolution pads, so the answer for a window does not depend on where the window
    lies, and `scan` computes every window of a picture in one pass over it.

    Parameters are those of `CapsNet`; windows are square. The presets are those without padding; None takes
    "scene-digits" for windows of 12 to 15 pixels a side, "scene" for 28 to 35, else "any-window".
    """

    one_label = False
    recipe = Recipe(epochs=4, steps=1000, batch_size=128, learning_rate=4e-3, warmup=0.05, decay=True)

    for_every_size = "any-window"

    def __init__(self, image_shape: Any, classes: Any, preset: str | None = None, **kwargs: Any) -> None:
        height, width, _ = checked_shape(image_shape)
        if height != width:
            raise ArgumentError(
                "image_shape",
                "the size of a square window",
                image_shape,
                f"Take {(min(height, width),) * 2}, or larger: what is scanned may have any size.",
            )
        super().__init__(image_shape, classes, preset, **kwargs)

    @classmethod
    def default_preset(cls, image_shape: tuple[int, int, int]) -> str:
        """The preset that was made for windows of this size, else the one for every size."""
        if 12 <= image_shape[0] < 16:
            return "scene-digits"
        return "scene" if 28 <= image_shape[0] < 36 else cls.for_every_size

    @classmethod
    def can_use(cls, design: Preset) -> bool:
        """Whether no convolution of the preset pads."""
        return design.padding == "valid" and all(c.padding == "valid" for c in design.trunk)

    @property
    def stride(self) -> int:
        """Pixels from one window to the next."""
        return math.prod(strides for _, strides, _ in steps_along(self.design, 0))

    def stream(self, images: Any, batch_size: int, seed: int) -> Iterator[Any]:
        """What `capslab.fit` trains on: windows of scenes made from these images."""
        return stream_windows(images, self.image_shape[0], self.stride // 2, batch_size, seed=seed)

    def losses_per_image(self, x: Any, y: Any, y_pred: Any, training: bool) -> dict[str, Any]:
        lengths, present = y_pred["lengths"], y["present"]
        loss = losses.presence(present, lengths)
        count = ops.sum(present, axis=1)  # 1 where a digit is centred, else 0
        decoded = self.decoder(self.mask(y_pred["poses"], y["label"]), training=training)
        error = losses.squared_error(ops.cast(y["digit"], decoded.dtype) / 255, decoded) * count
        correct = ops.all(ops.equal(lengths > 0.5, present > 0.5), axis=1)
        return {
            "loss": loss + 4 * self.reconstruction_weight * error,
            "accuracy": ops.cast(correct, "float32"),
            "margin": loss,
            "reconstruction": error,
        }

    def targets(self, images: Any) -> Any:
        """Refused: windows and what they show are made as the network learns."""
        raise ArgumentError(
            "images",
            "left to cl.fit: this network learns from windows of scenes",
            images,
            "Write cl.fit(model, images), which makes scenes from single images as it trains.",
        )

    def scan(self, pictures: Any) -> Scan:
        """Every window of pictures of any size, `(n, h, w, c)` uint8, in one pass of the convolutions."""
        pixels = np.asarray(getattr(pictures, "images", pictures))
        window, stride = self.image_shape[0], self.stride
        # A black margin, so that digits at the edge are in the middle of some window too.
        before = window // 2 // stride * stride
        after = [before + -(side + 2 * before - window) % stride for side in pixels.shape[1:3]]
        padded = np.pad(pixels, ((0, 0), (before, after[0]), (before, after[1]), (0, 0)))
        capsules = self.primary_capsules
        rows, columns = ((side - window) // stride + 1 for side in padded.shape[1:3])

        def route(batch: Any) -> Any:
            maps = batch
            for layer in self.trunk.layers[:-1]:
                maps = layer(maps)
            return self._routed(capsules.convolution(maps), rows, columns)

        poses = self.in_batches(route, padded, batch_size=20)  # (n, rows, columns, digit, pose)
        corners = np.moveaxis(np.indices((rows, columns)), 0, -1) * stride - before
        return Scan(np.linalg.norm(poses, axis=-1), poses, corners)

    def _routed(self, maps: Any, rows: int, columns: int) -> Any:
        """Digit capsules at every place, `(n, rows, columns, digit, pose)`."""
        down, across, types = self.grid
        pieces = [maps[:, i : i + rows, j : j + columns] for i in range(down) for j in range(across)]
        u = ops.stack(pieces, axis=3)  # (n, rows, columns, down · across, channels)
        size = self.primary_capsules.dimension
        u = squash(ops.reshape(u, (-1, down * across * types, size)))
        v = self.digit_capsules(u)
        return ops.reshape(v, (-1, rows, columns, *v.shape[1:]))

    def measure(self, test: Any, n: int = 500, seed: int = 0) -> dict[str, float]:
        """Precision and recall on new scenes of these images."""
        from capslab.models.detection import find, score

        new = scenes(test, n, seed=seed)
        scored = score(find(self, new.images), new)
        return {"test precision": round(scored.precision, 4), "test recall": round(scored.recall, 4)}
