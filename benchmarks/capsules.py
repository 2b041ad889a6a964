"""Capsule networks against what they should be held against: controls trained side by side, several seeds.

    python benchmarks/capsules.py                       # MNIST and the digits, 5 seeds: about 15 minutes
    python benchmarks/capsules.py --data digits --seeds 0 1
    python benchmarks/capsules.py --bundle              # copy the results into the package

Five networks see the same images in the same order, by the same recipe (epochs, batch, learning rate, a
random shift of up to two pixels per batch on MNIST): the capsule network with three routing iterations, with
one, and without its decoder; a plain convolutional network of the same size; and the dense network of
notebook 02. Each is then asked for the test images as they are, shifted and turned. Results are added to
benchmarks/capsules.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import capslab as cl
import capslab.models.capsnet
from capslab.data.shift_and_rotate import rotated, shifted
from capslab.models import ConvNet

PATH = Path(__file__).with_suffix(".json")
KINDS = ("capsules, 3 iterations", "capsules, 1 iteration", "capsules, no decoder", "convolutional", "dense")
PRESETS = {"mnist": "visible", "digits": "digits"}
SHIFTS = {"mnist": (0, 1, 2, 3, 4, 6, 8), "digits": (0, 1, 2, 3)}
TURNS = range(0, 61, 10)
MOVED = 2500  # test images that are moved; as they are, all of them are asked
RECONSTRUCTION = capslab.models.capsnet.RECONSTRUCTION


def made(kind: str, images: Any, seed: int) -> Any:
    """An untrained network of that kind with the recipe that all share."""
    preset = PRESETS[images.name]
    if kind == "convolutional":
        return ConvNet(images.image_shape, images.classes, preset=preset, seed=seed)
    iterations = 1 if kind == "capsules, 1 iteration" else 3
    capsules = cl.CapsNet(images.image_shape, images.classes, preset=preset, iterations=iterations, seed=seed)
    if kind != "dense":
        return capsules
    dense = cl.DenseBaseline(images.image_shape, images.classes, seed=seed)
    dense.recipe = replace(capsules.recipe, learning_rate=dense.recipe.learning_rate)
    return dense


def rows_of(kind: str, images: Any, seed: int) -> Iterator[dict[str, Any]]:
    """Train one network, then one row for each way its test images are moved."""
    model = made(kind, images, seed)
    weight = 0.0 if kind == "capsules, no decoder" else RECONSTRUCTION
    capslab.models.capsnet.RECONSTRUCTION = weight
    began = time.process_time()
    history = cl.fit(model, images, seed=seed, show=False)
    cpu = time.process_time() - began
    size = model.count_params()
    if kind.startswith("capsules"):
        size -= model.decoder.count_params()  # it draws, it does not classify
    told = {
        "data": images.name,
        "kind": kind,
        "seed": seed,
        "parameters": size,
        "epochs": history.epochs * history.passes,
        "cpu_s": round(cpu, 1),
    }
    test = images.test
    for change, amounts, move in (
        ("shift", SHIFTS[images.name], shifted),
        ("turn", TURNS, rotated),
    ):
        for amount in amounts:
            asked = test[:MOVED] if amount else test
            right = model.classify(move(asked, amount)) == asked.labels
            yield {**told, "change": change, "amount": amount, "accuracy": round(float(right.mean()), 4)}


def one_line(rows: Iterable[dict[str, Any]]) -> str:
    """Rows as JSON, one a line, so that a change is readable."""
    return "[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", choices=PRESETS, default=list(PRESETS))
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--bundle", action="store_true", help="copy all results so far into the package")
    options = parser.parse_args()
    rows = json.loads(PATH.read_text("utf-8")) if PATH.exists() else []
    if options.bundle:
        from capslab.lessons.results import save

        print("saved", save("capsules", "python benchmarks/capsules.py", rows).name)
        return
    for name in options.data:
        images = cl.load(name)
        for seed in options.seeds:
            for kind in options.kinds:
                new = list(rows_of(kind, images, seed))
                same = {"data": name, "kind": kind, "seed": seed}
                rows = [row for row in rows if not same.items() <= row.items()] + new
                PATH.write_text(one_line(rows), "utf-8")
                found = {f"{row['change']} {row['amount']}": row["accuracy"] for row in new}
                print(same, new[0]["parameters"], new[0]["cpu_s"], "CPU-s", found, flush=True)


if __name__ == "__main__":
    main()
