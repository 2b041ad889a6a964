"""Encoders and decoders of images, as lists of layers: what the VAE and the plain autoencoder share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import capslab.models.backend  # noqa: F401  # first: it imports TensorFlow without its messages

import keras  # isort: skip
import numpy as np

from capslab.models.layers import Residual

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
    rows, columns = _quarter(shape)
    encoder = [
        keras.Input(shape),
        keras.layers.Rescaling(1 / 255),
        _convolution(keras.layers.Conv2D, 32, seed),
        _convolution(keras.layers.Conv2D, 64, seed + 1),
        keras.layers.Flatten(),
        _dense(128, seed + 2),
    ]
    decoder = [
        keras.Input((latent,)),
        _dense(128, seed + 3),
        _dense(rows * columns * 32, seed + 4),
        keras.layers.Reshape((rows, columns, 32)),
        _convolution(keras.layers.Conv2DTranspose, 32, seed + 5),
        _convolution(keras.layers.Conv2DTranspose, shape[2], seed + 6, None),
        _cropping(shape),
    ]
    return encoder, decoder


def deep(shape: Shape, latent: int, seed: int) -> Pieces:
    """The same two halvings and back, with three residual blocks each way and smooth units, x sigmoid(x).

    Ten times the arithmetic of "convolutional" per image: minutes of training on a GPU, hours on a CPU.
    """
    rows, columns = _quarter(shape)
    encoder = [
        keras.Input(shape),
        keras.layers.Rescaling(1 / 255),
        _convolution(keras.layers.Conv2D, 32, seed, None),
        Residual(32, seed + 20),
        keras.layers.Activation("silu"),
        _convolution(keras.layers.Conv2D, 64, seed + 1, None),
        Residual(64, seed + 30),
        Residual(64, seed + 31),
        keras.layers.Activation("silu"),
        keras.layers.Flatten(),
        _dense(128, seed + 2, "silu"),
    ]
    decoder = [
        keras.Input((latent,)),
        _dense(128, seed + 3, "silu"),
        _dense(rows * columns * 32, seed + 4, "silu"),
        keras.layers.Reshape((rows, columns, 32)),
        keras.layers.Conv2D(64, 3, padding="same", kernel_initializer=keras.initializers.HeNormal(seed + 7)),
        Residual(64, seed + 40),
        Residual(64, seed + 41),
        keras.layers.Activation("silu"),
        _convolution(keras.layers.Conv2DTranspose, 32, seed + 5, None),
        Residual(32, seed + 50),
        keras.layers.Activation("silu"),
        _convolution(keras.layers.Conv2DTranspose, shape[2], seed + 6, None),
        _cropping(shape),
    ]
    return encoder, decoder


def _quarter(shape: Shape) -> tuple[int, int]:
    """Rows and columns of the smallest maps: two halvings, rounded up."""
    return -(-shape[0] // 4), -(-shape[1] // 4)


def _cropping(shape: Shape) -> Any:
    """Crop what sides that are not multiples of 4 have grown by; logits need the precision of float32."""
    rows, columns = _quarter(shape)
    return keras.layers.Cropping2D(((0, 4 * rows - shape[0]), (0, 4 * columns - shape[1])), dtype="float32")


def _dense(units: int, seed: int, activation: str | None = "relu") -> Any:
    start = keras.initializers.HeNormal(seed) if activation else keras.initializers.GlorotUniform(seed)
    return keras.layers.Dense(units, activation, kernel_initializer=start)


def _convolution(kind: Any, maps: int, seed: int, activation: str | None = "relu") -> Any:
    start = keras.initializers.HeNormal(seed)
    return kind(maps, 4, 2, "same", activation=activation, kernel_initializer=start)


ARCHITECTURES: dict[str, Callable[[Shape, int, int], Pieces]] = {
    "dense": dense,
    "convolutional": convolutional,
    "deep": deep,
}
