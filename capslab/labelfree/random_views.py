"""`RandomViews`: the same image, seen differently each time."""

from __future__ import annotations

from typing import Any

import capslab.models.backend  # noqa: F401  # first, because it imports TensorFlow quietly

import keras  # isort: skip
from keras import ops

from capslab.labelfree.selftraining import Jitter
from capslab.models.base import take
from capslab.models.layers import register

#: how far `Jitter` moves an image between two views: further than for self-training
MOVED = {"turn": 0.3, "scale": 0.25, "shear": 0.4, "shift": 0.1}


@register
class RandomViews(keras.layers.Layer):
    """A random view of each image: moved, with thinner or thicker strokes, with a part covered.

    A network that is to give all views of an image the same vector must do without whatever differs
    between them. So these amounts say what does not matter: for digits slant, position and the
    thickness of the strokes. Source: Chen et al. 2020, section 3, where they crop and recolour photographs.

    Parameters
    ----------
    jitter : largest amounts for `Jitter`, which moves the image; those left out are as in `MOVED`.
    gamma : grey levels in 0…1 are raised to a power between exp(−gamma) and exp(gamma), which makes
        blurred strokes thicker or thinner.
    erase : side of the square that is painted black at a random place, as a fraction of the image's side.
    flip : whether half of the images are mirrored, left to right. Right for clothes, wrong for digits.
    seed : the same seed gives the same sequence of views.

    Input and output are float `(batch, h, w, c)` in 0…1.
    """

    def __init__(
        self,
        jitter: dict[str, float] | None = None,
        gamma: float = 0.7,
        erase: float = 0.4,
        flip: bool = False,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.amounts = {name: float(amount) for name, amount in {**MOVED, **(jitter or {})}.items()}
        self.gamma, self.erase, self.flip, self.seed = float(gamma), float(erase), bool(flip), seed
        self.jitter = Jitter(**self.amounts, seed=seed)
        self.seed_generator = keras.random.SeedGenerator(seed + 1)

    def build(self, input_shape: Any) -> None:
        self.jitter.build(input_shape)
        super().build(input_shape)

    def call(self, images: Any) -> Any:
        moved = self.jitter.jittered(images)
        uniform = self._uniform(ops.shape(images)[0], 4)  # (batch, 4, 1, 1), in −1…1
        if self.flip:
            moved = ops.where(uniform[:, :1] < 0, ops.flip(moved, axis=2), moved)
        if self.gamma:
            # without the 1e-6, a derivative at 0 would be infinite
            moved = ops.power(ops.maximum(moved, 0.0) + 1e-6, ops.exp(self.gamma * uniform[:, 1:2]))
        return ops.where(self._covered(moved, uniform), 0.0, moved) if self.erase else moved

    def _uniform(self, batch: Any, count: int) -> Any:
        numbers = keras.random.uniform((batch, count), -1, 1, seed=self.seed_generator)
        return ops.reshape(numbers, (-1, count, 1, 1))

    def _covered(self, images: Any, uniform: Any) -> Any:
        """Which pixels lie in the square, bool `(batch, h, w, 1)`; its centre is anywhere in the image."""
        inside = []
        for axis in (1, 2):
            side = images.shape[axis]
            centre = (uniform[:, axis + 1, :, 0] + 1) / 2 * side  # (batch, 1)
            inside.append(ops.abs(ops.arange(side, dtype="float32") + 0.5 - centre) < self.erase * side / 2)
        rows, columns = inside  # (batch, h), (batch, w)
        return ops.logical_and(rows[:, :, None, None], columns[:, None, :, None])

    def get_config(self) -> dict[str, Any]:
        config = take(["gamma", "erase", "flip", "seed"], self)
        return {**super().get_config(), **config, "jitter": self.amounts}
