"""What very few images can teach, for several draws of them: one draw may be a lucky one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.data import Images
from capslab.errors import ArgumentError, is_whole
from capslab.exercises.nb05_can_you_trust_it import calibration_error
from capslab.lessons import plain_network as net

PER_CLASS, VALIDATION = 10, 500
EPOCHS, LOOK_EVERY = 200, 2  # the validation loss is taken after every second epoch
BATCH, RATE, HIDDEN = 10, 0.3, 512
BINS = 10  # of the calibration error


@dataclass(frozen=True, eq=False)
class FewImages:
    """How the networks of one kind did, one number per draw of images; each is `(draws,)` in 0…1.

    Attributes
    ----------
    network : "by heart", after the last epoch, or "stopped early", where the validation loss was lowest.
    training : share of its own images that are right.
    accuracy : share of the test images that are right.
    confidence : its mean confidence on the test images.
    error : its expected calibration error there.
    """

    network: str
    training: np.ndarray
    accuracy: np.ndarray
    confidence: np.ndarray
    error: np.ndarray

    def row(self) -> dict[str, str]:
        """The lowest and the highest of each, for `plots.table`."""
        measured = {
            "accuracy": self.accuracy,
            "mean confidence": self.confidence,
            "calibration error": self.error,
        }
        ranges = {name: f"{values.min():.2f} to {values.max():.2f}" for name, values in measured.items()}
        return {"network": self.network, **ranges}


def draws_of_few(images: Images, draws: int = 5) -> dict[str, FewImages]:
    """Learn from ten images of each class, several times, each time from others and from other weights.

    The network is that of lesson 05: 512 hidden units, 200 epochs, 10 images per step, rate 0.3.

    Parameters
    ----------
    images : with labels.
    draws : how many, at least 1. They are drawn with the seeds 1, 2, 3, …

    Returns
    -------
    "stopped early" and "by heart", in this order.

    Raises
    ------
    ArgumentError : for draws that are not a whole number from 1, and for images without labels.

    Examples
    --------
    >>> import capslab as cl
    >>> found = draws_of_few(cl.load("digits"), draws=2)
    >>> list(found), found["by heart"].accuracy.shape
    (['stopped early', 'by heart'], (2,))
    """
    images.require_classes("learning from few images")
    if not is_whole(draws) or draws < 1:
        raise ArgumentError("draws", "a whole number from 1", draws, "Leave draws out.")
    judged = [[_judge(images, *one) for one in _learn(images, seed)] for seed in range(1, draws + 1)]
    early, late = (np.array(rows).T for rows in zip(*judged, strict=True))
    return {
        name: FewImages(name, *numbers) for name, numbers in (("stopped early", early), ("by heart", late))
    }


def _learn(images: Images, seed: int) -> list[tuple[Images, net.Weights]]:
    """The images that were drawn with the weights of the lowest validation loss, and with the last ones."""
    few = images.train.sample(per_class=PER_CLASS, seed=seed)
    held = images.validation.sample(min(VALIDATION, len(images.validation)), seed=seed)
    x, held_x = net.pixel_rows(few), net.pixel_rows(held)
    targets, held_targets = (
        net.one_hot(np.asarray(part.labels), len(images.classes)) for part in (few, held)
    )
    weights = net.new_weights(x.shape[1], HIDDEN, len(images.classes), seed)
    rule, per_epoch = net.plain_rule(RATE), -(-len(x) // BATCH)
    lowest, kept = np.inf, weights
    for step, batch in enumerate(net.batches(len(x), BATCH, EPOCHS * per_epoch, seed), start=1):
        net.descend(weights, x[batch], targets[batch], rule)
        if step % (LOOK_EVERY * per_epoch) == 0:
            p = net.softmax(net.scores_of(weights, held_x)[1])
            loss = -np.log(np.maximum((p * held_targets).sum(axis=1), 1e-30)).mean()
            if loss < lowest:
                lowest, kept = loss, [part.copy() for part in weights]
    return [(few, kept), (few, weights)]


def _judge(images: Images, few: Images, weights: Any) -> tuple[float, float, float, float]:
    """Accuracy on its own images; accuracy, mean confidence and calibration error on the test images."""
    own = net.scores_of(weights, net.pixel_rows(few))[1].argmax(axis=1) == few.labels
    p = net.softmax(net.scores_of(weights, net.pixel_rows(images.test))[1])
    sure, right = p.max(axis=1).astype(float), p.argmax(axis=1) == images.test.labels
    return float(own.mean()), float(right.mean()), float(sure.mean()), calibration_error(sure, right, BINS)
