"""Several devices: which there are, and a training that they share, through TensorFlow's `tf.distribute`.

Every device has a copy of the model and works on its rows of each batch. Gradients are summed, so all
copies stay the same. The result is that of one device: the same batches in the same order, BatchNorm
statistics over the whole batch, and for each row the random numbers it would have had alone.

Keras's own `fit` cannot be used here. Under `MirroredStrategy` Keras 3.15 doubles an overridden
`compute_loss` (Adam hides it, SGD shows it), crashes on odd batches and gives NaN for a last batch of one;
under `MultiWorkerMirroredStrategy` it fails.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from typing import Any

from capslab.models import backend  # noqa: F401  # first: it brings TensorFlow in quietly
from capslab.training import multiple_machines

import keras  # isort: skip
import numpy as np
import tensorflow as tf

from capslab.errors import ArgumentError, TrainingFailed, Verbatim
from capslab.models.layers import GaussianSample

TOGETHER = 20  # steps in one call
LOST = (
    tf.errors.UnavailableError,
    tf.errors.DeadlineExceededError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.FailedPreconditionError,
)
_mine = threading.local()  # the rows of the replica that is at work in this thread


class Team:
    """The devices that share one training.

    Attributes
    ----------
    words : which devices they are, in words.
    first : whether this process is the one that keeps the checkpoint.
    """

    def __init__(self, strategy: Any, words: str, workers: int = 1, index: int = 0) -> None:
        self.strategy, self.words, self.workers, self.index = strategy, words, workers, index
        self.first = index == 0

    def twin(self, model: Any) -> Any:
        """Copy the model, with its weights on every device."""
        with self.strategy.scope():
            twin = type(model).from_config(model.get_config())
        for layer in twin._flatten_layers():
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.synchronized = True
            if isinstance(layer, GaussianSample):
                layer.noise = _Dealt(layer.noise)  # type: ignore[method-assign]
        return twin

    def agree(self, same: str, content: bytes) -> bytes:
        """Give the first worker's `content` to all of them.

        Raises
        ------
        ArgumentError : on every worker, where `same` is not the same on all.
        """
        if self.workers == 1:
            return content
        own = np.frombuffer(hashlib.blake2b(same.encode(), digest_size=8).digest(), np.uint8)
        table = np.zeros((self.workers, len(own)), np.int32)
        table[self.index] = own
        table = self._sum(table)
        if (table != table[0]).any():
            other = int(np.flatnonzero((table != table[0]).any(axis=1))[0])
            raise ArgumentError(
                "images",
                "the same on all workers, as the model and the recipe",
                Verbatim(f"others on worker {other} than on worker 0"),
                "Run the same cells, on the same files, everywhere.",
            )
        size = int(self._sum(np.array([len(content) if self.first else 0], np.int32))[0])
        room = np.zeros(-(-size // 4) * 4, np.uint8)
        if self.first:
            room[:size] = np.frombuffer(content, np.uint8)
        return self._sum(room.view(np.int32)).tobytes()[:size]

    def _sum(self, array: np.ndarray) -> np.ndarray:
        """The sum over the workers; one replica of each counts."""

        def one(value: Any) -> Any:
            context = tf.distribute.get_replica_context()
            counts = (
                context.replica_id_in_sync_group % (self.strategy.num_replicas_in_sync // self.workers) == 0
            )
            return context.all_reduce("SUM", tf.where(counts, value, tf.zeros_like(value)))

        with lost_in_words(self, "before training"):
            summed = tf.function(lambda value: self.strategy.run(one, args=(value,)))(tf.constant(array))
            return np.asarray(self.strategy.experimental_local_results(summed)[0])

    def fit(
        self, model: Any, train: Any, validation: Any, steps: int, epochs: int, callbacks: Any, first: int
    ) -> None:
        """Train the twin and tell the callbacks what Keras would tell them.

        Parameters
        ----------
        train, validation : `tf.data` pipelines of an epoch: whole batches, the same on every worker.
        steps : batches an epoch.
        first : the epoch to begin with, from 0.
        """
        metrics = {metric.name: metric for metric in model.metrics}

        @tf.function(reduce_retracing=True)
        def learn(batches: Any, count: Any) -> None:
            for _ in tf.range(count):
                self.strategy.run(_learn, args=(model, metrics, *next(batches)))

        @tf.function(reduce_retracing=True)
        def measure(batches: Any, count: Any) -> None:
            for _ in tf.range(count):
                self.strategy.run(_measure, args=(model, metrics, *next(batches)))

        def results() -> dict[str, float]:
            return {name: float(metric.result()) for name, metric in metrics.items()}

        tests = int(validation.cardinality())
        for epoch in range(first, epochs):
            with lost_in_words(self, f"in epoch {epoch + 1} of {epochs}"):
                model.reset_metrics()
                callbacks.on_epoch_begin(epoch)
                batches = iter(train)
                for begin in range(0, steps, TOGETHER):
                    end = min(begin + TOGETHER, steps)
                    learn(batches, tf.constant(end - begin))
                    callbacks.on_train_batch_end(end - 1, results())
                logs = results()
                if tests:
                    model.reset_metrics()
                    measure(iter(validation), tf.constant(tests))
                    logs |= {f"val_{name}": value for name, value in results().items()}
            callbacks.on_epoch_end(epoch, logs)


class lost_in_words:
    """A context in which TensorFlow's errors about a lost worker become one that says so."""

    def __init__(self, team: Team, when: str) -> None:
        self.team, self.when = team, when

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if self.team.workers > 1 and isinstance(error, LOST):
            reason = "it did not answer in time" if isinstance(error, tf.errors.DeadlineExceededError) else ""
            raise TrainingFailed(
                f"Another of the {self.team.workers} workers was lost {self.when}"
                f"{f' ({reason})' if reason else ''}, so training stopped here too. "
                "Restart the kernel of every worker and run the same cells again."
            ) from error


# One step of one replica -------------------------------------------------------------------


class _Rows:
    """The rows of a batch of `n` that this replica works on, and their weight in the batch's mean.

    They go from `first` to `last`. Each replica works on the whole of a batch with fewer rows than there
    are replicas, and it is counted once.
    """

    def __init__(self, n: Any) -> None:
        context = tf.distribute.get_replica_context()
        count, mine = context.num_replicas_in_sync, context.replica_id_in_sync_group
        self.n, shared = n, n >= count
        self.first = tf.where(shared, mine * n // count, 0)
        self.last = tf.where(shared, (mine + 1) * n // count, n)
        self.once = tf.where(shared, 1.0, 1.0 / count)
        self.weight = self.once * tf.cast(self.last - self.first, "float32") / tf.cast(n, "float32")

    def of(self, batch: Any) -> Any:
        return batch[self.first : self.last]


class _Dealt:
    """Random noise for the whole batch, the same on every replica; each takes what belongs to its rows."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw

    def __call__(self, shape: Any, dtype: Any) -> Any:
        rows = getattr(_mine, "rows", None)
        if rows is None:
            return self.draw(shape, dtype)
        return rows.of(self.draw((rows.n, *shape[1:]), dtype))


def _learn(model: Any, metrics: dict[str, Any], x: Any, y: Any) -> None:
    with tf.GradientTape() as tape:
        loss, weight = _loss(model, metrics, x, y, training=True)
        loss = loss * weight
    weights = model.trainable_variables
    model.optimizer.apply(tape.gradient(loss, weights), weights)


def _measure(model: Any, metrics: dict[str, Any], x: Any, y: Any) -> None:
    _loss(model, metrics, x, y, training=False)


def _loss(model: Any, metrics: dict[str, Any], x: Any, y: Any, training: bool) -> tuple[Any, Any]:
    """The mean loss over this replica's rows and their weight in the batch; updates the metrics."""
    rows = _mine.rows = _Rows(tf.shape(x)[0])
    x, y = rows.of(x), rows.of(y)
    counted = [variable for metric in metrics.values() for variable in metric.variables]
    before = [tf.identity(variable) for variable in counted]
    try:
        loss = model.compute_loss(x, y, model(x, training=training), None, training)
    finally:
        _mine.rows = None
    metrics["loss"].update_state(loss, sample_weight=rows.last - rows.first)
    for variable, value in zip(counted, before, strict=True):
        variable.assign(value + (variable - value) * rows.once)
    return loss, rows.weight


# Which devices -----------------------------------------------------------------------------


def team(devices: Any) -> Team | None:
    """The devices that `fit(devices=…)` asks for; None for one device as always.

    Parameters
    ----------
    devices : None, "all", a number, or names such as `["GPU:0", "GPU:1"]`.

    Raises
    ------
    ArgumentError : when they are not there; it names those that are.
    """
    if devices is None:
        return None
    together = multiple_machines.described()
    if together is not None:
        if devices != "all":
            raise ArgumentError(
                "devices",
                f'"all" where TF_CONFIG names {together.count} workers',
                devices,
                'Try "all". CUDA_VISIBLE_DEVICES chooses the GPUs of each worker.',
            )
        strategy = multiple_machines.strategy
        if strategy is None:
            raise ArgumentError(
                "devices",
                "used in a kernel that had TF_CONFIG from its start",
                Verbatim("a TF_CONFIG that was set after TensorFlow had started"),
                "Restart the kernel and set os.environ['TF_CONFIG'] in its first cell.",
            )
        each = strategy.num_replicas_in_sync // together.count
        kind = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
        words = f"{together.count} workers, {each} {kind}{'s' if each > 1 else ''} each"
        return Team(strategy, words, together.count, together.index)
    there = names_there()
    chosen = choose(devices, there)
    if chosen == [default(there)]:
        return None
    # Named outright: the collective operations that TensorFlow would choose count from 1 in each
    # strategy, and those of a second training in the same process are taken for those of the first.
    alone = len(tf.config.list_physical_devices("GPU")) == len(tf.config.list_logical_devices("GPU"))
    nccl = chosen[0].startswith("GPU") and alone
    sums = tf.distribute.NcclAllReduce() if nccl else tf.distribute.ReductionToOneDevice()
    return Team(tf.distribute.MirroredStrategy(chosen, cross_device_ops=sums), in_words(chosen))


def names_there() -> list[str]:
    """Names of this machine's devices, GPUs first: "GPU:0", "CPU:0"."""
    kinds = ("GPU", "CPU")
    return [f"{kind}:{i}" for kind in kinds for i, _ in enumerate(tf.config.list_logical_devices(kind))]


def default(there: Sequence[str]) -> str:
    """The device that TensorFlow takes when none is asked for."""
    return there[0]


def choose(devices: Any, there: Sequence[str]) -> list[str]:
    """The names of the devices that `devices` asks for."""
    kind = default(there)[:3]
    usual = [name for name in there if name.startswith(kind)]
    has = f"This machine has {' and '.join([', '.join(there[:-1]), there[-1]] if there[1:] else there)}."
    if isinstance(devices, str) and devices == "all":
        return usual
    if isinstance(devices, (int, np.integer)) and not isinstance(devices, bool):
        if not 1 <= devices <= len(usual):
            count = "1" if len(usual) == 1 else f"a number from 1 to {len(usual)}"
            raise ArgumentError("devices", f"{count}, or left out", devices, f"Leave it out. {has}")
        return usual[:devices]
    asked = [devices] if isinstance(devices, str) else devices
    try:
        names = [str(name).upper().rpartition("/")[2].removeprefix("DEVICE:") for name in asked]
    except TypeError:
        names = []
    if not names or len(set(names)) < len(names) or not set(names) <= set(there):
        raise ArgumentError(
            "devices", '"all", a number, or names of devices, each once', devices, f'Try "all". {has}'
        )
    if len({name[:3] for name in names}) > 1:
        raise ArgumentError(
            "devices",
            "of one kind, because the slower one would hold up the other",
            devices,
            f'Try "all". {has}',
        )
    return names


def in_words(names: Sequence[str]) -> str:
    """Devices in words: `2 GPUs (GPU:0, GPU:1; NVIDIA H100)`."""
    kind = names[0][:3]
    listed = ", ".join(names)
    if kind == "GPU":
        physical = tf.config.list_physical_devices("GPU")
        models = {
            tf.config.experimental.get_device_details(physical[int(name[4:])]).get("device_name", "")
            for name in names
            if int(name[4:]) < len(physical)
        }
        listed += "".join(f"; {model}" for model in sorted(models - {""}))
    return f"{len(names)} {kind}s ({listed})" if len(names) > 1 else listed
