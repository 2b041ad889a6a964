"""One VAE for each weight β of the KL: what it keeps, what it pays, what it draws.

Networks take a minute or two for every β, so for the course's data sets the findings are bundled:
numbers, and a few pictures of each network.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from capslab.errors import ArgumentError

FOLDER = Path(__file__).parent / "results"
BETAS = (0.0, 0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
PICTURES = 10  # of each kind that are kept
MEASURED = 1000  # test images that the numbers are means over
DRAWN = 200  # draws from the prior that are compared with real images


@dataclass(frozen=True)
class BetaSweep:
    """What VAEs that differ in β alone do with the same images.

    Attributes
    ----------
    about : what they were trained on and for how long, in words.
    betas : weights of the KL `(b,)`, ascending.
    reconstruction, kl : nats a test image, `(b,)`; β plays no part in either.
    per_dimension : KL of each dimension, most first, `(b, d)`.
    active : dimensions whose mean moves with the image, `(b,)`.
    sharpness : steps between neighbouring pixels in reconstructions, as a share of those in the
        originals, `(b,)`; blur makes it small.
    strangeness : squared distance from a draw from the prior to the nearest training image, over that from a
        real test image to its nearest, `(b,)`; 1 is as near as a real one.
    originals : uint8 `(m, h, w, c)`, one of each class in turn.
    rebuilt, drawn : uint8 `(b, m, h, w, c)`, their reconstructions, and draws from the prior.
    """

    about: str
    betas: np.ndarray
    reconstruction: np.ndarray
    kl: np.ndarray
    per_dimension: np.ndarray
    active: np.ndarray
    sharpness: np.ndarray
    strangeness: np.ndarray
    originals: np.ndarray
    rebuilt: np.ndarray
    drawn: np.ndarray

    def nearest(self, beta: float) -> int:
        """Position of the network whose β is nearest."""
        return int(np.abs(self.betas - beta).argmin())


def beta_sweep(
    images: Any,
    betas: Sequence[float] | None = None,
    *,
    size: int = 5000,
    epochs: int | None = 4,
    seed: int = 0,
) -> BetaSweep:
    """Train a VAE for each β, or take what is bundled for these images.

    Parameters
    ----------
    images : the data set, as `load` gave it.
    betas : weights of the KL from 0; None takes 0 to 8, bundled for digits and MNIST.
    size, epochs : training images and passes, where nothing is bundled.

    Raises
    ------
    ArgumentError : for a β below 0, or none at all.
    """
    path = FOLDER / f"betas-{images.name}.npz"
    if betas is None and path.exists():
        found = read(path)
        if found.originals.shape[1:] == images.image_shape:
            return found
    wanted = np.sort(np.asarray(BETAS if betas is None else betas, float).ravel())
    if not wanted.size or not (wanted >= 0).all():
        raise ArgumentError("betas", "at least one number, each from 0", betas, "Try [0, 1, 4].")
    return _measure(images, wanted, size, epochs, seed)


def remeasure(images: Any, size: int = 20_000, epochs: int | None = 3, folder: Path = FOLDER) -> Path:
    """Train all of them again and bundle what they do: two CPU-minutes for MNIST."""
    path = folder / f"betas-{images.name}.npz"
    sweep = _measure(images, np.array(BETAS), size, epochs, 0)
    arrays: dict[str, Any] = {f.name: getattr(sweep, f.name) for f in fields(sweep)}
    arrays["about"] = np.frombuffer(json.dumps(sweep.about).encode(), np.uint8)
    np.savez_compressed(path, **arrays)
    return path


def read(path: Path) -> BetaSweep:
    """What `remeasure` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        found = dict(arrays)
    return BetaSweep(**{**found, "about": json.loads(found["about"].tobytes())})


def _measure(images: Any, betas: np.ndarray, size: int, epochs: int | None, seed: int) -> BetaSweep:
    from capslab.models import VAE
    from capslab.training.fit import fit
    from capslab.training.preview import some_of

    train = np.flatnonzero(np.asarray(images.parts) == 0)[:size]
    watched = np.flatnonzero(np.asarray(images.parts) == 1)[:MEASURED]
    some = images[np.concatenate([train, watched])]
    test = images.test[:MEASURED]
    originals = some_of(test, PICTURES)
    near = Nearness(some.train.images[:5000])
    rows = []
    started = time.process_time()
    for beta in betas:
        vae = VAE(images.image_shape, latent_dim=16, beta=float(beta), seed=seed)
        history = fit(vae, some, epochs, seed=seed, show=False)
        bound, decoded, drawn = vae.elbo(test), vae.reconstruct(test), vae.sample(DRAWN, seed)
        rows.append(
            {
                "reconstruction": bound.reconstruction.mean(),
                "kl": bound.kl.mean(),
                "per_dimension": np.sort(vae.kl_per_dimension(test))[::-1],
                "active": vae.active_units(test),
                "sharpness": steps(decoded) / steps(test.images / np.float32(255)),
                "strangeness": near(drawn) / near(test.images[:DRAWN] / np.float32(255)),
                "rebuilt": as_bytes(vae.reconstruct(originals)),
                "drawn": as_bytes(drawn[:PICTURES]),
            }
        )
    seconds = time.process_time() - started
    passes = history.epochs * history.passes
    about = f"{len(train):,} images of {images.name}, {passes} passes each, {seconds:.0f} CPU-seconds for all"
    kinds = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    return BetaSweep(about=about, betas=betas, originals=originals.images, **kinds)


class Nearness:
    """Mean squared distance from images to their nearest neighbours among `known` ones."""

    def __init__(self, known: np.ndarray) -> None:
        self.known = known.reshape(len(known), -1) / np.float32(255)  # (n, pixels)
        self.squares = (self.known**2).sum(axis=1)

    def __call__(self, images: np.ndarray) -> float:
        x = images.reshape(len(images), -1)
        distances = (x**2).sum(axis=1)[:, None] + self.squares - 2 * x @ self.known.T  # (m, n)
        return float(np.maximum(distances, 0).min(axis=1).mean())


def steps(images: np.ndarray) -> float:
    """Mean step between horizontal neighbours, grey levels 0…1: what blur takes away."""
    return float(np.abs(np.diff(images, axis=2)).mean())


def as_bytes(images: np.ndarray) -> np.ndarray:
    """Grey levels 0…1 as uint8."""
    return np.clip(255 * images, 0, 255).round().astype(np.uint8)
