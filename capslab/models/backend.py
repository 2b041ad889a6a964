"""The place that knows TensorFlow: its import, its device, its input pipeline; `distribute` knows several.

Layers, losses and models are written with `keras.ops` and run under any Keras backend
(`KERAS_BACKEND=jax`, say); what cannot be said in Keras alone stands here.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing on the process's stderr meanwhile.

    TensorFlow's libraries write there while they start, before any log level is read. A learner
    takes it for an error, and nbgrader gives a grade cell that wrote to stderr no points.
    """
    try:
        sys.stderr.flush()
        saved = os.dup(2)
    except (AttributeError, OSError, ValueError):  # no stderr to speak of: nothing to silence
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
    import keras  # brings its backend in

    if keras.backend.backend() == "tensorflow":
        import tensorflow

        # The search for GPUs is told on stderr too. Memory is taken as needed, not all at once; too late
        # once a GPU is in use, and then it is as its first user chose.
        for _gpu in tensorflow.config.list_physical_devices("GPU"):
            with contextlib.suppress(RuntimeError, ValueError):
                tensorflow.config.experimental.set_memory_growth(_gpu, True)

#: the strategy that joins this process with the other workers of TF_CONFIG, where that names several
workers: Any = None


def _join() -> Any:
    """Meet the other workers of TF_CONFIG. TensorFlow takes them in before its first operation only."""
    from capslab.training import workers

    together = workers.described()
    if together is None or keras.backend.backend() != "tensorflow":
        return None
    print(f"Worker {together.index} of {together.count} (TF_CONFIG): waiting for the others.", flush=True)
    workers.meet(together, workers.patience())
    options = tensorflow.distribute.experimental.CommunicationOptions(timeout_seconds=workers.patience())
    with quiet(), contextlib.suppress(RuntimeError):  # TensorFlow was at work already: `distribute` says so
        return tensorflow.distribute.MultiWorkerMirroredStrategy(communication_options=options)
    return None


if "TF_CONFIG" in os.environ:
    workers = _join()


def device() -> str:
    """The device that training will use, in words."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if not gpus:
        return "CPU"
    name = tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
    return f"GPU ({name})" if len(gpus) == 1 else f"GPU ({name}, 1 of {len(gpus)})"


def batches(
    images: Any, batch_size: int, seed: int = 0, shift: int = 0, shuffle: bool = True, passes: int = 1
) -> Any:
    """A `tf.data` pipeline of (uint8 images, int32 labels).

    Positions are shuffled, not pictures, in a new order each pass. Each batch is moved by one
    random shift of up to `shift` pixels each way, filled with black.

    Parameters
    ----------
    images : `Images`; labels of 0 stand in where there are none. Those that lie in a file are read
        from there a batch at a time.
    passes : how often the images come round before the pipeline ends.
    """
    import tensorflow as tf

    pixels = images.images
    labels = np.zeros(len(pixels), "int32") if images.labels is None else images.labels.astype("int32")
    height, width = pixels.shape[1:3]

    order = tf.data.Dataset.range(len(pixels))
    if shuffle:
        order = order.shuffle(len(pixels), seed=seed, reshuffle_each_iteration=True)
    order = order.repeat(passes).batch(batch_size)

    def gather(positions: Any) -> tuple[Any, Any]:
        # NumPy picks, from memory or from the file. A tensor of all pixels would be a second copy of
        # them, and TensorFlow (2.21) never frees one that a `map` has used: 43 MB an epoch of MNIST.
        x, y = tf.numpy_function(lambda at: (pixels[at], labels[at]), [positions], (tf.uint8, tf.int32))
        x.set_shape((positions.shape[0], *pixels.shape[1:]))
        y.set_shape((positions.shape[0],))
        return x, y

    def moved(positions: Any) -> tuple[Any, Any]:
        x, y = gather(positions)
        # The first position is as random as the order, so the shift follows from `seed` alone.
        key = tf.stack([tf.cast(positions[0], tf.int32), seed])
        by = tf.random.stateless_uniform((2,), key, 0, 2 * shift + 1, dtype=tf.int32)
        padded = tf.pad(x, [[0, 0], [shift, shift], [shift, shift], [0, 0]])
        return padded[:, by[0] : by[0] + height, by[1] : by[1] + width, :], y

    step = moved if shift and shuffle else gather
    return order.map(step, num_parallel_calls=1, deterministic=True).prefetch(2)


def for_one(piece: Callable[..., Any], shape: tuple[int, ...]) -> Callable[[np.ndarray], np.ndarray]:
    """`piece` for one uint8 image at a time, compiled once for that size and warmed up.

    A model called as it is takes 5–20 ms an image, `model.predict` 160–500 ms; this under one on a
    small network. Weights are read at each call, so training after this shows.

    Parameters
    ----------
    piece : what Keras calls on a batch `(1, *shape)`: a layer, a model, a function of them.
    shape : `(height, width, channels)` of the image.

    Returns
    -------
    A function of a uint8 image of that shape to what `piece` says of it, as NumPy, no batch axis.
    """
    from keras import ops

    convert: Callable[[Any], Any] = ops.convert_to_tensor
    if keras.backend.backend() == "tensorflow":
        wanted = tensorflow.TensorSpec((1, *shape), tensorflow.uint8)
        piece = tensorflow.function(piece, input_signature=[wanted]).get_concrete_function()
        convert = tensorflow.constant  # convert_to_tensor of Keras costs more than a small network

    def call(image: np.ndarray) -> np.ndarray:
        return np.asarray(ops.convert_to_numpy(piece(convert(image[None]))))[0]

    call(np.zeros(shape, np.uint8))
    return call
