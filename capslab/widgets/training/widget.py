"""The training view: curves that grow while `fit` runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets as t

from capslab.errors import ArgumentError
from capslab.training.live_examples import Examples
from capslab.widgets.base import Array, View, module, style
from capslab.widgets.training import figure as training_figure
from capslab.widgets.traits import Bool, Float, Int

LONGEST = 300  # a trail with more points is thinned
RUNNING_LOSS = re.compile(r"loss ([-+\d.e]+)")

CODE = """\
import capslab as cl

history = cl.fit(model, images, epochs={epochs})  # continues from the current weights
history.plot()
"""


class TrainingView(View):
    """The loss and other curves of a training run, live.

    Parameters
    ----------
    title : what is trained, and on which device: "CapsNet on CPU".
    epochs : how many there will be.
    metrics : the curves that get a panel, such as "loss" and "accuracy". The curve "validation loss"
        is a dashed line in the panel of "loss".

    Attributes
    ----------
    curves : name → one value per epoch.
    epoch : epochs done, as a fraction.
    trail : [epoch, running loss] during the epochs.
    done : whether training is over.
    pictures : uint8 `(2, n, h, w, c)`, images and what the model makes of them; or None.
    points : float32 `(n, 2)`, the features of some images in the plane; or None.
    shown_after : the epoch after which these were taken.
    """

    _esm = module("training")
    _css = style("training")
    CONTROLS = ("examples", "code", "screen")

    pictured = True

    title = t.Unicode("").tag(sync=True)
    epochs = Int(1).tag(sync=True)
    metrics = t.List(t.Unicode()).tag(sync=True)
    curves = t.Dict().tag(sync=True)
    epoch = Float(0.0).tag(sync=True)
    trail: t.List[Any] = t.List().tag(sync=True)
    clock = t.Unicode("").tag(sync=True)
    done = Bool(False).tag(sync=True)
    pictures = Array()
    points = Array()
    point_labels = Array(help="classes of the points, int32 (n,); −1 for none")
    point_names = t.List(t.Unicode(), help="names of the classes; [] to show their numbers").tag(sync=True)
    shown_after = Int(0).tag(sync=True)

    def __init__(self, title: str, epochs: int, metrics: Sequence[str], **options: Any) -> None:
        if isinstance(epochs, bool) or not isinstance(epochs, (int, np.integer)) or epochs < 1:
            raise ArgumentError("epochs", "a whole number from 1", epochs, "Try epochs=5.")
        self._handle: Any = None
        super().__init__(
            title=title, epochs=int(epochs), metrics=list(metrics), code=CODE.format(epochs=epochs), **options
        )
        self.words = f"{title}: {epochs} epoch{'s' if epochs > 1 else ''} to go."

    def update(self, curves: Mapping[str, Sequence[float]], epoch: float, seconds: float, note: str) -> None:
        """Show the curves so far. Call it at most ten times a second.

        Parameters
        ----------
        curves : name → values, one for each finished epoch.
        epoch : epochs done, as a fraction.
        seconds : training time so far.
        note : the newest loss, "loss 0.213"; it also extends the trail.
        """
        running = RUNNING_LOSS.match(note)
        remaining = seconds / epoch * (self.epochs - epoch) if epoch > 0 else None
        with self.hold_sync():
            self.curves = {name: [float(v) for v in values] for name, values in curves.items()}
            self.epoch = float(epoch)
            if running:
                self.trail = thinned([*self.trail, [float(epoch), float(running[1])]])
            self.clock = f"{duration(seconds)} so far"
            if remaining is not None:
                self.clock += f", about {duration(remaining)} left"
            self.words = self._words(note, remaining)

    def examples(self, examples: Examples, epoch: int) -> None:
        """Show what the model makes of a few images after an epoch.

        Parameters
        ----------
        examples : reconstructions or points, from `capslab.training.live_examples`.
        epoch : the epoch that has just ended, from 1; 0 before the first.
        """
        with self.hold_sync():
            self.pictures, self.points = examples.pictures, examples.points
            if examples.points is not None:
                labels = np.full(len(examples.points), -1) if examples.labels is None else examples.labels
                self.point_labels = np.asarray(labels, np.int32)
                self.point_names = [str(name) for name in examples.classes]
            self.shown_after = int(epoch)

    def after(self) -> str:
        """When the examples were taken, in words; the browser says the same."""
        return f"after epoch {self.shown_after}" if self.shown_after else "before training"

    def _words(self, note: str, remaining: float | None) -> str:
        """The current epoch, at most two of the newest values, and the time that is left."""
        epoch = min(int(self.epoch) + 1, self.epochs)
        newest = [f"{name} {values[-1]:.4g}" for name, values in self.curves.items() if values]
        validation = [text for text in newest if text.startswith("validation")]
        values = validation or ([note] if note else newest)
        in_panels = [
            text for metric in self.metrics for text in values if text.startswith(f"validation {metric}")
        ]
        parts = (in_panels or values)[:2]
        if remaining is not None and self.epoch < self.epochs:
            parts.append(f"{duration(remaining)} left")
        return f"{self.title}, epoch {epoch} of {self.epochs}: {', '.join(parts)}."

    def finish(self, words: str) -> None:
        """Training is over and `words` says how it went. From now on the still picture shows the curves."""
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
        # There is nothing to see yet, and drawing a picture would delay the training.
        bundle = anywidget.AnyWidget._repr_mimebundle_(self, **kwargs)
        data, meta = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/plain": self.words}, meta

    def figure(self) -> Any:
        """The curves, and below them the examples, as a still matplotlib figure."""
        visible = "examples" not in self.hide
        return self._in_words(
            training_figure.draw(
                training_figure.TrainingSnapshot(
                    metrics=self.metrics,
                    curves=self.curves,
                    pictures=self.pictures if visible else None,
                    points=self.points if visible else None,
                    point_labels=self.point_labels,
                    point_names=self.point_names,
                    after=self.after(),
                )
            )
        )


def thinned(trail: list[list[float]]) -> list[list[float]]:
    """The trail without every second point if it has grown too long; the newest point stays."""
    return trail if len(trail) <= LONGEST else [*trail[:-1:2], trail[-1]]


def duration(seconds: float) -> str:
    """A time in words.

    >>> duration(9.2), duration(125)
    ('9 s', '2 min 5 s')
    """
    whole = round(seconds)
    return f"{whole} s" if whole < 100 else f"{whole // 60} min {whole % 60} s"
