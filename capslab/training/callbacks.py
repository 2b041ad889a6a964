"""What happens around the training steps, one Keras callback for each job.

They share a `TrainingState`, which `Curves` keeps up to date for those after it. Keras calls nothing at the
end of a training that was interrupted, so `fit` itself puts the best weights back.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it brings TensorFlow in quietly

import keras  # isort: skip
import numpy as np

from capslab.errors import TrainingFailed
from capslab.training.checkpoint import Checkpoint, Standing, copy, put_back, taken
from capslab.training.live_curve import Display
from capslab.training.live_examples import Preview

INTERVAL = 0.1  # seconds between two updates of the display: a Jupyter server drops more than ten a second


class TrainingState:
    """Where a training stands.

    Parameters
    ----------
    model : the caller's model.
    learner : what is trained: the same model, or its twin on several devices.

    Attributes
    ----------
    epoch : epochs that are over.
    at : the same, in fractions.
    curves : one value per epoch for each name.
    best_epoch, best_loss, best_weights : of the lowest validation loss; epoch 0 for none.
    resumed : epochs that came from a checkpoint.
    started : when training began, as `time.perf_counter` counts; earlier for one that goes on.
    """

    def __init__(self, model: Any, learner: Any) -> None:
        self.model, self.learner = model, learner
        self.epoch, self.at, self.resumed = 0, 0.0, 0
        self.curves: dict[str, list[float]] = {}
        self.best_epoch, self.best_loss = 0, math.inf
        self.best_weights: list[np.ndarray] = model.get_weights()
        self.started = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds of training so far."""
        return time.perf_counter() - self.started

    def standing(self, what: dict[str, dict[str, Any]]) -> Standing:
        """All that it takes to go on from here as if nothing had happened."""
        progress = {
            "epoch": self.epoch,
            "curves": self.curves,
            "best epoch": self.best_epoch,
            "best loss": self.best_loss,
            "seconds": self.seconds,
        }
        return Standing(what, progress, {"best": self.best_weights, **taken(self.learner)})

    def go_on(self, standing: Standing) -> None:
        """Take up a training where it stood."""
        progress = standing.progress
        self.epoch = self.resumed = progress["epoch"]
        self.at, self.curves = float(self.epoch), progress["curves"]
        self.best_epoch = progress.get("best epoch", 0)
        self.best_loss = progress.get("best loss", math.inf)
        self.started -= progress["seconds"]
        put_back(self.learner, standing.arrays)
        if self.learner is not self.model:
            copy(self.learner, self.model)
        self.best_weights = standing.arrays.get("best") or self.model.get_weights()

    def restore_best(self) -> None:
        """Give the model the weights of its best epoch; without one, its last ones if they are sound."""
        if self.best_epoch or not sound(self.model):
            self.model.set_weights(self.best_weights)


def sound(model: Any) -> bool:
    """Whether all weights are finite numbers."""
    try:
        return all(np.isfinite(weights).all() for weights in model.get_weights())
    except RuntimeError:  # JAX frees the weights that an interrupted step has read
        return False


class Order(keras.callbacks.Callback):
    """Tells the data set which epoch it is."""

    def __init__(self, batches: Any) -> None:
        super().__init__()
        self.batches = batches

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.batches.epoch = epoch


class StopOnNaN(keras.callbacks.Callback):
    """Stops with advice when the loss is no longer a number."""

    def __init__(self, progress: TrainingState) -> None:
        super().__init__()
        self.progress = progress

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            raise TrainingFailed(
                f"The loss became {loss} in epoch {self.progress.epoch + 1}, so training stopped; "
                "the model has its last good weights. Try learning_rate=1e-4, and look for images that are "
                "not what you expect."
            )


class Pace(keras.callbacks.Callback):
    """Counts the steps of an epoch."""

    def __init__(self, progress: TrainingState, steps: int) -> None:
        super().__init__()
        self.progress, self.steps = progress, steps

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.progress.at = self.progress.epoch + min((batch + 1) / self.steps, 1.0)


class Curves(keras.callbacks.Callback):
    """Keeps what Keras measured in each epoch."""

    def __init__(self, progress: TrainingState) -> None:
        super().__init__()
        self.progress = progress

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        new = epoch + 1 - self.progress.epoch  # several where a clock has passed more than one mark
        self.progress.epoch, self.progress.at = epoch + 1, epoch + 1.0
        for name, value in (logs or {}).items():
            name = f"validation {name[4:]}" if name.startswith("val_") else name
            self.progress.curves.setdefault(name, []).extend([float(value)] * new)


class Twin(keras.callbacks.Callback):
    """Copies the weights of the twin on several devices to the caller's model after each epoch."""

    def __init__(self, progress: TrainingState) -> None:
        super().__init__()
        self.progress = progress

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        copy(self.progress.learner, self.progress.model)


class BestWeights(keras.callbacks.Callback):
    """Remembers the weights of the epoch with the lowest validation loss.

    Without validation it remembers the last ones that were finite.
    """

    def __init__(self, progress: TrainingState) -> None:
        super().__init__()
        self.progress = progress

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        progress = self.progress
        if "val_loss" not in (logs or {}):
            if sound(progress.model):
                progress.best_weights = progress.model.get_weights()
            return
        loss = float(logs["val_loss"])
        if loss < progress.best_loss:
            progress.best_loss, progress.best_epoch = loss, epoch + 1
            progress.best_weights = progress.model.get_weights()


class Live(keras.callbacks.Callback):
    """Shows the curves so far, at most ten times a second."""

    def __init__(self, progress: TrainingState, screen: Display) -> None:
        super().__init__()
        self.progress, self.screen, self.shown = progress, screen, time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        now = time.perf_counter()
        if now - self.shown >= INTERVAL:
            self.shown = now
            self.show(f"loss {float((logs or {}).get('loss', 0.0)):.4g}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.show("")

    def show(self, note: str) -> None:
        self.screen.update(self.progress.curves, self.progress.at, self.progress.seconds, note)


class ShowExamples(keras.callbacks.Callback):
    """Shows what the model makes of a few images, as often as that costs little."""

    def __init__(self, progress: TrainingState, screen: Display, preview: Preview) -> None:
        super().__init__()
        self.progress, self.screen, self.preview = progress, screen, preview

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        examples = self.preview.look(self.progress.seconds)
        if examples is not None:
            self.screen.examples(examples, epoch + 1)


class AfterEpoch(keras.callbacks.Callback):
    """Calls the caller's function, `function(model, epoch)` with epochs from 1."""

    def __init__(self, progress: TrainingState, function: Callable[[Any, int], None]) -> None:
        super().__init__()
        self.progress, self.function = progress, function

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        progress = self.progress
        self.function(progress.model, epoch + 1)
        if progress.learner is not progress.model:
            copy(progress.model, progress.learner)


class Checkpointing(keras.callbacks.Callback):
    """Writes where training stands after each epoch.

    Parameters
    ----------
    more : further plain numbers to keep, asked for at each epoch.
    """

    def __init__(
        self,
        progress: TrainingState,
        keeper: Checkpoint,
        what: dict[str, dict[str, Any]],
        more: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        super().__init__()
        self.progress, self.keeper, self.what, self.more = progress, keeper, what, more

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        standing = self.progress.standing(self.what)
        standing.progress.update(self.more())
        self.keeper.save(standing)


class StreamPace(keras.callbacks.Callback):
    """Paces a training on a stream: its learning rate, the end of its stages, its epochs.

    The rate climbs in a straight line and then falls along a cosine, by the share of the training that is
    over; a clock measures that share where training is to last for a given time.

    Parameters
    ----------
    epochs, steps : how many epochs, of how many steps each.
    seconds : how long to train instead, by `clock`; then each fiftieth of the time counts as an epoch.

    Attributes
    ----------
    then : callbacks that hear of steps and epochs from here, as Keras's epochs may be shorter.
    step : steps that are over.
    end : the share of the training at which the present stage ends.
    """

    def __init__(
        self,
        progress: TrainingState,
        recipe: Any,
        learning_rate: float,
        epochs: int,
        steps: int,
        seconds: float | None,
        clock: Callable[[], float],
    ) -> None:
        super().__init__()
        self.progress, self.warmup, self.learning_rate = progress, recipe.warmup, learning_rate
        self.epochs, self.steps, self.seconds, self.clock = epochs, steps, seconds, clock
        self.then: Sequence[keras.callbacks.Callback] = ()
        self.step, self.end, self.begun = 0, 1.0, clock()

    def share(self) -> float:
        """How much of the training is over, from 0 to 1."""
        if self.seconds is not None:
            return min((self.clock() - self.begun) / self.seconds, 1.0)
        return min(self.step / (self.epochs * self.steps), 1.0)

    def rate(self) -> float:
        """The learning rate now."""
        at, warm = self.share(), self.warmup
        if at < warm:
            return self.learning_rate * max(at / warm, 1e-3)
        return self.learning_rate * max(0.5 + 0.5 * math.cos(math.pi * (at - warm) / (1 - warm)), 1e-4)

    def kept(self) -> dict[str, Any]:
        """What a checkpoint needs to go on at this step."""
        return {"step": self.step, "clock": self.clock() - self.begun}

    def go_on(self, kept: dict[str, Any]) -> None:
        """Take up a training at the step where it stood."""
        self.step = kept["step"]
        self.begun -= kept["clock"]

    def on_train_begin(self, logs: Any = None) -> None:
        self._set_rate()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.step += self.model.steps_per_execution
        self._set_rate()
        share = self.share()
        self.progress.at = share * self.epochs
        for callback in self.then:
            callback.on_train_batch_end(batch, logs)
        if share >= self.end:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        finished = int(self.share() * self.epochs + 1e-6)
        if finished > self.progress.epoch:
            for callback in self.then:
                callback.on_epoch_end(finished - 1, logs)

    def _set_rate(self) -> None:
        # Under JAX, `Callback.model` fetches the state of the training first.
        self.model.optimizer.learning_rate = self.rate()
