"""Training under JAX for the bundled networks: hundreds of steps in one call, examples made on the device.

The course's networks are so small that a GPU spends its time waiting, for the next batch and for the
next call. Here neither comes from Python: `KERAS_BACKEND=jax capslab pretrain capsnet-overlap` holds the
images in the device's memory, makes pairs of them there, and compiles a chain of steps into one program.
The only code of the project that knows JAX; models, losses and what is measured are those of the course.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from capslab.models import backend  # noqa: F401  # first: it says which backend

import keras  # isort: skip
import numpy as np

from capslab.data.digit_pairs import ClassOrder
from capslab.errors import DataUnavailable, TrainingFailed

if keras.backend.backend() != "jax":
    raise DataUnavailable(
        "These weights are trained under JAX, on a GPU: `pip install jax[cuda]`, then "
        "`KERAS_BACKEND=jax capslab pretrain NAME`."
    )

import jax
import jax.numpy as jnp

CHAIN = 200  # steps in one call; the rate is constant in each

#: a random key to one batch `(x, y)`, as `compute_loss` of a model takes them
Make = Callable[[Any], tuple[Any, Any]]


@dataclass(frozen=True)
class Fused:
    """What a training came to: steps, examples, seconds, device, mean loss of each chain of steps."""

    steps: int
    examples: int
    seconds: float
    device: str
    losses: tuple[float, ...]


def fit_fused(
    model: Any,
    images: Any,
    *,
    batch_size: int,
    steps: int,
    learning_rate: float = 8e-3,
    beta_2: float = 0.99,
    warmup: float = 0.05,
    stages: Any = None,
    seed: int = 0,
    say: Callable[[str], None] = print,
) -> Fused:
    """Train `model` in place on `images.train`: on the images, or on pairs of them if it wants pairs.

    The rate climbs from 0 and falls along a cosine to 0; where `model.stages` says so, its attributes
    change on the way, as in `capslab.training.training_plan.StreamPlan`.

    Parameters
    ----------
    batch_size, steps : examples per step, and how many steps, rounded up to a whole number of chains.
    learning_rate, beta_2, warmup : of Adam and its schedule.
    stages : in place of `model.stages`: `((share of the steps, {attribute: value}), …)`, from share 0.

    Raises
    ------
    TrainingFailed : when the loss is no longer a number.
    """
    make = pairs_of(images.train, batch_size, _margin(model, images)) if hasattr(model, "stream") else None
    make = make or images_of(images.train, batch_size)
    stages = stages or getattr(model, "stages", ((0.0, {}),))
    for name, value in stages[0][1].items():  # what is trainable is fixed here
        setattr(model, name, value)
    keras.utils.set_random_seed(seed)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate, beta_2=beta_2), jit_compile=True)
    model._symbolic_build(data_batch=jax.eval_shape(make, jax.random.key(0)))
    optimizer = model.optimizer
    place = [v is optimizer._learning_rate for v in optimizer.variables].index(True)
    parts = [model.trainable_variables, model.non_trainable_variables, optimizer.variables]
    parts.append(model.metrics_variables)
    state = tuple([v.value for v in part] for part in parts)

    begun, done, losses, key = time.perf_counter(), 0, [], jax.random.key(seed)
    starts = [start for start, _ in stages]
    call: Any = None

    while done < steps:
        at = done / steps
        while starts and at >= starts[0]:
            starts.pop(0)
            for name, value in stages[len(stages) - len(starts) - 1][1].items():
                setattr(model, name, value)
            call = _compiled_chain(model, make)  # what is set is compiled in
        variables = list(state[2])
        rate = learning_rate * _share_of_rate(at, warmup)
        variables[place] = jnp.asarray(rate, variables[place].dtype)
        key, drawn = jax.random.split(key)
        state, loss = call((state[0], state[1], variables, state[3]), jax.random.split(drawn, CHAIN))
        done += CHAIN
        losses.append(float(loss))
        if not math.isfinite(losses[-1]):
            raise TrainingFailed(f"The loss became {losses[-1]} after {done:,} steps: try a lower rate.")
        if len(losses) % 50 == 0:
            say(f"{done:,} of {steps:,} steps, loss {np.mean(losses[-50:]):.4f}")
    for part, values in zip(parts, state, strict=True):
        for variable, value in zip(part, values, strict=True):
            variable.assign(value)
    device = jax.devices()[0].device_kind
    return Fused(done, done * batch_size, time.perf_counter() - begun, device, tuple(losses))


def _compiled_chain(model: Any, make: Callable[[Any], Any]) -> Any:
    """`(state, keys) -> (state, loss)`: one training step per random key, compiled as one program."""

    def step(state: Any, key: Any) -> Any:
        logs, state = model.train_step(state, make(key))
        return state, logs["loss"]

    def chain(state: Any, keys: Any) -> Any:
        # The metrics are means since they were reset: the last is the mean of this chain.
        state = (*state[:3], [jnp.zeros_like(v) for v in state[3]])
        state, losses = jax.lax.scan(step, state, keys)
        return state, losses[-1]

    return jax.jit(chain, donate_argnums=0)


def _share_of_rate(done: float, warmup: float) -> float:
    """The share of the highest learning rate when `done` of the training (0…1) is over: up, then a cosine."""
    if done <= warmup:
        return max(done / warmup if warmup else 1.0, 1e-4)
    return max(0.5 + 0.5 * math.cos(math.pi * (done - warmup) / (1 - warmup)), 1e-4)


def _margin(model: Any, images: Any) -> int:
    """How far a digit may move each way on the canvas of `model`."""
    return (model.image_shape[0] - images.image_shape[0]) // 2


def images_of(images: Any, batch_size: int) -> Make:
    """Images as they are, each drawn by chance; labels of 0 stand in where there are none."""
    pixels = jnp.asarray(images.images)
    labels = jnp.zeros(len(images), "int32") if images.labels is None else jnp.asarray(images.labels, "int32")

    def make(key: Any) -> tuple[Any, Any]:
        chosen = jax.random.randint(key, (batch_size,), 0, len(pixels))
        return pixels[chosen], labels[chosen]

    return make


def pairs_of(images: Any, batch_size: int, shift: int) -> Make:
    """What `capslab.data.stream_pairs` yields, made on the device."""
    partners = ClassOrder(images.labels, len(images.classes))
    order, starts, counts = (jnp.asarray(a) for a in (partners.order, partners.starts, partners.counts))
    pixels, labels = jnp.asarray(images.images), jnp.asarray(images.labels, "int32")
    height, width, channels = images.image_shape
    size = (height + 2 * shift, width + 2 * shift, channels)

    def placed(image: Any, by: Any) -> Any:
        return jax.lax.dynamic_update_slice(jnp.zeros(size, "uint8"), image, (by[0], by[1], 0))

    def make(key: Any) -> tuple[Any, Any]:
        keys = jax.random.split(key, 3)
        a = jax.random.randint(keys[0], (batch_size,), 0, len(pixels))
        of = labels[a]
        others = len(pixels) - counts[of]
        draw = jnp.minimum((jax.random.uniform(keys[1], (batch_size,)) * others).astype("int32"), others - 1)
        b = order[draw + jnp.where(draw >= starts[of], counts[of], 0)]  # skips the places of the class
        both = jnp.stack([a, b], axis=1)  # (batch, 2)
        by = jax.random.randint(keys[2], (batch_size, 2, 2), 0, 2 * shift + 1)
        digits = jax.vmap(jax.vmap(placed))(pixels[both], by)  # (batch, 2, h, w, c)
        composite = digits[:, 0] + jnp.minimum(digits[:, 1], 255 - digits[:, 0])
        return composite, {"labels": labels[both], "digits": digits}

    return make
