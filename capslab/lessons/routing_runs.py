"""Networks that differ only in how they route, or in how many routed layers they have: trained and measured.

`python tools/remeasure.py routing_variants` trains them with several seeds, and lesson 16 reads the results.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from capslab.lessons.results import Measurements

SEEDS = 5
DEPTHS = (1, 2, 4)  # middle layers; without any it is the network that routes by agreement
DEPTH_SEEDS = 3
PLAIN_DEPTHS = (4,)  # dense layers in place of as many middle layers: the control without capsules
MIDDLE = 16  # capsules in a middle layer
LARGER = 2.0  # how many times as large the weights of the deepest networks' middle layers also start
UNITS = 128  # of each such dense layer: as many as 16 capsules of 8 numbers


def train_routing(images: Any, routing: str, seed: int, epochs: int | None = None) -> dict[str, Any]:
    """Train a `CapsNet` that routes in this way, and say how it does on the test images.

    Returns
    -------
    One row: accuracy 0…1, the mean length of the true class's capsule and of the others, the entropy of the
    couplings at the last iteration (1 is uniform), CPU-seconds of training, and the number of weights.
    """
    import keras

    from capslab.models import CapsNet

    keras.utils.clear_session()
    model = CapsNet.for_images(images, seed=seed, routing=routing)
    seconds = _train(model, images, seed, epochs)
    lengths, labels = model.lengths(images.test), images.test.labels
    true = lengths[np.arange(len(labels)), labels]
    others = (lengths.sum() - true.sum()) / (lengths.size - len(labels))
    return {
        "experiment": "routing",
        "data": images.name,
        "routing": routing,
        "seed": seed,
        "accuracy": round(float((lengths.argmax(axis=1) == labels).mean()), 4),
        "true_length": round(float(true.mean()), 3),
        "other_length": round(float(others), 3),
        "entropy": round(float(_entropy(model, images.test)), 4),
        "weights": int(model.trunk.count_params() + model.digit_capsules.count_params()),
        "cpu_s": round(seconds, 1),
    }


def train_depth(
    images: Any, depth: int, seed: int, epochs: int | None = None, start: float = 1.0
) -> dict[str, Any]:
    """Train a network with `depth` middle layers of 16 capsules, routed by agreement, and look at each.

    The weights of the middle layers start `start` times as large as usual; where that is not 1, the row's
    experiment is "depth, larger start".

    Returns
    -------
    One row: accuracy 0…1, and for every middle layer the largest length that each of its capsules has on any
    test image (`longest`), and the standard deviation of its length over these images (`spread`).
    """
    import keras

    from capslab.models.stacked_capsnet import StackedCapsNet

    keras.utils.clear_session()
    model = StackedCapsNet.for_images(images, seed=seed, middle=(MIDDLE,) * depth)
    for layer in model.middle_capsules:
        layer.kernel.assign(start * layer.kernel)
    seconds = _train(model, images, seed, epochs)
    layers = model.middle_lengths(images.test)
    return {
        "experiment": "depth" if start == 1 else "depth, larger start",
        "data": images.name,
        "middle_layers": depth,
        "seed": seed,
        "accuracy": round(float((model.classify(images.test) == images.test.labels).mean()), 4),
        "longest": [[round(float(v), 4) for v in lengths.max(axis=0)] for lengths in layers],
        "spread": [[round(float(v), 4) for v in lengths.std(axis=0)] for lengths in layers],
        "cpu_s": round(seconds, 1),
    }


def train_plain(images: Any, depth: int, seed: int, epochs: int | None = None) -> dict[str, Any]:
    """Train the control of `train_depth` without capsules: convolutions, then `depth` + 1 dense layers.

    The recipe is the same, with the cross-entropy in place of the margin loss.

    Returns
    -------
    One row: accuracy 0…1 on the test images.
    """
    import keras

    from capslab.models import ConvNet

    keras.utils.clear_session()
    model = ConvNet.for_images(images, seed=seed)
    for _ in range(2):  # its own two dense layers
        model.network.pop()
    for layer in range(depth):
        start = keras.initializers.HeNormal(seed + 20 + layer)
        model.network.add(keras.layers.Dense(UNITS, activation="relu", kernel_initializer=start))
    start = keras.initializers.GlorotUniform(seed + 11)
    model.network.add(keras.layers.Dense(len(model.classes), kernel_initializer=start))
    seconds = _train(model, images, seed, epochs)
    return {
        "experiment": "plain depth",
        "data": images.name,
        "dense_layers": depth + 1,
        "seed": seed,
        "accuracy": round(float((model.classify(images.test) == images.test.labels).mean()), 4),
        "cpu_s": round(seconds, 1),
    }


def _train(model: Any, images: Any, seed: int, epochs: int | None) -> float:
    """CPU-seconds of the training."""
    from capslab.training.fit import fit

    started = time.process_time()
    fit(model, images, epochs, seed=seed, show=False)
    return time.process_time() - started


def _entropy(model: Any, images: Any) -> float:
    """The mean entropy of the couplings over ln J at the last iteration.

    A prior of attention routing can make couplings negative; then the softmax before it is meant.
    """
    from capslab.routing.variants import route_votes

    learned = model.routing_weights()
    primary = model.primary(images)
    votes = learned.votes(primary)
    extra = {name: value for name, value in learned.learned.items() if name != "prior"}
    lengths = np.minimum(np.linalg.norm(primary, axis=-1), 1)
    trace = route_votes(votes, learned.routing, learned.iterations, learned.bias, lengths, extra)
    return float(trace.entropy[-1].mean())


def by_depth(table: Measurements) -> tuple[dict[int, list[float]], dict[int, np.ndarray]]:
    """The bundled runs by the number of routed layers, from 1 (no middle layer).

    Returns
    -------
    The test accuracies of the networks of each depth; and for each depth with middle layers
    `(networks, layers, 16)`, the largest length of each middle capsule on any test image.
    """
    flat = table.where(experiment="routing", routing="dynamic")
    accuracy = {1: [row["accuracy"] for row in flat if row["seed"] < DEPTH_SEEDS]}
    largest: dict[int, np.ndarray] = {}
    for depth, values in sorted(table.grouped("accuracy", "middle_layers", experiment="depth").items()):
        accuracy[depth + 1] = values
        runs = table.where(experiment="depth", middle_layers=depth)
        largest[depth + 1] = np.array([row["longest"] for row in runs])
    return accuracy, largest


def controls(table: Measurements) -> dict[str, list[float]]:
    """The test accuracies of the controls of the deepest networks, one for each seed.

    Returns
    -------
    "larger start": as the deepest, but the weights of the middle layers start `LARGER` times as large;
    "five dense layers": no capsules, as many layers.

    Examples
    --------
    >>> from capslab.lessons import results
    >>> sorted(controls(results.load("routing_variants")))
    ['five dense layers', 'larger start']
    """
    experiments = {"larger start": "depth, larger start", "five dense layers": "plain depth"}
    return {
        name: [row["accuracy"] for row in table.where(experiment=experiment)]
        for name, experiment in experiments.items()
    }


def depth_rows(table: Measurements, dead: Mapping[int, Sequence[int]]) -> list[dict[str, Any]]:
    """One row per number of routed layers, for `plots.table`, with a number for each network.

    Parameters
    ----------
    table : the bundled runs.
    dead : for each number of routed layers, how many middle capsules of each network are dead.

    Returns
    -------
    The last column says how much the length of a capsule of the last middle layer varies over the images:
    the median standard deviation. A capsule that is as long on every image says nothing, dead or not.
    """
    rows = []
    for layers, values in by_depth(table)[0].items():
        runs = table.where(experiment="depth", middle_layers=layers - 1)
        spreads = [f"{np.median(row['spread'][-1]):.3f}" for row in runs]
        rows.append(
            {
                "routed layers": layers,
                "right": "  ".join(f"{value:.3f}" for value in values),
                "middle capsules": MIDDLE * (layers - 1),
                "of them dead": "  ".join(str(n) for n in dead.get(layers, ())) or None,
                "their lengths' deviation, last layer": "  ".join(spreads) or None,
            }
        )
    return rows
