"""Measure again what the lessons show but have no time for, and write the results into the package.

    python tools/remeasure.py classical          # four classical methods on MNIST, ten minutes on one core
    python tools/remeasure.py betas mnist        # one VAE for each β, two minutes
    python tools/remeasure.py beta_runs mnist    # five VAEs for each β, ten minutes; digits likewise
    python tools/remeasure.py beta_runs mnist --betas 0 4    # only for these
    python tools/remeasure.py routing_variants   # ways to route, and depth, on the digits: twelve minutes
    python tools/remeasure.py training_costs     # a VAE beside the four methods, five times: ten minutes
    python tools/remeasure.py dense_mends mnist  # hidden layers, mended for k-means: four minutes; digits too
    python tools/remeasure.py vae_lengths        # a VAE for 5, 7 and 20 epochs, three times: seven minutes
    python tools/remeasure.py straightened       # five VAEs on straightened images: five minutes
    python tools/remeasure.py choosing_k         # five samples of seven sets, cut twice: seven minutes
    python tools/remeasure.py spectral_times     # spectral clustering of up to 60,000 images: ten minutes
    python tools/remeasure.py memory             # k-means on 10,000 and 500,000 images: ten minutes
    python tools/remeasure.py verdicts           # what the built lessons' verdicts say: a second

The results of the longer experiments are written by the programs in `benchmarks/`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from capslab import VAE, fit
from capslab.clustering import SpectralPath, matched_accuracy
from capslab.course.collect_verdicts import collect
from capslab.course.paths import checkout
from capslab.data import load
from capslab.data.shift_and_rotate import rotated
from capslab.lessons import (
    beta_runs,
    beta_sweep,
    choosing_k,
    classical_methods,
    dense_mends,
    judge_draws,
    memory_runs,
    results,
    routing_runs,
    same_images,
    what_was_found,
)
from capslab.lessons.repeated_networks import embedded_images
from capslab.routing.variants import ROUTINGS

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools import repeat_networks

#: numbers of training images, and how often each is measured, with another sample and seed every time
SIZES = {1000: 3, 2000: 3, 5000: 3, 10_000: 3, 20_000: 3, 40_000: 3, 60_000: 3}
#: the same for spectral clustering, which needs more of both
SPECTRAL_SIZES = {2500: 3, 5000: 3, 10_000: 3, 20_000: 3, 40_000: 3, 60_000: 3}
COMMAND = "python tools/remeasure.py classical"
SPECTRAL_COMMAND = "python tools/remeasure.py spectral_times"
COSTS_COMMAND = "python tools/remeasure.py training_costs"
LENGTHS_COMMAND = "python tools/remeasure.py vae_lengths"
ROUTING_COMMAND = "python tools/remeasure.py routing_variants"


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


def training_costs(
    dataset: str = "mnist", size: int = 70_000, repeats: int = 5, epochs: int = 10
) -> list[dict[str, Any]]:
    """Time a VAE and the four classical methods on the same training images, in CPU-seconds.

    The five take turns, each time with another seed, so that a busy machine slows all of them. The table
    is written after every turn, and what it has already is kept. Answering is what one does with the test
    images: the classical methods say a class, the VAE gives a code.
    """
    images = load(dataset)
    table = results.FOLDER / "training_costs.json"
    rows = results.load("training_costs").rows if table.exists() else []
    for seed in range(repeats):
        if any((row["data"], row["seed"]) == (images.name, seed) for row in rows):
            continue
        part = images if size >= len(images) else images.sample(size, seed=seed)
        methods = classical_methods.METHODS
        turn = [classical_methods.run(name, part.train, part.test, seed) for name in methods]
        turn.append(_vae_costs(part, seed, epochs))
        for row in turn:
            row.pop("predictions", None)
            row = {"data": images.name, **row}
            rows.append({key: round(v, 4) if isinstance(v, float) else v for key, v in row.items()})
            print(rows[-1], flush=True)
        results.save("training_costs", COSTS_COMMAND, rows)
    return rows


def vae_lengths(
    dataset: str = "mnist", size: int = 70_000, repeats: int = 3, lengths: Sequence[int] = (5, 7, 20)
) -> list[dict[str, Any]]:
    """Train VAEs for other numbers of epochs than `training_costs` does, to see what the choice decides.

    Each length has its own schedule of the learning rate. The table is written after every network, and
    what it has already is kept.
    """
    images = load(dataset)
    table = results.FOLDER / "vae_lengths.json"
    rows = results.load("vae_lengths").rows if table.exists() else []
    done = {(row["data"], row["epochs"], row["seed"]) for row in rows}
    for seed in range(repeats):
        part = images if size >= len(images) else images.sample(size, seed=seed)
        for epochs in lengths:
            if (images.name, epochs, seed) not in done:
                row = {"data": images.name, **_vae_costs(part, seed, epochs)}
                rows.append({key: round(v, 4) if isinstance(v, float) else v for key, v in row.items()})
                print(rows[-1], flush=True)
                results.save("vae_lengths", LENGTHS_COMMAND, rows)
    return rows


def dense_networks(
    dataset: str = "mnist", seeds: int = 5, epochs: int | None = None, size: int | None = None
) -> list[dict[str, Any]]:
    """Train the dense and convolutional networks of `repeat_networks` and cluster their hidden layers.

    The table is written after every network, and what it has already is kept. With `size`, each learns
    from so many images only.
    """
    images = load(dataset)
    table = results.FOLDER / f"{dense_mends.NAME}.json"
    rows = results.load(dense_mends.NAME).rows if table.exists() else []
    for network, seed in product(dense_mends.NETWORKS, range(seeds)):
        about = {"data": images.name, "network": network, "seed": seed}
        if any(about.items() <= row.items() for row in rows):
            continue
        seen, _ = repeat_networks.training_images(images, network, seed)
        seen = seen if size is None else seen.sample(size, seed=seed)
        model = repeat_networks.untrained(network, seen, seed)
        fit(model, seen, epochs, seed=seed, show=False)
        found = dense_mends.measure(model, embedded_images(images), seed)
        rows.append(about | {name: round(v, 4) for name, v in found.items()})
        print(rows[-1], flush=True)
        results.save(dense_mends.NAME, dense_mends.COMMAND, rows)
    return rows


def memory(
    dataset: str = "mnist",
    small: int = memory_runs.SMALL,
    large: Mapping[str, int] = memory_runs.LARGE,
    repeats: int = memory_runs.REPEATS,
) -> list[dict[str, Any]]:
    """Cluster few and many images, from the disk and in memory, each time other images with another seed.

    The images are made from the data set's, turned and moved. The table is written after every run, and what
    it has already is kept.
    """
    images = load(dataset)
    table = results.FOLDER / f"{memory_runs.NAME}.json"
    rows = results.load(memory_runs.NAME).rows if table.exists() else []
    done = {(row["way"], row["images"], row["seed"]) for row in rows}
    for n in sorted({small, *large.values()}):
        ways = [way for way, most in large.items() if n in (small, most)]
        with tempfile.TemporaryDirectory(prefix="capslab-memory-") as folder:
            for seed in range(repeats):
                path = _varied(images, n, Path(folder), seed)
                for way in (way for way in ways if (way, n, seed) not in done):
                    rows.append({"data": images.name, **memory_runs.measure(way, path, seed)})
                    print(rows[-1], flush=True)
                    results.save(memory_runs.NAME, memory_runs.COMMAND, rows)
    return rows


def _varied(images: Any, n: int, folder: Path, seed: int) -> Path:
    """A `.npy` of n images made from others, each turned by up to 15 degrees and moved by up to 2 pixels."""
    random, path = np.random.default_rng(seed), folder / "images.npy"
    pixels = np.lib.format.open_memmap(path, "w+", np.uint8, (n, *images.image_shape))
    for start in range(0, n, 1000):
        chosen = random.integers(0, len(images), min(1000, n - start))
        some = rotated(images[chosen], random.uniform(-15, 15)).images
        pixels[start : start + len(chosen)] = np.roll(some, random.integers(-2, 3, 2), axis=(1, 2))
    pixels.flush()
    return path


def _vae_costs(images: Any, seed: int, epochs: int) -> dict[str, Any]:
    """CPU-seconds of training a VAE, watched on the validation images, and of encoding the test images."""
    vae = VAE.for_images(images, seed=seed)
    start = time.process_time()
    fit(vae, images, epochs, seed=seed, show=False)
    fitted = time.process_time()
    vae.encode(images.test)
    end = time.process_time()
    row = {"method": "VAE", "n": len(images.train), "seed": seed, "fit_s": fitted - start}
    nats = float(-vae.elbo(images.test).elbo.mean())
    return {**row, "predict_s": end - fitted, "epochs": epochs, "negative_elbo": nats}


def betas(
    dataset: str = "mnist", size: int = 20_000, epochs: int | None = 3, folder: Path = beta_sweep.FOLDER
) -> Path:
    """Train a VAE for each β in `BETAS` and write what they do."""
    images = load(dataset)
    path = folder / f"betas-{images.name}.npz"
    sweep = beta_sweep.train_sweep(images, np.array(beta_sweep.BETAS), size, epochs, seed=0)
    beta_sweep.write(path, sweep)
    return path


def several_betas(
    dataset: str = "mnist",
    betas: Sequence[float] = beta_runs.BETAS,
    seeds: int = beta_runs.SEEDS,
    passes: int | None = None,
    save: bool = True,
) -> list[dict[str, Any]]:
    """Train a VAE for each β and seed, and judge its draws.

    The table is written after every network, and what it has already is kept: an interrupted run goes on.
    A network that lacks one of the measurements is trained again.
    """
    images = load(dataset)
    if passes is None and images.name != "digits":  # there are so few digits that `fit` knows better
        passes = beta_runs.PASSES
    there = (results.FOLDER / f"{beta_runs.NAME}.json").exists() and save
    rows = results.load(beta_runs.NAME).rows if there else []
    judge = judge_draws.train_judge(images)
    for beta in betas:
        for seed in range(seeds):
            key = {"data": images.name, "beta": beta, "seed": seed}
            row = next((row for row in rows if key.items() <= row.items()), {})
            if not set(beta_runs.MEASURED) <= set(row):
                rows = [other for other in rows if other is not row]
                rows.append(beta_runs.train(images, beta, seed, judge, passes))
                print(rows[-1], flush=True)
                if save:
                    results.save(beta_runs.NAME, beta_runs.COMMAND, rows)
    return rows


def straightened_methods(
    dataset: str = "mnist", seeds: int = same_images.SEEDS, epochs: int | None = None
) -> list[dict[str, Any]]:
    """Train VAEs on straightened images, and cluster their codes and the pixels with four methods.

    The table is written after every VAE, and what it has already is kept: an interrupted run goes on.
    """
    images = load(dataset)
    there = (results.FOLDER / f"{same_images.NAME}.json").exists()
    rows = results.load(same_images.NAME).rows if there else []
    for seed in range(seeds):
        if not any((row["data"], row["seed"]) == (images.name, seed) for row in rows):
            rows.extend(same_images.train(images, seed, epochs=epochs))
            print(rows[-3 * len(same_images.METHODS) :], flush=True)
            results.save(same_images.NAME, same_images.COMMAND, rows)
    return rows


def criteria_for_k(only: str = "", samples: int = choosing_k.SAMPLES) -> list[dict[str, Any]]:
    """Measure what tells the number of groups without labels, on several samples of several sets.

    `only` names the data set if not all of them should be measured again; the rows of the others are kept.
    """
    again = {name: s for name, s in choosing_k.SETS.items() if only in ("", s[0])}
    there = (results.FOLDER / f"{choosing_k.NAME}.json").exists()
    rows = [row for row in results.load(choosing_k.NAME).rows if row["set"] not in again] if there else []
    for name, (data, classes) in again.items():
        images = load(data)
        if classes is not None:
            images = images[np.isin(np.asarray(images.labels), classes)]
        for seed, sample in enumerate(choosing_k.disjoint_samples(images, samples)):
            k = len(np.unique(sample.labels))
            row = {"set": name, "seed": seed, "images": len(sample), "classes": k}
            rows.append({**row, **choosing_k.measure(sample, seed)})
            print({key: value for key, value in rows[-1].items() if not isinstance(value, list)}, flush=True)
    results.save(choosing_k.NAME, choosing_k.COMMAND, rows)
    return rows


def spectral_times(
    dataset: str = "mnist", sizes: Mapping[int, int] = SPECTRAL_SIZES, save: bool = True
) -> list[dict[str, Any]]:
    """Time spectral clustering on more and more images, several times each, in CPU-seconds.

    Score it, too, with as many eigenvectors as there are classes, as textbooks have it, and with three more.
    Answering is not timed: spectral clustering has no answer for an image that was not there.
    """
    images = load(dataset)
    pool = images[np.asarray(images.parts) != 2]
    rows = []
    for seed in range(max(sizes.values())):
        for n in (n for n, repeats in sizes.items() if seed < repeats):
            sample = pool if n >= len(pool) else pool.sample(n, seed=seed)
            start = time.process_time()
            graph = SpectralPath(len(images.classes), seed=seed).fit(sample)
            seconds = time.process_time() - start
            row = {"data": images.name, "method": "spectral clustering", "n": len(sample), "seed": seed}
            row["fit_s"] = round(seconds, 3)
            k = len(images.classes)
            for name, used in (("textbook_accuracy", k), ("accuracy", k + 3)):
                graph.n_eigenvectors = used  # only k-means runs again
                row[name] = round(matched_accuracy(graph.at(k).labels, sample.labels), 4)
            rows.append(row)
            print(rows[-1], flush=True)
    if save:
        results.save("spectral_times", SPECTRAL_COMMAND, rows)
    return rows


def routing_variants(
    dataset: str = "digits",
    routings: Sequence[str] = tuple(ROUTINGS),
    seeds: int = routing_runs.SEEDS,
    depths: Sequence[int] = routing_runs.DEPTHS,
    depth_seeds: int = routing_runs.DEPTH_SEEDS,
    plain_depths: Sequence[int] = routing_runs.PLAIN_DEPTHS,
    epochs: int | None = None,
    again: bool = False,
) -> list[dict[str, Any]]:
    """Train a network for each way to route and each number of middle layers, with several seeds.

    Beside the deepest there are networks that start with larger weights, and networks with dense layers in
    place of the routed ones.

    The table is written after every network, and what it has already is kept: an interrupted run goes on.
    "uniform" is trained with one seed only, which shows that it is the same network as "one" to the last
    digit.
    """
    images = load(dataset)
    table = results.FOLDER / "routing_variants.json"
    rows = results.load("routing_variants").rows if table.exists() and not again else []
    done = {_key(row) for row in rows}

    def add(row: dict[str, Any]) -> None:
        rows.append(row)
        results.save("routing_variants", ROUTING_COMMAND, rows)
        print({name: value for name, value in row.items() if name not in ("longest", "spread")}, flush=True)

    for seed in range(seeds):
        for routing in routings:
            if routing == "uniform" and seed > 0:
                continue
            if ("routing", images.name, routing, seed) not in done:
                add(routing_runs.train_routing(images, routing, seed, epochs))
    for seed in range(depth_seeds):
        for depth in depths:
            if ("depth", images.name, depth, seed) not in done:
                add(routing_runs.train_depth(images, depth, seed, epochs))
        for depth in plain_depths:
            if ("depth, larger start", images.name, depth, seed) not in done:
                add(routing_runs.train_depth(images, depth, seed, epochs, routing_runs.LARGER))
            if ("plain depth", images.name, depth + 1, seed) not in done:
                add(routing_runs.train_plain(images, depth, seed, epochs))
    return rows


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What tells one network of the table from the others."""
    what = row.get("routing", row.get("middle_layers", row.get("dense_layers")))
    return row["experiment"], row["data"], what, row["seed"]


def verdicts() -> Path:
    """Collect what the verdicts of the built lessons say, for lesson 27; then build that one."""
    folder = checkout()
    if folder is None:
        raise SystemExit("This needs a checkout of capslab, with the built notebooks.")
    return results.save(what_was_found.NAME, what_was_found.COMMAND, collect(folder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    experiments: dict[str, Callable[..., Any]] = {
        "classical": classical,
        "betas": betas,
        "beta_runs": several_betas,
        "routing_variants": routing_variants,
        "training_costs": training_costs,
        "vae_lengths": vae_lengths,
        "dense_mends": dense_networks,
        "straightened": straightened_methods,
        "choosing_k": criteria_for_k,
        "spectral_times": spectral_times,
        "memory": memory,
        "verdicts": verdicts,
    }
    parser.add_argument("experiment", choices=list(experiments))
    parser.add_argument("dataset", nargs="?", help="mnist, or digits for routing_variants, by default")
    parser.add_argument("--betas", type=float, nargs="+", help="of beta_runs: only these, in this order")
    arguments = parser.parse_args()
    datasets = [arguments.dataset] if arguments.dataset else []
    if arguments.betas and arguments.experiment != "beta_runs":
        parser.error("--betas is for beta_runs only")
    chosen = {"betas": arguments.betas} if arguments.betas else {}
    experiments[arguments.experiment](*datasets, **chosen)


if __name__ == "__main__":
    main()
