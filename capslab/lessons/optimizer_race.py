"""A race of optimisers: one small network, equally many images seen, each optimiser at its best rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.errors import ArgumentError
from capslab.lessons import plain_network as net

IMAGES = 2000  # that are learned from
BATCH = 100
STEPS = 100  # of those that take batches; batch gradient descent sees as many images in fewer steps
HIDDEN = 128
JUDGED = 2000  # validation images to choose a rate with, and test images to judge with

#: for each optimiser, the rates that are tried: five of each, each about three times the one before
RATES: Mapping[str, tuple[float, ...]] = {
    "batch gradient descent": (0.03, 0.1, 0.3, 1.0, 3.0),
    "SGD": (0.01, 0.03, 0.1, 0.3, 1.0),
    "Adam": (0.0003, 0.001, 0.003, 0.01, 0.03),
}


@dataclass(frozen=True, eq=False)
class Race:
    """What came of a race.

    Attributes
    ----------
    tried : for each optimiser, the validation accuracy at each of its rates.
    rates : for each optimiser, the rate with the highest one.
    accuracies : for each optimiser, the test accuracy of networks trained at that rate from other starts.
    losses : for each optimiser, the loss of the first of these networks on each of its batches.
    images : how many images each network saw, counting repetitions.
    """

    tried: dict[str, dict[float, float]]
    rates: dict[str, float]
    accuracies: dict[str, list[float]]
    losses: dict[str, np.ndarray]
    images: int = STEPS * BATCH

    def rows(self) -> list[dict[str, Any]]:
        """One row per optimiser, for `plots.table`."""
        return [
            {
                "optimiser": name,
                "steps": len(self.losses[name]),
                "images per step": self.images // len(self.losses[name]),
                "rates tried": ", ".join(f"{rate:g}" for rate in self.tried[name]),
                "best rate": f"{self.rates[name]:g}",
                "test accuracy": float(np.mean(self.accuracies[name])),
            }
            for name in self.rates
        ]


def race(images: Any, seeds: int = 5) -> Race:
    """Let batch gradient descent, SGD and Adam learn from equally many images.

    Each gets five rates and the validation images to choose one with. The networks that are judged start
    anew, from other weights and with other batches, and are judged on test images.

    Parameters
    ----------
    images : `Images` with labels.
    seeds : how many networks are judged per optimiser.

    Examples
    --------
    >>> import capslab as cl
    >>> ran = race(cl.load("digits"), seeds=3)
    >>> [len(scores) for scores in ran.accuracies.values()]
    [3, 3, 3]
    """
    if seeds < 1:
        raise ArgumentError("seeds", "a whole number from 1", seeds, "Try seeds=5.")
    images.require_classes("a race of classifiers")
    tried: dict[str, dict[float, float]] = {}
    rates, accuracies, losses = {}, {}, {}
    for name, options in RATES.items():
        tried[name] = {rate: _run(images, name, rate, seed=0, part="validation")[0] for rate in options}
        rates[name] = max(options, key=lambda rate: tried[name][rate])
        runs = [_run(images, name, rates[name], seed, "test") for seed in range(1, seeds + 1)]
        accuracies[name] = [accuracy for accuracy, _ in runs]
        losses[name] = runs[0][1]
    return Race(tried, rates, accuracies, losses)


def _run(images: Any, name: str, rate: float, seed: int, part: str) -> tuple[float, np.ndarray]:
    """The accuracy after a training, and the loss of each batch before the step that it decided."""
    known = _some(images.train, IMAGES, seed)
    x, targets = net.pixel_rows(known), net.one_hot(known.labels, len(images.classes))
    size = len(x) if name == "batch gradient descent" else BATCH
    rule = net.adam_rule(rate) if name == "Adam" else net.plain_rule(rate)
    weights = net.new_weights(x.shape[1], HIDDEN, len(images.classes), seed)
    losses = []
    with np.errstate(over="ignore", invalid="ignore"):  # a rate that is too large may explode
        for batch in net.batches(len(x), size, STEPS * BATCH // size, seed):
            p = net.softmax(net.scores_of(weights, x[batch])[1])
            losses.append(-np.log(np.maximum((p * targets[batch]).sum(axis=1), 1e-7)).mean())
            net.descend(weights, x[batch], targets[batch], rule)
        judged = _some(getattr(images, part), JUDGED, seed)
        answers = net.scores_of(weights, net.pixel_rows(judged))[1].argmax(axis=1)
    return float((answers == judged.labels).mean()), np.array(losses)


def _some(part: Any, most: int, seed: int) -> Any:
    return part.sample(min(most, len(part)), seed=seed)
