"""`fit`: train any model of the course, watched live, interrupted without loss.

The loop is Keras's own `fit`, or that of `capslab.training.multiple_devices` where several devices share
the work.
What a learner needs around it is added by callbacks: the device is named, a curve moves, Interrupt keeps
the best weights so far, a loss that is not a number stops with advice, a killed kernel loses one epoch.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it brings TensorFlow in quietly

import keras  # isort: skip
import numpy as np

from capslab.errors import ArgumentError, TrainingFailed, Verbatim, instance_of
from capslab.models.backend import own_settings
from capslab.models.base import ImageModel
from capslab.training import callbacks as cb
from capslab.training.checkpoint import Checkpoint, Standing, copy
from capslab.training.history import History
from capslab.training.live_curve import display
from capslab.training.live_examples import Preview
from capslab.training.sample_weights import training_weights
from capslab.training.training_plan import ImagePlan, Settings, StreamPlan, check_stream


def fit(
    model: ImageModel,
    images: Any,
    epochs: int | None = None,
    *,
    seconds: float | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    seed: int = 0,
    class_weight: dict[Any, float] | None = None,
    sample_weight: Any = None,
    show: bool | None = None,
    after_epoch: Callable[[Any, int], None] | None = None,
    devices: str | int | Sequence[str] | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
) -> History:
    """Train a model on `images.train`, watched on `images.validation`.

    Parameters
    ----------
    model : DenseBaseline, CapsNet, VAE, …; trained in place. It goes on from the weights it has.
        OverlapNet and SceneNet make their examples from the images as they learn: pairs, windows of scenes.
    images : `Images`; a classifier needs labels of at least two classes.
    epochs, batch_size, learning_rate : None takes the model's own recipe (`model.recipe`). Where there
        are few images an epoch is several passes over them (`History.passes` says how many).
    seconds : how long to train instead of `epochs`, in processor time; for OverlapNet and SceneNet only.
    seed : decides the order of the images and their shifts; the same seed gives the same network. The
        random state of NumPy, Python and Keras is left as it was.
    class_weight : how much the images of a class count, by its number or name: `{"3": 2.0}`; others count 1.
    sample_weight : how much each image counts, one number for each of `images` or of `images.train`. Both
        weights are for classifiers and for training only; validation counts all images alike.
    show : a live curve (in Jupyter) or a progress line (elsewhere); None shows, False is silent.
    after_epoch : called as `after_epoch(model, epoch)` when an epoch ends (from 1).
    devices : None for one device (the first GPU, or the CPU); "all", a number, or names as
        `["GPU:0", "GPU:1"]` for several that share each batch. With `TF_CONFIG`, "all" means those of
        all machines. The result is that of one device but for rounding.
    checkpoint : a folder, or a file that ends in `.npz`, for where training stands after each epoch. The
        same call goes on from there, after a killed kernel too; once finished it gives the result back.

    Returns
    -------
    History : curves, seconds, device. The model holds the weights of the epoch with the lowest validation
        loss; Interrupt (■) ends training early and keeps those too. A model that makes its examples
        has no validation and holds its last weights; `History.examples` says how many it saw.

    Raises
    ------
    ArgumentError : labels that are missing or do not fit, images of another size, devices that are not
        there, a checkpoint of another training, …
    TrainingFailed : when the loss is no longer a number, or a worker was lost; the last good weights
        are kept.
    """
    _check(model, images, epochs, batch_size, learning_rate, seed)
    streams = hasattr(model, "stream")
    weighted = class_weight is not None or sample_weight is not None
    team = _team(devices)
    if not streams:
        _check_images(model, images, seconds)
    if weighted and team is not None:
        raise ArgumentError(
            "class_weight, sample_weight",
            "left out with several devices",
            Verbatim("weights"),
            "Leave `devices` out to train with weights on one.",
        )
    weights = (
        training_weights(model, images, class_weight, sample_weight) if not streams and weighted else None
    )
    settings = Settings(epochs, seconds, batch_size, learning_rate, int(seed), weights)
    if streams:
        check_stream(model, settings, team, weighted)
    with own_settings():  # the optimiser and the measured loss too are in float32
        plan: Any = (StreamPlan if streams else ImagePlan)(model, images, settings, team)
        keeper = _resume(plan, team, checkpoint)
        return _run(plan, keeper, show, after_epoch)


def _run(plan: Any, keeper: Checkpoint | None, show: bool | None, after_epoch: Any) -> History:
    """Train as planned, with everything around it."""
    progress = plan.progress
    title = f"{type(plan.model).__name__} on {plan.where}{plan.resumed()}"
    screen = display(title, plan.epochs, plan.metrics, show)
    preview = Preview(plan.model, plan.validation) if screen and screen.pictured and plan.pictured else None
    callbacks: list[keras.callbacks.Callback] = [cb.StopOnNaN(progress), cb.Curves(progress)]
    if progress.learner is not plan.model:
        callbacks.append(cb.Twin(progress))
    callbacks.append(cb.BestWeights(progress))
    if screen is not None:
        callbacks.append(cb.Live(progress, screen))
    if preview is not None and screen is not None:
        callbacks.append(cb.ShowExamples(progress, screen, preview))
    if after_epoch is not None:
        callbacks.append(cb.AfterEpoch(progress, after_epoch))
    if keeper is not None:
        callbacks.append(cb.Checkpointing(progress, keeper, plan.what, plan.kept))
    stopped = ""
    try:
        plan.run(callbacks)
    except KeyboardInterrupt:
        stopped = plan.stopped()
    except TrainingFailed as error:
        raise TrainingFailed(f"{error} {_saved(keeper)}".strip()) from error
    finally:
        progress.restore_best()
    history = History(
        {name: tuple(values) for name, values in progress.curves.items()},
        progress.seconds,
        plan.where,
        stopped,
        progress.best_epoch,
        plan.passes,
        plan.examples(),
        progress.resumed,
        tuple(keeper.notes) if keeper else (),
    )
    if screen is not None:
        if preview is not None:
            screen.examples(preview.now(), progress.best_epoch)  # of the weights that were kept
        screen.finish(str(history))
    return history


def _resume(plan: Any, team: Any, place: Any) -> Checkpoint | None:
    """Begin where the checkpoint ends; without one, with the model as it is. All workers alike."""
    keeper, standing = None, None
    if place is not None and (team is None or team.first):
        keeper = Checkpoint(place, type(plan.model).__name__)
        standing = keeper.load(plan.what)
    if team is not None:
        copy(plan.model, plan.progress.learner)
        if team.workers > 1:
            content = (standing or plan.progress.standing(plan.what)).packed() if team.first else b""
            standing = Standing.read(BytesIO(team.agree(json.dumps(plan.what), content)))
    if standing is not None:
        plan.go_on(standing)
    return keeper


def _saved(keeper: Checkpoint | None) -> str:
    """What a checkpoint saves of a training that failed, in words."""
    if keeper is None or not keeper.epoch:
        return ""
    return f"The checkpoint {keeper.path} holds epoch {keeper.epoch}: the same call goes on from there."


def _team(devices: Any) -> Any:
    """The devices that share the work; None for one."""
    if devices is None:
        return None
    kind = keras.backend.backend()
    if kind != "tensorflow":
        raise ArgumentError(
            "devices",
            f"left out with Keras on {kind}: several need TensorFlow",
            devices,
            "Leave it out, or start the kernel anew with KERAS_BACKEND=tensorflow.",
        )
    from capslab.training import multiple_devices

    return multiple_devices.team(devices)


def _check(model: Any, images: Any, epochs: Any, batch_size: Any, learning_rate: Any, seed: Any) -> None:
    """Refuse in words what training could only trip over."""
    if not isinstance(model, ImageModel):
        raise ArgumentError(
            "model",
            "a model of capslab (DenseBaseline, CapsNet, VAE)",
            instance_of(model),
            "Take cl.DenseBaseline.for_images(images). Other Keras models have a method fit of their own.",
        )
    if not hasattr(images, "train"):
        raise ArgumentError("images", "Images, as cl.load() gives them", images, _to_images(images))
    for name, value in (("epochs", epochs), ("batch_size", batch_size)):
        if value is not None and (not _whole(value) or value < 1):
            raise ArgumentError(name, "a whole number from 1", value, "Leave it out to take the model's own.")
    if not _whole(seed) or seed < 0:
        raise ArgumentError("seed", "a whole number from 0", seed, "Try seed=0.")
    if learning_rate is not None and not (
        isinstance(learning_rate, (int, float, np.number)) and 0 < learning_rate < math.inf
    ):
        raise ArgumentError(
            "learning_rate",
            "a number above 0",
            learning_rate,
            f"Try learning_rate={model.recipe.learning_rate}.",
        )


def _to_images(images: Any) -> str:
    """What to type in order to have Images."""
    if isinstance(images, (str, os.PathLike)):
        return f"Take cl.load({str(images)!r})."
    if hasattr(images, "shape"):
        return "Take cl.Images(pixels, labels), with uint8 pixels of shape (n, height, width, channels)."
    return "Take cl.load()."


def _whole(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _check_images(model: ImageModel, images: Any, seconds: Any) -> None:
    if seconds is not None:
        raise ArgumentError(
            "seconds",
            "left out, unless the model makes its examples as it learns (OverlapNet, SceneNet)",
            seconds,
            "Leave it out, and give epochs instead.",
        )
    model.pixels(images.images[:1])
    if not model.classes:
        return
    if images.labels is None:
        raise ArgumentError(
            "images",
            "labelled: a classifier learns from labels",
            Verbatim("images without labels"),
            "Try model=cl.VAE.for_images(images), which needs no labels.",
        )
    present = np.unique(images.labels)
    if present[-1] >= len(model.classes) or present[0] < 0:
        home = "" if type(model).__name__ in ("CapsNet", "DenseBaseline") else "models."
        raise ArgumentError(
            "images",
            f"labelled 0 to {len(model.classes) - 1}, as the model has {len(model.classes)} classes",
            Verbatim(f"labels from {present[0]} to {present[-1]}"),
            f"Try model=cl.{home}{type(model).__name__}.for_images(images), which has as many classes.",
        )
    if len(present) < 2:
        raise ArgumentError(
            "images",
            "of at least two classes",
            Verbatim(f"images of class {present[0]} only"),
            "Add images of another class: with one, a network that always says the same would be right.",
        )
