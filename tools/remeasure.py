"""Measure again what the lessons show but have no time for, and write the results into the package.

    python tools/remeasure.py classical          # four classical methods on MNIST, ten minutes on one core
    python tools/remeasure.py betas mnist        # one VAE for each β, two minutes

The results of the longer experiments are written by the programs in `benchmarks/`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from capslab.data import load
from capslab.lessons import beta_sweep, classical_methods, results

#: numbers of training images, and how often each is measured, with another sample and seed every time
SIZES = {1000: 3, 2000: 3, 5000: 3, 10_000: 3, 20_000: 3, 40_000: 3, 60_000: 3}
COMMAND = "python tools/remeasure.py classical"


def classical(
    dataset: str = "mnist", sizes: Mapping[int, int] = SIZES, save: bool = True
) -> list[dict[str, Any]]:
    """Time and score the four classical methods on up to 60,000 images.

    All images that are not in the test set are used for training; the whole test set is scored.
    """
    images = load(dataset)
    test = images.test
    pool = images[np.asarray(images.parts) != 2]
    rows = []
    for n, seeds in sizes.items():
        for seed in range(seeds):
            train = pool if n >= len(pool) else pool.sample(n, seed=seed)
            for name in classical_methods.METHODS:
                row = {"data": dataset, **classical_methods.run(name, train, test, seed)}
                del row["predictions"]
                rows.append({key: round(v, 4) if isinstance(v, float) else v for key, v in row.items()})
    if save:
        results.save("classical", COMMAND, rows)
    return rows


def betas(
    dataset: str = "mnist", size: int = 20_000, epochs: int | None = 3, folder: Path = beta_sweep.FOLDER
) -> Path:
    """Train a VAE for each β in `BETAS` and write what they do."""
    images = load(dataset)
    path = folder / f"betas-{images.name}.npz"
    sweep = beta_sweep.train_sweep(images, np.array(beta_sweep.BETAS), size, epochs, seed=0)
    beta_sweep.write(path, sweep)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("experiment", choices=["classical", "betas"])
    parser.add_argument("dataset", nargs="?", default="mnist")
    arguments = parser.parse_args()
    {"classical": classical, "betas": betas}[arguments.experiment](arguments.dataset)


if __name__ == "__main__":
    main()
