"""Time and memory from a `.npy` on the disk to clusters, as the number of images grows.

    python benchmarks/scale.py                        # 10,000, 100,000 and 1,000,000 images
    python benchmarks/scale.py --images 10000 --runs pixels
    python benchmarks/scale.py --bundle               # copy the results so far into the package

The images are MNIST's, each turned by up to 15 degrees and moved by up to 2 pixels, written to a
temporary folder (784 MB for a million). Each run is a process of its own, on one core:

- pixels: load, embed, cluster for every k = 2 … 30, score;
- network: load, train a VAE for one epoch, embed with it, cluster with k = 10, score;
- report: load, look for what spoils training.

The peak is the most memory that the process ever held (its resident set). CPU-seconds leave
Python's imports out; beside them stand those of a fixed matrix product, so that figures from
different machines, or from a busy one, compare as ratios.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import capslab as cl
from capslab.data.shift_and_rotate import rotated

PATH = Path(__file__).with_suffix(".json")
ONE_CORE = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
RUNS = ("pixels", "network", "report")
SIZES = (10_000, 100_000, 1_000_000)


def write(n: int, folder: Path, seed: int = 0) -> Path:
    """`images.npy` and `labels.npy`: n images made from MNIST, a thousand at a time."""
    mnist, chance = cl.load("mnist"), np.random.default_rng(seed)
    path = folder / "images.npy"
    pixels = np.lib.format.open_memmap(path, "w+", np.uint8, (n, *mnist.image_shape))
    labels = np.empty(n, np.uint8)
    for start in range(0, n, 1000):
        drawn = chance.integers(0, len(mnist), min(1000, n - start))
        some = rotated(mnist[drawn], chance.uniform(-15, 15)).images
        moved = np.roll(some, chance.integers(-2, 3, 2), axis=(1, 2))  # the border is black
        pixels[start : start + len(drawn)], labels[start : start + len(drawn)] = moved, mnist.labels[drawn]
    pixels.flush()
    np.save(folder / "labels.npy", labels)
    return path


def one(run: str, folder: Path) -> dict[str, Any]:
    """One run, here and now."""
    row: dict[str, Any] = {"run": run}

    @contextlib.contextmanager
    def timed(stage: str) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        row[f"{stage}_cpu_s"] = round(time.process_time() - cpu, 2)
        row[f"{stage}_wall_s"] = round(time.perf_counter() - wall, 2)

    with timed("matrix_product"):
        a = np.random.default_rng(0).random((800, 800), np.float32)
        for _ in range(30):
            a @ a
    if run == "network":
        _ = cl.VAE  # TensorFlow is loaded before the clock runs
    with timed("load"):
        images = cl.load(folder / "images.npy")
    labels = np.load(folder / "labels.npy")
    images = dataclasses.replace(images, labels=labels, classes=tuple("0123456789"))
    row |= {"images": len(images), "file_mb": round((folder / "images.npy").stat().st_size / 1e6)}
    if run == "report":
        with timed("report"):
            images.report()
    else:
        if run == "network":
            vae = cl.VAE(images.image_shape)
            with timed("fit"):
                cl.fit(vae, images, epochs=1, show=False)
        with timed("embed"):
            z = cl.embed(vae, images) if run == "network" else cl.embed(images)
        with timed("cluster"):
            path = cl.cluster(z, n_clusters=10 if run == "network" else range(2, 31))
        with timed("scores"):
            row["matched_accuracy"] = round(path.at(10).scores.matched_accuracy, 4)
    row["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return row


def apart(run: str, folder: Path) -> dict[str, Any]:
    """One run in a process of its own, on one core."""
    command = [sys.executable, __file__, "--one", run, str(folder)]
    environment = {**os.environ, **dict.fromkeys(ONE_CORE, "1")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, nargs="+", default=SIZES)
    parser.add_argument("--runs", nargs="+", default=RUNS, choices=RUNS)
    parser.add_argument("--one", nargs=2, metavar=("RUN", "FOLDER"))
    parser.add_argument("--bundle", action="store_true", help="copy all results so far into the package")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one[0], Path(options.one[1]))))
        return
    rows = json.loads(PATH.read_text("utf-8")) if PATH.exists() else []
    for n in [] if options.bundle else options.images:
        with tempfile.TemporaryDirectory(prefix="capslab-scale-") as folder:
            write(n, Path(folder))
            for run in options.runs:
                row = apart(run, Path(folder))
                rows = [r for r in rows if (r["run"], r["images"]) != (run, n)] + [row]
                PATH.write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n", "utf-8")
                print(row, flush=True)
    if options.bundle:
        from capslab.lessons.results import save

        print("saved", save("scale", "python benchmarks/scale.py", rows).name)


if __name__ == "__main__":
    main()
