"""Train capsule networks with three iterations and with one, five of each, and bundle what they answer.

    CAPSLAB_DATA=… python tools/train_routing_controls.py          # digits, MNIST: 20 minutes on one core
    CAPSLAB_DATA=… python tools/train_routing_controls.py digits

Three kinds see the same images in the same order, by the same recipe, five epochs of MNIST or 33 of the
digits: capsules with three iterations; with one; and with one, but initial weights of the routing layer that
are scaled so that its capsules start as long as those of the first kind. What is there already is kept, so
that an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import itertools
import time
from typing import Any

from capslab.data import load
from capslab.lessons import results
from capslab.lessons.routing_controls import COMMAND, KINDS, measures, pack

PRESETS = {"digits": "digits", "mnist": "visible"}
EPOCHS = {"digits": None, "mnist": 5}  # None: as the recipe has it, 33 passes
SEEDS = range(5)


def made(kind: str, images: Any, seed: int) -> tuple[Any, float]:
    """An untrained network of that kind, and by what its routing weights were multiplied."""
    from capslab import models

    preset = PRESETS[images.name]
    three, one = (
        models.CapsNet.for_images(images, preset=preset, seed=seed, iterations=iterations)
        for iterations in (3, 1)
    )
    if kind == "three iterations":
        return three, 1.0
    return one, match_length(three, one, images.train[:500]) if kind.endswith("matched length") else 1.0


def match_length(three: Any, one: Any, few: Any) -> float:
    """Scale the routing weights of `one` until its capsules are as long on average as those of `three`."""
    wanted, start = three.lengths(few).mean(), one.digit_capsules.kernel.numpy()
    low, high = 1.0, 16.0
    for _ in range(20):  # bisection: lengths grow with the weights
        factor = (low + high) / 2
        one.digit_capsules.kernel.assign(factor * start)
        low, high = (factor, high) if one.lengths(few).mean() < wanted else (low, factor)
    return factor


def row_of(kind: str, images: Any, seed: int, epochs: int | None) -> dict[str, Any]:
    """Train one network and ask it for every test image."""
    import keras

    from capslab.training.fit import fit

    keras.utils.clear_session()
    model, factor = made(kind, images, seed)
    began = time.process_time()
    history = fit(model, images, epochs, seed=seed, show=False)
    seconds = time.process_time() - began
    right = model.classify(images.test) == images.test.labels
    row = {
        "data": images.name,
        "kind": kind,
        "seed": seed,
        "epochs": history.epochs * history.passes,
        "cpu_s": round(seconds, 1),
        "factor": round(factor, 3),
        "images": len(right),
        "accuracy": float(right.mean()),
        "right": pack(right),
    }
    if kind == "three iterations":
        test = images.test.sample(min(2000, len(images.test)), seed=1)
        known = images.train.sample(min(2000, len(images.train)), seed=2)
        row |= {name: round(value, 4) for name, value in measures(model, test, known).items()}
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="*", default=list(PRESETS), help="digits, mnist")
    options = parser.parse_args()
    rows = results.load("routing").rows if (results.FOLDER / "routing.json").exists() else []
    done = {(row["data"], row["kind"], row["seed"]) for row in rows}
    for name in options.data:
        images = load(name)
        for kinds in (KINDS[::2], KINDS[1:2]):  # first what is compared in the end
            for seed, kind in itertools.product(SEEDS, kinds):
                if (name, kind, seed) in done:
                    continue
                rows.append(row_of(kind, images, seed, EPOCHS[name]))
                results.save("routing", COMMAND, rows)
                shown = {key: value for key, value in rows[-1].items() if key != "right"}
                print(shown, flush=True)


if __name__ == "__main__":
    main()
