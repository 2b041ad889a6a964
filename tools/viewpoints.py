"""Train capsules and convolutional networks on familiar views, and ask them for new ones: lesson 15.

    CAPSLAB_DATA=… python tools/viewpoints.py                     # ten seeds: ten minutes on a quiet core
    CAPSLAB_DATA=… python tools/viewpoints.py toys --seeds 20     # one of the experiments, more seeds

Both kinds get three learning rates on the first seed. The rate that names most validation images (of
new views) is the one that the other seeds are trained at. What is there already is kept, so that an
interrupted run goes on where it stopped; `--again` begins anew.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from capslab.lessons import results, viewpoints
from capslab.lessons.viewpoints import COMMAND, COMPARED, NAME

EXPERIMENTS = ("toys", "digits")
CONTROLS = 5  # seeds of the networks that lack something
EPOCHS = {"toys": 2, "digits": 4}
LEARNED, ASKED, CHOSEN = 4000, 2000, 1000  # digits to learn from, to ask for, to choose the rate by
Row = dict[str, Any]


def run(experiment: str, seeds: int, rows: list[Row], keep: Callable[[], None]) -> None:
    """All networks of an experiment that are not among the rows yet; after each, the rows are kept."""
    choosing = [
        (kind, rate, s) for s in range(viewpoints.CHOOSING) for kind in COMPARED for rate in viewpoints.RATES
    ]
    _train_missing(experiment, choosing, rows, keep)
    rates = {kind: viewpoints.best_rate(rows, experiment, kind) for kind in COMPARED}
    rest = [(kind, rates[kind], s) for s in range(seeds) for kind in COMPARED]
    _train_missing(experiment, rest, rows, keep)
    if experiment == "toys":
        controls = [
            (kind, rates[kind.split(",")[0]], s)
            for s in range(min(seeds, CONTROLS))
            for kind in viewpoints.KINDS[2:]
        ]
        _train_missing(experiment, controls, rows, keep)


def _train_missing(
    experiment: str, wanted: list[tuple[str, float, int]], rows: list[Row], keep: Callable[[], None]
) -> None:
    for kind, rate, seed in wanted:
        key = {"experiment": experiment, "kind": kind, "rate": rate, "seed": seed}
        if any(key.items() <= row.items() for row in rows):
            continue
        new = {"toys": one_of_toys, "digits": one_of_digits}[experiment](kind, rate, seed)
        if experiment == "toys" and not any(r["kind"] == "pixels" and r["seed"] == seed for r in rows):
            new += pixel_readings(seed)
        rows += [{**key, **row} for row in new]
        keep()
        print(*(f"{name} {value}" for name, value in rows[-len(new)].items() if name != "track"), flush=True)


def one_of_toys(kind: str, rate: float, seed: int) -> list[Row]:
    """One network for toys: its accuracies, and how well linear maps read poses off it."""
    toys = viewpoints.choose_toys(_load("toys"), seed)
    model, cpu, _ = trained(kind, toys[viewpoints.views(toys.poses)["familiar"]], rate, seed, EPOCHS["toys"])
    test, choosing = toys.test, toys.validation
    right = model.classify(test) == test.labels
    row = {name: share(right[where]) for name, where in viewpoints.views(test.poses).items()}
    row["validation"] = share(model.classify(choosing) == choosing.labels)
    rows = [{**row, "cpu_s": cpu}]
    if kind not in COMPARED:
        return rows
    learned, asked = viewpoints.vectors(model, toys.train), viewpoints.vectors(model, test)
    for name in learned:
        rows += readings(name, learned[name], toys.train.poses, asked[name], test.poses)
    return rows


def pixel_readings(seed: int) -> list[Row]:
    """How well linear maps read poses off the pixels, which need no network."""
    toys = viewpoints.choose_toys(_load("toys"), seed)
    learned, asked = (part.images.reshape(len(part), -1) / 255 for part in (toys.train, toys.test))
    return [
        {**row, "kind": "pixels"}
        for row in readings("pixels", learned, toys.train.poses, asked, toys.test.poses)
    ]


def readings(name: str, learned: np.ndarray, known: Any, asked: np.ndarray, new: Any) -> list[Row]:
    """Median errors of linear maps in degrees; with all numbers, and with sixteen principal components.

    Each map is fitted to the toys that were learned from, and asked for others. "familiar" is fitted to
    familiar views and asked for such; "extrapolated" is the same map, asked for new views; "taught" is fitted
    to all views, and asked for those that were new to the network.
    """
    rows = []
    from_where, to_where = viewpoints.views(known), viewpoints.views(new)
    for width in (None, 16) if learned.shape[1] > 16 else (None,):
        row: Row = {"reading": name, "width": width or learned.shape[1]}
        for angle, read in (("azimuth", viewpoints.read_azimuth), ("elevation", viewpoints.read_elevation)):
            every = from_where["familiar"] | from_where[angle]
            for word, fitted, where in (
                ("familiar", from_where["familiar"], to_where["familiar"]),
                ("extrapolated", from_where["familiar"], to_where[angle]),
                ("taught", every, to_where[angle]),
            ):
                said = read(learned[fitted], known[fitted], asked[where], new[where], width)
                off = np.abs((said - getattr(new, angle)[where] + 180) % 360 - 180)
                row[f"{angle}, {word}"] = round(float(np.median(off)), 2)
        rows.append(row)
    return rows


def one_of_digits(kind: str, rate: float, seed: int) -> list[Row]:
    """One network for shifted digits: after each epoch, its accuracy on shifted and on affine test digits."""
    from capslab.lessons.affine_digits import affine_digits, shifted_digits

    images = _load("mnist")
    parts = np.asarray(images.parts)
    rng = np.random.default_rng([seed, 16])
    pool = rng.permutation(np.flatnonzero(parts == 0))[: LEARNED + CHOSEN]
    chosen = np.concatenate([pool[:LEARNED], np.flatnonzero(parts == 1)[:CHOSEN]])
    learn, choosing = shifted_digits(images[chosen], seed), affine_digits(images[pool[LEARNED:]], seed)
    test = images.test.sample(ASKED, seed=seed)
    asked = [shifted_digits(test, seed), affine_digits(test, seed)]
    track: list[list[float]] = []

    def after_epoch(model: Any, epoch: int) -> None:
        track.append([share(model.classify(part) == part.labels) for part in asked])

    model, cpu, _ = trained(kind, learn, rate, seed, EPOCHS["digits"], after_epoch)
    return [
        {
            "familiar": track[-1][0],
            "affine": track[-1][1],
            "validation": share(model.classify(choosing) == choosing.labels),
            "track": track,
            "cpu_s": cpu,
        }
    ]


def trained(
    kind: str, images: Any, rate: float, seed: int, epochs: int, after_epoch: Any = None
) -> tuple[Any, float, Any]:
    """A network of that kind, trained; its CPU seconds (with those of `after_epoch`); and its history."""
    import keras

    import capslab.models.capsnet as capsnet
    from capslab.training.fit import fit

    keras.utils.clear_session()
    model = viewpoints.make(kind, images, seed, rate)
    usual = capsnet.RECONSTRUCTION
    began = time.process_time()
    try:
        if kind == "capsules, no decoder":
            capsnet.RECONSTRUCTION = 0.0
        history = fit(model, images, epochs, seed=seed, show=False, after_epoch=after_epoch)
    finally:
        capsnet.RECONSTRUCTION = usual
    return model, round(time.process_time() - began, 1), history


def share(right: np.ndarray) -> float:
    return round(float(np.mean(right)), 4)


_LOADED: dict[str, Any] = {}


def _load(name: str) -> Any:
    from capslab.data import load

    if name not in _LOADED:
        _LOADED[name] = load(name)
    return _LOADED[name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("experiments", nargs="*", help="toys, digits; both by default")
    parser.add_argument("--seeds", type=int, default=10, help="networks of each kind, 10 by default")
    parser.add_argument("--again", action="store_true", help="train what is there already, too")
    arguments = parser.parse_args()
    there = (results.FOLDER / f"{NAME}.json").exists() and not arguments.again
    rows: list[Row] = results.load(NAME).rows if there else []

    def keep() -> None:
        results.save(NAME, COMMAND, sorted(rows, key=lambda row: row["experiment"] != "toys"))

    for experiment in arguments.experiments or EXPERIMENTS:
        run(experiment, arguments.seeds, rows, keep)


if __name__ == "__main__":
    main()
