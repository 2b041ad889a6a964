"""The training view: curves that grow while `fit` runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets as t

from capslab.errors import ArgumentError
from capslab.training.preview import Examples
from capslab.widgets.base import Array, View, module, style

LONGEST = 300  # points of the trail that travel; a longer one is thinned
RUNNING_LOSS = re.compile(r"loss ([-+\d.e]+)")

CODE = """\
import capslab as cl

history = cl.fit(model, images, epochs={epochs})  # goes on from the weights the model has
history.plot()
"""


class TrainingView(View):
    """Loss and other curves of a training run, live.

    Parameters
    ----------
    title : what is trained, and on which device ("CapsNet on CPU").
    epochs : how many there will be.
    metrics : names of the curves to draw a panel for: "loss", "accuracy". A curve called
        "validation loss" is drawn dashed in the panel of "loss".

    Attributes
    ----------
    curves : name → one value an epoch.
    epoch : epochs done, in fractions.
    trail : [epoch, running loss] between the epochs' ends.
    done : whether training is over.
    pictures : uint8 `(2, n, h, w, c)`: images, and what the model makes of them now; or None.
    points : float32 `(n, 2)`: images in the plane of the model's features; or None.
    shown_after : the epoch that these belong to.
    """

    _esm = module("training")
    _css = style("training")
    CONTROLS = ("examples", "code")

    pictured = True

    title = t.Unicode("").tag(sync=True)
    epochs = t.Int(1).tag(sync=True)
    metrics = t.List(t.Unicode()).tag(sync=True)
    curves = t.Dict().tag(sync=True)
    epoch = t.Float(0.0).tag(sync=True)
    trail: t.List[Any] = t.List().tag(sync=True)
    clock = t.Unicode("").tag(sync=True)
    done = t.Bool(False).tag(sync=True)
    pictures = Array()
    points = Array()
    point_labels = Array(help="classes of the points, int32 (n,); −1 for none")
    point_names = t.List(t.Unicode(), help="names of the classes; [] for their numbers").tag(sync=True)
    shown_after = t.Int(0).tag(sync=True)

    def __init__(self, title: str, epochs: int, metrics: Sequence[str], **options: Any) -> None:
        if isinstance(epochs, bool) or not isinstance(epochs, (int, np.integer)) or epochs < 1:
            raise ArgumentError("epochs", "a whole number from 1", epochs, "Try 5.")
        self._handle: Any = None
        super().__init__(
            title=title, epochs=int(epochs), metrics=list(metrics), code=CODE.format(epochs=epochs), **options
        )
        self.words = f"{title}: {epochs} epoch{'s' if epochs > 1 else ''} to go."

    def update(self, curves: Mapping[str, Sequence[float]], epoch: float, seconds: float, note: str) -> None:
        """Show the curves so far; call it at most ten times a second.

        Parameters
        ----------
        curves : name → values, one for each epoch that is over.
        epoch : epochs done, in fractions.
        seconds : time spent so far.
        note : the newest loss ("loss 0.213"); it also draws the trail between epochs.
        """
        running = RUNNING_LOSS.match(note)
        left = seconds / epoch * (self.epochs - epoch) if epoch > 0 else None
        with self.hold_sync():
            self.curves = {name: [float(v) for v in values] for name, values in curves.items()}
            self.epoch = float(epoch)
            if running:
                self.trail = thinned([*self.trail, [float(epoch), float(running[1])]])
            self.clock = f"{said(seconds)} so far" + ("" if left is None else f", about {said(left)} left")
            self.words = self._words(note, left)

    def examples(self, found: Examples, epoch: int) -> None:
        """Show what the model makes of a few images after an epoch.

        Parameters
        ----------
        found : reconstructions or points, from `capslab.training.preview`.
        epoch : the epoch that has just ended, from 1; 0 before the first.
        """
        with self.hold_sync():
            self.pictures, self.points = found.pictures, found.points
            if found.points is not None:
                labels = np.full(len(found.points), -1) if found.labels is None else found.labels
                self.point_labels = np.asarray(labels, np.int32)
                self.point_names = [str(name) for name in found.classes]
            self.shown_after = int(epoch)

    def after(self) -> str:
        """When the examples were seen, in words; the browser says the same."""
        return f"after epoch {self.shown_after}" if self.shown_after else "before training"

    def _words(self, note: str, left: float | None) -> str:
        now = min(int(self.epoch) + 1, self.epochs)
        newest = [f"{name} {values[-1]:.4g}" for name, values in self.curves.items() if values]
        told = [text for text in newest if text.startswith("validation")] or ([note] if note else newest)
        wanted = [text for metric in self.metrics for text in told if text.startswith(f"validation {metric}")]
        parts = (wanted or told)[:2] + (
            [] if left is None or self.epoch >= self.epochs else [f"{said(left)} left"]
        )
        return f"{self.title}, epoch {now} of {self.epochs}: {', '.join(parts)}."

    def finish(self, words: str) -> None:
        """Training is over; `words` says how it went. The still picture now shows the curves."""
        with self.hold_sync():
            self.words, self.done, self.clock = words, True, ""
        if self._handle is not None:
            data, meta = self._repr_mimebundle_()
            self._handle.update(data, metadata=meta, raw=True)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        data, meta = self._repr_mimebundle_()
        self._handle = display(data, metadata=meta, raw=True, display_id=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        if self.done:
            return super()._repr_mimebundle_(**kwargs)
        # Nothing to see in a picture yet, and drawing one would hold training up.
        bundle = anywidget.AnyWidget._repr_mimebundle_(self, **kwargs)
        data, meta = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": self.words}, meta

    def figure(self) -> Any:
        """The curves, and below them the examples, as a still matplotlib figure."""
        from capslab.widgets.training.figure import draw

        return draw(self)


def thinned(trail: list[list[float]]) -> list[list[float]]:
    """The trail with every second point left out when it has grown too long; the newest stays."""
    return trail if len(trail) <= LONGEST else [*trail[:-1:2], trail[-1]]


def said(seconds: float) -> str:
    """A time as one would say it: "9 s", "2 min 5 s"."""
    whole = round(seconds)
    return f"{whole} s" if whole < 100 else f"{whole // 60} min {whole % 60} s"
