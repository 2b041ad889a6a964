"""What an epoch of training costs, in processor time and memory; against another checkout if one is given.

    python benchmarks/training.py                                 # this checkout
    python benchmarks/training.py --other ../v0.1.0 --repeat 5    # in turn with another, as ratios
    python benchmarks/training.py --json training.json

Each run is a process of its own. An epoch's time is the processor time between the ends of two epochs, so the
first epoch, which compiles, does not count. Figures are medians; on a busy machine only ratios mean much.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

CASES = ("CapsNet on digits", "CapsNet on MNIST", "VAE on MNIST")
RUN = """
import json, resource, sys, time
import capslab as cl

case, epochs = sys.argv[1], 4
images = cl.load("digits" if case.endswith("digits") else "mnist")
if not case.endswith("digits"):
    images, epochs = images.train[:12000], 3
    images = cl.Images(images.images, images.labels, images.classes)
shape = getattr(images, "image_shape", None) or images.shape
if case.startswith("VAE"):
    model, epochs = cl.VAE(shape), 5
else:
    model = cl.CapsNet(shape, images.classes, "digits" if case.endswith("digits") else "visible")
ends = []
start = time.process_time()
history = cl.fit(model, images, epochs, show=False, after_epoch=lambda *_: ends.append(time.process_time()))
epoch = (ends[-1] - ends[0]) / (len(ends) - 1)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"epoch": epoch, "all": ends[-1] - start, "peak": peak, "loss": history.curves["loss"][-1]}))
"""


def run(checkout: Path, case: str) -> dict[str, float]:
    """One training in a process of its own: CPU-seconds per epoch and in all, MB at most, the last loss."""
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    command = [sys.executable, "-c", RUN, case]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=checkout)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(checkouts: dict[str, Path], case: str, repeat: int) -> dict[str, dict[str, float]]:
    """Medians of `repeat` runs of each checkout, taken in turn."""
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in checkouts}
    for _ in range(repeat):
        for name, checkout in checkouts.items():
            runs[name].append(run(checkout, case))
    return {
        name: {key: round(statistics.median(one[key] for one in each), 3) for key in each[0]}
        for name, each in runs.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--other", type=Path, help="another checkout to compare with")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--case", choices=CASES, nargs="*", default=CASES)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    checkouts = {"this": Path(__file__).parents[1]}
    if options.other:
        checkouts["other"] = options.other.resolve()
    results: dict[str, Any] = {}
    for case in options.case:
        results[case] = medians = compare(checkouts, case, options.repeat)
        for name, values in medians.items():
            print(
                f"{case}, {name}: ",
                ", ".join(f"{key} {value:g}" for key, value in values.items()),
                flush=True,
            )
        if options.other:
            ratios = {key: round(medians["this"][key] / medians["other"][key], 3) for key in medians["this"]}
            medians["ratio"] = ratios
            print(
                f"{case}, ratio: ", ", ".join(f"{key} {value:g}" for key, value in ratios.items()), flush=True
            )
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
