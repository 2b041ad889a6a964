"""`fit`: train any model of the course, watched live, interrupted without loss.

The loop is Keras's own `fit` (that of `capslab.training.distributed` where several devices share the work).
What is added is what a learner needs around it: the device is named, a curve moves, Interrupt keeps
the best weights so far, a loss that is not a number stops with advice, a killed kernel loses an epoch.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from io import BytesIO
from typing import Any

from capslab.models import backend  # first: it brings TensorFlow in quietly

import keras  # isort: skip
import numpy as np

from capslab.errors import ArgumentError, TrainingFailed, Verbatim
from capslab.models.base import ImageModel, Recipe
from capslab.training.checkpoint import Checkpoint, Standing, copy, fingerprint, put_back, taken
from capslab.training.display import Display, display
from capslab.training.history import History
from capslab.training.preview import Glance

STEPS_AN_EPOCH = 60  # small data sets pass several times in an epoch, or an epoch is mostly overhead

APART = 1_000_003  # between the seeds of epochs


def fit(
    model: ImageModel,
    images: Any,
    epochs: int | None = None,
    *,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    seed: int = 0,
    show: bool | None = None,
    after_epoch: Callable[[ImageModel, int], None] | None = None,
    devices: str | int | Sequence[str] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> History:
    """Train a model on `images.train`, watched on `images.validation`.

    Parameters
    ----------
    model : DenseBaseline, CapsNet or VAE; trained in place. It goes on from the weights it has.
    images : `Images`; a classifier needs labels of at least two classes.
    epochs, batch_size, learning_rate : None takes the model's own recipe (`model.recipe`). Where there
        are few images an epoch is several passes over them (`History.passes` says how many).
    seed : order of the images and their shifts; the same seed gives the same network.
    show : a live curve (in Jupyter) or a progress line (elsewhere); None shows, False is silent.
    after_epoch : called as `after_epoch(model, epoch)` when an epoch ends (from 1).
    devices : None for one device (the first GPU, or the CPU); "all", a number, or names as
        `["GPU:0", "GPU:1"]` for several that share each batch. With `TF_CONFIG`, "all" means those of
        all machines. The result is that of one device but for rounding.
    checkpoint : a folder, or a file that ends in `.npz`, for where training stands after each epoch. The
        same call goes on from there, after a killed kernel too; once finished it gives the result back.

    Returns
    -------
    History : curves, seconds, device. The model holds the weights of its best epoch, told by
        the validation loss; Interrupt (■) ends training early and keeps those too.

    Raises
    ------
    ArgumentError : labels that are missing or do not fit, images of another size, devices that are not
        there, a checkpoint of another training, …
    TrainingFailed : when the loss is no longer a number, or a worker was lost; the last good weights
        are kept.
    """
    if hasattr(model, "stream"):  # it makes its examples from the images: pairs, scenes
        from capslab.training.streaming import fit_stream

        return fit_stream(
            model,
            images,
            epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            seed=seed,
            show=show,
            after_epoch=after_epoch,
            devices=devices,
            checkpoint=checkpoint,
        )
    _check(model, images, epochs, batch_size, learning_rate)
    train, validation = images.train, images.validation
    recipe = replace(
        model.recipe,
        batch_size=batch_size or model.recipe.batch_size,
        learning_rate=learning_rate or model.recipe.learning_rate,
    )
    each = -(-len(train) // recipe.batch_size)  # steps a pass
    passes = -(-STEPS_AN_EPOCH // each)
    steps = -(-len(train) * passes // recipe.batch_size)
    epochs = epochs or max(recipe.epochs, -(-recipe.steps // steps))
    shift = round(recipe.shift * min(images.image_shape[:2]) / 28)
    team = _team(devices)
    where = backend.device() if team is None else team.words

    keras.utils.set_random_seed(seed)
    learner = model if team is None else team.twin(model)
    with contextlib.nullcontext() if team is None else team.strategy.scope():
        _compile(learner, recipe, steps, steps * epochs, where)
        learner.optimizer.build(learner.trainable_variables)
    watch = _Watch(model, learner, steps, after_epoch)
    what = _identity(model, train, validation, recipe, epochs, seed)
    watch.resume(what, team, checkpoint)

    metrics = ["accuracy", "loss"] if model.classes else ["loss", *model.parts]
    title = f"{type(model).__name__} on {where}"
    title += f", from epoch {watch.epoch + 1} of its checkpoint" if 0 < watch.epoch < epochs else ""
    screen = watch.screen = display(title, epochs, metrics, show)
    pictured = screen is not None and screen.pictured
    glance = watch.glance = Glance(model, validation if len(validation) else train) if pictured else None
    stopped = ""
    try:
        if watch.epoch < epochs:
            held = backend.batches(validation, 500, shuffle=False)

            def shown(epoch: int) -> Any:
                """Each epoch's own pipeline, so that its order does not hang on those before."""
                return backend.batches(train, recipe.batch_size, seed + APART * epoch, shift, passes=passes)

            if team is not None:
                team.fit(learner, shown, held, steps, epochs, watch, watch.epoch)
            for epoch in range(watch.epoch, epochs):
                model.fit(
                    shown(epoch),
                    validation_data=held,
                    initial_epoch=epoch,
                    epochs=epoch + 1,
                    callbacks=[watch],
                    verbose=0,
                    shuffle=False,  # the pipeline does it
                )
    except KeyboardInterrupt:
        stopped = f"interrupted in epoch {watch.epoch + 1} of {epochs}"
    except TrainingFailed as error:
        raise TrainingFailed(f"{error} {watch.kept()}".strip()) from error
    finally:
        watch.restore_best()
    curves = {name: tuple(values) for name, values in watch.curves.items()}
    seconds = time.perf_counter() - watch.started
    history = History(
        curves,
        seconds,
        where,
        stopped,
        watch.best_epoch,
        passes,
        resumed=watch.resumed,
        notes=tuple(watch.keeper.notes) if watch.keeper else (),
    )
    if screen is not None:
        if glance is not None:
            screen.examples(glance.now(), watch.best_epoch)  # of the weights that were kept
        screen.finish(str(history))
    return history


def _team(devices: Any) -> Any:
    """The devices that share the work; None for one."""
    if devices is None:
        return None
    from capslab.training import distributed

    return distributed.team(devices)


def _identity(
    model: ImageModel, train: Any, validation: Any, recipe: Recipe, epochs: int, seed: int
) -> dict[str, dict[str, Any]]:
    """What a checkpoint must be of to go on from it."""
    told = {**asdict(recipe), "seed": seed}
    del told["steps"]
    if recipe.decay:
        told["epochs"] = epochs  # the rate falls to 0 by then
    else:
        del told["epochs"]  # it may be trained for longer
    seen = {
        name: f"{len(part)} ({fingerprint(part)})"
        for name, part in (("training", train), ("validation", validation))
    }
    return {"model": {"class": type(model).__name__, **model.get_config()}, "images": seen, "recipe": told}


def _check(model: Any, images: Any, epochs: Any, batch_size: Any, learning_rate: Any) -> None:
    """Refuse in words what training could only trip over."""
    if not isinstance(model, ImageModel):
        raise ArgumentError(
            "model",
            "a model of capslab (DenseBaseline, CapsNet, VAE)",
            Verbatim(f"a {type(model).__name__}"),
            "Other Keras models have their own .fit().",
        )
    if not hasattr(images, "train"):
        raise ArgumentError(
            "images", "Images, as load() gives them", images, "Write images = capslab.load()."
        )
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if value is not None and (not isinstance(value, (int, np.integer)) or value < 1):
            raise ArgumentError(name, "a whole number from 1", value, "Leave it out to take the model's own.")
    if learning_rate is not None and not (
        isinstance(learning_rate, (int, float)) and 0 < learning_rate < math.inf
    ):
        raise ArgumentError(
            "learning_rate", "a number above 0", learning_rate, f"Try {model.recipe.learning_rate}."
        )
    model.pixels(images.images[:1])
    if model.classes:
        _check_labels(model, images)


def _check_labels(model: ImageModel, images: Any) -> None:
    if images.labels is None:
        raise ArgumentError(
            "images",
            "labelled: a classifier learns from labels",
            Verbatim("images without labels"),
            "A VAE needs none: VAE(images.image_shape).",
        )
    seen = np.unique(images.labels)
    if seen[-1] >= len(model.classes) or seen[0] < 0:
        raise ArgumentError(
            "images",
            f"labelled 0 to {len(model.classes) - 1}, as the model has {len(model.classes)} classes",
            Verbatim(f"labels from {seen[0]} to {seen[-1]}"),
            "Make the model with images.classes.",
        )
    if len(seen) < 2:
        raise ArgumentError(
            "images",
            "of at least two classes",
            Verbatim(f"images of class {seen[0]} only"),
            "A network that always says the same would be right: add images of another class.",
        )


def _compile(model: ImageModel, recipe: Recipe, steps: int, total: int, where: str) -> None:
    rate: Any = recipe.learning_rate
    if recipe.decay:
        warm = round(recipe.warmup * total)
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=0.0 if warm else recipe.learning_rate,
            decay_steps=max(total - warm, 1),
            warmup_target=recipe.learning_rate if warm else None,
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
    """Curves, best weights, checkpoint and display, fed by Keras as it trains.

    `trained` is the caller's model; `learner`, the same one or its twin on several devices, is what learns.
    """

    def __init__(self, trained: Any, learner: Any, steps: int, after_epoch: Any) -> None:
        super().__init__()
        self.trained, self.learner, self.steps, self.after_epoch = trained, learner, steps, after_epoch
        self.screen: Display | None = None
        self.glance: Glance | None = None
        self.keeper: Checkpoint | None = None
        self.what: dict[str, dict[str, Any]] = {}
        self.epoch, self.resumed, self.best_epoch, self.best_loss = 0, 0, 0, math.inf
        self.curves: dict[str, list[float]] = {}
        self.best_weights = trained.get_weights()
        self.started = self.told = time.perf_counter()

    def resume(self, what: dict[str, dict[str, Any]], team: Any, checkpoint: Any) -> None:
        """Begin where the checkpoint ends; without one, with the model as it is. All workers alike."""
        self.what = what
        standing = None
        if checkpoint is not None and (team is None or team.first):
            self.keeper = Checkpoint(checkpoint, type(self.trained).__name__)
            standing = self.keeper.load(what)
        if team is not None:
            copy(self.trained, self.learner)
            if team.workers > 1:
                content = (standing or self.standing()).packed() if team.first else b""
                standing = Standing.read(BytesIO(team.agree(json.dumps(what), content)))
        if standing is not None:
            self._go_on(standing)

    def standing(self) -> Standing:
        """All that it takes to go on from here as if nothing had happened."""
        progress = {
            "epoch": self.epoch,
            "curves": self.curves,
            "best epoch": self.best_epoch,
            "best loss": self.best_loss,
            "seconds": time.perf_counter() - self.started,
        }
        return Standing(self.what, progress, {"best": self.best_weights, **taken(self.learner)})

    def _go_on(self, standing: Standing) -> None:
        progress = standing.progress
        self.epoch = self.resumed = progress["epoch"]
        self.curves, self.best_weights = progress["curves"], standing.arrays["best"]
        self.best_epoch, self.best_loss = progress["best epoch"], progress["best loss"]
        self.started -= progress["seconds"]
        put_back(self.learner, standing.arrays)
        if self.learner is not self.trained:
            copy(self.learner, self.trained)

    def kept(self) -> str:
        """What a checkpoint saves of a training that failed, in words."""
        if self.keeper is None or not self.keeper.epoch:
            return ""
        held = f"The checkpoint {self.keeper.path} holds epoch {self.keeper.epoch}"
        return f"{held}: the same call goes on from there."

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = float((logs or {}).get("loss", 0.0))
        if not math.isfinite(loss):
            raise TrainingFailed(
                f"The loss became {loss} in epoch {self.epoch + 1}, so training stopped; the model has its "
                "last good weights. Try a lower learning rate, for instance "
                "fit(model, images, learning_rate=1e-4), "
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
        if self.learner is not self.trained:
            copy(self.learner, self.trained)
        if loss < self.best_loss:
            self.best_loss, self.best_epoch, self.best_weights = loss, epoch + 1, self.trained.get_weights()
        self._tell(float(self.epoch), "")
        if self.screen is not None and self.glance is not None:
            found = self.glance.look(time.perf_counter() - self.started)
            if found is not None:
                self.screen.examples(found, self.epoch)
        if self.after_epoch is not None:
            self.after_epoch(self.trained, epoch + 1)
            if self.learner is not self.trained:
                copy(self.trained, self.learner)
        if self.keeper is not None:
            self.keeper.save(self.standing())

    def restore_best(self) -> None:
        """Give the model its best finished epoch's weights; before the first, what it has if sound."""
        if self.best_epoch or not all(np.isfinite(w).all() for w in self.trained.get_weights()):
            self.trained.set_weights(self.best_weights)

    def _tell(self, epoch: float, note: str) -> None:
        if self.screen is not None:
            self.screen.update(self.curves, epoch, time.perf_counter() - self.started, note)
