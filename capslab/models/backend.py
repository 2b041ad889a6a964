"""The place that knows which backend Keras runs on: its import, its device, its input pipeline.

Layers, losses and models are written with `keras.ops` and run on any of them (`KERAS_BACKEND=jax`, for
example). What Keras alone cannot express is here; several devices are in `capslab.training.multiple_devices`.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from capslab._keras_hook import start_tensorflow
from capslab.machine.keras_settings import (
    BACKENDS,
    KerasUnavailable,
    backend_problem,
    chosen_backend,
    import_problem,
)

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if os.environ.get("MPLBACKEND"):  # Keras imports matplotlib, which gives up where this is a wrong name
    import capslab.machine.usable_matplotlib  # noqa: F401
if not hasattr(sys.modules.get("keras"), "backend"):
    # Before Keras is imported: once it has failed to, it can only be tried again in a new process.
    _problem, _advice = backend_problem()
    if _problem:
        raise KerasUnavailable(f"{_problem}. {_advice}")
    os.environ["KERAS_BACKEND"] = chosen_backend()

TOGETHER = 20  # training steps in one call of the backend


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence the process's stderr for a moment.

    TensorFlow's libraries write there while they start, before they read any log level. A learner
    takes it for an error, and nbgrader gives no points to a cell that wrote to stderr.
    """
    try:
        sys.stderr.flush()
        saved = os.dup(2)
    except (AttributeError, OSError, ValueError):  # there is no stderr to silence
        yield
        return
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)


with quiet():
    try:
        import keras as keras  # brings its backend in; lessons take it from here

        if keras.backend.backend() == "tensorflow":
            import tensorflow
    except Exception as error:
        _problem, _advice = import_problem(error)
        raise KerasUnavailable(f"{_problem}. {_advice}") from error

    if keras.backend.backend() == "tensorflow":
        # TensorFlow reports its search for GPUs on stderr too. It should take memory as needed, not all at
        # once; where a GPU is in use already, it stays as its first user chose.
        for _gpu in tensorflow.config.list_physical_devices("GPU"):
            with contextlib.suppress(RuntimeError, ValueError):
                tensorflow.config.experimental.set_memory_growth(_gpu, True)

if keras.backend.backend() == "tensorflow":
    start_tensorflow(tensorflow)
elif keras.backend.backend() not in BACKENDS:  # imported before us, by its keras.json
    raise KerasUnavailable(
        f"Keras runs on {keras.backend.backend()}, which cannot train. Import capslab before keras, or write "
        f'"backend": "tensorflow" into keras.json, and restart Python.'
    )


@contextlib.contextmanager
def own_settings() -> Iterator[None]:
    """Keras's usual defaults for a while: images with the channels last, arithmetic in float32.

    keras.json, `keras.config` and a global policy of mixed precision are for models of one's own. Under them
    the course's networks would take their images for something else, or compute a squash whose ε = 1e-7
    is 0 in float16; and these networks are so small that half precision gains nothing.
    """
    layout, floatx = keras.config.image_data_format(), keras.config.floatx()
    policy = keras.config.dtype_policy()
    if (layout, floatx, policy.name) == ("channels_last", "float32", "float32"):
        yield
        return
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_image_data_format(layout)
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)


def register(cls: type) -> type:
    """Make Keras save and load a class of ours, and make its objects under `own_settings`.

    Both a layer's number format and its place for the channels are fixed when it is made.
    """
    make = cls.__init__  # type: ignore[misc]

    @functools.wraps(make)
    def under_own_settings(self: Any, *args: Any, **kwargs: Any) -> None:
        with own_settings():
            make(self, *args, **kwargs)

    under_own_settings.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]  # Keras reads it
    cls.__init__ = under_own_settings  # type: ignore[misc]
    return keras.saving.register_keras_serializable("capslab")(cls)


def device() -> str:
    """The device that training will use, in words: "CPU", "GPU (NVIDIA H100)"."""
    names = {"tensorflow": _tensorflow_gpus, "jax": _jax_gpus, "torch": _torch_gpus}
    gpus = names.get(keras.backend.backend(), list)()
    if not gpus:
        return "CPU"
    return f"GPU ({gpus[0]})" if len(gpus) == 1 else f"GPU ({gpus[0]}, 1 of {len(gpus)})"


def _tensorflow_gpus() -> list[str]:
    details = tensorflow.config.experimental.get_device_details
    gpus = tensorflow.config.list_physical_devices("GPU")
    return [details(gpu).get("device_name", "GPU") for gpu in gpus]


def _jax_gpus() -> list[str]:
    import jax

    return [each.device_kind for each in jax.local_devices() if each.platform != "cpu"]


def _torch_gpus() -> list[str]:
    import torch

    return [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]


def compile_options(steps: int = TOGETHER) -> dict[str, Any]:
    """What suits this backend and device, as arguments of Keras's `compile`; `steps` is an epoch's."""
    kind = keras.backend.backend()
    if kind == "torch":  # takes one step at a time, and compiles neither reliably nor fast
        return {"steps_per_execution": 1, "jit_compile": False}
    # On TensorFlow twenty steps in one call cost 1.06 of a hand-written loop, one step a call 1.18; XLA costs
    # 13–21 % and seconds of compiling on a CPU. JAX is slow without it.
    compiled = False if kind == "tensorflow" and device() == "CPU" else "auto"
    return {"steps_per_execution": min(TOGETHER, steps), "jit_compile": compiled}


def feed(batches: Any) -> Any:
    """A `PyDataset` as this backend's `fit` takes it best; its length must not be 0.

    TensorFlow reads it through a `tf.data` pipeline, which costs half of what Keras's own adapter costs. The
    pipeline asks for one batch after another as NumPy arrays, so no copy of all images is made:
    TensorFlow (2.21) never frees a tensor that a `map` has used.
    """
    if keras.backend.backend() != "tensorflow":
        return batches
    nest = tensorflow.nest
    example = batches[0]
    leaves = [np.asarray(leaf) for leaf in nest.flatten(example)]

    def look_up(index: Any) -> list[np.ndarray]:
        return nest.flatten(batches[int(index)])

    def batch(index: Any) -> Any:
        flat = tensorflow.numpy_function(look_up, [index], [leaf.dtype for leaf in leaves])
        for tensor, leaf in zip(flat, leaves, strict=True):
            tensor.set_shape((None, *leaf.shape[1:]))
        return nest.pack_sequence_as(example, flat)

    indices = tensorflow.data.Dataset.range(len(batches))
    return indices.map(batch, num_parallel_calls=1, deterministic=True).prefetch(2)


def for_one(piece: Callable[..., Any], shape: tuple[int, ...]) -> Callable[[np.ndarray], np.ndarray]:
    """Compile `piece` for one uint8 image at a time, and warm it up.

    Calling a model directly takes 5–20 ms per image and `model.predict` 160–500 ms; this takes less than
    one for a small network. The weights are read at each call, so later training has its effect.

    Parameters
    ----------
    piece : a layer, a model, or a function of them, that takes a batch `(1, *shape)`.
    shape : `(height, width, channels)` of the image.

    Returns
    -------
    A function that takes a uint8 image of that shape and returns the output as a NumPy array without
    the batch axis.
    """
    from keras import ops

    convert: Callable[[Any], Any] = ops.convert_to_tensor
    if keras.backend.backend() == "tensorflow":
        signature = tensorflow.TensorSpec((1, *shape), tensorflow.uint8)
        piece = tensorflow.function(piece, input_signature=[signature]).get_concrete_function()
        convert = tensorflow.constant  # Keras's own conversion costs more than a small network

    def call(image: np.ndarray) -> np.ndarray:
        return np.asarray(ops.convert_to_numpy(piece(convert(image[None]))))[0]

    call(np.zeros(shape, np.uint8))
    return call


def on_tensors(
    function: Callable[..., Any], args: tuple[Any, ...], weights: list[np.ndarray] | None = None
) -> tuple[Any, dict[int, np.ndarray | None]]:
    """Run a function of tensors once, compiled as in training, and ask for its gradient. TensorFlow only.

    Parameters
    ----------
    function : it gets the arguments as tensors, those with a fraction in float32.
    args : arrays, which become tensors; anything else is passed on as it is.
    weights : for each result, the weights of the sum that is differentiated; None for no gradient.

    Returns
    -------
    What it returned, as arrays, and for the number of each argument with a fraction the gradient of the
    weighted sum, or None if there is none.
    """
    numbers = [i for i, one in enumerate(args) if isinstance(one, np.ndarray)]
    given = [
        tensorflow.constant(args[i].astype(np.float32) if args[i].dtype.kind == "f" else args[i])
        for i in numbers
    ]

    def call(*tensors: Any) -> Any:
        of_number = dict(zip(numbers, tensors, strict=True))
        inputs = {i: tensor for i, tensor in of_number.items() if tensor.dtype.is_floating}
        with tensorflow.GradientTape() as tape:
            tape.watch(inputs)
            results = function(*(of_number.get(i, one) for i, one in enumerate(args)))
            if weights is None:
                return results, {}
            several = results if isinstance(results, (tuple, list)) else [results]
            parts = [
                tensorflow.reduce_sum(tensorflow.cast(result, tensorflow.float32) * weight.astype(np.float32))
                for result, weight in zip(several, weights, strict=True)
            ]
            total = tensorflow.add_n(parts)
        return results, tape.gradient(total, inputs)

    compiled = tensorflow.function(call, autograph=False)
    return tensorflow.nest.map_structure(
        lambda one: np.asarray(tensorflow.convert_to_tensor(one)) if tensorflow.is_tensor(one) else one,
        compiled.get_concrete_function(*given)(*given),
    )
