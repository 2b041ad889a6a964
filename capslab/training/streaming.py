"""`fit` for models whose examples are made as they learn: pairs, windows of scenes.

There is no last example, so there are no epochs in the usual sense and nothing to over-fit: training
lasts as many steps, or as many seconds, as it is given, and the rate falls to 0 by then.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from capslab.models import backend  # first: it brings TensorFlow in quietly

import keras  # isort: skip

from capslab.errors import ArgumentError
from capslab.training.checkpoint import Checkpoint, Standing, fingerprint, put_back, taken
from capslab.training.display import display
from capslab.training.fit import APART
from capslab.training.history import History

TOGETHER = 20  # steps in one call
TELLS = 50  # how often an endless training tells how it goes


def fit_stream(
    model: Any,
    images: Any,
    epochs: int | None = None,
    *,
    seconds: float | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    seed: int = 0,
    show: bool | None = None,
    after_epoch: Callable[[Any, int], None] | None = None,
    devices: Any = None,
    checkpoint: Any = None,
    clock: Callable[[], float] = time.process_time,
) -> History:
    """Train a model on examples that it makes from `images.train`.

    Parameters
    ----------
    model : has `stream(images, batch_size, seed)`: `OverlapNet`, `SceneNet`.
    epochs : of `model.recipe.steps` steps each; None takes the recipe's.
    seconds : train for so long instead, by `clock` (processor time).
    batch_size, learning_rate, seed, show, after_epoch : as for `fit`.
    devices : one device; several are refused.
    checkpoint : as for `fit`. What comes after it learns from new examples: as good as those that an unbroken
        training would have seen, not the same ones.

    Returns
    -------
    History : curves over the epochs; with `seconds`, over fiftieths of that time. `History.examples` says
        how many examples were seen.

    Raises
    ------
    ArgumentError : for `seconds` that are no time, or together with `epochs`; for several devices; for a
        checkpoint of another training.
    """
    if devices is not None:
        from capslab.training import distributed

        if distributed.team(devices) is not None:
            raise ArgumentError(
                "devices",
                f"left out: {type(model).__name__} makes its examples as it learns, on one device",
                devices,
            )
    if seconds is not None and (epochs is not None or not 0 < seconds < math.inf):
        raise ArgumentError("seconds", "a time above 0, without epochs", seconds, "Try seconds=60.")
    recipe = model.recipe
    batch_size = batch_size or recipe.batch_size
    learning_rate = learning_rate or recipe.learning_rate
    epochs = TELLS if seconds is not None else epochs or recipe.epochs
    where = backend.device()
    keras.utils.set_random_seed(seed)
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate, beta_2=0.99),
        steps_per_execution=TOGETHER,
        jit_compile=False if where == "CPU" else "auto",
    )
    model.optimizer.build(model.trainable_variables)
    watch = _Progress(recipe, learning_rate, epochs, seconds, clock, after_epoch)
    if checkpoint is not None:
        told = {
            **asdict(recipe),
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "seed": seed,
            "epochs": epochs,
        }
        told["seconds"] = seconds
        what = {
            "model": {"class": type(model).__name__, **model.get_config()},
            "images": {"training": fingerprint(images.train)},
            "recipe": told,
        }
        watch.resume(model, Checkpoint(checkpoint, type(model).__name__), what)
    title = f"{type(model).__name__} on {where}"
    title += f", from {watch.progress():.0%} by its checkpoint" if watch.resumed else ""
    screen = watch.screen = display(title, epochs, ["accuracy", "loss"], show)
    stream = model.stream(images.train, batch_size, seed + APART * watch.resumed)
    stages: Any = getattr(model, "stages", ((0.0, {}),))
    ends = [start for start, _ in stages[1:]] + [1.0]
    stopped = ""
    try:
        for (_, settings), end in zip(stages, ends, strict=True):
            for name, value in settings.items():
                setattr(model, name, value)
            model.train_function = None  # so that what is set is compiled in
            watch.end = end
            if watch.progress() < end:
                with warnings.catch_warnings():
                    # Parts that do not learn yet have no gradients, and that is meant.
                    warnings.filterwarnings("ignore", "Gradients do not exist")
                    model.fit(
                        stream,
                        steps_per_epoch=watch.steps,
                        epochs=10**6,
                        callbacks=[watch],
                        verbose=0,
                        shuffle=False,
                    )
    except KeyboardInterrupt:
        stopped = f"interrupted after {watch.progress():.0%}"
    curves = {name: tuple(values) for name, values in watch.curves.items()}
    done = History(
        curves,
        time.perf_counter() - watch.started,
        where,
        stopped,
        examples=watch.step * batch_size,
        resumed=watch.resumed,
        notes=tuple(watch.keeper.notes) if watch.keeper else (),
    )
    if screen is not None:
        screen.finish(str(done))
    return done


class _Progress(keras.callbacks.Callback):
    """Where training stands, the rate that belongs there, and who is told."""

    def __init__(
        self, recipe: Any, learning_rate: float, epochs: int, seconds: Any, clock: Any, after_epoch: Any
    ) -> None:
        super().__init__()
        self.recipe, self.learning_rate, self.epochs = recipe, learning_rate, epochs
        self.seconds, self.clock, self.after_epoch = seconds, clock, after_epoch
        self.screen: Any = None
        self.keeper: Checkpoint | None = None
        self.what: dict[str, dict[str, Any]] = {}
        self.resumed = 0
        # With a time to keep, one call at a time, so that it is kept.
        self.steps = TOGETHER if seconds else recipe.steps
        self.total = epochs * recipe.steps
        self.curves: dict[str, list[float]] = {}
        self.step, self.end, self.told = 0, 1.0, time.perf_counter()
        self.begun, self.started = clock(), time.perf_counter()

    def resume(self, model: Any, keeper: Checkpoint, what: dict[str, dict[str, Any]]) -> None:
        """Begin where the checkpoint ends, if there is one; keep one from here on."""
        self.keeper, self.what = keeper, what
        standing = keeper.load(what)
        if standing is None:
            return
        put_back(model, standing.arrays)
        progress = standing.progress
        self.step, self.curves, self.resumed = progress["step"], progress["curves"], progress["epoch"]
        self.begun -= progress["clock"]
        self.started -= progress["seconds"]

    def progress(self) -> float:
        """From 0 to 1."""
        if self.seconds is not None:
            return min((self.clock() - self.begun) / self.seconds, 1.0)
        return min(self.step / self.total, 1.0)

    def on_train_begin(self, logs: Any = None) -> None:
        self.model.optimizer.learning_rate = self._rate()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.step += TOGETHER
        self.model.optimizer.learning_rate = self._rate()
        now = self.progress()
        if now >= self.end:
            self.model.stop_training = True
        if self.screen is not None and time.perf_counter() - self.told >= 0.1:
            self.told = time.perf_counter()
            self._tell(f"loss {float((logs or {}).get('loss', 0.0)):.4g}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        finished = int(self.progress() * self.epochs + 1e-6)
        known = len(self.curves.get("loss", ()))
        if finished <= known:
            return
        for name, value in (logs or {}).items():
            # Where time is kept, some marks may be passed in one call.
            self.curves.setdefault(name, []).extend([float(value)] * (finished - known))
        self._tell("")
        if self.after_epoch is not None:
            self.after_epoch(self.model, finished)
        if self.keeper is not None:
            progress = {"epoch": finished, "step": self.step, "curves": self.curves}
            progress["clock"] = self.clock() - self.begun
            progress["seconds"] = time.perf_counter() - self.started
            self.keeper.save(Standing(self.what, progress, taken(self.model)))

    def _rate(self) -> float:
        """Climbs in a straight line, then falls along a cosine."""
        at, warm = self.progress(), self.recipe.warmup
        if at < warm:
            return self.learning_rate * max(at / warm, 1e-3)
        return self.learning_rate * max(0.5 + 0.5 * math.cos(math.pi * (at - warm) / (1 - warm)), 1e-4)

    def _tell(self, note: str) -> None:
        if self.screen is not None:
            at = self.progress() * self.epochs
            self.screen.update(self.curves, at, time.perf_counter() - self.started, note)
