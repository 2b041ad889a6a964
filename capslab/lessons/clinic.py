"""The clinic: trainings that are sick, each in one way, to be told apart from their curves alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from capslab.errors import unknown_name
from capslab.exercises.nb06_printed_network import ILLNESS
from capslab.lessons import plain_network as net
from capslab.plots.chart import Chart, ChartLine, ChartPanel
from capslab.plots.chart_figure import ChartFigure, figure_of

IMAGES, VALIDATION = 1000, 500
STEPS, BATCH, EVERY = 300, 50, 10
HIDDEN = 64
RATE, HUGE = 0.001, 10.0  # of Adam

TWICE, SHUFFLED, HUGE_RATE, UNSCALED = (ILLNESS[letter] for letter in "ABCD")
#: what may be wrong, and what the doctor does about it
TREATMENTS = {
    SHUFFLED: "give every image its own label again",
    UNSCALED: "divide the pixels by 255",
    TWICE: "apply softmax once",
    HUGE_RATE: f"set the learning rate to {RATE}",
}


@dataclass(frozen=True, eq=False)
class Patient:
    """One training: what was measured before the first step and after each `EVERY` steps.

    Attributes
    ----------
    name : "A", "B", …
    steps : after how many steps, `(m,)`.
    loss, validation_loss : mean cross-entropy, `(m,)`.
    accuracy, validation_accuracy : share of right answers, `(m,)`.
    guessing : the loss of a network that gives every class the same probability, ln(classes).
    """

    name: str
    steps: np.ndarray
    loss: np.ndarray
    validation_loss: np.ndarray
    accuracy: np.ndarray
    validation_accuracy: np.ndarray
    guessing: float


class Clinic(Mapping[str, Patient]):
    """The patients by their letters.

    Attributes
    ----------
    patients : for each letter, its training.
    """

    def __init__(self, images: Any, patients: dict[str, Patient]) -> None:
        self._images = images
        self.patients = patients

    def __getitem__(self, name: str) -> Patient:
        if name not in self.patients:
            raise unknown_name("name", name, self.patients)
        return self.patients[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.patients)

    def __len__(self) -> int:
        return len(self.patients)

    def plot(self, what: str = "loss") -> ChartFigure:
        """One panel per patient: training solid, validation dashed; a thin line marks the loss of guessing.

        Parameters
        ----------
        what : "loss" or "accuracy".
        """
        if what not in ("loss", "accuracy"):
            raise unknown_name("what", what, ["loss", "accuracy"])
        panels = []
        for name, one in self.patients.items():
            ours, theirs = getattr(one, what), getattr(one, f"validation_{what}")
            lines = (
                ChartLine("training", one.steps.astype(float), ours, 0, "-"),
                ChartLine("validation", one.steps.astype(float), theirs, 1, "--"),
            )
            limits = (0.0, None) if what == "loss" else (0.0, 1.02)
            mark = one.guessing if what == "loss" else None
            panels.append(ChartPanel("step", f"{what} of {name}", lines, y_limits=limits, mark_y=mark))
        return figure_of(Chart(tuple(panels)), 10.5, 2.9)

    def rows(self) -> list[dict[str, Any]]:
        """The numbers that one reads off the curves, one row per patient, for `plots.table`."""
        return [
            {
                "patient": name,
                "first loss": float(one.loss[0]),
                "highest loss": float(one.loss.max()),
                "last loss": float(one.loss[-1]),
                "last validation loss": float(one.validation_loss[-1]),
                "last validation accuracy": float(one.validation_accuracy[-1]),
            }
            for name, one in self.patients.items()
        ]

    def treat(self, diagnosis: Any) -> list[dict[str, Any]]:
        """Treat each patient for what you say it has, train again, and compare; rows for `plots.table`.

        A wrong diagnosis leaves the patient as it was, because its treatment mends something that was not
        broken. So does none.

        Parameters
        ----------
        diagnosis : for each letter, one of the four illnesses; None or `...` for a letter without one.
        """
        given = diagnosis if isinstance(diagnosis, Mapping) else {}
        rows = []
        for name, before in self.patients.items():
            said = given.get(name)
            known = isinstance(said, str) and said in TREATMENTS
            after = _train(self._images, name, ILLNESS[name], said) if said == ILLNESS[name] else before
            rows.append(
                {
                    "patient": name,
                    "treatment": TREATMENTS[str(said)] if known else "none yet",
                    "validation accuracy before": float(before.validation_accuracy[-1]),
                    "validation accuracy after": float(after.validation_accuracy[-1]),
                    "validation loss after": float(after.validation_loss[-1]),
                }
            )
        return rows


def clinic(images: Any) -> Clinic:
    """Train four networks with something wrong about each of them.

    All are the same network with the same start, 64 hidden units, trained with Adam on 1,000 images.

    Examples
    --------
    >>> import capslab as cl
    >>> patients = clinic(cl.load("digits"))
    >>> list(patients), len(patients["A"].steps)
    (['A', 'B', 'C', 'D'], 31)
    """
    images.require_classes("a patient of the clinic")
    return Clinic(images, {name: _train(images, name, illness) for name, illness in ILLNESS.items()})


def signs(images: Any) -> dict[str, dict[str, Any]]:
    """The numbers that one reads off the curves, by illness in alphabetical order and without the letters.

    Examples
    --------
    >>> import capslab as cl
    >>> list(signs(cl.load("digits")))
    ['huge rate', 'shuffled labels', 'softmax twice', 'unscaled inputs']
    """
    found = {ILLNESS[row.pop("patient")]: row for row in clinic(images).rows()}
    return dict(sorted(found.items()))


def _train(images: Any, name: str, illness: str, treatment: Any = None) -> Patient:
    """A training that has an illness, unless it is treated for just that."""
    sick = "" if treatment == illness else illness
    known = images.train.sample(min(IMAGES, len(images.train)), seed=0)
    held = images.validation.sample(min(VALIDATION, len(images.validation)), seed=0)
    classes = len(images.classes)
    scale = 255 if sick == UNSCALED else 1
    x, held_x = (scale * net.pixel_rows(part) for part in (known, held))
    labels = known.labels
    if sick == SHUFFLED:
        labels = np.random.default_rng(0).permutation(labels)
    targets = net.one_hot(labels, classes)
    slope = _slope_of_two if sick == TWICE else net.score_slope
    rule = net.adam_rule(HUGE if sick == HUGE_RATE else RATE)
    weights = net.new_weights(x.shape[1], HIDDEN, classes, seed=1)
    marks, measured = [0], [_measure(weights, x, labels, held_x, held.labels, sick == TWICE)]
    for step, batch in enumerate(net.batches(len(x), BATCH, STEPS, seed=0), start=1):
        net.descend(weights, x[batch], targets[batch], rule, slope)
        if step % EVERY == 0:
            marks.append(step)
            measured.append(_measure(weights, x, labels, held_x, held.labels, sick == TWICE))
    loss, held_loss, accuracy, held_accuracy = np.array(measured).T
    guessing = float(np.log(classes))
    return Patient(name, np.array(marks), loss, held_loss, accuracy, held_accuracy, guessing)


def _slope_of_two(p: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The slope for the scores where softmax is applied to the probabilities p once more."""
    own = net.score_slope(net.softmax(p), targets)
    return p * (own - (p * own).sum(axis=1, keepdims=True))


def _measure(weights: Any, x: Any, labels: Any, held: Any, held_labels: Any, twice: bool) -> list[float]:
    """Loss, validation loss, accuracy and validation accuracy."""
    found = []
    for rows, truth in ((x, labels), (held, held_labels)):
        p = net.softmax(net.scores_of(weights, rows)[1])
        p = net.softmax(p) if twice else p
        chosen = np.maximum(p[np.arange(len(truth)), truth], 1e-30)
        found.append((float(-np.log(chosen).mean()), float((p.argmax(axis=1) == truth).mean())))
    return [found[0][0], found[1][0], found[0][1], found[1][1]]
