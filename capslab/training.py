"""`fit`: train any model of the course, watched live, interrupted without loss.

The loop is Keras's own `fit`. What is added is what a learner needs around it: the device is
named, a curve moves, Interrupt keeps the best weights so far, a loss that is not a number stops
with advice.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from capslab import backend  # first: it brings TensorFlow in quietly

import keras  # isort: skip
import numpy as np

from capslab.errors import ArgumentError, Said, TrainingFailed
from capslab.glance import Glance
from capslab.models.base import ImageModel, Recipe
from capslab.screen import Display, display

STEPS_AN_EPOCH = 60  # small data sets pass several times in an epoch, or an epoch is mostly overhead


@dataclass(frozen=True)
class History:
    """What training did.

    Attributes
    ----------
    curves : one value an epoch for "loss", "accuracy", … and the same with "validation " in front.
    seconds : wall-clock time.
    device : what it ran on, in words.
    stopped : "" when it ran to its end, else why it stopped ("interrupted in epoch 3 of 5").
    best_epoch : the epoch (from 1) whose weights were kept: lowest validation loss; 0 for none.
    passes : how often an epoch went over the images; 1 unless there are few of them.
    examples : how many were seen, where they are made as they are needed; else 0.
    """

    curves: dict[str, tuple[float, ...]] = field(repr=False)
    seconds: float
    device: str
    stopped: str = ""
    best_epoch: int = 0
    passes: int = 1
    examples: int = 0

    @property
    def epochs(self) -> int:
        """Epochs that were finished."""
        return len(self.curves.get("loss", ()))

    @property
    def best(self) -> dict[str, float]:
        """The curves' values at the epoch whose weights were kept."""
        if not self.best_epoch:
            return {}
        return {name: values[self.best_epoch - 1] for name, values in self.curves.items()}

    def plot(self) -> Any:
        """The curves as a matplotlib Figure: training solid, validation dashed."""
        from capslab.plots import curves

        return curves(self.curves)

    def __str__(self) -> str:
        told = [
            f"{name} {self.best[name]:.4g}" for name in sorted(self.best) if name.startswith("validation")
        ]
        epochs = f"{self.epochs} epoch{'' if self.epochs == 1 else 's'}"
        if self.examples:
            epochs = f"{self.examples:,} examples"
        if self.passes > 1:
            epochs += f" of {self.passes} passes"
        kept = f"; kept epoch {self.best_epoch}: {', '.join(told)}" if told else ""
        end = f"; {self.stopped}" if self.stopped else ""
        return f"{epochs} in {self.seconds:.0f} s on {self.device}{kept}{end}"


def fit(
    model: ImageModel,
    images: Any,
    epochs: int | None = None,
    *,
    batch: int | None = None,
    rate: float | None = None,
    seed: int = 0,
    show: bool | None = None,
    after_epoch: Callable[[ImageModel, int], None] | None = None,
) -> History:
    """Train a model on `images.train`, watched on `images.validation`.

    Parameters
    ----------
    model : DenseNet, CapsNet or VAE; trained in place. It goes on from the weights it has.
    images : `Images`; a classifier needs labels of at least two classes.
    epochs, batch, rate : None takes the model's own recipe (`model.recipe`). Where there are few
        images an epoch is several passes over them (`History.passes` says how many).
    seed : order of the images and their shifts; the same seed gives the same network.
    show : a live curve (in Jupyter) or a progress line (elsewhere); None shows, False is silent.
    after_epoch : called as `after_epoch(model, epoch)` when an epoch ends (from 1).

    Returns
    -------
    History : curves, seconds, device. The model holds the weights of its best epoch, told by
        the validation loss; Interrupt (■) ends training early and keeps those too.

    Raises
    ------
    ArgumentError : labels that are missing or do not fit, images of another size, …
    TrainingFailed : when the loss is no longer a number; the last good weights are kept.
    """
    if hasattr(model, "stream"):  # it makes its examples from the images: pairs, scenes
        from capslab.streaming import fit_stream

        return fit_stream(
            model, images, epochs, batch=batch, rate=rate, seed=seed, show=show, after_epoch=after_epoch
        )
    _check(model, images, epochs, batch, rate)
    train, validation = images.train, images.validation
    recipe = replace(model.recipe, batch=batch or model.recipe.batch, rate=rate or model.recipe.rate)
    each = -(-len(train) // recipe.batch)  # steps a pass
    passes = -(-STEPS_AN_EPOCH // each)
    steps = -(-len(train) * passes // recipe.batch)
    epochs = epochs or max(recipe.epochs, -(-recipe.steps // steps))
    where = backend.device()
    shift = round(recipe.shift * min(images.shape[:2]) / 28)

    keras.utils.set_random_seed(seed)
    _compile(model, recipe, steps, steps * epochs, where)
    metrics = ["accuracy", "loss"] if model.classes else ["loss", *model.parts]
    screen = display(f"{type(model).__name__} on {where}", epochs, metrics, show)
    pictured = screen is not None and screen.pictured
    glance = Glance(model, validation if len(validation) else train) if pictured else None
    watch = _Watch(model, steps, screen, after_epoch, glance)
    stopped = ""
    try:
        model.fit(
            backend.batches(train, recipe.batch, seed, shift, passes=passes),
            validation_data=backend.batches(validation, 500, shuffle=False),
            epochs=epochs,
            callbacks=[watch],
            verbose=0,
            shuffle=False,  # the pipeline does it
        )
    except KeyboardInterrupt:
        stopped = f"interrupted in epoch {watch.epoch + 1} of {epochs}"
    finally:
        watch.restore_best()
    curves = {name: tuple(values) for name, values in watch.curves.items()}
    seconds = time.perf_counter() - watch.started
    history = History(curves, seconds, where, stopped, watch.best_epoch, passes)
    if screen is not None:
        if glance is not None:
            screen.examples(glance.now(), watch.best_epoch)  # of the weights that were kept
        screen.finish(str(history))
    return history


def _check(model: Any, images: Any, epochs: Any, batch: Any, rate: Any) -> None:
    """Refuse in words what training could only trip over."""
    if not isinstance(model, ImageModel):
        raise ArgumentError(
            "model",
            "a model of capslab (DenseNet, CapsNet, VAE)",
            Said(f"a {type(model).__name__}"),
            "Other Keras models have their own .fit().",
        )
    if not hasattr(images, "train"):
        raise ArgumentError(
            "images", "Images, as load() gives them", images, "Write images = capslab.load()."
        )
    for name, value in (("epochs", epochs), ("batch", batch)):
        if value is not None and (not isinstance(value, (int, np.integer)) or value < 1):
            raise ArgumentError(name, "a whole number from 1", value, "Leave it out to take the model's own.")
    if rate is not None and not (isinstance(rate, (int, float)) and 0 < rate < math.inf):
        raise ArgumentError("rate", "a number above 0", rate, f"Try {model.recipe.rate}.")
    model.pixels(images.images[:1])
    if model.classes:
        _check_labels(model, images)


def _check_labels(model: ImageModel, images: Any) -> None:
    if images.labels is None:
        raise ArgumentError(
            "images",
            "labelled: a classifier learns from labels",
            Said("images without labels"),
            "A VAE needs none: VAE(images.shape).",
        )
    seen = np.unique(images.labels)
    if seen[-1] >= len(model.classes) or seen[0] < 0:
        raise ArgumentError(
            "images",
            f"labelled 0 to {len(model.classes) - 1}, as the model has {len(model.classes)} classes",
            Said(f"labels from {seen[0]} to {seen[-1]}"),
            "Make the model with images.classes.",
        )
    if len(seen) < 2:
        raise ArgumentError(
            "images",
            "of at least two classes",
            Said(f"images of class {seen[0]} only"),
            "A network that always says the same would be right: add images of another class.",
        )


def _compile(model: ImageModel, recipe: Recipe, steps: int, total: int, where: str) -> None:
    rate: Any = recipe.rate
    if recipe.decay:
        warm = round(recipe.warmup * total)
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0 if warm else recipe.rate,
            decay_steps=max(total - warm, 1),
            warmup_target=recipe.rate if warm else None,
            warmup_steps=warm,
        )
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        # Twenty steps in one call cost 1.06 of a hand-written loop, one step a call 1.18.
        steps_per_execution=min(20, steps),
        # XLA costs 13–21 % and seconds of compiling on a CPU.
        jit_compile=False if where == "CPU" else "auto",
    )


class _Watch(keras.callbacks.Callback):
    """Curves, best weights and the display, fed by Keras as it trains."""

    def __init__(
        self, model: Any, steps: int, screen: Display | None, after_epoch: Any, glance: Glance | None
    ) -> None:
        super().__init__()
        self.trained, self.steps, self.screen, self.after_epoch = model, steps, screen, after_epoch
        self.glance = glance
        self.epoch, self.best_epoch, self.best_loss = 0, 0, math.inf
        self.curves: dict[str, list[float]] = {}
        self.last_good = self.best_weights = model.get_weights()
        self.started = self.told = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            raise TrainingFailed(
                f"The loss became {loss} in epoch {self.epoch + 1}, so training stopped; the model has its "
                "last good weights. Try a lower learning rate, for instance fit(model, images, rate=1e-4), "
                "and look for images that are not what you expect."
            )
        now = time.perf_counter()
        if now - self.told >= 0.1:  # ten updates a second: a Jupyter server drops more
            self.told = now
            self._tell(self.epoch + min((batch + 1) / self.steps, 1.0), f"loss {loss:.4g}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        for name, value in (logs or {}).items():
            name = f"validation {name[4:]}" if name.startswith("val_") else name
            self.curves.setdefault(name, []).append(float(value))
        self.epoch = epoch + 1
        loss = float((logs or {}).get("val_loss", math.inf))
        self.last_good = self.trained.get_weights()
        if loss < self.best_loss:
            self.best_loss, self.best_epoch, self.best_weights = loss, epoch + 1, self.last_good
        self._tell(float(self.epoch), "")
        if self.screen is not None and self.glance is not None:
            found = self.glance.look(time.perf_counter() - self.started)
            if found is not None:
                self.screen.examples(found, self.epoch)
        if self.after_epoch is not None:
            self.after_epoch(self.trained, epoch + 1)

    def restore_best(self) -> None:
        """Give the model its best finished epoch's weights; before the first, what it has if sound."""
        if self.best_epoch or not all(np.isfinite(w).all() for w in self.trained.get_weights()):
            self.trained.set_weights(self.best_weights)

    def _tell(self, epoch: float, note: str) -> None:
        if self.screen is not None:
            self.screen.update(self.curves, epoch, time.perf_counter() - self.started, note)
