"""Encoders and decoders of images, as lists of layers: what the VAE and the plain autoencoder share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import capslab.backend  # noqa: F401  # first: it brings TensorFlow in quietly

import keras  # isort: skip
import numpy as np

Shape = tuple[int, int, int]
#: layers of an encoder up to its heads, and of a decoder from a code to logits of the pixels
Pieces = tuple[list[Any], list[Any]]


def dense(shape: Shape, latent: int, seed: int) -> Pieces:
    """784-512-256 and 256-512-784."""
    pixels = int(np.prod(shape))
    encoder = [
        keras.Input(shape),
        keras.layers.Rescaling(1 / 255),
        keras.layers.Flatten(),
        _dense(512, seed),
        _dense(256, seed + 1),
    ]
    decoder = [
        keras.Input((latent,)),
        _dense(256, seed + 2),
        _dense(512, seed + 3),
        _dense(pixels, seed + 4, None),
        keras.layers.Reshape(shape, dtype="float32"),
    ]
    return encoder, decoder


def convolutional(shape: Shape, latent: int, seed: int) -> Pieces:
    """Two 4×4 convolutions of stride 2, to 32 and 64 maps, 128 dense units, and back."""
    return _convolutions(shape, latent, seed, (32, 64), (128, 32), "relu")


def large(shape: Shape, latent: int, seed: int) -> Pieces:
    """The same with 16 and 64 maps, 256 dense units, and smooth ones: x sigmoid(x) in place of max(x, 0).

    Most of its weights are between the 7 × 7 maps and the dense units, where a multiplication is cheap.
    """
    return _convolutions(shape, latent, seed, (16, 64), (256, 64), "silu")


def _convolutions(
    shape: Shape, latent: int, seed: int, maps: tuple[int, int], middle: tuple[int, int], activation: str
) -> Pieces:
    """Other sides than multiples of 4 come back larger, and are cropped."""
    height, width, channels = shape
    rows, columns = -(-height // 4), -(-width // 4)
    units, back = middle
    encoder = [
        keras.Input(shape),
        keras.layers.Rescaling(1 / 255),
        _convolution(keras.layers.Conv2D, maps[0], seed, activation),
        _convolution(keras.layers.Conv2D, maps[1], seed + 1, activation),
        keras.layers.Flatten(),
        _dense(units, seed + 2, activation),
    ]
    decoder = [
        keras.Input((latent,)),
        _dense(units, seed + 3, activation),
        _dense(rows * columns * back, seed + 4, activation),
        keras.layers.Reshape((rows, columns, back)),
        _convolution(keras.layers.Conv2DTranspose, maps[0], seed + 5, activation),
        _convolution(keras.layers.Conv2DTranspose, channels, seed + 6, None),
        keras.layers.Cropping2D(((0, 4 * rows - height), (0, 4 * columns - width)), dtype="float32"),
    ]
    return encoder, decoder


def _dense(units: int, seed: int, activation: str | None = "relu") -> Any:
    start = keras.initializers.HeNormal(seed) if activation else keras.initializers.GlorotUniform(seed)
    return keras.layers.Dense(units, activation, kernel_initializer=start, dtype=_dtype(activation))


def _convolution(kind: Any, maps: int, seed: int, activation: str | None) -> Any:
    start = keras.initializers.HeNormal(seed)
    dtype = _dtype(activation)
    return kind(maps, 4, 2, "same", activation=activation, kernel_initializer=start, dtype=dtype)


def _dtype(activation: str | None) -> str | None:
    """The last layer gives the logits, and a logit wants every digit, whatever the rest computes in."""
    return None if activation else "float32"


ARCHITECTURES: dict[str, Callable[[Shape, int, int], Pieces]] = {
    "dense": dense,
    "convolutional": convolutional,
    "large": large,
}
