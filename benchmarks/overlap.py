"""Two overlapping digits, three networks taught alike: three routing iterations, one, and no capsules at all.

    python benchmarks/overlap.py                  # 256,000 pairs each, into the package
    python benchmarks/overlap.py --epochs 12      # of 64,000 pairs each
    python benchmarks/overlap.py --seconds 190    # at equal processor time instead
    python benchmarks/overlap.py --seeds 0 1 2    # three times, from other beginnings

All three have the same convolutions and learn by the same recipe from the same pairs in the same order; no
decoder is trained. "no capsules" has a dense layer of 128 units and a sigmoid for each class where the
others have primary and digit capsules. Each is judged on the same 5,000 pairs of test images. The
processor time that each took stands beside its score; equal pairs compare on a busy machine too.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import capslab as cl
from capslab.data import overlapping_pairs
from capslab.lessons import results
from capslab.models import OverlapNet, detection
from capslab.models.backend import keras


class CapsulesAlone(OverlapNet):
    """An `OverlapNet` whose decoder is not trained."""

    stages = ((0.0, {"trains_decoder": False}),)


class NoCapsules(CapsulesAlone):
    """The same convolutions, then dense layers; the ten sigmoids stand where lengths would."""

    def _decoder(self, design: Any) -> list[keras.layers.Layer]:
        self.head = keras.Sequential(
            [
                keras.Input(self.trunk.layers[-2].output.shape[1:]),
                keras.layers.Flatten(),
                keras.layers.Dense(128, "relu"),
                keras.layers.Dense(len(self.classes), "sigmoid"),
            ]
        )
        return super()._decoder(design)

    def call(self, images: Any, training: bool = False) -> dict[str, Any]:
        maps = images
        for layer in self.trunk.layers[:-1]:
            maps = layer(maps)
        lengths = self.head(maps)
        return {"lengths": lengths, "poses": keras.ops.expand_dims(lengths, -1), "first": maps}


RUNS = {
    "3 iterations": (CapsulesAlone, {"iterations": 3}),
    "1 iteration": (CapsulesAlone, {"iterations": 1}),
    "no capsules": (NoCapsules, {}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seconds", type=float, help="train for so long instead")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    asked = parser.parse_args()
    images = cl.load("mnist")
    pairs = overlapping_pairs(images.test, 5000)
    rows = []
    for seed in asked.seeds:
        for name, (kind, arguments) in RUNS.items():
            model = kind(pairs.image_shape, images.classes, seed=seed, **arguments)
            began = time.process_time()
            length = {"seconds": asked.seconds} if asked.seconds else {"epochs": asked.epochs}
            history = cl.fit(model, images, **length, seed=seed, show=False)
            found = model.detect(pairs)
            rows.append(
                {
                    "network": name,
                    "seed": seed,
                    "seconds": round(time.process_time() - began, 1),
                    "pairs": history.examples,
                    "both right": round(float(detection.both_right(pairs.labels, found).mean()), 4),
                    "per digit": round(detection.per_digit(pairs.labels, found), 4),
                }
            )
            print(rows[-1], flush=True)
    length = f"--seconds {asked.seconds:g}" if asked.seconds else f"--epochs {asked.epochs}"
    seeds = " ".join(map(str, asked.seeds))
    results.save("overlap", f"python benchmarks/overlap.py {length} --seeds {seeds}", rows)


if __name__ == "__main__":
    main()
