"""One VAE for each weight β of the KL: what it reconstructs, what its code costs, what it generates.

Training takes a minute or two for each β, so the results for the course's data sets are bundled:
numbers, and a few pictures from each network.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from capslab.errors import ArgumentError

FOLDER = Path(__file__).parent / "results"
BETAS = (0.0, 0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
PICTURES = 10  # pictures of each kind in the result
TEST_IMAGES = 1000  # the averages are taken over these
SAMPLES = 200  # samples from the prior that are compared with real images


@dataclass(frozen=True)
class BetaSweep:
    """VAEs that differ only in β, trained on the same images.

    Attributes
    ----------
    about : the training set and the length of the training, in words.
    betas : weights of the KL `(b,)`, ascending.
    reconstruction, kl : nats per test image, `(b,)`. Neither is multiplied by β.
    kl_per_dimension : KL of each latent dimension in nats, largest first, `(b, d)`.
    active_units : number of dimensions whose mean changes with the image, `(b,)`.
    sharpness : mean difference between neighbouring pixels of the reconstructions, divided by that of
        the originals, `(b,)`. Blur makes it small.
    sample_distance : squared distance from a sample of the prior to its nearest training image, divided by
        the same distance for a real test image, `(b,)`. At 1, samples are as close as real images.
    originals : uint8 `(m, h, w, c)`, one image of each class in turn.
    reconstructions, samples : uint8 `(b, m, h, w, c)`: of these originals, and decoded from the prior.
    """

    about: str
    betas: np.ndarray
    reconstruction: np.ndarray
    kl: np.ndarray
    kl_per_dimension: np.ndarray
    active_units: np.ndarray
    sharpness: np.ndarray
    sample_distance: np.ndarray
    originals: np.ndarray
    reconstructions: np.ndarray
    samples: np.ndarray

    def nearest(self, beta: float) -> int:
        """The position in `betas` of the value nearest to `beta`."""
        return int(np.abs(self.betas - beta).argmin())


def beta_sweep(
    images: Any,
    betas: Sequence[float] | None = None,
    *,
    size: int = 5000,
    epochs: int | None = 4,
    seed: int = 0,
) -> BetaSweep:
    """Train a VAE for each β, or return the bundled results for these images.

    Parameters
    ----------
    images : the data set, as `load` returned it.
    betas : weights of the KL, at least 0. With None they go from 0 to 8; for digits and MNIST these
        results are bundled.
    size, epochs : number of training images and of epochs, when nothing is bundled.
    seed : of the weights and the training.

    Raises
    ------
    ArgumentError : if a β is below 0, or there is none.
    """
    path = FOLDER / f"betas-{images.name}.npz"
    if betas is None and path.exists():
        bundled = read(path)
        if bundled.originals.shape[1:] == images.image_shape:
            return bundled
    weights = np.sort(np.asarray(BETAS if betas is None else betas, float).ravel())
    if not weights.size or not (weights >= 0).all():
        raise ArgumentError(
            "betas",
            "at least one number, each 0 or more",
            betas,
            "Leave it out, or give numbers, for example betas=[0, 1, 4].",
        )
    return train_sweep(images, weights, size, epochs, seed)


def read(path: Path) -> BetaSweep:
    """Read a sweep from a file that `write` made."""
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    return BetaSweep(**{**arrays, "about": json.loads(arrays["about"].tobytes())})


def write(path: Path, sweep: BetaSweep) -> None:
    """Write a sweep to an `.npz` file, one array per attribute."""
    arrays: dict[str, Any] = dict(vars(sweep))
    arrays["about"] = np.frombuffer(json.dumps(sweep.about).encode(), np.uint8)
    np.savez_compressed(path, **arrays)


def train_sweep(images: Any, betas: np.ndarray, size: int, epochs: int | None, seed: int) -> BetaSweep:
    """Train one VAE for each β on the same images and measure all of them on the same test images."""
    from capslab.models import VAE
    from capslab.training.fit import fit
    from capslab.training.live_examples import some_of

    train = np.flatnonzero(np.asarray(images.parts) == 0)[:size]
    validation = np.flatnonzero(np.asarray(images.parts) == 1)[:TEST_IMAGES]
    subset = images[np.concatenate([train, validation])]
    test = images.test[:TEST_IMAGES]
    originals = some_of(test, PICTURES)
    distance = NearestDistance(subset.train.images[:5000])
    results = []
    started = time.process_time()
    for beta in betas:
        vae = VAE(images.image_shape, latent_dim=16, beta=float(beta), seed=seed)
        history = fit(vae, subset, epochs, seed=seed, show=False)
        results.append(measure(vae, test, originals, distance, seed))
    seconds = time.process_time() - started
    passes = history.epochs * history.passes
    about = f"{len(train):,} images of {images.name}, {passes} passes each, {seconds:.0f} CPU-seconds for all"
    columns = {name: np.stack([result[name] for result in results]) for name in results[0]}
    return BetaSweep(about=about, betas=betas, originals=originals.images, **columns)


def measure(vae: Any, test: Any, originals: Any, distance: NearestDistance, seed: int) -> dict[str, Any]:
    """Everything that a `BetaSweep` holds about one trained VAE."""
    bound, decoded, samples = vae.elbo(test), vae.reconstruct(test), vae.sample(SAMPLES, seed)
    return {
        "reconstruction": bound.reconstruction.mean(),
        "kl": bound.kl.mean(),
        "kl_per_dimension": np.sort(vae.kl_per_dimension(test))[::-1],
        "active_units": vae.active_units(test),
        "sharpness": mean_step(decoded) / mean_step(test.images / np.float32(255)),
        "sample_distance": distance(samples) / distance(test.images[:SAMPLES] / np.float32(255)),
        "reconstructions": to_uint8(vae.reconstruct(originals)),
        "samples": to_uint8(samples[:PICTURES]),
    }


class NearestDistance:
    """Mean squared distance from images to their nearest neighbours among `references`.

    Parameters
    ----------
    references : uint8 `(n, h, w, c)`.
    """

    def __init__(self, references: np.ndarray) -> None:
        self.references = references.reshape(len(references), -1) / np.float32(255)  # (n, pixels)
        self.squares = (self.references**2).sum(axis=1)

    def __call__(self, images: np.ndarray) -> float:
        x = images.reshape(len(images), -1)
        distances = (x**2).sum(axis=1)[:, None] + self.squares - 2 * x @ self.references.T  # (m, n)
        return float(np.maximum(distances, 0).min(axis=1).mean())


def mean_step(images: np.ndarray) -> float:
    """Mean absolute difference between horizontal neighbours, grey levels 0…1. Blur lowers it."""
    return float(np.abs(np.diff(images, axis=2)).mean())


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Grey levels 0…1 as uint8."""
    return np.clip(255 * images, 0, 255).round().astype(np.uint8)
