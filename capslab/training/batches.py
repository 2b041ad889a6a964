"""What a network learns from, a batch at a time: any batch can be asked for, in any order, and again.

A batch follows from the seed, the epoch and its place in the epoch, and from nothing else. That is why an
interrupted training can go on exactly: it asks for the batches that it would have asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import islice
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it brings TensorFlow in quietly

import keras  # isort: skip
import numpy as np

APART = 1_000_003  # between the seeds of a stream's epochs
FOREVER = 2**40  # batches in a stream


class Batches(keras.utils.PyDataset):
    """The batches of one epoch: uint8 images, int32 labels and, where given, weights.

    The images come in a new order in each epoch. A batch is moved as a whole, by one random shift of up
    to `shift` pixels each way. At the border comes in black, or what was there (`border`).

    Parameters
    ----------
    images : has `images` `(n, h, w, c)` and `labels` `(n,)` or None, for which zeros stand in. Images
        that lie in a file are read from there, a batch at a time.
    border : what a shift brings in: "black" pixels, or "edge", the outermost pixels repeated.
    passes : how often all images come round in one epoch.
    weights : how much each image counts, `(n,)`; None for all alike.

    Attributes
    ----------
    epoch : which epoch the batches are of, from 0. Whoever trains sets it.

    Examples
    --------
    >>> import capslab as cl
    >>> batches = Batches(cl.load("digits"), 100, seed=1)
    >>> x, labels = batches[0]
    >>> len(batches), x.shape, labels.shape
    (18, (100, 8, 8, 1), (100,))
    """

    def __init__(
        self,
        images: Any,
        batch_size: int,
        seed: int = 0,
        shift: int = 0,
        shuffle: bool = True,
        passes: int = 1,
        weights: np.ndarray | None = None,
        border: str = "black",
    ) -> None:
        super().__init__()
        pixels, labels = images.images, images.labels
        self.pixels, self.n = pixels, len(pixels)
        self.labels = np.zeros(self.n, np.int32) if labels is None else np.asarray(labels).astype(np.int32)
        self.weights = None if weights is None else np.asarray(weights, np.float32)
        self.batch_size, self.seed, self.shift = int(batch_size), int(seed), int(shift)
        self.fill: Any = {"black": "constant", "edge": "edge"}[border]  # as NumPy's `pad` calls it
        self.shuffle, self.passes, self.epoch = shuffle, passes, 0
        self._order = (-1, np.arange(self.n))  # the newest epoch's, so that it is drawn once

    def __len__(self) -> int:
        return -(-self.n * self.passes // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        return self.batch(self.epoch, index)

    def batch(self, epoch: int, index: int) -> tuple[np.ndarray, ...]:
        """Batch `index` of an epoch, both from 0."""
        rows = self.order(epoch)[index * self.batch_size : (index + 1) * self.batch_size]
        images = np.asarray(self.pixels[rows])  # (batch, h, w, c)
        if self.shift and self.shuffle:
            images = self._moved(images, np.random.default_rng([self.seed, epoch, 1, index]))
        batch = (images, self.labels[rows])
        return batch if self.weights is None else (*batch, self.weights[rows])

    def order(self, epoch: int) -> np.ndarray:
        """Positions of the images in the order of an epoch, `(passes · n,)`."""
        known, order = self._order
        if known != epoch:
            order = np.tile(np.arange(self.n), self.passes)
            if self.shuffle:
                rng = np.random.default_rng([self.seed, epoch])
                order = np.concatenate([rng.permutation(self.n) for _ in range(self.passes)])
            self._order = (epoch, order)
        return order

    def _moved(self, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        height, width = images.shape[1:3]
        down, right = rng.integers(0, 2 * self.shift + 1, 2)
        sides = (self.shift, self.shift)
        padded = np.pad(images, ((0, 0), sides, sides, (0, 0)), self.fill)
        return padded[:, down : down + height, right : right + width]


class StreamBatches(keras.utils.PyDataset):
    """Batches that a model makes from images as it learns: pairs of digits, windows of scenes.

    They have no end. Each epoch begins a new stream with a seed of its own. Batches that are asked for
    in turn cost nothing extra; to reach one out of turn, its epoch's stream is made again up to there.

    Parameters
    ----------
    model : has `stream(images, batch_size, seed)`, a generator of batches.
    steps : batches in an epoch.
    first : where to begin, counted in batches from the start of training.
    """

    def __init__(
        self, model: Any, images: Any, batch_size: int, seed: int = 0, steps: int = 20, first: int = 0
    ) -> None:
        super().__init__()
        self.model, self.images, self.batch_size, self.seed = model, images, batch_size, int(seed)
        self.steps, self.first = steps, first
        self._next = -1
        self._stream: Iterator[Any] = iter(())
        self._turn = threading.Lock()  # Keras may read ahead in a thread that it then abandons

    def __len__(self) -> int:
        return FOREVER

    def __getitem__(self, index: int) -> Any:
        position = self.first + index
        with self._turn:
            epoch, before = divmod(position, self.steps)
            if position != self._next or before == 0:
                stream = self.model.stream(self.images, self.batch_size, self.seed + APART * epoch)
                self._stream = islice(stream, before, None)
            self._next = position + 1
            return next(self._stream)
