"""What one training consists of: its steps and epochs, its data, its calls of Keras's `fit`.

`ImagePlan` goes over images that are there, `StreamPlan` over examples that the model makes as it learns.
`capslab.training.fit.fit` runs either.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from capslab.models import backend  # first: it brings TensorFlow in quietly

import keras  # isort: skip
import numpy as np

from capslab.errors import ArgumentError, Verbatim
from capslab.models.base import Recipe
from capslab.training.batches import Batches, StreamBatches
from capslab.training.callbacks import Order, Pace, StreamPace, TrainingState
from capslab.training.checkpoint import Standing, array_fingerprint, images_fingerprint

STEPS_AN_EPOCH = 60  # small data sets pass several times in an epoch, or an epoch is mostly overhead
MARKS = 50  # epochs that a training for a given time is divided into

clock = time.process_time  # what `seconds` are measured by

Callbacks = list[keras.callbacks.Callback]


@dataclass(frozen=True)
class Settings:
    """What the caller of `fit` asked for; None leaves it to the model's recipe."""

    epochs: int | None
    seconds: float | None
    batch_size: int | None
    learning_rate: float | None
    seed: int
    weights: np.ndarray | None

    def recipe(self, recipe: Recipe) -> Recipe:
        """The model's recipe with the caller's changes."""
        return replace(
            recipe,
            batch_size=self.batch_size or recipe.batch_size,
            learning_rate=self.learning_rate or recipe.learning_rate,
        )


class ImagePlan:
    """Training on `images.train`, with `images.validation` after each epoch.

    Parameters
    ----------
    team : the devices that share the work; None for one.

    Attributes
    ----------
    where : the device, in words.
    epochs, steps, passes : how many epochs, batches in each, and passes over the images in each.
    progress : where the training stands.
    what : of which model, images and recipe a checkpoint must be.
    metrics : names of the curves worth a panel.
    pictured : whether examples can be shown on the way.
    """

    pictured = True

    def __init__(self, model: Any, images: Any, settings: Settings, team: Any) -> None:
        self.model, self.team, self.seed = model, team, settings.seed
        self.train, self.validation, self.weights = images.train, images.validation, settings.weights
        self.recipe = recipe = settings.recipe(model.recipe)
        count = len(self.train)
        self.passes = -(-STEPS_AN_EPOCH // -(-count // recipe.batch_size))
        self.steps = -(-count * self.passes // recipe.batch_size)
        self.epochs = settings.epochs or max(recipe.epochs, -(-recipe.steps // self.steps))
        self.shift = round(recipe.shift * min(images.image_shape[:2]) / 28)
        self.where = backend.device() if team is None else team.words
        self.metrics = ["accuracy", "loss"] if model.classes else ["loss", *model.parts]
        self.what = self._what()
        if team is None:
            self._compile(model)
            self.progress = TrainingState(model, model)
        else:
            twin = team.twin(model)
            with team.strategy.scope():
                self._compile(twin)
            self.progress = TrainingState(model, twin)

    def _what(self) -> dict[str, dict[str, Any]]:
        recipe = {**asdict(self.recipe), "seed": self.seed, "epochs": self.epochs}
        del recipe["steps"]
        if recipe["border"] == "black":
            del recipe["border"]  # it was always black once, and no checkpoint of that time names it
        if not self.recipe.decay:
            del recipe["epochs"]  # its rate does not fall to 0 by then, so it may be trained for longer
        images = {
            name: f"{len(part)} ({images_fingerprint(part)})"
            for name, part in (("training", self.train), ("validation", self.validation))
        }
        if self.weights is not None:
            images["weights"] = array_fingerprint(self.weights)
        config = {"class": type(self.model).__name__, **self.model.get_config()}
        return {"model": config, "images": images, "recipe": recipe}

    def _compile(self, learner: Any) -> None:
        recipe, total = self.recipe, self.steps * self.epochs
        rate: Any = recipe.learning_rate
        if recipe.decay:
            warm = round(recipe.warmup * total)
            rate = keras.optimizers.schedules.CosineDecay(
                initial_learning_rate=0.0 if warm else recipe.learning_rate,
                decay_steps=max(total - warm, 1),
                warmup_target=recipe.learning_rate if warm else None,
                warmup_steps=warm,
            )
        learner.compile(optimizer=keras.optimizers.Adam(rate), **backend.compile_options(self.steps))
        learner.optimizer.build(learner.trainable_variables)

    def go_on(self, standing: Standing) -> None:
        """Take up the training where it stood."""
        self.progress.go_on(standing)

    def kept(self) -> dict[str, Any]:
        """What a checkpoint holds besides the progress."""
        return {}

    def resumed(self) -> str:
        """From where it goes on, in words."""
        epoch = self.progress.epoch
        return f", from epoch {epoch + 1} of its checkpoint" if 0 < epoch < self.epochs else ""

    def stopped(self) -> str:
        """Where it was interrupted, in words."""
        return f"interrupted in epoch {self.progress.epoch + 1} of {self.epochs}"

    def examples(self) -> int:
        """How many examples were made on the way."""
        return 0

    def run(self, callbacks: Callbacks) -> None:
        """Train, and tell the callbacks of steps and epochs."""
        first = self.progress.epoch
        if first >= self.epochs:
            return
        batches = Batches(
            self.train,
            self.recipe.batch_size,
            self.seed,
            self.shift,
            passes=self.passes,
            weights=self.weights,
            border=self.recipe.border,
        )
        validation = backend.feed(Batches(self.validation, 500, shuffle=False))
        callbacks = [Order(batches), Pace(self.progress, self.steps), *callbacks]
        if self.team is not None:
            together = keras.callbacks.CallbackList(callbacks, model=self.progress.learner)
            self.team.fit(
                self.progress.learner,
                backend.feed(batches),
                validation,
                self.steps,
                self.epochs,
                together,
                first,
            )
            return
        self.model.fit(
            backend.feed(batches),
            validation_data=validation,
            initial_epoch=first,
            epochs=self.epochs,
            callbacks=callbacks,
            verbose=0,
            shuffle=False,  # `Batches` does it
        )


class StreamPlan:
    """Training on examples that the model makes from `images.train`; its attributes are `ImagePlan`'s.

    There is no last example, so nothing to over-fit and no validation. Training lasts as many steps, or
    as many seconds, as it is given, and the learning rate falls to 0 by then.
    """

    pictured = False
    passes = 1
    metrics = ("accuracy", "loss")

    def __init__(self, model: Any, images: Any, settings: Settings, team: Any) -> None:
        self.model, self.images, self.seed = model, images.train, settings.seed
        self.recipe = recipe = settings.recipe(model.recipe)
        self.where = backend.device()
        self.epochs = MARKS if settings.seconds is not None else settings.epochs or recipe.epochs
        options = backend.compile_options()
        at_once = options["steps_per_execution"]
        self.steps = -(-recipe.steps // at_once) * at_once
        model.compile(optimizer=keras.optimizers.Adam(recipe.learning_rate, beta_2=0.99), **options)
        model.optimizer.build(model.trainable_variables)
        self.progress = TrainingState(model, model)
        self.pace = StreamPace(
            self.progress,
            recipe,
            recipe.learning_rate,
            self.epochs,
            self.steps,
            settings.seconds,
            clock,
        )
        # With a time to keep, Keras's epochs are of one call each, so that it is kept.
        self.call = self.steps if settings.seconds is None else at_once
        self.what = {
            "model": {"class": type(model).__name__, **model.get_config()},
            "images": {"training": images_fingerprint(self.images)},
            "recipe": {
                **asdict(recipe),
                "seed": self.seed,
                "epochs": self.epochs,
                "seconds": settings.seconds,
            },
        }

    def go_on(self, standing: Standing) -> None:
        """Take up the training where it stood."""
        self.progress.go_on(standing)
        self.pace.go_on(standing.progress)

    def kept(self) -> dict[str, Any]:
        """What a checkpoint holds besides the progress."""
        return self.pace.kept()

    def resumed(self) -> str:
        """From where it goes on, in words."""
        return f", from {self.pace.share():.0%} by its checkpoint" if self.progress.resumed else ""

    def stopped(self) -> str:
        """Where it was interrupted, in words."""
        return f"interrupted after {self.pace.share():.0%}"

    def examples(self) -> int:
        """How many examples were made on the way."""
        return self.pace.step * self.recipe.batch_size

    def stages(self) -> Iterator[float]:
        """Set up the model for each stage in turn, and give the share of the training at which it ends."""
        stages: Any = getattr(self.model, "stages", ((0.0, {}),))
        ends = [start for start, _ in stages[1:]] + [1.0]
        for (_, settings), end in zip(stages, ends, strict=True):
            for name, value in settings.items():
                setattr(self.model, name, value)
            self.model.train_function = None  # so that what was set is compiled in
            if self.pace.share() < end:
                yield end

    def run(self, callbacks: Callbacks) -> None:
        """Train, and tell the callbacks of steps and epochs."""
        self.pace.then = callbacks
        for end in self.stages():
            self.pace.end = end
            batches = StreamBatches(
                self.model, self.images, self.recipe.batch_size, self.seed, self.steps, self.pace.step
            )
            with warnings.catch_warnings():
                # Parts that do not learn yet have no gradients, and that is meant.
                warnings.filterwarnings("ignore", "Gradients do not exist")
                self.model.fit(
                    backend.feed(batches),
                    steps_per_epoch=self.call,
                    epochs=10**6,  # `StreamPace` ends it
                    callbacks=[self.pace],
                    verbose=0,
                    shuffle=False,
                )


def check_stream(model: Any, settings: Settings, team: Any, weighted: bool) -> None:
    """Refuse in words what a training on a stream cannot do."""
    name = type(model).__name__
    if team is not None:
        raise ArgumentError(
            "devices",
            f"left out: {name} makes its examples as it learns, on one device",
            Verbatim("several devices"),
            "Leave it out.",
        )
    if weighted:
        raise ArgumentError(
            "class_weight, sample_weight",
            f"left out: {name} makes its examples as it learns, so no example is known before",
            Verbatim("weights"),
            "Leave `class_weight` and `sample_weight` out.",
        )
    if settings.seconds is not None and (settings.epochs is not None or not 0 < settings.seconds < np.inf):
        step = "Try seconds=60." if settings.epochs is None else "Leave it out, or leave `epochs` out."
        raise ArgumentError("seconds", "a time above 0, without epochs", settings.seconds, step)
