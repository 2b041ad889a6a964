"""Train the encoder of a bundled VAE further, on warped copies of the training images; its decoder stays.

    CAPSLAB_DATA=… python tools/refine_vae.py                # vae-mnist-best: an hour on one core

The bound of a VAE is loose for two reasons: the family of its clouds, and an encoder that does not find the
best cloud of each image. The second is larger on images that the encoder never saw. A decoder that stays as
it is cannot be misled by images that are not quite real ones, so here the encoder alone sees, each time anew,
smoothly warped copies of three images in four. The validation images say whether it helped; the test images
are only measured, when all is done.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.ndimage import map_coordinates

MARGIN = 6  # empty rows between images that are warped together
WAVES = 4  # per axis, of the field that warps


def warped(images: np.ndarray, rng: np.random.Generator, pixels: float) -> np.ndarray:
    """Each image moved by a smooth random field of its own; uint8 `(n, h, w, 1)`.

    The field is a sum of cosine waves, long ones most. `pixels` is how far a point moves, about: the standard
    deviation of the displacement along each axis. The images are laid one under the other, so that one call
    of SciPy's cubic interpolation moves all of them.
    """
    n, height, width = images.shape[:3]
    tall = np.zeros((n, height + MARGIN, width + MARGIN), np.float32)
    tall[:, :height, :width] = images[..., 0]
    shares = 1 / (1 + np.add.outer(np.arange(WAVES) ** 2, np.arange(WAVES) ** 2))
    shares[0, 0] = 0  # the image as a whole stays where it is
    shares *= pixels * 2 / np.sqrt((shares**2).sum())
    # about half of a cosine's square is left on average along each axis
    waves = [
        np.cos(np.pi * np.outer((np.arange(size) + 0.5) / size, np.arange(WAVES))) for size in (height, width)
    ]
    fields = np.einsum("ia,nkab,jb->nkij", waves[0], rng.normal(size=(n, 2, WAVES, WAVES)) * shares, waves[1])
    rows = np.arange(n)[:, None, None] * (height + MARGIN) + np.arange(height)[:, None] + fields[:, 0]
    columns = np.arange(width) + fields[:, 1]
    moved = map_coordinates(tall.reshape(-1, width + MARGIN), [rows, columns], order=3, mode="grid-wrap")
    return np.clip(moved, 0, 255).round().astype(np.uint8)[..., None]


def refine(
    model: Any,
    images: Any,
    *,
    steps: int,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    share: float = 0.75,
    pixels: float = 0.5,
    seed: int = 0,
    every: int = 200,
) -> None:
    """Train the encoder of `model` in place; the learning rate falls along a cosine to 0.

    Parameters
    ----------
    share, pixels : which share of each batch is warped, and by how much (see `warped`).
    every : after so many steps the bound of the validation images is printed.
    """
    import keras

    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    model.decoder.trainable = False
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    model.compile(optimizer=keras.optimizers.Adam(schedule))
    labels, train = np.zeros(batch_size, np.int32), images.train.images
    began, losses = time.process_time(), []
    for step in range(steps):
        batch = train[rng.choice(len(train), batch_size, replace=False)].copy()
        some = round(share * batch_size)
        batch[:some] = warped(batch[:some], rng, pixels)
        losses.append(float(model.train_on_batch(batch, labels)[0]))
        if not math.isfinite(losses[-1]):
            raise SystemExit(f"the loss became {losses[-1]} after {step} steps")
        if (step + 1) % every == 0:
            seconds = time.process_time() - began
            bound = -model.elbo(images.validation[:2000], samples=2).elbo.mean()
            print(
                f"{step + 1:,} of {steps:,} steps, {seconds:,.0f} CPU-s: validation {bound:.2f}", flush=True
            )
    model.decoder.trainable = True
