"""Accuracy and CPU-seconds of the course's networks, on one core.

Run `taskset -c 0 python benchmarks/models.py [NAME…]`; results go to benchmarks/models.json.
CPU-seconds are told beside those of a fixed matrix product in the same run, so that figures
from different machines, or from a busy one, compare as ratios.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import capslab as cl
from capslab.models import ImageModel

SEEDS = (0, 1, 2)


def matrix_product() -> float:
    """CPU-seconds of thirty products of 800 × 800 float32 matrices."""
    a = np.random.default_rng(0).random((800, 800), np.float32)
    started = time.process_time()
    for _ in range(30):
        a @ a
    return time.process_time() - started


def accuracy(model: Any, test: cl.Images) -> float:
    return float((model.classify(test) == test.labels).mean())


def negative_elbo(model: Any, test: cl.Images) -> float:
    return float(-model.elbo(test).elbo.mean())


RUNS: dict[str, tuple[str, Callable[[cl.Images, int], ImageModel], int | None, Callable[..., float], str]] = {
    "digits capsules": (
        "digits",
        lambda i, s: cl.CapsNet(i.image_shape, i.classes, seed=s),
        None,
        accuracy,
        "≥ .99 in 10 s",
    ),
    "small": (
        "mnist",
        lambda i, s: cl.CapsNet(i.image_shape, i.classes, "small", seed=s),
        None,
        accuracy,
        "≥ .990 in 30 s",
    ),
    "accurate": (
        "mnist",
        lambda i, s: cl.CapsNet(i.image_shape, i.classes, "accurate", seed=s),
        None,
        accuracy,
        "≥ .992 in 60 s",
    ),
    "dense": (
        "mnist",
        lambda i, s: cl.DenseBaseline(i.image_shape, i.classes, seed=s),
        None,
        accuracy,
        "≥ .975",
    ),
    "vae": ("mnist", lambda i, s: cl.VAE(i.image_shape, seed=s), 10, negative_elbo, "≤ 103.5 nats in 45 s"),
}


def main(names: list[str]) -> None:
    path = Path(__file__).with_suffix(".json")
    told = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for name in names or RUNS:
        dataset, make, epochs, score, goal = RUNS[name]
        scores, seconds = [], []
        yardstick = matrix_product()
        for seed in SEEDS:
            images = cl.load(
                dataset, seed=seed
            )  # digits are split anew; the others have an official test set
            model = make(images, seed)
            started = time.process_time()
            cl.fit(model, images, epochs, seed=seed, show=False)
            seconds.append(round(time.process_time() - started, 1))
            scores.append(round(score(model, images.test), 4))
        told[name] = {
            "goal": goal,
            "test": scores,
            "cpu seconds": seconds,
            "matrix product": round(yardstick, 2),
        }
        print(name, told[name], flush=True)
        path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
